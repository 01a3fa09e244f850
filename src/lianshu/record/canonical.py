"""Canonical form: the one spelling of a JSON value, so that its digest stands for its meaning.

RFC 8785 (JSON Canonicalization Scheme): no spaces, keys in UTF-16 code unit order, numbers as
ECMAScript prints them, strings with the fewest escapes. Key order and spacing of what somebody sent
therefore do not change the digest, and two parties can compare digests without comparing files.

``canonical`` is the plain statement of the rules; ``canonical_fast`` gives the same bytes through
msgspec and is what capture uses; ``parse_canonical`` reads strict JSON and gives both at once.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from typing import Any

import msgspec

from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

MAX_DEPTH = 64
"""Deepest nesting taken. Deeper JSON is no business record and costs every reader its stack."""

MAX_INTEGER = 2**53
"""Largest integer magnitude: beyond it readers that use IEEE 754 doubles disagree (RFC 8785 app. D)."""

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder(order="sorted").encode
_NOT_FOUR_BYTE_LEAD = bytes(set(range(256)) - set(range(0xF0, 0xF5)))
_KEYS = {str}
_SIMPLE = {str, bool, type(None)}
_EXACT = frozenset({int})
_EXACT_OR_FLOAT = frozenset({int, float})
_AT_BYTE = re.compile(r"\(byte (\d+)\)")


def canonical(value: Any) -> bytes:
    """The RFC 8785 form of ``value``, a tree of dict, list, tuple, str, int, float, bool and None.

    Raises ``Refused`` for what has no form that every reader would agree on: NaN and Infinity
    (§3.2.2.3), integers beyond ±2**53 (appendix D), lone surrogates (§3.2.2.2), keys that are not
    text, other types, and nesting deeper than ``MAX_DEPTH``.

    >>> canonical({"€": 1e21, "a": [1.0, 0.002, True, None]})
    b'{"a":[1,0.002,true,null],"\\xe2\\x82\\xac":1e+21}'
    """
    parts: list[str] = []
    _write(value, parts, "$", MAX_DEPTH)
    return "".join(parts).encode()


def canonical_fast(value: Any) -> bytes:
    """The same bytes and refusals as ``canonical``, 5 to 20 times faster.

    msgspec sorts keys by UTF-8, which differs from UTF-16 order only where a character beyond U+FFFF
    meets one in U+E000..U+FFFF: such a value takes the plain path. It prints floats its own way, so
    they are handed to it already printed.

    >>> canonical_fast({"b": 1, "a": "链"}) == canonical({"a": "链", "b": 1})
    True
    """
    try:
        encoded = _encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError):
        return canonical(value)
    if not encoded.isascii() and encoded.translate(None, _NOT_FOUR_BYTE_LEAD):
        return canonical(value)
    if _is_json(value, _EXACT):
        return encoded
    if _is_json(value, _EXACT_OR_FLOAT):
        return _encode(_print_floats(value))
    return canonical(value)


def digest(value: Any) -> bytes:
    """SHA-256 (32 bytes) of the canonical form; raises ``Refused`` as ``canonical`` does.

    >>> digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1})
    True
    """
    return hashlib.sha256(canonical_fast(value)).digest()


def parse_json(payload: bytes) -> Any:
    """Read one JSON text strictly; see ``parse_canonical``, which also gives the canonical form.

    >>> parse_json(b' {"qty": "1.5"} ')
    {'qty': '1.5'}
    """
    return parse_canonical(payload)[0]


def parse_canonical(payload: bytes) -> tuple[Any, bytes]:
    """The value of one JSON text (RFC 8259) in UTF-8, and its canonical form.

    Raises ``Refused`` for a text that readers could take in different ways (I-JSON, RFC 7493 §2):
    broken UTF-8, a byte order mark, NaN, a key used twice, text after the value, numbers out of
    range, and all that ``canonical`` refuses.

    >>> parse_canonical(b'{"b": 1, "a": 2}')[1]
    b'{"a":2,"b":1}'
    >>> parse_canonical(b'{"a":1,"a":2}')
    Traceback (most recent call last):
    lianshu.kernel.refusal.Refused: a: the key "a" is written twice in one object; keep one of them
    """
    try:
        value = _decode(payload)
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise Refused(_unreadable(payload, error)) from None
    form = canonical_fast(value)
    if _quotes(payload) != _quotes(form):
        key = _first_duplicate(payload)
        raise _refused(
            key,
            "duplicate_key",
            Text(f"同一对象中键“{key}”出现两次", f'the key "{key}" is written twice in one object'),
            Text("只保留一个", "keep one of them"),
        )
    return value, form


def has_duplicate_keys(payload: bytes) -> bool:
    """Whether some object of a well-formed JSON text uses a key twice (RFC 8259 §4 leaves it open).

    Exact, and without a second parse: a reader that keeps the last of two equal keys drops at least
    one string, so the text has more string quotes than what was kept. Raises ``Refused`` for a text
    that is not JSON.

    >>> has_duplicate_keys(b'{"a":1,"\\\\u0061":1}'), has_duplicate_keys(b'{"a":{"a":1}}')
    (True, False)
    """
    try:
        value = _decode(payload)
        return _quotes(payload) != _quotes(_encode(value))
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise Refused(_unreadable(payload, error)) from None


def number_text(value: float) -> str:
    """A finite double as ECMAScript prints it (RFC 8785 §3.2.2.3, ECMA-262 Number::toString).

    Python and ECMAScript choose the same shortest digits; only the layout differs.

    >>> [number_text(x) for x in (0.0, -0.0, 1.0, 1e20, 1e21, 1e-6, 1e-7, -1.5)]
    ['0', '0', '1', '100000000000000000000', '1e+21', '0.000001', '1e-7', '-1.5']
    """
    assert math.isfinite(value), "only finite numbers have a text"
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = fraction.rstrip("0")
    digits = (whole + fraction).lstrip("0")
    point = len(digits) - len(fraction) + int(exponent or 0)
    digits = digits.rstrip("0")
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{point - 1:+d}"


def _write(value: Any, parts: list[str], path: str, depth: int) -> None:
    kind = type(value)
    if kind is str:
        parts.append(_string(value, path))
    elif kind is bool:
        parts.append("true" if value else "false")
    elif value is None:
        parts.append("null")
    elif kind is int:
        parts.append(_integer(value, path))
    elif kind is float:
        parts.append(_float(value, path))
    elif kind is dict or kind is list or kind is tuple:
        if depth == 0:
            raise _too_deep(path)
        if kind is dict:
            _write_object(value, parts, path, depth)
        else:
            _write_array(value, parts, path, depth)
    else:
        raise _refused(
            path,
            "type",
            Text(f"{kind.__name__} 不是 JSON 类型", f"{kind.__name__} is not a JSON type"),
            Text("改用文本、数或列表", "give text, a number or a list"),
        )


def _write_object(value: dict[Any, Any], parts: list[str], path: str, depth: int) -> None:
    for key in value:
        if type(key) is not str:
            raise _refused(
                path,
                "key",
                Text(f"键 {key!r} 不是文本", f"the key {key!r} is not text"),
                Text("键一律用文本", "make every key text"),
            )
        _string(key, f"{path}.{key!a}")
    mark = "{"
    for key in sorted(value, key=lambda k: k.encode("utf-16-be")):
        parts.append(f"{mark}{_string(key, path)}:")
        _write(value[key], parts, f"{path}.{key}", depth - 1)
        mark = ","
    parts.append("}" if value else "{}")


def _write_array(
    value: list[Any] | tuple[Any, ...], parts: list[str], path: str, depth: int
) -> None:
    mark = "["
    for index, item in enumerate(value):
        parts.append(mark)
        _write(item, parts, f"{path}[{index}]", depth - 1)
        mark = ","
    parts.append("]" if value else "[]")


def _string(value: str, path: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _refused(
            path,
            "surrogate",
            Text(
                "文本含有不成对的代理码位", "the text has a lone surrogate, which is no character"
            ),
            Text("改为正确的 UTF-8 文本", "write the text in correct UTF-8"),
        ) from None
    return json.dumps(value, ensure_ascii=False)


def _integer(value: int, path: str) -> str:
    if not -MAX_INTEGER <= value <= MAX_INTEGER:
        raise _refused(
            path,
            "integer",
            Text(
                "整数超出 ±2^53，不同程序会读成不同的数",
                "the integer is beyond ±2^53, where programs read different numbers",
            ),
            Text("改为用引号括起的文本", "write it as text, in quotes"),
        )
    return str(value)


def _float(value: float, path: str) -> str:
    if not math.isfinite(value):
        raise _refused(
            path,
            "nan",
            Text("JSON 没有 NaN 和无穷大", "JSON has no NaN or Infinity"),
            Text("没有数值时省略该字段", "leave the field out where there is no number"),
        )
    return number_text(value)


def _is_json(value: Any, numbers: frozenset[type]) -> bool:
    """Whether ``value`` is made of text, booleans, None and ``numbers`` in range, not too deep.

    What this passes msgspec prints as RFC 8785 does, key order and floats apart.
    """
    level = [value]
    for depth in range(MAX_DEPTH + 1):
        below: list[Any] = []
        for item in level:
            kind = type(item)
            if kind is dict:
                if not _KEYS.issuperset(map(type, item)):
                    return False
                inside = item.values()
            elif kind is list or kind is tuple:
                inside = item
            elif kind in _SIMPLE or (kind in numbers and _is_number(item)):
                continue
            else:
                return False
            if depth == MAX_DEPTH:
                return False
            if not _SIMPLE.issuperset(map(type, inside)):
                below.extend(inside)
        if not below:
            return True
        level = below
    return False


def _is_number(value: float) -> bool:
    if type(value) is float:
        return math.isfinite(value)
    return -MAX_INTEGER <= value <= MAX_INTEGER


def _print_floats(value: Any) -> Any:
    """A copy of the tree in which every float is replaced by its RFC 8785 text."""
    kind = type(value)
    if kind is float:
        return msgspec.Raw(number_text(value).encode())
    if kind is dict:
        return {key: _print_floats(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [_print_floats(item) for item in value]
    return value


def _quotes(text: bytes) -> int:
    """How many quotes open or close strings. Runs of backslashes pair from the left (RFC 8259 §7)."""
    if b"\\" in text:
        text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    return text.count(b'"')


def _first_duplicate(payload: bytes) -> str:
    found: list[str] = []

    def see(pairs: list[tuple[str, Any]]) -> None:
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                found.append(key)
            seen.add(key)

    json.loads(payload, object_pairs_hook=see)
    assert found, "more quotes than kept strings means a dropped key"
    return found[0]


def _unreadable(payload: bytes, error: Exception) -> Refusal:
    """Say why a text is not JSON in words that its sender can act on."""
    if isinstance(error, UnicodeDecodeError) or not _is_utf8(payload):
        return Refusal(
            "$",
            Text("内容不是 UTF-8", "the text is not UTF-8"),
            Text("另存为 UTF-8", "save it as UTF-8"),
            code="utf8",
        )
    if isinstance(error, RecursionError):
        return _too_deep("$").refusals[0]
    if payload.startswith(b"\xef\xbb\xbf"):
        return Refusal(
            "$",
            Text("以字节序标记 (BOM) 开头", "it begins with a byte order mark"),
            Text("另存为无 BOM 的 UTF-8", "save it as UTF-8 without BOM"),
            code="bom",
        )
    if not payload.strip():
        return Refusal(
            "$",
            Text("内容为空", "it is empty"),
            Text("给出一个 JSON 对象", "give one JSON object"),
            code="empty",
        )
    place = _AT_BYTE.search(str(error))
    at = int(place[1]) if place else 0
    if place and payload[at : at + 3].lower() in (b"nan", b"inf"):
        return Refusal(
            "$",
            Text("JSON 没有 NaN 和无穷大", "JSON has no NaN or Infinity"),
            Text("没有数值时省略该字段", "leave the field out where there is no number"),
            code="nan",
        )
    if "out of range" in str(error):
        return Refusal(
            "$",
            Text("数超出范围", "a number is out of range"),
            Text("改为用引号括起的文本", "write it as text, in quotes"),
            code="number",
        )
    return Refusal(
        "$",
        Text(f"不是合法的 JSON（{error}）", f"it is not JSON ({error})"),
        Text("按 RFC 8259 改正", "correct it as RFC 8259 says"),
        code="json",
    )


def _is_utf8(payload: bytes) -> bool:
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True


def _too_deep(path: str) -> Refused:
    return _refused(
        path[:80],
        "depth",
        Text(f"嵌套超过 {MAX_DEPTH} 层", f"it is nested deeper than {MAX_DEPTH} levels"),
        Text("减少嵌套", "nest less"),
    )


def _refused(field: str, code: str, rule: Text, remedy: Text) -> Refused:
    shown = field.encode("utf-8", "backslashreplace").decode()
    return Refused(Refusal(shown.removeprefix("$.") or "$", rule, remedy, code=code))
