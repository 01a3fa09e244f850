"""The template tags of the site (built in: no ``{% load %}`` needed). Values are made in Python, tags draw them.

``{% t "key" name=value %}``            the text of a key; a literal key is checked when the template is compiled.
``{% t variable %}``                    the same for a key in a variable.
``{{ value|words }}``                   a ``Text`` in the current language, other values as they are.
``{{ value|grouped }}``                 a number with thousands separators. ``{{ value|percent }}``: a ratio as %.
``{% icon "truck" %}``                  a decorative icon (names in ``icons.py``).
``{% asset "lianshu.css" %}``           the address of a static file with its content hash.
``{% badge words tone %}``              a badge; tone good, warn, bad, info or quiet (a mark as well as a colour).
``{% alert tone title body %}``         a message box; tone as above; body optional.
``{% tile tile %}``                     ``components.tile.Tile``; put several in ``<div class="tiles">``.
``{% table table %}``                   ``components.table.Table`` with tool bar, sort links, pager, empty state.
``{% pager pager %}``                   a pager alone.
``{% query area %}``                    ``components.blocks.QueryArea``: a GET form with 查询 and 重置.
``{% value cell %}``                    a ``components.table.ShownCell``: badge, link, evidence, note.
``{% facts facts %}``                   description list of ``components.blocks.Fact``.
``{% timeline moments name %}``         timeline of ``components.blocks.Moment``; ``name`` labels the list.
``{% evidence_link key words %}``       a link that opens ``?evidence=key#evidence`` on this page.
``{% evidence evidence %}``             ``components.evidence.Evidence`` as a drawer; nothing when None.
``{% figure figure %}``                 a ``charts.figure.Figure`` with its data table.
``{% heat heat %}``                     a ``charts.heat.HeatTable``.
``{% field form.name %}``               one form field: label, help, error, input, linked for screen readers.
``{% form_errors form %}``              the list of errors at the top of a form, linked to the fields.
``{% same_page page=2 %}``              the query string of this page with values changed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.http import HttpRequest
from django.template.base import FilterExpression, Parser, Token
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from lianshu.kernel.text import Text
from lianshu.site import icons, page, written
from lianshu.site.charts.figure import Figure
from lianshu.site.charts.heat import HeatTable
from lianshu.site.charts.sparkline import sparkline
from lianshu.site.components import address, blocks
from lianshu.site.components import table as tables
from lianshu.site.components.evidence import Evidence
from lianshu.site.components.tile import Tile, change_words
from lianshu.site.texts import current_language, dictionary, say, words_of

register = template.Library()
TONES = ("good", "warn", "bad", "info", "quiet")
PARTS = "lianshu/components"


class TextNode(template.Node):
    """The text of a key, with its places filled and escaped."""

    def __init__(self, key: FilterExpression, values: dict[str, FilterExpression]) -> None:
        self.key, self.values = key, values

    def render(self, context: template.Context) -> SafeString:
        """The escaped words."""
        filled = {name: words_of(value.resolve(context)) for name, value in self.values.items()}
        return conditional_escape(say(str(self.key.resolve(context)), None, **filled))


@register.tag
def t(parser: Parser, token: Token) -> TextNode:
    """``{% t "key" name=value %}``; an unknown literal key is a TemplateSyntaxError."""
    _, *bits = token.split_contents()
    if not bits:
        raise template.TemplateSyntaxError("t: name a key")
    if bits[0][0] in "\"'" and bits[0][1:-1] not in dictionary():
        raise template.TemplateSyntaxError(f"t: no text has the key {bits[0]}")
    pairs = (bit.partition("=") for bit in bits[1:])
    return TextNode(
        parser.compile_filter(bits[0]),
        {name: parser.compile_filter(value) for name, _, value in pairs},
    )


@register.filter
def words(value: object) -> str:
    """A ``Text`` in the current language."""
    return words_of(value)


@register.filter
def grouped(value: float | Decimal) -> str:
    """A number with thousands separators."""
    return written.grouped(value)


@register.filter
def percent(value: float | Decimal, places: int = 1) -> str:
    """A ratio as a percentage."""
    return written.percent(value, places)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon."""
    return mark_safe(icons.icon_svg(name))  # noqa: S308 - drawn in icons.py


@register.simple_tag
def asset(name: str) -> str:
    """The address of a static file with its content hash."""
    return page.asset_address(name)


@register.simple_tag(takes_context=True)
def same_page(context: dict[str, Any], **changes: object) -> str:
    """The query string of this page with values changed."""
    return address.same_page(context["request"], **changes)


@register.inclusion_tag(f"{PARTS}/badge.html")
def badge(words: str | Text, tone: str = "quiet") -> dict[str, object]:
    """A word in a box, with a mark that differs by tone."""
    assert tone in TONES, tone
    return {"words": words_of(words), "tone": tone}


@register.inclusion_tag(f"{PARTS}/alert.html")
def alert(tone: str, title: str | Text, body: str | Text = "") -> dict[str, object]:
    """A message box."""
    assert tone in TONES, tone
    return {
        "tone": tone,
        "title": words_of(title),
        "body": words_of(body),
        "tone_key": f"tone.{tone}",
    }


@register.inclusion_tag(f"{PARTS}/tile.html", takes_context=True)
def tile(context: dict[str, Any], tile: Tile) -> dict[str, object]:
    """The tile of an indicator."""
    known = [v for v in tile.trend if v is not None]
    trend_words = ""
    if len(known) > 1:
        low, high, last = (written.grouped(v) for v in (min(known), max(known), known[-1]))
        trend_words = say("tile.trend", None, count=len(tile.trend), low=low, high=high, last=last)
    evidence_address = ""
    if tile.evidence:
        evidence_address = (
            address.same_page(context["request"], evidence=tile.evidence) + "#evidence"
        )
    return {
        "tile": tile,
        "change": change_words(tile, current_language()),
        "trend": mark_safe(sparkline(tile.trend, trend_words)),  # noqa: S308 - drawn by sparkline
        "evidence_address": evidence_address,
    }


def next_table_id(request: HttpRequest) -> str:
    """An element id that no other table of this answer has."""
    count = getattr(request, "table_count", 0) + 1
    request.table_count = count
    return f"table-{count}"


@register.inclusion_tag(f"{PARTS}/table.html", takes_context=True)
def table(context: dict[str, Any], table: tables.Table) -> dict[str, object]:
    """A table with everything around it."""
    request = context["request"]
    return {
        "request": request,
        "table": table,
        "caption_id": next_table_id(context["request"]),
        "heads": tables.shown_heads(request, table),
        "rows": tables.shown_rows(request, table),
    }


@register.simple_tag
def value(cell: tables.ShownCell) -> SafeString:
    """One value in a table or a list of facts. Drawn here: a template for each of a thousand cells is slow."""
    words, opens = conditional_escape(cell.words), conditional_escape(cell.evidence_address)
    drawn = words
    if cell.tone:
        drawn = format_html('<span class="badge badge-{}">{}</span>', cell.tone, words)
    if cell.address:
        drawn = format_html('<a href="{}">{}</a>', cell.address, drawn)
    if opens and (cell.address or cell.tone):
        link = (
            '{} <a class="evidence-link" href="{}">{}<span class="visually-hidden"> {}</span></a>'
        )
        drawn = format_html(link, drawn, opens, say("evidence.open"), words)
    elif opens:
        drawn = format_html('<a class="evidence-link" href="{}">{}</a>', opens, words)
    if cell.note:
        drawn = format_html('{}<span class="cell-note">{}</span>', drawn, cell.note)
    return drawn


@register.inclusion_tag(f"{PARTS}/pager.html", takes_context=True)
def pager(context: dict[str, Any], pager: tables.Pager) -> dict[str, object]:
    """Where we are in a long list and how to move."""
    return tables.pager_context(context["request"], pager)


@register.inclusion_tag(f"{PARTS}/query.html", takes_context=True)
def query(context: dict[str, Any], area: blocks.QueryArea) -> dict[str, object]:
    """The query area above a list."""
    request = context["request"]
    shown, more, in_use = blocks.filled(request, area)
    names = tuple(field.name for field in area.fields)
    kept = address.kept_values(request, without=(*names, "page", "after", "before", "evidence"))
    return {"shown": shown, "more": more, "more_in_use": in_use, "kept": kept, "path": request.path}


@register.inclusion_tag(f"{PARTS}/facts.html", takes_context=True)
def facts(context: dict[str, Any], facts: list[blocks.Fact]) -> dict[str, object]:
    """A description list."""
    request = context["request"]
    column = {kind: tables.Column("", "", kind) for kind in ("text", "number", "date", "code")}
    shown = [
        (
            words_of(f.name),
            tables.shown_cell(
                request,
                column[f.kind],
                tables.Cell(f.value, f.address, f.tone, evidence=f.evidence),
            ),
        )
        for f in facts
    ]
    return {"facts": shown}


@register.inclusion_tag(f"{PARTS}/timeline.html", takes_context=True)
def timeline(
    context: dict[str, Any], moments: list[blocks.Moment], name: str | Text
) -> dict[str, object]:
    """What happened, what is late and what is still to come."""
    request = context["request"]
    shown = [
        (
            m,
            f"{address.same_page(request, evidence=m.evidence)}#evidence" if m.evidence else "",
            f"moment.{m.state}",
        )
        for m in moments
    ]
    return {"moments": shown, "name": words_of(name)}


@register.inclusion_tag(f"{PARTS}/evidence_link.html", takes_context=True)
def evidence_link(context: dict[str, Any], key: str, words: str | Text) -> dict[str, object]:
    """A number or word that opens the entries behind it."""
    query_string = address.same_page(context["request"], evidence=key)
    return {"words": words_of(words), "address": f"{query_string}#evidence"}


@register.inclusion_tag(f"{PARTS}/evidence.html", takes_context=True)
def evidence(context: dict[str, Any], evidence: Evidence | None) -> dict[str, object]:
    """The drawer with the entries behind a number; closing it is a link to the same page without it."""
    return {"evidence": evidence, "close": address.same_page(context["request"], evidence=None)}


@register.inclusion_tag(f"{PARTS}/figure.html")
def figure(figure: Figure) -> dict[str, object]:
    """A chart with its numbers as a table."""
    return {"figure": figure, "drawing": mark_safe(figure.svg)}  # noqa: S308 - drawn by charts


@register.inclusion_tag(f"{PARTS}/heat.html", takes_context=True)
def heat(context: dict[str, Any], heat: HeatTable) -> dict[str, object]:
    """A shaded table."""
    return {"heat": heat, "caption_id": next_table_id(context["request"])}


@register.inclusion_tag(f"{PARTS}/field.html")
def field(field: BoundField) -> dict[str, object]:
    """One form field with label, help and error, linked to the input."""
    described = [f"{field.auto_id}-help"] if field.help_text else []
    described += [f"{field.auto_id}-error"] if field.errors else []
    kind = field.field.widget.__class__.__name__
    attrs: dict[str, str] = {"class": "form-select" if kind == "Select" else "form-control"}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if field.errors:
        attrs["aria-invalid"] = "true"
    return {"field": field, "input": field.as_widget(attrs=attrs)}


@register.inclusion_tag(f"{PARTS}/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, object]:
    """What is wrong with a form, each line linked to its field."""
    return {"form": form, "fields": [f for f in form if f.errors]}
