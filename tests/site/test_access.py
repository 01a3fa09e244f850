"""Deny by default: every address says who may open it, and it is so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest


def patterns(resolver: Any, prefix: str = "", spaces: tuple[str, ...] = ()) -> Iterator[Any]:
    """Every address of the site: (address pattern, view, namespaces)."""
    for entry in resolver.url_patterns:
        words = prefix + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            inner = (*spaces, entry.namespace) if entry.namespace else spaces
            yield from patterns(entry, words, inner)
        else:
            yield words, entry.callback, spaces


def test_every_address_declares_who_may_open_it(site: Any) -> None:
    from django.urls import get_resolver

    from lianshu.site.access import permission_of

    undeclared = [
        words
        for words, view, spaces in patterns(get_resolver())
        if permission_of(view, spaces) is None
    ]
    assert undeclared == []


def test_each_role_opens_exactly_what_is_declared(signed_in: Callable[[str], Any]) -> None:
    from django.urls import get_resolver

    from lianshu.site.access import permission_of
    from lianshu.site.roles import SIGNED_IN_ROLES

    clients = {role: signed_in(role.value) for role in SIGNED_IN_ROLES}
    for words, view, spaces in patterns(get_resolver()):
        permission = permission_of(view, spaces)
        assert permission is not None
        if "<" in words or "(" in words or permission.guarded_elsewhere:
            continue
        for role, client in clients.items():
            status = client.get(f"/{words}").status_code
            assert (status == 403) != permission.admits(role), (words, role, status)


def test_a_stranger_is_asked_to_sign_in(visitor: Any) -> None:
    answer = visitor.get("/styleguide?page=3")
    assert answer.status_code == 302
    assert answer["Location"] == "/account/sign-in?next=/styleguide%3Fpage%3D3"


def test_a_view_that_declares_nothing_is_open_to_nobody(
    signed_in: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from lianshu.site.views import home

    monkeypatch.delattr(home.home, "permission")
    assert signed_in("lead").get("/").status_code == 403


def test_the_menu_shows_only_what_may_be_opened(signed_in: Callable[[str], Any]) -> None:
    assert b'href="/styleguide"' in signed_in("lead").get("/account/profile").content
    assert b'href="/styleguide"' not in signed_in("bank").get("/account/profile").content


def test_a_role_sees_no_style_guide(signed_in: Callable[[str], Any]) -> None:
    answer = signed_in("supplier").get("/styleguide")
    assert answer.status_code == 403
    assert "无权打开此页面" in answer.content.decode()
