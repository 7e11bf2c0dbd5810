"""Use of a shared fleet: how many are out at once, how many would be enough, when some are free again.

The definitions are our own; every case is small enough to be checked by hand. Hours count from the start of a day.
"""

from datetime import datetime, timedelta

import pytest

from wardwright.kernel.utilisation import (
    Level,
    Span,
    device_hours,
    earliest_free,
    fleet_needed,
    level_covering,
    levels,
    peak,
)

DAY = datetime(2026, 3, 2)


def at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


def spans(given: list[tuple]) -> list[Span]:
    return [Span(at(start), None if end is None else at(end), *count) for start, end, *count in given]


@pytest.mark.parametrize(
    ("out", "expected"),
    [
        ([], [(0, 24, 0)]),
        ([(0, 24)], [(0, 24, 1)]),
        ([(6, 12)], [(0, 6, 0), (6, 12, 1), (12, 24, 0)]),
        ([(6, 12), (12, 18)], [(0, 6, 0), (6, 18, 1), (18, 24, 0)]),  # one comes back as the next goes out
        ([(6, 12), (8, 10)], [(0, 6, 0), (6, 8, 1), (8, 10, 2), (10, 12, 1), (12, 24, 0)]),
        ([(20, None)], [(0, 20, 0), (20, 24, 1)]),  # still out
        ([(-9, 3, 4)], [(0, 3, 4), (3, 24, 0)]),  # four at once, since yesterday
        ([(5, 5), (9, 7)], [(0, 24, 0)]),  # no length, or the wrong way round
    ],
)
def test_how_many_are_out_when(out, expected):
    """Out from, until, how many → stretches of the day with how many at once."""
    assert levels(spans(out), at(0), at(24)) == [Level(at(a), at(b), n) for a, b, n in expected]


def test_a_period_without_length_is_refused():
    with pytest.raises(ValueError, match="ends after it begins"):
        levels([], at(3), at(3))


def test_the_peak_is_the_first_of_the_highest():
    assert peak(levels(spans([(1, 2), (3, 4)]), at(0), at(5))) == Level(at(1), at(2), 1)
    assert peak([]) is None


@pytest.mark.parametrize(
    ("out", "expected"), [([], 0), ([(0, 24)], 24), ([(-5, 3, 4)], 12), ([(20, None)], 4), ([(9, 7)], 0)]
)
def test_device_hours_of_a_day(out, expected):
    assert device_hours(spans(out), at(0), at(24)) == expected


@pytest.mark.parametrize(("share", "expected"), [(0, 0), (0.5, 0), (0.51, 1), (0.9, 1), (0.92, 5), (1, 5)])
def test_how_many_were_enough_for_a_share_of_the_time(share, expected):
    """A day with 12 hours of none out, 10 of one, 2 of five."""
    found = [Level(at(0), at(12), 0), Level(at(12), at(22), 1), Level(at(22), at(24), 5)]
    assert level_covering(found, share) == expected


@pytest.mark.parametrize(
    ("level", "ready_share", "expected"), [(0, 0.5, 0), (9, 1, 9), (9, 0.9, 10), (10, 0.9, 12), (3, 0, None)]
)
def test_more_must_be_owned_than_are_out(level, ready_share, expected):
    """Each is fit and clean for a share of its time only: 9 out at 90 % need 10, 10 need 11.1 and so 12."""
    assert fleet_needed(level, ready_share) == expected


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_is_from_0_to_1(share):
    with pytest.raises(ValueError, match="from 0 to 1"):
        level_covering([], share)
    with pytest.raises(ValueError, match="from 0 to 1"):
        fleet_needed(1, share)


@pytest.mark.parametrize(
    ("booked", "wanted", "hours", "expected"),
    [
        ([], 3, 5, 0),
        ([], 4, 5, None),  # more than there are
        ([(0, 6), (0, 8)], 1, 5, 0),
        ([(0, 6), (0, 8)], 2, 5, 6),
        ([(0, 6), (0, 8)], 3, 5, 8),
        ([(0, 6), (0, 8), (9, 12, 2)], 2, 5, 12),  # a gap that is too short is none
        ([(0, 6), (0, 8), (9, 12, 2)], 2, 1, 6),
        ([(0, None, 2)], 2, 5, None),  # two are out for an unknown time
        ([(4, None, 2)], 2, None, None),  # free now, but wanted for good
        ([(4, 9, 2)], 2, None, 9),
    ],
)
def test_when_are_so_many_of_three_free(booked, wanted, hours, expected):
    """Booked from, until, how many; wanted how many for how many hours → the hour from which they are free."""
    length = None if hours is None else timedelta(hours=hours)
    found = earliest_free(3, spans(booked), wanted, length, at(0))
    assert found == (None if expected is None else at(expected))
