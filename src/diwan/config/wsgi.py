"""The application the server calls."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diwan.config.settings")
application = get_wsgi_application()
# What was loaded stays: looking through it again and again would hold a request up now and then.
gc.collect()
gc.freeze()
