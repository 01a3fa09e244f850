"""EPCIS 2.0 events in JSON or JSON-LD as entries: one event, one entry with its flows.

The entry keeps the event's RFC 8785 text under ``origin.event``. Sending an event again with other
spacing or key order is therefore the same entry, and another content under its ``eventID`` a conflict.
"""

# ruff: noqa: N815 - members keep the names that EPCIS gives them
from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO, Final, cast

import msgspec

from lianshu.exchange.entries import read_entries
from lianshu.exchange.epcis.event import instant, read_event
from lianshu.exchange.epcis.meaning import canonical_event
from lianshu.exchange.epcis.projection import flows_of
from lianshu.exchange.source import MAX_BYTES, MEBIBYTE, Source, open_source, too_big
from lianshu.kernel.instant import format_instant
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.record.canonical import canonical
from lianshu.record.entry import Draft
from lianshu.record.envelope import decode_refusal

MAX_DOCUMENT_BYTES: Final = 64 * MEBIBYTE  # a document is held whole; more events go as NDJSON
_HEAD_BYTES: Final = 65_536
_DOCUMENT: Final = re.compile(rb'"type"\s*:\s*"EPCISDocument"')
_EVENT: Final = re.compile(rb'"type"\s*:\s*"(?:EPCISDocument|[A-Za-z]+Event)"')
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NOT_UTF8: Final[dict[str, Any]] = {
    "field": "$",
    "rule": Text("不是 UTF-8", "it is not UTF-8"),
    "remedy": Text("JSON 一律存为 UTF-8", "save JSON as UTF-8"),
}
_ENCODE: Final = msgspec.json.Encoder(order="sorted").encode


class _Body(msgspec.Struct):
    eventList: list[msgspec.Raw]


class _Document(msgspec.Struct, tag_field="type", tag="EPCISDocument"):
    epcisBody: _Body
    context: msgspec.Raw = msgspec.field(default=msgspec.Raw(), name="@context")


def read_epcis(source: Source, *, max_bytes: int = MAX_BYTES) -> Iterator[Draft | Refusal]:
    """One draft for each event, or its refusal, of NDJSON or of one EPCISDocument.

    ``line`` is the line of the NDJSON, or the place of the event in the document's list, from 1.
    Refusals name the JSON path in the event. Line 0 is of the whole file. Source: EPCIS 2.0 §7, §9.

    >>> event = (b'{"type":"ObjectEvent","eventID":"urn:uuid:1","eventTime":"2026-03-01T00:00:00Z",'
    ...          b'"eventTimeZoneOffset":"+08:00","action":"OBSERVE","epcList":["urn:epc:id:sscc:6901234.1"]}')
    >>> [one.line for one in read_epcis(event + b"\\n\\n" + event)]
    [1, 3]
    >>> [(one.line, one.field) for one in read_epcis(event.replace(b"00Z", b"00"))]
    [(1, '$.eventTime')]
    """
    try:
        reader = open_source(source, max_bytes=max_bytes, max_line_bytes=max_bytes)
        if _is_document(reader.peek(_HEAD_BYTES)[:_HEAD_BYTES]):
            data = reader.read(MAX_DOCUMENT_BYTES + 1)
            if len(data) > MAX_DOCUMENT_BYTES:
                raise too_big(MAX_DOCUMENT_BYTES)
            yield from _document(data)
            return
        for one in read_entries(cast(BinaryIO, reader), max_bytes=max_bytes):
            if isinstance(one, Draft):
                yield _answer(one.line, one.payload)
            else:
                yield replace(one, **_NOT_UTF8) if one.code == "encoding" else one
    except Refused as refused:
        yield from refused.refusals


def looks_like_epcis(head: bytes) -> bool:
    """Whether the first bytes of a JSON file are of an EPCIS document or of events as NDJSON.

    >>> looks_like_epcis(b'{"eventID":"e1","type":"ObjectEvent"}'), looks_like_epcis(b'{"id":"e1"}')
    (True, False)
    """
    for line in head.split(b"\n"):
        value = _json(line)
        if isinstance(value, dict):
            kind = value.get("type")
            return isinstance(kind, str) and kind.endswith(("Event", "EPCISDocument"))
    # No line is JSON by itself: one document over many lines, or one line longer than the head.
    return _EVENT.search(head) is not None


def _is_document(head: bytes) -> bool:
    """Whether it is one JSON document, told by its first line, which may be all of it."""
    first, _, rest = head.lstrip(b" \t\r\n").partition(b"\n")
    if first.strip() == b"{":
        return True
    if _DOCUMENT.search(head) is None:
        return False
    value = _json(first)
    if value is None:  # a document breaks where it may go on, a cut line anywhere
        return first.rstrip().endswith((b"{", b"[", b",", b":")) or not rest.strip()
    return isinstance(value, dict) and value.get("type") == "EPCISDocument" and not rest.strip()


def _json(line: bytes) -> Any:
    try:
        return msgspec.json.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _document(data: bytes) -> Iterator[Draft | Refusal]:
    value = _json(data)
    if isinstance(value, dict) and value.get("type") != "EPCISDocument":
        yield _answer(1, data.strip(b" \t\r\n"))
        return
    try:
        data.decode()  # msgspec reads past what it keeps raw
        document = msgspec.json.decode(data, type=_Document)
        context = _prefixes(bytes(document.context))
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Refused(decode_refusal(error)) from None
    except RecursionError:
        rule = Text("嵌套太深", "it is nested too deeply")
        raise Refused(Refusal("$", rule, Text("减少嵌套", "nest less"), code="depth")) from None
    for line, event in enumerate(document.epcisBody.eventList, 1):
        yield _answer(line, bytes(event), context)


def _prefixes(context: bytes) -> str:
    """Canonical text of a document's ``@context`` if it declares prefixes of extension fields."""
    return canonical(msgspec.json.decode(context)).decode() if b"{" in context else ""


def _answer(line: int, event: bytes, context: str = "") -> Draft | Refusal:
    try:
        return Draft(line, _payload(event, context), canonical=True)
    except Refused as refused:
        return refused.refusals[0].at_line(line)


def _payload(raw: bytes, context: str) -> bytes:
    """The entry of one event, in RFC 8785 form: member names are ASCII and the event is text."""
    event = read_event(raw)
    form = canonical_event(raw)
    id_ = event.eventID or f"epcis:sha256:{hashlib.sha256(form).hexdigest()}"
    origin = {"event": form.decode()}
    if context:
        origin["context"] = context
    entry = {"id": id_, "kind": "event", "flows": flows_of(event, id_), "origin": origin}
    if event.recordTime:
        entry["recorded"] = format_instant(instant(event.recordTime, "$.recordTime"))
    if b"\\" in raw:
        _check_keys(entry)
    return _ENCODE(entry)


def _check_keys(entry: dict[str, Any]) -> None:
    """Identifiers hold no control character; only an escape can bring one in."""
    texts = [entry["id"], *(value for flow in entry["flows"] for value in flow.values())]
    for text in texts:
        if isinstance(text, str) and _CONTROL.search(text):
            rule = Text("标识不得含控制字符", "an identifier has no control character")
            remedy = Text("删去该字符", "remove the character")
            raise Refused(Refusal("$", rule, remedy, code="control"))
