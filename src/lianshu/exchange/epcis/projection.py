"""Events as flows. The rules are conservative: stock moves only where an event alone proves it.

* Object ADD produces and DELETE lowers (§7.4.2: commissioned, decommissioned as part of the event).
* Receiving that names a place in both its source and its destination list passes custody. Shipping
  of the same goods stays an observation, so that one movement told by both sides counts once.
* Aggregation and association pack and unpack; a transformation consumes and produces.
* Everything else, an event with an error declaration included, is observed.
* A sensor report with a value is observed. Temperatures are in kelvin, as no quantity is negative.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from lianshu.exchange.epcis.event import (
    AggregationEvent,
    AnyEvent,
    ObjectEvent,
    QuantityElement,
    TransactionEvent,
    TransformationEvent,
    exact_number,
    instant,
    quantity_lists,
)
from lianshu.exchange.epcis.identity import bare_word, item_and_lot
from lianshu.kernel.instant import format_instant
from lianshu.kernel.quantity import Quantity
from lianshu.kernel.refusal import Refused
from lianshu.kernel.unit import parse_unit

Flow = dict[str, Any]
PIECE: Final = "H87"
KELVIN: Final = "KEL"
_EXACT: Final = 1 << 53  # RFC 8785 numbers are IEEE 754 doubles
_CONTAINS: Final = {"ADD": "pack", "DELETE": "unpack", "OBSERVE": "observe"}
_OBJECT: Final = {"ADD": "produce", "DELETE": "lower", "OBSERVE": "observe"}
_RECEIVED: Final = ("receiving", "accepting")
_FROM: Final = ("lower", "consume")


def flows_of(event: AnyEvent, entry_id: str) -> list[Flow]:
    """The flows of one event; at least one. Raises ``Refused`` for a bad quantity, unit or time.

    >>> from lianshu.exchange.epcis.event import ObjectEvent
    >>> event = ObjectEvent(eventTime="1970-01-01T00:00:00Z", eventTimeZoneOffset="+08:00",
    ...                     action="ADD", epcList=["urn:epc:id:sgtin:4012345.011111.9876"])
    >>> [(flow["action"], flow["item"], flow["qty"], flow["unit"]) for flow in flows_of(event, "e1")]
    [('produce', '04012345111118', '1', 'H87')]
    """
    time = wire_time(instant(event.eventTime, "$.eventTime"))
    around: Flow = {"mood": "fact", "time": time}
    if event.bizTransactionList:
        around["document"] = event.bizTransactionList[0].bizTransaction
    flows: list[Flow] = []
    for action, path, epcs, quantities in _parts(event):
        shared = {**around, "action": action, **_where(event, action), **_whole(event, entry_id)}
        for epc in epcs:
            item, lot = item_and_lot(epc, True)
            flows.append({**shared, "item": item, "lot": lot, "qty": "1", "unit": PIECE})
        for n, element in enumerate(quantities):
            flows.append({**shared, **_amount(element, f"{path}[{n}]")})
    if isinstance(event, TransactionEvent):
        # One object may be tied to an order and to its delivery note: each is a statement.
        more = event.bizTransactionList[1:]
        flows += [{**flow, "document": one.bizTransaction} for one in more for flow in flows]
    flows += _sensed(event, around)
    if not flows:
        kind = type(event).__name__
        flows.append({**around, "action": "observe", **_where(event, "observe"),
                      **_whole(event, entry_id), "item": kind, "qty": "0", "unit": "C62"})  # fmt: skip
    return flows


def wire_time(us: int) -> int | str:
    """Microseconds UTC, or text where JSON numbers end.

    >>> wire_time(0)
    0
    """
    return us if -_EXACT < us < _EXACT else format_instant(us)


def _parts(event: AnyEvent) -> Iterator[tuple[str, str, list[str], list[QuantityElement]]]:
    """(action, path, single objects, quantities): what is done to what."""
    actions = ["observe", "observe"]
    if event.errorDeclaration is None:
        if isinstance(event, TransformationEvent):
            actions = ["consume", "produce"]
        elif isinstance(event, AggregationEvent):
            actions = [_CONTAINS[event.action]]
        elif isinstance(event, ObjectEvent):
            actions = ["transferCustody" if _handed_over(event) else _OBJECT[event.action]]
    for action, part in zip(actions, quantity_lists(event), strict=False):
        yield action, *part


def _handed_over(event: ObjectEvent) -> bool:
    received = event.action == "OBSERVE" and bare_word(event.bizStep, "BizStep-") in _RECEIVED
    return received and bool(_ends(event, "location", 0)) and bool(_ends(event, "location", 1))


def _ends(event: AnyEvent, kind: str, side: int) -> str:
    """The source (side 0) or destination (side 1) of a kind, "" if it is not told."""
    pairs = (
        [(one.type, one.destination) for one in event.destinationList]
        if side
        else [(one.type, one.source) for one in event.sourceList]
    )
    return next((id_ for type_, id_ in pairs if bare_word(type_, "SDT-") == kind), "")


def _where(event: AnyEvent, action: str) -> Flow:
    """Parties and places of an action: custody goes from source to destination, all else stays."""
    found: Flow = {}
    for side, end in enumerate(("from", "to")):
        if (event.destinationList if side else event.sourceList) and (
            party := _ends(event, "possessing_party", side) or _ends(event, "owning_party", side)
        ):
            found[f"{end}_party"] = party
        if action == "transferCustody":
            found[f"{end}_place"] = _ends(event, "location", side)
    place = event.bizLocation or event.readPoint
    if place and action != "transferCustody":
        found["from_place" if action in _FROM else "to_place"] = place.id
    return found


def _whole(event: AnyEvent, entry_id: str) -> Flow:
    """The process or the container that the objects of an event belong to."""
    if isinstance(event, TransformationEvent):
        return {"process": event.transformationID or entry_id}
    if isinstance(event, AggregationEvent | TransactionEvent) and event.parentID:
        return {"container": event.parentID}
    return {}


def _amount(element: QuantityElement, path: str) -> Flow:
    """Item, lot, quantity and unit of a quantity element; a quantity that is not told is 0."""
    item, lot = item_and_lot(element.epcClass, False)
    written = bytes(element.quantity)
    qty = exact_number(written, f"{path}.quantity") if written else "0"
    unit = parse_unit(element.uom, f"{path}.uom").code if element.uom else PIECE
    flow: Flow = {"item": item, "qty": qty, "unit": unit}
    if lot:
        flow["lot"] = lot
    return flow


def _sensed(event: AnyEvent, around: Flow) -> Iterator[Flow]:
    """One observation for each sensor report with a value in a unit that a quantity can be in."""
    if not event.sensorElementList:
        return
    whole = [epc for _, epcs, _ in quantity_lists(event) for epc in epcs]
    about: Flow = {"lot": whole[0]} if len(whole) == 1 else {}
    for n, element in enumerate(event.sensorElementList):
        for m, report in enumerate(element.sensorReport):
            path = f"$.sensorElementList[{n}]"
            own = f"{path}.sensorReport[{m}]"
            written = bytes(report.value)
            value = exact_number(written, f"{own}.value", negative=True) if written else ""
            measured = _measured(value, report.uom)
            times = ((report.time, f"{own}.time"),
                     (element.sensorMetadata.time, f"{path}.sensorMetadata.time"))  # fmt: skip
            told = [wire_time(instant(text, where)) for text, where in times if text]
            if measured is None:
                continue
            yield {**around, **about, **_where(event, "observe"), "action": "observe",
                   "time": told[0] if told else around["time"],
                   "item": re.split("[:/]", report.type)[-1] or report.type,
                   "qty": measured[0], "unit": measured[1]}  # fmt: skip


def _measured(value: str, uom: str) -> tuple[str, str] | None:
    """(quantity, unit) of a sensor value, or None where no quantity says it: the event's text does.

    A sensor may measure in any unit, so an unknown one is no reason to refuse the event.
    """
    if not value:
        return None
    try:
        unit = parse_unit(uom or "C62")
        if unit.offset or unit.code == KELVIN:
            kelvin = Quantity.parse(value, unit.code, negative=True).convert(KELVIN, places=6)
            value, unit = str(kelvin).split(" ")[0], parse_unit(KELVIN)
    except Refused:
        return None
    return None if value.startswith("-") else (value, unit.code)
