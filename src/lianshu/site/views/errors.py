"""The pages for what goes wrong; none shows a traceback."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from lianshu.site.page import render_page
from lianshu.site.texts import say


def plain_error(code: int) -> HttpResponse:
    """A page in both languages that needs no session, database or context."""
    parts = ("title", "explanation", "remedy")
    words = {
        short: {part: say(f"error.{code}.{part}", language) for part in parts}
        | {"home": say("error.home", language)}
        for short, language in (("zh", "zh-hans"), ("en", "en"))
    }
    return HttpResponse(
        render_to_string("lianshu/error_plain.html", {"code": code, **words}), status=code
    )


def full_error(request: HttpRequest, code: int) -> HttpResponse:
    """A page with the menu of whoever is signed in; the plain one when the request broke before that."""
    if not hasattr(request, "user") or not hasattr(request, "density"):
        return plain_error(code)
    return render_page(
        request,
        "lianshu/error.html",
        title=say(f"error.{code}.title"),
        status=code,
        code=code,
        explanation=say(f"error.{code}.explanation"),
        remedy=say(f"error.{code}.remedy"),
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return plain_error(400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return full_error(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return full_error(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: drawn without database or session, because one of them may be the cause."""
    return plain_error(500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came from elsewhere, or whose page was open too long."""
    return plain_error(403)
