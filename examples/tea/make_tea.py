"""Write the invented tea chain of ``examples/tea/chain`` (CC0): a chain package as CSV.

Six gardens sell fresh leaf to one tea mill in Huangshan, which sells tea to four shops; a carrier
moves it. Nobody in it exists. The same seed gives the same bytes:

    python examples/tea/make_tea.py [FOLDER]
"""

from __future__ import annotations

import csv
import random
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from lianshu.exchange.package.schema import TABLES, schema
from lianshu.exchange.package.workbook import write_template

SEED = 20260401
SPRING = date(2026, 4, 1)
GARDENS = ("云岭", "松谷", "汤口", "富溪", "谭家桥", "耿城")
SHOPS = {
    "SHOP-01": "上海静安店",
    "SHOP-02": "杭州湖滨店",
    "SHOP-03": "南京夫子庙店",
    "SHOP-04": "合肥淮河路店",
}
REGIONS = {"SHOP-01": "310106", "SHOP-02": "330102", "SHOP-03": "320104", "SHOP-04": "340103"}
LEAF_PRICE, TEA_PRICE = Decimal(96), Decimal(680)  # CNY for a kilogram
FIXED = """
parties
id,name,kind,country,region
MILL-01,黄山云谷茶厂,lead,CN,341000
CARRIER-01,徽州冷链物流,carrier,CN,341000
BANK-01,新安江农商银行,bank,CN,341000

places
id,name,kind,party,region,latitude,longitude
MILL-01-LEAF,云谷茶厂鲜叶库,warehouse,MILL-01,341000,30.13,118.16
MILL-01-TEA,云谷茶厂成品库,warehouse,MILL-01,341000,30.13,118.16

items
id,name,kind,unit,category,subcategory,brand
LEAF,毛峰鲜叶（一芽一叶）,good,KGM,鲜叶,,
TEA-MF,黄山毛峰,good,KGM,茶叶,绿茶,云谷

resources
id,name,kind,place,capacity
ROASTER-1,一号炒茶机,machine,MILL-01-TEA,120

recipes
id,name,output,output_qty,output_unit,input,input_qty,input_unit,place,resource,lead_time_h,yield_ratio
R-MF,毛峰炒制,TEA-MF,1,KGM,LEAF,4.2,KGM,MILL-01-TEA,ROASTER-1,8,0.98
"""
GARDEN = """
parties
id,name,kind,country,region
FARM-{number},{name}茶叶合作社,supplier,CN,341003

places
id,name,kind,party,region,negative_allowed
FARM-{number}-G,{name}茶园,farm,FARM-{number},341003,yes

lanes
id,kind,from_party,to_party,from_place,to_place,item,transport_mode,lead_time_days,cost,currency,capacity
LANE-{number},buy,FARM-{number},MILL-01,FARM-{number}-G,MILL-01-LEAF,LEAF,road,0.5,0.35,CNY,3000
"""
SHOP = """
parties
id,name,kind,country,region
{party},云谷茶业{name},client,CN,{region}

places
id,name,kind,party,region
{party}-S,{name},store,{party},{region}
"""
Row = dict[str, str]


def day(offset: int) -> str:
    """A date so many days after the first of April 2026."""
    return (SPRING + timedelta(days=offset)).isoformat()


def moment(offset: int, hour: int) -> str:
    """A time of such a day in Asia/Shanghai."""
    return f"{day(offset)}T{hour:02d}:30:00+08:00"


class Chain:
    """The tables as they fill up."""

    def __init__(self, seed: int) -> None:
        self.tables: dict[str, list[Row]] = {name: [] for name in TABLES}
        self.random = random.Random(seed)  # noqa: S311  an example, not a secret

    def add(self, table: str, **cells: str) -> None:
        """Add a row."""
        self.tables[table].append(cells)

    def fixed(self, text: str) -> None:
        """Add the rows of a block: the table's name, a header, and comma-separated rows."""
        table, *rows = text.strip().splitlines()
        for row in csv.DictReader(rows):
            self.add(table, **row)

    def masters(self) -> None:
        """Who, where, what and how."""
        for block in FIXED.split("\n\n"):
            self.fixed(block)
        for number, name in enumerate(GARDENS, 1):
            for block in GARDEN.format(number=f"{number:02d}", name=name).split("\n\n"):
                self.fixed(block)
        for party, name in SHOPS.items():
            for block in SHOP.format(party=party, name=name, region=REGIONS[party]).split("\n\n"):
                self.fixed(block)
        for number in range(1, 4):
            lot = {"item": "TEA-MF", "lot": f"T-2026-{number:02d}"}
            made, expires = day(-4 * number), day(540)
            self.add("lots", id=lot["lot"], item="TEA-MF", kind="batch", made=made, expires=expires)
            self.add("stock", place="MILL-01-TEA", **lot, qty="120", unit="KGM", counted=day(0))

    def orders(self) -> None:
        """Twenty-two purchases of leaf and eighteen sales of tea."""
        for number in range(1, 23):
            farm = f"FARM-{self.random.randint(1, len(GARDENS)):02d}"
            lot = f"L-{farm[-2:]}-{number:02d}"
            start = self.random.randint(0, 24)
            self.add("lots", id=lot, item="LEAF", kind="batch", made=day(start))
            self.order(f"PO-2026-{number:04d}", (farm, "MILL-01"), (f"{farm}-G", "MILL-01-LEAF"),
                       ("LEAF", lot), start)  # fmt: skip
        for number in range(1, 19):
            shop = self.random.choice(sorted(SHOPS))
            lot = f"T-2026-{(number - 1) // 6 + 1:02d}"
            self.order(f"SO-2026-{number:04d}", ("MILL-01", shop), ("MILL-01-TEA", f"{shop}-S"),
                       ("TEA-MF", lot), self.random.randint(3, 40))  # fmt: skip

    def order(
        self,
        order: str,
        parties: tuple[str, str],
        places: tuple[str, str],
        goods: tuple[str, str],
        start: int,
    ) -> None:
        """One order of one line, and what became of it: some late, some short, some unpaid."""
        leaf = goods[0] == "LEAF"
        qty = Decimal(self.random.randint(80, 400) if leaf else self.random.randint(5, 18))
        amount = qty * (LEAF_PRICE if leaf else TEA_PRICE)
        due = start + (1 if leaf else 4)
        self.add("orders", order=order, line="1", item=goods[0], qty=str(qty), unit="KGM", amount=f"{amount:.2f}",
                 currency="CNY", seller=parties[0], buyer=parties[1], from_place=places[0], to_place=places[1],
                 ordered=day(start - 2), due=day(due), pay_due=day(due + 30), transport_mode="road")  # fmt: skip
        if self.random.random() < 0.06:
            return  # agreed, and nothing has happened yet
        late = self.random.choice((0, 0, 0, 0, 1, 3))
        shipment, carrier = order.replace("O-2026", "H"), "" if leaf else "CARRIER-01"
        at = {"order": order, "order_line": "1", "item": goods[0], "lot": goods[1], "unit": "KGM"}
        self.add("shipments", shipment=shipment, line="1", **at, qty=str(qty), carrier=carrier,
                 shipped=moment(due + late - (0 if leaf else 2), 7))  # fmt: skip
        short = Decimal("2.5") if self.random.random() < 0.12 else Decimal(0)
        self.add("receipts", receipt=order.replace("O-2026", "R"), line="1", **at, shipment=shipment,
                 qty=str(qty - short), received=moment(due + late, 16))  # fmt: skip
        self.money(order, amount * (qty - short) / qty, due + late)

    def money(self, order: str, amount: Decimal, delivered: int) -> None:
        """Invoice and payment, where they came; some orders are paid in two parts."""
        if self.random.random() < 0.1:
            return
        invoice = f"2634{self.random.randrange(10**16):016d}"
        at = {"order": order, "order_line": "1", "currency": "CNY"}
        self.add(
            "invoices",
            invoice=invoice,
            line="1",
            **at,
            amount=f"{amount:.2f}",
            issued=day(delivered + 2),
        )
        parts = self.random.choice((0, 1, 1, 1, 2))
        for part in range(parts):
            share = (amount / parts).quantize(Decimal("0.01"))
            paid = share if part < parts - 1 else amount - share * (parts - 1)
            self.add("payments", payment=f"PAY-{order}-{part + 1}", line="1", **at, invoice=invoice,
                     amount=f"{paid:.2f}", paid=moment(delivered + 20 + 9 * part, 10))  # fmt: skip

    def demand(self) -> None:
        """What the shops expect to sell in May and June."""
        for shop in SHOPS:
            for number, (first, last) in enumerate(
                (("2026-05-01", "2026-06-01"), ("2026-06-01", "2026-07-01")), 1
            ):
                self.add("demand", id=f"DEM-{shop}-{number}", item="TEA-MF", place=f"{shop}-S", party=shop,
                         qty=str(self.random.randint(20, 60)), unit="KGM", period_start=first, period_end=last)  # fmt: skip


def main(folder: Path) -> None:
    """Write the package."""
    chain = Chain(SEED)
    chain.masters()
    chain.orders()
    chain.demand()
    write_template(folder)
    for name, rows in chain.tables.items():
        columns = [column.name for column in schema(name).columns]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "chain")
