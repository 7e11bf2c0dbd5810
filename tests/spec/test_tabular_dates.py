"""Dates: what each way of writing means, and how a column proves its order."""

import datetime as dt

import pytest

from wardwright.kernel.tabular.dates import (
    DateReading,
    date_from_serial,
    decide_date_order,
    decide_date_orders,
    parse_date,
)


def day(year: int, month: int, number: int) -> DateReading:
    return DateReading(dt.date(year, month, number))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2025-01-12", day(2025, 1, 12)),
        ("2025/1/12", day(2025, 1, 12)),
        ("2025-01-12T10:30:00Z", day(2025, 1, 12)),
        ("20250112", day(2025, 1, 12)),
        ("12/01/2025", day(2025, 1, 12)),
        ("12.01.25", day(2025, 1, 12)),
        ("12-1-2025 10:30", day(2025, 1, 12)),
        ("01.02.70", day(1970, 2, 1)),
        ("01.02.69", day(2069, 2, 1)),
        ("12 Jan 2025", day(2025, 1, 12)),
        ("12-Jan-25", day(2025, 1, 12)),
        ("Jan 12, 2025", day(2025, 1, 12)),
        ("12 de enero de 2025", day(2025, 1, 12)),
        ("12 janvier 2025", day(2025, 1, 12)),
        ("12. Januar 2025", day(2025, 1, 12)),
        ("5 août 2023", day(2023, 8, 5)),
        ("12 gennaio 2025", day(2025, 1, 12)),
        ("12 janeiro 2025", day(2025, 1, 12)),
        ("ngày 12 tháng 1 năm 2025", day(2025, 1, 12)),
        ("2025年1月12日", day(2025, 1, 12)),
        ("١٢/٠١/٢٠٢٥", day(2025, 1, 12)),
        ("12 يناير 2025", day(2025, 1, 12)),
        ("12 января 2025 г.", day(2025, 1, 12)),
        ("45669", day(2025, 1, 12)),
        (45669, day(2025, 1, 12)),
        (45669.75, day(2025, 1, 12)),
        (dt.date(2025, 1, 12), day(2025, 1, 12)),
        (dt.datetime(2025, 1, 12, 8, 0), day(2025, 1, 12)),
        ("03/2014", DateReading(dt.date(2014, 3, 1), "month")),
        ("März 2014", DateReading(dt.date(2014, 3, 1), "month")),
        ("2014", DateReading(dt.date(2014, 1, 1), "year")),
        (2014, DateReading(dt.date(2014, 1, 1), "year")),
        (None, DateReading(None)),
        ("N/A", DateReading(None)),
        ("-", DateReading(None)),
        ("31/02/2024", DateReading(None, problem="There is no day 31 in month 2 of 2024.")),
        ("01/01/1899", DateReading(None, problem="The year 1899 is not between 1950 and 2100.")),
        ("2568-01-01", DateReading(None, problem="The year 2568 is not between 1950 and 2100.")),
        ("soon", DateReading(None, problem="“soon” is not a date.")),
        (7, DateReading(None, problem="“7” is not a date.")),
        (True, DateReading(None, problem="“True” is not a date.")),
    ],
)
def test_ways_of_writing(written: object, expected: DateReading) -> None:
    assert parse_date(written, "day-first") == expected


def test_order_decides_only_what_reads_both_ways() -> None:
    written = ["03/04/2025", "13/04/2025", "04/13/2025"]
    assert [parse_date(w, "day-first").on for w in written] == [
        dt.date(2025, 4, 3),
        dt.date(2025, 4, 13),
        dt.date(2025, 4, 13),
    ]
    assert [parse_date(w, "month-first").on for w in written] == [
        dt.date(2025, 3, 4),
        dt.date(2025, 4, 13),
        dt.date(2025, 4, 13),
    ]


@pytest.mark.parametrize(
    ("serial", "date"), [(1 + 60, dt.date(1900, 3, 1)), (36526, dt.date(2000, 1, 1)), (45845, dt.date(2025, 7, 7))]
)
def test_spreadsheet_serials(serial: int, date: dt.date) -> None:
    """Day 61 is 1 March 1900: the 1900 system counts a 29 February that never was."""
    assert date_from_serial(serial) == date


def test_one_date_proves_the_order_of_its_column() -> None:
    order = decide_date_order(["01/02/2025", "NA", "13/01/2025", "05/06/2025"], [5, 6, 7, 9])
    assert (order.order, order.proved, order.ambiguous) == ("day-first", True, False)
    assert order.evidence == "13/01/2025 in row 7 proves day first."
    assert {k: v for k, v in order.counts.items() if v} == {"day_first": 1, "either": 2, "blank": 1}


def test_month_first_beside_real_dates() -> None:
    order = decide_date_order([dt.date(2023, 5, 8), "12/19/2023", "08/04/2013"])
    assert (order.order, order.evidence) == ("month-first", "12/19/2023 in row 2 proves month first.")
    assert {k: v for k, v in order.counts.items() if v} == {"dates": 1, "month_first": 1, "either": 1}


def test_nothing_proved_is_ambiguous_and_says_what_is_assumed() -> None:
    order = decide_date_order(["01/02/2025", "05/06/2025"], default="month-first")
    assert (order.order, order.ambiguous, order.proved) == ("month-first", True, False)
    assert order.evidence == "All 2 written dates read both ways; month first is assumed."


def test_contradiction_is_ambiguous_and_shows_both_proofs() -> None:
    order = decide_date_order(["13/01/2025", "14/01/2025", "01/15/2025"])
    assert (order.order, order.ambiguous, order.proved) == ("day-first", True, False)
    assert (
        order.evidence
        == "Both orders occur: 13/01/2025 in row 1 proves day first; 01/15/2025 in row 3 proves month first."
    )


def test_iso_and_serials_need_no_order() -> None:
    order = decide_date_order(["2025-01-12", 45669, "45669", 2014])
    assert (order.ambiguous, order.evidence) == (False, "No date in this column depends on the order.")
    assert {k: v for k, v in order.counts.items() if v} == {"iso": 1, "serials": 2, "years": 1}


def test_a_proved_column_helps_the_others_of_the_file() -> None:
    orders = decide_date_orders({"Installed": ["01/02/2025"], "Last PM": ["01/15/2025"], "Next": ["2025-01-01"]})
    assert (orders["Installed"].order, orders["Installed"].ambiguous) == ("month-first", False)
    assert orders["Installed"].evidence == "Column “Last PM” of the same file proves month first."
    assert orders["Next"].evidence == "No date in this column depends on the order."


def test_swapped_by_a_spreadsheet() -> None:
    """Day-first text in a month-first spreadsheet: the days up to 12 became (wrong) dates, the others stayed text."""
    values = [dt.date(2025, n % 12 + 1, n % 12 + 1) for n in range(24)] + [f"{n}/01/2025" for n in range(13, 20)]
    assert decide_date_order(values).warning.startswith("A spreadsheet may have swapped day and month")
    assert decide_date_order([*values, dt.date(2025, 1, 20)]).warning == ""


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("02.24", dt.date(2024, 2, 1)),
        ("11/98", dt.date(1998, 11, 1)),
        ("Q2 2021", dt.date(2021, 4, 1)),
        ("2021-Q3", dt.date(2021, 7, 1)),
        ("3. Quartal 2020", dt.date(2020, 7, 1)),
        ("T4 2019", dt.date(2019, 10, 1)),
    ],
)
def test_months_and_quarters(text: str, on: dt.date) -> None:
    assert (parse_date(text).on, parse_date(text).precision) == (on, "month")


@pytest.mark.parametrize("text", ["13.24", "1.5", "12.5", "Q5 2021"])
def test_numbers_that_are_no_months(text: str) -> None:
    assert parse_date(text).on is None
