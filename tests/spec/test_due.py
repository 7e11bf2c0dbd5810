"""Due dates: month ends, leap years, bases, windows, catch-up, meters and the numbers of compliance.

Sources: "calendar" = the Gregorian calendar (ISO 8601); "W2 A.5" = WHO, Medical equipment maintenance programme
overview (2011), appendix A.5: the next due date counts from the last due month; "1.4" = STANDARDS section 1.4,
completion in time or within the window over scheduled less documented exceptions, which are never dropped silently.
"""

import json
from datetime import date
from decimal import Decimal

import pytest

from wardwright.kernel.due import (
    Basis,
    DueDates,
    DueResult,
    DueRule,
    DueState,
    Every,
    MeterInterval,
    MeterState,
    NoDueDate,
    Pending,
    Reason,
    Scheduled,
    Season,
    Share,
    Timeliness,
    Unit,
    Window,
    add_months,
    after_completion,
    count_compliance,
    due_dates,
    explain,
    judge_pending,
    judge_timeliness,
    next_due,
    occurrences,
    sentence,
    settled_through,
    upcoming,
)
from wardwright.kernel.reason import from_plain, to_plain


def d(text: str) -> date:
    return date.fromisoformat(text)


def dates(*texts: str) -> list[date]:
    return [d(text) for text in texts]


def due(result: DueResult | NoDueDate) -> DueResult:
    assert isinstance(result, DueResult)
    return result


MONTHLY = DueRule(every=Every(1, Unit.MONTHS))
YEARLY = DueRule(every=Every(12, Unit.MONTHS))
HALF_YEARLY_FLOATING = DueRule(every=Every(6, Unit.MONTHS), basis=Basis.FLOATING)
HOURS_2000 = MeterInterval(Decimal(2000), "h")


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2025-01-31", 1, "2025-02-28"),  # calendar
        ("2024-01-31", 1, "2024-02-29"),  # calendar, leap year
        ("2025-01-31", 2, "2025-03-31"),  # the anchor's day comes back
        ("2025-08-31", 1, "2025-09-30"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2024-02-29", 12 * 76, "2100-02-28"),  # 2100 is no leap year
        ("2025-11-15", 3, "2026-02-15"),
        ("2025-03-31", -1, "2025-02-28"),
        ("2025-01-15", -1, "2024-12-15"),
    ],
)
def test_months_are_added_to_the_month_end(start: str, months: int, expected: str) -> None:
    assert add_months(d(start), months) == d(expected)


@pytest.mark.parametrize("months", [12 * 8000, -12 * 2030])
def test_months_beyond_the_calendar_are_refused_with_words(months: int) -> None:
    with pytest.raises(OverflowError, match="beyond the calendar"):
        add_months(d("2025-01-31"), months)


@pytest.mark.parametrize(
    ("rule", "anchor", "until", "expected"),
    [
        (MONTHLY, "2025-01-31", "2025-05-31", dates("2025-02-28", "2025-03-31", "2025-04-30", "2025-05-31")),
        (YEARLY, "2024-02-29", "2028-12-31", dates("2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29")),
        (DueRule(every=Every(2, Unit.WEEKS)), "2024-02-20", "2024-03-20", dates("2024-03-05", "2024-03-19")),
        (DueRule(every=Every(90, Unit.DAYS)), "2024-12-31", "2025-07-01", dates("2025-03-31", "2025-06-29")),
        (DueRule(season=Season((5,), 31)), "2025-05-31", "2027-05-31", dates("2026-05-31", "2027-05-31")),
        (DueRule(season=Season((2, 8), 31)), "2023-06-01", "2024-03-01", dates("2023-08-31", "2024-02-29")),
        (MONTHLY, "2025-01-31", "2025-02-27", []),
    ],
)
def test_occurrences(rule: DueRule, anchor: str, until: str, expected: list[date]) -> None:
    assert list(occurrences(rule, d(anchor), d(until))) == expected


def test_occurrences_can_begin_with_the_anchor() -> None:
    assert list(occurrences(YEARLY, d("2025-03-01"), d("2026-03-01"), include_anchor=True)) == dates(
        "2025-03-01", "2026-03-01"
    )
    assert list(
        occurrences(DueRule(season=Season((3,), 1)), d("2025-03-01"), d("2025-12-31"), include_anchor=True)
    ) == dates("2025-03-01")


def test_occurrences_end_with_the_calendar() -> None:
    assert list(occurrences(YEARLY, d("9997-06-01"), date.max)) == dates("9998-06-01", "9999-06-01")


def test_occurrences_of_a_meter_are_not_guessed() -> None:
    with pytest.raises(ValueError, match="no fixed dates"):
        list(occurrences(DueRule(meter=HOURS_2000), d("2025-01-01"), d("2026-01-01")))


@pytest.mark.parametrize(
    ("window", "due_on", "opens", "ends", "out"),
    [
        (Window(), "2025-06-15", "2025-06-15", "2025-06-15", "2025-06-16"),
        (Window(before_days=14, grace_days=30), "2025-06-15", "2025-06-01", "2025-07-15", "2025-07-16"),
        (Window(grace_days=30, late_days=15), "2025-06-15", "2025-06-15", "2025-07-15", "2025-07-31"),
        (Window(whole_month=True), "2024-02-15", "2024-02-01", "2024-02-29", "2024-03-01"),  # W2 A.5: due month
        (Window(5, 10, 3, whole_month=True), "2025-06-15", "2025-05-27", "2025-07-10", "2025-07-14"),
    ],
)
def test_window(window: Window, due_on: str, opens: str, ends: str, out: str) -> None:
    assert due_dates(window, d(due_on)) == DueDates(d(due_on), d(opens), d(ends), d(out))


@pytest.mark.parametrize(
    ("what", "rule", "state", "today", "due_on", "collapsed", "codes"),
    [
        ("first of a series", YEARLY, DueState(d("2025-03-10")), "2025-04-01", "2026-03-10", 0, ["fixed_first"]),
        ("the anchor is due", YEARLY, DueState(d("2025-03-10"), anchor_is_due=True), "2025-01-01", "2025-03-10", 0,
         ["anchor_is_due"]),
        ("fixed: done late, plan kept (W2 A.5)", YEARLY, DueState(d("2023-03-10"), d("2024-03-10"), d("2024-09-01")),
         "2024-10-01", "2025-03-10", 0, ["fixed"]),
        ("floating: done late, plan moves", HALF_YEARLY_FLOATING, DueState(d("2023-03-10"), None, d("2024-09-01")),
         "2024-10-01", "2025-03-01", 0, ["floating"]),
        ("floating: never done", HALF_YEARLY_FLOATING, DueState(d("2025-01-31")), "2025-02-01", "2025-07-31", 0,
         ["never_done"]),
        ("anchor day comes back after February", MONTHLY, DueState(d("2025-01-31"), d("2025-02-28")), "2025-03-01",
         "2025-03-31", 0, ["fixed"]),
        ("February is clipped and says so", MONTHLY, DueState(d("2025-01-31")), "2025-02-01", "2025-02-28", 0,
         ["fixed_first", "day_clipped"]),
        ("three missed months are one job", MONTHLY, DueState(d("2025-01-15")), "2025-04-20", "2025-02-15", 2,
         ["fixed_first", "collapsed"]),
        ("due today is not yet a further one", MONTHLY, DueState(d("2025-01-15")), "2025-02-15", "2025-02-15", 0,
         ["fixed_first"]),
        ("a completion known, its due date not", YEARLY, DueState(d("2020-01-01"), None, d("2024-05-03")), "2024-06-01",
         "2025-01-01", 0, ["fixed_first"]),
        ("season", DueRule(season=Season((5,), 31)), DueState(d("2024-09-01")), "2025-01-01", "2025-05-31", 0,
         ["season"]),
        ("season missed twice", DueRule(season=Season((4, 10), 31)), DueState(d("2024-01-01")), "2025-05-01",
         "2024-04-30", 2, ["season", "day_clipped", "collapsed"]),
    ],
)  # fmt: skip
def test_next_due(
    what: str, rule: DueRule, state: DueState, today: str, due_on: str, collapsed: int, codes: list[str]
) -> None:
    result = due(next_due(rule, state, d(today)))
    assert (result.due_on, result.collapsed_count) == (d(due_on), collapsed), what
    assert [reason.code for reason in result.because] == codes, what


READ = MeterState(Decimal(1500), d("2025-06-01"), Decimal(0), Decimal(10))


@pytest.mark.parametrize(
    ("what", "rule", "meter", "done", "due_on", "collapsed", "codes"),
    [
        ("500 h left at 10 h/day", DueRule(meter=HOURS_2000), READ, None, "2025-07-21", 0, ["meter_projected"]),
        ("part of a day is rounded to the safe side", DueRule(meter=HOURS_2000),
         MeterState(Decimal(1995), d("2025-06-01"), Decimal(0), Decimal("2.6")), None, "2025-06-02", 0,
         ["meter_projected"]),
        ("100 h over at 10 h/day: due ten days ago", DueRule(meter=HOURS_2000),
         MeterState(Decimal(2100), d("2025-06-01"), Decimal(0), Decimal(10)), None, "2025-05-22", 0,
         ["meter_reached"]),
        ("over, use unknown: due the day it was seen", DueRule(meter=HOURS_2000),
         MeterState(Decimal(2000), d("2025-06-01")), None, "2025-06-01", 0, ["meter_reached"]),
        ("three intervals over", DueRule(meter=HOURS_2000),
         MeterState(Decimal(7000), d("2025-06-01"), Decimal(0), None), None, "2025-06-01", 2,
         ["meter_reached", "collapsed"]),
        ("meter before calendar", DueRule(every=Every(12, Unit.MONTHS), meter=HOURS_2000, basis=Basis.FLOATING),
         READ, "2025-01-02", "2025-07-21", 0, ["meter_first", "floating", "meter_projected"]),
        ("calendar before meter", DueRule(every=Every(6, Unit.MONTHS), meter=HOURS_2000, basis=Basis.FLOATING),
         READ, "2025-01-02", "2025-07-02", 0, ["calendar_first", "floating", "meter_projected"]),
        ("meter not known: the calendar still holds",
         DueRule(every=Every(6, Unit.MONTHS), meter=HOURS_2000, basis=Basis.FLOATING),
         None, "2025-01-02", "2025-07-02", 0, ["floating", "meter_never_read"]),
    ],
)  # fmt: skip
def test_next_due_by_meter(
    what: str, rule: DueRule, meter: MeterState | None, done: str | None, due_on: str, collapsed: int, codes: list[str]
) -> None:
    state = DueState(d("2025-01-01"), last_done_on=d(done) if done else None, meter=meter)
    result = due(next_due(rule, state, d("2025-06-05")))
    assert (result.due_on, result.collapsed_count) == (d(due_on), collapsed), what
    assert [reason.code for reason in result.because] == codes, what


@pytest.mark.parametrize(
    ("meter", "code"),
    [
        (None, "meter_never_read"),
        (MeterState(Decimal(10), d("2025-06-01")), "meter_use_unknown"),
        (MeterState(Decimal(10), d("2025-06-01"), per_day=Decimal(0)), "meter_use_unknown"),
        (MeterState(Decimal(10), d("2025-06-01"), per_day=Decimal("1e-9")), "meter_use_unknown"),
    ],
)
def test_a_meter_without_use_gives_no_date_but_a_reason(meter: MeterState | None, code: str) -> None:
    result = next_due(DueRule(meter=HOURS_2000), DueState(d("2025-01-01"), meter=meter), d("2025-06-05"))
    assert isinstance(result, NoDueDate)
    assert [reason.code for reason in result.because] == [code]


def test_completion_of_a_collapsed_job_settles_all_it_stands_for() -> None:
    state = DueState(d("2025-01-31"))
    assert settled_through(MONTHLY, state, d("2025-05-10")) == d("2025-04-30")
    after = after_completion(MONTHLY, state, d("2025-05-10"))
    assert (after.last_due_on, after.last_done_on) == (d("2025-04-30"), d("2025-05-10"))
    assert due(next_due(MONTHLY, after, d("2025-05-10"))).due_on == d("2025-05-31")


def test_early_completion_settles_the_due_date_it_was_for() -> None:
    after = after_completion(YEARLY, DueState(d("2025-01-10")), d("2025-12-20"))
    assert due(next_due(YEARLY, after, d("2025-12-20"))).due_on == d("2027-01-10")


def test_season_settles_to_the_latest_passed() -> None:
    rule = DueRule(season=Season((4, 10), 15))
    assert settled_through(rule, DueState(d("2024-01-01")), d("2025-05-01")) == d("2025-04-15")


@pytest.mark.parametrize(
    ("basis", "expected_from"),
    [(Basis.FIXED, Decimal(4000)), (Basis.FLOATING, Decimal(4300))],
)
def test_meter_restarts_from_the_due_point_or_from_the_completion(basis: Basis, expected_from: Decimal) -> None:
    state = DueState(d("2025-01-01"), meter=MeterState(Decimal(3900), d("2025-06-01"), Decimal(2000), Decimal(10)))
    after = after_completion(DueRule(meter=HOURS_2000, basis=basis), state, d("2025-07-11"), Decimal(4300))
    assert after.meter == MeterState(Decimal(4300), d("2025-07-11"), expected_from, Decimal(10))


def test_meter_completion_needs_the_reading() -> None:
    with pytest.raises(ValueError, match="record its value"):
        after_completion(DueRule(meter=HOURS_2000), DueState(d("2025-01-01"), meter=READ), d("2025-07-11"))


@pytest.mark.parametrize(
    ("what", "rule", "state", "expected"),
    [
        ("fixed", DueRule(every=Every(4, Unit.MONTHS)), DueState(d("2025-10-31")),
         dates("2026-02-28", "2026-06-30", "2026-10-31")),
        ("fixed, overdue", DueRule(every=Every(4, Unit.MONTHS)), DueState(d("2025-03-15")),
         dates("2025-07-15", "2026-03-15", "2026-07-15", "2026-11-15")),
        ("floating, overdue: counts on from today", DueRule(every=Every(4, Unit.MONTHS), basis=Basis.FLOATING),
         DueState(d("2025-03-15")), dates("2025-07-15", "2026-05-01", "2026-09-01")),
        ("season", DueRule(season=Season((5, 11), 31)), DueState(d("2025-11-30")), dates("2026-05-31", "2026-11-30")),
        ("meter, 20 h a day: every 100 days", DueRule(meter=HOURS_2000, basis=Basis.FLOATING),
         DueState(d("2025-12-31"), meter=MeterState(Decimal(0), d("2026-01-01"), Decimal(0), Decimal(20))),
         dates("2026-04-11", "2026-07-20", "2026-10-28")),
        ("meter that is not read", DueRule(meter=HOURS_2000), DueState(d("2025-12-31")), []),
    ],
)  # fmt: skip
def test_a_year_of_work(what: str, rule: DueRule, state: DueState, expected: list[date]) -> None:
    plan = upcoming(rule, state, d("2026-01-01"), d("2026-12-31"))
    assert [job.due_on for job in plan] == expected, what


def test_a_meter_that_runs_through_several_intervals_a_day_gives_one_job_a_day() -> None:
    state = DueState(d("2026-01-01"), meter=MeterState(Decimal(0), d("2026-01-01"), Decimal(0), Decimal(9000)))
    plan = list(upcoming(DueRule(meter=HOURS_2000), state, d("2026-01-01"), d("2026-01-04")))
    assert [job.due_on for job in plan] == dates("2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04")


def test_why_is_this_due() -> None:
    rule = DueRule(every=Every(1, Unit.MONTHS), window=Window(7, 14, 30))
    result = due(next_due(rule, DueState(d("2025-01-31"), d("2025-01-31")), d("2025-04-01")))
    assert result.because[0] == Reason(
        "fixed",
        (("count", 1), ("unit", Unit.MONTHS), ("from_on", d("2025-01-31")), ("last_due_on", d("2025-01-31"))),
    )
    assert explain(result) == (
        "Due every 1 month, counted from 2025-01-31; the last due date settled was 2025-01-31. "
        "That month has no day 31, so its last day counts. "
        "Further due dates passed up to 2025-04-01: 1. This one job stands for them all. "
        "Due on 2025-02-28; counts as on schedule from 2025-02-21 to 2025-03-14; out of compliance from 2025-04-14."
    )


def test_why_is_this_due_for_seasons_and_meters() -> None:
    season = due(next_due(DueRule(season=Season((4, 10), 15)), DueState(d("2025-01-01")), d("2025-01-02")))
    assert explain(season).startswith("Due every year on day 15 of April, October. Due on 2025-04-15;")
    unread = next_due(DueRule(meter=HOURS_2000), DueState(d("2025-01-01")), d("2025-01-02"))
    assert explain(unread) == "The meter has never been read; record a reading in h to get a date from it."


@pytest.mark.parametrize(
    ("rule", "state"),
    [
        (MONTHLY, DueState(d("2025-01-31"), d("2025-01-31"))),
        (DueRule(season=Season((4, 10), 31)), DueState(d("2024-01-01"))),
        (
            DueRule(every=Every(1, Unit.DAYS), meter=HOURS_2000, basis=Basis.FLOATING),
            DueState(d("2025-01-01"), meter=READ),
        ),
    ],
)
def test_reasons_can_be_stored_as_json(rule: DueRule, state: DueState) -> None:
    because = due(next_due(rule, state, d("2025-04-01"))).because
    stored = json.loads(json.dumps(to_plain(because)))
    assert [sentence(reason) for reason in from_plain(stored)] == [sentence(reason) for reason in because]


@pytest.mark.parametrize("rule", [DueRule(season=Season((5,), 1)), YEARLY])
def test_beyond_the_calendar_is_said_so(rule: DueRule) -> None:
    with pytest.raises(OverflowError, match="beyond the calendar"):
        next_due(rule, DueState(d("9999-06-01")), d("9999-06-01"))


JOB = DueDates(d("2025-06-15"), d("2025-06-01"), d("2025-07-15"), d("2025-08-01"))


@pytest.mark.parametrize(
    ("day", "done", "pending"),
    [
        ("2025-05-31", Timeliness.EARLY, Pending.NOT_YET),
        ("2025-06-01", Timeliness.ON_TIME, Pending.OPEN),
        ("2025-06-15", Timeliness.ON_TIME, Pending.OPEN),
        ("2025-06-16", Timeliness.IN_WINDOW, Pending.IN_GRACE),
        ("2025-07-15", Timeliness.IN_WINDOW, Pending.IN_GRACE),
        ("2025-07-16", Timeliness.LATE, Pending.OVERDUE),
        ("2025-07-31", Timeliness.LATE, Pending.OVERDUE),
        ("2025-08-01", Timeliness.OUT_OF_COMPLIANCE, Pending.OUT_OF_COMPLIANCE),
    ],
)
def test_timeliness(day: str, done: Timeliness, pending: Pending) -> None:
    assert judge_timeliness(JOB, d(day)) == done
    assert judge_pending(JOB, d(day)) == pending


def test_compliance_keeps_every_job_in_sight() -> None:
    """1.4: ten jobs; three in time, one early, one late, two not located, one refused, one missed, one still open."""
    later = DueDates(d("2025-09-01"), d("2025-09-01"), d("2025-09-30"), d("2025-10-01"))
    work = [
        Scheduled(JOB, d("2025-06-10")),
        Scheduled(JOB, d("2025-06-15"), exception="in_use"),  # in use once, then done: done
        Scheduled(JOB, d("2025-07-01")),
        Scheduled(JOB, d("2025-05-01")),
        Scheduled(JOB, d("2025-07-20")),
        Scheduled(JOB, exception="not_located"),
        Scheduled(JOB, exception="not_located"),
        Scheduled(JOB, exception="refused"),
        Scheduled(JOB),
        Scheduled(later),
    ]
    answer = count_compliance(work, as_of=d("2025-09-15"))
    assert answer.scheduled == 10
    assert answer.done == (
        (Timeliness.EARLY, 1),
        (Timeliness.ON_TIME, 2),
        (Timeliness.IN_WINDOW, 1),
        (Timeliness.LATE, 1),
        (Timeliness.OUT_OF_COMPLIANCE, 0),
    )
    assert answer.exceptions == (("not_located", 2), ("refused", 1))
    assert (answer.still_open, answer.missed) == (1, 1)
    assert answer.on_schedule == Share(3, 6)
    assert answer.on_schedule.percent == Decimal(50)
    assert answer.actually_inspected == Share(5, 9)


def test_nothing_scheduled_is_not_one_hundred_percent() -> None:
    answer = count_compliance([], as_of=d("2025-09-15"))
    assert (answer.on_schedule.percent, answer.actually_inspected.percent) == (None, None)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: DueRule(), "needs a calendar interval"),
        (lambda: DueRule(season=Season((5,), 1), every=Every(1, Unit.MONTHS)), "stands alone"),
        (lambda: DueRule(season=Season((5,), 1), basis=Basis.FLOATING), "use the fixed basis"),
        (lambda: DueRule(every=Every(1, Unit.MONTHS), meter=HOURS_2000), "use the floating basis"),
        (lambda: Every(0, Unit.DAYS), "at least 1"),
        (lambda: Season((13,), 1), "from 1 to 12"),
        (lambda: Season((5, 3), 1), "in order"),
        (lambda: Season((), 1), "from 1 to 12"),
        (lambda: Season((5,), 32), "from 1 to 31"),
        (lambda: MeterInterval(Decimal(0), "h"), "above 0"),
        (lambda: MeterState(Decimal(0), date(2025, 1, 1), per_day=Decimal(-1)), "only counts up"),
        (lambda: Window(grace_days=-1), "negative"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_words(make, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()
