"""The page of one's tokens: made, shown once, used, revoked; never another person's."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from lianshu.app.workspace import Workspace
from tests.api.conftest import Asker

pytestmark = pytest.mark.usefixtures("workspace")
PAGE = "/account/tokens/"


@pytest.fixture
def sign_in(accounts: dict[str, Any], workspace: Workspace) -> Callable[[str], Any]:
    """A browser in which the account is signed in."""
    from django.test import Client

    assert workspace.head().size

    def client(name: str) -> Any:
        made = Client(HTTP_HOST="127.0.0.1")
        made.force_login(accounts[name])
        return made

    return client


def make(browser: Any, name: str, scopes: str = "read") -> str:
    """A token made on the page."""
    page = browser.post(PAGE, {"name": name, "scopes": scopes, "days": "30"}).content.decode()
    found = re.search(r"<code>(lsk_[^<]+)</code>", page)
    assert found, page
    return found[1]


def test_a_token_is_shown_once_works_and_ends(sign_in: Callable[[str], Any]) -> None:
    browser = sign_in("lead")
    secret = make(browser, "our ERP")
    assert Asker(secret).get("/me").json()["scopes"] == ["read"]
    page = browser.get(PAGE).content.decode()
    prefix = secret.split("_")[1]
    assert prefix in page
    assert "our ERP" in page
    assert secret not in page
    assert browser.post(f"{PAGE}{prefix}/revoke").status_code == 302
    assert Asker(secret).get("/me").status_code == 401
    assert f"令牌 {prefix} 已吊销" in browser.get(PAGE).content.decode()


def test_nobody_revokes_anothers(sign_in: Callable[[str], Any]) -> None:
    secret = make(sign_in("north"), "mine", "read capture")
    sign_in("south").post(f"{PAGE}{secret.split('_')[1]}/revoke")
    assert Asker(secret).get("/me").json()["scopes"] == ["read", "capture"]


def test_a_wrong_form_is_told_and_makes_nothing(sign_in: Callable[[str], Any]) -> None:
    from lianshu.api.models import ApiToken

    browser, before = sign_in("city"), ApiToken.objects.count()
    for form in (
        {},
        {"name": "x", "scopes": "all", "days": "30"},
        {"name": "x", "scopes": "read", "days": "9"},
    ):
        page = browser.post(PAGE, form)
        assert page.status_code == 200
        assert "lsk_" not in page.content.decode()
    assert ApiToken.objects.count() == before


def test_one_too_many_is_refused_in_the_form(sign_in: Callable[[str], Any]) -> None:
    from lianshu.api.tokens import MOST_TOKENS

    browser = sign_in("nobody")
    page = ""
    for n in range(MOST_TOKENS + 1):
        page = browser.post(PAGE, {"name": str(n), "scopes": "read", "days": "30"}).content.decode()
    assert f"每人至多 {MOST_TOKENS} 个有效令牌" in page
