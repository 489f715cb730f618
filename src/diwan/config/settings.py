"""Django's settings, by environment; config/README.md lists the variables."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from diwan.config.evidence import evidence_storage
from diwan.config.home import ROOT, home, secret_key
from diwan.config.networks import networks_in

DIWAN_HOME = home()
SECRET_KEY = secret_key()
DEBUG = os.environ.get("DIWAN_DEBUG", "") == "1"

# Loopback over plain http, unless an origin such as https://diwan.example.org is named.
ORIGIN = os.environ.get("DIWAN_ORIGIN", "").rstrip("/")
_origin = urlsplit(ORIGIN)
SECURE = _origin.scheme == "https"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS: list[str] = []
if _origin.hostname:
    ALLOWED_HOSTS.append(_origin.hostname)
    CSRF_TRUSTED_ORIGINS.append(ORIGIN)
if SECURE:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "diwan_session"
LANGUAGE_COOKIE_NAME = "diwan_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

ROOMS = [
    "kernel",
    "ui",
    "accounts",
    "directory",
    "councils",
    "services",
    "library",
    "desk",
    "interop",
]

INSTALLED_APPS = [
    *(f"diwan.{room}" for room in ROOMS),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    # The server is granian with whitenoise; `runserver` should serve files the same way.
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "django_htmx",
    "lucide",
    # The simple one leaves the loaders below as they are instead of wrapping them again.
    "template_partials.apps.SimpleAppConfig",
    # Last, so that ui's form templates come before Django's own.
    "django.forms",
]

MIDDLEWARE = [
    # Outermost: what the framework answers under /api/ becomes a problem in the API's own form.
    "diwan.kernel.api.middleware.ProblemsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # Who acts (user, elevation) and in which calendar they read; needs session, language and user.
    "diwan.accounts.middleware.ActorMiddleware",
    # Under /api/v1/ a token says who acts.
    "diwan.accounts.api.TokenMiddleware",
    # The post one acts from, and the clock of its country.
    "diwan.directory.middleware.PostMiddleware",
    # Under /api/v1/ the header Diwan-Post may name another of the posts held.
    "diwan.directory.api.PostHeaderMiddleware",
    # NotFound, Forbidden and Refused that a view let through become pages.
    "diwan.ui.middleware.AnswersMiddleware",
]

ROOT_URLCONF = "diwan.config.urls"
WSGI_APPLICATION = "diwan.config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

_file_loaders = [
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "diwan.config.context.shell",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [("django.template.loaders.cached.Loader", _file_loaders)],
                )
            ],
        },
    },
]


SQLITE_OPTIONS = {
    # A writer takes the lock when it begins, so that two never deadlock half way.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}


def _database() -> dict[str, Any]:
    """SQLite in the data folder, or what DIWAN_DATABASE_URL names."""
    url = os.environ.get("DIWAN_DATABASE_URL", "")
    if not url:
        engine = "django.db.backends.sqlite3"
        return {"ENGINE": engine, "NAME": DIWAN_HOME / "diwan.sqlite3", "OPTIONS": SQLITE_OPTIONS}
    try:
        named: dict[str, Any] = dict(dj_database_url.parse(url))
    except ValueError:
        named = {"ENGINE": ""}
    if named["ENGINE"].endswith("sqlite3"):
        named["OPTIONS"] = SQLITE_OPTIONS
    elif named["ENGINE"].endswith("postgresql"):
        named |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
        # Compiling a page's question takes PostgreSQL longer than answering it: rights make it
        # look costlier than it is.
        given = named.get("OPTIONS", {})
        named["OPTIONS"] = {**given, "options": f"-c jit=off {given.get('options', '')}".strip()}
    else:
        raise ImproperlyConfigured(
            "DIWAN_DATABASE_URL is not understood; it should look like "
            "postgres://user:password@host:5432/name."
        )
    return named


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("login", "name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "accounts:sign_in"
# Our users have one name to sign in with, an e-mail address or a mobile number, and no other field.
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "diwan.accounts.adapter.AccountAdapter"

LANGUAGE_CODE = "fa"
LANGUAGES = [("fa", "فارسی"), ("ar", "العربية"), ("en", "English")]
USE_I18N = True
# The shell's own words; each room brings its catalogue along.
LOCALE_PATHS = [ROOT / "src" / "diwan" / "config" / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

BUILD = ROOT / "build"
STATIC_URL = "/static/"
STATIC_ROOT = BUILD / "static"
# A name that was not collected is served as it is instead of breaking the page.
WHITENOISE_MANIFEST_STRICT = False
STATICFILES_DIRS: list[Path] = [BUILD / "assets"]
# What PDFs are set in; scripts/assets.py brings it with the front-end assets.
FONTS = BUILD / "fonts"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DIWAN_HOME / "files"},
    },
    "evidence": evidence_storage(os.environ),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o640

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

# How notices go out (docs/notices.md); without a gateway they become files in DIWAN_HOME/outbox.
DIWAN_ADDRESS = ORIGIN or f"http://127.0.0.1:{os.environ.get('PORT') or 8000}"
# What may be done with the open data (OParl), as the address of a licence; "" for none.
DIWAN_OPEN_LICENSE = os.environ.get(
    "DIWAN_OPEN_LICENSE", "https://creativecommons.org/licenses/by/4.0/"
)
DIWAN_SMTP_URL = os.environ.get("DIWAN_SMTP_URL", "")
DIWAN_MAIL_FROM = os.environ.get("DIWAN_MAIL_FROM", "")
DIWAN_SMS_URL = os.environ.get("DIWAN_SMS_URL", "")
DIWAN_SMS_TOKEN = os.environ.get("DIWAN_SMS_TOKEN", "")
DIWAN_SMS_FROM = os.environ.get("DIWAN_SMS_FROM", "")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    # Who asks /healthz reads the answer: a 503 at the first start is no error to be told of twice.
    "filters": {
        "asked": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda told: (
                getattr(getattr(told, "request", None), "path", "") != "/healthz"
            ),
        }
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["asked"]}
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"diwan": {"level": os.environ.get("DIWAN_LOG_LEVEL", "INFO")}},
}

# Requests a minute that one token, or one session's user, may send to the API.
DIWAN_API_RATE = int(os.environ.get("DIWAN_API_RATE", "600"))
# Forms and filings that one address without an account may send within an hour, and files of 5 MB
# for each; of files five times that within a day.
DIWAN_FORMS_AN_HOUR = int(os.environ.get("DIWAN_FORMS_AN_HOUR", "120"))
# The same for a program whose token is made for no post: a city's app, with files of 1 MB for each.
DIWAN_TOKEN_FORMS_AN_HOUR = int(os.environ.get("DIWAN_TOKEN_FORMS_AN_HOUR", "3000"))
# Networks of the proxies before us, by commas: what they say of who asked them is believed.
DIWAN_TRUSTED_PROXIES = networks_in(os.environ.get("DIWAN_TRUSTED_PROXIES", "127.0.0.0/8, ::1/128"))
# Webhooks go to https addresses of the open Internet alone; "1" lets them go to this machine too.
DIWAN_WEBHOOKS_TO_LOOPBACK = os.environ.get("DIWAN_WEBHOOKS_TO_LOOPBACK", "") == "1"
