"""Settings of the running system, read from the environment; `./iops up` and the tests fill it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

PACKAGE = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("IOPS_VAR", PACKAGE.parent.parent / "var"))


def database(dsn: str) -> dict[str, object]:
    """Django's database settings for a PostgreSQL connection string."""
    parts = conninfo_to_dict(dsn)
    known = {key: str(parts.pop(key, "") or "") for key in ("dbname", "user", "password", "host", "port")}
    return {
        "ENGINE": "iops.foundation.postgres",
        "NAME": known["dbname"],
        "USER": known["user"],
        "PASSWORD": known["password"],
        "HOST": known["host"],
        "PORT": known["port"],
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # A statement that a connection has sent a few times is prepared: planning costs as much as running it.
        "OPTIONS": {**parts, "server_side_binding": True, "prepare_threshold": 3},
    }


AS_OWNER = os.environ.get("IOPS_AS_OWNER") == "1"
DATABASES = {
    "default": database(os.environ.get("IOPS_OWNER_DSN" if AS_OWNER else "IOPS_APP_DSN", "dbname=iops user=iops_app"))
}

SECRET_KEY = os.environ.get("IOPS_SECRET_KEY") or secrets.token_urlsafe(48)
DEBUG = False
ALLOWED_HOSTS = os.environ.get("IOPS_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
ROOT_URLCONF = "iops.project.urls"
WSGI_APPLICATION = "iops.project.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "foundation.User"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "csp",
    "procrastinate.contrib.django",
    "iops.foundation.apps.FoundationConfig",
    "iops.obligations.apps.ObligationsConfig",
    "iops.web.apps.WebConfig",
    "iops.pole.apps.PoleConfig",
    "iops.control.apps.ControlConfig",
    "iops.crime.apps.CrimeConfig",
    "iops.safeguarding.apps.SafeguardingConfig",
    "iops.review.apps.ReviewConfig",
    "iops.integrity.apps.IntegrityConfig",
    "iops.migration.apps.MigrationConfig",
    "iops.synthetic.apps.SyntheticConfig",
    "iops.exchange.apps.ExchangeConfig",
]
MIDDLEWARE: list[str] = [
    "iops.foundation.middleware.Numbered",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "iops.foundation.middleware.Headers",
    "iops.foundation.middleware.StorableOnly",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "iops.foundation.signed_in.SignedIn",
    # Programs: a token in place of a session.
    "iops.foundation.tokens.bearer.ByToken",
    # Closed by default: a page is open to those who have not signed in only when it says so itself.
    "iops.foundation.middleware.SignedInOnly",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "iops.web.middleware.SavedDrafts",
    # The last one: it calls the view itself, in one transaction in the name of whoever has signed in.
    "iops.foundation.middleware.OneTransaction",
]
IOPS_MADE_UP = os.environ.get("IOPS_MADE_UP") == "1"  # a force for training: every page says so
# Where the live stream of the board is: ":8001" for a port of this very host, an address behind a proxy, "" for none.
IOPS_STREAM = os.environ.get("IOPS_STREAM", "")
IOPS_ERROR_PAGE = "iops.web.errors.page"
IOPS_SCOPE_OF = "iops.exchange.scopes.scope_of"
# Webhooks (docs/exchange.md): private networks they may reach, the force's own authority, days until a dead letter.
IOPS_WEBHOOK_NETWORKS = [name for name in os.environ.get("IOPS_WEBHOOK_NETWORKS", "").split(",") if name]
IOPS_WEBHOOK_CA = os.environ.get("IOPS_WEBHOOK_CA", "")
IOPS_WEBHOOK_DAYS = int(os.environ.get("IOPS_WEBHOOK_DAYS", "3"))
# A force's own configuration of the control room: schemes of grades, status codes, skills (docs/dispatch.md).
IOPS_FORCE_FOLDER = Path(os.environ["IOPS_FORCE_FOLDER"]) if os.environ.get("IOPS_FORCE_FOLDER") else None
# Referrals (docs/referrals.md): where packages are dropped, the mail server if there is one, and our own address.
IOPS_OUTBOX = Path(os.environ.get("IOPS_OUTBOX", VAR / "outbox"))
IOPS_SMTP = os.environ.get("IOPS_SMTP", "")
IOPS_SMTP_FROM = os.environ.get("IOPS_SMTP_FROM", "")
IOPS_PARTNER_URL = os.environ.get("IOPS_PARTNER_URL", "").rstrip("/")

# Accounts and sessions (docs/access.md). Signing in goes through iops.foundation.accounts.signing_in alone.
AUTHENTICATION_BACKENDS = ["iops.foundation.accounts.backend.AccountBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "collar_number")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
IOPS_SESSION_HOURS = int(os.environ.get("IOPS_SESSION_HOURS", "12"))
IOPS_IDLE_MINUTES = int(os.environ.get("IOPS_IDLE_MINUTES", "60"))
# Cookies travel over TLS only, unless the system answers to this machine's own names alone (`./iops up`).
LOOPBACK = {"127.0.0.1", "localhost", "[::1]", "testserver"}
PLAIN_HTTP = os.environ.get("IOPS_PLAIN_HTTP", "1") == "1" and set(ALLOWED_HOSTS) <= LOOPBACK
SESSION_ENGINE = "iops.foundation.sessions"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not PLAIN_HTTP
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "iops-session" if PLAIN_HTTP else "__Host-iops-session"
CSRF_COOKIE_NAME = "iops-csrf" if PLAIN_HTTP else "__Host-iops-csrf"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# Logs go to standard error through structlog (iops.foundation.logs), without personal data.
LOGGING_CONFIG = "iops.foundation.logs.from_settings"
LOGGING = {"level": os.environ.get("IOPS_LOG_LEVEL", "INFO")}

# Background work: each area's jobs stand in its `jobs.py`.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "worklist"
CSRF_FAILURE_VIEW = "iops.web.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": sorted(PACKAGE.glob("*/templates")),
        "OPTIONS": {
            "environment": "iops.web.environment.environment",
            "context_processors": ["iops.web.frame.frame"],
            "auto_reload": False,
        },
    }
]

# What a page may load: only what this server sends. No inline script or style, no other host.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# The style sheets and scripts of the design systems: copied here by `iops assets`, never in the repository.
ASSETS = Path(os.environ.get("IOPS_ASSETS", VAR / "assets"))
STATIC_URL = "/static/"
STATICFILES_DIRS = [("vendor", ASSETS)] if ASSETS.is_dir() else []
WHITENOISE_USE_FINDERS = True

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = False
