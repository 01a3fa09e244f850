"""The contract for programs: what other programs may count on, held by the installed command itself."""

from __future__ import annotations

import csv
import json
import lzma
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import environment, lianshu
from tests.conftest import ROOT

# A leaf that becomes tea, small enough to work out by hand; times are days since 1970-01-01.
HEADER = (
    "flow,mood,action,time,item,lot,qty,unit,from_party,to_party,from_place,to_place,"
    "process,order,fulfils,reciprocal"
)
FLOWS = f"""{HEADER}
P1,promise,transfer,5,leaf,,10,kg,farm,mill,,,,PO1,,
M1,promise,transfer,30,CNY,,120,CNY,mill,farm,,,,PO1,,P1
F1,fact,produce,3,leaf,L1,10.50,kg,,farm,,farm,pick,,,
F2,fact,transfer,4,leaf,L1,10,kg,farm,mill,farm,mill,,PO1,P1,
F3,fact,invoice,4,CNY,,120.00,CNY,farm,mill,,,,PO1,,
F4,fact,pay,20,CNY,,50,CNY,mill,farm,,,,PO1,,
F5,fact,consume,6,leaf,L1,8,kg,mill,,mill,,roast,,,
F6,fact,produce,6,tea,T1,2,kg,,mill,,mill,roast,,,
F7,fact,emit,6,CO2e,,5,kg,mill,,,,roast,,,
P3,promise,transfer,8,tea,,3,kg,mill,shop,,,,SO1,,
M3,promise,transfer,40,CNY,,195,CNY,shop,mill,,,,SO1,,P3
F8,fact,transfer,9,tea,T1,1.5,kg,mill,shop,mill,shop,,SO1,P3,
"""
LINES = FLOWS.count("\n") - 1

ANSWERS: dict[str, tuple[list[str], list[list[Any]]]] = {
    "stock": (["place", "item", "lot", "qty"], [
        ["farm", "leaf", "L1", "0.5"], ["mill", "leaf", "L1", "2"],
        ["mill", "tea", "T1", "0.5"], ["shop", "tea", "T1", "1.5"]]),
    "trace_back": (["root", "lot"], [["T1", "L1"]]),
    "trace_forward": (["root", "lot"], [["L1", "T1"]]),
    "recall_parties": (["lot", "party"], [["L1", "farm"], ["L1", "mill"], ["L1", "shop"]]),
    "otif": (["order", "promised", "delivered", "on_time", "in_full"], [
        ["PO1", "10", "10", True, True], ["SO1", "3", "1.5", False, False]]),
    "four_flows": (
        ["order", "promised", "goods", "invoiced", "paid", "receivable", "financeable", "consistent"],
        [["PO1", "120", "120", "120", "50", "70", "70", True],
         ["SO1", "195", "97.5", "0", "0", "97.5", "0", True]]),
    "footprint": (["lot", "kg_per_kg"], [["T1", 2.5]]),
    "supplier_hhi": (["party", "hhi"], [["mill", 1.0]]),
    "process_yield": (["process", "yield"], [["roast", 0.25]]),
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``flows.csv`` captured in the workspace ``w``; tests that change it take a copy."""
    folder = tmp_path_factory.mktemp("contract")
    (folder / "flows.csv").write_text(FLOWS, encoding="utf-8")
    lianshu("init", "w", at=folder)
    lianshu("capture", "w", "flows.csv", "--outcomes", "out.csv", at=folder)
    return folder


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    """A copy of ``made`` to change."""
    shutil.copytree(made, tmp_path / "copy")
    return tmp_path / "copy"


def outcomes(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read(folder: Path, key: str, *more: str, workspace: str = "w") -> dict[str, Any]:
    done = lianshu("run", key, "--workspace", workspace, "--format", "json", *more, at=folder)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_every_data_line_of_flows_has_one_outcome(made: Path) -> None:
    rows = outcomes(made / "out.csv")
    assert [(row["line"], row["outcome"]) for row in rows] == [
        (str(n), "accept") for n in range(1, LINES + 1)
    ]
    assert list(rows[0]) == ["line", "outcome", "reason"]


@pytest.mark.parametrize("key", ANSWERS)
def test_the_nine_readings_have_these_columns_and_answers(made: Path, key: str) -> None:
    answer = read(made, key)
    assert list(answer) == ["key", "as_of", "columns", "rows"]
    assert (answer["key"], answer["as_of"]) == (key, LINES)
    assert (answer["columns"], answer["rows"]) == ANSWERS[key]


def test_another_engine_answers_alike(copy: Path) -> None:
    """Every reading on every engine is the conformance suite's; here the option itself."""
    pytest.importorskip("duckdb", reason="the extra `analytics` is not installed")
    for key in ("four_flows", "trace_back"):
        answer = read(copy, key, "--store", "duckdb")
        assert (answer["columns"], answer["rows"]) == ANSWERS[key]


def test_a_server_can_hold_the_record(made: Path, tmp_path: Path, postgres_database: str) -> None:
    lianshu("init", "w", at=tmp_path, LIANSHU_DSN=postgres_database)
    lianshu("capture", "w", made / "flows.csv", at=tmp_path, LIANSHU_DSN=postgres_database)
    for store in ([], ["--store", "postgres"]):
        done = lianshu("run", "four_flows", "--workspace", "w", "--format", "json", *store,
                       at=tmp_path, LIANSHU_DSN=postgres_database)  # fmt: skip
        assert json.loads(done.stdout)["rows"] == ANSWERS["four_flows"][1]
    said = lianshu("verify", "w", at=tmp_path, LIANSHU_DSN=postgres_database).stdout
    assert f"{LINES} entries" in said


def test_quantities_and_money_are_decimal_text(made: Path) -> None:
    for key in ("stock", "otif", "four_flows"):
        columns, rows = ANSWERS[key]
        texts = {"qty", "promised", "delivered", "goods", "invoiced", "paid", "receivable",
                 "financeable"}  # fmt: skip
        for row in read(made, key)["rows"]:
            for name, value in zip(columns, row, strict=True):
                assert isinstance(value, str) or name not in texts, (key, name)
        assert rows


def test_evidence_comes_only_when_asked_for(made: Path) -> None:
    answer = read(made, "otif", "--evidence")
    assert list(answer) == ["key", "as_of", "columns", "rows", "evidence"]
    assert answer["evidence"] == [[1, 4], [10, 12]]


def test_as_of_an_entry_number_is_what_was_known_then(made: Path) -> None:
    answer = read(made, "stock", "--as-of", "4")
    assert answer["as_of"] == 4
    assert answer["rows"] == [["farm", "leaf", "L1", "0.5"], ["mill", "leaf", "L1", "10"]]
    assert read(made, "stock", "--as-of", "0")["rows"] == []


def test_as_of_a_time_is_what_had_been_committed_by_then(copy: Path) -> None:
    between = datetime.now(UTC).isoformat()
    late = f"{HEADER}\nF9,fact,transfer,10,tea,T1,1.5,kg,mill,shop,mill,shop,,SO1,P3,\n"
    (copy / "late.csv").write_text(late, encoding="utf-8")
    lianshu("capture", "w", "late.csv", at=copy)
    now = {row[0]: row for row in read(copy, "otif")["rows"]}
    then = read(copy, "otif", "--as-of", between)
    assert now["SO1"][2:] == ["3", False, True]
    assert then["as_of"] == LINES
    assert then["rows"] == ANSWERS["otif"][1]
    assert read(copy, "otif", "--as-of", "2000-01-01T00:00:00Z")["as_of"] == 0


def test_parameters_choose(made: Path) -> None:
    assert read(made, "trace_back", "--param", "lot=T1")["rows"] == [["T1", "L1"]]
    assert read(made, "trace_back", "--param", "lot=L1")["rows"] == []
    assert read(made, "supplier_hhi", "--param", "items=all")["rows"] == [
        ["mill", 1.0],
        ["shop", 1.0],
    ]


def test_the_workspace_may_be_named_by_the_environment(copy: Path) -> None:
    place = str(copy / "w")
    again = lianshu("capture", "flows.csv", at=copy, LIANSHU_WORKSPACE=place)
    assert json.loads(again.stdout.splitlines()[0])["exists"] == LINES
    done = lianshu("run", "stock", "--format", "json", at=copy, LIANSHU_WORKSPACE=place)
    assert json.loads(done.stdout)["rows"] == ANSWERS["stock"][1]
    assert lianshu("verify", at=copy, LIANSHU_WORKSPACE=place).stdout
    lianshu("init", at=copy, LIANSHU_WORKSPACE=str(copy / "new"))
    assert (copy / "new" / "workspace.json").exists()


def test_the_same_id_exists_or_conflicts(copy: Path) -> None:
    lines = FLOWS.splitlines()
    second = [
        lines[0],
        lines[1],
        lines[2].replace(",120,", ",121,"),
        lines[3].replace("10.50", "10.5"),
    ]
    (copy / "second.csv").write_text("\n".join(second) + "\n", encoding="utf-8")
    lianshu("capture", "w", "second.csv", "--outcomes", "second-out.csv", at=copy)
    rows = outcomes(copy / "second-out.csv")
    assert [row["outcome"] for row in rows] == ["exists", "conflict", "exists"]
    assert "entry 2" in rows[1]["reason"]
    assert read(copy, "stock")["as_of"] == LINES


def test_a_mapping_answers_every_line(tmp_path: Path) -> None:
    source = ROOT / "examples/scms/scms_2006_2013H1.csv.xz"
    with lzma.open(source, "rt", encoding="utf-8") as file:
        head = [next(file) for _ in range(41)]
    (tmp_path / "export.csv").write_text("".join(head), encoding="utf-8")
    lianshu("init", "w", at=tmp_path)
    lianshu(
        "capture", "w", "export.csv", "--format", "mapping:scms", "--outcomes", "out.csv",
        "--report", "report.json", at=tmp_path,
    )  # fmt: skip
    rows = outcomes(tmp_path / "out.csv")
    assert [row["line"] for row in rows] == [str(n) for n in range(1, 41)]
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert (report["lines"], report["refused"]) == (40, 0)


def test_a_package_answers_every_row_and_a_bad_one_writes_nothing(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples/tea/chain", tmp_path / "chain")
    lianshu("init", "w", at=tmp_path)
    orders = tmp_path / "chain/orders.csv"
    good = orders.read_text(encoding="utf-8")
    orders.write_text(good.replace("FARM-06,MILL-01", "FARM-66,MILL-01", 1), encoding="utf-8")
    bad = lianshu("capture", "w", "chain", "--format", "package", "--errors", "errors.xlsx",
                  at=tmp_path, status=2)  # fmt: skip
    assert "FARM-66" in bad.stderr or "seller" in bad.stderr
    assert (tmp_path / "errors.xlsx").read_bytes()[:2] == b"PK"
    assert read(tmp_path, "stock")["as_of"] == 0
    orders.write_text(good, encoding="utf-8")
    lianshu("capture", "w", "chain", "--outcomes", "out.csv", at=tmp_path)
    data_rows = sum(len(outcomes(path)) for path in (tmp_path / "chain").glob("*.csv"))
    lines = [row["line"] for row in outcomes(tmp_path / "out.csv")]
    assert lines == [str(n) for n in range(1, data_rows + 1)]


def test_verify_prints_the_root_and_names_the_first_bad_entry(copy: Path) -> None:
    root = lianshu("verify", "w", at=copy).stdout.split()[-1]
    assert len(bytes.fromhex(root)) == 32
    for change, seq in (
        ("UPDATE entry SET payload = replace(payload, 'leaf', 'lead') WHERE seq = 7", 7),
        ("DELETE FROM entry WHERE seq = 5", 5),
    ):
        shutil.rmtree(copy / "x", ignore_errors=True)
        shutil.copytree(copy / "w", copy / "x")
        with sqlite3.connect(copy / "x/record.db") as db:
            db.execute(change.replace("replace(payload", "replace(CAST(payload AS TEXT)"))
            db.execute("UPDATE entry SET payload = CAST(payload AS BLOB)")
        db.close()
        bad = lianshu("verify", "x", at=copy, status=1)
        assert f"entry {seq}" in bad.stdout
        answer = json.loads(lianshu("verify", "x", "--format", "json", at=copy, status=1).stdout)
        assert (answer["valid"], answer["findings"][0]["seq"]) == (False, seq)


def test_a_proof_is_checked_without_the_workspace(copy: Path, tmp_path: Path) -> None:
    lianshu("prove", "w", "4", "--out", "proof.json", at=copy)
    vkey = json.loads((copy / "w/workspace.json").read_text(encoding="utf-8"))["vkey"]
    shutil.copy(copy / "proof.json", tmp_path / "proof.json")

    def check(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "lianshu.record.check", *arguments], cwd=tmp_path,
            env=environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip

    good = check("proof.json", "--vkey", vkey)
    assert good.returncode == 0, good.stdout + good.stderr
    assert "F2" in good.stdout
    text = (tmp_path / "proof.json").read_text(encoding="utf-8")
    (tmp_path / "false.json").write_text(text.replace('"seq": 4', '"seq": 5'), encoding="utf-8")
    assert check("false.json").returncode == 1


def test_a_proof_shows_that_the_log_still_begins_with_a_kept_checkpoint(copy: Path) -> None:
    kept = lianshu("checkpoint", "w", at=copy).stdout
    (copy / "kept").write_text(kept, encoding="utf-8")
    more = f"{HEADER}\nF9,fact,produce,10,leaf,L2,1,kg,,farm,,farm,pick,,,\n"
    (copy / "more.csv").write_text(more, encoding="utf-8")
    lianshu("capture", "w", "more.csv", at=copy)
    lianshu("prove", "w", "13", "--checkpoint", "kept", "--out", "proof.json", at=copy)
    lianshu("prove", "w", "13", "--out", "alone.json", at=copy)
    command = [sys.executable, "-m", "lianshu.record.check", "--checkpoint", "kept"]
    for proof, status in (("proof.json", 0), ("alone.json", 1)):
        done = subprocess.run([*command, proof], cwd=copy, env=environment(), check=False,
                              capture_output=True)  # fmt: skip
        assert done.returncode == status, done.stdout
    lianshu("init", "other", at=copy)
    lianshu("capture", "other", "more.csv", at=copy)
    refused = lianshu("prove", "other", "1", "--checkpoint", "kept", at=copy, status=2)
    assert "signature" in refused.stderr


def test_backup_and_restore_bring_the_same_record_back(copy: Path) -> None:
    root = lianshu("verify", "w", at=copy).stdout.split()[-1]
    lianshu("backup", "w", "w.tar.gz", at=copy)
    restored = lianshu("restore", "w.tar.gz", "again", at=copy)
    assert restored.stdout.split()[-1] == root
    assert read(copy, "four_flows", workspace="again")["rows"] == ANSWERS["four_flows"][1]


def test_rebuild_proves_itself(copy: Path) -> None:
    done = lianshu("rebuild", "w", "--verify", at=copy)
    assert "flow" in done.stdout
    assert "false" not in done.stdout
    assert read(copy, "stock")["rows"] == ANSWERS["stock"][1]


def test_list_names_what_there_is(tmp_path: Path) -> None:
    listed = json.loads(lianshu("list", "--format", "json", at=tmp_path).stdout)
    columns = {one["key"]: one["columns"] for one in listed}
    for key, (names, _) in ANSWERS.items():
        assert columns[key] == ",".join(names)
    for kind, word in (("actions", "transfer"), ("mappings", "scms"), ("stores", "duckdb"),
                       ("checks", "negative_on_hand")):  # fmt: skip
        assert word in lianshu("list", kind, at=tmp_path).stdout


def test_a_template_is_empty_and_can_be_captured(tmp_path: Path) -> None:
    lianshu("template", "chain", at=tmp_path)
    lianshu("template", "chain.xlsx", at=tmp_path)
    assert (tmp_path / "chain/datapackage.json").exists()
    assert (tmp_path / "chain.xlsx").read_bytes()[:2] == b"PK"


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "nope", "--workspace", "w"),
        ("run", "stock", "--workspace", "nowhere"),
        ("run", "stock"),
        ("run", "stock", "--workspace", "w", "--param", "lot"),
        ("run", "stock", "--workspace", "w", "--param", "lot=T1"),
        ("run", "stock", "--workspace", "w", "--as-of", "99"),
        ("run", "stock", "--workspace", "w", "--as-of", "2026-03-01"),
        ("run", "stock", "--workspace", "w", "--since", "yesterday"),
        ("run", "spend", "--workspace", "w", "--param", "by=colour"),
        ("run", "stock", "--workspace", "w", "--store", "postgres"),
        ("init", "w"),
        ("verify", "nowhere"),
        ("verify", "w", "--checkpoint", "nothing"),
        ("prove", "w", "0"),
        ("prove", "w", "99"),
        ("prove", "w", "1", "--out", "no/such/folder/proof.json"),
        ("capture", "w", "nothing.csv"),
        ("capture", "w", "flows.csv", "--format", "guess"),
        ("capture", "w", "flows.csv", "--format", "mapping:guess"),
        ("capture", "w", "flows.csv", "--encoding", "guess", "--format", "flows"),
        ("capture", "w", "flows.csv", "--outcomes", "no/such/folder/out.csv"),
        ("backup", "w", "flows.csv"),
        ("restore", "flows.csv", "again"),
        ("restore", "nothing.tar.gz", "again"),
        ("template", "no/such/folder/chain.xlsx"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_mistake_is_refused_with_a_reason(made: Path, arguments: tuple[str, ...]) -> None:
    done = lianshu(*arguments, at=made, status=2)
    assert done.stderr.startswith("lianshu: ")
    assert done.stderr.count("\n") == 1


BAD_FILES: dict[str, bytes] = {
    "empty": b"",
    "random": bytes(range(256)) * 8,
    "pdf": b"%PDF-1.7\n" + b"x" * 100,
    "png": b"\x89PNG\r\n\x1a\n" + bytes(64),
    "zip": b"PK\x03\x04" + bytes(64),
    "old_office": b"\xd0\xcf\x11\xe0" + bytes(64),
    "database": b"SQLite format 3\0" + bytes(64),
    "utf16": FLOWS.encode("utf-16"),
    "cut_gzip": b"\x1f\x8b\x08" + bytes(5),
    "no_header": b"F1,fact,transfer,1,leaf,,1,kg\n",
    "unknown_column": FLOWS.replace("item", "colour", 1).encode(),
}


def test_a_wrong_file_is_refused_and_writes_nothing(copy: Path) -> None:
    for name, data in BAD_FILES.items():
        (copy / name).write_bytes(data)
        done = lianshu("capture", "w", name, "--format", "flows", at=copy, status=2)
        assert done.stderr.startswith("lianshu: "), name
    done = lianshu("capture", "w", "random", at=copy, status=2)
    assert "format" in done.stderr
    assert read(copy, "stock")["as_of"] == LINES


BAD_LINES = {
    "B1,fact,transfer,2026-03-01T08:00:00,leaf,,1,kg,a,b,,,,,,": "time",
    "B2,fact,transfer,1,leaf,,NaN,kg,a,b,,,,,,": "qty",
    "B3,fact,transfer,1,leaf,,-1,kg,a,b,,,,,,": "qty",
    "B4,fact,transfer,1,leaf,,1e3,kg,a,b,,,,,,": "qty",
    "B5,fact,transfer,1,leaf,,1,furlong,a,b,,,,,,": "unit",
    "B6,fact,teleport,1,leaf,,1,kg,a,b,,,,,,": "action",
    "B7,rumour,transfer,1,leaf,,1,kg,a,b,,,,,,": "mood",
    "B8,fact,pay,1,XYZ,,1,XYZ,a,b,,,,,,": "unit",
    ",fact,transfer,1,leaf,,1,kg,a,b,,,,,,": "flow",
    "B9,fact,transfer,1,,,1,kg,a,b,,,,,,": "item",
    "B10,fact,transfer,1,leaf,,1,kg,a,b": "line",
    "B11,fact,transfer,1," + "x" * 300 + ",,1,kg,a,b,,,,,,": "item",
    "B12,fact,transfer,31-12-2026,leaf,,1,kg,a,b,,,,,,": "time",
}


def test_a_bad_line_is_refused_by_itself(copy: Path) -> None:
    good = "G1,fact,transfer,1,leaf,,1,kg,a,b,,,,,,"
    broken = "B13,fact,transfer,1,茶,,1,kg,a,b,,,,,,".encode("gb18030")
    text = "\n".join([HEADER, *BAD_LINES]).encode() + b"\n" + broken + b"\n" + good.encode() + b"\n"
    (copy / "bad.csv").write_bytes(text)
    lianshu("capture", "w", "bad.csv", "--outcomes", "bad-out.csv", at=copy)
    rows = outcomes(copy / "bad-out.csv")
    assert [row["outcome"] for row in rows] == ["reject"] * (len(BAD_LINES) + 1) + ["accept"]
    for row, field in zip(rows, BAD_LINES.values(), strict=False):
        assert field in row["reason"].split(":")[0] or field == "line", row
        assert "; " in row["reason"], row
    assert read(copy, "stock")["as_of"] == LINES + 1


def test_help_is_complete(tmp_path: Path) -> None:
    for language in ("en", "zh"):
        said = lianshu("--help", at=tmp_path, LIANSHU_LANGUAGE=language).stdout
        commands = [
            line.split()[0]
            for line in said.splitlines()
            if line.startswith("    ") and line[4] != " "
        ]
        assert len(commands) >= 14
        for command in commands:
            text = lianshu(command, "--help", at=tmp_path, LIANSHU_LANGUAGE=language).stdout
            assert f"lianshu {command}" in text
