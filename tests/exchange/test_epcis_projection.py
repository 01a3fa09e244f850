"""What events become: stock moves only where one event alone proves it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lianshu.app.capturing import capture
from lianshu.app.workspace import init
from lianshu.exchange.epcis.read import read_epcis
from lianshu.flow.wire import Prepared, prepare
from lianshu.record.entry import Draft

EPC = "urn:epc:id:sgtin:4012345.011111.9876"
GTIN = "04012345111118"
LOT = "urn:epc:class:lgtin:4012345.012345.998877"
HERE = "urn:epc:id:sgln:4012345.00005.0"
THERE = "urn:epc:id:sgln:4012345.00006.0"


def flows(type_: str = "ObjectEvent", **members: Any) -> list[dict[str, Any]]:
    """The flows of an event, of which each is also one that the record takes."""
    event = {"type": type_, "eventID": "urn:uuid:1", "eventTime": "1970-01-01T00:00:01Z",
             "eventTimeZoneOffset": "+08:00", "bizLocation": {"id": HERE}} | members  # fmt: skip
    (answer,) = read_epcis(json.dumps(event).encode())
    assert isinstance(answer, Draft), answer
    assert isinstance(prepare(answer, 0), Prepared)
    found: list[dict[str, Any]] = json.loads(answer.payload)["flows"]
    return found


def ends(kind: str = "location") -> dict[str, Any]:
    return {
        "sourceList": [{"type": kind, "source": HERE}],
        "destinationList": [{"type": kind, "destination": THERE}],
    }


def test_commissioning_produces_one_piece_of_each_epc_and_the_quantities() -> None:
    found = flows(action="ADD", bizStep="commissioning", epcList=[EPC], quantityList=[
        {"epcClass": LOT, "quantity": 200.50, "uom": "KGM"}, {"epcClass": LOT, "quantity": 3},
        {"epcClass": "urn:epc:idpat:sgtin:4012345.011111.*"}])  # fmt: skip
    common = {"mood": "fact", "action": "produce", "time": 1_000_000, "to_place": HERE}
    lot_item = "04012345123456"
    assert found == [
        common | {"item": GTIN, "lot": EPC, "qty": "1", "unit": "H87"},
        common | {"item": lot_item, "lot": LOT, "qty": "200.5", "unit": "KGM"},
        common | {"item": lot_item, "lot": LOT, "qty": "3", "unit": "H87"},
        common | {"item": GTIN, "qty": "0", "unit": "H87"},
    ]


def test_destroying_lowers_and_seeing_observes() -> None:
    (lower,) = flows(action="DELETE", bizStep="destroying", epcList=[EPC])
    assert (lower["action"], lower["from_place"]) == ("lower", HERE)
    (seen,) = flows(action="OBSERVE", bizStep="destroying", epcList=[EPC])
    assert (seen["action"], seen["to_place"]) == ("observe", HERE)


@pytest.mark.parametrize("step", ["receiving", "urn:epcglobal:cbv:bizstep:receiving",
                                  "https://ref.gs1.org/cbv/BizStep-receiving"])  # fmt: skip
def test_one_movement_told_by_both_sides_counts_once(step: str) -> None:
    (received,) = flows(action="OBSERVE", bizStep=step, epcList=[EPC], **ends())
    assert received["action"] == "transferCustody"
    assert (received["from_place"], received["to_place"]) == (HERE, THERE)
    (shipped,) = flows(action="OBSERVE", bizStep="shipping", epcList=[EPC], **ends())
    assert shipped["action"] == "observe"
    (half,) = flows(action="OBSERVE", bizStep=step, epcList=[EPC], sourceList=ends()["sourceList"])
    assert half["action"] == "observe"
    (parties,) = flows(
        action="OBSERVE", bizStep=step, epcList=[EPC], **ends("urn:epcglobal:cbv:sdt:owning_party")
    )
    assert (parties["action"], parties["from_party"], parties["to_party"]) == (
        "observe", HERE, THERE)  # fmt: skip


def test_a_declared_error_moves_nothing() -> None:
    declared = {"declarationTime": "2026-03-01T00:00:00Z"}
    (found,) = flows(action="ADD", epcList=[EPC], errorDeclaration=declared)
    assert found["action"] == "observe"


@pytest.mark.parametrize("type_", ["AggregationEvent", "AssociationEvent"])
@pytest.mark.parametrize(
    ("action", "done"), [("ADD", "pack"), ("DELETE", "unpack"), ("OBSERVE", "observe")]
)
def test_children_go_into_and_out_of_their_parent(type_: str, action: str, done: str) -> None:
    pallet = "urn:epc:id:sscc:4012345.0000000001"
    single, some = flows(type_, action=action, parentID=pallet, childEPCs=[EPC],
                         childQuantityList=[{"epcClass": LOT, "quantity": 2}])  # fmt: skip
    assert (single["action"], single["container"], single["lot"]) == (done, pallet, EPC)
    assert (some["action"], some["container"], some["qty"]) == (done, pallet, "2")
    (all_of_it,) = flows(type_, action="DELETE", parentID=pallet)
    assert (all_of_it["action"], all_of_it["container"]) == ("observe", pallet)


def test_a_transformation_ties_its_lots_by_one_process() -> None:
    named, made = flows("TransformationEvent", transformationID="urn:x:t", inputEPCList=[EPC],
                        outputQuantityList=[{"epcClass": LOT, "quantity": 9.5, "uom": "KGM"}])  # fmt: skip
    assert (named["action"], named["process"], named["from_place"]) == ("consume", "urn:x:t", HERE)
    assert (made["action"], made["process"], made["to_place"]) == ("produce", "urn:x:t", HERE)
    for flow in flows("TransformationEvent", inputEPCList=[EPC], outputEPCList=["urn:x:o"]):
        assert flow["process"] == "urn:uuid:1"


def test_a_transaction_ties_objects_to_each_document() -> None:
    papers = [{"type": "po", "bizTransaction": f"urn:x:{n}"} for n in "ab"]
    found = flows("TransactionEvent", action="ADD", epcList=[EPC], bizTransactionList=papers)
    assert [(flow["action"], flow["document"]) for flow in found] == [
        ("observe", "urn:x:a"), ("observe", "urn:x:b")]  # fmt: skip


def test_sensor_values_are_observed_where_a_quantity_can_say_them() -> None:
    reports = [{"type": "Temperature", "value": -18.5, "uom": "CEL"},
               {"type": "gs1:RelativeHumidity", "value": 60, "uom": "P1", "time": "1970-01-01T00:00:02Z"},
               {"type": "Longitude", "value": -3}, {"type": "x:y", "value": 1, "uom": "??"},
               {"type": "x:text", "stringValue": "open"}]  # fmt: skip
    seen, *found = flows(
        action="OBSERVE", epcList=[EPC], sensorElementList=[{"sensorReport": reports}]
    )
    assert (seen["item"], seen["lot"]) == (GTIN, EPC)
    assert [(flow["item"], flow["qty"], flow["unit"], flow["time"]) for flow in found] == [
        ("Temperature", "254.65", "KEL", 1_000_000), ("RelativeHumidity", "60", "P1", 2_000_000)]  # fmt: skip
    assert {flow["lot"] for flow in found} == {EPC}


def test_an_event_about_nothing_is_still_an_entry() -> None:
    (found,) = flows(action="DELETE", epcList=[])
    assert (found["action"], found["item"], found["qty"]) == ("observe", "ObjectEvent", "0")


@pytest.mark.parametrize(
    ("epc", "item"),
    [
        ("https://id.gs1.org/01/04012345111118/21/9876", GTIN),
        ("https://example.com/any/01/04012345111118/10/L1?x=1", GTIN),
        ("urn:epc:id:sscc:4012345.0000000001", "sscc"),
        ("https://id.gs1.org/00/340123450000000010", "sscc"),
        ("urn:epc:id:grai:4012345.12345.7", "urn:epc:idpat:grai:4012345.12345.*"),
        ("https://example.com/own/7", "https://example.com/own/7"),
    ],
)
def test_an_epc_says_its_item(epc: str, item: str) -> None:
    (found,) = flows(action="OBSERVE", epcList=[epc])
    assert (found["item"], found["lot"]) == (item, epc)


def test_a_captured_chain_can_be_traced_and_counted(tmp_path: Path) -> None:
    base = {"eventTimeZoneOffset": "+08:00", "bizLocation": {"id": HERE}}
    raw, tea = LOT, LOT.replace("012345.", "012346.")
    made = [{"epcClass": raw, "quantity": 10, "uom": "KGM"}]
    events = [
        {**base, "type": "ObjectEvent", "eventTime": "2026-03-01T00:00:00Z", "action": "ADD",
         "bizStep": "commissioning", "quantityList": made},
        {**base, "type": "TransformationEvent", "eventTime": "2026-03-02T00:00:00Z",
         "inputQuantityList": made,
         "outputQuantityList": [{"epcClass": tea, "quantity": 2.5, "uom": "KGM"}]},
    ]  # fmt: skip
    path = tmp_path / "events.ndjson"
    path.write_text("\n".join(map(json.dumps, [*events, events[0]])))
    with init(tmp_path / "w") as workspace:
        assert capture(workspace, path).summary() == {
            "accept": 2, "exists": 1, "conflict": 0, "reject": 0}  # fmt: skip
        stock = {row["lot"]: str(row["qty"]) for row in workspace.run("stock").dicts()}
        assert {lot: qty for lot, qty in stock.items() if qty != "0"} == {tea: "2.5"}
        back = workspace.run("trace_back", lot=tea).dicts()
        assert raw in {row["lot"] for row in back}
