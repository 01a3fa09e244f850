"""The WSGI entry point: ``gunicorn lianshu.site.wsgi`` with ``LIANSHU_WORKSPACE`` set."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianshu.site.settings")
application = get_wsgi_application()
