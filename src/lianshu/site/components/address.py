"""Addresses of the same page with some query values changed."""

from __future__ import annotations

from django.http import HttpRequest


def same_page(request: HttpRequest, **changes: object) -> str:
    """The query string of this page with values set, or removed when None or empty; keeps the others.

    >>> from django.http import QueryDict
    >>> request = HttpRequest(); request.GET = QueryDict("vendor=A&page=3")
    >>> same_page(request, page=None, sort="-qty")
    '?vendor=A&sort=-qty'
    """
    query = request.GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


def kept_values(request: HttpRequest, *, without: tuple[str, ...]) -> list[tuple[str, str]]:
    """The query values of this page except some, for the hidden fields of a form that asks with GET.

    >>> from django.http import QueryDict
    >>> request = HttpRequest(); request.GET = QueryDict("vendor=A&page=3")
    >>> kept_values(request, without=("page",))
    [('vendor', 'A')]
    """
    return [(k, v) for k, values in request.GET.lists() if k not in without for v in values]
