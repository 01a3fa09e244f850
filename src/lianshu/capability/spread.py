"""Spread: quantiles of ordered values, because one mean hides what a planner must know."""

from __future__ import annotations

from collections.abc import Sequence


def quantile(ordered: Sequence[int], share: float) -> float:
    """The quantile of ordered values by linear interpolation (Hyndman & Fan 1996, type 7).

    >>> quantile([1, 2, 3, 4], 0.5)
    2.5
    """
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)
