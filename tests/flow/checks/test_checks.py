"""Every check on records that keep its rule, break it, and lie on the border."""

from __future__ import annotations

from pathlib import Path

import pytest

from lianshu.app.checking import EXAMPLE_NOW_US, check, load_example
from lianshu.app.workspace import init
from lianshu.flow.check import SEVERITIES
from lianshu.flow.checks import checks
from tests.flow.checks.cases import Case, flows
from tests.flow.checks.goods import GOODS
from tests.flow.checks.trade import TRADE

CASES = [*GOODS, *TRADE]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_check_finds_what_breaks_its_rule_and_nothing_else(case: Case, tmp_path: Path) -> None:
    with init(tmp_path / "w", clock=lambda: EXAMPLE_NOW_US) as workspace:
        text = flows(*case.lines) if case.lines else ""
        load_example(workspace, text, case.things, entries=case.entries)
        params = {case.check: case.params} if case.params else None
        report = check(workspace, only=[case.check], params=params)
        assert sorted(one.subject for one in report) == sorted(case.finds)
        size = workspace.head().size
    for finding in report:
        assert finding.message.zh != finding.message.en
        assert finding.entry_seqs
        assert all(0 < seq <= size for seq in finding.entry_seqs)
        assert list(finding.entry_seqs) == sorted(set(finding.entry_seqs))
        assert finding.at_stake >= 0


@pytest.mark.parametrize("name", checks())
def test_every_check_has_a_record_that_keeps_it_and_one_that_breaks_it(name: str) -> None:
    found = [bool(case.finds) for case in CASES if case.check == name]
    assert True in found
    assert False in found


@pytest.mark.parametrize("name", checks())
def test_every_check_is_declared_in_full(name: str) -> None:
    one = checks()[name]
    assert one.function.__module__ == f"lianshu.flow.checks.{name}"
    assert one.severity in SEVERITIES
    for text in (one.title, one.meaning, one.remedy):
        assert text.zh
        assert text.en
        assert text.zh != text.en
    assert one.source
