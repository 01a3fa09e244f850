"""Refusal: the answer to input that cannot be accepted.

A refusal names the field, the rule that it breaks and what to do about it. It is a value, so that a
file of a thousand lines can have a thousand of them; ``Refused`` carries them where a call must stop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lianshu.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one field of one input was not accepted.

    ``field`` is a column name or JSON path, ``line`` the 1-based line or row of the input (0: not a
    line), ``code`` a short stable word for programs.

    >>> r = Refusal("qty", Text("数量不得为负", "a quantity is not negative"),
    ...             Text("交换收发双方", "swap sender and receiver"), line=3)
    >>> r.sentence("en")
    'line 3, qty: a quantity is not negative; swap sender and receiver'
    >>> r.sentence("zh")
    '第 3 行，qty：数量不得为负；交换收发双方'
    """

    field: str
    rule: Text
    remedy: Text
    line: int = 0
    code: str = ""

    def at_line(self, line: int) -> Refusal:
        """The same refusal, said of a line."""
        return replace(self, line=line)

    def sentence(self, language: str = "zh") -> str:
        """One line for a person."""
        rule, remedy = self.rule.in_language(language), self.remedy.in_language(language)
        if language.lower().startswith("en"):
            where = f"line {self.line}, " if self.line else ""
            return f"{where}{self.field}: {rule}; {remedy}"
        where = f"第 {self.line} 行，" if self.line else ""
        return f"{where}{self.field}：{rule}；{remedy}"


class Refused(Exception):
    """Raised where a whole call is refused; carries one or more refusals."""

    def __init__(self, refusals: Refusal | Sequence[Refusal]) -> None:
        self.refusals = (refusals,) if isinstance(refusals, Refusal) else tuple(refusals)
        assert self.refusals, "a refusal says at least one thing"
        super().__init__("\n".join(r.sentence("en") for r in self.refusals))

    def __reduce__(self) -> tuple[type[Refused], tuple[tuple[Refusal, ...]]]:
        # Errors cross processes by pickle, which would otherwise call us with the message alone.
        return (Refused, (self.refusals,))
