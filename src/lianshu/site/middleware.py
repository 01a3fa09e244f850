"""Headers that keep a browser safe, and the language and density of a request."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from lianshu.site.models import DENSITIES

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; "
    "frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
)
DENSITY_COOKIE = "lianshu_density"
Handler = Callable[[HttpRequest], HttpResponse]


class SecurityHeaders:
    """Adds the content security policy and its kin to every answer, static files included."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # What a signed-in person saw must not come back by the browser's Back button after signing out.
        if getattr(getattr(request, "user", None), "is_authenticated", False):
            headers.setdefault("Cache-Control", "private, no-store")
        return response


class DisplayChoice:
    """Sets ``request.LANGUAGE_CODE`` and ``request.density``: cookie first, then profile, then the default.

    The cookie comes first because it is what this person chose on this screen, perhaps before signing in.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user if request.user.is_authenticated else None
        languages = dict(settings.LANGUAGES)
        wanted = (
            request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME),
            getattr(user, "language", None),
        )
        language = next((w for w in wanted if w in languages), settings.LANGUAGE_CODE)
        densities = (request.COOKIES.get(DENSITY_COOKIE), getattr(user, "density", None))
        request.density = next((d for d in densities if d in DENSITIES), DENSITIES[0])
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", "en" if language == "en" else "zh-Hans")
        return response
