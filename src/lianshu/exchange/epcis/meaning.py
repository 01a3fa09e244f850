"""The meaning of an event as text: its RFC 8785 form, in which key order and spacing are gone."""

from __future__ import annotations

import math
import re
from typing import Final

import msgspec

from lianshu.record.canonical import MAX_DEPTH, number_text, parse_canonical

_FAR_FLOAT: Final = "a double has no such number"
_NOT_FOUR_BYTE_LEAD: Final = bytes(set(range(256)) - set(range(0xF0, 0xF5)))
# Sixteen digits may be more than an exact double holds.
_LONG_NUMBER: Final = re.compile(rb"[:,\[\s]-?[0-9]{16}")


def _float(text: str) -> msgspec.Raw:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(_FAR_FLOAT)
    return msgspec.Raw(number_text(value).encode())


# Floats are printed while they are read, which saves a walk through the tree.
_DECODE: Final = msgspec.json.Decoder(float_hook=_float).decode
_ENCODE: Final = msgspec.json.Encoder(order="sorted").encode


def canonical_event(payload: bytes) -> bytes:
    """The RFC 8785 form of an event; the same bytes and refusals as ``parse_canonical``, faster.

    Whatever could differ (escapes, long integers, a name given twice, deep nesting, characters
    beyond the BMP) takes the plain way.

    >>> canonical_event(b'{"quantity": 9.50, "epcClass": "urn:x"}')
    b'{"epcClass":"urn:x","quantity":9.5}'
    """
    hard = (
        b"\\" in payload
        or payload.count(b"{") + payload.count(b"[") > MAX_DEPTH
        or _LONG_NUMBER.search(payload)
        or not (payload.isascii() or not payload.translate(None, _NOT_FOUR_BYTE_LEAD))
    )
    if not hard:
        try:
            form = _ENCODE(_DECODE(payload))
        except (msgspec.MsgspecError, ValueError):
            return parse_canonical(payload)[1]
        if form.count(b'"') == payload.count(b'"'):
            return form
    return parse_canonical(payload)[1]
