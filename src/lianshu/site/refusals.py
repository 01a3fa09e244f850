"""Refusals in the words of this page."""

from __future__ import annotations

from lianshu.kernel.refusal import Refused
from lianshu.site.texts import current_language


def refusal_lines(refused: Refused) -> list[str]:
    """One line for each refusal: field, rule, remedy, in the current language."""
    return [refusal.sentence(current_language()) for refusal in refused.refusals]
