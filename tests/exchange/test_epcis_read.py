"""EPCIS events as entries: what is kept, what is refused and where, and that nothing else matters."""

from __future__ import annotations

import csv
import gzip
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lianshu.app.workspace import init
from lianshu.exchange.epcis.meaning import canonical_event
from lianshu.exchange.epcis.read import looks_like_epcis, read_epcis
from lianshu.exchange.intake import detect_format, read_input
from lianshu.flow.wire import Prepared, prepare
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.record.canonical import parse_canonical
from lianshu.record.entry import Draft

EPC = "urn:epc:id:sgtin:4012345.011111.9876"
CLASS = "urn:epc:class:lgtin:4012345.012345.998877"


def event(**changes: Any) -> dict[str, Any]:
    """A valid object event with some members changed; None takes a member away."""
    whole = {
        "type": "ObjectEvent",
        "eventID": "urn:uuid:1",
        "eventTime": "2026-03-01T08:00:00.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE",
        "bizStep": "receiving",
        "epcList": [EPC],
        "readPoint": {"id": "urn:epc:id:sgln:4012345.00005.0"},
    } | changes
    return {name: value for name, value in whole.items() if value is not None}


def line(**changes: Any) -> bytes:
    return json.dumps(event(**changes), ensure_ascii=False).encode()


def one(data: bytes) -> Draft | Refusal:
    (answer,) = read_epcis(data)
    return answer


def quantity(written: str) -> bytes:
    element = f'[{{"epcClass":"{CLASS}","quantity":{written},"uom":"KGM"}}]'
    return line(quantityList="?").replace(b'"?"', element.encode())


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (b"[1,2,3]", "$"),
        (b'"ObjectEvent"', "$"),
        (b"17", "$"),
        (b"null", "$"),
        (line()[:-1], "$"),
        (line()[:100], "$"),
        (line() + b"}", "$"),
        (line(bizStep="?").replace(b"?", b"\x80"), "$"),
        (line(**{"ex:note": "?"}).replace(b"?", b"\xc3"), "$"),
        (line(type=None), "$.type"),
        (line(type="MagicEvent"), "$.type"),
        (line(type=7), "$.type"),
        (line(eventTime=None), "$.eventTime"),
        (line(eventTime="2026-13-40T25:00:00Z"), "$.eventTime"),
        (line(eventTime="2026-02-29T08:00:00Z"), "$.eventTime"),
        (line(eventTime="2026-03-01T08:00:00"), "$.eventTime"),
        (line(eventTime="2026-03-01 08:00:00Z"), "$.eventTime"),
        (line(eventTime="2026-03-01T08:00Z"), "$.eventTime"),
        (line(eventTime="2026-03-01"), "$.eventTime"),
        (line(eventTime="yesterday"), "$.eventTime"),
        (line(eventTime=""), "$.eventTime"),
        (line(eventTime=1772323200), "$.eventTime"),
        (line(recordTime="2026-03-01T08:00:00"), "$.recordTime"),
        (line(eventTimeZoneOffset=None), "$.eventTimeZoneOffset"),
        *(
            (line(eventTimeZoneOffset=offset), "$.eventTimeZoneOffset")
            for offset in ("8", "08:00", "+8:00", "+14:30", "+25:00", "+08:60", "Z", "", 8)
        ),
        (line(action=None), "$.action"),
        (line(action="STEAL"), "$.action"),
        (line(action="observe"), "$.action"),
        (line(epcList=None), "$.epcList"),
        (line(epcList=[EPC, 7]), "$.epcList[1]"),
        (line(epcList=[EPC, EPC]), "$.epcList"),
        (line(epcList=EPC), "$.epcList"),
        (line(epcList=["x" * 201]), "$.epcList[0]"),
        (line(eventID=""), "$.eventID"),
        (line(eventID=7), "$.eventID"),
        (line(epcList=["a\nb"]), "$"),
        (line(readPoint="here"), "$.readPoint"),
        (line(readPoint={}), "$.readPoint.id"),
        (line(bizStep=3), "$.bizStep"),
        (quantity('"10"'), "$.quantityList[0].quantity"),
        (quantity('"ten"'), "$.quantityList[0].quantity"),
        (quantity("null"), "$.quantityList[0].quantity"),
        (quantity("true"), "$.quantityList[0].quantity"),
        (quantity("-1"), "$.quantityList[0].quantity"),
        (quantity("1e99"), "$.quantityList[0].quantity"),
        (quantity("1e400"), "$"),
        (quantity("1e-30"), "$.quantityList[0].quantity"),
        (quantity("NaN"), "$"),
        (quantity("1").replace(b"KGM", b"stone's throw"), "$.quantityList[0].uom"),
        (line(type="AggregationEvent", action="ADD", epcList=None, childEPCs=[EPC]), "$.parentID"),
        (line(type="AggregationEvent", action="ADD", parentID="urn:x:p"), "$.childEPCs"),
        (line(type="AssociationEvent", action="OBSERVE", childEPCs=[EPC]), "$.parentID"),
        (line(type="TransactionEvent"), "$.bizTransactionList"),
        (line(type="TransformationEvent", inputEPCList=[EPC]), "$.outputEPCList"),
        (line(type="TransformationEvent", transformationID="urn:x:t"), "$.inputEPCList"),
        (line(**{"ex:far": 2**60}), "ex:far"),
        (line().replace(b"{", b'{"eventID":"urn:uuid:2",', 1), "eventID"),
    ],
)  # fmt: skip
def test_a_fault_is_refused_with_its_path_rule_and_remedy(data: bytes, path: str) -> None:
    refusal = one(data)
    assert isinstance(refusal, Refusal)
    assert (refusal.line, refusal.field) == (1, path)
    assert refusal.rule.zh and refusal.rule.en and refusal.remedy.zh and refusal.remedy.en
    assert refusal.code


def test_key_order_spacing_and_spelling_of_numbers_do_not_matter(rng: random.Random) -> None:
    first = one(quantity("9.5"))
    assert isinstance(first, Draft)
    for spelled in ("9.50", "9.500e0", "95e-1"):
        whole = json.loads(quantity(spelled))
        shuffled = dict(rng.sample(sorted(whole.items()), len(whole)))
        again = one(json.dumps(shuffled, separators=(" ,", " : ")).encode())
        assert isinstance(again, Draft) and again.payload == first.payload
    other = one(quantity("9.51"))
    assert isinstance(other, Draft) and other.payload != first.payload


def test_the_payload_is_canonical_and_keeps_the_whole_event() -> None:
    whole = event(**{"ex:注": '“引号”" \\ \n 🍵', "ex:float": 1e21, "ex:deep": [[{"a": None}]]})
    answer = one(json.dumps(whole).encode())
    assert isinstance(answer, Draft) and answer.canonical
    entry, form = parse_canonical(answer.payload)
    assert form == answer.payload
    assert json.loads(entry["origin"]["event"]) == whole
    assert isinstance(prepare(answer, 0), Prepared)


def test_the_short_way_to_the_canonical_form_gives_the_same_bytes(rng: random.Random) -> None:
    def tree(depth: int) -> Any:
        leaf = [1, -0.0, 0.1, 1e300, 5e-324, 2**53, 123456789.125, "茶", "a:1234567890123456", "é\n",
                "\U0001f375", "\ue000", True, None, ""]  # fmt: skip
        kind = rng.random()
        if depth and kind < 0.4:
            return {
                rng.choice("abZé茶\ue000\U0001f375") + str(n): tree(depth - 1) for n in range(4)
            }
        return [tree(depth - 1) for _ in range(3)] if depth and kind < 0.6 else rng.choice(leaf)

    for _ in range(400):
        payload = json.dumps({"x": tree(3)}, ensure_ascii=rng.random() < 0.3).encode()
        assert canonical_event(payload) == parse_canonical(payload)[1]
    for text in (b'{"a":1e999}', b'{"a":9007199254740993}', b'{"a":1,"a":1}', b'{"a":' + b"[" * 80):
        with pytest.raises(Refused):
            canonical_event(text)


def test_without_an_event_id_the_meaning_names_the_entry() -> None:
    first, again = one(line(eventID=None)), one(line(eventID=None).replace(b": ", b":"))
    assert isinstance(first, Draft) and isinstance(again, Draft)
    assert json.loads(first.payload)["id"].startswith("epcis:sha256:")
    assert first.payload == again.payload


def test_record_time_is_told_and_fine_times_are_cut() -> None:
    answer = one(
        line(eventTime="2026-03-01T00:00:00.123456789Z", recordTime="2026-03-01T08:00:01.5+08:00")
    )
    assert isinstance(answer, Draft)
    entry = json.loads(answer.payload)
    assert entry["recorded"] == "2026-03-01T00:00:01.5Z"
    assert entry["flows"][0]["time"] == 1772323200123456


def document(*events: dict[str, Any], context: Any = "https://ref.gs1.org/epcis-context") -> Any:
    return {"@context": context, "type": "EPCISDocument", "epcisBody": {"eventList": [*events]}}


@pytest.mark.parametrize("indent", [None, 2])
def test_a_document_is_answered_event_by_event(tmp_path: Path, indent: int | None) -> None:
    text = json.dumps(document(event(), event(action="x"), event(eventID="b")), indent=indent)
    path = tmp_path / "document.json.gz"
    path.write_bytes(gzip.compress(text.encode()))
    assert detect_format(path) == "epcis"
    answers = list(read_input(path))
    assert [type(answer) for answer in answers] == [Draft, Refusal, Draft]
    assert [answer.line for answer in answers] == [1, 2, 3]
    assert answers[0] == one(line())


def test_a_document_hands_its_prefixes_on() -> None:
    prefixes = ["https://ref.gs1.org/epcis-context", {"ex": "http://ns.example.com/"}]
    (answer,) = read_epcis(json.dumps(document(event(), context=prefixes)).encode())
    assert isinstance(answer, Draft)
    assert json.loads(json.loads(answer.payload)["origin"]["context"]) == prefixes


@pytest.mark.parametrize(
    "data",
    [
        b'{\n"type":"EPCISDocument"}',
        b'{"type":"EPCISDocument","epcisBody":{"eventList":7}}',
        b'{\n"type":"EPCISDocument","epcisBody":{"eventList":[]},"x":"\xff"}',
        b"",
        b"%PDF-1.7",
    ],
)
def test_a_document_that_is_none_is_one_refusal_of_the_file(data: bytes) -> None:
    refusal = one(data)
    assert isinstance(refusal, Refusal) and refusal.line == 0


def test_lines_count_as_they_stand_and_a_bad_first_line_is_only_a_line() -> None:
    data = line()[:50] + b"\n\n" + line() + b"\r\n" + json.dumps(document()).encode() + b"\n"
    answers = list(read_epcis(data))
    assert [(type(answer), answer.line) for answer in answers] == [
        (Refusal, 1), (Draft, 3), (Refusal, 4)]  # fmt: skip
    assert looks_like_epcis(data)


def test_one_event_over_many_lines_is_one_event() -> None:
    assert one(json.dumps(event(), indent=1).encode()) == one(line())


# The peak of this program image alone: ru_maxrss of a child begins with what its parent held.
CAPTURE_AND_TELL = """
import re, sys
from pathlib import Path
from lianshu.cli.main import main
code = main(sys.argv[1:])
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1], file=sys.stderr)
sys.exit(code)
"""


def test_acceptance_stream_gets_the_outcomes_of_its_labels(
    tmp_path: Path, shared_data: Path
) -> None:
    faults, out = shared_data / "craft" / "capture_faults", tmp_path / "out.csv"
    init(tmp_path / "w").close()
    command = [sys.executable, "-c", CAPTURE_AND_TELL, "capture", str(tmp_path / "w")]
    command += [str(faults / "stream.ndjson"), "--format", "epcis", "--outcomes", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stderr) < 300_000  # KiB
    with out.open(encoding="utf-8") as file:
        got = [(row["line"], row["outcome"]) for row in csv.DictReader(file)]
    with (faults / "labels.csv").open(encoding="utf-8") as file:
        assert got == [(row["line"], row["expect"]) for row in csv.DictReader(file)]
