"""Mappings: SCMS is read whole, every non-value is named, and nothing is guessed."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianshu.exchange.mapping.engine import read_mapped
from lianshu.exchange.mapping.report import MappingReport
from lianshu.exchange.mapping.spec import MAPS, MappingSpec, load_mapping, parse_mapping
from lianshu.exchange.source import open_source
from lianshu.flow.wire import Prepared, prepare
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.record.entry import Draft

SCMS = Path(__file__).parents[2] / "examples" / "scms" / "scms_2006_2013H1.csv.xz"


@cache
def loaded(name: str) -> MappingSpec:
    return load_mapping(name)


def mapped(text: str | bytes, name: str = "scms") -> tuple[list[Draft | Refusal], MappingReport]:
    spec = loaded(name)
    report = MappingReport.of(spec)
    data = text.encode() if isinstance(text, str) else text
    return list(read_mapped(data, spec, report)), report


def scms_rows() -> list[dict[str, str]]:
    text = io.TextIOWrapper(open_source(SCMS.read_bytes()), encoding="utf-8", newline="")
    return list(csv.DictReader(text))


def scms_text(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def entry_of(found: list[Draft | Refusal], id_: str) -> dict[str, Any]:
    for one in found:
        if isinstance(one, Draft) and json.loads(one.payload)["id"] == id_:
            entry: dict[str, Any] = json.loads(one.payload)
            return entry
    raise AssertionError(f"no entry {id_}")


def flow_of(entry: dict[str, Any], name: str) -> dict[str, Any]:
    found = [flow for flow in entry["flows"] if flow["id"].endswith(f":{name}")]
    return found[0] if found else {}


def test_all_scms_lines_are_read_and_every_cell_is_accounted_for() -> None:
    found, report = mapped(SCMS.read_bytes())
    drafts = [one for one in found if isinstance(one, Draft)]
    assert len(drafts) == len(found)
    assert all(isinstance(prepare(one, 0), Prepared) for one in drafts)
    kinds = Counter(json.loads(one.payload)["kind"] for one in drafts)
    print(json.dumps(report.as_data("en"), indent=1, ensure_ascii=False))
    assert (report.lines, report.refused, report.entries, report.not_understood) == (
        7110,
        0,
        7110,
        0,
    )
    assert kinds == {"event": 7110, "master": 388}
    assert report.things == {"party": 103, "place": 121, "item": 164}
    assert report.conflicts == 0
    for count in report.columns.values():
        cells = (
            count.understood + count.empty + count.tokens.total() + count.resolved + count.unread
        )
        assert cells == 7110, count.header
    freight, weight = report.columns["freight"], report.columns["weight"]
    assert (freight.understood, freight.resolved) == (4518, 1709)
    assert freight.tokens == {"freight_in_price": 785, "invoiced_apart": 98}
    assert (weight.understood, weight.resolved) == (4656, 1709)
    assert report.columns["mode"].tokens == {"mode_empty": 360}
    assert report.flows["quote"] == 4429


def test_the_bundled_file_is_what_its_source_note_says() -> None:
    data = open_source(SCMS.read_bytes()).read()
    note = (SCMS.parent / "SOURCE.md").read_text(encoding="utf-8")
    assert hashlib.sha256(data).hexdigest() in note


def test_one_scms_line_in_detail() -> None:
    found, _ = mapped(scms_text(scms_rows()[:1]))
    entry = entry_of(found, "scms:line:1")
    promise, price, delivery = (flow_of(entry, n) for n in ("promise", "price", "delivery"))
    assert promise["from_party"] == "scms:party:RANBAXY Fine Chemicals LTD."
    assert promise["to_party"] == "scms:party:Client Côte d'Ivoire"
    assert "agreed" not in promise  # "Date Not Captured" is not a date
    assert (price["qty"], price["unit"], price["reciprocal"]) == ("551", "USD", promise["id"])
    assert (delivery["fulfils"], delivery["process"]) == (promise["id"], "ASN-8")
    assert flow_of(entry, "freight")["qty"] == "780.34"
    assert not flow_of(entry, "quote")
    assert not flow_of(entry, "insurance")
    assert entry["origin"]["PQ First Sent to Client Date"] == "Pre-PQ Process"
    assert entry["recorded"] == "2006-06-02T00:00:00Z"


def test_a_second_export_of_the_same_lines_has_the_same_meaning() -> None:
    rows = scms_rows()[:40]
    first, _ = mapped(scms_text(rows))
    second, _ = mapped(scms_text([dict(reversed(row.items())) for row in rows]))
    digests = [
        {p.log_row[0]: p.log_row[6] for one in found if isinstance(p := prepare(one, 0), Prepared)}
        for found in (
            [d for d in first if isinstance(d, Draft)],
            [d for d in second if isinstance(d, Draft)],
        )
    ]
    assert digests[0] == digests[1]


def reference_rows(freight: str) -> list[dict[str, str]]:
    """Two lines of one shipment; the second refers to the first."""
    first, second = (dict(row) for row in scms_rows()[:2])
    first |= {"ID": "1", "ASN/DN #": "ASN-8", "Freight Cost (USD)": "780.34"}
    second |= {"ID": "3", "ASN/DN #": "ASN-8", "Freight Cost (USD)": freight}
    return [first, second]


def test_a_reference_is_resolved_only_where_it_agrees() -> None:
    found, report = mapped(scms_text(reference_rows("See ASN-8 (ID#:1)")))
    assert (report.columns["freight"].resolved, report.not_understood) == (1, 0)
    assert not flow_of(entry_of(found, "scms:line:3"), "freight")


@pytest.mark.parametrize(
    ("freight", "reason"),
    [
        ("See ASN-9 (ID#:1)", "line 1 is of ASN-8, not of ASN-9"),
        ("See ASN-8 (ID#:77)", "the file has no line 77"),
        ("See ASN-8 (ID#:3)", "line 3 has no such value itself"),
        ("see the other one", "decimal number"),
        ("12,5", "decimal number"),
        ("-5", "not negative"),
    ],
)
def test_what_is_not_understood_is_counted_with_line_and_reason(freight: str, reason: str) -> None:
    found, report = mapped(scms_text(reference_rows(freight)))
    assert report.not_understood == 1
    example = report.columns["freight"].examples[0]
    assert (example.line, example.text) == (2, freight)
    assert reason in example.reason.en
    assert not flow_of(entry_of(found, "scms:line:3"), "freight")


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("Scheduled Delivery Date", "Pending", "required"),
        ("Scheduled Delivery Date", "2-Jun-06", "required"),
        ("Line Item Quantity", "-5", "required"),
        ("Line Item Quantity", "NaN", "required"),
        ("Vendor", "", "required"),
        ("Vendor", "A\0B", "required"),
        ("ID", "1", "duplicate"),
    ],
)
def test_a_required_cell_that_is_not_understood_refuses_its_line(
    column: str, value: str, code: str
) -> None:
    rows = reference_rows("5")
    rows[1][column] = value
    found, report = mapped(scms_text(rows))
    refusals = [one for one in found if isinstance(one, Refusal)]
    assert [(one.line, one.field, one.code) for one in refusals] == [(2, column, code)]
    assert report.refused == 1


def test_lines_that_disagree_about_a_thing_are_reported() -> None:
    rows = reference_rows("5")
    rows[1]["Item Description"], rows[1]["Brand"] = rows[0]["Item Description"], "Another"
    _, report = mapped(scms_text(rows))
    brands = [c for c in report.conflict_examples if c.column == "brand"]
    assert [(c.kept, c.other, c.line) for c in brands] == [("Reveal", "Another", 2)]


def test_an_undescribed_column_and_an_unknown_term_are_counted() -> None:
    rows = reference_rows("5")
    for row in rows:
        row["Extra"] = "x"
    rows[1]["Shipment Mode"] = "Zeppelin"
    _, report = mapped(scms_text(rows))
    assert report.undescribed == ("Extra",)
    assert report.not_understood == 2 + 1
    assert report.columns["mode"].examples[0].text == "Zeppelin"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"a,b\n1,2\n", "header_missing"),
        (b"PK\x03\x04", "file_type"),
        (b'ID,"Vendor\n1,2\n', "csv"),
        ("ID,Vendor".encode("utf-16"), "file_type"),
    ],
)
def test_a_wrong_file_is_one_refusal(data: bytes, code: str) -> None:
    found, _ = mapped(data)
    assert [one.code for one in found if isinstance(one, Refusal)] == [code]
    assert len(found) == 1


def test_broken_text_and_a_short_line_refuse_only_their_line() -> None:
    good = scms_text(reference_rows("5")).encode()
    found, _ = mapped(good + b"9,short\r\n" + good.splitlines()[1].replace(b"1,", b"9,", 1).replace(
        "ô".encode(), b"\xf4"))  # fmt: skip
    refusals = [one for one in found if isinstance(one, Refusal)]
    assert [(one.line, one.code) for one in refusals] == [(3, "width"), (4, "encoding")]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("{vendor}", "{nobody}"), "nobody"),
        (("state: value", "state: perhaps"), "Invalid enum value"),
        (("mood: offer", "mode: offer"), "mode"),
        (("{line:digits}", "{line:regex}"), "digits"),
        (("unique: true", "unique: false"), "unique"),
        (("timezone: UTC", "timezone: local"), "timezone"),
        (("kind: event", "kind: rumour"), "rumour"),
        (("name: scms", "name: [a"), "YAML"),
        (("name: scms", "name: !!python/object/apply:os.system [x]"), "YAML"),
        (("name: scms", "name: scms\nname: twice"), "twice"),
        (("name: scms", "name: scms\nextra: &a [1]\nmore: *a"), "alias"),
    ],
)
def test_a_mistake_in_a_mapping_is_refused_before_any_row(
    change: tuple[str, str], said: str
) -> None:
    text = (MAPS / "scms.yaml").read_text(encoding="utf-8")
    assert change[0] in text
    with pytest.raises(Refused) as refused:
        parse_mapping(text.replace(*change).encode())
    assert said in str(refused.value)


def test_an_unknown_mapping_names_those_that_exist() -> None:
    with pytest.raises(Refused, match="scms"):
        load_mapping("nothing")
    with pytest.raises(Refused):
        load_mapping(Path("no/such/map.yaml"))
    with pytest.raises(Refused):
        load_mapping("../../../etc/passwd")


@given(st.binary(max_size=1_000))
def test_no_bytes_raise(data: bytes) -> None:
    header = scms_header()
    for text in (data, header + b"\r\n" + data):
        found, _ = mapped(text)
        assert all(isinstance(one, Draft | Refusal) for one in found)


@given(st.binary(max_size=300))
def test_no_mapping_raises_anything_but_a_refusal(data: bytes) -> None:
    with pytest.raises(Refused):
        parse_mapping(data)


@settings(max_examples=50)
@given(st.lists(st.text(max_size=12), min_size=33, max_size=33))
def test_no_cells_raise(cells: list[str]) -> None:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    data = scms_header() + b"\r\n" + out.getvalue().encode("utf-8", "surrogatepass")
    found, report = mapped(data)
    assert report.lines >= 0
    for one in found:
        assert isinstance(one, Refusal) or isinstance(prepare(one, 0), Prepared)


def scms_header() -> bytes:
    return ",".join(
        dict.fromkeys(column.header for column in loaded("scms").columns.values())
    ).encode()
