"""One cell of a chain package: from what CSV or Excel holds to checked text, or a refusal."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from lianshu.exchange.package.schema import Column
from lianshu.kernel.instant import parse_date, parse_instant
from lianshu.kernel.key import Key
from lianshu.kernel.money import parse_currency
from lianshu.kernel.quantity import decimal_text, parse_decimal
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.kernel.unit import parse_unit
from lianshu.record.envelope import LONGEST_KEY

MAX_TEXT: Final = 4_000
MAX_ID: Final = LONGEST_KEY
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MANGLED: Final = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+[0-9]{1,3}")
_YES: Final = {"yes": "yes", "no": "no", "是": "yes", "否": "no", "true": "yes", "false": "no"}
_RANGES: Final = {"latitude": Decimal(90), "longitude": Decimal(180)}
_AS_TEXT: Final = Text(
    "把该列设为“文本”格式后重新填写", "format the column as text and enter it again"
)


class Formula(str):
    """A cell that holds a formula or an Excel error rather than a value."""

    __slots__ = ()


def _refused(column: Column, rule: Text, remedy: Text, code: str) -> Refused:
    return Refused(Refusal(column.name, rule, remedy, code=code))


def check_cell(column: Column, value: object) -> str:
    """The text of a cell in canonical form; empty where the cell is. Raises ``Refused``.

    ``value`` is text (CSV) or what Excel stored: text, number, boolean, date or time. A date in a
    ``date_or_time`` column is that day's start in Asia/Shanghai, in a ``deadline`` column its end; a
    time without an offset is refused.

    >>> from lianshu.exchange.package.schema import schema
    >>> check_cell(schema("stock").column("qty"), 12.50), check_cell(schema("stock").column("unit"), "kg")
    ('12.5', 'KGM')
    >>> check_cell(schema("stock").column("counted"), "2026-03-01")
    '2026-03-01T00:00:00+08:00'
    >>> check_cell(schema("parties").column("id"), 6901234567892.0)
    Traceback (most recent call last):
    lianshu.kernel.refusal.Refused: id: Excel has turned the code into a number; format the column \
as text and enter it again
    """
    if isinstance(value, Formula):
        rule = Text("单元格是公式或错误值", "the cell is a formula or an error value")
        remedy = Text("粘贴为数值", "paste it as a value")
        raise _refused(column, rule, remedy, "formula")
    if value is None or (isinstance(value, str) and not value.strip()):
        if column.required:
            raise _refused(column, Text("不得为空", "it is not empty"),
                           Text("填写该单元格", "fill in the cell"), "empty")  # fmt: skip
        return ""
    if column.type in ("date_or_time", "deadline"):
        return _moment(column, value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = _number_text(column, value)
    elif isinstance(value, date | time | timedelta):
        rule = Text("Excel 把内容变成了日期或时间", "Excel has turned the content into a date")
        raise _refused(column, rule, _AS_TEXT, "excel_date")
    elif isinstance(value, bool):
        value = "yes" if value else "no"
    return _text(column, str(value).strip())


def _number_text(column: Column, value: float) -> str:
    if column.type in ("decimal", "integer", *_RANGES):
        # repr gives the shortest text of the double, which is what was typed.
        try:
            return decimal_text(parse_decimal(Decimal(repr(value)), column.name))
        except (ArithmeticError, ValueError):
            return repr(value)
    rule = Text("Excel 把编码变成了数字", "Excel has turned the code into a number")
    raise _refused(column, rule, _AS_TEXT, "excel_number")


def _moment(column: Column, value: object) -> str:
    remedy = Text(
        "只写日期 2026-03-01，或带时区的时间 2026-03-01T08:00:00+08:00",
        "write the date 2026-03-01 or a time with offset 2026-03-01T08:00:00+08:00",
    )
    if isinstance(value, datetime) and value.time() != time(0):
        rule = Text("时间必须带时区偏移", "a time carries its offset from UTC")
        raise _refused(column, rule, remedy, "time_naive")
    if isinstance(value, date):
        value = value.strftime("%Y-%m-%d")
    if not isinstance(value, str):
        rule = Text("不是日期或时间", "it is not a date or time")
        raise _refused(column, rule, remedy, "time_shape")
    text = value.strip()
    if _DATE.fullmatch(text):
        day = parse_date(text, column.name).isoformat()
        # What is due on a day is in time until that day ends.
        at = "23:59:59" if column.type == "deadline" else "00:00:00"
        parse_instant(written := f"{day}T{at}+08:00", column.name)
        return written
    parse_instant(text, column.name)
    return text


def _text(column: Column, text: str) -> str:
    kind = column.type
    if kind in ("decimal", *_RANGES):
        number = parse_decimal(text, column.name, negative=kind != "decimal")
        if kind in _RANGES and abs(number) > _RANGES[kind]:
            limit = _RANGES[kind]
            rule = Text(f"须在 -{limit} 与 {limit} 之间", f"it is between -{limit} and {limit}")
            raise _refused(column, rule, Text("核对坐标", "check the coordinate"), "range")
        return decimal_text(number)
    if kind == "unit":
        return parse_unit(text, column.name).code
    if kind == "currency":
        return parse_currency(text, column.name).code
    if kind in ("uscc", "gln", "gtin", "lei"):
        _refuse_mangled(column, text)
        return _checked_key(column, text)
    if kind == "choice" and text not in column.choices:
        words = ", ".join(column.choices)
        rule = Text("不是可用的取值", "it is not one of the values")
        raise _refused(column, rule, Text(f"可用：{words}", f"use one of: {words}"), "choice")
    if kind == "boolean":
        if text.lower() not in _YES:
            raise _refused(column, Text("须为 yes 或 no", "it is yes or no"),
                           Text("写 yes 或 no", "write yes or no"), "choice")  # fmt: skip
        return _YES[text.lower()]
    if kind == "id":
        _refuse_mangled(column, text)
    return _plain(column, text, MAX_ID if kind == "id" else MAX_TEXT)


def _checked_key(column: Column, text: str) -> str:
    try:
        return Key(column.type, text).value
    except Refused as refused:
        first = refused.refusals[0]
        raise _refused(column, first.rule, first.remedy, first.code) from None


def _refuse_mangled(column: Column, text: str) -> None:
    if _MANGLED.fullmatch(text):
        rule = Text(
            "Excel 把编码变成了科学计数", "Excel has turned the code into scientific notation"
        )
        raise _refused(column, rule, _AS_TEXT, "excel_number")


def _plain(column: Column, text: str, longest: int) -> str:
    if len(text) > longest:
        rule = Text(f"不得超过 {longest} 字", f"it has at most {longest} characters")
        raise _refused(column, rule, Text("缩短", "shorten it"), "cell_size")
    if _CONTROL.search(text):
        rule = Text("含控制字符或无法读出的文字", "it holds a control or unreadable character")
        remedy = Text("删除该字符；CSV 另存为 UTF-8", "remove it; save CSV as UTF-8")
        raise _refused(column, rule, remedy, "control_character")
    return text
