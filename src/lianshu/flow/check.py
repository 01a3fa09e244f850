"""Checks: what must hold in the record, one named rule per file, declared by ONE decorator.

A check reads the projected rows and yields what breaks its rule. It refuses nothing and changes
nothing: the record keeps what it was told, and a finding opens to the entries that say it.

Severity: ``error``, the record contradicts itself, so some number read from it is wrong; ``warning``,
it is probably wrong or should not have happened; ``note``, worth a look.

A check's SQL is the portable subset over named relations. One that must look at groups of rows sorts
them in SQL and walks them in Python, so that its memory is that of one group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import Any, Protocol

from lianshu.flow.action import Action, actions
from lianshu.kernel.quantity import EXACT
from lianshu.kernel.text import Text

SEVERITIES = ("error", "warning", "note")
MOST_ENTRIES = 100  # of one finding; a person opens a few, a program asks the relation
NOTHING = Decimal(0)
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One breach of a rule.

    ``subject`` is the key of what it is about (a flow, lot, order, party ...), ``entry_seqs`` the
    entries that say it, ``at_stake`` how much is in doubt, in ``unit`` (a unit code or currency;
    empty where nothing can be counted).
    """

    subject: str
    message: Text
    entry_seqs: tuple[int, ...]
    at_stake: Decimal = NOTHING
    unit: str = ""


class Look(Protocol):
    """What a check gets: rows of portable SQL as known at a moment, and when entries were received."""

    args: Mapping[str, Decimal]

    @property
    def now_us(self) -> int:
        """When the last known entry was received; a check reads no clock."""
        ...

    def rows(self, sql: str, **binds: Any) -> Iterable[Row]:
        """Rows of portable SQL over the relations that the check declares, each once, in order."""
        ...

    def received_us(self, entry_seq: int) -> int:
        """When an entry was received, by the checkpoint that first held it."""
        ...


CheckFunction = Callable[[Look], Iterator[Found]]


@dataclass(frozen=True, slots=True)
class Check:
    """One declared check.

    ``reads`` names its relations; ``whole`` says that it argues from absence, so that a reader who
    sees only a part of the record must not run it; ``parameters`` are decimal thresholds by name.
    """

    name: str
    severity: str
    title: Text
    meaning: Text
    remedy: Text
    source: str
    reads: tuple[str, ...]
    function: CheckFunction
    whole: bool
    parameters: Mapping[str, Decimal]


_DECLARED: dict[str, Check] = {}


def check(
    name: str,
    *,
    severity: str,
    title: Text,
    meaning: Text,
    remedy: Text,
    source: str,
    reads: Sequence[str] = ("flow",),
    whole: bool = False,
    parameters: Mapping[str, str] | None = None,
) -> Callable[[CheckFunction], CheckFunction]:
    """Declare the decorated function as the check ``name``; see any file of ``flow/checks``."""
    assert severity in SEVERITIES, severity

    def declare(function: CheckFunction) -> CheckFunction:
        known = _DECLARED.get(name)
        assert known is None or known.function.__module__ == function.__module__, (
            f"two checks are called {name}"
        )
        given = {key: Decimal(value) for key, value in (parameters or {}).items()}
        _DECLARED[name] = Check(
            name, severity, title, meaning, remedy, source, tuple(reads), function, whole, given
        )
        return function

    return declare


def declared() -> dict[str, Check]:
    """Every check declared so far, by name; ``flow.checks.checks`` loads them all first.

    >>> from lianshu.flow.checks import checks
    >>> set(declared()) == set(checks())
    True
    """
    return dict(sorted(_DECLARED.items()))


def groups(rows: Iterable[Row], width: int) -> Iterator[tuple[Row, Iterator[Row]]]:
    """Runs of rows that agree in their first ``width`` columns; the rows come sorted by them.

    >>> [(key, [row[1] for row in run]) for key, run in groups([("a", 1), ("a", 2), ("b", 3)], 1)]
    [(('a',), [1, 2]), (('b',), [3])]
    """
    first = itemgetter(slice(0, width))
    return groupby(rows, key=first)


def entries(seqs: Iterable[int]) -> tuple[int, ...]:
    """Entry numbers of a finding: each once, ascending, the latest where there are many.

    >>> entries([3, 1, 3])
    (1, 3)
    """
    return tuple(sorted(set(seqs))[-MOST_ENTRIES:])


def named(wanted: Callable[[Action], bool]) -> str:
    """The actions of a kind as an SQL list, so that no check names an action by hand.

    >>> named(lambda action: action.lineage == "output")
    "('produce')"
    """
    names = [f"'{action.name}'" for action in actions().values() if wanted(action)]
    assert names, "an empty list is not SQL"
    return f"({', '.join(names)})"


def total(numbers: Iterable[Any]) -> Decimal:
    """The exact sum of decimals, whether a store gives them as text or as ``Decimal``.

    >>> total(["0.1", Decimal("0.20")])
    Decimal('0.30')
    """
    found = NOTHING
    for number in numbers:
        found = EXACT.add(found, Decimal(number))
    return found


def rounded(number: Fraction, places: int = 6) -> Decimal:
    """A fraction for people: rounded half to even at some places.

    >>> rounded(Fraction(1, 3))
    Decimal('0.333333')
    """
    return EXACT.scaleb(Decimal(round(number * 10**places)), -places)


def amount(number: Decimal, unit: str) -> str:
    """A quantity as a person reads it.

    >>> amount(Decimal("2.50"), "KGM"), amount(Decimal("1E+3"), "CNY")
    ('2.5 KGM', '1000 CNY')
    """
    return f"{EXACT.normalize(number):f} {unit}".rstrip()
