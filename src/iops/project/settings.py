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
        "ENGINE": "django.db.backends.postgresql",
        "NAME": known["dbname"],
        "USER": known["user"],
        "PASSWORD": known["password"],
        "HOST": known["host"],
        "PORT": known["port"],
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**parts, "server_side_binding": True},
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
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "csp",
    "iops.foundation.apps.FoundationConfig",
    "iops.obligations.apps.ObligationsConfig",
    "iops.web.apps.WebConfig",
    "iops.pole.apps.PoleConfig",
    "iops.control.apps.ControlConfig",
    "iops.crime.apps.CrimeConfig",
    "iops.safeguarding.apps.SafeguardingConfig",
    "iops.migration.apps.MigrationConfig",
    "iops.synthetic.apps.SyntheticConfig",
]
MIDDLEWARE: list[str] = []

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = False
