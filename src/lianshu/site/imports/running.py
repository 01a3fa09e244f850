"""Jobs in the background: one thread takes confirmed files one after the other.

A job is a row in ``site.db``, so its state survives a restart: one whose process has gone is shown as
stopped, and starting it again is safe because entries that were taken before answer ``exists``.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils import timezone

from lianshu.app.capturing import CaptureReport
from lianshu.app.outcome_file import OutcomeFile
from lianshu.app.serving import current_workspace
from lianshu.app.workspace import Workspace
from lianshu.capability.relation import Scope
from lianshu.kernel.refusal import Refused
from lianshu.site.imports.keeping import OUTCOMES, drop_file, file_of, folder_of
from lianshu.site.imports.looking import MOST_REFUSALS, refusal_data
from lianshu.site.imports.models import (
    DONE,
    FAILED,
    QUEUED,
    REFUSED,
    RUNNING,
    STOPPED,
    ImportJob,
)
from lianshu.site.imports.taking import take_file

logger = logging.getLogger("lianshu.imports")
PROGRESS_S: Final = 0.5  # between two notes of progress


class _Worker:
    """The thread of this process and what waits for it; started by the first job."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[tuple[UUID, str]] = SimpleQueue()
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._pid = 0

    def add(self, job: UUID, language: str) -> None:
        with self._guard:
            if self._pid != os.getpid():  # a fork inherits the variables and not the thread
                self._waiting, self._thread, self._pid = SimpleQueue(), None, os.getpid()
            self._waiting.put((job, language))
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="lianshu-imports", daemon=True
                )
                self._thread.start()

    def _run(self) -> None:
        while True:
            job, language = self._waiting.get()
            try:
                run_job(job, language)
            finally:
                connection.close()


_WORKER = _Worker()


def start_job(job: ImportJob, language: str) -> None:
    """Hand a job to the background; ``language`` is that of the reasons in its outcomes."""
    _WORKER.add(job.pk, language)


def process_name() -> str:
    """This process, told from an earlier one of the same number by when it started."""
    return f"{os.getpid()}:{_started(os.getpid())}"


def is_alive(name: str) -> bool:
    """Whether the process of that name still runs.

    >>> is_alive(process_name()), is_alive("999999999:1")
    (True, False)
    """
    pid, _, started = name.partition(":")
    return pid.isdigit() and _started(int(pid)) == started


def _started(pid: int) -> str:
    """When a process started, in ticks since boot (proc_pid_stat, field 22); empty if there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def as_it_is(job: ImportJob) -> ImportJob:
    """The job, marked as stopped where the process that had it has gone."""
    if job.under_way and not is_alive(job.process):
        still = ImportJob.objects.filter(pk=job.pk, state=job.state, process=job.process)
        still.update(state=STOPPED, finished=timezone.now())
        job.refresh_from_db()
    return job


def confirm_job(job: ImportJob, states: tuple[str, ...], language: str) -> bool:
    """Queue a job that is in one of ``states``; False where somebody else was first."""
    waiting = ImportJob.objects.filter(pk=job.pk, state__in=states)
    changed = waiting.update(
        state=QUEUED, process=process_name(), answered=0, counts={}, line_counts={}, refusals=[],
        started=None, finished=None,
    )  # fmt: skip
    if changed:
        start_job(job, language)
    return bool(changed)


def run_job(pk: UUID, language: str) -> None:
    """Capture the file of a queued job and note what became of it."""
    mine: Any = ImportJob.objects.filter(pk=pk)
    if not mine.filter(state=QUEUED).update(state=RUNNING, started=timezone.now()):
        return
    job = mine.get()
    workspace = current_workspace()
    changes: dict[str, Any]
    try:
        changes = _captured(workspace, job, language)
    except Exception:
        logger.exception("import %s failed", pk)
        changes = {"state": FAILED}
    mine.update(finished=timezone.now(), **changes)
    if changes["state"] != FAILED:
        drop_file(workspace, job)


def _captured(workspace: Workspace, job: ImportJob, language: str) -> dict[str, Any]:
    last_noted = time.monotonic()

    def note(answered: int) -> None:
        nonlocal last_noted
        if time.monotonic() - last_noted >= PROGRESS_S:
            last_noted = time.monotonic()
            ImportJob.objects.filter(pk=job.pk).update(answered=answered)

    path = folder_of(workspace, job) / OUTCOMES
    path.touch(mode=0o600)
    # A byte order mark, without which Excel shows Chinese as garbage.
    with OutcomeFile(path, language, encoding="utf-8-sig") as outcomes:
        try:
            report: CaptureReport = take_file(
                workspace,
                file_of(workspace, job),
                job.format,
                scope=Scope(job.scope),
                encoding=job.encoding,
                on_outcome=outcomes.add,
                on_progress=note,
            )
        except Refused as refused:
            # Of a package nothing was taken; of another file the lines before the fault were.
            outcomes.flush()
            refusals = [refusal_data(one) for one in refused.refusals[:MOST_REFUSALS]]
            return {"state": REFUSED, "refusals": refusals, "line_counts": outcomes.summary()}
    counts = report.summary()
    return {
        "state": DONE,
        "answered": sum(counts.values()),
        "counts": counts,
        "line_counts": outcomes.summary(),
        "refusals": [refusal_data(one) for one in report.refusals],
    }
