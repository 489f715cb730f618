"""The settings of a house that is measured: those of every house, but for static files.

Nothing is collected for it; names of static files are written as they are.
"""

from diwan.config.settings import *  # noqa: F403 # settings are taken over whole
from diwan.config.settings import STORAGES

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
LOGGING = {"version": 1, "disable_existing_loggers": True}
