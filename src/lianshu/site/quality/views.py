"""Data quality: what the named checks found, each finding with its entries, and what was refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from lianshu.api.visibility import SEE_ALL
from lianshu.app.checking import CheckReport
from lianshu.flow.check import SEVERITIES
from lianshu.flow.checks import checks
from lianshu.site.access import SIGNED_IN, permit
from lianshu.site.addresses import entry_address
from lianshu.site.components.blocks import Fact, QueryArea, QueryField
from lianshu.site.components.table import Table, pager_from
from lianshu.site.page import render_page
from lianshu.site.quality.attempts import OUTCOMES, attempts_count, attempts_table
from lianshu.site.quality.comparing import AT_ONCE, MOST_READ, comparison
from lianshu.site.quality.findings import (
    FINDING_COLUMNS,
    TONES,
    Wanted,
    checks_table,
    finding_of_key,
    findings_table,
    report_of,
    tiles,
)
from lianshu.site.readings.backing import entries_of
from lianshu.site.readings.views import withheld_words
from lianshu.site.record_view import RecordView, record_of
from lianshu.site.roles import Role
from lianshu.site.said import quantity
from lianshu.site.texts import say
from lianshu.site.written import grouped


@permit(SIGNED_IN)
@require_safe
def quality(request: HttpRequest) -> HttpResponseBase:
    """Counts, a filter, the findings, and every check."""
    record = record_of(request)
    context = quality_context(request, record) if record and not record.sees_nothing else {}
    return render_page(
        request,
        "lianshu/quality/quality.html",
        title=say("menu.quality"),
        lead=say("quality.lead"),
        withheld=withheld_words(record),
        no_record=record is None,
        **context,
    )


def quality_context(request: HttpRequest, record: RecordView) -> dict[str, Any]:
    """What the page shows of the report in this person's scope."""
    report = report_of(record)
    wanted = Wanted(*(request.GET.get(name, "").strip() for name in ("severity", "check", "q")))
    found = [one for one in report if wanted.holds(one)]
    pager = pager_from(request, len(found), 20)
    columns = [replace(column, title=say(str(column.title))) for column in FINDING_COLUMNS]
    table = Table(
        say("quality.findings", None, count=grouped(len(found)), seq=grouped(report.as_of)),
        columns,
        findings_table(found, checks(), record.names, start=pager.start, size=pager.size),
        pager=pager if len(found) > 20 else None,
        empty=say("quality.no_findings"),
        numbered=True,
    )
    refused = attempts_count(record.workspace) if record.sees_all else 0
    return {
        "tiles": tiles(report),
        "query_area": query_area(report),
        "table": table,
        "checks": checks_table(report),
        "kept": kept_words(report),
        "refused": grouped(refused) if record.sees_all else "",
    }


def kept_words(report: CheckReport) -> str:
    """How many findings are counted but not listed; empty where all are."""
    missing = len(report) - len(report.findings)
    return say("quality.not_listed", None, count=grouped(missing)) if missing else ""


def query_area(report: CheckReport) -> QueryArea:
    """Severity, check, words."""
    known = checks()
    return QueryArea(
        (
            QueryField("severity", say("quality.severity"), "select",
                       choices=[(name, say(f"severity.{name}")) for name in SEVERITIES]),
            QueryField("check", say("quality.check"), "select",
                       choices=[(n, known[n].title) for n, count in report.counts.items() if count]),
            QueryField("q", say("catalogue.words"), hint=say("quality.words_hint")),
        )
    )  # fmt: skip


@permit(SIGNED_IN)
@require_safe
def finding(request: HttpRequest, key: str) -> HttpResponseBase:
    """One finding: its rule, its remedy, and its entries side by side."""
    record = record_of(request)
    one = None
    if record is not None and not record.sees_nothing:
        one = finding_of_key(report_of(record), key)
    if record is None or one is None:
        raise Http404(key)
    rule = checks()[one.check]
    entries = entries_of(record.workspace, one.entry_seqs[:MOST_READ])
    facts = [
        Fact(say("quality.severity"), say(f"severity.{one.severity}"), tone=TONES[one.severity]),
        Fact(say("quality.subject"), one.subject, "code"),
        Fact(say("quality.at_stake"), quantity(one.at_stake, one.unit) if one.at_stake else ""),
        Fact(say("quality.rule"), rule.meaning),
        Fact(say("reading.reference"), rule.source),
    ]
    rest = [(entry_address(seq), seq) for seq in one.entry_seqs]
    return render_page(
        request,
        "lianshu/quality/finding.html",
        title=rule.title,
        lead=record.names.sentence(one.message),
        crumbs=[(say("menu.quality"), reverse("quality"))],
        facts=facts,
        remedy=rule.remedy,
        comparison=comparison(entries, one.subject),
        rest=rest if len(rest) > AT_ONCE else [],
    )


@permit(*(Role(name) for name in sorted(SEE_ALL)))
@require_safe
def refused_attempts(request: HttpRequest) -> HttpResponseBase:
    """What was offered and not taken; only for whoever reads the whole record, as attempts have no owner."""
    record = record_of(request)
    if record is None:
        raise Http404("record")
    outcome = request.GET.get("outcome", "")
    outcome = outcome if outcome in OUTCOMES else ""
    pager = pager_from(request, attempts_count(record.workspace, outcome))
    field = QueryField("outcome", say("quality.outcome"), "select",
                       choices=[(name, say(f"outcome.{name}")) for name in OUTCOMES])  # fmt: skip
    return render_page(
        request,
        "lianshu/quality/refused.html",
        title=say("quality.refused"),
        lead=say("quality.refused_lead"),
        crumbs=[(say("menu.quality"), reverse("quality"))],
        query_area=QueryArea((field,)),
        table=attempts_table(record.workspace, pager, outcome),
    )
