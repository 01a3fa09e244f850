"""The first page after sign-in, and the health check."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.http import require_safe

from lianshu.site.access import PUBLIC, SIGNED_IN, permit
from lianshu.site.page import render_page
from lianshu.site.tower.views import home_page


@permit(SIGNED_IN)
@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """Where somebody's work starts: the tower, one's own orders, or how to get access."""
    template, context = home_page(request)
    return render_page(request, template, **context)


@permit(PUBLIC)
@require_safe
def healthz(request: HttpRequest) -> HttpResponseBase:
    """``{"status": "ok"}`` when the site and its database answer; 503 otherwise. Says nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # noqa: BLE001 - whatever the cause, the answer is "not healthy"
        return JsonResponse({"status": "unavailable"}, status=503)
    return JsonResponse({"status": "ok"})
