"""Cells: blanks, text, serial numbers, money, numbers, intervals, yes and no."""

import datetime as dt
from decimal import Decimal

import pytest

from wardwright.kernel.tabular.locations import Place, parse_location
from wardwright.kernel.tabular.values import (
    CleanSerial,
    Interval,
    Money,
    clean_serial,
    clean_text,
    decide_decimal,
    heading_currency,
    heading_unit,
    is_blank,
    is_stray_serial,
    parse_bool,
    parse_int,
    parse_interval,
    parse_money,
    parse_quantity,
    parse_year,
)


@pytest.mark.parametrize(
    "word",
    [
        None,
        "",
        " ",
        "\u00a0",
        "NA",
        "N/A",
        "n/a",
        "-",
        "–",
        "none",
        "None ",
        "NIL",
        "unknown",
        "NOT AVAILABLE",
        "#N/A",
        "?",
        "không có",
        "无",
        "لا يوجد",
        "k.A.",
        "s/d",
        "inconnu",
        "нет",
        "0000-00-00",
    ],
)
def test_blank_words(word: str | None) -> None:
    assert is_blank(word)
    assert clean_text(word) == ""


@pytest.mark.parametrize("word", ["0", 0, False, "NATO", "Nil 2", "No. 5", "ICU", "Unknown pump"])
def test_words_that_are_no_blanks(word: object) -> None:
    assert not is_blank(word)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  a   b ", "a b"),
        ("a\u00a0b", "a b"),
        ("Dra\u0308ger", "Dräger"),
        ("a\r\nb", "a b"),
        ("\u200bA\u200e", "A"),
        (2067.0, "2067"),
        (3, "3"),
        (True, "yes"),
        (dt.date(2025, 1, 2), "2025-01-02"),
    ],
)
def test_clean_text(raw: object, clean: str) -> None:
    assert clean_text(raw) == clean


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("K68417046#", CleanSerial("K68417046", "“#” at the end of “K68417046#” was left out")),
        ("000BW2823458", CleanSerial("000BW2823458")),
        ("S/N: 4711", CleanSerial("4711", "“S/N:” was left out")),
        (4711.0, CleanSerial("4711")),
        ("1.23E+11", CleanSerial("1.23E+11", "“1.23E+11” is a number that a spreadsheet has rounded: digits are lost")),
        ("NOT AVAILABLE", CleanSerial("")),
        ("#", CleanSerial("", "“#” at the end of “#” was left out")),
        ("SN12", CleanSerial("SN12")),
    ],
)
def test_clean_serial(raw: object, clean: CleanSerial) -> None:
    assert clean_serial(raw) == clean


@pytest.mark.parametrize(
    ("value", "stray"),
    [
        ("45845", True),
        (45845, True),
        ("45845.5", True),
        ("ENG-01", False),
        ("123", False),
        ("99999", False),
        (None, False),
    ],
)
def test_spreadsheet_serial_among_names(value: object, stray: bool) -> None:
    assert is_stray_serial(value) is stray


@pytest.mark.parametrize(
    ("written", "money"),
    [
        ("1 651,07 EUR", Money(Decimal("1651.07"), "EUR")),
        ("1\u00a0651,07\u00a0€", Money(Decimal("1651.07"), "EUR")),
        ("1.651,07", Money(Decimal("1651.07"))),
        ("1,651.07", Money(Decimal("1651.07"))),
        ("$1,200", Money(Decimal(1200))),
        ("US$ 5,000.50", Money(Decimal("5000.50"), "USD")),
        ("12.500.000 đ", Money(Decimal(12_500_000), "VND")),
        ("CHF 1'234.50", Money(Decimal("1234.50"), "CHF")),
        ("R$ 1.234,56", Money(Decimal("1234.56"), "BRL")),
        ("Rs. 1,23,456.78", Money(Decimal("123456.78"), "INR")),
        ("5000,-", Money(Decimal(5000))),
        ("١٢٠٠ ريال", Money(Decimal(1200), "SAR")),
        ("£0.99", Money(Decimal("0.99"), "GBP")),
        ("-5", Money(Decimal(-5))),
        (26996.13, Money(Decimal("26996.13"))),
        (28728, Money(Decimal(28728))),
        ("", None),
        ("N/A", None),
        ("12 monitors", None),
        ("5 EUR or 6 USD", None),
        ("EUR 5 USD", None),
        ("abc", None),
        (True, None),
        (float("nan"), None),
    ],
)
def test_money(written: object, money: Money | None) -> None:
    assert parse_money(written) == money


def test_three_digits_are_thousands_unless_the_column_says_otherwise() -> None:
    assert parse_money("1.234").amount == 1234
    assert parse_money("1.234", decimal=".").amount == Decimal("1.234")
    assert decide_decimal(["1.234", "12,5", None, "3,25"]) == ","
    assert decide_decimal(["1.234", "5", 7]) is None


@pytest.mark.parametrize(
    ("value", "number"),
    [("12", 12), ("1,200", 1200), (12.0, 12), (12.5, None), ("12 EUR", None), ("x", None), (None, None)],
)
def test_int(value: object, number: int | None) -> None:
    assert parse_int(value) == number


@pytest.mark.parametrize(
    ("value", "year"),
    [
        ("2014", 2014),
        (2014.0, 2014),
        ("năm 2014", 2014),
        ("03/2014", 2014),
        (dt.date(2014, 1, 1), 2014),
        ("1899", None),
        ("2014-2016", None),
        ("x", None),
        (None, None),
    ],
)
def test_year(value: object, year: int | None) -> None:
    assert parse_year(value) == year


@pytest.mark.parametrize(
    ("written", "interval"),
    [
        ("Annual", Interval(12)),
        ("annually", Interval(12)),
        ("Yearly", Interval(12)),
        ("12 mo", Interval(12)),
        ("24M", Interval(24)),
        ("1 Year", Interval(12)),
        ("6 mo", Interval(6)),
        ("Semi-Annual", Interval(6)),
        ("6-monthly", Interval(6)),
        ("1/2 yearly", Interval(6)),
        ("2x per year", Interval(6)),
        ("half yearly", Interval(6)),
        ("Quarterly", Interval(3)),
        ("Q", Interval(3)),
        ("4/year", Interval(3)),
        ("Monthly", Interval(1)),
        ("Biennial", Interval(24)),
        ("every 2 years", Interval(24)),
        ("cada 6 meses", Interval(6)),
        ("semestral", Interval(6)),
        ("Trimestral", Interval(3)),
        ("tous les 6 mois", Interval(6)),
        ("annuelle", Interval(12)),
        ("monatlich", Interval(1)),
        ("halbjährlich", Interval(6)),
        ("alle 12 Monate", Interval(12)),
        ("jährlich", Interval(12)),
        ("6 tháng", Interval(6)),
        ("1 lần/năm", Interval(12)),
        ("سنوي", Interval(12)),
        ("半年", Interval(6)),
        ("每6个月", Interval(6)),
        ("ежегодно", Interval(12)),
        ("PM annual", Interval(12)),
        (12, Interval(12)),
        ("6", Interval(6)),
        (365, Interval(12)),
        ("180 days", Interval(6)),
        ("2 weeks", Interval(days=14)),
        ("weekly", Interval(days=7)),
        ("45 days", Interval(days=45)),
        ("None", Interval()),
        ("Not required", Interval()),
        ("ninguno", Interval()),
        ("", None),
        (None, None),
        ("xyz", None),
        ("ask Peter", None),
        ("12/03/2025", None),
        (dt.date(2025, 1, 1), None),
        (0, None),
    ],
)
def test_interval(written: object, interval: Interval | None) -> None:
    assert parse_interval(written) == interval


def test_no_service_is_an_answer() -> None:
    assert [Interval().planned, Interval(6).planned, Interval(days=7).planned] == [False, True, True]


@pytest.mark.parametrize(
    ("value", "truth"),
    [
        ("Yes", True),
        ("no", False),
        ("Sí", True),
        ("nein", False),
        ("oui", True),
        ("không", False),
        ("نعم", True),
        ("否", False),
        (True, True),
        (1, True),
        ("0", False),
        ("perhaps", None),
        (None, None),
    ],
)
def test_bool(value: object, truth: bool | None) -> None:
    assert parse_bool(value) is truth


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Main / ER / 424", Place("Main", "ER", "424")),
        ("Main > Surgery > OR 2 > Bay 3", Place("Main", "Surgery / OR 2", "Bay 3")),
        ("ICU - Bed 4", Place("", "ICU", "Bed 4")),
        ("X-Ray", Place(department="X-Ray")),
        ("424", Place(room="424")),
        ("Room 12", Place(room="Room 12")),
        ("N/A", Place()),
        (None, Place()),
    ],
)
def test_location(text: str | None, place: Place) -> None:
    assert parse_location(text) == place


def test_the_heading_s_unit_counts_for_bare_numbers() -> None:
    headings = ("pm_interval_days", "PPM Interval (Months)", "Intervall Jahre", "Frequency", "Interval (weeks)")
    assert [heading_unit(heading) for heading in headings] == ["day", "month", "year", None, "week"]
    assert [parse_interval(30, unit="day"), parse_interval("2", unit="year")] == [Interval(1), Interval(24)]
    assert parse_interval("Annual", unit="day") == Interval(12)


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("6 Ay", 6),
        ("2x/yr", 6),
        ("2x jährlich", 6),
        ("2 yearly", 24),
        ("1x per jaar", 12),
        ("1 x per 2 jaar", 24),
        ("1 raz na rok", 12),
        ("2 razy w roku", 6),
        ("tous les 18 mois", 18),
        ("co 12 miesięcy", 12),
        ("6/12", 6),
        ("6개월", 6),
        ("6ヶ月", 6),
    ],
)
def test_intervals_of_other_languages(text: str, months: int) -> None:
    assert parse_interval(text) == Interval(months=months)


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("1,25,000/-", "125000", None),
        ("Rs. 9,80,000/-", "980000", "INR"),
        ("12 450,-", "12450", None),
        ("CHF 1'250.-", "1250", "CHF"),
        ("S/ 98,500.00", "98500.00", "PEN"),
    ],
)
def test_amounts_without_pence(text: str, amount: str, currency: str | None) -> None:
    assert parse_money(text) == Money(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("heading", "currency"),
    [("Price (USD)", "USD"), ("AK in €", "EUR"), ("单价（元）", "CNY"), ("Cost (Rs.)", "INR"), ("Cost", None)],
)
def test_the_heading_names_the_currency(heading: str, currency: str | None) -> None:
    assert heading_currency(heading) == currency


@pytest.mark.parametrize(
    ("cell", "count"), [(4, 4), ("2 pcs", 2), ("x3", 3), ("1.0", 1), ("2 Stück", 2), ("A4-12", None), ("", None)]
)
def test_quantities(cell: object, count: int | None) -> None:
    assert parse_quantity(cell) == count


def test_a_text_keeps_its_digits_but_not_a_spreadsheets_decimal() -> None:
    assert [clean_text(text) for text in ("20001.0", "2.0", "101.50")] == ["20001", "2.0", "101.50"]
    assert [clean_serial(text).text for text in ("sn 1109", "S/N 44A", "SN45", "s/s")] == ["1109", "44A", "SN45", ""]
