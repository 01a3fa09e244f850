"""The timeline of an order: quoted, agreed, due, shipped, received, invoiced, paid; what is late said in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lianshu.kernel.instant import DAY_US
from lianshu.site import said
from lianshu.site.components.blocks import Moment
from lianshu.site.orders.order import Flow, Order
from lianshu.site.record_view import RecordView
from lianshu.site.texts import say
from lianshu.site.written import grouped

# In this order where several happen on one day.
STEPS = (
    "quote", "agreed", "due", "shipped", "received", "inspected", "lost", "invoiced", "charged",
    "pay_due", "paid",
)  # fmt: skip
STREAMS = {
    "quote": "orders", "agreed": "orders", "due": "orders", "invoiced": "money", "charged": "money",
    "pay_due": "money", "paid": "money",
}  # fmt: skip
FACTS = {
    "move": "shipped", "pickup": "shipped", "transferCustody": "shipped", "transfer": "received",
    "dropoff": "received", "invoice": "invoiced", "pay": "paid", "charge": "charged",
    "lower": "lost", "inspect": "inspected",
}  # fmt: skip
# What matters of these is their sum: one step for all days.
SUMMED = {"charged"}
MOST_DOCUMENTS = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, or is to happen, to an order, with the flows that say so.

    ``day`` is the local date, or the first and the last one; ``time_us`` the last instant.
    """

    kind: str
    day: str
    time_us: int
    flows: tuple[Flow, ...]

    @property
    def key(self) -> str:
        """What opens its evidence."""
        return f"step:{self.kind}:{self.day}"


def steps(order: Order) -> list[Step]:
    """The steps of an order by time: flows of one kind and one day are one step, charges are one in all."""
    found: dict[tuple[str, str], list[tuple[int, Flow]]] = {}
    for flow in order.flows:
        for kind, time_us in _kinds(flow, order):
            day = "" if kind in SUMMED else said.day(time_us)
            found.setdefault((kind, day), []).append((time_us, flow))
    made = [_step(kind, some) for (kind, _), some in found.items()]
    return sorted(made, key=lambda step: (said.day(step.time_us), STEPS.index(step.kind)))


def _step(kind: str, some: Sequence[tuple[int, Flow]]) -> Step:
    first, last = min(t for t, _ in some), max(t for t, _ in some)
    days = dict.fromkeys((said.day(first), said.day(last)))
    return Step(kind, " – ".join(days), last, tuple(flow for _, flow in some))


def _kinds(flow: Flow, order: Order) -> list[tuple[str, int]]:
    if flow.mood == "offer":
        return [("quote", flow.time)]
    if flow.mood == "promise" and flow.action == "transfer":
        if flow.is_money:
            # Where a record holds no payments at all, that one is missing says nothing.
            return [("pay_due", flow.time)] if order.has_payments else []
        return [("due", flow.time)] + ([("agreed", flow.agreed)] if flow.agreed is not None else [])
    if flow.mood == "fact" and flow.action in FACTS:
        kind = "paid" if flow.action == "transfer" and flow.is_money else FACTS[flow.action]
        return [(kind, flow.time)]
    return []


def moments(view: RecordView, order: Order) -> list[Moment]:
    """The timeline as the page draws it."""
    return [_moment(view, order, step) for step in steps(order)]


def _moment(view: RecordView, order: Order, step: Step) -> Moment:
    state, judged = _judged(order, step)
    details = [each for each in (judged, _what(view, step), _documents(step)) if each]
    stream = STREAMS.get(step.kind, "goods")
    return Moment(
        step.day,
        say(f"order.step.{step.kind}"),
        state,
        " · ".join(details),
        say(f"order.stream.{stream}"),
        evidence=step.key,
    )


def _judged(order: Order, step: Step) -> tuple[str, str]:
    """Done, late or planned, and why."""
    if step.kind == "due":
        return _due(order, step)
    if step.kind == "received":
        return _received(order, step)
    if step.kind in ("pay_due", "paid"):
        return _payment(order, step)
    return ("late" if step.kind == "lost" else "done"), ""


def _due(order: Order, step: Step) -> tuple[str, str]:
    promised = {flow.id for flow in step.flows}
    lines = [line for line in order.lines if line["promise"] in promised]
    late = [line for line in lines if line["state"] in ("late", "overdue")]
    if late:
        days = said.days_words(max(line["days_late"] for line in late))
        key = "overdue" if any(line["state"] == "overdue" for line in late) else "late"
        return "late", say(f"order.due_{key}", None, lines=len(late), days=days)
    short = [line for line in lines if line["state"] == "short"]
    if short:
        return "late", say("order.due_short", None, lines=len(short))
    if any(line["state"] == "open" for line in lines):
        return "planned", say("order.due_open", None, lines=len(lines))
    return "done", say("order.due_met")


def _received(order: Order, step: Step) -> tuple[str, str]:
    due = {line["promise"]: line["due"] for line in order.lines}
    late_us = [
        flow.time - due[flow.fulfils]
        for flow in step.flows
        if flow.fulfils in due and flow.time > due[flow.fulfils]
    ]
    if not late_us:
        return "done", ""
    return "late", say("order.came_late", None, days=said.days_words(max(late_us) / DAY_US))


def _payment(order: Order, step: Step) -> tuple[str, str]:
    if step.kind == "paid":
        due = {f.id: f.time for f in order.flows if f.mood == "promise" and f.is_money}
        late_us = [
            f.time - due[f.fulfils] for f in step.flows if f.time > due.get(f.fulfils, f.time)
        ]
        if not late_us:
            return "done", ""
        return "late", say("order.paid_late", None, days=said.days_words(max(late_us) / DAY_US))
    wanted = _sums(step.flows)
    paid = _sums([f for f in order.flows if f.mood == "fact" and f.action == "pay"])
    if all(paid.get(currency, Decimal(0)) >= amount for currency, amount in wanted.items()):
        return "done", say("order.pay_met")
    if step.time_us > order.now_us:
        return "planned", ""
    return "late", say("order.pay_overdue")


def _sums(flows: Sequence[Flow]) -> Mapping[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for flow in flows:
        sums[flow.unit] = sums.get(flow.unit, Decimal(0)) + flow.qty
    return sums


def _what(view: RecordView, step: Step) -> str:
    """How much of what, from where to where."""
    money = [flow for flow in step.flows if flow.is_money]
    if money:
        return "; ".join(f"{said.money(v)} {c}" for c, v in _sums(money).items())
    items = {flow.item for flow in step.flows}
    if len(items) > 1:
        what = say("order.items", None, count=grouped(len(items)), lines=grouped(len(step.flows)))
    else:
        amounts = "; ".join(said.quantity(v, u) for u, v in _sums(step.flows).items())
        what = f"{amounts} {view.names.item(items.pop())}"
    if step.kind not in ("shipped", "received"):
        return what
    lanes = sorted({_lane(view, flow) for flow in step.flows})
    return f"{what} · {lanes[0]}" if len(lanes) == 1 and lanes[0] else what


def _lane(view: RecordView, flow: Flow) -> str:
    ends = [view.names.place(key) for key in (flow.from_place, flow.to_place) if key]
    return " → ".join(ends)


def _documents(step: Step) -> str:
    names = sorted({flow.document for flow in step.flows if flow.document})
    more = f" +{len(names) - MOST_DOCUMENTS}" if len(names) > MOST_DOCUMENTS else ""
    return ", ".join(names[:MOST_DOCUMENTS]) + more
