"""Invented data of realistic length for the style guide."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from lianshu.kernel.text import Text
from lianshu.site.charts.bar import Bar, bar_chart
from lianshu.site.charts.figure import Figure
from lianshu.site.charts.heat import HeatTable, heat_table
from lianshu.site.charts.line import Series, line_chart
from lianshu.site.charts.network import Link, Node, network_chart
from lianshu.site.charts.quantile import Spread, quantile_chart
from lianshu.site.components.blocks import Fact, Moment, QueryArea, QueryField
from lianshu.site.components.evidence import Evidence, EvidenceEntry
from lianshu.site.components.table import Action, Cell, Column, Pager, Row, Table
from lianshu.site.components.tile import Tile
from lianshu.site.texts import words_of

ORDER_COUNT = 10_000
VENDORS = (
    Text(
        "内蒙古自治区呼和浩特市恒源生物医药供应链管理服务有限责任公司第三分公司",
        "Hengyuan Biomedical Supply Chain Management Services (Hohhot, Inner Mongolia), Third Branch",
    ),
    Text("华东医疗器械有限公司", "East China Medical Devices"),
    Text(
        "广西壮族自治区柳州市融水苗族自治县中药材种植专业合作社联合社",
        "Rongshui Miao Autonomous County Medicinal Herb Growers' Union",
    ),
    Text("长江冷链物流（集团）股份有限公司", "Yangtze Cold Chain Logistics Group"),
    Text("新港制药", "Newport Pharma"),
)
MODES = (Text("空运", "Air"), Text("海运", "Sea"), Text("公路", "Road"), Text("铁路", "Rail"))
MONTHS = tuple(f"2026-{m:02d}" for m in range(1, 11))
PERIOD = Text("2026 年 10 月", "October 2026")
POINTS = Text(" 个百分点", " points")

TILES = (
    Tile(
        Text("准时足量交付率", "On time in full"),
        "88.5",
        "%",
        PERIOD,
        Decimal("3.2"),
        POINTS,
        trend=(79, 81, 80, 84, 83, 86, 85, 85.3, 88.5),
        evidence="otif",
    ),
    Tile(
        Text("延误订单金额", "Value of late orders"),
        "1,284",
        Text("万元", "10k CNY"),
        PERIOD,
        Decimal("12.4"),
        better="down",
        trend=(900, 870, 1010, 980, 1142, 1284),
        evidence="late",
    ),
    Tile(
        Text("在途订单", "Open orders"),
        "412",
        Text("单", "orders"),
        PERIOD,
        0,
        trend=(400, 420, 418, 412, 412),
        better="",
    ),
    Tile(
        Text("现金周转期", "Cash conversion cycle"),
        "54.2",
        Text("天", "days"),
        PERIOD,
        Decimal("-2.1"),
        Text(" 天", " days"),
        better="down",
        trend=(61, 60, 58, 57, 56.3, 54.2),
    ),
    Tile(
        Text("供应商集中度（HHI）", "Supplier concentration (HHI)"),
        "0.214",
        "",
        PERIOD,
        None,
        note=Text("中度集中", "moderate"),
    ),
)
ORDER_COLUMNS = (
    Column("order", Text("订单号", "Order"), "code", sortable=True, header=True),
    Column("vendor", Text("供应商", "Vendor"), sortable=True),
    Column("mode", Text("方式", "Mode")),
    Column("promised", Text("承诺日", "Promised"), "date", sortable=True),
    Column("late", Text("延误", "Late"), "number", sortable=True, unit="d"),
    Column("value", Text("金额", "Value"), "number", sortable=True, unit="CNY"),
    Column("state", Text("状态", "State")),
)


def order_table(pager: Pager, sort: str, *, descending: bool) -> Table:
    """One page of ten thousand orders, made as they are asked for."""
    numbers = range(ORDER_COUNT)[:: -1 if descending else 1][pager.start : pager.start + pager.size]
    return Table(
        Text("订单", "Orders"),
        ORDER_COLUMNS,
        [order_row(n) for n in numbers],
        sort=f"-{sort}" if descending else sort,
        pager=pager,
        actions=(
            Action(Text("导出", "Export"), "?export=csv"),
            Action(Text("新建订单", "New order"), "#orders", primary=True),
        ),
        numbered=True,
        tick_name="order",
        tick_form="batch",
    )


def order_row(n: int) -> Row:
    """The n-th order."""
    late = (n * 7) % 23 - 12
    tone, state = (
        ("bad", Text("延误", "Late"))
        if late > 5
        else ("warn", Text("有风险", "At risk"))
        if late > 0
        else ("good", Text("准时", "On time"))
    )
    key = f"PO-{n + 1:05d}"
    return Row(
        (
            Cell(key, address="?evidence=otif#evidence"),
            Cell(VENDORS[n % 5], note="91150100MA0Q0J3X1K" if n % 5 == 0 else ""),
            MODES[n % 4],
            date(2026, 1, 5) + timedelta(days=n % 290),
            max(late, 0) or None,
            Decimal(1_000 + (n * 7919) % 987_654) + Decimal("0.50"),
            Cell(state, tone=tone),
        ),
        key,
        tone if tone == "bad" else "",
    )


def figures() -> list[Figure]:
    """A line, a bar and a quantile chart in the current language."""
    on_time = (79, 81, 80, 84, None, 86, 85, 85.3, 88.5, 90)
    full = (91, 90, 92, 93, 93, 94, 92, 95, 96, 95)
    spend = (4821, 3310, 2954, 1207, 388)
    leads = ((9, 14, 31, 2310), (41, 67, 102, 371), (4, 8, 19, 3105), (18, 27, 44, 88))
    return [
        line_chart(
            words_of(Text("准时率与足量率", "On time and in full")),
            MONTHS,
            [
                Series(words_of(Text("准时率", "On time")), on_time),
                Series(words_of(Text("足量率", "In full")), full),
            ],
            description=words_of(
                Text(
                    "准时率从 79% 升至 90%；5 月无数据。",
                    "On time rose from 79% to 90%; no data for May.",
                )
            ),
            unit="%",
            period_name=words_of(Text("月份", "Month")),
            from_zero=False,
        ),
        bar_chart(
            words_of(Text("采购支出前五名", "Spend, top five vendors")),
            [Bar(words_of(v), s) for v, s in zip(VENDORS, spend, strict=True)],
            description=words_of(Text("前两家占支出的 64%。", "The first two have 64% of spend.")),
            columns=(
                words_of(Text("供应商", "Vendor")),
                words_of(Text("支出（万元）", "Spend (10k CNY)")),
            ),
        ),
        quantile_chart(
            words_of(Text("提前期分布（p10 – 中位数 – p90）", "Lead time (p10 – median – p90)")),
            [Spread(words_of(m), *lead) for m, lead in zip(MODES, leads, strict=True)],
            description=words_of(Text("海运最慢也最不稳定。", "Sea is slowest and least steady.")),
            unit=words_of(Text("天", "days")),
            columns=(
                words_of(Text("方式", "Mode")),
                "p10",
                "p50",
                "p90",
                words_of(Text("订单数", "Orders")),
            ),
        ),
    ]


def network() -> Figure:
    """Vendors, hubs and customers."""
    hubs = (
        Text("比勒陀利亚区域配送中心", "Pretoria hub"),
        Text("天津港保税仓", "Tianjin bonded store"),
    )
    clients = (
        Text("科特迪瓦", "Côte d'Ivoire"),
        Text("越南", "Vietnam"),
        Text("海地", "Haiti"),
        Text("埃塞俄比亚", "Ethiopia"),
    )
    nodes = [
        Node(f"v{i}", words_of(v), 0, s)
        for i, (v, s) in enumerate(zip(VENDORS, (48, 33, 30, 12, 4), strict=True))
    ]
    nodes += [
        Node(f"h{i}", words_of(h), 1, s)
        for i, (h, s) in enumerate(zip(hubs, (80, 47), strict=True))
    ]
    nodes += [
        Node(f"c{i}", words_of(c), 2, s)
        for i, (c, s) in enumerate(zip(clients, (50, 34, 25, 18), strict=True))
    ]
    links = [
        Link("v0", "h0", 48),
        Link("v1", "h0", 20, "risk"),
        Link("v1", "h1", 13),
        Link("v2", "h1", 30),
        Link("v3", "h0", 12),
        Link("v4", "h1", 4),
        Link("h0", "c0", 50),
        Link("h0", "c1", 14),
        Link("h0", "c2", 16),
        Link("h1", "c1", 20),
        Link("h1", "c2", 9),
        Link("h1", "c3", 18, "risk"),
    ]
    return network_chart(
        words_of(Text("供应网络", "Supply network")),
        nodes,
        links,
        layers=[
            words_of(t)
            for t in (
                Text("供应商", "Vendors"),
                Text("枢纽", "Hubs"),
                Text("收货国", "Destinations"),
            )
        ],
        description=words_of(
            Text(
                "线宽为金额；虚线为延误超过 30% 的线路。",
                "Width is value; dashed lanes are late for more than 30%.",
            )
        ),
        columns=(
            words_of(Text("从", "From")),
            words_of(Text("到", "To")),
            words_of(Text("金额（万元）", "Value (10k CNY)")),
        ),
        risk_word=words_of(Text("延误多", "often late")),
    )


def late_heat() -> HeatTable:
    """Late share by vendor and mode."""
    values = ((8, 22, 5, None), (12, 35, 9, 14), (3, 11, 2, 6), (19, 41, 16, 27), (None, 30, 7, 12))
    return heat_table(
        words_of(Text("延误率：供应商 × 运输方式", "Late share: vendor by mode")),
        [words_of(m) for m in MODES],
        [(words_of(v), row) for v, row in zip(VENDORS, values, strict=True)],
        corner=words_of(Text("供应商", "Vendor")),
        shown=lambda value: f"{value}%",
        address=lambda row, column: f"?vendor={row}&mode={column}",
        ends=(words_of(Text("延误少", "few late")), words_of(Text("延误多", "many late"))),
    )


QUERY = QueryArea(
    (
        QueryField("order", Text("订单号", "Order"), hint=Text("如 PO-00042", "such as PO-00042")),
        QueryField(
            "vendor",
            Text("供应商", "Vendor"),
            "select",
            [(str(i), v) for i, v in enumerate(VENDORS)],
        ),
        QueryField(
            "mode", Text("运输方式", "Mode"), "select", [(str(i), m) for i, m in enumerate(MODES)]
        ),
        QueryField("from", Text("承诺日起", "Promised from"), "date"),
        QueryField("to", Text("承诺日止", "Promised to"), "date"),
        QueryField("least", Text("最低金额", "Least value"), "number"),
    )
)
FACTS = [
    Fact(Text("订单号", "Order"), "PO-00042", "code"),
    Fact(Text("供应商", "Vendor"), VENDORS[0]),
    Fact(Text("统一社会信用代码", "Credit code"), "91150100MA0Q0J3X1K", "code"),
    Fact(Text("金额", "Value"), Decimal("128450.00"), "number", evidence="value"),
    Fact(Text("状态", "State"), Text("延误", "Late"), tone="bad"),
    Fact(Text("保理", "Factoring"), None),
]
MOMENTS = [
    Moment(
        "2026-08-02",
        Text("下单并承诺 2026-10-08 到货", "Ordered; promised for 2026-10-08"),
        stream=Text("商流", "Orders"),
        evidence="promise",
    ),
    Moment(
        "2026-09-11",
        Text("发运 1,200 箱（天津港）", "1,200 cases shipped from Tianjin"),
        stream=Text("物流", "Goods"),
        evidence="ship",
    ),
    Moment(
        "2026-10-08",
        Text("应到未到：迟 6 天", "Due, not received: 6 days late"),
        "late",
        Text("承运商报告：港口拥堵", "Carrier: port congestion"),
        Text("物流", "Goods"),
    ),
    Moment("2026-10-14", Text("到港清关", "In customs"), "now", stream=Text("物流", "Goods")),
    Moment(
        "2026-11-13",
        Text("应付货款 128,450.00 元", "128,450.00 CNY falls due"),
        "planned",
        stream=Text("资金流", "Money"),
    ),
]
EMPTY = Table(
    Text("例外", "Exceptions"),
    ORDER_COLUMNS,
    [],
    empty=Text("没有例外需要处理", "No exception to handle"),
    empty_hint=Text(
        "所有承诺都在期限内。放宽日期范围可以查看更早的例外。",
        "All promises are in time. Widen the dates to see earlier exceptions.",
    ),
    empty_actions=(Action(Text("查看近 90 天", "Show 90 days"), "?days=90", primary=True),),
)
KEYSET = Table(
    Text("记录（按键翻页）", "Entries (paged by key)"),
    (
        Column("seq", Text("序号", "Sequence"), "number"),
        Column("id", Text("编号", "Identifier"), "code", header=True),
    ),
    [Row((7_108 + i, f"scms:{7_108 + i}")) for i in range(3)],
    pager=Pager(7_110, next_key="7110", previous_key="7108"),
)
TONES = (
    ("good", Text("准时", "On time")),
    ("warn", Text("有风险", "At risk")),
    ("bad", Text("延误", "Late")),
    ("info", Text("计划", "Planned")),
    ("quiet", Text("已关闭", "Closed")),
)
ALERT_BODY = Text(
    "第 12 行，qty：数量不得为负；交换收发双方。",
    "line 12, qty: a quantity is not negative; swap sender and receiver.",
)
EVIDENCE_WORDS = Text("打开准时足量交付率的依据", "Open the evidence of on time in full")
EVIDENCE = Evidence(
    Text("准时足量交付率", "On time in full"),
    "88.5%",
    Text(
        "按承诺日准时且足量的订单 ÷ 到期订单（SCOR RL.1.1）",
        "Orders on time and in full ÷ orders due (SCOR RL.1.1)",
    ),
    [
        EvidenceEntry(
            4_211,
            "scms:4211",
            "order",
            "供方 VN-104",
            "2026-08-02 10:31",
            Text("承诺 1,200 箱，2026-10-08 到货", "1,200 cases promised for 2026-10-08"),
            "9f2c5a1e77d04b6c9a3e4f5061728394a5b6c7d8e9f00112233445566778899a",
        ),
        EvidenceEntry(
            6_870,
            "scms:6870",
            "event",
            "承运商 CR-7",
            "2026-09-11 08:02",
            Text("发运 1,200 箱", "1,200 cases shipped"),
        ),
        EvidenceEntry(6_990, "scms:6990", "document", "", "", withheld=True),
    ],
    total=412,
    as_of="#7110 · 2026-10-31 23:59",
    root="b1946ac92492d2347c6235b4d2611184",
    address="?evidence=all",
)
