"""From the clean rows of a chain package to entries.

An order line is a promise of goods and the promise of money in return; goods in transit stand at the
virtual place ``transit`` between shipment and receipt, so that nothing is counted twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from lianshu.exchange.package.check import CheckedPackage, Row, compose_id, order_goods
from lianshu.exchange.package.schema import TABLES
from lianshu.kernel.quantity import parse_decimal
from lianshu.record.entry import Draft

TRANSIT: Final = "transit"
_ENCODE: Final = msgspec.json.Encoder(order="sorted").encode
_THINGS: Final = {
    "parties": "party", "places": "place", "items": "item", "lots": "lot",
    "resources": "resource", "lanes": "lane",
}  # fmt: skip
Cells = dict[str, str]


def drafts(checked: CheckedPackage) -> Iterator[Draft]:
    """One entry for each row (one for each recipe), in the order of the tables.

    ``line`` is the place of the row among all data rows of the package, from 1.
    """
    assert checked.clean, "a package with findings emits nothing"
    orders = {(r.cells["order"], r.cells["line"]): r.cells for r in checked.rows["orders"]}
    places = {r.cells["id"]: r.cells.get("party", "") for r in checked.rows["places"]}
    needs_transit = TRANSIT not in places
    for name in TABLES:
        if needs_transit and name in ("shipments", "receipts") and checked.rows[name]:
            thing = {"table": "place", "id": TRANSIT, "name": "在途 In transit", "kind": "transit"}
            # Beside the first row that needs it, so that the lines of a package come in order.
            first = checked.rows[name][0].ordinal
            yield _draft(first, f"place:{TRANSIT}", "master", things=[thing])
            needs_transit = False
        if name in _THINGS:
            for row in checked.rows[name]:
                yield _thing(row)
        elif name == "recipes":
            yield from _recipes(checked.rows[name])
        elif name == "stock":
            for row in checked.rows[name]:
                yield _stock(row, places)
        else:
            make = _MAKERS[name]
            for row in checked.rows[name]:
                yield make(row, orders)


def _draft(line: int, id_: str, kind: str, **parts: Any) -> Draft:
    return Draft(line, _ENCODE({"id": id_, "kind": kind, **parts}))


def _entry(row: Row, id_: str, kind: str, *flows: Cells) -> Draft:
    filled = [{name: cell for name, cell in flow.items() if cell} for flow in flows]
    return _draft(row.ordinal, id_, kind, flows=filled, origin={"table": row.table, **row.cells})


def _thing(row: Row) -> Draft:
    table = _THINGS[row.table]
    thing: dict[str, Any] = {"table": table, **row.cells}
    if "negative_allowed" in thing:
        thing["negative_allowed"] = thing["negative_allowed"] == "yes"
    if days := thing.pop("lead_time_days", ""):
        thing["lead_time_s"] = int(parse_decimal(days) * 86_400)
    return _draft(row.ordinal, compose_id(table, row.cells["id"]), "master", things=[thing])


def _recipes(rows: list[Row]) -> Iterator[Draft]:
    """Rows of one recipe together: the head is that of its first row, each row adds an input."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.cells["id"], []).append(row)
    for id_, members in grouped.items():
        head = members[0].cells
        thing: dict[str, Any] = {"table": "recipe", "id": id_}
        for name in (
            "name",
            "output",
            "output_qty",
            "output_unit",
            "place",
            "resource",
            "yield_ratio",
        ):
            if name in head:
                thing[name] = head[name]
        if "lead_time_h" in head:
            thing["lead_time_s"] = int(parse_decimal(head["lead_time_h"]) * 3_600)
        thing["inputs"] = {
            r.cells["input"]: f"{r.cells['input_qty']} {r.cells['input_unit']}" for r in members
        }
        yield _draft(members[0].ordinal, compose_id("recipe", id_), "master", things=[thing])


def _stock(row: Row, places: dict[str, str]) -> Draft:
    cells = row.cells
    key = (cells["place"], cells["item"], cells.get("lot", ""), cells["counted"])
    id_ = compose_id("stock", *key)
    flow = {
        "id": id_, "mood": "fact", "action": "raise", "time": cells["counted"],
        "item": cells["item"], "lot": cells.get("lot", ""),
        "qty": cells["qty"], "unit": cells["unit"],
        "to_party": cells.get("party") or places.get(cells["place"], ""),
        "to_place": cells["place"],
    }  # fmt: skip
    return _entry(row, id_, "event", flow)


def _goods(cells: Cells) -> Cells:
    wanted = ("item", "lot", "qty", "unit", "order", "order_line", "transport_mode")
    return {name: cells.get(name, "") for name in wanted}


def _order(row: Row, _orders: dict[tuple[str, str], Cells]) -> Draft:
    cells = row.cells
    goods_id = order_goods(cells["order"], cells["line"])
    goods = {
        "id": goods_id, "mood": "promise", "action": "transfer", "time": cells["due"],
        "agreed": cells["ordered"], **_goods(cells), "order_line": cells["line"],
        "from_party": cells["seller"], "to_party": cells["buyer"],
        "from_place": cells.get("from_place", ""), "to_place": cells.get("to_place", ""),
    }  # fmt: skip
    money = {
        "id": _order_money(cells["order"], cells["line"]), "mood": "promise", "action": "transfer",
        "time": cells.get("pay_due") or cells["due"], "agreed": cells["ordered"],
        **_money(cells, cells["buyer"], cells["seller"]),
        "order_line": cells["line"], "reciprocal": goods_id,
    }  # fmt: skip
    return _entry(row, compose_id("order", cells["order"], cells["line"]), "order", goods, money)


def _order_money(order: str, line: str) -> str:
    return compose_id("order", order, line, suffix=":money")


def _money(cells: Cells, payer: str, payee: str) -> Cells:
    return {
        "item": cells["currency"], "unit": cells["currency"], "qty": cells["amount"],
        "from_party": payer, "to_party": payee,
        "order": cells["order"], "order_line": cells.get("order_line", ""),
    }  # fmt: skip


def _ordered(row: Row, orders: dict[tuple[str, str], Cells]) -> Cells:
    """The row with what it leaves out filled in from its order line."""
    ordered = orders.get((row.cells["order"], row.cells["order_line"]), {})
    names = ("seller", "buyer", "from_place", "to_place", "transport_mode")
    return {name: ordered[name] for name in names if name in ordered} | row.cells


def _shipment(row: Row, orders: dict[tuple[str, str], Cells]) -> Draft:
    """Goods leave for transit: in the carrier's custody where there is one, still the seller's own."""
    cells = _ordered(row, orders)
    carrier = cells.get("carrier", "")
    id_ = compose_id("shipment", cells["shipment"], cells["line"])
    flow = {
        "id": id_, "mood": "fact", "action": "transferCustody" if carrier else "move",
        "time": cells["shipped"], **_goods(cells),
        "from_party": cells["seller"], "to_party": carrier or cells["seller"],
        "from_place": cells.get("from_place", ""), "to_place": TRANSIT,
        "process": cells["shipment"], "document": cells["shipment"],
    }  # fmt: skip
    return _entry(row, id_, "event", flow)


def _receipt(row: Row, orders: dict[tuple[str, str], Cells]) -> Draft:
    """The fact that fulfils the promise: rights and goods pass where the buyer receives them."""
    cells = _ordered(row, orders)
    id_ = compose_id("receipt", cells["receipt"], cells["line"])
    flow = {
        "id": id_, "mood": "fact", "action": "transfer", "time": cells["received"], **_goods(cells),
        "from_party": cells["seller"], "to_party": cells["buyer"],
        "from_place": TRANSIT if cells.get("shipment") else cells.get("from_place", ""),
        "to_place": cells.get("to_place", ""),
        "process": cells.get("shipment") or cells["receipt"], "document": cells["receipt"],
        "fulfils": order_goods(cells["order"], cells["order_line"]),
    }  # fmt: skip
    return _entry(row, id_, "event", flow)


def _invoice(row: Row, orders: dict[tuple[str, str], Cells]) -> Draft:
    cells = _ordered(row, orders)
    id_ = compose_id("invoice", cells["invoice"], cells["line"])
    flow = {
        "id": id_, "mood": "fact", "action": "invoice", "time": cells["issued"],
        **_money(cells, cells["seller"], cells["buyer"]), "document": cells["invoice"],
    }  # fmt: skip
    return _entry(row, id_, "document", flow)


def _payment(row: Row, orders: dict[tuple[str, str], Cells]) -> Draft:
    cells = _ordered(row, orders)
    id_ = compose_id("payment", cells["payment"], cells["line"])
    payer = cells.get("payer") or cells["buyer"]
    payee = cells.get("payee") or cells["seller"]
    flow = {
        "id": id_, "mood": "fact", "action": "pay", "time": cells["paid"],
        **_money(cells, payer, payee), "document": cells.get("invoice", ""),
        "fulfils": _order_money(cells["order"], cells["order_line"]),
    }  # fmt: skip
    return _entry(row, id_, "payment", flow)


def _demand(row: Row, _orders: dict[tuple[str, str], Cells]) -> Draft:
    cells = row.cells
    id_ = compose_id("demand", cells["id"])
    flow = {
        "id": id_, "mood": "forecast", "action": "transfer", "time": cells["period_start"],
        "time_end": cells.get("period_end", ""), "item": cells["item"],
        "qty": cells["qty"], "unit": cells["unit"],
        "to_party": cells.get("party", ""), "to_place": cells.get("place", ""),
    }  # fmt: skip
    return _entry(row, id_, "event", flow)


_MAKERS: Final[dict[str, Callable[[Row, dict[tuple[str, str], Cells]], Draft]]] = {
    "orders": _order, "shipments": _shipment, "receipts": _receipt,
    "invoices": _invoice, "payments": _payment, "demand": _demand,
}  # fmt: skip
