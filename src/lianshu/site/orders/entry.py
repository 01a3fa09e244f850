"""The page of one entry: what was received, what it became, where it lies in the log, how to check it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

import msgspec
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from lianshu.app.proving import prove
from lianshu.flow.action import MOODS, actions
from lianshu.flow.table import table as schema
from lianshu.kernel.instant import parse_instant
from lianshu.kernel.refusal import Refused
from lianshu.record.entry import Entry
from lianshu.record.merkle import leaf_hash
from lianshu.record.proof import PROOF_MEDIA_TYPE
from lianshu.site import said
from lianshu.site.access import SIGNED_IN, permit
from lianshu.site.addresses import entry_address, order_address, thing_address
from lianshu.site.components.blocks import Fact
from lianshu.site.components.table import Cell, Column, Row, Table
from lianshu.site.drawer import payload_of
from lianshu.site.orders.order import Flow, flows_where
from lianshu.site.page import render_page
from lianshu.site.record_view import RecordView, record_of
from lianshu.site.texts import say, words_of
from lianshu.site.written import grouped

MOST_RAW = 40_000  # characters of a payload shown; the proof holds all of it


@permit(SIGNED_IN)
@require_safe
def entry_page(request: HttpRequest, seq: int) -> HttpResponseBase:
    """One entry; its position and digest even where its content is not granted."""
    view, entry = _entry_of(request, seq)
    granted = view.sees_entry(entry)
    context: dict[str, Any] = {
        "envelope": envelope(view, entry) if granted else [],
        "position": position(view, entry),
        "neighbours": neighbours(view, entry),
        "granted": granted,
        "withheld_title": say("evidence.withheld"),
        "withheld_words": say("evidence.withheld_hint"),
    }
    if granted:
        payload = payload_of(entry)
        context |= {
            "flows": flows_table(view, entry),
            "things": thing_facts(payload),
            "origin": origin_facts(payload),
            "raw": raw_text(entry),
            "proof_name": f"proof-{entry.seq}.json",
            "command": check_command(view, entry),
        }
    return render_page(
        request,
        "lianshu/orders/entry.html",
        title=say("entries.title", None, seq=grouped(entry.seq)),
        lead=entry.id if granted else say("evidence.withheld"),
        crumbs=[(say("entries.crumb"), "")],
        status=200 if granted else 403,
        **context,
    )


@permit(SIGNED_IN)
@require_safe
def proof(request: HttpRequest, seq: int) -> HttpResponseBase:
    """The proof file of an entry, which anybody can check without this site."""
    view, entry = _entry_of(request, seq)
    if not view.sees_entry(entry):
        raise PermissionDenied
    name = f"proof-{entry.seq}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    text = prove(view.workspace, entry.seq)
    return HttpResponse(text, content_type=PROOF_MEDIA_TYPE, headers=headers)


def _entry_of(request: HttpRequest, seq: int) -> tuple[RecordView, Entry]:
    view = record_of(request)
    if view is None or view.sees_nothing or not 1 <= seq <= view.head.size:
        raise Http404
    try:
        return view, view.workspace.entry(seq)
    except Refused:
        raise Http404 from None


def envelope(view: RecordView, entry: Entry) -> list[Fact]:
    """Who said it, when it came, and what it corrects or was corrected by."""
    older = view.workspace.store.find(entry.supersedes) if entry.supersedes else 0
    newer = view.workspace.store.query(
        "SELECT by_seq FROM supersession WHERE entry_seq = :seq", {"seq": entry.seq}
    )
    by_seq = newer[0][0] if newer else 0
    recorded = payload_of(entry).get("recorded")
    source = thing_address("party", entry.source) if entry.source else ""
    return [
        Fact(say("entries.id"), entry.id, "code"),
        Fact(say("entries.kind"), said.kind_words(entry.kind)),
        Fact(say("entries.source"), view.names.party(entry.source), address=source),
        Fact(say("entries.received"), said.moment(entry.received_us), "date"),
        *([Fact(say("entries.recorded"), said.moment(parse_instant(recorded)), "date")] if recorded else []),
        Fact(say("entries.supersedes"), entry.supersedes, address=entry_address(older) if older else ""),
        Fact(say("entries.superseded_by"), f"#{grouped(by_seq)}" if by_seq else say("entries.in_force"),
             address=entry_address(by_seq) if by_seq else "", tone="warn" if by_seq else ""),
        Fact(say("entries.media_type"), entry.media_type, "code"),
    ]  # fmt: skip


def position(view: RecordView, entry: Entry) -> list[Fact]:
    """Where it lies in the log, and what commits to it."""
    size = view.head.size
    return [
        Fact(say("entries.place"), say("entries.place_of", None, seq=grouped(entry.seq), size=grouped(size))),
        Fact(say("entries.digest"), entry.digest.hex(), "code"),
        Fact(say("entries.leaf"), leaf_hash(entry.leaf_data()).hex(), "code"),
        Fact(say("entries.root"), view.head.root.hex(), "code"),
        Fact(say("entries.key"), view.workspace.key.vkey, "code"),
    ]  # fmt: skip


def neighbours(view: RecordView, entry: Entry) -> list[tuple[str, str, str]]:
    """Links to the entries before and after: relation, words, address."""
    found = []
    for rel, seq in (("prev", entry.seq - 1), ("next", entry.seq + 1)):
        if 1 <= seq <= view.head.size:
            found.append((rel, say(f"entries.{rel}", None, seq=grouped(seq)), entry_address(seq)))
    return found


def flows_table(view: RecordView, entry: Entry) -> Table:
    """The flows that the entry became."""
    flows = flows_where(view, "entry_seq = :seq", seq=entry.seq)
    return Table(
        say("entries.flows", None, count=grouped(len(flows))),
        (
            Column("mood", say("entries.flow_mood"), header=True),
            Column("time", say("entries.flow_time"), "date"),
            Column("qty", say("entries.flow_qty"), "number"),
            Column("item", say("order.item")),
            Column("from", say("entries.flow_from")),
            Column("to", say("entries.flow_to")),
            Column("order", say("orders.order"), "code"),
            Column("document", say("order.document"), "code"),
        ),
        [flow_row(view, flow) for flow in flows],
        empty=say("entries.no_flows"),
        empty_hint=say("entries.no_flows_hint"),
    )


def flow_row(view: RecordView, flow: Flow) -> Row:
    """One flow: what, how much, from whom and where to whom and where."""
    names = view.names
    mood, action = words_of(MOODS[flow.mood]), words_of(actions()[flow.action].title)
    item = "" if flow.is_money else said.item_words(names.item(flow.item))
    amount = (
        f"{said.money(flow.qty)} {flow.unit}"
        if flow.is_money
        else said.quantity(flow.qty, flow.unit)
    )
    known = flow.item in names.by_table.get("item", {})
    lot = f"{say('things.lot')} {flow.lot}" if flow.lot else ""
    return Row(
        (
            f"{mood}·{action}",
            said.moment(flow.time),
            amount,
            Cell(item, address=thing_address("item", flow.item) if known else "", note=lot),
            Cell(names.party(flow.from_party), note=names.place(flow.from_place)),
            Cell(names.party(flow.to_party), note=names.place(flow.to_place)),
            Cell(flow.order, address=order_address(flow.order) if flow.order else ""),
            flow.document,
        )
    )


def thing_facts(payload: Mapping[str, Any]) -> list[tuple[str, list[Fact]]]:
    """The things that the entry describes: heading and fields."""
    found = []
    for thing in payload.get("things") or []:
        name = str(thing.get("table"))
        titles = {column.name: column.title for column in schema(name).columns}
        facts = [
            Fact(titles[key], _field(value), address=_address(name, key, value))
            for key, value in thing.items()
            if key in titles and value not in ("", None, {}, False)
        ]
        found.append((say(f"things.{name}"), facts))
    return found


def _address(table: str, key: str, value: object) -> str:
    return thing_address(table, str(value)) if key == "id" and table != "alias" else ""


def _field(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key} {said_}" for key, said_ in value.items())
    return str(value)


def origin_facts(payload: Mapping[str, Any]) -> list[Fact]:
    """The row as its sender wrote it, column by column."""
    return [Fact(name, str(value)) for name, value in (payload.get("origin") or {}).items()]


def raw_text(entry: Entry) -> str:
    """The payload laid out for reading; as it is where it is not JSON."""
    try:
        text = msgspec.json.format(entry.payload, indent=2).decode()
    except (msgspec.DecodeError, UnicodeDecodeError):
        text = entry.payload.decode("utf-8", "replace")
    return text if len(text) <= MOST_RAW else f"{text[:MOST_RAW]}\n…"


def check_command(view: RecordView, entry: Entry) -> str:
    """What to type where no database and no network is needed."""
    vkey = shlex.quote(view.workspace.key.vkey)
    return f"python -m lianshu.record.check proof-{entry.seq}.json \\\n  --vkey {vkey}"
