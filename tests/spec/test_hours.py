"""Service hours: when a promise counts. Days, zones and changes of the clock are those of the tz database.

Oracle for every sum: the same question answered minute by minute.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from wardwright.kernel.hours import ROUND_THE_CLOCK, Hours, after, alike, between, is_open, spans_of, text_of

BERLIN = "Europe/Berlin"
WORKDAYS = ((spans_of("07:00-17:00"),) * 5) + ((), ())
CLINIC = Hours(WORKDAYS, BERLIN, frozenset({date(2026, 12, 25)}))
WARD = Hours(ROUND_THE_CLOCK, BERLIN)


def at(text: str, zone: str = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("start", "hours", "end", "why"),
    [
        ("2026-11-18T08:00", 8, "2026-11-18T16:00", "within one day"),
        ("2026-11-18T16:00", 8, "2026-11-19T14:00", "over night"),
        ("2026-11-20T16:00", 8, "2026-11-23T14:00", "over a weekend"),
        ("2026-11-20T09:00", 8, "2026-11-20T17:00", "ends when the service does, not when it begins again"),
        ("2026-11-21T03:00", 1, "2026-11-23T08:00", "asked at night on a Saturday"),
        ("2026-12-24T16:00", 2, "2026-12-28T08:00", "25 December is a holiday, then comes the weekend"),
        ("2026-11-18T06:00", 0, "2026-11-18T06:00", "nothing needed"),
    ],
)
def test_when_a_promise_ends(start: str, hours: int, end: str, why: str) -> None:
    assert after(CLINIC, at(start), timedelta(hours=hours)) == at(end), why


@pytest.mark.parametrize(
    ("start", "end", "hours", "why"),
    [
        ("2026-03-28T12:00", "2026-03-29T12:00", 23, "the clock goes forward on 29 March 2026"),
        ("2026-10-24T12:00", "2026-10-25T12:00", 25, "the clock goes back on 25 October 2026"),
        ("2026-11-18T12:00", "2026-11-19T12:00", 24, "an ordinary day"),
    ],
)
def test_a_ward_that_is_open_round_the_clock_has_days_of_23_and_25_hours(start, end, hours, why) -> None:
    assert between(WARD, at(start), at(end)) == timedelta(hours=hours), why
    assert after(WARD, at(start), timedelta(hours=hours)) == at(end)


def test_hours_that_the_clock_skips_or_repeats() -> None:
    night = Hours(((spans_of("01:00-03:00"),) * 7), BERLIN)
    assert between(night, at("2026-03-29T00:00"), at("2026-03-30T00:00")) == timedelta(hours=1)
    assert between(night, at("2026-10-25T00:00"), at("2026-10-26T00:00")) == timedelta(hours=3)
    skipped = Hours(((spans_of("02:10-02:50"),) * 7), BERLIN)
    assert between(skipped, at("2026-03-29T00:00"), at("2026-03-30T00:00")) == timedelta()


def test_a_day_that_begins_at_one_because_midnight_is_skipped() -> None:
    beirut = Hours(ROUND_THE_CLOCK, "Asia/Beirut")  # the clock goes forward at midnight of 29 March 2026
    assert between(beirut, at("2026-03-28T00:00", "Asia/Beirut"), at("2026-03-30T00:00", "Asia/Beirut")) == timedelta(
        hours=47
    )


@pytest.mark.parametrize(
    ("moment", "open_then"),
    [
        ("2026-11-18T06:59", False),
        ("2026-11-18T07:00", True),
        ("2026-11-18T16:59", True),
        ("2026-11-18T17:00", False),
        ("2026-11-21T10:00", False),
        ("2026-12-25T10:00", False),
    ],
)
def test_is_somebody_there(moment: str, open_then: bool) -> None:
    assert is_open(CLINIC, at(moment)) is open_then


def naive(hours: Hours, start: datetime, end: datetime) -> timedelta:
    """Minute by minute, as one would count on a clock."""
    count, now, zone = 0, start, ZoneInfo(hours.zone)
    while now < end:
        local = now.astimezone(zone)
        minute = local.hour * 60 + local.minute
        count += local.date() not in hours.holidays and any(
            first <= minute < last for first, last in hours.week[local.weekday()]
        )
        now += timedelta(minutes=1)
    return timedelta(minutes=count)


@pytest.mark.parametrize("zone", [BERLIN, "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"])
@pytest.mark.parametrize("around", [date(2026, 3, 28), date(2026, 10, 24), date(2026, 4, 4), date(2026, 11, 1)])
def test_the_sum_is_that_of_counting_minutes(zone: str, around: date) -> None:
    week = (spans_of("00:00-02:00, 06:30-24:00"), spans_of("24h"), (), spans_of("7-12, 13-17"), spans_of("24h"))
    hours = Hours((*week, spans_of("00:00-12:00"), spans_of("00:30-04:00")), zone, frozenset({around}))
    start = datetime.combine(around, datetime.min.time(), UTC) - timedelta(hours=7)
    end = start + timedelta(days=3, minutes=43)
    assert between(hours, start, end) == naive(hours, start, end)
    assert between(hours, start, after(hours, start, timedelta(minutes=1234))) == timedelta(minutes=1234)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("07:00-17:00", ((420, 1020),)),
        ("7-12, 13-17", ((420, 720), (780, 1020))),
        ("7.30 – 16.00", ((450, 960),)),
        ("24h", ((0, 1440),)),
        ("", ()),
        ("closed", ()),
    ],
)
def test_opening_times_as_people_write_them(text: str, spans) -> None:
    assert spans_of(text) == spans
    assert spans_of(text_of(spans)) == spans


@pytest.mark.parametrize("text", ["morning", "17:00-07:00", "07:00-25:00", "07:75-08:00", "7-12, 11-13", "7-7"])
def test_what_is_no_opening_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be read|within one day|overlaps|minutes in an hour"):
        spans_of(text)


def test_days_in_a_row_are_told_together() -> None:
    assert alike(WORKDAYS) == [(0, 4, ((420, 1020),))]
    assert alike(ROUND_THE_CLOCK) == [(0, 6, ((0, 1440),))]


def test_hours_nobody_can_keep_are_refused() -> None:
    with pytest.raises(ValueError, match="nobody is ever there"):
        Hours(((),) * 7)
    with pytest.raises(ValueError, match="7 days"):
        Hours(((),))
    always_closed = Hours(WORKDAYS, "UTC", frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(4000)))
    with pytest.raises(ValueError, match="ten years"):
        after(always_closed, datetime(2026, 1, 1, tzinfo=UTC), timedelta(hours=1))
