"""Entries as they come over the wire: one typed decode that validates, made from the schema CSV.

``prepare`` is the pure half of capture: bytes in, a row for the log and rows for the projections
out, or a refusal. It reads no clock and no store, so it can run in any process.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, NamedTuple

import msgspec

from lianshu.flow.action import MOODS, actions
from lianshu.flow.table import THINGS, Column, table
from lianshu.kernel.instant import parse_instant
from lianshu.kernel.quantity import decimal_text, parse_decimal
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.record.canonical import canonical, parse_canonical
from lianshu.record.entry import Draft, leaf_data
from lianshu.record.envelope import Envelope, Key, NeededKey, decode_refusal

FlowRow = tuple[Any, ...]
MOST_FLOWS = 10_000

_WIRE_TYPES: dict[str, Any] = {
    "text": str,
    "key": Key,
    "mood": Key,
    "action": Key,
    "decimal": str | int,
    "integer": int,
    "time": str | int,
    "boolean": bool,
    "map": dict[str, str],
}


def _field(column: Column) -> tuple[str, Any] | tuple[str, Any, Any]:
    if column.required:
        return column.name, NeededKey if column.type == "key" else _WIRE_TYPES[column.type]
    if column.type == "boolean":
        return column.name, bool, False
    if column.type == "integer":
        return column.name, int | None, None
    if column.type == "map":
        return column.name, dict[str, str], msgspec.field(default_factory=dict)
    return column.name, _WIRE_TYPES[column.type], ""


def _struct(name: str, tag: str | None) -> type[msgspec.Struct]:
    return msgspec.defstruct(
        name,
        [_field(column) for column in table(tag or "flow").columns],
        forbid_unknown_fields=True,
        frozen=True,
        kw_only=True,
        gc=False,
        tag_field="table" if tag else None,
        tag=tag,
    )


Flow = _struct("Flow", None)
_THING_STRUCTS = tuple(_struct(name.capitalize(), name) for name in THINGS)
Thing: Any = _THING_STRUCTS[0]
for _one in _THING_STRUCTS[1:]:
    Thing = Thing | _one


class WireEntry(Envelope, forbid_unknown_fields=True, frozen=True):
    """The whole entry: envelope, flows, things, and the row as its sender wrote it."""

    flows: list[Flow] = msgspec.field(default_factory=list)  # type: ignore[valid-type]
    things: list[Thing] = msgspec.field(default_factory=list)
    origin: dict[str, str] = msgspec.field(default_factory=dict)


class Prepared(NamedTuple):
    """An entry that is valid by itself, ready to be given its place in the log.

    ``log_row`` is (id, kind, source, received_us, media_type, payload, digest, leaf, supersedes,
    key_id, signature); ``flows`` and ``things`` are projected rows that still lack their seq.
    """

    line: int
    log_row: tuple[Any, ...]
    flows: list[FlowRow]
    things: list[tuple[str, tuple[Any, ...]]]


_DECODER = msgspec.json.Decoder(WireEntry)
_QTY = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,18})?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CURRENCY = re.compile(r"[A-Z]{3}")
_ACTIONS = actions()


def prepare(draft: Draft, received_us: int) -> Prepared | Refusal:
    """Validate, digest and project one entry. Times in microseconds UTC.

    >>> from lianshu.record.entry import Draft
    >>> text = b'{"id":"e1","kind":"event","flows":[{"mood":"fact","action":"produce","time":0,'
    >>> text += b'"item":"tea","qty":"2.50","unit":"KGM","lot":"L1","to_place":"mill"}]}'
    >>> done = prepare(Draft(1, text), received_us=0)
    >>> done.flows[0][:4], done.flows[0][9]
    (('e1', 'fact', 'produce', 0), '2.5')
    """
    payload = draft.payload
    try:
        entry = _DECODER.decode(payload)
        form = payload if draft.canonical else parse_canonical(payload)[1]
        digest = hashlib.sha256(form).digest()
        flows = [_flow_row(flow, entry.id, n) for n, flow in enumerate(entry.flows)]
        things = [_thing_row(thing) for thing in entry.things]
        _check_envelope(entry, payload, len(flows))
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return decode_refusal(error).at_line(draft.line)
    except RecursionError:
        return _refusal("$", "嵌套过深", "nested too deeply", "json").at_line(draft.line)
    except Refused as refused:
        return refused.refusals[0].at_line(draft.line)
    envelope = (
        entry.id, entry.kind, entry.source, received_us, draft.media_type, entry.supersedes, "", b"",
    )  # fmt: skip
    leaf = hashlib.sha256(b"\x00" + leaf_data(envelope, payload, digest)).digest()
    log_row = (*envelope[:5], payload, digest, leaf, *envelope[5:])
    return Prepared(draft.line, log_row, flows, things)


def _check_envelope(entry: Any, payload: bytes, flows: int) -> None:
    if (entry.kind == "correction") != bool(entry.supersedes):
        raise Refused(
            _refusal("$.supersedes", "更正必须且只有更正才写明所更正的条目",
                     "a correction, and only a correction, names the entry it supersedes", "correction")
        )  # fmt: skip
    if flows > MOST_FLOWS:
        raise Refused(_refusal("$.flows", "一个条目至多一万条流",
                               "an entry holds at most 10,000 flows", "limit"))  # fmt: skip
    if not flows and not entry.things and entry.kind not in ("correction", "declaration"):
        raise Refused(_refusal("$.flows", "条目须有流或主数据",
                               "an entry holds a flow or a thing", "empty"))  # fmt: skip
    # JSON text cannot hold a raw control character, so only an escape can bring one in.
    if b"\\" in payload:
        for text in (entry.id, entry.source, entry.supersedes):
            if _CONTROL.search(text):
                raise Refused(_refusal("$.id", "编号不得含控制字符",
                                       "a key holds no control character", "control"))  # fmt: skip
    if entry.recorded != "":
        parse_instant(entry.recorded, "$.recorded")


def _refusal(field: str, zh: str, en: str, code: str) -> Refusal:
    return Refusal(
        field, Text(zh, en), Text("按接口文档改正", "correct it as the reference says"), code=code
    )


def _flow_row(flow: Any, entry_id: str, n: int) -> FlowRow:
    """The stored columns of a flow after entry_seq and line; the order is that of flow.csv."""
    action = _ACTIONS.get(flow.action)
    if action is None or flow.mood not in MOODS:
        field = "action" if action is None else "mood"
        raise Refused(_refusal(f"$.flows[{n}].{field}", f"未知取值 {getattr(flow, field)!r}",
                               f"unknown value {getattr(flow, field)!r}", "term"))  # fmt: skip
    qty = flow.qty
    if type(qty) is str and _QTY.fullmatch(qty):
        if "." in qty:
            qty = qty.rstrip("0").rstrip(".")
        if qty[0] == "0" and len(qty) > 1 and qty[1] != ".":
            qty = decimal_text(parse_decimal(qty))
    else:
        qty = decimal_text(parse_decimal(qty, f"$.flows[{n}].qty", negative=False))
    at = f"$.flows[{n}].time"
    money = flow.item == flow.unit
    if money and not _CURRENCY.fullmatch(flow.unit):
        raise Refused(_refusal(f"$.flows[{n}].unit", "货币写三位字母代码（ISO 4217）",
                               "a currency is three letters (ISO 4217)", "unit"))  # fmt: skip
    # A transfer of money is a money flow; every other stream is the action's own.
    stream = "money" if money and action.stream == "goods" else action.stream
    if stream == "money" and not money:
        raise Refused(_refusal(f"$.flows[{n}].unit", "资金流的物品与单位须同为币种",
                               "item and unit of a money flow are the same currency", "unit"))  # fmt: skip
    return (
        flow.id or (f"{entry_id}/{n}" if n else entry_id),
        flow.mood, flow.action, parse_instant(flow.time, at),
        None if flow.time_end == "" else parse_instant(flow.time_end, f"{at}_end"),
        None if flow.agreed == "" else parse_instant(flow.agreed, f"$.flows[{n}].agreed"),
        flow.item, flow.lot, flow.container, qty, flow.unit,
        flow.from_party, flow.to_party, flow.from_place, flow.to_place,
        flow.process, flow.order, flow.order_line, flow.fulfils, flow.reciprocal,
        flow.document, flow.transport_mode, flow.scenario, stream,
    )  # fmt: skip


def _thing_row(thing: Any) -> tuple[str, tuple[Any, ...]]:
    name = thing.__struct_config__.tag
    return name, tuple(
        _stored(column, getattr(thing, column.name)) for column in table(name).columns
    )


def _stored(column: Column, value: Any) -> Any:
    """A wire value in its stored form: exact decimal text, integer microseconds, canonical JSON."""
    if column.type in ("decimal", "time") and value == "":
        return None
    if column.type == "decimal":
        return decimal_text(parse_decimal(value, column.name))
    if column.type == "time":
        return parse_instant(value, column.name)
    if column.type == "map":
        return canonical(value).decode()
    if column.type == "boolean":
        return int(value)
    return value
