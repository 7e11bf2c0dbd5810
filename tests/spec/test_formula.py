"""The formula language: what it computes, and what it refuses with which words."""

from decimal import Decimal

import pytest

from wardwright.kernel.formula import MAX_CHARACTERS, Formula, FormulaError, evaluate, parse

VALUES = {"function": 10, "risk": 5, "maintenance": 5, "history": -1, "usage": 0.85, "laser": True, "größe": 3}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 + 3 * 4", "14"),
        ("(2 + 3) * 4", "20"),
        ("7 / 2", "3.5"),
        ("-3 - -4", "1"),
        ("0.1 + 0.2", "0.3"),  # Decimal: no binary rounding
        ("function + risk + maintenance", "20"),  # Fennigkoh & Smith, a defibrillator (STANDARDS 1.1)
        ("function + 2 * risk + 2 * maintenance", "30"),  # Wang & Levenson's upper end (STANDARDS 1.2)
        ("(function + 2 * risk) * usage + 2 * maintenance", "27.00"),
        ("min(function, risk, 7)", "5"),
        ("max(function, 12)", "12"),
        ("1 if risk >= 4 else 0", "1"),
        ("12 if history > 0 else 6 if history == 0 else 3", "3"),
        ("3 * (risk > 4) + laser", "4"),
        ("1 < risk <= 5", "1"),
        ("5 < risk < 1 / 0", "0"),  # a chain stops at the first false link
        ("risk > 4 and not history > 0", "1"),
        ("risk > 9 or laser", "1"),
        ("0 if risk else 1 / 0", "0"),  # only the chosen branch is computed
        ("größe * 2", "6"),
        ("  function\n  + risk", "15"),
        ("1 / 3", "0.3333333333333333333333333333"),
    ],
)
def test_value(text: str, expected: str) -> None:
    assert str(evaluate(parse(text), VALUES)) == expected


def test_names_are_known_before_computing() -> None:
    assert parse("b + max(a, b) * (c if a else 0)").names == ("a", "b", "c")


def test_equal_texts_are_equal_formulas() -> None:
    assert parse("a + 1") == parse(" a + 1")
    assert parse("a + 1") != parse("a + 2")


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("", 1, "the formula is empty"),
        ("   ", 1, "the formula is empty"),
        ("2 +", 4, "this cannot be read"),
        ("2 + (3", 5, "the parentheses do not match"),
        ("a = 3", 3, "use == to compare"),
        ("a => 3", 3, "use == to compare"),
        ("if a > 3 then 1 else 2", 1, "write A if CONDITION else B"),
        ("0,85 * a", 1, "write decimals with a point"),
        ("a ** 9", 1, "powers are not available"),
        ("1 + a ^ 2", 1, "powers are not available"),
        ("2 * (9 ** 9 ** 9)", 6, "powers are not available"),
        ("a // 2", 1, "use / to divide"),
        ("a % 2", 1, "use numbers, names"),
        ("a.real", 1, "a point may stand only inside a number"),
        ("1 + a.__class__", 5, "a point may stand only inside a number"),
        ("__import__('os')", 1, r"only min\(...\) and max\(...\) can be called"),
        ("min.real(1)", 1, "can be called"),
        ("(lambda: 1)()", 1, "can be called"),
        ("min()", 1, "takes one or more values"),
        ("min(*a)", 1, "takes one or more values"),
        ("max(a, key=b)", 1, "takes one or more values"),
        ("1 + min", 5, "needs values in parentheses"),
        ("'a' + 1", 1, "'a' is not a number"),
        ("1 + True", 5, "True is not a number"),
        ("1j", 1, "1j is not a number"),
        ("1e999", 1, "inf is not a number"),
        ("a[0]", 1, "not part of a formula"),
        ("[1, 2]", 1, "not part of a formula"),
        ("f'{a}'", 1, "not part of a formula"),
        ("(a := 3)", 2, "cannot store values"),
        ("~a", 1, "not part of a formula"),
        ("a is b", 1, "compare with < <= >"),
        ("a in b", 1, "compare with < <= >"),
        ("größe + größe ** 2", 9, "powers are not available"),  # counted in characters, not in bytes
        ("  a ** 2", 3, "powers are not available"),
        ("x" * (MAX_CHARACTERS + 1), MAX_CHARACTERS + 1, "at most 500 are read"),
        ("-" * 100 + "1", 41, "too large; split it"),
        ("(" * 240 + "1" + ")" * 240, 201, "cannot be read"),
        ("+".join("a" * 126), 1, "too large; split it"),
    ],
)
def test_refusal_says_where_and_what_to_do(text: str, position: int, words: str) -> None:
    with pytest.raises(FormulaError, match=words) as caught:
        parse(text)
    assert caught.value.position == position


def test_unknown_names_are_refused_when_the_known_ones_are_given() -> None:
    assert parse("risk + 1", ["risk"]).names == ("risk",)
    with pytest.raises(FormulaError, match="'rsik' is not known here; known are: function, risk") as caught:
        parse("1 + rsik", ["risk", "function"])
    assert caught.value.position == 5


@pytest.mark.parametrize(
    ("text", "values", "position", "words"),
    [
        ("a + b + c", {"a": 1}, 1, "no value for b, c; fill it in"),
        ("1 + größe / (a - a)", {"a": 1, "größe": 1}, 5, "divided by zero"),
        ("a", {"a": float("nan")}, 1, "give a finite number"),
        ("a", {"a": Decimal("Infinity")}, 1, "give a finite number"),
        ("a * a", {"a": Decimal("1e600")}, 1, "the result is too large"),
        ("0 / a", {"a": 0}, 1, "divided by zero"),
    ],
)
def test_what_cannot_be_computed(text: str, values: dict[str, float], position: int, words: str) -> None:
    with pytest.raises(FormulaError, match=words) as caught:
        evaluate(parse(text), values)
    assert caught.value.position == position


def test_a_formula_cannot_be_made_around_the_check() -> None:
    assert isinstance(parse("1"), Formula)
    with pytest.raises(AttributeError):
        parse("1").text = "2"  # type: ignore[misc]
