"""The interface on a real workspace of two tenants, with an account and a token for each role."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lianshu.app.workspace import Workspace, init

LEAD, NORTH, SOUTH = "lead:main", "supplier:north", "supplier:south"
ROLES = {
    "lead": ("lead", ""),
    "north": ("supplier", NORTH),
    "south": ("supplier", SOUTH),
    "regulator": ("regulator", ""),
    "city": ("city", ""),
    "nobody": ("bank", ""),  # a bank that is not yet a party of the record
}


def flow(action: str, giver: str, taker: str, **more: str) -> dict[str, str]:
    """A flow of tea, or what ``more`` says."""
    day = more.pop("day", "01")
    return {
        "mood": "fact", "action": action, "time": f"2026-03-{day}T08:00:00+08:00", "item": "tea",
        "qty": "10", "unit": "KGM", "from_party": giver, "to_party": taker, **more,
    }  # fmt: skip


def entry(id_: str, source: str, *flows: dict[str, str], **more: Any) -> dict[str, Any]:
    """An entry as it goes over the wire."""
    return {"id": id_, "kind": "event", "source": source, "flows": list(flows), **more}


def of_one_supplier(supplier: str, word: str) -> list[dict[str, Any]]:
    """An order of one supplier: promise, delivery, invoice, payment, and its master data."""
    order = f"PO-{word}"
    goods = {"order": order, "lot": f"LOT-{word}", "item": f"tea-{word}"}
    money = {"order": order, "item": "CNY", "unit": "CNY", "qty": "500"}
    return [
        entry(f"{word}:promise", LEAD,
              flow("transfer", supplier, LEAD, mood="promise", day="05", agreed="2026-02-20T00:00:00Z",
                   from_place=f"mill-{word}", to_place="shop", **goods)),
        entry(f"{word}:delivery", supplier,
              flow("transfer", supplier, LEAD, day="04", fulfils=f"{word}:promise",
                   from_place=f"mill-{word}", to_place="shop", **goods)),
        entry(f"{word}:invoice", supplier, flow("invoice", supplier, LEAD, day="06", **money)),
        entry(f"{word}:payment", LEAD, flow("pay", LEAD, supplier, day="07", **money)),
        {"id": f"{word}:master", "kind": "master", "source": supplier, "things": [
            {"table": "party", "id": supplier, "name": f"Firm {word}"},
            {"table": "item", "id": f"tea-{word}", "name": f"Tea of {word}"},
            {"table": "place", "id": f"mill-{word}", "name": f"Mill {word}"}]},
    ]  # fmt: skip


class Asker:
    """A program with a token: every request through Django's whole stack."""

    def __init__(self, token: str = "") -> None:
        from django.test import Client

        self.client = Client(HTTP_HOST="127.0.0.1", raise_request_exception=False)
        self.headers = {"authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **headers: str) -> Any:
        """GET under /api/v1."""
        return self.client.get(f"/api/v1{path}", headers={**self.headers, **headers})

    def post(self, body: Any, content_type: str = "application/json", **headers: str) -> Any:
        """POST to /entries; anything but bytes is sent as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.post(
            "/api/v1/entries", data, content_type=content_type,
            headers={**self.headers, **headers},
        )  # fmt: skip


@pytest.fixture(scope="session")
def accounts(django_site: Path) -> dict[str, Any]:
    """One account for each of ROLES, and no token yet."""
    from django.core.management import call_command

    from lianshu.site.models import Membership, Organisation, User

    call_command("migrate", verbosity=0, interactive=False)
    users = {}
    for name, (role, party) in ROLES.items():
        user, _ = User.objects.get_or_create(
            username=f"api-{name}", defaults={"name": name, "role": role}
        )
        organisation, _ = Organisation.objects.get_or_create(
            name=f"api-{name}", defaults={"kind": "supplier", "party_key": party}
        )
        Membership.objects.get_or_create(user=user, organisation=organisation)
        users[name] = user
    return users


@pytest.fixture(scope="session")
def tokens(accounts: dict[str, Any]) -> dict[str, str]:
    """A token to read and to capture for each account."""
    from lianshu.api.models import ApiToken
    from lianshu.api.tokens import make_token

    ApiToken.objects.all().delete()
    now = datetime.now(UTC)
    return {
        name: make_token(user, now, scopes=("read", "capture"))[1]
        for name, user in accounts.items()
    }


@pytest.fixture(scope="module")
def workspace(
    accounts: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workspace]:
    """The served workspace of this module, with one order of each supplier."""
    from django.conf import settings

    from lianshu.app.serving import current_workspace, serve_folder

    folder = tmp_path_factory.mktemp("api") / "w"
    init(folder).close()
    serve_folder(folder)
    made = current_workspace()
    for one in [*of_one_supplier(NORTH, "north"), *of_one_supplier(SOUTH, "south")]:
        outcome = made.post(json.dumps(one).encode())
        assert outcome.outcome == "accept", outcome
    yield made
    serve_folder(settings.LIANSHU_WORKSPACE)


@pytest.fixture
def ask(workspace: Workspace, tokens: dict[str, str]) -> Callable[[str], Asker]:
    """``ask("north").get("/flows")``; ``ask("")`` has no credential."""
    return lambda name: Asker(tokens[name] if name else "")
