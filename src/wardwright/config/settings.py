"""Settings. Everything a hospital sets comes from the environment; docs/reference/settings.md lists the names."""

from __future__ import annotations

import os
from decimal import Decimal
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from whitenoise.compress import Compressor

from .home import home_folder, secret_key

PACKAGE = Path(__file__).resolve().parents[1]
WARDWRIGHT_HOME = home_folder()
DEBUG = os.environ.get("WARDWRIGHT_DEBUG") == "1"
SECRET_KEY = secret_key(WARDWRIGHT_HOME)
ALLOWED_HOSTS = os.environ.get("WARDWRIGHT_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("WARDWRIGHT_TRUSTED_ORIGINS", "").split(",") if o]
BEHIND_TLS = os.environ.get("WARDWRIGHT_TLS") == "1"
HOUSE_NAME = os.environ.get("WARDWRIGHT_NAME", "Wardwright")
BASE_URL = os.environ.get("WARDWRIGHT_URL", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}").rstrip("/")
GS1_PREFIX = os.environ.get("WARDWRIGHT_GS1_PREFIX", "")  # the house's GS1 company prefix, for GIAIs on labels
MAIL_URL = os.environ.get("WARDWRIGHT_MAIL_URL", "")  # smtp://user:password@host:587; unset: no mail is sent
MAIL_FROM = os.environ.get("WARDWRIGHT_MAIL_FROM", f"{HOUSE_NAME} <wardwright@localhost>")
NOMINAL_MAINS_VOLTS = Decimal(os.environ.get("WARDWRIGHT_MAINS_VOLTS", "230"))
PAPER = "us-letter" if os.environ.get("WARDWRIGHT_PAPER", "a4").lower() in ("letter", "us-letter") else "a4"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_tasks",
    "axes",
    "csp",
    "wardwright.platform.core",
    "wardwright.platform.access",
    "wardwright.platform.audit",
    "wardwright.platform.events",
    "wardwright.platform.jobs",
    "wardwright.platform.numbering",
    "wardwright.platform.attachments",
    "wardwright.platform.signon",
    "wardwright.platform.links",
    "wardwright.platform.signatures",
    "wardwright.platform.search",
    "wardwright.platform.notify.mail",
    "wardwright.platform.notify.webhooks",
    "wardwright.platform.exchange",
    "wardwright.platform.reports",
    "wardwright.web",
    "wardwright.api",
    "wardwright.apps.directory",
    "wardwright.apps.assets",
    "wardwright.apps.lending",
    "wardwright.apps.testing",
    "wardwright.apps.maintenance",
    "wardwright.apps.helpdesk",
    "wardwright.apps.notices",
]

MIDDLEWARE = [
    "wardwright.web.tracing.TracingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "wardwright.web.signed_in.SignedInMiddleware",
    "wardwright.web.language.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "wardwright.web.middleware.EdgeMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "wardwright.config.urls"
WSGI_APPLICATION = "wardwright.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "wardwright.web.context.frame",
            ],
        },
    }
]


def is_pooled() -> bool:
    """Whether a pooler stands before PostgreSQL that gives each transaction another connection."""
    return os.environ.get("WARDWRIGHT_POOLED") == "1"


def networks(text: str) -> list[IPv4Network]:
    """Addresses and networks, separated by commas."""
    try:
        return [IPv4Network(part.strip(), strict=False) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"WARDWRIGHT_INSTRUMENT_HOSTS names networks such as 10.20.0.0/16: {error}."
        ) from error


def database() -> dict[str, Any]:
    """SQLite in the home folder, or PostgreSQL by ``WARDWRIGHT_DATABASE_URL=postgresql://user:password@host/name``."""
    url = os.environ.get("WARDWRIGHT_DATABASE_URL", "")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": WARDWRIGHT_HOME / "wardwright.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000;"
                    " PRAGMA mmap_size=268435456; PRAGMA foreign_keys=ON"
                ),
            },
        }
    from urllib.parse import parse_qsl, unquote, urlsplit

    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured("WARDWRIGHT_DATABASE_URL must start with postgresql:// (or be unset for SQLite).")
    given = dict(parse_qsl(parts.query))  # sslmode and the like, for libpq
    from wardwright.platform.core.postgresql import PLANNER, PlannedCursor

    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or "") or given.pop("host", ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "server_side_binding": True,
            "cursor_factory": PlannedCursor,
            "prepare_threshold": None if is_pooled() else 2**31,  # the cursor says what is prepared
            **({} if is_pooled() else {"options": PLANNER}),  # such a pooler takes no options
            **given,
        },
    }


POOLED = is_pooled()
DATABASES = {"default": database()}
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    INSTALLED_APPS.append("procrastinate.contrib.django")  # its tables; see platform/jobs/postgresql.py
    PROCRASTINATE_AUTODISCOVER_MODULE_NAME = None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie of its own

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "wardwright.platform.access.login.PasswordBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {"NAME": "wardwright.platform.access.passwords.ContextWords"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # or one person's guesses would keep a whole hospital out
AXES_CLIENT_IP_CALLABLE = "wardwright.platform.access.throttle.address_of"
AXES_HANDLER = "wardwright.platform.access.throttle.Throttle"
AXES_USERNAME_CALLABLE = "wardwright.web.login.throttled_name"
AXES_LOCKOUT_CALLABLE = "wardwright.web.login.locked_out"
AXES_VERBOSE = False
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_DISABLE_ACCESS_LOG = True
SILENCED_SYSTEM_CHECKS = ["axes.W003"]

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 3600 * int(os.environ.get("WARDWRIGHT_SESSION_HOURS") or 12)
IDLE_MINUTES = int(os.environ.get("WARDWRIGHT_IDLE_MINUTES") or 120)  # without a request a session ends
OIDC_SECRET = "WARDWRIGHT_OIDC_SECRET_"  # noqa: S105 - the beginning of a name: one for each provider, by its code
OIDC_SECRETS = {
    name.removeprefix(OIDC_SECRET): value for name, value in os.environ.items() if name.startswith(OIDC_SECRET)
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = BEHIND_TLS
COOKIE_PREFIX = "__Host-" if BEHIND_TLS else ""  # a browser then takes the cookie from this host alone, over TLS alone
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}language"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "wardwright.web.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# Reading test instruments over a wire: "off" ends it; machines that may be asked although they are not inside; the
# VISA library ("@py", "@ivi").
LIVE_INSTRUMENTS = os.environ.get("WARDWRIGHT_INSTRUMENTS", "on").lower() != "off"
INSTRUMENT_HOSTS = networks(os.environ.get("WARDWRIGHT_INSTRUMENT_HOSTS", ""))
INSTRUMENT_LIBRARY = os.environ.get("WARDWRIGHT_VISA", "@py")
WEBHOOK_HOSTS = [name for name in os.environ.get("WARDWRIGHT_WEBHOOK_HOSTS", "").lower().split(",") if name]
# Fetching what sources publish: machines inside that may be asked, and whom a source can write to.
FETCH_HOSTS = os.environ.get("WARDWRIGHT_FETCH_HOSTS", "").lower().replace(",", " ").split()
FETCH_CONTACT = os.environ.get("WARDWRIGHT_FETCH_CONTACT", "")
FETCH_MB = int(os.environ.get("WARDWRIGHT_FETCH_MB") or 256)
OPENFDA_KEY = os.environ.get("WARDWRIGHT_OPENFDA_KEY", "")
API_PER_MINUTE = int(os.environ.get("WARDWRIGHT_API_RATE", "1200"))  # requests of one token or log-in; 0: no limit
FILES_URL = os.environ.get("WARDWRIGHT_FILES", "")  # s3://bucket/prefix; unset: the folder `files` of the house
FILES_ENDPOINT = os.environ.get("WARDWRIGHT_S3_ENDPOINT", "")
FILE_BYTES = 1_000_000 * int(os.environ.get("WARDWRIGHT_FILE_MB") or 50)
# One analysis of images: the most memory and time of its process, and what files may come to when unpacked.
IMAGING_MEMORY_MB = int(os.environ.get("WARDWRIGHT_IMAGING_MEMORY_MB") or 3000)
IMAGING_SECONDS = int(os.environ.get("WARDWRIGHT_IMAGING_SECONDS") or 300)
IMAGING_UNPACKED_MB = int(os.environ.get("WARDWRIGHT_IMAGING_UNPACKED_MB") or 1500)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

# Asking for help without a log-in: "on", "codes" (only by the code of a label), "off".
HELP_PORTAL = os.environ.get("WARDWRIGHT_PORTAL", "on").lower()
HELP_PHONE = os.environ.get("WARDWRIGHT_HELP_PHONE", "")
MAIL_IN_URL = os.environ.get("WARDWRIGHT_MAIL_IN_URL", "")
MAIL_IN_SITE = os.environ.get("WARDWRIGHT_MAIL_IN_SITE", "")

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French")), ("es", _("Spanish"))]  # those with a complete catalogue
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = os.environ.get("WARDWRIGHT_TIME_ZONE", "UTC")
USE_TZ = True
DATE_FORMAT = "j M Y"
FORMAT_MODULE_PATH = "wardwright.config.formats"

STATIC_URL = "/static/"
STATIC_ROOT = WARDWRIGHT_HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# The barcode reader is fetched once by those who scan; pressing it would take longer than all else at a first start.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "wasm"]
TASKS = {"default": {"BACKEND": "wardwright.platform.jobs.backend.JobsBackend", "QUEUES": []}}

# For watchmen: whoever asks from these addresses, or with this token, sees figures and details of the checks.
WATCH_FROM = [text for text in os.environ.get("WARDWRIGHT_WATCH_FROM", "127.0.0.0/8,::1").split(",") if text]
WATCH_TOKEN = os.environ.get("WARDWRIGHT_WATCH_TOKEN", "")
DISK_MB = int(os.environ.get("WARDWRIGHT_DISK_MB") or 500)  # with less room /ready says no
LOG_JSON = os.environ.get("WARDWRIGHT_LOG", "").lower() == "json"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "wardwright.platform.core.logs.LineFormatter"},
        "json": {"()": "wardwright.platform.core.logs.JsonFormatter"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json" if LOG_JSON else "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "wardwright": {"level": "INFO"},
        "wardwright.request": {"level": "INFO" if LOG_JSON else "WARNING"},
        "django": {"level": "WARNING", "handlers": []},  # its own would write what ours hide
        "django.request": {"level": "ERROR"},
        "axes": {"level": "ERROR"},
    },
}
