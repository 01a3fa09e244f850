"""The public page on which anybody checks the record, and the downloads that this takes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianshu.app.verifying import Verification, verify
from lianshu.record import check
from lianshu.site.access import PUBLIC, permit, role_of
from lianshu.site.components.blocks import Fact
from lianshu.site.page import render_page
from lianshu.site.readings.cells import moment
from lianshu.site.record_view import RecordView, record_of
from lianshu.site.roles import Role
from lianshu.site.texts import say
from lianshu.site.verification.forms import ProofForm
from lianshu.site.verification.proofs import Verdict, judged
from lianshu.site.written import grouped

# About six seconds on one core; a longer log is verified on the command line, without a time limit.
MOST_ENTRIES = 1_000_000


@permit(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def verification(request: HttpRequest) -> HttpResponseBase:
    """The latest checkpoint, and a form that checks a proof."""
    record = record_of(request)
    form = ProofForm(request.POST, request.FILES) if request.method == "POST" else ProofForm()
    verdict: Verdict | None = None
    if request.method == "POST" and form.is_valid():
        verdict = judged(
            form.cleaned_data["proof"].read(),
            vkey=form.cleaned_data["vkey"],
            kept=form.cleaned_data["kept"],
            workspace=record.workspace if record else None,
        )
    return shown(request, record, form=form, verdict=verdict)


@permit(Role.LEAD)
@require_POST
def verify_now(request: HttpRequest) -> HttpResponseBase:
    """Recompute the whole log here and now."""
    record = record_of(request)
    if record is None:
        raise Http404("record")
    if record.head.size > MOST_ENTRIES:
        return shown(request, record, too_long=True)
    started = timezone.now()
    result = verify(record.workspace)
    return shown(request, record, result=result, started=started)


def shown(
    request: HttpRequest,
    record: RecordView | None,
    *,
    form: ProofForm | None = None,
    result: Verification | None = None,
    started: datetime | None = None,
    **context: Any,
) -> HttpResponse:
    """The page with the answer of whatever was asked."""
    if result is not None and started is not None:
        context["result"] = result
        context["result_facts"] = result_facts(result, started)
    return render_page(
        request,
        "lianshu/verification/verification.html",
        title=say("menu.verify"),
        lead=say("verify.lead"),
        form=form or ProofForm(),
        facts=state_facts(record) if record and record.head.size else [],
        note=record.head.note if record else "",
        vkey=record.workspace.key.vkey if record else "VKEY",
        may_verify=role_of(request) is Role.LEAD and record is not None,
        proven=[f"verify.proven.{n}" for n in range(1, 5)],
        not_proven=[f"verify.not_proven.{n}" for n in range(1, 5)],
        **context,
    )


def state_facts(record: RecordView) -> list[Fact]:
    """The latest checkpoint in words."""
    signed = record.workspace.store.checkpoints()[-1][2]
    return [
        Fact(say("verify.size"), grouped(record.head.size)),
        Fact(say("verify.when"), moment(signed), "date"),
        Fact(say("verify.log"), record.workspace.origin, "code"),
        Fact(say("verify.root"), record.head.root.hex(), "code"),
        Fact(say("verify.key"), record.workspace.key.vkey, "code"),
    ]


def result_facts(result: Verification, started: datetime) -> list[Fact]:
    """What a verification did."""
    took = (timezone.now() - started).total_seconds()
    return [
        Fact(say("verify.read"), grouped(result.size)),
        Fact(say("verify.checkpoints"), grouped(result.checkpoints)),
        Fact(say("verify.root"), result.root.hex(), "code"),
        Fact(say("verify.took"), say("verify.seconds", None, seconds=f"{took:.2f}")),
    ]


@permit(PUBLIC)
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponseBase:
    """The latest signed checkpoint, for whoever wants to keep it (C2SP tlog-checkpoint)."""
    record = record_of(request)
    if record is None or not record.head.note:
        raise Http404("checkpoint")
    return HttpResponse(
        record.head.note.encode(),
        content_type="text/plain; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="checkpoint-{record.head.size}.txt"'
        },
    )


@permit(PUBLIC)
@require_safe
def checker(request: HttpRequest) -> HttpResponseBase:
    """The checker itself: one file that runs offline with Python and ``cryptography`` alone."""
    return HttpResponse(
        Path(check.__file__).read_bytes(),
        content_type="text/x-python; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="check.py"'},
    )
