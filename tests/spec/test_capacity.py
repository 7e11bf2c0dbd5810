"""The hours somebody has: a week's minutes over the open days, less holidays and days away."""

from datetime import date

import pytest

from wardwright.kernel.capacity import OFFICE_WEEK, Days, Hands, each_day, minutes_on
from wardwright.kernel.hours import Hours, spans_of

MONDAY, SUNDAY = date(2026, 11, 23), date(2026, 11, 29)
CHRISTMAS = frozenset({date(2026, 12, 25)})


@pytest.mark.parametrize(
    ("week", "minutes", "shares", "why"),
    [
        (OFFICE_WEEK, 2400, (480, 480, 480, 480, 480, 0, 0), "40 hours over five days of eight"),
        (OFFICE_WEEK, 1200, (240, 240, 240, 240, 240, 0, 0), "half time"),
        ((480, 480, 480, 480, 240, 0, 0), 2160, (480, 480, 480, 480, 240, 0, 0), "a short Friday"),
        ((1440,) * 7, 2100, (300,) * 7, "a ward that is open on every day"),
        (OFFICE_WEEK, 2, (0, 0, 1, 0, 1, 0, 0), "what does not divide goes to some days, and none is lost"),
        (OFFICE_WEEK, 0, (0,) * 7, "somebody without hours"),
    ],
)
def test_a_week_over_its_days(week, minutes, shares, why):
    assert Days(week).share(minutes) == shares, why


def test_days_of_opening_times():
    hours = Hours((spans_of("07:00-12:00, 13:00-17:00"),) * 4 + (spans_of("07:00-13:00"), (), ()), holidays=CHRISTMAS)
    assert Days.of(hours) == Days((540, 540, 540, 540, 360, 0, 0), CHRISTMAS)


@pytest.mark.parametrize(
    ("away", "closed", "found", "why"),
    [
        ((), frozenset(), [480] * 5 + [0, 0], "a whole week"),
        (((MONDAY, date(2026, 11, 24)),), frozenset(), [0, 0, 480, 480, 480, 0, 0], "both ends are included"),
        (((date(2026, 1, 1), date(2026, 12, 31)),), frozenset(), [0] * 7, "away all year"),
        (((date(2026, 11, 28), SUNDAY),), frozenset(), [480] * 5 + [0, 0], "a weekend away costs nothing"),
        ((), frozenset({date(2026, 11, 25)}), [480, 480, 0, 480, 480, 0, 0], "a holiday is lost, not moved"),
        (
            ((MONDAY, date(2026, 11, 25)), (date(2026, 11, 25), date(2026, 11, 26))),
            frozenset({date(2026, 11, 25)}),
            [0, 0, 0, 0, 480, 0, 0],
            "what overlaps is counted once",
        ),
    ],
)
def test_minutes_on_the_days_of_a_week(away, closed, found, why):
    hands = Hands(2400, Days(closed=closed), away)
    assert minutes_on(hands, each_day(MONDAY, SUNDAY)) == found, why
