"""Readings against limits, and numbers as they are typed.

Limits used here: "2.1" = IEC 62353:2014 (STANDARDS 2.1), "2.3" = NFPA 99 (STANDARDS 2.3), "14.3" = ISO 15197 glucose.
The ways of writing numbers are those met in real registers and analyser printouts.
"""

from decimal import Decimal

import pytest

from wardwright.kernel.limits import (
    Bound,
    Limits,
    NumberError,
    Outcome,
    Reading,
    around,
    around_percent,
    convert,
    explain,
    judge,
    parse_number,
    parse_reading,
)

D = Decimal
LEAKAGE = Limits(high=D(500), unit="µA")  # 2.1: equipment leakage, class I, direct
INSULATION = Limits(low=D(2), unit="MΩ")  # 2.1: mains to protective earth, class I
EARTH = Limits(high=D("0.3"), unit="Ω")  # 2.1: protective earth with cord
RANGE = Limits(D(36), D(38), "°C")


@pytest.mark.parametrize(
    ("what", "reading", "limits", "outcome", "code", "margin"),
    [
        ("2.1: on the limit", Reading(D(500)), LEAKAGE, Outcome.PASS, "not_above", "0"),
        ("2.1: just above", Reading(D("500.1")), LEAKAGE, Outcome.FAIL, "above", "-0.1"),
        ("2.1: on the limit", Reading(D(2)), INSULATION, Outcome.PASS, "not_below", "0"),
        ("2.1: below", Reading(D("1.99")), INSULATION, Outcome.FAIL, "below", "-0.01"),
        ("in mA", Reading(D("0.5"), "mA"), LEAKAGE, Outcome.PASS, "not_above", "0"),
        ("in mA, above", Reading(D("0.51"), "mA"), LEAKAGE, Outcome.FAIL, "above", "-10"),
        ("in kOhm", Reading(D(1999), "kOhm"), INSULATION, Outcome.FAIL, "below", "-0.001"),
        ("0.304 is not 0.3", Reading(D("0.304")), EARTH, Outcome.FAIL, "above", "-0.004"),
        ("two sides, low edge", Reading(D(36)), RANGE, Outcome.PASS, "within", "0"),
        ("two sides, middle", Reading(D("36.5")), RANGE, Outcome.PASS, "within", "0.5"),
        ("two sides, above", Reading(D("38.1"), "°C"), RANGE, Outcome.FAIL, "above", "-0.1"),
        ("no limit", Reading(D(7), "kg"), Limits(), Outcome.NO_LIMIT, "no_limit", None),
        ("beyond the range of an insulation tester", Reading(D(200), bound=Bound.ABOVE), INSULATION, Outcome.PASS,
         "not_below", "198"),
        ("more than 500, so above", Reading(D(500), bound=Bound.ABOVE), LEAKAGE, Outcome.FAIL, "above", "0"),
        ("more than 400: who knows", Reading(D(400), bound=Bound.ABOVE), LEAKAGE, Outcome.UNDETERMINED,
         "undetermined", "100"),
        ("more than 1 where 2 are needed: who knows", Reading(D(1), bound=Bound.ABOVE), INSULATION,
         Outcome.UNDETERMINED, "undetermined", "-1"),
        ("less than 5 µA", Reading(D(5), "µA", Bound.BELOW), LEAKAGE, Outcome.PASS, "not_above", "495"),
        ("less than 600: who knows", Reading(D(600), bound=Bound.BELOW), LEAKAGE, Outcome.UNDETERMINED,
         "undetermined", "-100"),
        ("less than 2, so below", Reading(D(2), bound=Bound.BELOW), INSULATION, Outcome.FAIL, "below", "0"),
        ("less than 37 with two sides: who knows", Reading(D(37), bound=Bound.BELOW), RANGE, Outcome.UNDETERMINED,
         "undetermined", "1"),
    ],
)  # fmt: skip
def test_judge(what: str, reading: Reading, limits: Limits, outcome: Outcome, code: str, margin: str | None) -> None:
    judged = judge(reading, limits)
    assert (judged.outcome, judged.because.code) == (outcome, code), what
    assert judged.margin == (None if margin is None else D(margin)), what


@pytest.mark.parametrize(
    ("reading", "limits", "sentence"),
    [
        (Reading(D("0.51"), "mA"), LEAKAGE, "510 µA is above the limit of 500 µA."),
        (Reading(D(500)), LEAKAGE, "500 µA is not above the limit of 500 µA."),
        (Reading(D("1.5")), INSULATION, "1.5 MΩ is below the limit of 2 MΩ."),
        (Reading(D(200), bound=Bound.ABOVE), INSULATION, "> 200 MΩ is not below the limit of 2 MΩ."),
        (Reading(D("36.50")), RANGE, "36.50 °C is within 36 °C to 38 °C."),
        (Reading(D(12), "kg"), Limits(), "12 kg is recorded; there is no limit for it."),
        (Reading(D(400), bound=Bound.ABOVE), LEAKAGE,
         "> 400 µA does not say on which side of the limit the true value lies; measure in another range."),
    ],
)  # fmt: skip
def test_words(reading: Reading, limits: Limits, sentence: str) -> None:
    assert explain(judge(reading, limits)) == sentence


def test_a_bare_number_is_in_the_limits_unit() -> None:
    assert judge(D(501), LEAKAGE).outcome == Outcome.FAIL


def test_tolerances() -> None:
    assert around(D(100), D(5), "J") == Limits(D(95), D(105), "J")
    assert around_percent(D(200), D(15), "J", 1) == Limits(D(170), D(230), "J", 1)
    assert around_percent(D(-10), D(10)) == Limits(D(-11), D(-9))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Limits(D(3), D(2)), "low limit 3 is above the high limit 2"),
        (lambda: around(D(1), D(-1)), "give 0 or more"),
        (lambda: around_percent(D(1), D(-1)), "give 0 or more"),
        (lambda: judge(Reading(D(1), "V"), LEAKAGE), "enter it in the limit's unit"),
        (lambda: judge(Reading(D(1), "mmHg"), Limits(high=D(1), unit="µA")), "enter it in the limit's unit"),
        (lambda: judge(Reading(D(1), "MOHM"), INSULATION), "'MOHM' can be mΩ or MΩ; write which"),
    ],
)
def test_what_does_not_fit_is_refused_with_words(make, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize(
    ("value", "unit", "to_unit", "expected"),
    [
        ("0.5", "mA", "µA", "500"),
        ("0.5", "mA", "\u03bcA", "500"),  # the Greek letter for the micro sign
        ("0.5", "mA", "uA", "500"),
        ("200", "MOhm", "\u2126", "200000000"),
        ("0.2", "ohms", "mΩ", "200"),
        ("1.5", "kV", "V", "1500"),
        ("3", "", "V", "3"),
        ("37", "°C", "°C", "37"),
        ("120", "mmHg", "mmHg", "120"),
        ("5", "mm", "m", "0.005"),
        ("5", "ml", "mL", "5"),
        ("0.2", "KOhm", "OHM", "200"),
    ],
)
def test_convert(value: str, unit: str, to_unit: str, expected: str) -> None:
    assert convert(D(value), unit, to_unit) == D(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0,85", "0.85"),
        ("0.85", "0.85"),
        (" 12 ", "12"),
        (",5", "0.5"),
        ("5,", "5"),
        ("-3,2", "-3.2"),
        ("\u22123.2", "-3.2"),  # a true minus sign
        ("+ 7", "7"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1 234,5", "1234.5"),
        ("1\u202f234\u00a0567.25", "1234567.25"),
        ("1'234.567", "1234.567"),
        ("1 234.567", "1234.567"),
        ("0,123", "0.123"),  # no thousands begin with 0
        ("1.234", "1.234"),  # a point alone is a decimal point
        ("1234,567", "1234.567"),
        ("1,2345", "1.2345"),
        ("5e-3", "0.005"),
        ("1,5E3", "1500"),
        ("٣٫٥", "3.5"),  # Arabic-Indic digits
        ("007", "7"),
    ],
)
def test_numbers_are_read(text: str, expected: str) -> None:
    assert parse_number(text) == D(expected)


@pytest.mark.parametrize(
    ("text", "mark", "expected"), [("1,234", ",", "1.234"), ("1.234", ".", "1.234"), ("1.234,5", ",", "1234.5")]
)
def test_a_known_decimal_mark_settles_it(text: str, mark: str, expected: str) -> None:
    assert parse_number(text, mark) == D(expected)


@pytest.mark.parametrize(
    ("text", "mark", "words"),
    [
        ("1,234", None, "can be 1234 or 1.2340; write it in one of these ways"),
        ("1,234", ".", "can be 1234 or 1.2340"),
        ("1.234", ",", "can be 1234 or 1.2340"),
        ("", None, "is not a number"),
        ("abc", None, "is not a number"),
        ("nan", None, "is not a number"),
        ("inf", None, "is not a number"),
        ("1..2", None, "groups that are not of three"),
        ("12 34", None, "groups that are not of three"),
        ("1,23,456", None, "groups that are not of three"),
        ("1 234,5 6", None, "separators mixed up"),
        ("1.234,567,8", None, "separators mixed up"),
        ("1e9999", None, "is not a number"),
        ("0,85 mA", None, "is not a number"),
        ("--5", None, "is not a number"),
        ("²", None, "is not a number"),
    ],
)
def test_numbers_that_cannot_be_read_say_what_to_write(text: str, mark: str | None, words: str) -> None:
    with pytest.raises(NumberError, match=words):
        parse_number(text, mark)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("85", Reading(D(85))),
        ("0,05 mA", Reading(D("0.05"), "mA")),
        ("<0,05mA", Reading(D("0.05"), "mA", Bound.BELOW)),
        ("> 200 MΩ", Reading(D(200), "MΩ", Bound.ABOVE)),
        (">= 200", Reading(D(200), "", Bound.ABOVE)),
        ("12 \u03bcA", Reading(D(12), "µA")),
        ("36,6 °C", Reading(D("36.6"), "°C")),
        ("15 %", Reading(D(15), "%")),
        ("1 234,5 l/min", Reading(D("1234.5"), "l/min")),
        ("5e-3 A", Reading(D("0.005"), "A")),
    ],
)
def test_readings_are_read(text: str, expected: Reading) -> None:
    assert parse_reading(text) == expected


@pytest.mark.parametrize("text", ["OL", "", "5-3", "mA 5", "< mA", "5 - 7 mA"])
def test_what_is_no_reading_is_refused(text: str) -> None:
    with pytest.raises(NumberError, match="is not a reading; write a number"):
        parse_reading(text)
