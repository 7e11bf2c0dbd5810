"""Periods by name, seen from a day in the middle of a quarter and from the ends of a year."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from wardwright.kernel.periods import PRESETS, month_end, month_start, months, period, weekend_began

DAY = date(2026, 11, 21)  # a Saturday


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("this-week", date(2026, 11, 16), DAY),
        ("last-week", date(2026, 11, 9), date(2026, 11, 15)),
        ("this-month", date(2026, 11, 1), DAY),
        ("last-month", date(2026, 10, 1), date(2026, 10, 31)),
        ("this-quarter", date(2026, 10, 1), DAY),
        ("last-quarter", date(2026, 7, 1), date(2026, 9, 30)),
        ("this-year", date(2026, 1, 1), DAY),
        ("last-year", date(2025, 1, 1), date(2025, 12, 31)),
        ("last-12-months", date(2025, 11, 1), DAY),
        ("next-12-months", DAY, date(2027, 11, 30)),
    ],
)
def test_a_period_by_name(name, first, last):
    assert period(name, DAY) == (first, last)


def test_around_new_year():
    assert period("last-month", date(2026, 1, 1)) == (date(2025, 12, 1), date(2025, 12, 31))
    assert period("last-quarter", date(2026, 2, 28)) == (date(2025, 10, 1), date(2025, 12, 31))
    assert period("last-week", date(2026, 1, 1)) == (date(2025, 12, 22), date(2025, 12, 28))


def test_every_name_gives_days_in_order():
    for name in PRESETS:
        first, last = period(name, DAY)
        assert first <= last, name
    with pytest.raises(ValueError, match="no period 'for-ever'"):
        period("for-ever", DAY)


def test_months():
    assert list(months(date(2025, 12, 31), date(2026, 2, 1))) == [
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
    ]
    assert (month_start(DAY, -11), month_end(date(2028, 2, 3))) == (date(2025, 12, 1), date(2028, 2, 29))


@pytest.mark.parametrize(
    ("now", "began"),
    [
        ("2026-11-23 08:00", "2026-11-20 16:00"),  # Monday morning
        ("2026-11-21 03:00", "2026-11-20 16:00"),  # Saturday night
        ("2026-11-20 16:00", "2026-11-20 16:00"),  # Friday, the very moment
        ("2026-11-20 15:59", "2026-11-13 16:00"),  # Friday, before it
        ("2026-11-26 23:59", "2026-11-20 16:00"),  # Thursday
    ],
)
def test_the_weekend_begins_on_friday_at_four(now, began):
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert weekend_began(moment) == datetime.fromisoformat(began).replace(tzinfo=UTC)
