"""Checking: run the named checks over a record as it was known at a moment."""

from __future__ import annotations

import heapq
import json
import tempfile
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from lianshu.app.mirroring import read_store
from lianshu.app.workspace import Workspace, init
from lianshu.capability.relation import AsOf, Scope, with_relations
from lianshu.exchange.flows_csv import read_flows_csv
from lianshu.flow.check import MOST_ENTRIES, SEVERITIES, Check, Found
from lianshu.flow.checks import checks
from lianshu.flow.wire import prepare
from lianshu.kernel.quantity import parse_decimal
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.record.outcome import ACCEPT
from lianshu.store.store import Reader, Row

MOST_FINDINGS = 1_000  # kept of one check; all are counted
EXAMPLE_NOW_US = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z


@runtime_checkable
class Streaming(Protocol):
    """A reader that gives rows one by one, so that a check's memory does not grow with the record."""

    def stream(self, sql: str, binds: Mapping[str, Any] | None = None) -> Iterator[Row]:
        """Rows of a portable query, as they come."""
        ...


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of a check's rule; ``at_stake`` is how much is in doubt, in ``unit``."""

    check: str
    severity: str
    subject: str
    message: Text
    entry_seqs: tuple[int, ...]
    at_stake: Decimal
    unit: str


@dataclass(slots=True)
class CheckReport:
    """What checking found: iterating gives the findings.

    Findings stand by severity, then check, then the most at stake, then subject: the same record
    gives the same order. ``counts`` has every finding of each check that was run, also those beyond
    ``MOST_FINDINGS``; ``withheld`` names the checks that a reader of a part of the record cannot run.
    """

    as_of: int
    findings: list[Finding] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    withheld: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return sum(self.counts.values())

    def by_severity(self) -> dict[str, int]:
        """Findings by severity: error, warning, note."""
        known = checks()
        found: Counter[str] = Counter()
        for name, count in self.counts.items():
            found[known[name].severity] += count
        return {severity: found[severity] for severity in SEVERITIES}


def check(
    workspace: Workspace,
    *,
    only: Sequence[str] = (),
    store: str = "",
    as_of: int | str | None = None,
    scope: Scope | None = None,
    params: Mapping[str, Mapping[str, str]] | None = None,
) -> CheckReport:
    """Run all checks, or those that ``only`` names, on any store.

    ``as_of`` is an entry number or a time, as for ``Workspace.run``; ``params`` gives thresholds by
    check and name (``{"over_delivered": {"tolerance": "0.05"}}``). Raises ``Refused`` for an unknown
    check, threshold or store.

    >>> check_flows("self_trade", "flow,mood,action,time,item,qty,unit,from_party,to_party\\n"
    ...             "F1,fact,pay,1,CNY,5,CNY,mill,mill")
    ['F1']
    """
    at = AsOf(workspace.as_of_seq(as_of), scope=scope or Scope())
    reader = read_store(workspace, store)
    receipts = _Receipts(workspace)
    report = CheckReport(at.seq)
    for one in _chosen(only, params or {}):
        if one.whole and at.scope.party:
            report.withheld.append(one.name)
            continue
        args = _arguments(one, (params or {}).get(one.name, {}))
        look = StoreLook(reader, at, one.reads, args=args, receipts=receipts)
        count, kept = _worst(one.function(look))
        report.counts[one.name] = count
        report.findings += [
            Finding(one.name, one.severity, found.subject, found.message,
                    found.entry_seqs[-MOST_ENTRIES:], found.at_stake, found.unit)
            for found in kept
        ]  # fmt: skip
    return report


def _chosen(only: Sequence[str], params: Mapping[str, object]) -> list[Check]:
    known = checks()
    for name in (*only, *params):
        if name not in known:
            raise _unknown("check", name, known)
    names = set(only) or set(known)
    order = {severity: n for n, severity in enumerate(SEVERITIES)}
    return sorted((known[name] for name in names), key=lambda one: (order[one.severity], one.name))


def _arguments(one: Check, given: Mapping[str, str]) -> dict[str, Decimal]:
    for name in given:
        if name not in one.parameters:
            raise _unknown(f"param {name}", one.name, one.parameters)
    values = {name: parse_decimal(text, name, negative=False) for name, text in given.items()}
    return {**one.parameters, **values}


def _unknown(field_: str, name: str, known: Iterable[str]) -> Refused:
    names = ", ".join(known) or "-"
    return Refused(
        Refusal(
            field_,
            Text(f"{name} 没有这一项", f"{name}: there is no such thing"),
            Text(f"可用：{names}", f"use one of: {names}"),
            code="check",
        )
    )


def _worst(found: Iterator[Found]) -> tuple[int, list[Found]]:
    """How many there are, and the worst of them in a stable order; memory is that of those kept."""
    count = 0

    def counted() -> Iterator[Found]:
        nonlocal count
        for count, one in enumerate(found, 1):  # noqa: B007 - read after the loop
            yield one

    kept = heapq.nsmallest(
        MOST_FINDINGS,
        counted(),
        key=lambda one: (one.at_stake.copy_negate(), one.unit, one.subject, one.entry_seqs),
    )
    return count, kept


class StoreLook:
    """The ``Look`` that a check gets: its relations over one store, as of one moment."""

    def __init__(
        self,
        reader: Reader,
        as_of: AsOf,
        relations: Iterable[str],
        *,
        args: Mapping[str, Decimal],
        receipts: _Receipts,
    ) -> None:
        self.args = args
        self._reader = reader
        self._as_of = as_of
        self._relations = tuple(relations)
        self._receipts = receipts

    @property
    def now_us(self) -> int:
        """When the last known entry was received; 0 for an empty record."""
        return self.received_us(self._as_of.seq) if self._as_of.seq else 0

    def rows(self, sql: str, **binds: Any) -> Iterable[Row]:
        """Rows of portable SQL, one by one where the store can."""
        text = with_relations(self._relations, sql)
        values = {**self._as_of.binds(), **binds}
        if isinstance(self._reader, Streaming):
            return self._reader.stream(text, values)
        return self._reader.query(text, values)

    def received_us(self, entry_seq: int) -> int:
        """When the batch of an entry was committed (microseconds UTC)."""
        return self._receipts.at(entry_seq)


class _Receipts:
    """When each part of the log was committed, read from its checkpoints when first asked."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._sizes: array[int] = array("q")
        self._times: array[int] = array("q")

    def at(self, entry_seq: int) -> int:
        if not self._sizes:
            sql = "SELECT size, time_us FROM checkpoint ORDER BY size"
            for size, time_us in self._workspace.store.query(sql):
                self._sizes.append(size)
                self._times.append(time_us)
        n = bisect_left(self._sizes, entry_seq)
        return self._times[n] if n < len(self._times) else 0


def check_flows(
    name: str,
    flows: str = "",
    things: Sequence[Mapping[str, Any]] = (),
    *,
    entries: Sequence[str] = (),
) -> list[str]:
    """The subjects that one check finds in a small record, made for the call: examples and tests.

    ``flows`` is text in the flows format, ``things`` master data, ``entries`` whole entries as JSON;
    all are received at the start of 2026. Raises ``Refused`` where one of them is not accepted.

    >>> check_flows("zero_quantity", "flow,mood,action,time,item,qty,unit\\nF1,fact,pay,1,CNY,0,CNY")
    ['F1']
    """
    with tempfile.TemporaryDirectory() as folder:
        workspace = init(Path(folder) / "w", clock=lambda: EXAMPLE_NOW_US)
        with closing(workspace):
            load_example(workspace, flows, things, entries=entries)
            return [finding.subject for finding in check(workspace, only=[name])]


def load_example(
    workspace: Workspace,
    flows: str = "",
    things: Sequence[Mapping[str, Any]] = (),
    *,
    entries: Sequence[str] = (),
) -> None:
    """Capture a small record; each thing is an entry of its own. Raises ``Refused``.

    >>> with tempfile.TemporaryDirectory() as folder, init(Path(folder) / "w") as workspace:
    ...     load_example(workspace, things=[{"table": "party", "id": "mill"}])
    ...     workspace.head().size
    1
    """
    now_us = workspace.clock()
    drafts = list(read_flows_csv(flows.encode())) if flows else []
    batch = [one if isinstance(one, Refusal) else prepare(one, now_us) for one in drafts]
    outcomes = workspace.take(batch)
    for n, thing in enumerate(things):
        entry = {"id": f"thing:{n}", "kind": "master", "things": [thing]}
        outcomes.append(workspace.post(json.dumps(entry).encode()))
    outcomes += [workspace.post(text.encode()) for text in entries]
    refusals = [one.reason for one in outcomes if one.reason is not None]
    if refusals:
        raise Refused(refusals)
    assert all(one.outcome == ACCEPT for one in outcomes), "an example says nothing twice"
