"""The list of orders: each order's lines taken together, asked for by conditions, sorted and paged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lianshu.kernel.period import Period
from lianshu.kernel.quantity import EXACT
from lianshu.kernel.refusal import Refused
from lianshu.site.components.table import Cell
from lianshu.site.record_view import Names, RecordView
from lianshu.site.texts import say

# The worst line says what an order is.
STATES = ("overdue", "late", "short", "open", "on_time")
TONES = {"overdue": "bad", "late": "bad", "short": "warn", "open": "info", "on_time": "good"}
NOT_ON_TIME = "not_on_time"
UNFINISHED = "unfinished"
GROUPED_STATES = {NOT_ON_TIME: {"overdue", "late"}, UNFINISHED: {"overdue", "short", "open"}}


@dataclass(frozen=True, slots=True)
class OrderSummary:
    """One order: what its lines say together.

    ``due_us`` is the earliest promised time, ``last_us`` the last delivery; ``value`` and ``late_value`` are in
    ``currency``, the one with most value where an order has several. ``marks`` are due time and state of each line.
    """

    order: str
    suppliers: str
    customers: str
    places: tuple[str, ...]
    lines: int
    late_lines: int
    due_us: int
    last_us: int | None
    days_late: float
    value: Decimal
    late_value: Decimal
    currency: str
    state: str
    marks: tuple[tuple[int, str], ...] = ()

    def has_line(self, states: set[str], from_us: int | None, to_us: int | None) -> bool:
        """Whether a line in one of the states (empty: any) is due from ``from_us`` up to before ``to_us``."""
        return any(
            (not states or state in states)
            and (from_us is None or due_us >= from_us)
            and (to_us is None or due_us < to_us)
            for due_us, state in self.marks
        )


@dataclass(frozen=True, slots=True)
class Conditions:
    """What was asked of the list; empty or None: anything."""

    order: str = ""
    supplier: str = ""
    customer: str = ""
    place: str = ""
    state: str = ""
    from_us: int | None = None
    to_us: int | None = None
    least: Decimal | None = None


def orders(view: RecordView) -> list[OrderSummary]:
    """Every order of the view, by its number."""
    return view.kept("orders", lambda: summaries(view.run("order_lines").dicts()))


def summaries(lines: Iterable[Mapping[str, Any]]) -> list[OrderSummary]:
    """Orders from the rows of the reading ``order_lines``; a line without an order is left out."""
    by_order: dict[str, list[Mapping[str, Any]]] = {}
    for line in lines:
        if line["order"]:
            by_order.setdefault(line["order"], []).append(line)
    return [summary(order, by_order[order]) for order in sorted(by_order)]


def summary(order: str, lines: Sequence[Mapping[str, Any]]) -> OrderSummary:
    """One order from its lines."""
    late = [line for line in lines if line["state"] in GROUPED_STATES[NOT_ON_TIME]]
    values: dict[str, Decimal] = {}
    for line in lines:
        values[line["currency"]] = EXACT.add(
            values.get(line["currency"], Decimal(0)), line["value"]
        )
    currency = max(values, key=lambda name: (values[name], name))
    return OrderSummary(
        order,
        _together(line["supplier"] for line in lines),
        _together(line["customer"] for line in lines),
        tuple(dict.fromkeys(line["to_place"] for line in lines if line["to_place"])),
        len(lines),
        len(late),
        min(line["due"] for line in (late or lines)),
        max((line["last"] for line in lines if line["last"] is not None), default=None),
        max(line["days_late"] for line in lines),
        values[currency],
        sum((line["value"] for line in late if line["currency"] == currency), Decimal(0)),
        currency,
        min((line["state"] for line in lines), key=STATES.index),
        tuple((line["due"], line["state"]) for line in lines),
    )


def _together(names: Iterable[str]) -> str:
    return "; ".join(sorted({name for name in names if name}))


def chosen(view: RecordView, wanted: Conditions) -> list[OrderSummary]:
    """The orders that meet the conditions. Words are looked for in names and keys, in any case."""
    tests = _tests(view.names, wanted)
    return [one for one in orders(view) if all(test(one) for test in tests)]


def _tests(names: Names, wanted: Conditions) -> list[Callable[[OrderSummary], bool]]:
    """One test for each condition that was given: names are looked up only where they are asked for."""
    states = GROUPED_STATES.get(wanted.state, {wanted.state} if wanted.state else set())
    tests: list[Callable[[OrderSummary], bool]] = []
    if wanted.order:
        tests.append(lambda one: _has(wanted.order, one.order))
    if states or wanted.from_us is not None or wanted.to_us is not None:
        tests.append(lambda one: one.has_line(states, wanted.from_us, wanted.to_us))
    if states:
        tests.append(lambda one: one.state in states)
    least = wanted.least
    if least is not None:
        tests.append(lambda one: one.value >= least)
    if wanted.supplier:
        tests.append(lambda one: _has(wanted.supplier, names.parties(one.suppliers), one.suppliers))
    if wanted.customer:
        tests.append(lambda one: _has(wanted.customer, names.parties(one.customers), one.customers))
    if wanted.place:
        tests.append(lambda one: any(_has(wanted.place, names.place(p), p) for p in one.places))
    return tests


def _has(word: str, *texts: str) -> bool:
    return any(word.casefold() in text.casefold() for text in texts)


def asked_for(
    view: RecordView, wanted: Conditions, key: str, *, descending: bool
) -> list[OrderSummary]:
    """The orders that meet the conditions in the order of a column; kept, so that the next page is quick."""

    def make() -> list[OrderSummary]:
        return ordered(view, chosen(view, wanted), key, descending=descending)

    return view.kept("orders asked for", make, wanted, key, descending)


SORTS = ("order", "supplier", "customer", "lines", "due", "last", "days_late", "value",
         "late_value", "state")  # fmt: skip


def sort_value(view: RecordView, one: OrderSummary, key: str) -> Any:
    """What an order is sorted by under a column; None where it has no value there."""
    assert key in SORTS, key
    if key in ("supplier", "customer"):
        keys = one.suppliers if key == "supplier" else one.customers
        return view.names.parties(keys).casefold()
    if key in ("due", "last"):
        return one.due_us if key == "due" else one.last_us
    return STATES.index(one.state) if key == "state" else getattr(one, key)


def ordered(
    view: RecordView, found: list[OrderSummary], key: str, *, descending: bool
) -> list[OrderSummary]:
    """Sorted by a column; what has no value stands last either way, equals stay by order number."""
    valued = [(sort_value(view, one, key), one) for one in found]
    having = [pair for pair in valued if pair[0] is not None]
    having.sort(key=lambda pair: pair[0], reverse=descending)
    return [one for _, one in having] + [one for value, one in valued if value is None]


def conditions_from(query: Mapping[str, str]) -> tuple[Conditions, list[str]]:
    """The conditions of an address, and the names of those that could not be understood.

    >>> conditions_from({"state": "late", "least": "1e9x", "from": "2013-06-01"})[1]
    ['least']
    """
    odd: list[str] = []

    def of(name: str, read: Any) -> Any:
        text = query.get(name, "").strip()
        if not text:
            return None
        try:
            return read(text)
        except (Refused, ValueError, ArithmeticError):
            odd.append(name)
            return None

    def word(name: str) -> str:
        return query.get(name, "").strip()

    return Conditions(
        word("order"),
        word("supplier"),
        word("customer"),
        word("place"),
        state=of("state", _state) or "",
        from_us=of("from", lambda text: Period.parse(text).start_us),
        to_us=of("to", lambda text: Period.parse(text).end_us),
        least=of("least", _amount),
    ), odd


def _state(text: str) -> str:
    if text not in STATES and text not in GROUPED_STATES:
        raise ValueError(text)
    return text


def _amount(text: str) -> Decimal:
    amount = Decimal(text.replace(",", ""))
    if not amount.is_finite():
        raise ValueError(text)
    return amount


def state_cell(state: str) -> Cell:
    """A state as a badge: a word, a mark and a colour."""
    return Cell(say(f"orders.state.{state}"), tone=TONES[state])
