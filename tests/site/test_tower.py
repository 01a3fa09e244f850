"""The first page: the tower, one's own part of the chain, or how to get access; every number is a reading's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lianshu.app.workspace import Workspace
from tests.site.chains import served, tea_chain, text_of
from tests.workspaces import capture_flows, workspace_of

Client = Callable[[str], Any]


@pytest.fixture(scope="module")
def tea(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tower") / "w"
    tea_chain(folder)
    return folder


@pytest.fixture
def signed_in(signed_in: Client) -> Client:
    """In Chinese, whatever language the account has chosen before."""

    def client(role: str) -> Any:
        made = signed_in(role)
        made.cookies["lianshu_language"] = "zh-hans"
        return made

    return client


@pytest.fixture
def chain(site: Path, tea: Path) -> Iterator[Workspace]:
    with served(tea) as workspace:
        yield workspace


@pytest.fixture
def view(chain: Workspace) -> Any:
    from lianshu.capability.relation import Scope
    from lianshu.site.record_view import RecordView

    return RecordView(chain, chain.head(), Scope())


def tile(page: str, name: str) -> str:
    """The words of the tile of that name, without markup."""
    found = [
        each
        for each in re.findall(r'<section class="tile .*?</section>', page, re.DOTALL)
        if name in each
    ]
    assert len(found) == 1, (name, len(found))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0]))


def test_the_lead_sees_the_tower_of_the_latest_month(chain: Workspace, signed_in: Client) -> None:
    page = text_of(signed_in("lead").get("/"))
    assert "供应链控制塔" in page
    assert "最近一项事实：2026-06-11" in page
    rate = {r["group"]: r for r in chain.run("on_time_rate").dicts()}["2026-05"]
    shown = tile(page, "及时交付率")
    assert f"{rate['rate']:.1%}" in shown
    assert f"{rate['lines']} 行中 {rate['on_time']} 行按时" in shown
    assert "2026年5月" in shown
    perfect = {r["period"]: r for r in chain.run("perfect_order").dicts()}["2026-05"]
    assert f"{perfect['orders']} 单中 {perfect['perfect']} 单完美" in tile(page, "完美订单率")
    assert f"{chain.head().size} 条" in tile(page, "已核验记录")
    assert "全部校核通过" in tile(page, "已核验记录")


def test_names_are_shown_and_not_keys(chain: Workspace, signed_in: Client) -> None:
    page = text_of(signed_in("lead").get("/"))
    assert "谭家桥茶叶合作社" in page
    assert not re.search(r">[^<]*\b(FARM|SHOP|MILL)-\d\d[^<]*<", page)


def test_the_change_is_against_the_period_before(chain: Workspace, signed_in: Client) -> None:
    page = text_of(signed_in("lead").get("/?period=2026-05"))
    rates = {r["group"]: round(r["rate"] * 100, 1) for r in chain.run("on_time_rate").dicts()}
    difference = round(rates["2026-05"] - rates["2026-04"], 1)
    assert difference < 0
    assert f"下降 {abs(difference)}个百分点（变差）" in tile(page, "及时交付率")
    first = text_of(signed_in("lead").get("/?period=2026-04"))
    assert "无上期可比" in tile(first, "及时交付率")


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ("grain=quarter", "2026年第二季度"),
        ("grain=year", "2026年"),
        ("grain=month&period=2026-04", "2026年4月"),
        ("period=1999-01", "2026年4月"),
        ("period=2999-01", "2026年5月"),
        ("grain=week&period=nonsense", "2026年5月"),
    ],
)
def test_the_period_is_chosen_or_moved_to_the_nearest(
    chain: Workspace, signed_in: Client, query: str, label: str
) -> None:
    page = text_of(signed_in("lead").get(f"/?{query}"))
    assert f'aria-current="date">{label}<' in page


def test_late_orders_come_by_value_and_open(chain: Workspace, signed_in: Client) -> None:
    page = text_of(signed_in("lead").get("/"))
    table = page[page.index("迟延订单（") :]
    links = re.findall(r'<th scope="row" class="cell-code"><a href="([^"]+)">([^<]+)</a>', table)[
        :10
    ]
    late = sorted(chain.run("late_orders").dicts(), key=lambda r: (-r["late_value"], r["order"]))
    assert [order for _, order in links] == [row["order"] for row in late[:10]]
    assert text_of(signed_in("lead").get(links[0][0])).count(links[0][1])


def test_a_tile_opens_to_the_entries_of_its_reading(chain: Workspace, signed_in: Client) -> None:
    page = text_of(signed_in("lead").get("/?evidence=late_value"))
    drawer = page[page.index('id="evidence"') : page.index("</aside>")]
    table = chain.run("late_value")
    row = next(r for r in table.dicts() if r["group"] == "2026-05")
    seqs = [int(seq.replace(",", "")) for seq in re.findall(r"#([\d,]+)</span>", drawer)]
    assert list(dict.fromkeys(seqs)) == table.evidence(row)[:20]
    assert chain.head().root.hex() in drawer
    assert f'href="/entries/{seqs[0]}/"' in drawer
    assert f'href="/entries/{seqs[0]}/proof/"' in drawer
    assert 'id="evidence"' not in text_of(signed_in("lead").get("/?evidence=nothing"))


def test_every_tile_with_evidence_has_entries(chain: Workspace, signed_in: Client) -> None:
    page = text_of(signed_in("lead").get("/"))
    keys = re.findall(r'href="\?evidence=(\w+)#evidence"', page)
    assert keys == ["on_time", "perfect", "lead_time", "spend", "late_value", "backlog", "hhi"]
    for key in keys:
        opened = text_of(signed_in("lead").get(f"/?evidence={key}"))
        assert opened.count('class="entry"') > 0, key


def test_spend_and_lanes_are_those_of_the_readings(chain: Workspace, view: Any) -> None:
    from lianshu.site.tower.home import span_of
    from lianshu.site.tower.spent import by_lane, by_supplier, hhi, shares

    span = span_of(view, {})
    assert span is not None
    window: dict[str, Any] = {**span.window_arguments}
    rows = chain.run("spend", by="supplier", **window).dicts()
    assert by_supplier(view, span, "CNY") == {row["group"]: row["amount"] for row in rows}
    index = sum(row["share"] ** 2 for row in rows)
    assert hhi(shares(by_supplier(view, span, "CNY"))) == pytest.approx(index)
    lanes: dict[tuple[str, str], Decimal] = {}
    for row in chain.run("lane_spend", **window).dicts():
        pair = (row["supplier"], row["place"])
        lanes[pair] = lanes.get(pair, Decimal(0)) + row["amount"]
    assert by_lane(view, span, "CNY") == lanes


def test_the_matrix_counts_every_line_once(view: Any) -> None:
    from lianshu.site.tower.matrix import OTHERS, folded

    lines = [(f"s{n % 20}", f"p{n % 15}", "late" if n % 3 else "on_time") for n in range(600)]
    due, late = folded(lines)
    assert (sum(due.values()), sum(late.values())) == (600, 400)
    suppliers = {supplier for supplier, _ in due}
    assert len(suppliers) == 13
    assert OTHERS in suppliers


def test_a_supplier_sees_only_its_own(chain: Workspace, signed_in: Client) -> None:
    page = text_of(signed_in("supplier").get("/"))
    assert "我的订单" in page
    assert "松谷茶叶合作社" not in page
    own = {r["order"] for r in chain.run("order_lines").dicts() if r["supplier"] == "FARM-01"}
    shown = set(re.findall(r"[PS]O-2026-\d{4}", page))
    assert shown <= own
    late = [r for r in chain.run("late_orders").dicts() if r["supplier"] == "FARM-01"]
    assert {row["order"] for row in late} <= shown or len(late) > 20


@pytest.mark.parametrize("role", ["city", "province", "expert"])
def test_without_a_grant_the_page_says_how_to_get_one(
    chain: Workspace, signed_in: Client, role: str
) -> None:
    page = text_of(signed_in(role).get("/"))
    assert "尚未授权您查看供应链数据" in page
    assert "主体编号" in page
    assert "PO-2026" not in page


@pytest.mark.parametrize("role", ["ministry", "regulator"])
def test_ministry_and_regulator_see_the_whole(
    chain: Workspace, signed_in: Client, role: str
) -> None:
    assert "供应链控制塔" in text_of(signed_in(role).get("/"))


def test_a_bank_sees_what_names_it(chain: Workspace, signed_in: Client) -> None:
    page = text_of(signed_in("bank").get("/"))
    assert "应收与可融资" in page
    assert "没有可见的应收账款" in page


def test_a_new_entry_is_on_the_page_at_once(site: Path, tmp_path: Path, signed_in: Client) -> None:
    flows = (
        "flow,mood,action,time,item,qty,unit,from_party,to_party,order,fulfils\n"
        "1,promise,transfer,5,tea,10,kg,mill,shop,SO1,\n"
        "2,fact,transfer,4,tea,10,kg,mill,shop,SO1,1\n"
    )
    workspace_of(tmp_path / "w", flows).close()
    with served(tmp_path / "w") as workspace:
        client = signed_in("lead")
        assert "1 行中 1 行按时" in tile(text_of(client.get("/")), "及时交付率")
        late = {
            "id": "x", "kind": "order",
            "flows": [
                {"id": "p", "mood": "promise", "action": "transfer", "time": "1970-01-03T00:00:00Z",
                 "item": "tea", "qty": "5", "unit": "KGM", "from_party": "mill", "to_party": "shop",
                 "order": "SO2"},
            ],
        }  # fmt: skip
        assert workspace.post(json.dumps(late).encode()).outcome == "accept"
        page = text_of(client.get("/"))
        assert "2 行中 1 行按时" in tile(page, "及时交付率")
        assert "SO2" in page


def test_while_a_long_tower_is_read_anew_the_last_one_stands(
    site: Path, tmp_path: Path, signed_in: Client
) -> None:
    from lianshu.site.tower import home

    flows = (
        "flow,mood,action,time,item,qty,unit,from_party,to_party,order\n"
        "1,promise,transfer,5,tea,10,kg,mill,shop,SO1\n2,fact,produce,6,tea,10,kg,,mill,\n"
    )
    workspace_of(tmp_path / "w", flows).close()
    with served(tmp_path / "w") as workspace:
        client = signed_in("lead")
        text_of(client.get("/"))
        home._SHOWN[workspace.id] = home._Shown(workspace.head(), took_s=9.0)
        before = workspace.head().size
        capture_flows(workspace, flows.replace("\n1,", "\n8,").replace("\n2,", "\n9,"))
        page = text_of(client.get("/"))
        assert f"新收到 {workspace.head().size - before} 条记录" in page
        assert f"第 1 至 {before} 条" in page
        with home._REFRESHING:  # until the thread that reads it anew has ended
            pass
        page = text_of(client.get("/"))
        assert "新收到" not in page
        assert f"第 1 至 {workspace.head().size} 条" in page


def test_an_empty_record_says_what_to_do(site: Path, tmp_path: Path, signed_in: Client) -> None:
    from lianshu.app.workspace import init

    init(tmp_path / "w").close()
    with served(tmp_path / "w"):
        assert "还没有数据" in text_of(signed_in("lead").get("/"))


def test_a_site_without_a_workspace_says_what_to_do(site: Path, signed_in: Client) -> None:
    assert "还没有数据" in text_of(signed_in("lead").get("/"))


def test_the_tower_in_english(chain: Workspace, signed_in: Client) -> None:
    client = signed_in("lead")
    client.cookies["lianshu_language"] = "en"
    page = text_of(client.get("/"))
    assert "Control tower" in page
    assert "May 2026" in tile(page, "On-time delivery")
    main = page[page.index("<main") : page.index("</main>")]
    names = {name for _, name in chain.store.query("SELECT id, name FROM party_row")}
    names |= {name for _, name in chain.store.query("SELECT id, name FROM place_row")}
    for name in sorted(names, key=len, reverse=True):
        main = main.replace(name, "")
    assert not re.search("[\u4e00-\u9fff]", main), re.search(".{30}[\u4e00-\u9fff].{30}", main)
