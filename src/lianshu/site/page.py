"""What every page has: title, breadcrumb, menu, language, density."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static

from lianshu.site.access import role_of
from lianshu.site.menu import shown_menu
from lianshu.site.texts import current_language, words_of

STATIC_FOLDER = Path(__file__).parent / "static"


def render_page(
    request: HttpRequest,
    template: str,
    *,
    title: object,
    crumbs: Sequence[tuple[object, str]] = (),
    lead: object = "",
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Render a page below ``lianshu/base.html``.

    ``title`` is the one h1 (a string in the current language or a ``Text``), ``lead`` a sentence below it,
    ``crumbs`` the pages above this one as (words, address), the home page excepted.
    """
    context |= {
        "title": words_of(title),
        "lead": words_of(lead),
        "crumbs": [(words_of(words), address) for words, address in crumbs],
    }
    return render(request, template, context, status=status)


def page_context(request: HttpRequest) -> dict[str, Any]:
    """The context that ``lianshu/base.html`` needs on every page."""
    language = current_language()
    return {
        "language": language,
        "language_tag": "en" if language == "en" else "zh-Hans",
        "density": getattr(request, "density", "comfortable"),
        "menu": shown_menu(request),
        "role": role_of(request).value,
        "demo": settings.LIANSHU_DEMO,
        "has_tabler": (STATIC_FOLDER / "vendor/tabler/tabler.min.css").is_file(),
    }


@cache
def asset_address(name: str) -> str:
    """The address of a static file of this package with a hash of its content, so that caches never lie."""
    digest = hashlib.sha256(Path(f"{STATIC_FOLDER}/{name}").read_bytes()).hexdigest()[:12]
    return f"{static(name)}?v={digest}"
