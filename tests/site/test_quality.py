"""The page of data quality: findings with their entries side by side, and refused attempts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

Client = Callable[[str], Any]


def text(answer: Any) -> str:
    """The page with its entities read."""
    return unescape(answer.content.decode())


def test_every_check_is_listed_with_its_result(record: Any, signed_in: Client) -> None:
    from lianshu.app.checking import check
    from lianshu.flow.checks import checks

    page = text(signed_in("lead").get("/quality/"))
    report = check(record)
    assert f"问题清单：{len(report)} 处" in page
    for one in checks().values():
        assert one.title.zh in page
        assert one.meaning.zh in page


def test_findings_are_filtered(record: Any, signed_in: Client) -> None:
    client = signed_in("lead")
    page = text(client.get("/quality/?check=over_delivered"))
    assert "T-3" in page
    assert page.count('href="/quality/findings/') == 1
    assert "没有符合条件的问题" in text(client.get("/quality/?check=over_delivered&q=zzz"))
    assert "没有符合条件的问题" in text(client.get("/quality/?severity=nonsense"))


def test_a_finding_opens_to_its_entries_side_by_side(record: Any, signed_in: Client) -> None:
    client = signed_in("lead")
    listed = text(client.get("/quality/?check=over_delivered"))
    address = re.findall(r'href="(/quality/findings/[0-9a-f]+/)"', listed)[0]
    page = text(client.get(address))
    assert "怎么办" in page
    assert page.count('href="/entries/') == 2
    quantity = re.search(r'<th scope="row"[^>]*>数量</th>(.*?)</tr>', page, re.DOTALL)
    assert quantity is not None
    assert ">10<" in quantity[1]
    assert ">15<" in quantity[1]
    assert "不一致" in quantity[1]
    assert client.get("/quality/findings/0000/").status_code == 404


def test_refused_attempts_are_kept_and_shown_to_who_sees_all(
    record: Any, signed_in: Client
) -> None:
    def flow(qty: str) -> bytes:
        one = {"mood": "fact", "action": "raise", "time": "2026-04-01T00:00:00Z", "item": "LEAF",
               "qty": qty, "unit": "KGM", "to_place": "MILL-01-LEAF"}  # fmt: skip
        return json.dumps({"id": "again", "kind": "event", "flows": [one]}).encode()

    assert record.post(flow("1")).outcome == "accept"
    assert record.post(flow("2")).outcome == "conflict"
    page = text(signed_in("regulator").get("/quality/refused/"))
    assert "again" in page
    assert "冲突" in page
    assert f'href="/entries/{record.store.find("again")}/"' in page
    assert "没有未被采纳的提交" in text(signed_in("lead").get("/quality/refused/?outcome=reject"))
    assert signed_in("bank").get("/quality/refused/").status_code == 403


def test_who_sees_nothing_is_told_so(record: Any, signed_in: Client) -> None:
    page = text(signed_in("expert").get("/quality/"))
    assert "您的角色尚未获得读取记录的授权" in page
    assert "问题清单" not in page
