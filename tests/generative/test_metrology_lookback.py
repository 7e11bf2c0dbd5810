"""Lookback, specifications, charts and studies against slow and obvious computations."""

from datetime import datetime, timedelta
from decimal import Decimal as D
from itertools import pairwise
from math import sqrt
from statistics import mean, stdev

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wardwright.kernel.limits import Limits
from wardwright.kernel.metrology import (
    AccuracySpec,
    Bounds,
    CalibrationEvent,
    Change,
    ErrorCurve,
    State,
    compare,
    control_chart,
    doubtful_bands,
    gage_study,
    parse_accuracy,
    propose_interval,
    rejudge,
    suspicions,
)

numbers = st.decimals(-1000, 1000, places=3)
START = datetime(2026, 1, 1)


@st.composite
def curves(draw):
    at = sorted(draw(st.sets(numbers, min_size=1, max_size=8)))
    return ErrorCurve(tuple(at), tuple(draw(st.decimals(-50, 50, places=3)) for _ in at))


@st.composite
def limits_of(draw):
    low, high = draw(st.none() | numbers), draw(st.none() | numbers)
    assume(low is not None or high is not None)
    if low is not None and high is not None and low > high:
        low, high = high, low
    return Limits(low, high)


def slow_error(curve, value):
    """The error by trying each piece of the curve."""
    points = list(zip(curve.indicated, curve.errors, strict=True))
    if value <= points[0][0]:
        return points[0][1]
    for (start, low), (end, high) in pairwise(points):
        if start <= value <= end:
            return low + (high - low) * (value - start) / (end - start)
    return points[-1][1]


@given(curves(), numbers)
def test_the_error_equals_that_of_the_piece_it_lies_in(curve, value):
    assert abs(curve.error_at(value) - slow_error(curve, value)) < D("1e-20")


@given(curves(), numbers, numbers, numbers)
def test_errors_lie_within_their_bounds(curve, low, high, value):
    low, high = min(low, high), max(low, high)
    least, greatest = curve.bounds(low, high)
    whole = curve.bounds()
    assert whole[0] <= least <= greatest <= whole[1]
    if low <= value <= high:
        assert least <= curve.error_at(value) <= greatest


@given(st.lists(numbers, max_size=40), limits_of(), curves(), st.decimals(0, 20, places=3), st.integers(0, 3))
def test_outside_the_bands_no_verdict_changes(values, limits, curve, uncertainty, nudge):
    bands = doubtful_bands(limits, curve.bounds(), uncertainty)
    edges = [edge + side * D("0.001") * nudge for band in bands for edge in band for side in (-1, 1)]
    for value in values + edges:
        if not any(start <= value <= end for start, end in bands):
            assert rejudge(value, limits, curve, uncertainty).change is Change.UNCHANGED


@given(numbers, limits_of(), curves(), st.decimals(0, 20, places=3))
def test_judged_again_equals_judging_the_corrected_reading(value, limits, curve, uncertainty):
    found = rejudge(value, limits, curve, uncertainty)

    def inside(reading):
        return (limits.low is None or reading >= limits.low) and (limits.high is None or reading <= limits.high)

    assert (found.before == "pass", found.after == "pass") == (inside(value), inside(found.corrected))
    expected = {(True, False): Change.MISSED_FAULT, (False, True): Change.FALSE_ALARM}
    if inside(value) != inside(found.corrected):
        assert found.change is expected[inside(value), inside(found.corrected)]
    elif not uncertainty:
        assert found.change is Change.UNCHANGED
    assert (found.margin >= 0) == inside(found.corrected)


calibrations = st.lists(
    st.tuples(
        st.integers(0, 5), st.integers(0, 12), st.sampled_from(list(State)), st.lists(st.integers(0, 5), max_size=3)
    ),
    max_size=25,
).map(
    lambda rows: [
        CalibrationEvent(id, instrument, START + timedelta(days=day), {"v": left}, tuple(standards))
        for id, (instrument, day, left, standards) in enumerate(rows)
    ]
)


def by_asking_back(events, found_at):
    """Suspect calibrations by asking of each, for itself: was any of its standards suspect just then?"""
    good = [
        one.performed_at
        for one in events
        if one.instrument_id == 0 and one.performed_at < found_at and one.left["v"] is State.IN_TOLERANCE
    ]
    since = max(good, default=datetime.min)

    def before(event):
        return [one for one in events if (one.performed_at, one.id) < (event.performed_at, event.id)]

    def is_suspect(event):
        return event.performed_at >= since and any(suspect_just_before(one, event) for one in event.standard_ids)

    def suspect_just_before(instrument, event):
        if instrument == 0 and since <= event.performed_at < found_at:
            return True
        own = [one for one in before(event) if one.instrument_id == instrument]
        return bool(own) and is_suspect(max(own, key=lambda one: (one.performed_at, one.id)))

    def next_of(event):
        later = [
            (one.performed_at, one.id)
            for one in events
            if one.instrument_id == event.instrument_id and (one.performed_at, one.id) > (event.performed_at, event.id)
        ]
        return min(later)[0] if later else None

    return {(one.instrument_id, one.id, one.performed_at, next_of(one)) for one in events if is_suspect(one)}


@given(calibrations, st.integers(0, 12))
def test_suspicion_equals_asking_back_from_each_calibration(events, day):
    found_at = START + timedelta(days=day)
    _root, *others = suspicions(events, 0, found_at, ["v"])
    assert {(one.instrument_id, one.calibration_id, one.start_at, one.end_at) for one in others} == by_asking_back(
        events, found_at
    )
    assert len({one.calibration_id for one in others}) == len(others)


@given(calibrations)
def test_every_chain_leads_from_the_root_by_calibrations_that_used_the_one_before(events):
    by_id = {one.id: one for one in events}
    for span in suspicions(events, 0, START + timedelta(days=9), ["v"]):
        (root, none), *links = span.chain
        assert (root, none) == (0, None)
        for (standard, _), (instrument, calibration) in zip(span.chain, links, strict=False):
            assert by_id[calibration].instrument_id == instrument
            assert standard in by_id[calibration].standard_ids


amounts = st.decimals(0, 1000, places=4).map(abs)
sums = st.builds(AccuracySpec, amounts, amounts, amounts, amounts, st.sampled_from(["", "Ω", "mmHg", "°C", "m/s"]))
specs = st.builds(
    lambda first, second: AccuracySpec(
        first.percent_of_reading, first.percent_of_range, first.absolute, first.counts, first.unit, second
    ),
    sums,
    st.none() | sums,
)


@given(specs, numbers, amounts, amounts)
def test_an_accuracy_written_and_read_is_the_same(spec, reading, range_, resolution):
    again = parse_accuracy(str(spec))
    assert again == spec
    assert str(again) == str(spec)
    given_ = {"range_": range_, "resolution": resolution}
    assert spec.tolerance_at(reading, **given_) == again.tolerance_at(-reading, **given_) >= 0


@given(st.text(max_size=30))
def test_any_text_is_an_accuracy_or_refused(text):
    try:
        spec = parse_accuracy(text)
    except ValueError:
        return
    assert parse_accuracy(str(spec)) == spec


@given(st.lists(st.booleans(), min_size=5, max_size=40), st.integers(1, 4000), st.integers(1, 400))
def test_an_interval_stays_within_its_bounds_and_more_failures_never_lengthen_it(history, old, least):
    bounds = Bounds(least_days=least, most_days=2000)
    proposal = propose_interval(history, old, bounds=bounds)
    assert least <= proposal.days <= 2000
    if True in history:
        worse = list(history)
        worse[worse.index(True)] = False
        assert propose_interval(worse, old, bounds=bounds).days <= proposal.days


floats = st.floats(-1000, 1000).map(lambda number: round(number, 3))


@given(st.lists(floats, min_size=2, max_size=30), floats)
def test_a_chart_moves_with_its_readings(readings, shift):
    chart, moved = control_chart(readings), control_chart([one + shift for one in readings])
    assert chart.mean == pytest.approx(mean(readings), abs=1e-9)
    assert moved.high - moved.low == pytest.approx(chart.high - chart.low, abs=1e-9)


@given(st.dictionaries(st.sampled_from("abcd"), st.lists(floats, min_size=2, max_size=8), min_size=2))
def test_groups_equal_the_statistics_of_the_library(groups):
    for group in compare(groups):
        own = groups[group.name]
        others = [one for name, readings in groups.items() if name != group.name for one in readings]
        assert group.mean == pytest.approx(mean(own), abs=1e-9)
        assert group.deviation == pytest.approx(stdev(own), abs=1e-9)
        assert group.difference == pytest.approx(mean(own) - mean(others), abs=1e-9)
        spread = sqrt(stdev(own) ** 2 / len(own) + stdev(others) ** 2 / len(others))
        assert (group.high - group.low) / 2 >= 1.9 * spread * (1 - 1e-9) - 1e-9


@given(st.integers(2, 4), st.integers(2, 5), st.integers(2, 3), st.data())
def test_the_analysis_of_variance_equals_sums_over_single_readings(people, parts, trials, data):
    cells = {
        str(i): {str(j): data.draw(st.lists(floats, min_size=trials, max_size=trials)) for j in range(parts)}
        for i in range(people)
    }
    rows = [(i, j, one) for i, own in cells.items() for j, readings in own.items() for one in readings]
    grand = mean(one for _, _, one in rows)

    def of(**key):
        return mean(one for i, j, one in rows if key.get("i", i) == i and key.get("j", j) == j)

    by_i, by_j = {i: of(i=i) for i in cells}, {j: of(j=j) for j in cells["0"]}
    by_cell = {(i, j): of(i=i, j=j) for i in by_i for j in by_j}
    naive = [
        sum((by_i[i] - grand) ** 2 for i, _, _ in rows),
        sum((by_j[j] - grand) ** 2 for _, j, _ in rows),
        sum((by_cell[i, j] - by_i[i] - by_j[j] + grand) ** 2 for i, j, _ in rows),
        sum((one - by_cell[i, j]) ** 2 for i, j, one in rows),
        sum((one - grand) ** 2 for _, _, one in rows),
    ]
    study = gage_study(cells)
    assert [source.squares for source in study.table] == pytest.approx(naive, rel=1e-9, abs=1e-6)
    assert sum(source.freedom for source in study.table[:4]) == len(rows) - 1
    assert study.gage**2 == pytest.approx(study.repeatability**2 + study.reproducibility**2)
