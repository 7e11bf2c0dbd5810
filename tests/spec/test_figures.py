"""Figures made of sums: shares, limits of a control chart, hours of overlap, repairs that come back."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from wardwright.kernel.figures import Tally, comes_back, overlap_hours, percent, pooled, proportion_limits


def test_rates_of_sites_are_pooled_from_sums_and_never_averaged():
    """1 of 2 and 90 of 100 are 91 of 102, not (50 % + 90 %) / 2."""
    small, large = Tally(), Tally()
    small.add(1, 2)
    large.add(90, 100)
    whole = pooled([small, large])
    assert (whole.amount, whole.of, whole.cases) == (91, 102, 2)
    assert percent(whole.amount, whole.of) == 89.2


def test_what_is_left_out_is_counted_by_reason_and_in_no_sum():
    tally = Tally()
    tally.add(1)
    tally.leave_out("cancelled")
    tally.leave_out("cancelled")
    assert (tally.ratio, dict(tally.left_out)) == (1.0, {"cancelled": 2})
    assert Tally().ratio is None


@pytest.mark.parametrize(
    ("amount", "of", "shown"),
    [
        (0, 0, None),
        (0, 7, 0.0),
        (7, 7, 100.0),
        (9996, 10000, 99.9),  # never shown as whole
        (4, 10000, 0.1),  # never shown as nothing
        (1, 3, 33.3),
        (3, 2, 150.0),
    ],
)
def test_a_share_is_rounded_but_never_to_all_or_nothing(amount, of, shown):
    assert percent(amount, of) == shown


def test_limits_of_a_control_chart():
    """Montgomery, Introduction to Statistical Quality Control, example 7.1: mean share 0.2313 of samples of 50."""
    low, high = proportion_limits(0.2313, 50)
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.4102)
    assert proportion_limits(0.01, 10)[0] == 0.0
    assert proportion_limits(0.99, 10)[1] == 1.0
    with pytest.raises(ValueError, match="give a share from 0 to 1"):
        proportion_limits(1.5, 10)


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (at(1), at(2), 0.0),  # before
        (at(9), at(11), 24.0),  # begins before
        (at(10, 6), at(10, 18), 12.0),  # within
        (at(12, 12), None, 12.0),  # still runs
        (at(14), at(15), 0.0),  # after
    ],
)
def test_hours_of_a_span_within_a_period(start, end, hours):
    assert overlap_hours(start, end, at(10), at(13)) == hours


def test_a_repair_comes_back_when_the_device_is_reported_again_in_time():
    done = [date(2026, 1, 10), date(2026, 1, 20), date(2026, 3, 1)]
    reported = [date(2026, 1, 8), date(2026, 1, 20), date(2026, 2, 25)]
    assert comes_back(done, reported, 30) == [True, False, False]
    assert comes_back(done, reported, 40) == [True, True, False]
    assert comes_back([], [], 30) == []
