"""The catalogue and the page of each reading, on the bundled tea chain."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from lianshu.capability.registry import capabilities
from lianshu.kernel.text import Text
from lianshu.site.charts.figure import Figure

Client = Callable[[str], Any]


def text(answer: Any) -> str:
    """The page with its entities read."""
    return unescape(answer.content.decode())


def test_the_catalogue_lists_every_reading_and_finds_them(record: Any, signed_in: Client) -> None:
    client = signed_in("lead")
    page = text(client.get("/readings/"))
    for key, capability in capabilities().items():
        assert f'href="/readings/{key}/"' in page
        assert capability.title.zh in page
        assert capability.reference in page
    found = text(client.get("/readings/?q=scor+RL.1.1"))
    assert re.findall(r'href="/readings/(\w+)/"', found) == ["perfect_order"]
    assert "没有符合条件的能力" in text(client.get("/readings/?q=zzz"))
    traced = re.findall(r'href="/readings/(\w+)/"', text(client.get("/readings/?area=trace")))
    assert traced == ["recall_parties", "trace_back", "trace_forward"]


@pytest.mark.parametrize("key", sorted(capabilities()))
def test_every_reading_has_a_page_from_its_declaration(
    key: str, record: Any, signed_in: Client
) -> None:
    client, capability = signed_in("lead"), capabilities()[key]
    for language in ("zh-hans", "en"):
        client.cookies["lianshu_language"] = language
        answer = client.get(f"/readings/{key}/")
        page = text(answer)
        assert answer.status_code == 200
        said = (capability.title, capability.meaning, *(c.title for c in capability.columns))
        for words in said:
            assert words.in_language(language) in page
        assert capability.reference in page
        assert f"lianshu run {key} --workspace W --format json" in page
        assert f"/api/v1/capabilities/{key}" in page
        for parameter in capability.parameters:
            assert f'name="{parameter.name}"' in page
        rows = record.run(key).rows
        assert ('id="table-1"' in page) and (rows or ("缺少" in page or "Missing" in page))


def test_rows_are_sorted_paged_and_named(record: Any, signed_in: Client) -> None:
    client = signed_in("lead")
    page = text(client.get("/readings/otif/?sort=-delivered"))
    assert 'aria-sort="descending"' in page
    total = len(record.run("otif").rows)
    assert f"共 {total} 条" in page
    assert "第 2 / " in text(client.get("/readings/otif/?page=2&size=20"))
    page = text(client.get("/readings/spend/"))
    assert "云岭茶叶合作社" in page
    assert 'href="/things/party/FARM-01/"' in page


def test_a_chart_says_what_it_leaves_out(record: Any, signed_in: Client) -> None:
    page = text(signed_in("lead").get("/readings/otif/"))
    total = len(record.run("otif").rows)
    assert f"图中为数值最大的 12 项，共 {total} 项" in page
    assert 'role="img"' in page


def test_a_trace_is_drawn_as_a_network_and_opens_its_entries(
    record: Any, signed_in: Client
) -> None:
    client = signed_in("lead")
    page = text(client.get("/readings/trace_back/?lot=T-NEW"))
    assert "L-01-01" in page
    assert "chart-node" in page
    key = re.findall(r"evidence=([0-9a-f]{16})#evidence", page)[0]
    page = text(client.get(f"/readings/trace_back/?lot=T-NEW&evidence={key}"))
    assert 'id="evidence"' in page
    assert record.head().root.hex() in page
    seqs = {int(seq) for seq in re.findall(r'href="/entries/(\d+)/"', page)}
    assert seqs == set(record.run("trace_back", lot="T-NEW").evidence(("T-NEW", "L-01-01")))


def test_the_downloads_hold_the_whole_table(record: Any, signed_in: Client) -> None:
    client = signed_in("lead")
    table = record.run("spend", by="item")
    answer = client.get("/readings/spend/download/csv?by=item&page=2")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == table.names
    assert len(rows) == len(table.rows) + 1
    assert 'filename="spend-' in answer["Content-Disposition"]
    whole = client.get("/readings/spend/download/json?by=item").json()
    assert (whole["key"], whole["rows"]) == ("spend", table.plain())
    assert client.get("/readings/spend/download/pdf").status_code == 404


def test_what_is_not_understood_is_explained(record: Any, signed_in: Client) -> None:
    client = signed_in("lead")
    answer = client.get("/readings/spend/?as_of=999999")
    assert answer.status_code == 400
    assert "as_of：记录只有" in text(answer)
    assert client.get("/readings/spend/?since=yesterday").status_code == 400
    assert client.get("/readings/spend/?by=colour").status_code == 400
    assert client.get("/readings/no_such_reading/").status_code == 404
    assert client.get("/readings/spend/download/csv?as_of=x").status_code == 400


def test_a_moment_in_the_past_gives_what_was_known_then(record: Any, signed_in: Client) -> None:
    page = text(signed_in("lead").get("/readings/otif/?as_of=20"))
    assert "截至第 20 条记录" in page
    assert "在此条件下没有结果" in page
    assert "--as-of 20" in page
    page = text(signed_in("lead").get("/readings/otif/?until=2026-04-30"))
    assert "--until 2026-04-30T15:59:59.999999Z" in page


def test_an_empty_reading_says_what_data_it_waits_for(record: Any, signed_in: Client) -> None:
    page = text(signed_in("lead").get("/readings/footprint/?as_of=1"))
    assert "计算所需的数据" in page
    assert "事实·排放" in page


def test_a_party_reads_its_own_and_is_told_so(record: Any, signed_in: Client) -> None:
    from lianshu.site.models import Organisation

    organisation = Organisation.objects.get(people__username="supplier")
    organisation.party_key = ""
    organisation.save()
    page = text(signed_in("supplier").get("/readings/spend/"))
    assert "您的角色尚未获得读取记录的授权" in page
    assert "云岭茶叶合作社" not in page
    organisation.party_key = "FARM-01"
    organisation.save()
    page = text(signed_in("supplier").get("/readings/spend/"))
    assert "下面只含提到贵单位的流" in page
    assert "云岭茶叶合作社" in page
    assert "松谷茶园" not in page
    organisation.party_key = ""
    organisation.save()


def test_a_spreadsheet_runs_nothing_that_somebody_wrote() -> None:
    from lianshu.site.readings.exporting import csv_cell

    assert csv_cell("=HYPERLINK(0)", "text") == "'=HYPERLINK(0)"
    assert csv_cell("-12.5", "money") == "-12.5"


def drawn(kind: str, rows: list[tuple[Any, ...]], by: str = "") -> Any:
    """The charts of a table made here: name, group, value and a count."""
    from lianshu.app.result import Table
    from lianshu.capability.registry import Capability, Chart, Column, Example
    from lianshu.site.readings.drawing import drawings

    words = Text("名", "name")
    columns = (
        Column("x", "text", words), Column("by", "text", words),
        Column("y", "ratio", words), Column("n", "integer", words),
    )  # fmt: skip
    capability = Capability(
        "toy", "toy", words, words, words, columns, ("x", "by"), (), "", "", Example("", []),
        lambda _: [], chart=Chart(kind, "x", "y", by),
    )  # fmt: skip
    return drawings(Table(capability, 0, rows, lambda _: []), {})


def test_a_line_is_drawn_over_periods_and_names_get_bars(site: Any) -> None:
    months: list[tuple[Any, ...]] = [(f"2026-{m:02d}", "", m / 20, 1) for m in range(1, 8)]
    figure: Figure = drawn("line", months).figures[0]
    assert "2026-01 至 2026-07，共 7 期" in figure.description
    assert [name for name, _ in figure.rows] == [row[0] for row in months]
    figure = drawn("line", [("甲", "", 0.5, 1), ("乙", "", 0.25, 1)]).figures[0]
    assert figure.rows == (("甲", "50.0%"), ("乙", "25.0%"))


def test_a_heat_table_takes_those_with_most_behind_them(site: Any) -> None:
    rows: list[tuple[Any, ...]] = [
        (f"c{n:02d}", f"r{m:02d}", 0.5, n * m) for n in range(12) for m in range(20)
    ]
    heat = drawn("heat", rows, "by").heats[0]
    assert (len(heat.rows), len(heat.columns)) == (15, 10)
    assert heat.rows[0][0] == "r19"
    assert "20 行中的 15 行" in heat.caption


def test_nothing_is_drawn_of_nothing(site: Any) -> None:
    assert drawn("bar", []).figures == []
    assert drawn("bar", [("甲", "", None, 1)]).figures == []
    assert len(drawn("mosaic", [("甲", "", 0.5, 1)]).figures) == 1
