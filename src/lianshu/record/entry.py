"""Entry: what somebody told us, never changed.

Draft is an entry not yet taken; Entry is one that has its place in the log.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

MEDIA_TYPE = "application/vnd.lianshu.entry+json"
LEAF_VERSION = "lianshu-entry/v1"


@dataclass(frozen=True, slots=True)
class Draft:
    """One entry as it arrived: the 1-based line of the input, its bytes and their media type.

    ``canonical`` says that the bytes already are the RFC 8785 form, so their hash is the digest.
    """

    line: int
    payload: bytes
    media_type: str = MEDIA_TYPE
    canonical: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the log. ``seq`` starts at 1; ``received_us`` is microseconds UTC.

    ``digest`` is SHA-256 of the meaning (RFC 8785 form), so that key order and spacing do not matter.
    """

    seq: int
    id: str
    kind: str
    source: str
    received_us: int
    media_type: str
    payload: bytes
    digest: bytes
    supersedes: str = ""
    key_id: str = ""
    signature: bytes = b""

    def leaf_data(self) -> bytes:
        """The bytes whose hash is this entry's leaf: they commit to envelope, payload and meaning."""
        return leaf_data(
            (
                self.id,
                self.kind,
                self.source,
                self.received_us,
                self.media_type,
                self.supersedes,
                self.key_id,
                self.signature,
            ),
            self.payload,
            self.digest,
        )


Envelope = tuple[str, str, str, int, str, str, str, bytes]


def leaf_data(envelope: Envelope, payload: bytes, digest: bytes) -> bytes:
    """Serialise an envelope for hashing; see ``Entry.leaf_data``.

    >>> data = leaf_data(("a", "event", "", 0, "text/plain", "", "", b""), b"", bytes(32))
    >>> data.split(b"\\n")[:3]
    [b'lianshu-entry/v1', b'a', b'event']
    """
    id_, kind, source, received_us, media_type, supersedes, key_id, signature = envelope
    signed = base64.b64encode(signature).decode() if signature else ""
    return (
        f"{LEAF_VERSION}\n{id_}\n{kind}\n{source}\n{received_us}\n{media_type}\n{supersedes}\n"
        f"{key_id}\n{signed}\n{hashlib.sha256(payload).hexdigest()}\n{digest.hex()}\n"
    ).encode()
