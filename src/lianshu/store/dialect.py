"""Dialect: portable SQL said in the words of one engine.

Two things differ between engines in the portable subset (``capability.relation``): how a bind is
marked, and ``exact_sum``, an aggregate of our own in SQLite, which an engine with exact decimals
says with SUM. Both are rewritten by one reader of SQL text that knows literals, quoted names and
comments, so that a colon inside a literal stays what it is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

# Text that is passed over whole: literals, quoted names, comments.
_OPAQUE = r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/"
_PIECE = re.compile(
    rf"(?P<opaque>{_OPAQUE})|(?P<cast>::)|:(?P<bind>[A-Za-z_]\w*)|(?P<percent>%)", re.DOTALL
)
_CALL = re.compile(r"\bexact_sum\s*\(", re.IGNORECASE)
_OPAQUE_TEXT = re.compile(_OPAQUE, re.DOTALL)
_STEP = re.compile(rf"(?P<opaque>{_OPAQUE})|(?P<mark>[(),])", re.DOTALL)
_MARKS = {"postgres": "%({})s", "duckdb": "${}"}


class Said(NamedTuple):
    """SQL text of one engine and the names of the binds that it uses."""

    text: str
    binds: tuple[str, ...]


@lru_cache(maxsize=2_000)
def say(dialect: str, sql: str) -> Said:
    """Portable SQL in the dialect ``postgres`` (psycopg's marks) or ``duckdb``.

    >>> say("postgres", "SELECT ':x', '50%' FROM flow WHERE lot = :lot").text
    "SELECT ':x', '50%%' FROM flow WHERE lot = %(lot)s"
    >>> say("duckdb", "SELECT exact_sum(1, qty) FROM flow WHERE lot = :lot AND item = :lot")
    Said(text='SELECT SUM(CASE WHEN (1) > 0 THEN (qty) WHEN (1) < 0 THEN -(qty) END) FROM flow WHERE lot = $lot AND item = $lot', binds=('lot',))
    """
    mark = _MARKS[dialect]
    names: dict[str, None] = {}

    def piece(match: re.Match[str]) -> str:
        if name := match["bind"]:
            names[name] = None
            return mark.format(name)
        text = match.group()
        return text.replace("%", "%%") if dialect == "postgres" else text

    # PostgreSQL's own sum has no limit; the cast gives it the one that the others have.
    frame = "CAST({} AS NUMERIC(38,18))" if dialect == "postgres" else "{}"
    return Said(_PIECE.sub(piece, spell_exact_sum(sql, frame)), tuple(names))


def spell_exact_sum(sql: str, frame: str = "{}") -> str:
    """``exact_sum(sign, qty)`` as a SUM over exact decimals, put in ``frame``; NULL where nothing was added.

    >>> spell_exact_sum("exact_sum(CASE WHEN f(a, b) = '(' THEN 1 ELSE -1 END, q)")
    "SUM(CASE WHEN (CASE WHEN f(a, b) = '(' THEN 1 ELSE -1 END) > 0 THEN (q) WHEN (CASE WHEN f(a, b) = '(' THEN 1 ELSE -1 END) < 0 THEN -(q) END)"
    >>> spell_exact_sum("SELECT 'exact_sum(1, q)'")
    "SELECT 'exact_sum(1, q)'"
    """
    found: list[str] = []
    at = 0
    while (start := _next_call(sql, at)) is not None:
        call = _CALL.match(sql, start)
        assert call is not None
        arguments, end = _arguments(sql, call.end())
        if len(arguments) != 2:
            raise ValueError(f"exact_sum takes a sign and a quantity: {sql[start:end]}")
        sign, qty = (spell_exact_sum(text, frame).strip() for text in arguments)
        case = f"CASE WHEN ({sign}) > 0 THEN ({qty}) WHEN ({sign}) < 0 THEN -({qty}) END"
        found += [sql[at:start], frame.format(f"SUM({case})")]
        at = end
    return "".join(found) + sql[at:]


def _next_call(sql: str, at: int) -> int | None:
    """Where the next call of exact_sum stands, outside literals and comments."""
    for call in _CALL.finditer(sql, at):
        opaque = (match.span() for match in _OPAQUE_TEXT.finditer(sql, at))
        if not any(start < call.start() < end for start, end in opaque):
            return call.start()
    return None


def _arguments(sql: str, at: int) -> tuple[list[str], int]:
    """The arguments of a call whose opening bracket ends at ``at``, and where the call ends."""
    arguments: list[str] = []
    depth, start = 0, at
    for match in _STEP.finditer(sql, at):
        mark = match["mark"]
        if mark == "(":
            depth += 1
        elif mark == ")" and depth:
            depth -= 1
        elif mark and not depth:
            arguments.append(sql[start : match.start()])
            start = match.end()
            if mark == ")":
                return arguments, start
    raise ValueError(f"a bracket is not closed: {sql}")
