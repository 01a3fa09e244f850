"""Remembered readings: made once, the caller's own, bounded, and never a failure kept."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from lianshu.app.remembering import RememberedRows


def test_many_threads_that_want_one_reading_have_it_made_once() -> None:
    remembered = RememberedRows()
    made: list[int] = []
    start = threading.Barrier(8)
    answers: list[list[Any]] = []

    def make() -> list[tuple[int]]:
        made.append(1)
        return [(1,), (2,)]

    def ask() -> None:
        start.wait()
        answers.append(remembered.rows_of("key", make))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]
    assert answers == [[(1,), (2,)]] * 8


def test_sorting_the_answer_leaves_what_is_kept() -> None:
    remembered = RememberedRows()
    remembered.rows_of("key", lambda: [(1,), (2,)])
    remembered.rows_of("key", list).reverse()
    assert remembered.rows_of("key", list) == [(1,), (2,)]


def test_the_least_recently_used_goes_first() -> None:
    remembered = RememberedRows(tables=2)
    for name in ("a", "b"):
        remembered.rows_of(name, lambda: [(1,)])
    remembered.rows_of("a", list)
    remembered.rows_of("c", lambda: [(3,)])
    assert remembered.rows_of("a", list) == [(1,)]
    assert remembered.rows_of("b", lambda: [(9,)]) == [(9,)]


def test_rows_are_bounded_each_and_in_all() -> None:
    remembered = RememberedRows(rows_each=3, rows_in_all=4)
    remembered.rows_of("large", lambda: [(0,)] * 4)
    assert remembered.rows_of("large", list) == []
    remembered.rows_of("first", lambda: [(1,)] * 3)
    remembered.rows_of("second", lambda: [(2,)] * 3)
    assert remembered.rows_of("second", list) == [(2,)] * 3
    assert remembered.rows_of("first", list) == []


def test_a_failure_is_not_kept() -> None:
    remembered = RememberedRows()
    with pytest.raises(ZeroDivisionError):
        remembered.rows_of("key", lambda: [(1 // 0,)])
    assert remembered.rows_of("key", lambda: [(1,)]) == [(1,)]
