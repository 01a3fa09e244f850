"""The tile of one indicator: value, trend, and change against the period before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lianshu.kernel.text import Text
from lianshu.site.texts import say, words_of


@dataclass(frozen=True, slots=True)
class Tile:
    """One indicator.

    ``value`` is already written (see ``written.compact``), ``unit`` stands behind it. ``change`` is the difference to
    the period before as a number with ``change_unit`` (``%`` or the text of percentage points); ``better`` says which
    way is good: ``up``, ``down`` or ``""`` when neither is. ``trend`` are the values of the last periods, oldest
    first. ``instead`` is said where there is no change to speak of. ``address`` opens the page behind the number, ``evidence`` the key of its evidence.
    """

    name: str | Text
    value: str
    unit: str | Text = ""
    period: str | Text = ""
    change: Decimal | int | float | None = None
    change_unit: str | Text = "%"
    better: str = "up"
    trend: Sequence[float | None] = ()
    note: str | Text = ""
    address: str = ""
    evidence: str = ""
    instead: str | Text = ""

    @property
    def direction(self) -> str:
        """``up``, ``down`` or ``same`` against the period before; empty when there is none."""
        if self.change is None:
            return ""
        return "up" if self.change > 0 else "down" if self.change < 0 else "same"

    @property
    def tone(self) -> str:
        """``good`` or ``bad`` by direction and by which way is better; ``quiet`` otherwise.

        >>> Tile("延误", "12", change=-3, better="down").tone
        'good'
        """
        if self.direction in ("", "same") or not self.better:
            return "quiet"
        return "good" if self.direction == self.better else "bad"


def change_words(tile: Tile, language: str | None = None) -> str:
    """The change said in words, with its arrow.

    >>> change_words(Tile("准时率", "91%", change=Decimal("3.2"), change_unit="%"), "zh-hans")
    '▲ 较上期上升 3.2%（向好）'
    >>> change_words(Tile("On time", "91", change=0), "en")
    '＝ no change on the period before'
    """
    if tile.change is None:
        return words_of(tile.instead, language) or say("tile.no_comparison", language)
    if tile.direction == "same":
        return say("tile.same", language)
    unit = (
        tile.change_unit.in_language(language or "zh")
        if isinstance(tile.change_unit, Text)
        else tile.change_unit
    )
    amount = f"{abs(Decimal(str(tile.change))):,}{unit}"
    judged = "" if tile.tone == "quiet" else say(f"tile.{tile.tone}", language)
    return say(f"tile.{tile.direction}", language, amount=amount, judged=judged)
