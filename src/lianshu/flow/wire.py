"""Entries as they come over the wire: one typed decode that validates, made from the schema CSV.

``prepare`` is the pure half of capture: bytes in, a row for the log and rows for the projections
out, or a refusal. It reads no clock and no store, so it can run in any process.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import astuple

from lianshu.flow.action import MOODS, actions
from lianshu.flow.table import THINGS, Column, table
from lianshu.kernel.instant import parse_instant
from lianshu.kernel.money import currencies
from lianshu.kernel.quantity import decimal_text, parse_decimal
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.kernel.unit import parse_unit
from lianshu.record.canonical import canonical, parse_canonical
from lianshu.record.entry import Draft, leaf_data
from lianshu.record.envelope import Envelope, Key, NeededKey, SafeInteger, decode_refusal

FlowRow = tuple[Any, ...]
ThingRow = tuple[str, tuple[Any, ...]]
MOST_FLOWS = 10_000

_WIRE_TYPES: dict[str, Any] = {
    "text": str,
    "key": Key,
    "mood": Key,
    "action": Key,
    "decimal": str | SafeInteger,
    "integer": SafeInteger,
    "time": str | SafeInteger,
    "boolean": bool,
    "map": dict[str, str],
}


def _field(column: Column) -> tuple[str, Any] | tuple[str, Any, Any]:
    if column.required:
        return column.name, NeededKey if column.type == "key" else _WIRE_TYPES[column.type]
    if column.type == "boolean":
        return column.name, bool, False
    if column.type == "integer":
        return column.name, SafeInteger | None, None
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
    things: list[ThingRow]


_DECODER = msgspec.json.Decoder(WireEntry)
_ANY = msgspec.json.Decoder()
_NOT_FOUR_BYTE_LEAD = bytes(set(range(256)) - set(range(0xF0, 0xF5)))
_SORTED = msgspec.json.Encoder(order="sorted")
_QTY = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,18})?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # PostgreSQL's text cannot hold it
_ACTIONS = actions()
_ID, _TIME, _TIME_END, _AGREED, _QTY_AT, _UNIT = (
    table("flow").names().index(name)
    for name in ("id", "time", "time_end", "agreed", "qty", "unit")
)

# What can be wrong with an entry besides its shape: rule and remedy by code.
_RULES = {
    "term": (
        Text("未知取值 {value}", "unknown value {value}"),
        Text("取词汇表中的值", "use a value of the glossary"),
    ),
    "currency": (
        Text("{value} 不是货币代码", "{value} is not a currency code"),
        Text("写 ISO 4217 三位字母代码", "write the three letters of ISO 4217"),
    ),
    "money": (
        Text("资金流的物品与单位须同为币种，而单位是 {value}",
             "item and unit of a money flow are the same currency, and the unit is {value}"),
        Text("把物品和单位都写成币种，如 CNY", "write the currency, such as CNY, as both"),
    ),
    "correction": (
        Text("更正（且只有更正）写明所更正的条目", "a correction, and only that, names what it supersedes"),
        Text("kind 写 correction 并填 supersedes，或两者都不写",
             "give kind correction and supersedes together, or neither"),
    ),
    "limit": (
        Text("一个条目至多一万条流", "an entry holds at most 10,000 flows"),
        Text("分成几个条目", "split it into several entries"),
    ),
    "empty": (
        Text("条目须有流或主数据", "an entry holds a flow or a thing"),
        Text("补上 flows 或 things", "add flows or things"),
    ),
    "depth": (
        Text("嵌套太深", "it is nested too deeply"),
        Text("减少嵌套", "nest less"),
    ),
    "control": (
        Text("编号不得含控制字符", "a key holds no control character"),
        Text("删去换行、制表等字符", "remove line breaks, tabs and the like"),
    ),
    "nul": (
        Text("文本不得含 NUL 字符", "no text holds the character NUL"),
        Text("删去 \\u0000", "remove \\u0000"),
    ),
}  # fmt: skip


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
    flows: list[FlowRow] = []
    things: list[ThingRow] = []
    where = ""
    try:
        entry = _DECODER.decode(payload)
        form = payload if draft.canonical else _canonical(payload)
        _check_envelope(entry, payload)
        where = "flows"
        for flow in entry.flows:
            flows.append(_flow_row(flow, entry.id, len(flows)))
        where = "things"
        for thing in entry.things:
            things.append(_thing_row(thing))
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return decode_refusal(error).at_line(draft.line)
    except RecursionError:
        return _refused("$", "depth").refusals[0].at_line(draft.line)
    except Refused as refused:
        refusal = refused.refusals[0].at_line(draft.line)
        if where:
            at = len(flows) if where == "flows" else len(things)
            refusal = replace(refusal, field=f"$.{where}[{at}].{refusal.field}")
        return refusal
    envelope = (
        entry.id, entry.kind, entry.source, received_us, draft.media_type, entry.supersedes, "", b"",
    )  # fmt: skip
    digest = hashlib.sha256(form).digest()
    leaf = hashlib.sha256(b"\x00" + leaf_data(envelope, payload, digest)).digest()
    log_row = (*envelope[:5], payload, digest, leaf, *envelope[5:])
    return Prepared(draft.line, log_row, flows, things)


def project(payload: bytes) -> tuple[list[FlowRow], list[ThingRow]]:
    """The rows of an entry that was accepted before, without its digest and leaf: half the work.

    Raises ``msgspec.MsgspecError`` or ``Refused`` if the bytes are not those of an accepted entry.

    >>> flows, things = project(b'{"id":"e1","kind":"master","things":[{"table":"item","id":"tea"}]}')
    >>> flows, things[0][0], things[0][1][:2]
    ([], 'item', ('tea', ''))
    """
    entry = _DECODER.decode(payload)
    flows = [_flow_row(flow, entry.id, n) for n, flow in enumerate(entry.flows)]
    return flows, [_thing_row(thing) for thing in entry.things]


def _canonical(payload: bytes) -> bytes:
    """The RFC 8785 form of a payload that the typed decode accepted.

    Such a payload has no floats and no integer out of range; without characters beyond the BMP or a
    name given twice, msgspec's sorted form is that of RFC 8785 (tests compare). Else the long way.
    """
    form = _SORTED.encode(_ANY.decode(payload))
    within = form.isascii() or not form.translate(None, _NOT_FOUR_BYTE_LEAD)
    return form if within and len(form) == len(payload) else parse_canonical(payload)[1]


def _check_envelope(entry: Any, payload: bytes) -> None:
    if (entry.kind == "correction") != bool(entry.supersedes):
        raise _refused("$.supersedes", "correction")
    if len(entry.flows) > MOST_FLOWS:
        raise _refused("$.flows", "limit")
    if not entry.flows and not entry.things and entry.kind not in ("correction", "declaration"):
        raise _refused("$.flows", "empty")
    # JSON text cannot hold a raw control character below 0x20, so only an escape brings one in.
    if (b"\\" in payload or not payload.isascii()) and any(
        _CONTROL.search(text) for text in (entry.id, entry.source, entry.supersedes)
    ):
        raise _refused("$.id", "control")
    if b"\\u0000" in payload and _NUL.search(payload):
        raise _refused("$", "nul")
    if entry.recorded != "":
        parse_instant(entry.recorded, "$.recorded")


def _refused(field: str, code: str, value: str = "") -> Refused:
    rule, remedy = _RULES[code]
    said = Text(rule.zh.format(value=repr(value)), rule.en.format(value=repr(value)))
    return Refused(Refusal(field, said, remedy, code=code))


def _flow_row(flow: Any, entry_id: str, n: int) -> FlowRow:
    """The stored columns of a flow after entry_seq and line; the order is that of flow.csv."""
    action = _ACTIONS.get(flow.action)
    if action is None or flow.mood not in MOODS:
        field = "mood" if action else "action"
        raise _refused(field, "term", getattr(flow, field))
    money = flow.item == flow.unit
    if money and flow.unit not in currencies():
        raise _refused("unit", "currency", flow.unit)
    # A transfer of money is a money flow; every other stream is the action's own.
    stream = "money" if money and action.stream == "goods" else action.stream
    if stream == "money" and not money:
        raise _refused("unit", "money", flow.unit)
    row = list(astuple(flow))
    row[_ID] = row[_ID] or (f"{entry_id}/{n}" if n else entry_id)
    row[_TIME] = _instant(flow.time)
    row[_TIME_END] = None if flow.time_end == "" else _instant(flow.time_end, "time_end")
    row[_AGREED] = None if flow.agreed == "" else _instant(flow.agreed, "agreed")
    row[_QTY_AT] = _quantity(flow.qty)
    if not money:
        row[_UNIT] = _unit_code(flow.unit)
    row.append(stream)
    return tuple(row)


_instant = lru_cache(maxsize=4096)(parse_instant)


@lru_cache(maxsize=1024)
def _unit_code(unit: str) -> str:
    """The Rec 20 code of a unit or of its usual sign, so that kg and KGM are one unit."""
    return parse_unit(unit).code


def _quantity(qty: str | int) -> str:
    """Canonical text of a quantity; the common case costs one match."""
    if type(qty) is not str or not _QTY.fullmatch(qty):
        return decimal_text(parse_decimal(qty, negative=False))
    if "." in qty:
        qty = qty.rstrip("0").rstrip(".")
    if qty[0] == "0" and len(qty) > 1 and qty[1] != ".":
        qty = qty.lstrip("0") or "0"
        qty = f"0{qty}" if qty[0] == "." else qty
    return qty


def _thing_row(thing: Any) -> ThingRow:
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
