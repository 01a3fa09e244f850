"""Identifiers carry their right check characters."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lianshu.flow.check import Found, Look, check
from lianshu.kernel.gs1 import parse_gln, parse_gtin
from lianshu.kernel.key import SCHEMES
from lianshu.kernel.lei import parse_lei
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.kernel.uscc import parse_uscc

Parse = Callable[[object, str], str]
_COLUMNS: tuple[tuple[str, str, Parse], ...] = (
    ("party", "uscc", parse_uscc),
    ("party", "gln", parse_gln),
    ("party", "lei", parse_lei),
    ("place", "gln", parse_gln),
    ("item", "gtin", parse_gtin),
)


@check(
    "check_digit",
    severity="error",
    title=Text("代码校验位正确", "Check characters are right"),
    meaning=Text(
        "统一社会信用代码、GLN、GTIN、LEI 及有校验位的别名通过校验。",
        "Unified social credit codes, GLN, GTIN, LEI and aliases of a checked scheme pass their check.",
    ),
    remedy=Text("对照营业执照或条码核对，重新提交主数据", "compare with the licence or the bar code and send the master data again"),
    source="GB 32100-2015; GS1 General Specifications §7.9; ISO 17442-1:2020",
    reads=("party", "place", "item", "alias"),
)  # fmt: skip
def check_digit(look: Look) -> Iterator[Found]:
    """Things whose identifiers are wrong; an identifier left empty is not tested.

    >>> from lianshu.app.checking import check_flows
    >>> check_flows("check_digit", things=[{"table": "party", "id": "mill", "uscc": "91310113541320074Y"}])
    ['party mill']
    """
    for name, column, parse in _COLUMNS:
        sql = f"SELECT id, {column}, entry_seq FROM {name} WHERE {column} <> '' ORDER BY id"
        for id_, code, seq in look.rows(sql):
            if refusal := _refusal(parse, code, column):
                yield _found(f"{name} {id_}", code, refusal, seq)
    for scheme, code, seq in look.rows("SELECT scheme, value, entry_seq FROM alias ORDER BY id"):
        known = SCHEMES.get(scheme)
        if known and known.checked and (refusal := _refusal(known.parse, code, scheme)):
            yield _found(f"{scheme}:{code}", code, refusal, seq)


def _refusal(parse: Callable[..., str], code: str, field: str) -> Refusal | None:
    try:
        parse(code, field)
    except Refused as refused:
        return refused.refusals[0]
    return None


def _found(subject: str, code: str, refusal: Refusal, seq: int) -> Found:
    rule, field = refusal.rule, refusal.field
    message = Text(f"{field} {code}：{rule.zh}", f"{field} {code}: {rule.en}")
    return Found(subject, message, (seq,))
