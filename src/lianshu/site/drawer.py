"""The evidence drawer: the entries behind a number, what each says, and where it lies in the log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from lianshu.capability.exact import exact
from lianshu.flow.action import MOODS, actions
from lianshu.kernel.text import Text
from lianshu.record.entry import MEDIA_TYPE, Entry
from lianshu.site import said
from lianshu.site.addresses import entry_address, proof_address
from lianshu.site.components.evidence import Evidence, EvidenceEntry
from lianshu.site.record_view import RecordView
from lianshu.site.texts import say, words_of
from lianshu.site.written import grouped

MOST = 20  # entries shown; the rest is counted
FLOWS_SAID = 2
_SQL = """
    SELECT entry_seq, line, mood, action, item, qty, unit, order_id, from_party, to_party
    FROM flow WHERE entry_seq IN ({marks}) ORDER BY entry_seq, line
"""
_FLOW = ("entry_seq", "line", "mood", "action", "item", "qty", "unit", "order", "giver", "taker")
# What a reader looks for first: what happened, then what was promised, then what was offered.
_FIRST = {"fact": 0, "promise": 1}


def drawer(
    view: RecordView,
    name: str | Text,
    value: str,
    method: str | Text,
    seqs: Sequence[int],
    *,
    address: str = "",
) -> Evidence:
    """The drawer of a number; ``method`` says how it is computed, ``address`` shows what is not listed."""
    shown = list(seqs[:MOST])
    return Evidence(
        name,
        value,
        method,
        evidence_entries(view, shown),
        total=len(seqs),
        as_of=say("evidence.position", None, size=grouped(view.head.size)),
        root=view.head.root.hex(),
        address=address if len(seqs) > len(shown) else "",
    )


def evidence_entries(view: RecordView, seqs: Sequence[int]) -> list[EvidenceEntry]:
    """Some entries with their place in the log; those that this person may not read are withheld."""
    sayings = sentences(view, seqs)
    return [_entry(view, _one(view, seq), sayings.get(seq, "")) for seq in seqs]


def _one(view: RecordView, seq: int) -> Entry:
    return view.workspace.entry(seq)


def _entry(view: RecordView, entry: Entry, sentence: str) -> EvidenceEntry:
    place = say("evidence.received", None, time=said.moment(entry.received_us))
    if not view.sees_entry(entry):
        return EvidenceEntry(entry.seq, "", "", "", "", digest=entry.digest.hex(), withheld=True)
    return EvidenceEntry(
        entry.seq,
        entry.id,
        said.kind_words(entry.kind),
        view.names.party(entry.source),
        place,
        sentence or things_sentence(view, entry),
        entry.digest.hex(),
        entry_address(entry.seq),
        proof=proof_address(entry.seq),
    )


def sentences(view: RecordView, seqs: Sequence[int]) -> dict[int, str]:
    """What each of some entries says, by number, from the flows that this person may see."""
    if not seqs:
        return {}
    binds: dict[str, Any] = {f"s{n}": seq for n, seq in enumerate(seqs)}
    sql = _SQL.format(marks=", ".join(f":{name}" for name in binds))
    by_entry: dict[int, list[Mapping[str, Any]]] = {}
    for row in view.rows(sql, **binds):
        flow = dict(zip(_FLOW, row, strict=True))
        by_entry.setdefault(flow["entry_seq"], []).append(flow)
    return {seq: _sentence(view, flows) for seq, flows in by_entry.items()}


def _sentence(view: RecordView, flows: Sequence[Mapping[str, Any]]) -> str:
    first = sorted(flows, key=lambda flow: (_FIRST.get(flow["mood"], 2), flow["line"]))
    told = [flow_words(view, flow) for flow in first[:FLOWS_SAID]]
    if len(flows) > len(told):
        told.append(say("evidence.more_flows", None, count=len(flows) - len(told)))
    orders = sorted({flow["order"] for flow in flows if flow["order"]})
    start = f"{'; '.join(orders)}: " if orders else ""
    return start + "; ".join(told)


def flow_words(view: RecordView, flow: Mapping[str, Any]) -> str:
    """One flow in a few words: mood, action, how much of what."""
    mood, action = MOODS[flow["mood"]], actions()[flow["action"]].title
    amount = exact(flow["qty"])
    what = (
        f"{said.money(amount)} {flow['unit']}"
        if flow["item"] == flow["unit"]
        else f"{said.quantity(amount, flow['unit'])} {said.item_words(view.names.item(flow['item']))}"
    )
    return f"{words_of(mood)}·{words_of(action)} {what}"


def things_sentence(view: RecordView, entry: Entry) -> str:
    """The things that an entry describes, by name."""
    things = payload_of(entry).get("things") or []
    return "; ".join(_thing_words(thing) for thing in _mappings(things)[:FLOWS_SAID])


def _thing_words(thing: Mapping[str, Any]) -> str:
    return (
        f"{say('things.' + str(thing.get('table')))} {thing.get('name') or thing.get('id') or ''}"
    )


def _mappings(values: Iterable[Any]) -> list[Mapping[str, Any]]:
    return [value for value in values if isinstance(value, dict)]


def payload_of(entry: Entry) -> dict[str, Any]:
    """What an entry of our own media type says, as JSON; empty for any other."""
    if entry.media_type != MEDIA_TYPE:
        return {}
    value = msgspec.json.decode(entry.payload)
    return value if isinstance(value, dict) else {}
