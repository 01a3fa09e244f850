"""Every page of the site on a real record in a real browser, and the import of files without JavaScript.

The addresses come from the URLconf, so a page that is added is opened here or fails for lack of an example.
"""

from __future__ import annotations

import csv
import gzip
import io
import lzma
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lianshu.capability.registry import capabilities
from tests.site.conftest import EXAMPLES, SERVER, fill
from tests.site.test_access import patterns
from tests.site.test_browser import Watch, check_shown, sign_in

pytestmark = pytest.mark.slow

# Address patterns with a key in them → the addresses to open; those of no page at all → nothing.
KEYED: dict[str, tuple[str, ...]] = {
    "account/tokens/<str:prefix>/revoke": (),
    "orders/<key:key>/": ("/orders/SO-9/", "/orders/PO-2026-0001/?evidence=promised"),
    "entries/<int:seq>/": ("/entries/1/", "/entries/100/"),
    "entries/<int:seq>/proof/": (),
    "things/<slug:table_name>/<key:key>/": ("/things/party/MILL-01/", "/things/lot/T-NEW/"),
    "readings/<str:key>/": tuple(f"/readings/{key}/" for key in sorted(capabilities())),
    "readings/<str:key>/download/<str:form>": (),
    "quality/findings/<str:key>/": ("<finding>",),
    "imports/<uuid:pk>/": ("<job>",),
    "imports/<uuid:pk>/look": (),
    "imports/<uuid:pk>/confirm": (),
    "imports/<uuid:pk>/drop": (),
    "imports/<uuid:pk>/progress": (),
    "imports/<uuid:pk>/outcomes.csv": (),
    "imports/<uuid:pk>/errors.xlsx": (),
}
# States of pages that an address alone does not show.
MORE = (
    "/readings/?q=zzz",
    "/readings/spend/?as_of=999999",
    "/readings/trace_back/?lot=T-NEW&evidence=<row>",
    "/readings/footprint/?as_of=1",
    "/quality/?severity=error",
    "/glossary/?q=zzz",
)


@pytest.fixture(scope="module")
def tea_address(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server of the bundled tea chain."""
    folder = tmp_path_factory.mktemp("tea-served") / "w"
    fill(folder)
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    yield f"http://127.0.0.1:{int(server.stdout.readline())}"
    server.terminate()
    server.wait(timeout=10)
    server.stdout.close()


def addresses() -> list[str]:
    """Every address of a page, from the URLconf."""
    from django.urls import get_resolver

    found: list[str] = []
    for words, _, spaces in patterns(get_resolver()):
        if "api" in spaces:
            continue
        if "<" in words:
            assert words in KEYED, f"{words}: say in KEYED which addresses to open"
            found += KEYED[words]
        else:
            found.append(f"/{words}")
    return [*found, *MORE]


def made_up(page: Any, address: str) -> dict[str, str]:
    """What stands for the keys that only the record knows: a finding, a job, a row."""
    page.goto(f"{address}/quality/?check=over_delivered")
    finding = page.locator("a[href^='/quality/findings/']").first.get_attribute("href")
    page.goto(f"{address}/readings/trace_back/?lot=T-NEW")
    row = re.search(r"evidence=([0-9a-f]+)", page.content())
    assert row is not None
    job = uploaded(page, address, "prüfung 库存.csv", flows("axe", "1", "-1", "2"))
    return {"<finding>": finding, "<row>": row[1], "<job>": job}


def flows(name: str, *quantities: str) -> bytes:
    """A flow CSV with one line for each quantity."""
    lines = [
        f"{name}-{n},fact,raise,2026-05-01T08:00:00+08:00,LEAF,{qty},KGM,MILL-01-LEAF\n"
        for n, qty in enumerate(quantities)
    ]
    return ("flow,mood,action,time,item,qty,unit,to_place\n" + "".join(lines)).encode()


def uploaded(page: Any, address: str, name: str, data: bytes) -> str:
    """The path of the job of an uploaded file."""
    page.goto(f"{address}/imports/")
    page.set_input_files("#id_file", {"name": name, "mimeType": "text/csv", "buffer": data})
    page.click("form[enctype] button.btn-primary")
    page.wait_for_url(re.compile(r"/imports/[0-9a-f-]{36}/"))
    return str(page.url.removeprefix(address))


@pytest.fixture(params=[("zh-hans", 1440), ("zh-hans", 390), ("en", 1440), ("en", 390)], ids=str)
def shown_in(request: pytest.FixtureRequest, browser: Any, tea_address: str) -> Iterator[Any]:
    """A browser window of a language and a width."""
    language, width = request.param
    made = browser.new_context(viewport={"width": width, "height": 900})
    made.add_cookies([{"name": "lianshu_language", "value": language, "url": tea_address}])
    yield made
    made.close()


@pytest.mark.timeout(900)
def test_every_page_is_accessible_within_the_policy_and_asks_no_other_host(
    shown_in: Any, tea_address: str
) -> None:
    page = shown_in.new_page()
    sign_in(page, tea_address, "lead")
    keys = made_up(page, tea_address)
    wrong, pages = [], 0
    for path in addresses():
        for name, value in keys.items():
            path = path.replace(name, value)
        answer = shown_in.request.get(f"{tea_address}{path}")
        if answer.status == 405 or "text/html" not in answer.headers["content-type"]:
            continue
        watch = Watch(page, tea_address)
        page.goto(f"{tea_address}{path}")
        pages += 1
        watch.complaints = [c for c in watch.complaints if "status of 400" not in c]
        try:
            check_shown(page, watch, path)
        except AssertionError as error:
            wrong.append(str(error)[:900])
    assert wrong == []
    assert pages > 30


def test_public_pages_need_no_account(shown_in: Any, tea_address: str) -> None:
    page = shown_in.new_page()
    watch = Watch(page, tea_address)
    for path in ("/about/", "/verify/", "/glossary/", "/schema/"):
        page.goto(f"{tea_address}{path}")
        check_shown(page, watch, path)


@pytest.fixture
def plain(browser: Any, tea_address: str) -> Iterator[Any]:
    """A page without JavaScript, signed in as the lead enterprise."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, java_script_enabled=False, accept_downloads=True
    )
    page = context.new_page()
    sign_in(page, tea_address, "lead")
    yield page
    context.close()


def taken(page: Any) -> str:
    """The outcome by line of a confirmed file, reloaded by its link until it is there."""
    page.click(".decide button.btn-primary")
    for _ in range(600):
        if not page.locator("#progress").count():
            break
        page.click(".form-buttons a.btn-primary")
    return str(page.locator("main").inner_text())


@pytest.mark.timeout(600)
def test_an_export_is_imported_twice_without_javascript(plain: Any, tea_address: str) -> None:
    packed = (EXAMPLES / "scms" / "scms_2006_2013H1.csv.xz").read_bytes()
    some = lzma.decompress(packed).decode().splitlines(keepends=True)[:501]
    export = gzip.compress("".join(some).encode())
    uploaded(plain, tea_address, "scms.csv.gz", export)
    preview = plain.locator("main").inner_text()
    assert "尚未写入任何内容" in preview
    assert "Freight Cost (USD)" in preview
    assert "采纳 500，已存在 0，冲突 0，不合格 0" in taken(plain)
    with plain.expect_download() as download:
        plain.click("a[href$='outcomes.csv']")
    lines = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    assert lines[:2] == ["line,outcome,reason", "1,accept,"]
    assert len(lines) == 501
    uploaded(plain, tea_address, "scms.csv.gz", export)
    assert "全部条目都已在记录中" in plain.locator("main").inner_text()
    assert "采纳 0，已存在 500，冲突 0，不合格 0" in taken(plain)


def test_a_package_with_seeded_errors_comes_back_marked_and_writes_nothing(
    plain: Any, tea_address: str, rng: Any, tmp_path: Path
) -> None:
    from openpyxl import Workbook, load_workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for source in sorted((EXAMPLES / "tea" / "chain").glob("*.csv")):
        sheet = book.create_sheet(source.stem)
        for row in csv.reader(io.StringIO(source.read_text("utf-8"))):
            sheet.append(row)
    orders = book["orders"]
    columns = {str(cell.value): cell.column or 0 for cell in orders[1]}
    spoilt = set()
    for row in rng.sample(range(2, orders.max_row + 1), 5):
        name, bad = rng.choice([("qty", "-5"), ("unit", "bananas"), ("due", "soon")])
        cell = orders.cell(row, columns[name])
        cell.value = bad
        spoilt.add(cell.coordinate)
    book.save(tmp_path / "chain.xlsx")
    plain.goto(f"{tea_address}/verify/")
    before = plain.locator("main").inner_text()
    uploaded(plain, tea_address, "chain.xlsx", (tmp_path / "chain.xlsx").read_bytes())
    assert "链包有误，一行也不会写入" in plain.locator("main").inner_text()
    assert plain.locator("button:has-text('确认写入')").count() == 0
    with plain.expect_download() as download:
        plain.click("a[href$='errors.xlsx']")
    marked = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    bad = {c.coordinate for row in marked["orders"].iter_rows() for c in row if c.comment}
    assert spoilt <= bad
    plain.goto(f"{tea_address}/verify/")
    assert plain.locator("main").inner_text() == before


def test_a_reading_is_asked_sorted_paged_and_opened_without_javascript(
    plain: Any, tea_address: str
) -> None:
    plain.goto(f"{tea_address}/readings/")
    plain.fill("#query-q", "RL.1.1")
    plain.click(".query button[type=submit]")
    plain.click(".reading-card h3 a")
    assert "/readings/perfect_order/" in plain.url
    plain.goto(f"{tea_address}/readings/otif/")
    plain.click("a.sort-link >> nth=1")
    assert "sort=" in plain.url
    plain.click("a[rel=next]")
    assert "page=2" in plain.url
    plain.click("tbody .evidence-link >> nth=0")
    assert plain.locator("#evidence .entry").count() > 0
    plain.click("#evidence .drawer-head a")
    with plain.expect_download() as download:
        plain.click("a[href*='/download/csv']")
    assert Path(download.value.path()).read_bytes().startswith(b"\xef\xbb\xbforder,")


def test_a_proof_is_checked_on_the_page(plain: Any, tea_address: str) -> None:
    proof = plain.context.request.get(f"{tea_address}/entries/5/proof/").body()
    plain.goto(f"{tea_address}/verify/")
    for data, said in ((proof, "有效"), (proof.replace(b'"seq": 5', b'"seq": 6'), "无效")):
        plain.set_input_files(
            "#id_proof", {"name": "p.json", "mimeType": "application/json", "buffer": data}
        )
        plain.click("form[enctype] button.btn-primary")
        assert plain.locator("#verdict").inner_text().strip() == said
    plain.click("form[action$='/verify/run'] button")
    assert "日志完整" in plain.locator("#result").inner_text()
