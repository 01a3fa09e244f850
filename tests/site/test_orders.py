"""Orders, entries and things: conditions, sorting, downloads, evidence, proofs, and who may see them."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from lianshu.app.workspace import Workspace, init
from tests.site.chains import served, tea_chain, text_of
from tests.workspaces import workspace_of

Client = Callable[[str], Any]
ODD_KEYS = ("PO 1/2", "..", "a/../b", "100%", "ü#?&=", "订单/甲", "~", "x/", "/x", "<b>'\"", "a\nb")


@pytest.fixture(scope="module")
def tea(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("orders") / "w"
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


def promise(order: str, **changes: str) -> dict[str, Any]:
    """An entry with one promise of 10 kg of tea."""
    flow = {
        "id": f"{order}:p", "mood": "promise", "action": "transfer", "time": "2026-03-01T00:00:00Z",
        "item": "tea", "qty": "10", "unit": "KGM", "from_party": "mill", "to_party": "shop",
        "order": order,
    }  # fmt: skip
    name = order.replace("\n", " ")
    return {"id": f"entry of {name}", "kind": "order", "flows": [{**flow, **changes}]}


def post(workspace: Workspace, entry: dict[str, Any]) -> int:
    """The number under which an entry was accepted."""
    outcome = workspace.post(json.dumps(entry).encode())
    assert outcome.outcome == "accept", outcome
    return workspace.head().size


def orders_on(page: str) -> list[str]:
    return re.findall(
        r'<th scope="row" class="cell-code"><a href="/orders/[^"]+">([^<]+)</a>', page
    )


def cells(page: str, order: str) -> list[str]:
    row = next(r for r in re.findall(r"<tr.*?</tr>", page, re.DOTALL) if f">{order}</a>" in r)
    return [
        re.sub(r"<[^>]+>", "", c).strip() for c in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)
    ]


# --- the list ---------------------------------------------------------------------------------------


def test_the_list_has_every_order_with_its_state(chain: Workspace, signed_in: Client) -> None:
    page = text_of(signed_in("lead").get("/orders/?size=100"))
    known = {row["order"] for row in chain.run("order_lines").dicts()}
    assert set(orders_on(page)) == known
    assert f"共 {len(known)} 条" in page
    row = cells(page, "SO-2026-0001")
    assert row[2:6] == ["迟到", "2026-05-13", "2026-05-16", "2.7"]
    assert row[6:] == ["黄山云谷茶厂", "云谷茶业南京夫子庙店", "1", "6,120.00"]


@pytest.mark.parametrize(
    ("query", "keep"),
    [
        ("order=po-2026-000", lambda r: r["order"].startswith("PO-2026-000")),
        ("supplier=松谷", lambda r: r["supplier"] == "FARM-02"),
        ("supplier=farm-02", lambda r: r["supplier"] == "FARM-02"),
        ("customer=静安", lambda r: r["customer"] == "SHOP-01"),
        ("place=湖滨", lambda r: r["to_place"] == "SHOP-02-S"),
        ("state=on_time", lambda r: r["state"] == "on_time"),
        ("state=not_on_time", lambda r: r["state"] in ("late", "overdue")),
        ("least=20000", lambda r: r["value"] >= 20_000),
        ("least=20,000&state=late", lambda r: r["value"] >= 20_000 and r["state"] == "late"),
    ],
)
def test_conditions(chain: Workspace, signed_in: Client, query: str, keep: Any) -> None:
    page = text_of(signed_in("lead").get(f"/orders/?size=100&{query}"))
    wanted = {row["order"] for row in chain.run("order_lines").dicts() if keep(row)}
    assert wanted
    assert set(orders_on(page)) == wanted


def test_the_period_holds_both_days(chain: Workspace, signed_in: Client) -> None:
    page = text_of(signed_in("lead").get("/orders/?from=2026-05-13&to=2026-05-13&size=100"))
    assert "SO-2026-0001" in orders_on(page)
    assert all(cells(page, order)[3] == "2026-05-13" for order in orders_on(page))


@pytest.mark.parametrize("query", ["least=much", "from=yesterday", "state=lost", "least=NaN"])
def test_what_is_not_understood_is_said(chain: Workspace, signed_in: Client, query: str) -> None:
    page = text_of(signed_in("lead").get(f"/orders/?{query}"))
    assert "未能识别的条件已忽略" in page
    assert len(orders_on(page)) > 10


@pytest.mark.parametrize("key", ["order", "supplier", "customer", "lines", "due", "last", "state", "days_late", "value"])  # fmt: skip
def test_every_column_sorts_both_ways(chain: Workspace, signed_in: Client, key: str) -> None:
    client = signed_in("lead")
    up = orders_on(text_of(client.get(f"/orders/?size=100&sort={key}")))
    down = orders_on(text_of(client.get(f"/orders/?size=100&sort=-{key}")))
    assert sorted(up) == sorted(down)
    if key == "order":
        assert up == sorted(up) == down[::-1]
    if key == "value":
        value = {r["order"]: r["value"] for r in chain.run("order_lines").dicts()}
        assert [value[o] for o in down] == sorted(value.values(), reverse=True)


def test_nothing_found_says_so(chain: Workspace, signed_in: Client) -> None:
    page = text_of(signed_in("lead").get("/orders/?order=nowhere"))
    assert "没有符合条件的订单" in page
    assert 'href="/orders/"' in page


def test_the_download_has_the_orders_that_were_asked_for(
    chain: Workspace, signed_in: Client
) -> None:
    client = signed_in("lead")
    answer = client.get("/orders.csv?state=on_time&sort=order")
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    assert "attachment" in answer["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0][:3] == ["订单号", "状态", "约定交付"]
    assert [row[0] for row in rows[1:]] == orders_on(
        text_of(client.get("/orders/?state=on_time&sort=order&size=100"))
    )


def test_a_download_runs_no_formula(site: Path, tmp_path: Path, signed_in: Client) -> None:
    init(tmp_path / "w").close()
    with served(tmp_path / "w") as workspace:
        post(workspace, promise("=1+1", from_party="@evil"))
        text = b"".join(signed_in("lead").get("/orders.csv").streaming_content).decode()
    row = list(csv.reader(io.StringIO(text)))[1]
    assert row[0] == "'=1+1"
    assert row[5] == "'@evil"


def test_ten_thousand_orders_are_paged(site: Path, tmp_path: Path, signed_in: Client) -> None:
    lines = "".join(
        f"{n},promise,transfer,{n % 900},tea,1,kg,mill,shop,O{n:05}\n" for n in range(10_000)
    )
    head = "flow,mood,action,time,item,qty,unit,from_party,to_party,order\n"
    workspace_of(tmp_path / "w", head + lines).close()
    with served(tmp_path / "w"):
        page = text_of(signed_in("lead").get("/orders/?page=200&size=50&sort=order"))
    assert "共 10,000 条" in page
    assert orders_on(page) == [f"O{n:05}" for n in range(9_950, 10_000)]


# --- one order --------------------------------------------------------------------------------------


def test_an_order_shows_parties_flows_lines_and_documents(
    chain: Workspace, signed_in: Client
) -> None:
    page = text_of(signed_in("lead").get("/orders/SO-2026-0001/"))
    for words in (
        "订单 SO-2026-0001",
        "黄山云谷茶厂",
        "云谷茶业南京夫子庙店",
        "南京夫子庙店",
        "公路",
    ):
        assert words in page
    flows = {r["order"]: r for r in chain.run("four_flows").dicts()}["SO-2026-0001"]
    for column in ("promised", "goods", "invoiced", "receivable", "financeable"):
        assert f"{flows[column]:,.2f} CNY" in page
    assert "SH-0001" in page
    assert "9 千克" in page


def test_the_timeline_says_in_words_what_is_late(chain: Workspace, signed_in: Client) -> None:
    page = text_of(signed_in("lead").get("/orders/SO-2026-0001/"))
    timeline = page[page.index('<ol class="timeline"') :]
    steps = re.findall(r'<p class="moment-what">([^<]+?) ?<a', timeline)
    assert [step.strip() for step in steps] == ["约定（下单）", "约定交付日", "发运", "交付", "开票", "约定付款日"]  # fmt: skip
    assert re.findall(r'<li class="moment moment-(\w+)"', timeline) == [
        "done", "late", "done", "late", "done", "planned",
    ]  # fmt: skip
    assert "晚 2.7 天" in timeline


def test_an_order_paid_in_time_and_one_paid_late(chain: Workspace, signed_in: Client) -> None:
    page = text_of(signed_in("lead").get("/orders/PO-2026-0001/"))
    assert "已付清" in page
    assert "付款" in page


@pytest.mark.parametrize(
    ("key", "column"),
    [("promised", "promised"), ("goods", "goods"), ("invoiced", "invoiced"), ("financeable", "financeable")],
)  # fmt: skip
def test_a_number_opens_to_its_entries(
    chain: Workspace, signed_in: Client, key: str, column: str
) -> None:
    page = text_of(signed_in("lead").get(f"/orders/SO-2026-0001/?evidence={key}"))
    drawer = page[page.index('id="evidence"') : page.index("</aside>")]
    seqs = [int(n) for n in re.findall(r'href="/entries/(\d+)/"', drawer)]
    table = chain.run("four_flows")
    row = next(r for r in table.dicts() if r["order"] == "SO-2026-0001")
    assert seqs
    assert set(seqs) <= set(table.evidence(row))
    assert f"日志共 {chain.head().size} 条" in drawer
    assert chain.head().root.hex() in drawer
    for seq in seqs:
        assert chain.entry(seq).digest.hex() in drawer


def test_every_link_to_evidence_opens_something(chain: Workspace, signed_in: Client) -> None:
    client = signed_in("lead")
    page = text_of(client.get("/orders/PO-2026-0001/"))
    keys = set(re.findall(r'href="\?evidence=([^"#]+)#evidence"', page))
    assert len(keys) > 10
    for key in keys:
        assert 'class="entry"' in text_of(client.get(f"/orders/PO-2026-0001/?evidence={key}")), key
    for key in ("nothing", "line:nothing", "step:x:y", "document:"):
        opened = text_of(client.get(f"/orders/PO-2026-0001/?evidence={quote(key)}"))
        assert 'id="evidence"' not in opened, key


@pytest.mark.parametrize("order", ODD_KEYS)
def test_an_order_of_any_name_has_a_page(
    site: Path, tmp_path: Path, signed_in: Client, order: str
) -> None:
    from django.utils.html import escape

    init(tmp_path / "w").close()
    with served(tmp_path / "w") as workspace:
        post(workspace, promise(order, from_party=order, item=order))
        client = signed_in("lead")
        address = re.search(
            r'class="cell-code"><a href="(/orders/[^"]+)"', text_of(client.get("/orders/"))
        )
        assert address is not None
        page = text_of(client.get(address[1].replace("&amp;", "&")))
        assert escape(order) in page
        for link in re.findall(r'href="(/things/[^"]+)"', page):
            assert escape(order) in text_of(client.get(link.replace("&amp;", "&"))), link


def test_an_unknown_order_is_not_found(chain: Workspace, signed_in: Client) -> None:
    for path in ("/orders/nowhere/", "/things/party/nowhere/", "/things/nothing/x/", "/entries/0/",
                 "/entries/999999/", "/entries/99999999999999999999/"):  # fmt: skip
        assert signed_in("lead").get(path).status_code == 404, path


# --- entries and proofs -----------------------------------------------------------------------------


def test_an_entry_shows_envelope_flows_and_place(chain: Workspace, signed_in: Client) -> None:
    seq = chain.run("four_flows").evidence(chain.run("four_flows").rows[0])[0]
    page = text_of(signed_in("lead").get(f"/entries/{seq}/"))
    entry = chain.entry(seq)
    assert entry.id in page
    assert entry.digest.hex() in page
    assert chain.head().root.hex() in page
    assert f"第 {seq} 条，共 {chain.head().size} 条" in page
    assert "现行有效" in page
    assert f"python -m lianshu.record.check proof-{seq}.json" in page


def test_master_data_is_shown_by_field(chain: Workspace, signed_in: Client) -> None:
    (seq,) = chain.store.query("SELECT entry_seq FROM party_row WHERE id = 'FARM-01'")[0]
    page = text_of(signed_in("lead").get(f"/entries/{seq}/"))
    assert "云岭茶叶合作社" in page
    assert 'href="/things/party/FARM-01/"' in page


def test_a_correction_and_what_it_corrects_name_each_other(
    site: Path, tmp_path: Path, signed_in: Client
) -> None:
    init(tmp_path / "w").close()
    with served(tmp_path / "w") as workspace:
        first = post(workspace, promise("SO1"))
        fixed = promise("SO1", qty="12") | {
            "id": "fixed", "kind": "correction", "supersedes": "entry of SO1",
        }  # fmt: skip
        second = post(workspace, fixed)
        client = signed_in("lead")
        assert f'href="/entries/{second}/"' in text_of(client.get(f"/entries/{first}/"))
        page = text_of(client.get(f"/entries/{second}/"))
        assert f'href="/entries/{first}/">entry of SO1<' in page
        assert "12 千克" in text_of(client.get("/orders/SO1/"))


def test_a_proof_verifies_without_this_program(
    chain: Workspace, signed_in: Client, tmp_path: Path
) -> None:
    answer = signed_in("lead").get("/entries/7/proof/")
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="proof-7.json"'
    path = tmp_path / "proof-7.json"
    path.write_bytes(answer.content)
    command = [sys.executable, "-m", "lianshu.record.check", str(path), "--vkey", chain.key.vkey]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    path.write_bytes(answer.content.replace(b'"seq": 7', b'"seq": 8'))
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


# --- who may see what -------------------------------------------------------------------------------


def test_a_supplier_opens_its_own_and_nothing_else(chain: Workspace, signed_in: Client) -> None:
    client = signed_in("supplier")
    lines = chain.run("order_lines").dicts()
    mine = {r["order"] for r in lines if "FARM-01" in (r["supplier"], r["customer"])}
    assert set(orders_on(text_of(client.get("/orders/?size=100")))) == mine
    other = next(r["order"] for r in lines if r["order"] not in mine)
    assert client.get(f"/orders/{other}/").status_code == 404
    assert client.get(f"/orders/{min(mine)}/").status_code == 200
    assert client.get("/things/party/FARM-02/").status_code == 404
    assert client.get("/things/party/FARM-01/").status_code == 200
    assert client.get("/things/party/MILL-01/").status_code == 200
    text = b"".join(client.get("/orders.csv").streaming_content).decode()
    assert other not in text


def test_the_content_of_anothers_entry_is_withheld(chain: Workspace, signed_in: Client) -> None:
    client = signed_in("supplier")
    rows = chain.store.query("SELECT entry_seq FROM flow_row WHERE order_id = 'SO-2026-0001'")
    seq = rows[0][0]
    answer = client.get(f"/entries/{seq}/")
    page = answer.content.decode()
    assert answer.status_code == 403
    assert chain.entry(seq).digest.hex() in page
    assert "SO-2026-0001" not in page
    assert client.get(f"/entries/{seq}/proof/").status_code == 403


def test_without_a_grant_there_is_nothing(chain: Workspace, signed_in: Client) -> None:
    client = signed_in("expert")
    assert "尚未授权您查看供应链数据" in text_of(client.get("/orders/"))
    for path in (
        "/orders/SO-2026-0001/",
        "/entries/7/",
        "/entries/7/proof/",
        "/things/party/FARM-01/",
    ):
        assert client.get(path).status_code == 404, path


def test_a_stranger_signs_in_first(chain: Workspace, visitor: Any) -> None:
    for path in ("/orders/", "/orders.csv", "/orders/SO-2026-0001/", "/entries/7/proof/"):
        assert visitor.get(path).status_code == 302, path


# --- things -----------------------------------------------------------------------------------------


def test_things_show_facts_orders_and_where_they_were_described(
    chain: Workspace, signed_in: Client
) -> None:
    client = signed_in("lead")
    page = text_of(client.get("/things/party/FARM-01/"))
    assert "云岭茶叶合作社" in page
    assert "供应商" in page
    assert re.search(r'来源记录：.*?href="/entries/\d+/"', page, re.DOTALL)
    assert "云谷茶厂成品库" in text_of(client.get("/things/place/MILL-01-TEA/"))
    assert "黄山毛峰" in text_of(client.get("/things/item/TEA-MF/"))
    lot = text_of(client.get("/things/lot/L-01-01/"))
    assert "批次流水" in lot
    assert "PO-2026-0001" in lot
    assert "配方" in text_of(client.get(f"/things/recipe/{_first(chain, 'recipe')}/"))
    assert client.get(f"/things/lane/{_first(chain, 'lane')}/").status_code == 200


def _first(workspace: Workspace, table: str) -> str:
    return quote(workspace.store.query(f"SELECT MIN(id) FROM {table}_row")[0][0], safe="")


def test_aliases_are_listed(site: Path, tmp_path: Path, signed_in: Client) -> None:
    init(tmp_path / "w").close()
    with served(tmp_path / "w") as workspace:
        things = [
            {"table": "party", "id": "mill", "name": "茶厂"},
            {"table": "alias", "id": "gln:6901234000009", "scheme": "gln",
             "value": "6901234000009", "thing_table": "party", "thing": "mill"},
        ]  # fmt: skip
        post(workspace, {"id": "m", "kind": "master", "things": things})
        page = text_of(signed_in("lead").get("/things/party/mill/"))
        assert "其他编码" in page
        assert "6901234000009" in page


def test_pages_in_english_hold_no_chinese_of_ours(chain: Workspace, signed_in: Client) -> None:
    client = signed_in("lead")
    client.cookies["lianshu_language"] = "en"
    names = [
        n
        for table in ("party", "place", "item")
        for _, n in chain.store.query(f"SELECT id, name FROM {table}_row")
    ]
    for path in (
        "/orders/",
        "/orders/SO-2026-0001/?evidence=goods",
        "/entries/70/",
        "/things/lot/L-01-01/",
    ):
        page = text_of(client.get(path))
        main = page[page.index("<main") : page.index("</main>")].split('<pre class="raw"')[0]
        for name in sorted(names, key=len, reverse=True):
            main = main.replace(name, "")
        assert not re.search("[\u4e00-\u9fff]", main), (
            path,
            re.search(".{0,30}[\u4e00-\u9fff].{0,30}", main),
        )
