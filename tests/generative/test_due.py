"""The fast due-date arithmetic against a walk through the calendar, one day at a time."""

from datetime import date, timedelta
from itertools import count, takewhile

from hypothesis import given
from hypothesis import strategies as st

from wardwright.kernel.due import (
    Basis,
    DueResult,
    DueRule,
    DueState,
    Every,
    Scheduled,
    Season,
    Unit,
    Window,
    after_completion,
    count_compliance,
    due_dates,
    next_due,
    occurrences,
    upcoming,
)

ONE_DAY = timedelta(days=1)
days = st.dates(date(1990, 1, 1), date(2060, 12, 31))
intervals = st.builds(Every, st.integers(1, 40), st.sampled_from(Unit))
seasons = st.builds(
    Season, st.sets(st.integers(1, 12), min_size=1).map(lambda months: tuple(sorted(months))), st.integers(1, 31)
)
windows = st.builds(Window, st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.booleans())
fixed_rules = st.one_of(
    st.builds(DueRule, every=intervals, window=windows), st.builds(DueRule, season=seasons, window=windows)
)


def naive_month_later(anchor: date, months: int) -> date:
    """Walk month by month from the first of the anchor's month; then back from the wanted day until it exists."""
    year, month = anchor.year, anchor.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    for day in range(anchor.day, 0, -1):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


def is_season_day(season: Season, day: date) -> bool:
    last_of_month = (day + ONE_DAY).month != day.month
    return day.month in season.months and (day.day == season.day or (last_of_month and day.day < season.day))


def naive_occurrences(rule: DueRule, anchor: date, until: date) -> list[date]:
    if rule.every is not None and rule.every.unit is Unit.MONTHS:
        dates = (naive_month_later(anchor, n * rule.every.count) for n in count(1))
        return list(takewhile(lambda day: day <= until, dates))
    step_days = 0 if rule.every is None else rule.every.count * (7 if rule.every.unit is Unit.WEEKS else 1)
    found, day, walked_days = [], anchor + ONE_DAY, 1
    while day <= until:
        if is_season_day(rule.season, day) if rule.season else walked_days % step_days == 0:
            found.append(day)
        day, walked_days = day + ONE_DAY, walked_days + 1
    return found


@given(fixed_rules, days, st.integers(0, 900))
def test_occurrences_are_those_of_the_day_by_day_walk(rule: DueRule, anchor: date, horizon_days: int) -> None:
    until = anchor + timedelta(days=horizon_days)
    assert list(occurrences(rule, anchor, until)) == naive_occurrences(rule, anchor, until)


@given(fixed_rules, days, st.integers(0, 900), st.integers(0, 900))
def test_next_due_is_the_first_unsettled_occurrence_and_counts_the_passed(
    rule: DueRule, anchor: date, settled_days: int, ahead_days: int
) -> None:
    settled = anchor + timedelta(days=settled_days)
    today = settled + timedelta(days=ahead_days)
    unsettled = [day for day in naive_occurrences(rule, anchor, today + timedelta(days=1300)) if day > settled]
    result = next_due(rule, DueState(anchor, last_due_on=settled), today)
    assert isinstance(result, DueResult)
    assert result.due_on == unsettled[0]
    assert result.collapsed_count == max(0, sum(day <= today for day in unsettled) - 1)


@given(fixed_rules, days, st.integers(-400, 2000))
def test_after_a_completion_the_next_due_date_lies_ahead(rule: DueRule, anchor: date, offset_days: int) -> None:
    done_on = anchor + timedelta(days=offset_days)
    state = DueState(anchor)
    before = next_due(rule, state, done_on)
    after = next_due(rule, after_completion(rule, state, done_on), done_on)
    assert isinstance(before, DueResult) and isinstance(after, DueResult)
    assert after.due_on > max(before.due_on, done_on)
    assert after.collapsed_count == 0


@given(intervals, days, st.integers(0, 500), st.integers(0, 500))
def test_floating_later_completion_never_means_earlier_due(every: Every, done_on: date, a: int, b: int) -> None:
    rule = DueRule(every=every, basis=Basis.FLOATING)
    first, second = (
        next_due(rule, DueState(done_on, last_done_on=done_on + timedelta(days=x)), done_on) for x in sorted((a, b))
    )
    assert isinstance(first, DueResult) and isinstance(second, DueResult)
    assert first.due_on <= second.due_on


@given(fixed_rules, days, st.integers(-400, 900), st.integers(0, 900))
def test_the_plan_is_the_completions_played_out(rule: DueRule, anchor: date, start_days: int, horizon: int) -> None:
    """The fast walk of `upcoming` against doing each job when due and asking again."""
    today = anchor + timedelta(days=start_days)
    until = today + timedelta(days=horizon)
    state, played, now = DueState(anchor), [], today
    while (result := next_due(rule, state, now)).due_on <= until:
        played.append(result.due_on)
        now = max(now, result.due_on)
        state = after_completion(rule, state, now)
    assert [job.due_on for job in upcoming(rule, DueState(anchor), today, until)] == played


@given(windows, days)
def test_the_four_dates_are_in_order(window: Window, due_on: date) -> None:
    job = due_dates(window, due_on)
    assert job.window_opens_on <= job.due_on <= job.window_end_on < job.out_of_compliance_on


jobs = st.builds(
    Scheduled,
    st.builds(due_dates, windows, st.dates(date(2024, 1, 1), date(2024, 12, 31))),
    st.none() | st.dates(date(2023, 6, 1), date(2025, 6, 30)),
    st.none() | st.sampled_from(["not_located", "in_use", "refused"]),
)


@given(st.lists(jobs, max_size=30), st.dates(date(2023, 12, 1), date(2025, 3, 1)))
def test_compliance_loses_no_job(work: list[Scheduled], as_of: date) -> None:
    answer = count_compliance(work, as_of)
    parts = sum(n for _, n in answer.done) + sum(n for _, n in answer.exceptions) + answer.still_open + answer.missed
    assert answer.scheduled == parts == len(work)
    assert answer.on_schedule.count <= answer.actually_inspected.count <= answer.actually_inspected.of
