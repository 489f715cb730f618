"""Settings of the tests: a data folder of their own, plain static files, a quick hasher."""

import atexit
import os
import shutil
import tempfile

_scratch = tempfile.mkdtemp(prefix="diwan-test-")
atexit.register(shutil.rmtree, _scratch, ignore_errors=True)
os.environ["DIWAN_HOME"] = _scratch
os.environ["DIWAN_SECRET_KEY"] = "a key for tests alone, of no use to anybody"  # noqa: S105

from diwan.config.settings import *  # noqa: E402, F403
from diwan.config.settings import DATABASES, DIWAN_HOME, STORAGES  # noqa: E402

# A file and not memory: the browser tests' server runs in another thread and shares it.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": DIWAN_HOME / "test.sqlite3"}
# Nothing is collected for tests; the live server finds files where they are.
STATIC_ROOT = DIWAN_HOME / "static"
STATIC_ROOT.mkdir()
# Hashed names answer 404 under pytest's live server.
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
