"""Django settings, read from the environment.

``LIANSHU_WORKSPACE`` the workspace folder (holds ``site.db`` and ``site.key``); ``LIANSHU_HOSTS`` more host
names to answer to; ``LIANSHU_HTTPS=1`` when people reach the site by https (a proxy in front sets
``X-Forwarded-Proto``); ``LIANSHU_DEMO=1`` lets the demonstration accounts sign in and shows their password.
Debug mode does not exist: a traceback is never shown to a visitor.
"""

from __future__ import annotations

import os

from lianshu.site.environment import allowed_hosts, is_on, secret_key, workspace_folder

LIANSHU_WORKSPACE = workspace_folder(os.environ)
LIANSHU_DEMO = is_on(os.environ, "LIANSHU_DEMO")
HTTPS = is_on(os.environ, "LIANSHU_HTTPS")

DEBUG = False
SECRET_KEY = secret_key(LIANSHU_WORKSPACE)
ALLOWED_HOSTS = allowed_hosts(os.environ)
ROOT_URLCONF = "lianshu.site.urls"
WSGI_APPLICATION = "lianshu.site.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "lianshu.site.apps.SiteConfig",
    "lianshu.site.imports.apps.ImportsConfig",
    "lianshu.api.apps.ApiConfig",
]
MIDDLEWARE = [
    "lianshu.site.middleware.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "lianshu.site.middleware.DisplayChoice",
    "lianshu.site.access.PermissionGate",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lianshu.site.page.page_context",
            ],
            "builtins": ["lianshu.site.templatetags.lianshu"],
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": LIANSHU_WORKSPACE / "site.db",
        # IMMEDIATE: two writers queue instead of failing half-way with "database is locked".
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
        },
        "CONN_MAX_AGE": 600,
    }
}

AUTH_USER_MODEL = "lianshu_site.User"
AUTHENTICATION_BACKENDS = ["lianshu.site.accounts.AccountBackend"]
# scrypt is memory-hard and in the standard library; PBKDF2 only reads what an import may bring.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"

SESSION_COOKIE_NAME = "lianshu_session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "lianshu_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "lianshu.site.views.errors.csrf_failure"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "lianshu_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
# Served straight from the package: no collect step. File addresses carry a content hash (?v=).
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 30 * 86_400

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "django.security.DisallowedHost": {
            "handlers": ["stderr"],
            "level": "CRITICAL",
            "propagate": False,
        },
    },
}
