from __future__ import annotations

import pytest

from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

REFUSAL = Refusal("qty", Text("数量不得为负", "it is not negative"), Text("改正", "correct it"))


def test_a_refusal_says_line_field_rule_and_remedy() -> None:
    at_line = REFUSAL.at_line(7)
    assert at_line.sentence("zh-hans") == "第 7 行，qty：数量不得为负；改正"
    assert at_line.sentence("en") == "line 7, qty: it is not negative; correct it"
    assert REFUSAL.line == 0


def test_refused_carries_all_of_them_and_never_none() -> None:
    assert Refused([REFUSAL, REFUSAL.at_line(2)]).refusals == (REFUSAL, REFUSAL.at_line(2))
    assert Refused(REFUSAL).refusals == (REFUSAL,)
    with pytest.raises(AssertionError):
        Refused([])


def test_any_language_but_english_reads_chinese() -> None:
    text = Text("库存", "Stock")
    assert [text.in_language(tag) for tag in ("en-GB", "zh", "fr")] == ["Stock", "库存", "库存"]
