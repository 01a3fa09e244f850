"""Capturing a file for one person: everything for who sees everything, else what is theirs to say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from lianshu.api.permitting import take
from lianshu.app.capturing import CaptureReport, OnOutcome, OnProgress, capture
from lianshu.app.serving import current_poster
from lianshu.app.workspace import Workspace
from lianshu.capability.relation import Scope
from lianshu.exchange.intake import read_input
from lianshu.exchange.mapping.report import MappingReport
from lianshu.exchange.mapping.spec import load_mapping
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.record.entry import Draft

BATCH = 1_000


def take_file(
    workspace: Workspace,
    path: Path,
    format_: str,
    *,
    scope: Scope,
    encoding: str = "utf-8",
    on_outcome: OnOutcome,
    on_progress: OnProgress,
) -> CaptureReport:
    """Capture ``path`` within ``scope``, with an outcome for each entry.

    A chain package that has anything wrong writes nothing. Raises ``Refused`` where the input as a
    whole cannot be taken.
    """
    if not scope.party:
        return capture(
            workspace, path, format_,
            on_outcome=on_outcome, on_progress=on_progress, encoding=encoding,
        )  # fmt: skip
    report = CaptureReport(mapping=mapping_report(format_))
    drafts = drafts_of(
        workspace, path, format_, scope=scope, encoding=encoding, report=report.mapping
    )
    if format_ == "package":
        drafts = whole_or_nothing(drafts)
    answered = 0
    while batch := list(islice(drafts, BATCH)):
        for outcome in take(workspace, current_poster(), batch, scope):
            report.add(outcome)
            on_outcome(outcome)
        answered += len(batch)
        on_progress(answered)
    return report


def mapping_report(format_: str) -> MappingReport | None:
    """An empty report of the mapping that a format names; None for any other format."""
    name = format_.removeprefix("mapping:")
    return MappingReport.of(load_mapping(name)) if name != format_ else None


def drafts_of(
    workspace: Workspace,
    path: Path,
    format_: str,
    *,
    scope: Scope,
    encoding: str = "utf-8",
    report: MappingReport | None = None,
) -> Iterator[Draft | Refusal]:
    """The entries of a file as this person would send them; a refusal of the whole file is raised."""
    drafts = read_input(path, format_, known=workspace.knows, report=report, encoding=encoding)
    for one in drafts:
        if isinstance(one, Refusal):
            if one.line == 0:
                raise Refused(one)
            yield one
        elif scope.party and format_ != "entries":
            # We made the entry from their table, so we say whose it is; their own entries say so.
            yield signed_over(one, scope.party)
        else:
            yield one


def signed_over(draft: Draft, party: str) -> Draft:
    """The draft with its source named, in canonical form if it was.

    >>> signed_over(Draft(1, b'{"id":"a","kind":"event"}'), "mill").payload
    b'{"id":"a","kind":"event","source":"mill"}'
    """
    entry = json.loads(draft.payload)
    entry["source"] = party
    text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return replace(draft, payload=text.encode(), canonical=False)


def whole_or_nothing(drafts: Iterable[Draft | Refusal]) -> Iterator[Draft | Refusal]:
    """All drafts of a package if not one line is refused; else its refusals are raised."""
    kept = list(drafts)
    refusals = [one for one in kept if isinstance(one, Refusal)]
    if refusals:
        raise Refused(refusals)
    return iter(kept)
