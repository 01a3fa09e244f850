"""The import wizard: upload, look, confirm, and what became of it. Works without JavaScript."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
)
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianshu.exchange.intake import detect_format
from lianshu.exchange.package.check import check_package
from lianshu.exchange.package.workbook import error_workbook, write_template
from lianshu.kernel.refusal import Refused
from lianshu.site.access import permit, role_of
from lianshu.site.imports import keeping
from lianshu.site.imports.forms import OWN, FormatForm, UploadForm
from lianshu.site.imports.looking import look_at
from lianshu.site.imports.models import (
    DROPPED,
    LOOKED,
    MAY_START,
    ImportJob,
)
from lianshu.site.imports.running import as_it_is, confirm_job
from lianshu.site.imports.showing import (
    job_context,
    jobs_table,
    preview_context,
    progress_words,
)
from lianshu.site.page import render_page
from lianshu.site.record_view import RecordView, record_of
from lianshu.site.refusals import refusal_lines
from lianshu.site.roles import CHAIN_ROLES, Role
from lianshu.site.texts import current_language, say

# Headers and the other fields of the form beside the file itself.
FORM_BYTES = 1024 * 1024
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JOBS_SHOWN = 20


def record_to_write(request: HttpRequest) -> RecordView:
    """The record, for whoever may add to it; Http404 where this site has none."""
    record = record_of(request)
    if record is None:
        raise Http404("record")
    return record


@permit(*CHAIN_ROLES)
@csrf_exempt  # checked in _imports: the size is refused before the body is read
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponseBase:
    """Step 1: choose a file. A request that is too long is refused before it is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > keeping.MAX_UPLOAD_BYTES + FORM_BYTES:
        return upload_page(
            request, UploadForm(), [refusal_lines(Refused(keeping.too_large()))[0]], 413
        )
    return _imports(request)


@csrf_protect
def _imports(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":
        return upload_page(request, UploadForm(), [])
    form = UploadForm(request.POST, request.FILES)
    record = record_to_write(request)
    if record.sees_nothing:
        return upload_page(request, form, [say("imports.no_party")], 403)
    if not form.is_valid():
        return upload_page(request, form, [], 400)
    now = timezone.now()
    keeping.clear_stale(record.workspace, now)
    upload = form.cleaned_data["file"]
    job = ImportJob(
        owner=request.user, name=upload.name[:200], created=now, scope=record.scope.party
    )
    try:
        keeping.check_name(upload.name)
        keeping.keep_upload(record.workspace, job, upload.chunks())
        look(record, job, form)
    except Refused as refused:
        keeping.drop_folder(record.workspace, job)
        return upload_page(request, form, refusal_lines(refused), 400)
    job.save(force_insert=True)
    return redirect("import_job", pk=job.pk)


def look(record: RecordView, job: ImportJob, form: FormatForm) -> None:
    """Settle the format of a kept file and look at it; raises ``Refused``."""
    chosen, mapping = form.cleaned_data["format"], form.cleaned_data["mapping"]
    path = keeping.file_of(record.workspace, job)
    if chosen == OWN:
        text = mapping.read(keeping.MAPPING_BYTES + 1)
        chosen = keeping.keep_mapping(record.workspace, job, text)
    job.format = detect_format(path) if chosen == "auto" else chosen
    job.encoding = form.cleaned_data["encoding"]
    job.preview = look_at(
        record.workspace, path, job.format, scope=record.scope, encoding=job.encoding
    )


def upload_page(
    request: HttpRequest, form: UploadForm, problems: list[str], status: int = 200
) -> HttpResponse:
    """Step 1 with what is wrong, and the imports of this person so far."""
    jobs = ImportJob.objects.filter(owner=request.user).exclude(state=DROPPED)[:JOBS_SHOWN]
    return render_page(
        request,
        "lianshu/imports/upload.html",
        title=say("menu.imports"),
        lead=say("imports.lead"),
        status=status,
        form=form,
        problems=problems,
        jobs=jobs_table([as_it_is(job) for job in jobs]),
    )


def job_of(request: HttpRequest, pk: UUID) -> ImportJob:
    """A job of this person, or of anybody for the lead enterprise; Http404 otherwise."""
    jobs: Any = ImportJob.objects.all()
    if role_of(request) is not Role.LEAD:
        jobs = jobs.filter(owner=request.user)
    found = jobs.filter(pk=pk).first()
    if found is None:
        raise Http404(str(pk))
    return as_it_is(found)


@permit(*CHAIN_ROLES)
@require_safe
def job(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Step 2, the preview; step 3, the progress; and the result."""
    found = job_of(request, pk)
    record = record_to_write(request)
    if found.state == LOOKED:
        return preview_page(request, record, found, FormatForm(initial=chosen(found)), [])
    template_name = "progress" if found.under_way else "result"
    return render_page(
        request,
        f"lianshu/imports/{template_name}.html",
        title=found.name,
        lead=say(f"imports.state.{found.state}.lead"),
        crumbs=[(say("menu.imports"), reverse("imports"))],
        job=found,
        **job_context(record, found),
    )


def chosen(found: ImportJob) -> dict[str, str]:
    """How a job was read, as its form says it."""
    own = found.format.endswith(keeping.OWN_MAPPING)
    return {"format": OWN if own else found.format, "encoding": found.encoding}


def preview_page(
    request: HttpRequest,
    record: RecordView,
    found: ImportJob,
    form: FormatForm,
    problems: list[str],
) -> HttpResponse:
    """What a file would become; nothing of it is taken yet."""
    return render_page(
        request,
        "lianshu/imports/preview.html",
        title=say("imports.preview_title", None, name=found.name),
        lead=say("imports.preview_lead"),
        crumbs=[(say("menu.imports"), reverse("imports"))],
        status=400 if problems else 200,
        job=found,
        form=form,
        problems=problems,
        **preview_context(record, found),
    )


@permit(*CHAIN_ROLES)
@require_POST
def look_again(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Read the kept file in another format."""
    found, record = job_of(request, pk), record_to_write(request)
    if found.state != LOOKED:
        return redirect("import_job", pk=pk)
    form = FormatForm(request.POST, request.FILES)
    if not form.is_valid():
        return preview_page(request, record, found, form, [say("form.errors")])
    try:
        look(record, found, form)
    except Refused as refused:
        found.refresh_from_db()
        return preview_page(request, record, found, form, refusal_lines(refused))
    found.save(update_fields=["format", "encoding", "preview"])
    return redirect("import_job", pk=pk)


@permit(*CHAIN_ROLES)
@require_POST
def confirm(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Take the file: queued for the background, unless a package has anything wrong."""
    found, record = job_of(request, pk), record_to_write(request)
    there = keeping.file_of(record.workspace, found).is_file()
    blocked = found.preview.get("format") == "package" and found.preview.get("refused")
    if there and not blocked:
        confirm_job(found, MAY_START, current_language())
    return redirect("import_job", pk=pk)


@permit(*CHAIN_ROLES)
@require_POST
def drop(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Remove the file without taking anything of it."""
    found, record = job_of(request, pk), record_to_write(request)
    waiting = ImportJob.objects.filter(pk=pk, state__in=MAY_START)
    if waiting.update(state=DROPPED, finished=timezone.now()):
        keeping.drop_folder(record.workspace, found)
    return redirect("imports")


@permit(*CHAIN_ROLES)
@require_safe
def progress(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """How far a job is, for the script that spares a reload."""
    found = job_of(request, pk)
    return JsonResponse(
        {
            "under_way": found.under_way,
            "answered": found.answered,
            "total": found.preview.get("entries", 0),
            "words": progress_words(found),
        }
    )


@permit(*CHAIN_ROLES)
@require_safe
def outcomes(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The outcome of every line as CSV."""
    found, record = job_of(request, pk), record_to_write(request)
    path = keeping.folder_of(record.workspace, found) / keeping.OUTCOMES
    if found.under_way or not path.is_file():
        raise Http404(str(pk))
    return FileResponse(path.open("rb"), as_attachment=True, content_type="text/csv; charset=utf-8",
                        filename=f"{Path(found.name).stem}-outcomes.csv")  # fmt: skip


@permit(*CHAIN_ROLES)
@require_safe
def errors(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The package again, each bad cell marked with its reason."""
    found, record = job_of(request, pk), record_to_write(request)
    path = keeping.file_of(record.workspace, found)
    if found.format != "package" or not path.is_file():
        raise Http404(str(pk))
    checked = check_package(path, record.workspace.knows)
    with tempfile.TemporaryDirectory() as folder:
        marked = Path(folder) / "errors.xlsx"
        error_workbook(marked, checked)
        return workbook_answer(marked, f"{Path(found.name).stem}-errors.xlsx")


@permit(*CHAIN_ROLES)
@require_safe
def template(request: HttpRequest) -> HttpResponseBase:
    """An empty chain package to fill in."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        write_template(path)
        return workbook_answer(path, "lianshu-chain-package.xlsx")


def workbook_answer(path: Path, name: str) -> HttpResponseBase:
    """A workbook as a download."""
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(
        path.read_bytes(), content_type=WORKBOOK, headers={"Content-Disposition": disposition}
    )
