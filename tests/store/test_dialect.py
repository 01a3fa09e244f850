"""Portable SQL in each engine's words: binds and exact_sum, and nothing else, are changed."""

from __future__ import annotations

import pytest

from lianshu.store.dialect import say, spell_exact_sum


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ':name', 'it''s :x' FROM t",
        'SELECT ":name" FROM t',
        "SELECT a::text FROM t",
        "SELECT 1 -- :name\n",
        "SELECT 1 /* :name */",
        "SELECT a FROM t WHERE t.b = '12:30:00'",
    ],
)
def test_a_colon_that_marks_no_bind_stays(text: str) -> None:
    assert say("duckdb", text) == (text, ())


def test_a_bind_is_named_once_however_often_it_stands() -> None:
    said = say("postgres", "a = :x OR b=:y OR c <> :x::text OR (:x_1)")
    assert said.text == "a = %(x)s OR b=%(y)s OR c <> %(x)s::text OR (%(x_1)s)"
    assert said.binds == ("x", "y", "x_1")


def test_percent_is_doubled_for_psycopg_alone() -> None:
    text = "SELECT 7 % 2, 'a%' -- %"
    assert say("postgres", text).text == text.replace("%", "%%")
    assert say("duckdb", text).text == text


def test_exact_sum_within_exact_sum_and_within_a_function() -> None:
    spelled = spell_exact_sum("COALESCE(EXACT_SUM(f(a, 'x,)'), g((b), c)), 0), inexact_sum(1, 2)")
    assert spelled == (
        "COALESCE(SUM(CASE WHEN (f(a, 'x,)')) > 0 THEN (g((b), c)) "
        "WHEN (f(a, 'x,)')) < 0 THEN -(g((b), c)) END), 0), inexact_sum(1, 2)"
    )
    assert spell_exact_sum("exact_sum(1, exact_sum(1, q))").count("SUM(CASE") == 3


def test_exact_sum_in_text_or_comment_stays() -> None:
    text = "SELECT 'exact_sum(1, q)', \"exact_sum(1, q)\" -- exact_sum(1, q)\n"
    assert spell_exact_sum(text) == text
    assert spell_exact_sum(text + "exact_sum(1, q)").endswith(
        "\nSUM(CASE WHEN (1) > 0 THEN (q) WHEN (1) < 0 THEN -(q) END)"
    )


@pytest.mark.parametrize("text", ["exact_sum(1)", "exact_sum(1, 2, 3)", "exact_sum(1, (2)"])
def test_a_malformed_call_is_an_error_of_the_capability(text: str) -> None:
    with pytest.raises(ValueError, match=r"exact_sum|bracket"):
        spell_exact_sum(text)
