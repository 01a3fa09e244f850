"""Checkpoint: the log's signed statement of how long it is and what its root is.

C2SP tlog-checkpoint in a C2SP signed-note. Three lines (origin, size, base64 root), optional
extension lines, an empty line, then one line per signature. Whoever keeps one can later ask for a
consistency proof to it, and a log that has been rewritten since cannot give one.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.record.merkle import HASH_SIZE
from lianshu.record.signing import SigningKey, VerifierKey, decode_base64, is_key_name

MAX_SIGNATURES = 100
"""More signature lines than any log and its witnesses have; bounds the work on a hostile note."""

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_DASH = "— "


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: whose, which key (4 bytes), and the signature itself (not yet checked)."""

    name: str
    key_hash: bytes
    signature: bytes

    def line(self) -> str:
        """The line as it stands in a note."""
        encoded = base64.b64encode(self.key_hash + self.signature).decode()
        return f"{_DASH}{self.name} {encoded}\n"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A parsed checkpoint. ``root`` is 32 bytes; ``signers`` the names whose signature was checked."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    signers: tuple[str, ...] = field(default=(), compare=False)

    def body(self) -> str:
        """The signed text: all lines before the empty one, each with its newline."""
        root = base64.b64encode(self.root).decode()
        return "".join(f"{line}\n" for line in (self.origin, self.size, root, *self.extensions))

    def text(self) -> str:
        """The whole note, as published."""
        return f"{self.body()}\n{''.join(s.line() for s in self.signatures)}"


def make_checkpoint(
    origin: str, size: int, root: bytes, key: SigningKey, *, extensions: Sequence[str] = ()
) -> str:
    """The signed checkpoint of a log of ``size`` entries with ``root``. ``key.name`` is the origin.

    >>> from lianshu.record.merkle import EMPTY_ROOT
    >>> key = SigningKey.from_seed("example.org/log", bytes(32))
    >>> print(make_checkpoint("example.org/log", 0, EMPTY_ROOT, key))
    example.org/log
    0
    47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
    <BLANKLINE>
    — example.org/log TpMzA6Z7ZOSHsImqvddnnopsbJgrm/tBXzlyTjshiksUowj0ahDyq91rgFAiTW6hYL/Bqa2HCtiAzvZ97M8s1voLZwg=
    <BLANKLINE>
    """
    assert len(root) == HASH_SIZE, "a root is a SHA-256 hash"
    assert size >= 0, "a log has a size"
    if key.name != origin:
        raise _refused(
            "origin",
            f"密钥名称 {key.name} 与日志名称 {origin} 不同",
            f"the key's name {key.name} is not the log's origin {origin}",
        )
    checkpoint = Checkpoint(origin, size, root, tuple(extensions))
    body = checkpoint.body()
    _read_body(body)
    signature = Signature(key.name, key.verifier.key_hash, key.sign(body.encode()))
    return f"{body}\n{signature.line()}"


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a checkpoint without checking any signature; raises ``Refused`` if it is malformed.

    Signatures of keys that the reader does not know (witnesses, other algorithms) are kept as they are.

    >>> parse_checkpoint("log\\n1\\nshort\\n\\n— log AAAAAA==\\n")
    Traceback (most recent call last):
    lianshu.kernel.refusal.Refused: checkpoint: the root is not 32 bytes in base64; get the file again from the log
    """
    # A signature line begins with a dash and a space; the empty line before the first one ends the body.
    split = text.rfind("\n\n")
    if split < 0 or not text.endswith("\n") or _CONTROL.search(text):
        raise _refused("checkpoint", "不是签名文本", "it is not a signed note")
    origin, size, root, extensions = _read_body(text[: split + 1])
    lines = text[split + 2 : -1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise _refused(
            "checkpoint",
            f"签名多于 {MAX_SIGNATURES} 个",
            f"it has more than {MAX_SIGNATURES} signatures",
        )
    return Checkpoint(origin, size, root, extensions, tuple(map(_read_signature, lines)))


def verify_checkpoint(text: str, vkeys: Sequence[VerifierKey | str]) -> Checkpoint:
    """Read a checkpoint and check its signatures with the keys that the reader trusts.

    Lines of other keys are ignored (they may be witnesses'). Raises ``Refused`` if it is malformed, if a
    line that claims to be of a trusted key is wrong, or if no trusted key named as the origin has signed.

    >>> from lianshu.record.merkle import EMPTY_ROOT
    >>> key = SigningKey.from_seed("example.org/log", bytes(32))
    >>> text = make_checkpoint("example.org/log", 0, EMPTY_ROOT, key)
    >>> verify_checkpoint(text, [key.vkey]).signers
    ('example.org/log',)
    >>> verify_checkpoint(text.replace("\\n0\\n", "\\n1\\n"), [key.vkey])
    Traceback (most recent call last):
    lianshu.kernel.refusal.Refused: signature: the signature of example.org/log is wrong; get the file again from the log
    """
    checkpoint = parse_checkpoint(text)
    trusted = [VerifierKey.parse(k) if isinstance(k, str) else k for k in vkeys]
    by_id = {(key.name, key.key_hash): key for key in trusted}
    message = checkpoint.body().encode()
    signers: dict[str, None] = {}
    for signature in checkpoint.signatures:
        key = by_id.get((signature.name, signature.key_hash))
        if key is None:
            continue
        if not key.verify(signature.signature, message):
            raise _refused(
                "signature", f"{key.name} 的签名不对", f"the signature of {key.name} is wrong"
            )
        signers[key.name] = None
    if checkpoint.origin not in signers:
        raise _refused(
            "signature",
            f"没有 {checkpoint.origin} 的可信密钥的签名",
            f"no trusted key of {checkpoint.origin} has signed it",
        )
    return Checkpoint(
        checkpoint.origin,
        checkpoint.size,
        checkpoint.root,
        checkpoint.extensions,
        checkpoint.signatures,
        tuple(signers),
    )


def _read_body(body: str) -> tuple[str, int, bytes, tuple[str, ...]]:
    lines = body[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise _refused(
            "checkpoint", "少于三行或含有空行", "it has fewer than three lines, or an empty one"
        )
    origin, size, root_text, *extensions = lines
    if not is_key_name(origin):
        raise _refused(
            "checkpoint",
            "日志名称不得为空、含空白、控制字符或“+”",
            "an origin is not empty and has no space, control character or plus",
        )
    if not _SIZE.fullmatch(size):
        raise _refused("checkpoint", "条目数不是十进制整数", "the size is not a decimal integer")
    root = decode_base64(root_text)
    if root is None or len(root) != HASH_SIZE:
        raise _refused(
            "checkpoint", "根不是 32 字节的 base64", "the root is not 32 bytes in base64"
        )
    if any(map(_CONTROL.search, extensions)):
        raise _refused(
            "checkpoint", "扩展行含有控制字符", "an extension line has a control character"
        )
    return origin, int(size), root, tuple(extensions)


def _read_signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    data = decode_base64(encoded)
    if not line.startswith(_DASH) or not is_key_name(name) or data is None or len(data) < 5:
        raise _refused(
            "signature",
            "签名行不是“— 名称 base64”的形式",
            "a signature line is not '— name base64'",
        )
    return Signature(name, data[:4], data[4:])


def _refused(field_name: str, zh: str, en: str) -> Refused:
    remedy = Text("向日志重新获取该文件", "get the file again from the log")
    return Refused(Refusal(field_name, Text(zh, en), remedy, code="checkpoint"))
