"""Native entries: bytes pass as received, and a bad line costs only itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lianshu.exchange.entries import MAX_ENTRY_BYTES, read_entries
from lianshu.kernel.refusal import Refusal
from lianshu.record.entry import Draft


def test_bytes_pass_as_received_and_blank_lines_count() -> None:
    found = list(read_entries(b'{ "id" : "a" }\r\n \n{"id":"b"}'))
    assert found == [Draft(1, b'{ "id" : "a" }'), Draft(3, b'{"id":"b"}')]


def test_a_long_line_and_a_broken_one_are_refused_and_reading_goes_on() -> None:
    long = b'{"id":"' + b"x" * (MAX_ENTRY_BYTES * 3) + b'"}'
    found = list(read_entries(b"{}\n" + long + b"\n\xff\xfe{}\n{}\n"))
    said = [(one.line, one.code if isinstance(one, Refusal) else "") for one in found]
    assert said == [(1, ""), (2, "entry_size"), (3, "encoding"), (4, "")]


def test_an_empty_file_is_refused() -> None:
    assert [one.code for one in read_entries(b"") if isinstance(one, Refusal)] == ["file_empty"]


@given(st.binary(max_size=2_000))
def test_no_bytes_raise(data: bytes) -> None:
    for one in read_entries(data):
        assert isinstance(one, Draft | Refusal)
