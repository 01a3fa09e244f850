"""Who gets in and what they see: deny by default, and two tenants who never see each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lianshu.app.workspace import Workspace
from tests.api.conftest import LEAD, NORTH, SOUTH, Asker, entry, flow

Ask = Callable[[str], Any]


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(method, path, operation) of every endpoint that the document names."""
    from lianshu.api.interface import openapi_document

    for path, methods in openapi_document()["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def addresses(path: str, order: str) -> list[str]:
    """The path with its places filled: every entry number, table and order of the workspace."""
    if "{seq}" in path:
        return [path.replace("{seq}", str(seq)) for seq in range(1, 11)]
    if "{table}" in path:
        names = ("party", "place", "item", "lot", "recipe", "lane", "resource", "alias")
        return [path.replace("{table}", name) for name in names]
    return [path.replace("{order}", order)]


def test_no_endpoint_answers_without_a_credential(ask: Ask) -> None:
    for method, path, operation in operations():
        assert operation["security"], path
        address = addresses(path, "PO-north")[0].removeprefix("/api/v1")
        for asker in (Asker(), Asker("lsk_00000000_wrong"), Asker("")):
            answer = asker.get(address) if method == "get" else asker.post({})
            assert answer.status_code == 401, (path, answer.content)
            assert answer["WWW-Authenticate"].startswith("Bearer")
            assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("name", "other"), [("north", ("south", "South", SOUTH)), ("south", ("north", "North", NORTH))]
)
@pytest.mark.usefixtures("workspace")
def test_neither_tenant_sees_the_other_at_any_endpoint(
    ask: Ask, name: str, other: tuple[str, str, str]
) -> None:
    """Every word of the other's data has the other's name in it, so none may appear."""
    asker = ask(name)
    asked = 0
    for method, path, _ in operations():
        if method != "get":
            continue
        extra = ["", "?evidence=true"] if "/capabilities/" in path else [""]
        if path.endswith("/flows"):
            extra += [f"?party={other[2]}", f"?order=PO-{other[0]}", f"?lot=LOT-{other[0]}"]
        for address in addresses(path, f"PO-{name}"):
            for query in extra:
                answer = asker.get(address.removeprefix("/api/v1") + query)
                assert answer.status_code in (200, 404), (address, answer.content)
                # The address of the next page repeats what was asked.
                said = re.sub(r'"next":"[^"]*"', "", answer.content.decode())
                assert not any(word in said for word in other), (address, query, said[:400])
                asked += 1
    assert asked > 60
    assert asker.get(f"/orders/PO-{other[0]}").status_code == 404
    assert asker.get(f"/orders/PO-{name}").status_code == 200


def test_a_party_sees_what_it_wrote_and_what_names_it(ask: Ask, workspace: Workspace) -> None:
    seen = {
        name: [one["id"] for one in ask(name).get("/entries").json()["entries"]]
        for name in ("lead", "north", "south")
    }
    assert len(seen["lead"]) == workspace.head().size == 10
    assert seen["north"] == [
        f"north:{w}" for w in ("promise", "delivery", "invoice", "payment", "master")
    ]
    assert not set(seen["north"]) & set(seen["south"])
    for seq in range(1, 11):
        statuses = {
            name: (ask(name).get(f"/entries/{seq}").status_code,
                   ask(name).get(f"/entries/{seq}/proof").status_code)
            for name in ("lead", "north", "south")
        }  # fmt: skip
        assert statuses["lead"] == (200, 200)
        assert sorted([statuses["north"], statuses["south"]]) == [(200, 200), (404, 404)]


def test_evidence_opens_only_to_entries_that_one_may_see(ask: Ask) -> None:
    asker = ask("north")
    own = {one["seq"] for one in asker.get("/entries").json()["entries"]}
    for _, path, _ in operations():
        if "/capabilities/" in path:
            body = asker.get(f"{path.removeprefix('/api/v1')}?evidence=true").json()
            assert {seq for row in body["evidence"] for seq in row} <= own, path


@pytest.mark.parametrize("name", ["city", "nobody"])
def test_who_reads_nothing_is_told_why(ask: Ask, name: str) -> None:
    asker = ask(name)
    for address in ("/capabilities/stock", "/entries", "/entries/1", "/entries/1/proof", "/flows",
                    "/things/party", "/orders/PO-north", "/checks"):  # fmt: skip
        answer = asker.get(address, **{"accept-language": "en"})
        assert answer.status_code == 403, address
        assert answer.json()["refusals"][0]["remedy"].startswith("ask ")
    assert asker.get("/me").json()["reads"] == "nothing"
    for address in ("/capabilities", "/glossary", "/actions", "/schema/flow", "/checkpoint"):
        assert asker.get(address).status_code == 200


def test_the_regulator_reads_all_and_writes_nothing(ask: Ask) -> None:
    asker = ask("regulator")
    assert len(asker.get("/entries").json()["entries"]) == 10
    assert asker.post(entry("r", "r", flow("produce", "", "r"))).status_code == 403


def test_a_token_does_only_what_it_was_given(
    accounts: dict[str, Any], workspace: Workspace
) -> None:
    from lianshu.api.tokens import make_token

    now = datetime.now(UTC)
    _, reader = make_token(accounts["lead"], now, scopes=["read"])
    _, writer = make_token(accounts["lead"], now, scopes=["capture"])
    assert Asker(reader).get("/entries").status_code == 200
    assert Asker(reader).post(entry("s", LEAD, flow("produce", "", LEAD))).status_code == 403
    assert Asker(writer).get("/entries").status_code == 403
    assert Asker(writer).get("/capabilities/stock").status_code == 403
    assert workspace.head().size == 10


@pytest.mark.usefixtures("workspace")
def test_a_token_ends_when_revoked_expired_or_its_account_closed(accounts: dict[str, Any]) -> None:
    from lianshu.api.tokens import make_token, revoke_token

    now = datetime.now(UTC)
    user = accounts["regulator"]
    token, secret = make_token(user, now)
    assert Asker(secret).get("/me").json()["tokens"][0]["prefix"] == token.prefix
    revoke_token(user, token.prefix, now)
    assert Asker(secret).get("/me").status_code == 401
    _, old = make_token(user, now - timedelta(days=100), days=99)
    assert Asker(old).get("/me").status_code == 401
    _, secret = make_token(user, now)
    user.is_active = False
    user.save()
    assert Asker(secret).get("/me").status_code == 401
    user.is_active = True
    user.save()
    assert Asker(secret).get("/me").status_code == 200


def test_only_the_digest_of_a_token_is_kept(accounts: dict[str, Any]) -> None:
    from lianshu.api.models import ApiToken
    from lianshu.api.tokens import digest_of, make_token

    token, secret = make_token(accounts["lead"], datetime.now(UTC), name="erp")
    kept = ApiToken.objects.filter(pk=token.pk).values().get()
    assert kept["digest"] == digest_of(secret)
    assert not any(
        secret in str(value) or secret.split("_")[2] in str(value) for value in kept.values()
    )
    assert len(secret) > 50


@pytest.mark.usefixtures("workspace")
def test_a_session_reads_and_needs_the_csrf_token_to_write(accounts: dict[str, Any]) -> None:
    from django.test import Client

    browser = Client(HTTP_HOST="127.0.0.1", enforce_csrf_checks=True)
    browser.force_login(accounts["lead"])
    me = browser.get("/api/v1/me")
    assert (me.json()["by"], me.json()["role"]) == ("session", "lead")
    one = entry("session:1", LEAD, flow("produce", "", LEAD))
    refused = browser.post("/api/v1/entries", one, content_type="application/json")
    assert refused.status_code == 403
    assert refused.json()["refusals"][0]["code"] == "csrf"
    browser.get("/account/profile")
    token = browser.cookies["lianshu_csrf"].value
    written = browser.post(
        "/api/v1/entries", one, content_type="application/json", headers={"x-csrftoken": token}
    )
    assert written.status_code == 201
    wrong = browser.get("/api/v1/me", headers={"authorization": "Bearer lsk_wrong"})
    assert wrong.status_code == 401
