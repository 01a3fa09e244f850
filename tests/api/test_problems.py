"""Whatever goes wrong is a problem of RFC 9457 in the reader's language, never a page or a traceback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lianshu.app.workspace import Workspace

Ask = Callable[[str], Any]


def is_problem(answer: Any, status: int) -> Any:
    """The body, after checking that it is a whole problem."""
    assert answer.status_code == status, answer.content[:300]
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert {"type", "title", "status", "detail", "refusals"} <= set(body)
    assert body["status"] == status
    assert body["type"].startswith("/api/v1/docs#problem-")
    for one in body["refusals"]:
        assert set(one) == {"field", "rule", "remedy", "code", "line"}
        assert one["rule"]
        assert one["remedy"]
    return body


@pytest.mark.parametrize(
    "path", ["/", "/api/", "/api/v1", "/api/v1/", "/api/v1/capabilities/none", "/api/v2/entries",
             "/api/v1/entries/x", "/api/v1/entries/-1", "/api/v1/orders/", "/api/v1/%00", "/api/v1/\u94fe"]
)  # fmt: skip
def test_an_unknown_address_is_a_problem(ask: Ask, path: str) -> None:
    if path == "/":
        path = "/api/none"
    is_problem(ask("lead").client.get(path), 404)


@pytest.mark.parametrize("seq", [0, 11, 2**53 - 1, 2**53, 10**30])
def test_an_entry_that_is_not_there_is_a_problem(ask: Ask, seq: int) -> None:
    status = 404 if 1 <= seq < 2**53 else 422
    is_problem(ask("lead").get(f"/entries/{seq}"), status)


def test_a_wrong_method_is_a_problem_that_names_the_right_ones(ask: Ask) -> None:
    asker = ask("lead")
    for method, path, allowed in (
        ("delete", "/entries", {"GET", "POST"}), ("put", "/capabilities/stock", {"GET"}),
        ("post", "/openapi.json", {"GET", "HEAD"}), ("post", "/docs", {"GET", "HEAD"}),
    ):  # fmt: skip
        answer = getattr(asker.client, method)(f"/api/v1{path}", headers=asker.headers)
        is_problem(answer, 405)
        assert set(answer["Allow"].split(", ")) == allowed


def test_head_is_get_without_the_content(ask: Ask) -> None:
    asker = ask("lead")
    whole = asker.get("/capabilities/stock")
    head = asker.client.head("/api/v1/capabilities/stock", headers=asker.headers)
    assert (head.status_code, head.content) == (200, b"")
    assert head["Content-Length"] == str(len(whole.content))
    assert head["ETag"] == whole["ETag"]


def test_the_reader_is_answered_in_their_language(ask: Ask) -> None:
    asker = ask("lead")
    texts = {
        header: is_problem(asker.get("/flows?lots=x", **{"accept-language": header}), 422)
        for header in ("", "zh-CN,zh;q=0.9,en;q=0.8", "en-GB,en;q=0.9", "fr")
    }
    assert texts[""] == texts["zh-CN,zh;q=0.9,en;q=0.8"] == texts["fr"]
    assert texts[""]["refusals"][0]["rule"] == "没有这个参数"
    english = texts["en-GB,en;q=0.9"]
    assert english["refusals"][0]["rule"] == "there is no such parameter"
    assert english["title"] == "The content breaks a rule"


def test_a_fault_of_the_program_shows_nothing_of_it(
    ask: Ask,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the inside of the program")

    asker = ask("lead")
    monkeypatch.setattr(workspace.store, "query", broken)
    body = is_problem(asker.get("/flows"), 500)
    assert "inside" not in str(body)
    assert "Traceback" not in str(body)
    assert body["refusals"] == []


def test_nothing_may_be_kept_by_a_shared_cache(ask: Ask) -> None:
    for name in ("lead", ""):
        for path in ("/entries", "/me", "/entries/1", "/checkpoint", "/none"):
            answer = ask(name).get(path)
            assert answer["Cache-Control"].startswith("private"), path
            assert "Authorization" in answer["Vary"]


def test_the_document_names_every_problem_that_it_may_answer() -> None:
    from lianshu.api.interface import openapi_document

    for path, methods in openapi_document()["paths"].items():
        for method, operation in methods.items():
            assert {401, 403, 422} <= set(operation["responses"]), (method, path)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_reference_page_explains_every_operation_and_problem(ask: Ask, language: str) -> None:
    from lianshu.api.interface import openapi_document
    from lianshu.api.problem import KINDS

    client = ask("").client
    client.cookies["lianshu_language"] = language
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    text = page.content.decode()
    for methods in openapi_document()["paths"].values():
        for operation in methods.values():
            assert text.count(f'id="{operation["operationId"]}"') == 1
    assert all(text.count(f'id="problem-{name}"') == 1 for name in KINDS)
    assert "<script" not in text
    assert "style=" not in text
    assert (">及时交付率<" in text) == (language == "zh-hans")
    assert (">On-time delivery rate<" in text) == (language == "en")
