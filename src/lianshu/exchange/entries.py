"""Native entries as NDJSON: one JSON object a line, passed on as received.

The bytes are what somebody signed or will be asked about, so nothing is rewritten here: capture
reads, validates and digests them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lianshu.exchange.source import ENCODING_REMEDY, ENCODING_RULE, MAX_BYTES, Source, open_source
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.record.entry import Draft

MAX_ENTRY_BYTES: Final = 1 << 20


def read_entries(source: Source, *, max_bytes: int = MAX_BYTES) -> Iterator[Draft | Refusal]:
    """One draft for each line, with the line's bytes; blank lines count and are skipped.

    A line above 1 MiB or that is not UTF-8 is refused, and reading goes on after it. A refusal of
    line 0 is of the whole file. Source: RFC 8259 §8.1 (UTF-8); ndjson.org.

    >>> [(d.line, d.payload) for d in read_entries(b'{"id":"a"}\\n\\n{"id":"b"}')]
    [(1, b'{"id":"a"}'), (3, b'{"id":"b"}')]
    """
    try:
        # Lines are bounded here, one by one, so that one long line does not cost the whole file.
        reader = open_source(source, max_bytes=max_bytes, max_line_bytes=max_bytes)
        line = 0
        while raw := reader.readline(MAX_ENTRY_BYTES + 2):
            line += 1
            if len(raw) > MAX_ENTRY_BYTES + 1 and not raw.endswith(b"\n"):
                while (rest := reader.readline(MAX_ENTRY_BYTES)) and not rest.endswith(b"\n"):
                    pass
                yield _too_long(line)
                continue
            payload = raw.strip(b" \t\r\n")
            if payload:
                yield _draft(line, payload)
    except Refused as refused:
        yield from refused.refusals


def _draft(line: int, payload: bytes) -> Draft | Refusal:
    try:
        payload.decode("utf-8")
    except UnicodeDecodeError:
        return Refusal("line", ENCODING_RULE, ENCODING_REMEDY, line, "encoding")
    return Draft(line, payload)


def _too_long(line: int) -> Refusal:
    rule = Text("一条记录不得超过 1 MiB", "an entry has at most 1 MiB")
    remedy = Text("拆成几条记录，大附件只存摘要", "split it; of large attachments keep the digest")
    return Refusal("line", rule, remedy, line, "entry_size")
