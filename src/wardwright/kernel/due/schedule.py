"""The next due job of one schedule, with the reasons for its date."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from wardwright.kernel.reason import Reason

from .rules import Basis, DueRule, DueState, MeterState, Unit
from .series import count_after, edges, first_after, interval_dates, nth, occurrences, season_dates_after

_DAY = timedelta(days=1)
_FIXED = Basis.FIXED
_MONTHS = Unit.MONTHS


@dataclass(frozen=True, slots=True)
class DueResult:
    """The next due job: its dates, how many further due dates it stands for (catch-up), and why."""

    due_on: date
    window_opens_on: date
    window_end_on: date
    out_of_compliance_on: date
    collapsed_count: int
    because: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class NoDueDate:
    """No date can be given, and why: a meter whose use is not known."""

    because: tuple[Reason, ...]


class _Trigger(NamedTuple):
    due_on: date
    passed_count: int  # due points of this trigger up to today, this one included
    because: tuple[Reason, ...]


def _settled_on(state: DueState) -> date:
    """The day up to which a fixed series is settled: late or early work does not move the series itself."""
    if state.last_due_on is not None:
        return state.last_due_on
    start = state.anchor_on - _DAY if state.anchor_is_due else state.anchor_on
    return start if state.last_done_on is None else max(start, state.last_done_on)


def _clipped(due_on: date, wanted_day: int) -> tuple[Reason, ...]:
    return (Reason("day_clipped", (("day", wanted_day), ("due_on", due_on))),)


def _season_trigger(rule: DueRule, state: DueState, today: date) -> _Trigger:
    assert rule.season is not None
    dates = season_dates_after(rule.season, _settled_on(state))
    due_on = next(dates, None)
    if due_on is None:
        raise OverflowError("the next season is beyond the calendar, which ends in year 9999")
    passed = 0
    if due_on <= today:
        passed = 1
        for later in dates:
            if later > today:
                break
            passed += 1
    because: tuple[Reason, ...] = (Reason("season", (("months", rule.season.months), ("day", rule.season.day))),)
    if due_on.day < rule.season.day:
        because += _clipped(due_on, rule.season.day)
    return _Trigger(due_on, passed, because)


def _origin(rule: DueRule, state: DueState) -> tuple[date, int, date, str]:
    """Return (series origin, smallest index, settled up to, reason code) of a calendar interval."""
    if rule.basis is _FIXED:
        code = "fixed" if state.last_due_on else "fixed_first"
        return state.anchor_on, 0 if state.anchor_is_due else 1, _settled_on(state), code
    if state.last_done_on is not None:
        return state.last_done_on, 1, state.last_done_on, "floating"
    return state.anchor_on, 0 if state.anchor_is_due else 1, state.anchor_on - _DAY, "never_done"


def _calendar_trigger(rule: DueRule, state: DueState, today: date) -> _Trigger:
    every = rule.every
    assert every is not None
    origin, minimum, settled, code = _origin(rule, state)
    index, due_on = first_after(every, origin, settled, minimum)
    passed = 0 if due_on > today else count_after(every, origin, index, today)
    params: tuple[tuple[str, object], ...] = (("count", every.count), ("unit", every.unit), ("from_on", origin))
    if code == "fixed":
        params += (("last_due_on", settled),)
    because: tuple[Reason, ...] = (Reason(code, params),)
    if index == 0:
        because = (Reason("anchor_is_due", (("due_on", due_on),)),)
    elif due_on.day != origin.day and every.unit is _MONTHS:
        because += _clipped(due_on, origin.day)
    return _Trigger(due_on, passed, because)


def _no_meter_date(rule: DueRule, meter: MeterState | None) -> Reason:
    if meter is None:
        return Reason("meter_never_read", (("unit", rule.meter.unit if rule.meter else ""),))
    return Reason("meter_use_unknown", (("value", meter.value), ("read_on", meter.read_on)))


def _meter_trigger(rule: DueRule, state: DueState) -> _Trigger | Reason:
    """Project the day the meter reaches its due point; a point already passed is projected back, so that a fresh
    reading does not make old work look new."""
    interval, meter = rule.meter, state.meter
    assert interval is not None
    if meter is None:
        return _no_meter_date(rule, meter)
    due_at = meter.due_from + interval.interval
    remaining = due_at - meter.value
    reached = remaining <= 0
    if not meter.per_day and not reached:
        return _no_meter_date(rule, meter)
    days = int((remaining / meter.per_day).to_integral_value(rounding="ROUND_FLOOR")) if meter.per_day else 0
    try:
        due_on = meter.read_on + timedelta(days=days)
    except OverflowError:
        return _no_meter_date(rule, meter)
    # Never again on the day it was done, however fast the meter runs.
    due_on = max(due_on, state.last_done_on + _DAY if state.last_done_on else state.anchor_on)
    passed = 1 + int(-remaining // interval.interval) if reached else 0
    params: tuple[tuple[str, object], ...] = (
        ("due_at", due_at),
        ("unit", interval.unit),
        ("value", meter.value),
        ("read_on", meter.read_on),
        ("per_day", meter.per_day),
        ("due_on", due_on),
    )
    return _Trigger(due_on, passed, (Reason("meter_reached" if reached else "meter_projected", params),))


def _earlier(calendar: _Trigger, meter: _Trigger) -> _Trigger:
    """Whichever comes first decides; both are told."""
    first, which = (meter, "meter_first") if meter.due_on < calendar.due_on else (calendar, "calendar_first")
    told = (Reason(which), *calendar.because, *meter.because)
    return _Trigger(first.due_on, first.passed_count, told)


def _trigger(rule: DueRule, state: DueState, today: date) -> _Trigger | Reason:
    if rule.season is not None:
        return _season_trigger(rule, state, today)
    if rule.meter is None:
        return _calendar_trigger(rule, state, today)
    meter = _meter_trigger(rule, state)
    if rule.every is None:
        return meter
    calendar = _calendar_trigger(rule, state, today)
    if isinstance(meter, Reason):
        return calendar._replace(because=(*calendar.because, meter))
    return _earlier(calendar, meter)


def next_due(rule: DueRule, state: DueState, today: date) -> DueResult | NoDueDate:
    """Return the next job to do, as known `today`; NoDueDate only for a meter rule whose meter cannot be projected.

    Catch-up: due dates that have passed without work collapse into one job, due when the oldest of them was, with
    `collapsed_count` further ones. Raises OverflowError when the date lies beyond year 9999.
    """
    trigger = _trigger(rule, state, today)
    if isinstance(trigger, Reason):
        return NoDueDate((trigger,))
    collapsed = max(0, trigger.passed_count - 1)
    because = trigger.because
    if collapsed:
        because += (Reason("collapsed", (("count", collapsed), ("today", today))),)
    return DueResult(trigger.due_on, *edges(rule.window, trigger.due_on), collapsed, because)


def settled_through(rule: DueRule, state: DueState, on: date) -> date | None:
    """Return the due date that closing the job on day `on` settles: the job's own, or the latest one it stands for.

    None when there is no due date to settle (see `NoDueDate`).
    """
    result = next_due(rule, state, on)
    if isinstance(result, NoDueDate):
        return None
    if rule.basis is not _FIXED or rule.meter is not None or not result.collapsed_count:
        return result.due_on
    if rule.every is not None:
        index, _ = first_after(rule.every, state.anchor_on, on)
        return nth(rule.every, state.anchor_on, index - 1)
    return max(occurrences(rule, result.due_on, on))


def _meter_after(rule: DueRule, meter: MeterState, done_on: date, value: Decimal) -> MeterState:
    assert rule.meter is not None
    due_from = value
    if rule.basis is _FIXED:
        steps = max(Decimal(1), (value - meter.due_from) // rule.meter.interval)
        due_from = meter.due_from + steps * rule.meter.interval
    return replace(meter, value=value, read_on=done_on, due_from=due_from)


def after_completion(rule: DueRule, state: DueState, done_on: date, meter_value: Decimal | None = None) -> DueState:
    """Return the state once the next due job was done on `done_on`, with the meter then at `meter_value`.

    Raises ValueError when the rule has a meter and no value is given.
    """
    meter = state.meter
    if rule.meter is not None:
        if meter_value is None:
            raise ValueError("the meter decides when this is due next: record its value with the completion")
        meter = _meter_after(rule, meter or MeterState(meter_value, done_on), done_on, meter_value)
    settled = settled_through(rule, state, done_on)
    return replace(state, last_due_on=settled, last_done_on=done_on, meter=meter)


def _after_plan(rule: DueRule, state: DueState, done_on: date) -> DueState:
    """The state if the job were done on this day and the meter went on as it does."""
    meter = state.meter
    if rule.meter is None or meter is None:
        return replace(state, last_due_on=settled_through(rule, state, done_on), last_done_on=done_on)
    value = meter.value + (meter.per_day or Decimal(0)) * max(0, (done_on - meter.read_on).days)
    return after_completion(rule, state, done_on, value)


def _following(rule: DueRule, state: DueState, today: date, until: date) -> Iterator[DueResult]:
    """The plan after the first job for calendar rules: a plain walk along the series."""
    first = next_due(rule, state, today)
    if isinstance(first, NoDueDate) or first.due_on > until:
        return
    yield first
    # Told once per series, not once per date: the first job says why, the others follow from it.
    floating = rule.basis is not _FIXED
    because = (Reason("follows_done" if floating else "follows", (("from_on", first.due_on),)),)
    origin = max(first.due_on, today) if floating else state.anchor_on
    start = first.due_on if floating else max(first.due_on, today)
    window = rule.window
    for due_on in _walk(rule, origin, start):
        if due_on > until:
            return
        yield DueResult(due_on, *edges(window, due_on), 0, because)


def _walk(rule: DueRule, origin: date, after: date) -> Iterator[date]:
    if rule.season is not None:
        return season_dates_after(rule.season, after)
    assert rule.every is not None
    index, _ = first_after(rule.every, origin, after)
    return interval_dates(rule.every, origin, index)


def upcoming(rule: DueRule, state: DueState, today: date, until: date) -> Iterator[DueResult]:
    """Yield the jobs due up to and including `until`: the next one, then those after it if each is done when due.

    An overdue first job counts as done today. For a year of due work this is the function to call.
    """
    if rule.meter is None:
        yield from _following(rule, state, today, until)
        return
    result = next_due(rule, state, today)
    while isinstance(result, DueResult) and result.due_on <= until:
        yield result
        today = max(result.due_on, today)
        state = _after_plan(rule, state, today)
        result = next_due(rule, state, today)
