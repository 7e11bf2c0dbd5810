"""What a maker promises of an instrument, and how long until it is calibrated again.

Source "3": section 3 of STANDARDS. The factors of the intervals are M, from memory (NCSLI RP-1).
"""

from decimal import Decimal as D
from math import log, sqrt

import pytest

from wardwright.kernel.metrology import (
    AccuracySpec,
    Bounds,
    Distribution,
    IntervalMethod,
    MetrologyError,
    exponential_interval,
    parse_accuracy,
    propose_interval,
)


@pytest.mark.parametrize(
    ("written", "spec", "again"),
    [
        ("±(1 % rdg + 2 counts)", AccuracySpec(D(1), counts=D(2)), "±(1 % rdg + 2 counts)"),
        ("0.5 % of range", AccuracySpec(percent_of_range=D("0.5")), "±0.5 % range"),
        ("±0.01 Ω", AccuracySpec(absolute=D("0.01"), unit="Ω"), "±0.01 Ω"),
        ("+/- 2% of reading", AccuracySpec(D(2)), "±2 % rdg"),
        ("2 %", AccuracySpec(D(2)), "±2 % rdg"),  # percent of what is not said: of the reading
        ("± 2 %rdg ± 1 digit", AccuracySpec(D(2), counts=D(1)), "±(2 % rdg + 1 count)"),
        ("±(0,5% + 3 dgt)", AccuracySpec(D("0.5"), counts=D(3)), "±(0.5 % rdg + 3 counts)"),
        ("1 % F.S.", AccuracySpec(percent_of_range=D(1)), "±1 % range"),
        ("50 ppm of reading + 10 ppm of range", AccuracySpec(D("0.005"), D("0.001")), "±(0.005 % rdg + 0.001 % range)"),
        ("±5 µA ± 1 %", AccuracySpec(D(1), absolute=D(5), unit="µA"), "±(1 % rdg + 5 µA)"),
        ("±1 J or ±2 % rdg, whichever is greater",
         AccuracySpec(absolute=D(1), unit="J", or_else=AccuracySpec(D(2))), "±1 J or ±2 % rdg, whichever is greater"),
        ("±1e-3 V", AccuracySpec(absolute=D("0.001"), unit="V"), "±0.001 V"),
        ("±0", AccuracySpec(), "±0"),
    ],
)  # fmt: skip
def test_accuracy_as_makers_write_it(written, spec, again):
    assert parse_accuracy(written) == spec
    assert str(spec) == again


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("good", "'good'"),
        ("±1 % of weather", "1 % of weather"),
        ("±(1 % rdg + )", "''"),
        ("±1 % or ±1 mA", "whichever is greater"),
        ("±(1 mA + 1 V)", "adds V to mA"),
        ("±1,234 %", "1234 or 1.2340"),
    ],
)
def test_an_accuracy_that_is_not_understood_is_refused_in_words(written, words):
    with pytest.raises(MetrologyError, match=words):
        parse_accuracy(written)


@pytest.mark.parametrize(
    ("written", "reading", "range_", "resolution", "tolerance"),
    [
        ("±(1 % rdg + 2 counts)", "10.00", None, "0.01", "0.12"),
        ("±(1 % rdg + 2 counts)", "-10.00", None, "0.01", "0.12"),  # no less of a negative reading
        ("±0.5 % range", "3", "200", None, "1"),
        ("±0.01 Ω", "0.2", None, None, "0.01"),
        ("±(0.5 % rdg + 0.1 % range + 1 mV)", "100", "1000", None, "2.5"),
        ("±1 J or ±2 % rdg, whichever is greater", "20", None, None, "1"),
        ("±1 J or ±2 % rdg, whichever is greater", "200", None, None, "4"),
    ],
)
def test_the_tolerance_at_a_reading(written, reading, range_, resolution, tolerance):
    assert parse_accuracy(written).tolerance_at(reading, range_=range_, resolution=resolution) == D(tolerance)


def test_what_an_accuracy_needs_is_asked_for():
    with pytest.raises(MetrologyError, match="needs the range"):
        parse_accuracy("1 % range").tolerance_at(1)
    with pytest.raises(MetrologyError, match="needs the resolution"):
        parse_accuracy("1 count").tolerance_at(1)
    with pytest.raises(MetrologyError, match="0 or more"):
        AccuracySpec(D(-1))


def test_a_makers_accuracy_as_uncertainty():
    """Limits without a distribution are taken as rectangular, a/√3 (JCGM 100:2008 4.3.7); stated with k, as normal."""
    spec = parse_accuracy("±(1 % rdg + 2 counts)")
    assert spec.contribution_at(10, resolution="0.01").standard_uncertainty == pytest.approx(0.12 / sqrt(3))
    normal = spec.contribution_at(10, resolution="0.01", distribution=Distribution.NORMAL, k=2)
    assert normal.standard_uncertainty == pytest.approx(0.06)


@pytest.mark.parametrize(
    ("old", "target", "observed", "new"),
    [
        (365, 0.95, 0.95, 365.0),  # the target was met
        (12, 0.95, 0.90, 12 * log(0.95) / log(0.90)),  # 3: I_new = I_old·ln(R_t)/ln(R_obs), 5.84
        (12, 0.85, 0.90, 12 * log(0.85) / log(0.90)),  # 18.51
        (12, 0.95, 0.0, 0.0),
        (12, 0.95, 1.0, float("inf")),  # nothing ever found: the formula has no end, the bounds have
    ],
)
def test_exponential_reliability(old, target, observed, new):
    assert exponential_interval(old, target, observed) == pytest.approx(new)


@pytest.mark.parametrize(
    ("history", "days", "why"),
    [
        ([True] * 9 + [False], 183, "the formula says 178; not below half at a time"),
        ([True] * 19 + [False], 365, "19 of 20 are the target of 95 %"),
        ([True] * 39 + [False], 730, "the formula says 739; not above double at a time"),
        ([True] * 10, 730, "none found out: double, not for ever"),
        ([False] * 5, 183, "all found out: half at a time"),
    ],
)
def test_a_proposal_by_exponential_reliability_is_held_within_bounds(history, days, why):
    found = propose_interval(history, 365)
    assert abs(found.days - days) <= 1, why
    assert (found.in_tolerance, found.calibrations) == (sum(history), len(history))
    assert found.source.is_unverified


@pytest.mark.parametrize(
    ("history", "days"),
    [([True], 402), ([False, True], 402), ([True, True, False], 201)],  # 3: ×1.1 and ×0.55
)
def test_a_proposal_by_simple_response(history, days):
    found = propose_interval(history, 365, method=IntervalMethod.SIMPLE)
    assert abs(found.days - days) <= 1
    assert found.source.is_unverified


@pytest.mark.parametrize(("history", "method"), [([True] * 4, "exponential"), ([], "exponential"), ([], "simple")])
def test_too_little_history_proposes_nothing_and_says_so(history, method):
    found = propose_interval(history, 365, method=IntervalMethod(method))
    assert found.days is None
    assert "too little history" in found.because


def test_bounds_in_days():
    assert propose_interval([True] * 10, 365, bounds=Bounds(most_days=400)).days == 400
    assert propose_interval([False] * 10, 40, bounds=Bounds(least_days=30)).days == 30
    assert propose_interval([True] * 10, 800, bounds=Bounds(most_days=400)).days == 400
    with pytest.raises(MetrologyError):
        Bounds(least_days=10, most_days=5)
