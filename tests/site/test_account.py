"""Signing in and out, waiting after wrong passwords, language, density, password."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.site.conftest import PASSWORD

SIGN_IN = "/account/sign-in"


def test_a_demonstration_account_signs_in_and_out(visitor: Any) -> None:
    answer = visitor.post(
        SIGN_IN, {"username": "bank", "password": PASSWORD, "next": "/account/profile"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/account/profile")
    page = visitor.get("/account/profile")
    assert "周行" in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    visitor.post("/account/sign-out")
    assert visitor.get("/account/profile").status_code == 302


def test_next_never_leads_off_the_site(visitor: Any) -> None:
    answer = visitor.post(
        SIGN_IN, {"username": "bank", "password": PASSWORD, "next": "https://elsewhere.example/"}
    )
    assert answer["Location"] == "/"


def test_a_wrong_password_is_told_without_saying_which_part(visitor: Any) -> None:
    known = visitor.post(SIGN_IN, {"username": "bank", "password": "wrong"}).content.decode()
    unknown = visitor.post(SIGN_IN, {"username": "nobody", "password": "wrong"}).content.decode()
    assert "用户名或密码不正确" in known
    assert "用户名或密码不正确" in unknown


def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(visitor: Any) -> None:
    for _ in range(5):
        visitor.post(SIGN_IN, {"username": "City", "password": "wrong"})
    answer = visitor.post(SIGN_IN, {"username": "city", "password": PASSWORD})
    assert answer.status_code == 200
    assert re.search("请在 1[45] 分钟后再试", answer.content.decode())
    assert visitor.post(SIGN_IN, {"username": "bank", "password": PASSWORD}).status_code == 302


def test_the_wait_ends(visitor: Any) -> None:
    from lianshu.site.accounts import note_sign_in, sign_in_wait

    start = datetime(2026, 3, 1, tzinfo=UTC)
    for second in range(5):
        note_sign_in("expert", "10.0.0.1", start + timedelta(seconds=second), succeeded=False)
    after = start + timedelta(minutes=1)
    assert sign_in_wait("expert", "10.0.0.1", after) == timedelta(minutes=14)
    assert sign_in_wait("expert", "10.0.0.2", after) == timedelta(0)
    assert sign_in_wait("expert", "10.0.0.1", start + timedelta(minutes=15)) == timedelta(0)


def test_a_demonstration_account_is_nobody_outside_demo_mode(visitor: Any) -> None:
    from django.test import override_settings

    visitor.post(SIGN_IN, {"username": "lead", "password": PASSWORD})
    with override_settings(LIANSHU_DEMO=False):
        assert visitor.get("/account/profile").status_code == 302
        page = visitor.post(SIGN_IN, {"username": "lead", "password": PASSWORD})
        assert page.status_code == 200
        assert PASSWORD not in page.content.decode()
    assert visitor.get("/account/profile").status_code == 200


def test_the_demo_password_stands_on_the_sign_in_page(visitor: Any) -> None:
    page = visitor.get(SIGN_IN).content.decode()
    assert PASSWORD in page
    assert page.count('name="username" value=') == 10


def test_demo_accounts_are_made_once_and_leave_real_people_alone(site: Path) -> None:
    from lianshu.site.accounts import create_demo_accounts
    from lianshu.site.models import Membership, User

    before = (User.objects.count(), Membership.objects.count())
    assert len(create_demo_accounts()) == 10
    assert (User.objects.count(), Membership.objects.count()) == before


def test_the_language_is_chinese_until_chosen_and_then_kept(visitor: Any) -> None:
    page = visitor.get(SIGN_IN, headers={"accept-language": "en"})
    assert '<html lang="zh-Hans"' in page.content.decode()
    answer = visitor.post("/account/display", {"language": "en", "next": SIGN_IN})
    assert (answer.status_code, answer["Location"]) == (302, SIGN_IN)
    page = visitor.get(SIGN_IN)
    assert '<html lang="en"' in page.content.decode()
    assert page["Content-Language"] == "en"
    visitor.post("/account/display", {"language": "xx", "density": "tiny"})
    assert "Sign in to Lianshu" in visitor.get(SIGN_IN).content.decode()


def test_the_profile_keeps_name_language_and_density(signed_in: Callable[[str], Any]) -> None:
    client = signed_in("province")
    wanted = {"name": "苏文", "email": "", "language": "en", "density": "compact"}
    page = client.post("/account/profile", wanted, follow=True).content.decode()
    assert "Your settings are saved." in page
    assert 'data-density="compact"' in page
    page = signed_in("province").get("/").content.decode()
    assert '<html lang="en" data-density="compact">' in page


def test_a_bad_profile_says_what_to_correct(signed_in: Callable[[str], Any]) -> None:
    answer = signed_in("ministry").post(
        "/account/profile",
        {"name": "", "email": "no", "language": "zh-hans", "density": "comfortable"},
    )
    page = answer.content.decode()
    assert '<a href="#id_email">' in page
    assert 'aria-invalid="true"' in page


def test_a_password_is_changed_and_other_sessions_end(site: Path) -> None:
    from django.test import Client

    from lianshu.site.models import User
    from lianshu.site.roles import Role

    User.objects.filter(username="real").delete()
    User.objects.create_account("real", "first-Secret-7", Role.EXPERT, name="真人")
    here, there = Client(HTTP_HOST="127.0.0.1"), Client(HTTP_HOST="127.0.0.1")
    for client in (here, there):
        client.post(SIGN_IN, {"username": "real", "password": "first-Secret-7"})
    form = {"old_password": "first-Secret-7", "new_password1": "12345", "new_password2": "12345"}
    assert here.post("/account/password", form).status_code == 200
    form |= {"new_password1": "second-Secret-8", "new_password2": "second-Secret-8"}
    assert here.post("/account/password", form).status_code == 302
    assert here.get("/account/profile").status_code == 200
    assert there.get("/account/profile").status_code == 302
    User.objects.filter(username="real").delete()


def test_a_public_password_cannot_be_changed(signed_in: Callable[[str], Any]) -> None:
    form = {
        "old_password": PASSWORD,
        "new_password1": "second-Secret-8",
        "new_password2": "second-Secret-8",
    }
    answer = signed_in("carrier").post("/account/password", form)
    assert answer.status_code == 200
    assert "演示账户的密码是公开的" in answer.content.decode()
