"""Tables: sorted and paged on the server, so that ten million rows are as light as ten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.http import HttpRequest
from django.utils import timezone

from lianshu.kernel.text import Text
from lianshu.site.components.address import kept_values, same_page
from lianshu.site.texts import words_of
from lianshu.site.written import grouped

PAGE_SIZES = (20, 50, 100, 200)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``key`` for sorting, ``title`` (words or Text), ``kind`` text, number, date or code.

    ``sortable`` makes its heading a link; ``unit`` stands behind the title; ``header`` makes its cells row headings.
    """

    key: str
    title: str | Text
    kind: str = "text"
    sortable: bool = False
    unit: str = ""
    header: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is more than a value.

    ``address`` links it; ``tone`` (good, warn, bad, info, quiet) draws it as a badge; ``note`` is a second, quiet
    line; ``evidence`` is the key that ``?evidence=`` opens.
    """

    value: object
    address: str = ""
    tone: str = ""
    note: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: cells in the order of the columns; ``key`` is the value of its tick box; ``tone`` marks its edge."""

    cells: Sequence[object]
    key: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Pager:
    """Where we are. By page number, or by keyset when ``next_key`` or ``previous_key`` is given (?after= / ?before=)."""

    total: int
    page: int = 1
    size: int = 50
    next_key: str = ""
    previous_key: str = ""

    @property
    def keyset(self) -> bool:
        """Whether pages are reached by key, not by number."""
        return bool(self.next_key or self.previous_key)

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def start(self) -> int:
        """How many rows stand before this page: the offset of the query."""
        return (self.page - 1) * self.size


@dataclass(frozen=True, slots=True)
class Action:
    """A link drawn as a button: words, address, icon, and ``primary`` for the main one."""

    words: str | Text
    address: str
    icon: str = ""
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table as drawn by ``{% table %}``.

    ``caption`` names it; ``sort`` is the key in force with ``-`` in front when descending; ``empty`` and
    ``empty_hint`` say why there is nothing and what to do, ``empty_actions`` let one do it; ``actions`` are the
    tool bar; ``numbered`` adds the 序号 column; ``tick_name`` adds tick boxes of that name that belong to the form
    with id ``tick_form``.
    """

    caption: str | Text
    columns: Sequence[Column]
    rows: Sequence[Row]
    sort: str = ""
    pager: Pager | None = None
    empty: str | Text = ""
    empty_hint: str | Text = ""
    empty_actions: Sequence[Action] = ()
    actions: Sequence[Action] = ()
    numbered: bool = False
    tick_name: str = ""
    tick_form: str = ""
    caption_hidden: bool = False


@dataclass(frozen=True, slots=True)
class ShownHead:
    """A heading ready to draw: ``direction`` is the value of aria-sort or empty."""

    title: str
    unit: str
    kind: str
    address: str = ""
    direction: str = ""


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell ready to draw."""

    words: str
    kind: str
    header: bool = False
    address: str = ""
    tone: str = ""
    note: str = ""
    evidence_address: str = ""


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row ready to draw; ``name`` is what a screen reader calls its tick box."""

    number: int
    key: str
    tone: str
    name: str
    cells: list[ShownCell] = field(default_factory=list)


def sort_from(
    request: HttpRequest, columns: Sequence[Column], default: str = ""
) -> tuple[str, bool]:
    """The column key to sort by and whether descending, from ``?sort=``; unknown keys fall back to the default.

    >>> from django.http import QueryDict
    >>> request = HttpRequest(); request.GET = QueryDict("sort=-qty")
    >>> sort_from(request, [Column("qty", "数量", "number", sortable=True)])
    ('qty', True)
    >>> sort_from(request, [Column("item", "物品", sortable=True)], default="item")
    ('item', False)
    """
    wanted = request.GET.get("sort", default)
    allowed = {column.key for column in columns if column.sortable}
    if wanted.removeprefix("-") not in allowed:
        wanted = default
    return wanted.removeprefix("-"), wanted.startswith("-")


def pager_from(request: HttpRequest, total: int, size: int = 50) -> Pager:
    """The page asked for by ``?page=`` and ``?size=``, moved to the nearest page that exists.

    >>> from django.http import QueryDict
    >>> request = HttpRequest(); request.GET = QueryDict("page=999&size=20")
    >>> pager_from(request, 7110)
    Pager(total=7110, page=356, size=20, next_key='', previous_key='')
    """
    asked_size = whole_number(request.GET.get("size", ""), size)
    if asked_size not in PAGE_SIZES:
        asked_size = size
    last = Pager(total, 1, asked_size).pages
    return Pager(total, min(max(1, whole_number(request.GET.get("page", ""), 1)), last), asked_size)


def whole_number(words: str, default: int) -> int:
    """The number that somebody wrote in an address, or the default.

    >>> whole_number("12", 1), whole_number("x", 1), whole_number("9" * 30, 1)
    (12, 1, 1)
    """
    return int(words) if words.isascii() and words.isdigit() and len(words) < 10 else default


def shown_heads(request: HttpRequest, table: Table) -> list[ShownHead]:
    """The headings with the address that sorts by them: first ascending, then descending."""
    key, descending = table.sort.removeprefix("-"), table.sort.startswith("-")
    heads = []
    for column in table.columns:
        address = direction = ""
        if column.sortable:
            here = column.key == key
            direction = ("descending" if descending else "ascending") if here else "none"
            wanted = f"-{column.key}" if here and not descending else column.key
            address = same_page(request, sort=wanted, page=None, after=None, before=None)
        heads.append(
            ShownHead(words_of(column.title), column.unit, column.kind, address, direction)
        )
    return heads


def shown_rows(request: HttpRequest, table: Table) -> list[ShownRow]:
    """The rows with every value turned into words."""
    start = table.pager.start if table.pager and not table.pager.keyset else 0
    rows = []
    for number, row in enumerate(table.rows, start + 1):
        assert len(row.cells) == len(table.columns), "one cell for each column"
        cells = [
            shown_cell(request, column, value)
            for column, value in zip(table.columns, row.cells, strict=True)
        ]
        name = next((c.words for c in cells if c.header), cells[0].words if cells else "")
        rows.append(ShownRow(number, row.key, row.tone, name, cells))
    return rows


def shown_cell(request: HttpRequest, column: Column, value: object) -> ShownCell:
    """One value in words: numbers grouped, dates in ISO form, Shanghai time."""
    cell = value if isinstance(value, Cell) else Cell(value)
    return ShownCell(
        value_words(cell.value),
        column.kind,
        column.header,
        cell.address,
        cell.tone,
        cell.note,
        f"{same_page(request, evidence=cell.evidence)}#evidence" if cell.evidence else "",
    )


def value_words(value: object) -> str:
    """How a value is written in a table; an en dash when there is none.

    >>> value_words(None), value_words(Decimal("1234.50")), value_words(date(2013, 6, 30)), value_words("SCMS-4")
    ('–', '1,234.50', '2013-06-30', 'SCMS-4')
    """
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "✓" if value else "–"
    if isinstance(value, int | float | Decimal):
        return grouped(value)
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return words_of(value)


def pager_context(request: HttpRequest, pager: Pager) -> dict[str, object]:
    """What the pager template needs: totals, addresses of neighbours, hidden fields of its jump form."""
    addresses: dict[str, str] = {}
    if pager.keyset:
        if pager.previous_key:
            addresses["previous"] = same_page(request, before=pager.previous_key, after=None)
        if pager.next_key:
            addresses["next"] = same_page(request, after=pager.next_key, before=None)
    else:
        if pager.page > 1:
            addresses |= {
                "first": same_page(request, page=None),
                "previous": same_page(request, page=pager.page - 1),
            }
        if pager.page < pager.pages:
            addresses |= {
                "next": same_page(request, page=pager.page + 1),
                "last": same_page(request, page=pager.pages),
            }
    return {
        "pager": pager,
        "total": grouped(pager.total),
        "first_row": grouped(min(pager.total, pager.start + 1)),
        "last_row": grouped(min(pager.total, pager.start + pager.size)),
        "pages": grouped(pager.pages),
        "sizes": PAGE_SIZES,
        "addresses": addresses,
        "kept": kept_values(request, without=("page", "size")),
    }
