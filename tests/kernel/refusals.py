"""What a test of a refusal asks: which rule broke, and that both languages say so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lianshu.kernel.refusal import Refused


def refusal_code(call: Callable[..., object], *arguments: object) -> str:
    """The code of the one refusal with which the call ends; it must name field, rule and remedy."""
    with pytest.raises(Refused) as caught:
        call(*arguments)
    (refusal,) = caught.value.refusals
    assert refusal.field
    for text in (refusal.rule, refusal.remedy):
        assert text.zh.strip()
        assert text.en.strip()
    return refusal.code
