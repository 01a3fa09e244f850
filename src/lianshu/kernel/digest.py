"""SHA-256 digests (FIPS 180-4 §6.2), as a value that cannot be mistaken for other bytes."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

DIGEST_BYTES: Final = 32
_HEX: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, order=True)
class Digest:
    """The 32 bytes of a SHA-256 digest; text is 64 lower-case hexadecimal characters.

    >>> Digest.of(b"abc").hex
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
    >>> Digest.parse(Digest.of(b"abc").hex) == Digest.of(b"abc")
    True
    """

    value: bytes

    def __post_init__(self) -> None:
        assert isinstance(self.value, bytes), "a digest is bytes"
        assert len(self.value) == DIGEST_BYTES, "a SHA-256 digest has 32 bytes"

    @classmethod
    def of(cls, data: bytes) -> Digest:
        """The digest of some bytes."""
        return cls(hashlib.sha256(data).digest())

    @classmethod
    def parse(cls, text: object, field: str = "digest") -> Digest:
        """A digest from its text; upper case is not canonical. Raises ``Refused``."""
        if not isinstance(text, str) or _HEX.fullmatch(text) is None:
            rule = Text("摘要为 64 位小写十六进制", "a digest is 64 lower-case hex characters")
            remedy = Text("填写 SHA-256 摘要", "write the SHA-256 digest")
            raise Refused(Refusal(field, rule, remedy, code="digest_shape"))
        return cls(bytes.fromhex(text))

    @property
    def hex(self) -> str:
        """Text of the digest."""
        return self.value.hex()

    def __str__(self) -> str:
        return self.value.hex()
