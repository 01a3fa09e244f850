"""The five events of EPCIS 2.0 as typed structs, and the rules that types do not say.

Only what the projection reads is declared. Any other member, extensions included, is kept by the
canonical text of the event (``meaning``), not here.
"""

# ruff: noqa: N815 - members keep the names that EPCIS gives them
from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated, Final, Literal

import msgspec

from lianshu.kernel.instant import parse_instant
from lianshu.kernel.quantity import decimal_text, parse_decimal
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.record.envelope import LONGEST_KEY, decode_refusal

Uri = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_KEY)]
Action = Literal["ADD", "OBSERVE", "DELETE"]
NUMBERLESS: Final = msgspec.Raw()


class Place(msgspec.Struct, gc=False):
    """A readPoint or bizLocation."""

    id: Uri


class QuantityElement(msgspec.Struct, gc=False):
    """Some of a class; the number stays as written, so that no binary fraction comes between."""

    epcClass: Uri
    quantity: msgspec.Raw = NUMBERLESS
    uom: str = ""


class BizTransaction(msgspec.Struct, gc=False):
    """A business document that the event belongs to."""

    bizTransaction: Uri
    type: str = ""


class Source(msgspec.Struct, gc=False):
    """Where it comes from: a party or a place, by type."""

    type: str
    source: Uri


class Destination(msgspec.Struct, gc=False):
    """Where it goes to."""

    type: str
    destination: Uri


class SensorMetadata(msgspec.Struct, gc=False):
    """What holds for all reports of one sensor element."""

    time: str = ""


class SensorReport(msgspec.Struct, gc=False):
    """One measured value."""

    type: Uri
    value: msgspec.Raw = NUMBERLESS
    uom: str = ""
    time: str = ""


class SensorElement(msgspec.Struct, gc=False):
    """The reports of one sensor."""

    sensorReport: list[SensorReport]
    sensorMetadata: SensorMetadata = msgspec.field(default_factory=SensorMetadata)


class ErrorDeclaration(msgspec.Struct, gc=False):
    """The sender says that the event did not happen so."""

    declarationTime: str


class Event(msgspec.Struct, kw_only=True, gc=False, tag_field="type"):
    """What every event has (EPCIS 2.0 §7.4.1), and the lists that all but one may have."""

    eventTime: str
    eventTimeZoneOffset: str
    eventID: Uri = ""
    recordTime: str = ""
    errorDeclaration: ErrorDeclaration | None = None
    bizStep: str = ""
    disposition: str = ""
    readPoint: Place | None = None
    bizLocation: Place | None = None
    bizTransactionList: list[BizTransaction] = []
    sourceList: list[Source] = []
    destinationList: list[Destination] = []
    sensorElementList: list[SensorElement] = []


class ObjectEvent(Event, kw_only=True, gc=False, tag="ObjectEvent"):
    """Something happened to objects (§7.4.2)."""

    action: Action
    epcList: list[Uri] = []
    quantityList: list[QuantityElement] = []


class AggregationEvent(Event, kw_only=True, gc=False, tag="AggregationEvent"):
    """Children go into a parent, are in it, or leave it (§7.4.3)."""

    action: Action
    parentID: Uri = ""
    childEPCs: list[Uri] = []
    childQuantityList: list[QuantityElement] = []


class AssociationEvent(AggregationEvent, kw_only=True, gc=False, tag="AssociationEvent"):
    """Children are fixed to a parent, such as a sensor to a container (§7.4.6)."""


class TransactionEvent(Event, kw_only=True, gc=False, tag="TransactionEvent"):
    """Objects are tied to business documents (§7.4.4)."""

    action: Action
    parentID: Uri = ""
    epcList: list[Uri] = []
    quantityList: list[QuantityElement] = []


class TransformationEvent(Event, kw_only=True, gc=False, tag="TransformationEvent"):
    """Inputs become outputs (§7.4.5)."""

    action: Action | None = None
    transformationID: Uri = ""
    inputEPCList: list[Uri] = []
    inputQuantityList: list[QuantityElement] = []
    outputEPCList: list[Uri] = []
    outputQuantityList: list[QuantityElement] = []


AnyEvent = (
    ObjectEvent | AggregationEvent | AssociationEvent | TransactionEvent | TransformationEvent
)
_DECODE: Final = msgspec.json.Decoder(AnyEvent).decode
_TYPES: Final = (
    "ObjectEvent, AggregationEvent, TransactionEvent, TransformationEvent, AssociationEvent"
)
_TIME: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?)[0-9]{0,24}"
    r"(Z|[+-][0-9]{2}:[0-9]{2})"
)
_OFFSET: Final = re.compile(r"[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)")
_NUMBER: Final = re.compile(rb"-?[0-9]+(?:\.[0-9]+)?(?:[eE]([+-]?[0-9]{1,4}))?")
_MISSING: Final = re.compile(r"missing required field `(\w+)`")


def read_event(payload: bytes) -> AnyEvent:
    """One event of EPCIS 2.0 JSON or JSON-LD, or ``Refused`` with JSON path, rule and remedy.

    Times are checked here; quantities where they are read (``exact_number``). Source: EPCIS 2.0 §7.4
    and its JSON schema.

    >>> event = read_event(b'{"type":"ObjectEvent","eventTime":"2026-03-01T00:00:00Z","action":"ADD",'
    ...                    b'"eventTimeZoneOffset":"+08:00","epcList":["urn:epc:id:sscc:6901234.1"]}')
    >>> event.action, event.epcList
    ('ADD', ['urn:epc:id:sscc:6901234.1'])
    """
    try:
        event: AnyEvent = _DECODE(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Refused(_shape(error)) from None
    except RecursionError:
        rule = Text("嵌套太深", "it is nested too deeply")
        raise Refused(Refusal("$", rule, Text("减少嵌套", "nest less"), code="depth")) from None
    if not _OFFSET.fullmatch(event.eventTimeZoneOffset):
        rule = Text("时区偏移为 ±hh:mm，至多 14:00", "an offset is ±hh:mm, at most 14:00")
        remedy = Text("写成 +08:00", "write +08:00")
        raise Refused(Refusal("$.eventTimeZoneOffset", rule, remedy, code="time_offset"))
    _check_lists(event)
    return event


@lru_cache(maxsize=4096)
def instant(text: str, path: str) -> int:
    """Microseconds UTC of a time of an event; digits finer than a microsecond are cut.

    Raises ``Refused`` where the date, the time of day or the offset is missing or not possible.
    Source: EPCIS 2.0 §7.3.2; RFC 3339 §5.6.

    >>> instant("2026-03-01T08:00:00.123456789+08:00", "$.eventTime")
    1772323200123456
    """
    shape = _TIME.fullmatch(text)
    # The kernel names what is wrong: no offset, no such day, or no time at all.
    us = parse_instant(shape[1] + shape[2] if shape else text, path)
    if shape is None:
        rule = Text("时间写到秒，带 T 与 ±hh:mm 或 Z", "a time has T, seconds and Z or ±hh:mm")
        remedy = Text("写成 2026-03-01T08:00:00+08:00", "write 2026-03-01T08:00:00+08:00")
        raise Refused(Refusal(path, rule, remedy, code="time_shape"))
    return us


@lru_cache(maxsize=65_536)
def exact_number(written: bytes, path: str, negative: bool = False) -> str:
    """Exact decimal text of a JSON number as written; text, null and the like are refused.

    >>> exact_number(b"9.50", "$.quantityList[0].quantity"), exact_number(b"1e3", "$")
    ('9.5', '1000')
    """
    shape = _NUMBER.fullmatch(written)
    if shape is None:
        rule = Text("数量是 JSON 数", "a quantity is a JSON number")
        raise Refused(
            Refusal(
                path,
                rule,
                Text("去掉引号，只写数字", "write a number, unquoted"),
                code="number_shape",
            )
        )
    text = written.decode()
    if shape[1] is not None:
        text = _plain(text, int(shape[1]))
    return decimal_text(parse_decimal(text, path, negative=negative))


def _plain(text: str, exponent: int) -> str:
    """A number with an exponent, written without; far ones stay long and are refused as too long."""
    digits = re.split("[eE]", text)[0]
    sign, digits = ("-", digits[1:]) if digits[0] == "-" else ("", digits)
    whole, _, fraction = digits.partition(".")
    exponent = max(-100, min(100, exponent))
    if exponent >= 0:
        fraction = fraction.ljust(exponent, "0")
        whole, fraction = whole + fraction[:exponent], fraction[exponent:]
    else:
        whole = whole.rjust(1 - exponent, "0")
        whole, fraction = whole[:exponent], whole[exponent:] + fraction
    whole = whole.lstrip("0") or "0"
    fraction = fraction.rstrip("0")
    return f"{sign}{whole}.{fraction}" if fraction else sign + whole


def _shape(error: Exception) -> Refusal:
    """The decoder's refusal with the path of the member itself, and what the standard wants there."""
    refusal = decode_refusal(error)
    path, remedy = refusal.field, refusal.remedy
    if missing := _MISSING.search(refusal.rule.en):
        path = f"{path}.{missing[1]}"
    if path == "$.type":
        remedy = Text(f"type 取：{_TYPES}", f"give as type one of: {_TYPES}")
    elif path == "$.action":
        remedy = Text("action 取 ADD、OBSERVE 或 DELETE", "give ADD, OBSERVE or DELETE as action")
    elif path == "$" and "Expected `object`" in refusal.rule.en:
        remedy = Text("每行一个事件对象", "write one event object on a line")
    return Refusal(path, refusal.rule, remedy, code=refusal.code)


def _check_lists(event: AnyEvent) -> None:
    """Which lists and parents an event needs; §7.4.2 to §7.4.6 and the JSON schema."""
    kind = type(event)
    if kind is TransformationEvent:
        _check_transformation(event)  # type: ignore[arg-type]
        return
    leaves = event.action == "DELETE"
    if isinstance(event, AggregationEvent):
        if not event.parentID and (kind is AssociationEvent or event.action != "OBSERVE"):
            raise _absent("parentID", "所属的容器（parentID）", "the parent (parentID)")
        if not (event.childEPCs or event.childQuantityList or leaves):
            raise _absent(
                "childEPCs", "childEPCs 或 childQuantityList", "childEPCs or childQuantityList"
            )
        _check_unique("childEPCs", event.childEPCs)
        return
    assert isinstance(event, ObjectEvent | TransactionEvent)
    if isinstance(event, TransactionEvent) and not event.bizTransactionList:
        raise _absent(
            "bizTransactionList", "业务单证（bizTransactionList）", "a bizTransactionList"
        )
    if not (event.epcList or event.quantityList or event.sensorElementList or leaves):
        raise _absent("epcList", "epcList 或 quantityList", "an epcList or a quantityList")
    _check_unique("epcList", event.epcList)


def _check_transformation(event: TransformationEvent) -> None:
    inputs = event.inputEPCList or event.inputQuantityList
    outputs = event.outputEPCList or event.outputQuantityList
    if not (inputs or (event.transformationID and outputs)):
        raise _absent(
            "inputEPCList", "投入，或 transformationID", "an input, or a transformationID"
        )
    if not (outputs or event.transformationID):
        raise _absent(
            "outputEPCList", "产出，或 transformationID", "an output, or a transformationID"
        )
    _check_unique("inputEPCList", event.inputEPCList)
    _check_unique("outputEPCList", event.outputEPCList)


def _check_unique(name: str, epcs: list[str]) -> None:
    if len(set(epcs)) != len(epcs):
        rule = Text("同一对象在列表中出现两次", "an object is in the list twice")
        raise Refused(Refusal(f"$.{name}", rule, Text("只列一次", "list it once"), code="twice"))


def _absent(name: str, zh: str, en: str) -> Refused:
    rule = Text(f"此类事件须有{zh}", f"an event of this type and action has {en}")
    remedy = Text("补上，或改正 type 与 action", "add it, or correct type and action")
    return Refused(Refusal(f"$.{name}", rule, remedy, code="missing"))


def quantity_lists(event: AnyEvent) -> Iterator[tuple[str, list[str], list[QuantityElement]]]:
    """(path of the quantity list, single objects, quantities) of an event, inputs before outputs.

    >>> event = ObjectEvent(eventTime="", eventTimeZoneOffset="", action="ADD", epcList=["urn:x:1"])
    >>> list(quantity_lists(event))
    [('$.quantityList', ['urn:x:1'], [])]
    """
    if isinstance(event, TransformationEvent):
        yield "$.inputQuantityList", event.inputEPCList, event.inputQuantityList
        yield "$.outputQuantityList", event.outputEPCList, event.outputQuantityList
    elif isinstance(event, AggregationEvent):
        yield "$.childQuantityList", event.childEPCs, event.childQuantityList
    else:
        yield "$.quantityList", event.epcList, event.quantityList
