"""Check a proof file offline: ``python -m lianshu.record.check PROOF [--vkey KEY] [--checkpoint FILE]``.

This file needs Python 3.11 and ``cryptography``, nothing else of lianshu: copy it alone to check a proof
on a machine that has never seen the platform. It therefore says a second time, on purpose and in its own
words, what it must: the canonical form (RFC 8785), the leaf of an entry, Merkle paths (RFC 9162 §2.1.3.2 and
§2.1.4.2) and signed checkpoints (C2SP tlog-checkpoint, signed-note). Tests hold both statements equal.

Exit status: 0 valid, 1 invalid, 2 wrong usage. What ``valid`` means: the holder of the key has signed a log
of that size and root, and this entry, byte for byte, is at that place in it. The key itself is trusted
only if you name it with ``--vkey``, as you received it from the log's owner by another way.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import math
import re
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PROOF_FORMAT = "lianshu-proof/v1"
NATIVE_MEDIA_TYPE = "application/vnd.lianshu.entry+json"
MAX_PROOF_BYTES = 256 * 1024 * 1024
MAX_DEPTH = 64
MAX_PATH = 128
MAX_INTEGER = 2**53
LEAF_FIELDS = (
    *("id", "kind", "source", "received_us"),
    *("media_type", "supersedes", "key_id", "signature"),
)
PROOF_FIELDS = {
    "format",
    "entry",
    "payload",
    "digest",
    "leaf_index",
    "inclusion",
    "checkpoint",
    "vkey",
}


class Invalid(Exception):
    """Why a proof does not hold, in English and Chinese."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en, self.zh = en, zh


class Key(NamedTuple):
    """A log's public key, from its vkey text."""

    name: str
    key_hash: bytes
    public: bytes


class Checkpoint(NamedTuple):
    """What a signed checkpoint states; ``unchecked`` counts signature lines of other keys."""

    size: int
    root: bytes
    unchecked: int


class Report(NamedTuple):
    """What was found true of a proof."""

    entry: dict[str, Any]
    key: Key
    checkpoint: Checkpoint
    older: Checkpoint | None
    meaning_checked: bool


def check_proof(data: bytes, vkey: str = "", kept: str = "") -> Report:
    """Check the bytes of a proof file; raises ``Invalid`` with the first thing that is wrong.

    ``vkey`` is the log's key as the reader knows it (else the file's own is used, which proves nothing
    about who signed); ``kept`` the text of a checkpoint that the reader kept, which must be the
    beginning of the same log.

    >>> check_proof(b"[]")
    Traceback (most recent call last):
    lianshu.record.check.Invalid: the proof is not a JSON object
    """
    proof = _read_json(data, "the proof", "证明文件")
    _want_fields(proof, PROOF_FIELDS, {"consistency"}, "proof")
    if proof["format"] != PROOF_FORMAT:
        raise Invalid("its format is not " + PROOF_FORMAT, f"格式不是 {PROOF_FORMAT}")
    key = parse_vkey(_text(proof, "vkey"))
    if vkey and parse_vkey(vkey) != key:
        raise Invalid("it is signed by another key than --vkey", "所用密钥不是 --vkey 指定的密钥")
    checkpoint = read_checkpoint(_text(proof, "checkpoint"), key)
    leaf, entry, meaning_checked = _check_entry(proof)
    index = _count(proof, "leaf_index")
    if entry["seq"] != index + 1:
        raise Invalid("seq is not leaf_index + 1", "seq 不等于 leaf_index + 1")
    path = _path(proof["inclusion"], "inclusion")
    if root_from_inclusion(leaf, index, checkpoint.size, path) != checkpoint.root:
        raise Invalid("the entry's path does not lead to the root", "条目的路径到达不了树根")
    older = _check_older(proof, key, checkpoint)
    if kept:
        _check_kept(read_checkpoint(kept, key), checkpoint, older)
    return Report(entry, key, checkpoint, older, meaning_checked)


def _check_entry(proof: dict[str, Any]) -> tuple[bytes, dict[str, Any], bool]:
    """The entry's leaf hash, its envelope, and whether the digest of its meaning was recomputed."""
    entry = proof["entry"]
    if not isinstance(entry, dict):
        raise Invalid("entry is not an object", "entry 不是对象")
    _want_fields(entry, {"seq", *LEAF_FIELDS}, set(), "entry")
    for name in LEAF_FIELDS:
        if name != "received_us" and re.search(r"[\x00-\x1f\x7f]", _text(entry, name)):
            raise Invalid(f"{name} has a control character", f"{name} 含有控制字符")
    _count(entry, "seq")
    received = entry["received_us"]
    if type(received) is not int:
        raise Invalid("received_us is not an integer", "received_us 不是整数")
    _base64(_text(entry, "signature"), "signature")
    payload = _base64(_text(proof, "payload"), "payload")
    digest = _hash(proof["digest"], "digest")
    native = entry["media_type"] == NATIVE_MEDIA_TYPE
    if native:
        value = _read_json(payload, "the payload", "载荷")
        if hashlib.sha256(canonical(value)).digest() != digest:
            raise Invalid("the digest is not that of the payload's meaning", "摘要与载荷的含义不符")
        if (value.get("id"), value.get("kind")) != (entry["id"], entry["kind"]):
            raise Invalid("id or kind is not that of the payload", "id 或 kind 与载荷不符")
    hashes = (hashlib.sha256(payload).hexdigest(), digest.hex())
    lines = ("lianshu-entry/v1", *(str(entry[name]) for name in LEAF_FIELDS), *hashes)
    data = "".join(f"{line}\n" for line in lines).encode()
    return hashlib.sha256(b"\x00" + data).digest(), entry, native


def _check_older(proof: dict[str, Any], key: Key, newer: Checkpoint) -> Checkpoint | None:
    if "consistency" not in proof:
        return None
    link = proof["consistency"]
    if not isinstance(link, dict):
        raise Invalid("consistency is not an object", "consistency 不是对象")
    _want_fields(link, {"checkpoint", "path"}, set(), "consistency")
    older = read_checkpoint(_text(link, "checkpoint"), key)
    if not is_consistent(older, newer, _path(link["path"], "path")):
        raise Invalid("the older checkpoint does not begin this log", "旧检查点不是本日志的开头")
    return older


def _check_kept(kept: Checkpoint, newer: Checkpoint, older: Checkpoint | None) -> None:
    """Whether the reader's own checkpoint is of the same log, by what the proof brings."""
    if kept.size == newer.size:
        same = kept.root == newer.root
    elif older is not None and kept.size == older.size:
        same = kept.root == older.root
    else:
        raise Invalid(
            f"it does not link to the kept checkpoint of {kept.size} entries: ask for a proof that does",
            f"证明未与所存的 {kept.size} 条检查点相连：请索取含该检查点的证明",
        )
    if not same:
        raise Invalid(
            f"the log has been rewritten: at {kept.size} entries its root is not the one you kept",
            f"日志已被改写：第 {kept.size} 条处的树根与所存的不同",
        )


def root_from_inclusion(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root to which a path leads (RFC 9162 §2.1.3.2); raises ``Invalid`` if its length is wrong.

    The path meets first the siblings within the complete subtree where leaf and last leaf part, then
    the roots of the complete subtrees to its left.

    >>> root_from_inclusion(bytes(32), 0, 1, []) == bytes(32)
    True
    """
    if not 0 <= index < size:
        raise Invalid("leaf_index is beyond the checkpoint's size", "leaf_index 超出检查点的条目数")
    inner = (index ^ (size - 1)).bit_length()
    if len(path) != inner + (index >> inner).bit_count():
        raise Invalid("the inclusion path has a wrong length", "包含路径的长度不对")
    node = leaf
    for level, sibling in enumerate(path):
        from_left = level >= inner or index >> level & 1
        node = _node(sibling, node) if from_left else _node(node, sibling)
    return node


def is_consistent(older: Checkpoint, newer: Checkpoint, path: list[bytes]) -> bool:
    """Whether ``older`` is the beginning of ``newer`` (RFC 9162 §2.1.4.2).

    >>> empty = Checkpoint(0, hashlib.sha256(b"").digest(), 0)
    >>> is_consistent(empty, Checkpoint(1, bytes(32), 0), [])
    True
    """
    size, last = older.size, newer.size - 1
    if size == 0:
        return not path and older.root == hashlib.sha256(b"").digest()
    if size >= newer.size:
        return not path and size == newer.size and older.root == newer.root
    shift = (size & -size).bit_length() - 1
    nodes = path if size & (size - 1) else [older.root, *path]
    index = (size - 1) >> shift
    inner = (index ^ (last >> shift)).bit_length()
    if len(nodes) != 1 + inner + (index >> inner).bit_count():
        return False
    left = right = nodes[0]
    for level, node in enumerate(nodes[1:]):
        if level >= inner or index >> level & 1:
            left, right = _node(node, left), _node(node, right)
        else:
            right = _node(right, node)
    return left == older.root and right == newer.root


def parse_vkey(text: str) -> Key:
    """Read a vkey ``name+hash+base64`` (C2SP signed-note, Ed25519); raises ``Invalid``.

    >>> parse_vkey("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx").name
    'example.com/log/testdata'
    """
    name, _, rest = text.partition("+")
    hash_text, _, encoded = rest.partition("+")
    data = _base64(encoded, "vkey")
    key_hash = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
    if not _is_name(name) or len(data) != 33 or data[0] != 1 or hash_text != key_hash.hex():
        raise Invalid("vkey is not name+hash+base64 (Ed25519)", "vkey 不是 名称+哈希+base64")
    return Key(name, key_hash, data[1:])


def read_checkpoint(text: str, key: Key) -> Checkpoint:
    """Read a checkpoint that ``key`` has signed (C2SP tlog-checkpoint); raises ``Invalid``.

    >>> read_checkpoint("no note", Key("log", bytes(4), bytes(32)))
    Traceback (most recent call last):
    lianshu.record.check.Invalid: the checkpoint is malformed
    """
    malformed = Invalid("the checkpoint is malformed", "检查点格式不对")
    split = text.rfind("\n\n")
    lines = text[:split].split("\n")
    if split < 0 or not text.endswith("\n") or re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text):
        raise malformed
    if len(lines) < 3 or not all(lines) or not re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1]):
        raise malformed
    root = _base64(lines[2], "checkpoint")
    if lines[0] != key.name or len(root) != 32:
        raise Invalid("the checkpoint's origin or root is wrong", "检查点的名称或树根不对")
    signed, unchecked = False, 0
    for line in text[split + 2 : -1].split("\n"):
        match = re.fullmatch(r"— ([^ +]+) ([A-Za-z0-9+/=]+)", line)
        if match is None or not _is_name(match[1]):
            raise malformed
        data = _base64(match[2], "signature")
        if (match[1], data[:4]) != (key.name, key.key_hash):
            unchecked += 1
        elif _is_signed(key, data[4:], text[: split + 1].encode()):
            signed = True
        else:
            raise Invalid("the checkpoint's signature is wrong", "检查点的签名不对")
    if not signed:
        raise Invalid("the checkpoint is not signed by the key", "检查点没有该密钥的签名")
    return Checkpoint(int(lines[1]), root, unchecked)


def canonical(value: Any, depth: int = MAX_DEPTH) -> bytes:
    """The RFC 8785 form of parsed JSON; raises ``Invalid`` for what has none.

    >>> canonical({"b": [1e21, -0.0], "a": "é"}).decode()
    '{"a":"é","b":[1e+21,0]}'
    """
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).encode()
    if value is None or isinstance(value, bool):
        return json.dumps(value).encode()
    if isinstance(value, int) and abs(value) <= MAX_INTEGER:
        return str(value).encode()
    if isinstance(value, float) and math.isfinite(value):
        return _number(value).encode()
    if isinstance(value, dict | list) and depth == 0:
        raise Invalid("the payload is nested too deep", "载荷嵌套过深")
    if isinstance(value, list):
        return b"[" + b",".join(canonical(item, depth - 1) for item in value) + b"]"
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        items = (canonical(key) + b":" + canonical(value[key], depth - 1) for key in keys)
        return b"{" + b",".join(items) + b"}"
    raise Invalid("the payload has a number out of range", "载荷中有超出范围的数")


def _number(value: float) -> str:
    """ECMA-262 Number::toString: the shortest digits that read back, which Python's repr has too."""
    if value == 0:
        return "0"
    sign, figures, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int), "the number is finite"
    digits = "".join(map(str, figures))
    point = len(digits) + exponent
    if 21 >= point >= len(digits):
        text = digits.ljust(point, "0")
    elif 21 >= point > 0:
        text = digits[:point] + "." + digits[point:]
    elif 0 >= point > -6:
        text = "0." + digits.rjust(len(digits) - point, "0")
    else:
        text = ".".join(filter(None, (digits[0], digits[1:]))) + f"e{point - 1:+d}"
    return "-" + text if sign else text


def _read_json(data: bytes, en: str, zh: str) -> dict[str, Any]:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(items)) != len(items):
            raise Invalid(f"{en} has a key twice in one object", f"{zh}中同一对象有重复的键")
        return dict(items)

    def constant(name: str) -> NoReturn:
        raise Invalid(f"{en} has {name}, which JSON does not", f"{zh}含有 JSON 没有的 {name}")

    try:
        value = json.loads(data.decode(), object_pairs_hook=pairs, parse_constant=constant)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Invalid(f"{en} is not JSON in UTF-8", f"{zh}不是 UTF-8 的 JSON") from None
    if not isinstance(value, dict):
        raise Invalid(f"{en} is not a JSON object", f"{zh}不是 JSON 对象")
    return value


def _want_fields(value: dict[str, Any], wanted: set[str], allowed: set[str], where: str) -> None:
    """Every field is known: what is not checked must not be in the file to be believed."""
    odd = sorted((value.keys() ^ wanted) - (allowed & value.keys()))
    if odd:
        raise Invalid(f"{where}: {odd[0]} is missing or unknown", f"{where}：{odd[0]} 缺失或未知")


def _text(value: dict[str, Any], name: str) -> str:
    text = value[name]
    if not isinstance(text, str):
        raise Invalid(f"{name} is not text", f"{name} 不是文本")
    return text


def _count(value: dict[str, Any], name: str) -> int:
    number = value[name]
    if type(number) is not int or number < 0:
        raise Invalid(f"{name} is not a whole number", f"{name} 不是非负整数")
    return number


def _hash(text: Any, name: str) -> bytes:
    if not isinstance(text, str) or not re.fullmatch(r"[0-9a-f]{64}", text):
        raise Invalid(f"{name} is not 64 lower-case hex digits", f"{name} 不是 64 位小写十六进制")
    return bytes.fromhex(text)


def _path(value: Any, name: str) -> list[bytes]:
    if not isinstance(value, list) or len(value) > MAX_PATH:
        raise Invalid(f"{name} is not a list of hashes", f"{name} 不是哈希列表")
    return [_hash(item, name) for item in value]


def _base64(text: str, name: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if base64.b64encode(data).decode() != text:
        raise Invalid(f"{name} is not base64 in its one spelling", f"{name} 不是规范的 base64")
    return data


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and name.isprintable() and not any(map(str.isspace, name))


def _is_signed(key: Key, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _sentences(report: Report, *, pinned: bool) -> list[str]:
    """What a person must know of a valid proof, and what it does not show."""
    entry, (size, root, unchecked) = report.entry, report.checkpoint
    lines = [
        "valid 有效",
        f"entry 条目: {entry['seq']} of {size} · id {entry['id']} · {entry['kind']}",
        f"root 树根: {root.hex()} · size 条目数 {size}",
        f"log 日志: {report.key.name} (key 密钥 {report.key.key_hash.hex()})",
    ]
    if report.older is not None:
        lines.append(f"consistent with the checkpoint of 与旧检查点一致: {report.older.size}")
    if pinned:
        lines.append("key: the one you named with --vkey 密钥: 由 --vkey 指定")
    else:
        lines.append(
            "key: NOT pinned; it was taken from the proof file itself, so it does not show who signed. "
            "Give the key you know with --vkey. "
            "密钥未经核对：取自证明文件本身，不能说明由谁签名；请用 --vkey 给出您已知的密钥。"
        )
    if not report.meaning_checked:
        lines.append("digest: not recomputed for this media type 摘要: 此类媒体未重算")
    if entry["signature"]:
        lines.append("party signature: bound, not checked here 来源方签名: 已绑定，此处未验")
    if unchecked:
        lines.append(f"signatures of other keys, not checked 其他密钥的签名，未验: {unchecked}")
    return lines


def _say(text: str) -> None:
    """Print for any terminal: what it cannot show, or might obey, is replaced."""
    encoding = sys.stdout.encoding or "utf-8"
    shown = "".join(c if c.isprintable() else "?" for c in text)
    print(shown.encode(encoding, "backslashreplace").decode(encoding))


def _read_file(parser: argparse.ArgumentParser, name: str) -> bytes:
    try:
        with Path(name).open("rb") as file:
            data = file.read(MAX_PROOF_BYTES + 1)
    except OSError as error:
        parser.error(f"cannot read 无法读取 {name}: {error.strerror}")
    if len(data) > MAX_PROOF_BYTES:
        parser.error(f"{name}: larger than any proof 文件过大 ({MAX_PROOF_BYTES} bytes)")
    return data


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the answer is the exit status (0 valid, 1 invalid; usage errors exit 2)."""
    parser = argparse.ArgumentParser(
        prog="python -m lianshu.record.check",
        description="Check offline that an entry is in a signed log. 离线校核：条目在已签名的日志中。",
        epilog="Exit status: 0 valid, 1 invalid, 2 wrong usage. The key in the file is trusted only with --vkey.",
    )
    parser.add_argument("proof", metavar="PROOF", help="the proof file 证明文件")
    known = "the log's key, as you received it from its owner 您已知的日志公钥"
    parser.add_argument("--vkey", default="", metavar="KEY", help=known)
    begins = "a checkpoint that you kept: the log must still begin with it 您所存的检查点"
    parser.add_argument("--checkpoint", metavar="FILE", help=begins)
    options = parser.parse_args(arguments)
    data = _read_file(parser, options.proof)
    kept = _read_file(parser, options.checkpoint) if options.checkpoint else b""
    if options.vkey:
        try:
            parse_vkey(options.vkey)
        except Invalid as error:
            parser.error(f"--vkey: {error.en} {error.zh}")
    if options.checkpoint and not kept:
        parser.error(f"{options.checkpoint}: empty 文件为空")
    try:
        report = check_proof(data, options.vkey, kept.decode("utf-8", "replace"))
    except Invalid as error:
        _say(f"invalid: {error.en} 无效：{error.zh}")
        return 1
    for line in _sentences(report, pinned=bool(options.vkey)):
        _say(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
