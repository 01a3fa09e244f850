"""Headers, errors, health, words in two languages, and the parts of pages."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SITE = Path(__file__).resolve().parents[2] / "src" / "lianshu" / "site"
CHINESE = re.compile("[\u4e00-\u9fff]")


def test_every_answer_carries_the_security_headers(visitor: Any) -> None:
    for path in ("/account/sign-in", "/healthz", "/nowhere", "/static/lianshu.css"):
        answer = visitor.get(path)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "object-src 'none'" in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        answer.close()


def test_the_secret_is_for_its_owner_only(site: Path) -> None:
    assert stat.S_IMODE((site / "site.key").stat().st_mode) == 0o600


def test_the_database_is_in_the_workspace_and_logs_ahead(site: Path) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone() == ("wal",)
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone() == (2,)
    assert (site / "site.db").is_file()


def test_one_migration_says_what_the_models_say(site: Path) -> None:
    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
    assert [p.name for p in (SITE / "migrations").glob("0*.py")] == ["0001_initial.py"]


def test_health(visitor: Any) -> None:
    assert visitor.get("/healthz").json() == {"status": "ok"}


def test_errors_are_explained_without_a_traceback(
    visitor: Any, signed_in: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from lianshu.site.views import home

    assert "找不到此页面" in visitor.get("/nowhere").content.decode()
    visitor.cookies["lianshu_language"] = "en"
    assert "There is no such page" in visitor.get("/nowhere").content.decode()
    bad = visitor.get("/", headers={"host": "elsewhere.example"})
    assert bad.status_code == 400
    assert "请求无法识别" in bad.content.decode()
    assert "The request is not understood" in bad.content.decode()

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(home, "render_page", broken)
    client = signed_in("lead")
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert "系统出错" in answer.content.decode()
    assert "Something went wrong here" in answer.content.decode()
    assert "a secret detail" not in answer.content.decode()


def test_a_form_from_elsewhere_is_refused(site: Path) -> None:
    from django.test import Client

    client = Client(enforce_csrf_checks=True, HTTP_HOST="127.0.0.1")
    answer = client.post("/account/sign-in", {"username": "lead", "password": "x"})
    assert answer.status_code == 403
    assert "无权打开此页面" in answer.content.decode()


def test_every_key_in_templates_and_code_has_words(site: Path) -> None:
    from lianshu.site.texts import dictionary

    used = set()
    for path in SITE.rglob("*.html"):
        used |= set(re.findall(r'{% t "([^"]+)"', path.read_text("utf-8")))
    for path in SITE.rglob("*.py"):
        used |= set(re.findall(r'\bsay\(\s*"([^"{]+)"', path.read_text("utf-8")))
    from lianshu.site.menu import MENU
    from lianshu.site.roles import Role

    used |= {f"role.{role.value}" for role in Role} | {group.text_key for group in MENU}
    used |= {item.text_key for group in MENU for item in group.items}
    assert used - set(dictionary()) == set()


def test_both_languages_are_complete_and_keep_their_places(site: Path) -> None:
    from lianshu.site.texts import dictionary

    for key, text in dictionary().items():
        assert set(re.findall(r"{(\w+)}", text.zh)) == set(re.findall(r"{(\w+)}", text.en)), key
        if not key.startswith(("language.", "role.")):
            assert not CHINESE.search(text.en), key


def test_no_template_holds_words_of_its_own() -> None:
    allowed = {'lang="zh-Hans" type="submit">{% icon "globe" %}中文</button>'}
    for path in SITE.rglob("*.html"):
        for line in path.read_text("utf-8").splitlines():
            words = line
            for each in allowed:
                words = words.replace(each, "")
            assert not CHINESE.search(words), f"{path.name}: {line.strip()}"
            assert not re.search(r"\sstyle=|<script(?![^>]*\ssrc=)[^>]*>[^<]|\son\w+=", words), (
                f"{path.name}: inline style or script: {line.strip()}"
            )


def test_the_style_guide_pages_sorts_and_opens_evidence(signed_in: Callable[[str], Any]) -> None:
    client = signed_in("lead")
    page = client.get("/styleguide?page=200&size=50&sort=-order").content.decode()
    assert "共 10,000 条" in page
    assert "第 200 / 200 页" in page
    assert 'aria-sort="descending"' in page
    assert "PO-00001" in page
    assert 'id="evidence"' not in page
    page = client.get("/styleguide?evidence=otif").content.decode()
    assert 'id="evidence"' in page
    assert "scms:4211" in page
    assert "未授权查看" in page


@pytest.mark.parametrize("query", ["page=-1", "page=abc&size=7", "page=99999999999999", "sort=--x"])
def test_a_strange_address_is_answered(signed_in: Callable[[str], Any], query: str) -> None:
    assert signed_in("lead").get(f"/styleguide?{query}").status_code == 200


def test_ids_are_unique_and_there_is_one_h1(signed_in: Callable[[str], Any]) -> None:
    client = signed_in("lead")
    for path in ("/", "/styleguide?evidence=x", "/account/profile", "/account/password"):
        page = client.get(path).content.decode()
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids)), path
        assert page.count("<h1") == 1, path


def test_what_people_wrote_is_escaped(signed_in: Callable[[str], Any]) -> None:
    page = signed_in("lead").get("/styleguide?order=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in page.content.decode()
