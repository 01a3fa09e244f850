"""Capturing: a file or folder handed in, an outcome for each of its lines."""

from __future__ import annotations

import gc
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from lianshu.app.preparing import Batch, prepare_beside, prepare_here
from lianshu.app.workspace import Workspace
from lianshu.exchange.intake import detect_format, read_input
from lianshu.exchange.mapping.report import MappingReport
from lianshu.exchange.mapping.spec import load_mapping
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.record.entry import Draft
from lianshu.record.outcome import OUTCOMES, Outcome

BESIDE_BYTES = 2_000_000  # below this a second process costs more than it saves
COMMIT = 5  # chunks of preparing.CHUNK in one transaction
MOST_SHOWN = 20


@dataclass(slots=True)
class CaptureReport:
    """What became of an input: lines by outcome, the first refusals, and what a mapping reports."""

    counts: Counter[str] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)
    mapping: MappingReport | None = None
    file_refused: bool = False

    def add(self, outcome: Outcome) -> None:
        """Count one outcome and keep its refusal if it is among the first."""
        self.counts[outcome.outcome] += 1
        if outcome.reason is not None and len(self.refusals) < MOST_SHOWN:
            self.refusals.append(outcome.reason)

    def summary(self) -> dict[str, int]:
        """Lines by outcome, in the order accept, exists, conflict, reject."""
        return {name: self.counts[name] for name in OUTCOMES}


OnOutcome = Callable[[Outcome], None]
OnProgress = Callable[[int], None]


def capture(
    workspace: Workspace,
    path: Path,
    format_: str = "auto",
    *,
    on_outcome: OnOutcome | None = None,
    on_progress: OnProgress | None = None,
    encoding: str = "utf-8",
) -> CaptureReport:
    """Capture one file or folder; ``on_progress`` gets the number of lines answered so far.

    A chain package that has anything wrong writes nothing. Of every other format each line is
    answered by itself. Raises ``Refused`` where the input as a whole cannot be read.
    """
    report = CaptureReport()
    format_ = detect_format(path) if format_ == "auto" else format_
    batches = _batches(workspace, path, format_, report, encoding)
    if format_ == "package":
        batches = _whole_or_nothing(batches)
    answered = 0
    with _without_cycles():
        for batch in _joined(batches, COMMIT):
            for outcome in workspace.take(batch):
                report.add(outcome)
                if on_outcome:
                    on_outcome(outcome)
            answered += len(batch)
            if on_progress:
                on_progress(answered)
    if workspace.head().size:
        workspace.publish_checkpoint()
    return report


def _batches(
    workspace: Workspace, path: Path, format_: str, report: CaptureReport, encoding: str
) -> Iterator[Batch]:
    name = format_.removeprefix("mapping:")
    mapping = MappingReport.of(load_mapping(name)) if name != format_ else None
    report.mapping = mapping
    if format_ == "package":
        # Reference checks ask the record, whose connection belongs to this process.
        yield from prepare_here(read_input(path, format_, known=workspace.knows), workspace.clock)
        return

    def source() -> Iterator[Draft | Refusal]:
        return _whole_file_first(read_input(path, format_, report=mapping, encoding=encoding))

    def keep(filled: MappingReport | None) -> None:
        report.mapping = filled

    # A fork beside running threads could copy a lock that one of them holds.
    alone = threading.active_count() == 1
    if path.stat().st_size >= BESIDE_BYTES and (os.cpu_count() or 1) > 1 and alone:
        yield from prepare_beside(source, workspace.clock, mapping, keep)
    else:
        yield from prepare_here(source(), workspace.clock)


def _whole_file_first(drafts: Iterator[Draft | Refusal]) -> Iterator[Draft | Refusal]:
    """A refusal of line 0 is of the whole file: it stops the capture instead of being a line."""
    for draft in drafts:
        if isinstance(draft, Refusal) and draft.line == 0:
            raise Refused(draft)
        yield draft


def _whole_or_nothing(batches: Iterator[Batch]) -> Iterator[Batch]:
    """All batches of a package, if not one line is refused; else its refusals are raised."""
    kept = list(batches)
    refusals = [one for batch in kept for one in batch if isinstance(one, Refusal)]
    if refusals:
        raise Refused(refusals)
    return iter(kept)


def _joined(batches: Iterator[Batch], count: int) -> Iterator[Batch]:
    joined: Batch = []
    for n, batch in enumerate(batches, 1):
        joined += batch
        if n % count == 0:
            yield joined
            joined = []
    if joined:
        yield joined


@contextmanager
def _without_cycles() -> Iterator[None]:
    """Bulk rows are plain tuples without cycles; walking them again and again trebles the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
