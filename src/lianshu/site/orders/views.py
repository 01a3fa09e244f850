"""The list of orders, its download, and the page of one order."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from lianshu.site import said
from lianshu.site.access import SIGNED_IN, permit
from lianshu.site.addresses import key_of, order_address, orders_address
from lianshu.site.components.address import same_page
from lianshu.site.components.blocks import QueryArea, QueryField
from lianshu.site.components.table import (
    Action,
    Cell,
    Column,
    Row,
    Table,
    pager_from,
    sort_from,
)
from lianshu.site.orders.listing import (
    NOT_ON_TIME,
    STATES,
    UNFINISHED,
    OrderSummary,
    asked_for,
    conditions_from,
    state_cell,
)
from lianshu.site.orders.moments import moments
from lianshu.site.orders.order import order_of
from lianshu.site.orders.order_parts import (
    consistent_cell,
    documents_table,
    facts,
    four_flows,
    lines_table,
    order_evidence,
)
from lianshu.site.page import render_page
from lianshu.site.record_view import RecordView, record_of
from lianshu.site.texts import say
from lianshu.site.written import grouped

DEFAULT_SORT = "-due"
ORDERS_AT_ONCE = 20
COLUMNS = ("order", "state", "due", "last", "days_late", "supplier", "customer", "lines", "value")
NUMBERS, DATES = {"lines", "days_late", "value"}, {"due", "last"}
# A cell that starts so would be run as a formula by a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def columns(currency: str = "") -> list[Column]:
    """The columns of the list; all sort. ``currency`` is that of all orders, or empty."""
    return [
        Column(
            name,
            say(f"orders.{name}"),
            "number" if name in NUMBERS else "date" if name in DATES else "code" if name == "order" else "text",
            sortable=True,
            unit=currency if name == "value" else "",
            header=name == "order",
        )
        for name in COLUMNS
    ]  # fmt: skip


def query_area() -> QueryArea:
    """What the list may be asked for."""
    states = [(state, say(f"orders.state.{state}")) for state in (NOT_ON_TIME, UNFINISHED, *STATES)]
    return QueryArea(
        (
            QueryField("order", say("orders.order"), hint=say("orders.order_hint")),
            QueryField("supplier", say("orders.supplier"), hint=say("orders.party_hint")),
            QueryField("state", say("orders.state"), "select", states),
            QueryField("customer", say("orders.customer"), hint=say("orders.party_hint")),
            QueryField("place", say("orders.place")),
            QueryField("from", say("orders.from"), "date"),
            QueryField("to", say("orders.to"), "date"),
            QueryField("least", say("orders.least")),
        ),
        always=3,
    )


@permit(SIGNED_IN)
@require_safe
def order_list(request: HttpRequest) -> HttpResponseBase:
    """Orders by conditions, sorted and paged on the server."""
    view = record_of(request)
    wanted, odd = conditions_from(request.GET.dict())
    sort, descending = sort_from(request, columns(), DEFAULT_SORT)
    if request.GET.get("sort", "").removeprefix("-") == "late_value":
        sort, descending = "late_value", True
    found = [] if view is None else asked_for(view, wanted, sort, descending=descending)
    pager = pager_from(request, len(found), ORDERS_AT_ONCE)
    shown = found[pager.start : pager.start + pager.size]
    currencies = {one.currency for one in found}
    currency = currencies.pop() if len(currencies) == 1 else ""
    table = Table(
        say("orders.found", None, count=grouped(len(found))),
        columns(currency),
        [] if view is None else [_row(view, one, currency) for one in shown],
        sort=f"-{sort}" if descending else sort,
        pager=pager if found else None,
        actions=(Action(say("orders.download"), f"/orders.csv{same_page(request, page=None)}", "document"),)
        if found
        else (),
        numbered=True,
        **_empty(view, bool(request.GET)),
    )  # fmt: skip
    return render_page(
        request,
        "lianshu/orders/list.html",
        title=say("orders.title"),
        lead=say("orders.lead"),
        crumbs=[(say("menu.group.today"), "")],
        area=query_area(),
        table=table,
        odd=say("orders.odd", None, names=", ".join(say(f"orders.{name}") for name in odd))
        if odd
        else "",
    )


def _empty(view: RecordView | None, asked: bool) -> dict[str, Any]:
    if view is None or view.sees_nothing:
        key = "scope.no_record" if view is None else "scope.no_grant"
        return {"empty": say(f"{key}_title"), "empty_hint": say(key)}
    if not asked:
        return {"empty": say("orders.none"), "empty_hint": say("orders.none_hint")}
    reset = Action(say("orders.all"), orders_address(), primary=True)
    hint = say("orders.no_match_hint")
    return {"empty": say("orders.no_match"), "empty_hint": hint, "empty_actions": (reset,)}


def _row(view: RecordView, one: OrderSummary, currency: str) -> Row:
    value = said.money(one.value)
    return Row(
        (
            Cell(one.order, address=order_address(one.order)),
            state_cell(one.state),
            said.day(one.due_us),
            said.day(one.last_us),
            said.days_words(one.days_late) if one.days_late else "",
            view.names.parties(one.suppliers),
            view.names.parties(one.customers),
            one.lines,
            value if currency else f"{value} {one.currency}",
        ),
        one.order,
        "bad" if one.state == "overdue" else "",
    )


class _Echo:
    """A file that hands back what is written to it, so that a long download is made line by line."""

    def write(self, text: str) -> str:
        return text


@permit(SIGNED_IN)
@require_safe
def order_csv(request: HttpRequest) -> HttpResponseBase:
    """The orders of the same conditions as CSV in UTF-8 with a byte order mark, which spreadsheets need."""
    view = record_of(request)
    wanted, _ = conditions_from(request.GET.dict())
    sort, descending = sort_from(request, columns(), DEFAULT_SORT)
    found = [] if view is None else asked_for(view, wanted, sort, descending=descending)
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow(
            [
                say(f"orders.{name}")
                for name in (*COLUMNS, "currency", "supplier_key", "customer_key")
            ]
        )
        for one in found:
            assert view is not None
            yield writer.writerow([safe_cell(value) for value in _values(view, one)])

    headers = {"Content-Disposition": 'attachment; filename="orders.csv"'}
    # The words are looked up now: when the answer is sent its language is no longer set.
    return StreamingHttpResponse(
        list(lines()), content_type="text/csv; charset=utf-8", headers=headers
    )


def _values(view: RecordView, one: OrderSummary) -> list[object]:
    return [
        one.order, say(f"orders.state.{one.state}"), said.day(one.due_us), said.day(one.last_us),
        round(one.days_late, 2), view.names.parties(one.suppliers),
        view.names.parties(one.customers), one.lines, f"{one.value:f}", one.currency,
        one.suppliers, one.customers,
    ]  # fmt: skip


def safe_cell(value: object) -> object:
    """A cell that a spreadsheet shows and does not run.

    >>> safe_cell("=1+1"), safe_cell(-3), safe_cell("SO-1")
    ("'=1+1", -3, 'SO-1')
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


@permit(SIGNED_IN)
@require_safe
def order_page(request: HttpRequest, key: str) -> HttpResponseBase:
    """One order, every number of it open to its entries."""
    view = record_of(request)
    order = order_of(view, key_of(key, request.GET.get("id", ""))) if view else None
    if view is None or order is None:
        raise Http404
    found = order.summary
    state = state_cell(found.state) if found else None
    return render_page(
        request,
        "lianshu/orders/order.html",
        title=say("order.title", None, order=order.id),
        lead=_lead(view, found),
        crumbs=[(say("orders.title"), orders_address())],
        state=state,
        drawer=order_evidence(view, order, request.GET.get("evidence", "")),
        facts_shown=facts(view, order),
        flows=four_flows(order),
        consistent=consistent_cell(order.money["consistent"]) if order.money else None,
        lines=lines_table(request, view, order),
        moments=moments(view, order),
        timeline_name=say("order.timeline"),
        documents=documents_table(order),
    )


def _lead(view: RecordView, found: OrderSummary | None) -> str:
    if found is None:
        return ""
    parties = (view.names.parties(found.suppliers), view.names.parties(found.customers))
    return " → ".join(parties) + " · " + say("orders.lines_count", None, count=grouped(found.lines))
