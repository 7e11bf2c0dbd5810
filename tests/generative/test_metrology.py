"""Measurement decisions against what must always hold, and their integrals against slow and obvious ones."""

from decimal import Decimal as D
from math import erf, exp, inf, lgamma, pi, sqrt

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from wardwright.kernel.metrology import MetrologyError, Rule, decide, global_risks, risk, tolerance
from wardwright.kernel.metrology.decide import FourWay, Verdict
from wardwright.kernel.metrology.student import beta_share, coverage_factor, outside

BEST_FIRST = list(FourWay)
numbers = st.decimals(-1000, 1000, places=3)
uncertainties = st.decimals(0, 50, places=3)
rules = st.sampled_from(list(Rule))


@st.composite
def tolerances(draw):
    low, high = draw(st.none() | numbers), draw(st.none() | numbers)
    assume(low is not None or high is not None)
    if low is not None and high is not None and low > high:
        low, high = high, low
    return tolerance(low, high)


def beyond(value, limits):
    """How far a reading lies towards or over its nearer limit: larger is worse."""
    return max(
        ([limits.low - value] if limits.low is not None else [])
        + ([value - limits.high] if limits.high is not None else [])
    )


def decided(*args, **kwargs):
    try:
        return decide(*args, **kwargs)
    except MetrologyError:
        return None


@given(numbers, numbers, tolerances(), uncertainties, rules)
def test_a_worse_reading_never_gets_a_better_verdict(one, other, limits, uncertainty, rule):
    better, worse = sorted((one, other), key=lambda value: beyond(value, limits))
    first, second = (decided(value, limits, uncertainty, rule=rule) for value in (better, worse))
    assume(first is not None)
    assert BEST_FIRST.index(first.four_way) <= BEST_FIRST.index(second.four_way)
    assert not (first.verdict is Verdict.FAIL and second.verdict is Verdict.PASS)


@given(numbers, tolerances(), uncertainties, uncertainties, rules.filter(lambda rule: rule is not Rule.UNCRITICAL))
def test_more_uncertainty_never_makes_acceptance_easier(value, limits, one, other, rule):
    small, large = sorted((one, other))
    second = decided(value, limits, large, rule=rule)
    assume(second is not None)
    first = decide(value, limits, small, rule=rule)
    assert first.guard_band <= second.guard_band
    assert not (first.verdict is Verdict.FAIL and second.verdict is Verdict.PASS)


@given(numbers, tolerances(), uncertainties, rules)
def test_verdict_statement_and_probability_fit_each_other(value, limits, uncertainty, rule):
    found = decided(value, limits, uncertainty, rule=rule)
    assume(found is not None)
    assert (found.verdict is Verdict.PASS) == (found.four_way is FourWay.PASS)
    assert abs(found.conformance_probability + found.false_accept_risk - 1) < 1e-12
    if found.verdict is Verdict.PASS and found.worst_specific_risk is not None:
        sides = (limits.low is not None) + (limits.high is not None)
        assert found.specific_risk <= sides * found.worst_specific_risk + 1e-12


@given(numbers, numbers, st.decimals(0, 500, places=3), uncertainties, rules, st.sampled_from([-1, D("0.001"), 7]))
def test_the_place_of_zero_and_the_unit_do_not_matter(value, nominal, half, uncertainty, rule, factor):
    first = decided(value, tolerance(nominal=nominal, plus_minus=half), uncertainty, rule=rule)
    moved = tolerance(nominal=factor * nominal, plus_minus=abs(factor) * half)
    second = decided(factor * value, moved, abs(factor) * uncertainty, rule=rule)
    assert (first is None) == (second is None)
    if first is not None and rule not in (Rule.RSS, Rule.METHOD_6):  # whose guard bands are rounded
        assert (first.verdict, first.four_way) == (second.verdict, second.four_way)


def simpson(function, low, high, panels):
    step = (high - low) / panels
    inner = sum((4 if n % 2 else 2) * function(low + n * step) for n in range(1, panels))
    return step / 3 * (function(low) + inner + function(high))


def phi(z):
    return (1 + erf(z / sqrt(2))) / 2


def by_the_readings(accept, sigma, u):
    """PFA and PFR of ±1 the other way round: over the readings, with the true value given the reading (Bayes)."""
    spread = sqrt(sigma**2 + u**2)
    pull, rest = sigma**2 / spread**2, sigma * u / spread

    def weight(y):
        return exp(-((y / spread) ** 2) / 2) / (spread * sqrt(2 * pi))

    def inside(y):
        return phi((1 - pull * y) / rest) - phi((-1 - pull * y) / rest)

    panels = 2 * int(20 + 60 * spread * 10 / min(spread, rest / pull))
    far = accept + 12 * spread
    pfa = 2 * simpson(lambda y: weight(y) * (1 - inside(y)), 0, accept, panels)
    return pfa, 2 * simpson(lambda y: weight(y) * inside(y), accept, far, panels)


@settings(max_examples=40)
@given(st.floats(0.3, 1.0), st.floats(0.15, 2.0), st.floats(0.04, 1.0))
def test_global_risk_equals_the_naive_sum_over_readings(accept, sigma, u):
    found = global_risks((-1, 1), (-accept, accept), mean=0, sigma=sigma, standard_uncertainty=u)
    for one, naive in zip(found, by_the_readings(accept, sigma, u), strict=True):
        assert abs(one - naive) < 1e-9


@settings(max_examples=40)
@given(st.floats(0.5, 0.999), st.floats(1.05, 20), rules)
def test_a_guard_band_trades_one_risk_for_the_other(in_tolerance, tur, rule):
    simple = risk(tur, in_tolerance=in_tolerance)
    try:
        guarded = risk(tur, in_tolerance=in_tolerance, rule=rule)
    except MetrologyError:
        return
    if rule is Rule.UNCRITICAL:
        assert guarded.pfa >= simple.pfa and guarded.pfr <= simple.pfr
    else:
        assert guarded.pfa <= simple.pfa and guarded.pfr >= simple.pfr


@settings(max_examples=60)
@given(st.integers(1, 60), st.floats(0.01, 8))
def test_tails_of_t_equal_the_naive_integral_of_its_density(freedom, t):
    scale = exp(lgamma((freedom + 1) / 2) - lgamma(freedom / 2)) / sqrt(freedom * pi)
    inside = 2 * simpson(lambda x: scale * (1 + x * x / freedom) ** (-(freedom + 1) / 2), 0, t, 2000)
    assert abs(outside(t, freedom) - (1 - inside)) < 1e-9


@given(st.floats(0.01, 0.999), st.one_of(st.floats(0.5, 1e5), st.just(inf)))
def test_a_coverage_factor_covers_what_it_says(coverage, freedom):
    assert abs(1 - outside(coverage_factor(coverage, freedom), freedom) - coverage) < 1e-9


@given(st.floats(0, 1), st.floats(0.1, 200), st.floats(0.1, 200))
def test_the_incomplete_beta_function_is_a_share_and_has_its_mirror(x, a, b):
    assert -1e-12 <= beta_share(x, a, b) <= 1 + 1e-12
    assume(1 - (1 - x) == x)
    assert abs(beta_share(x, a, b) + beta_share(1 - x, b, a) - 1) < 1e-10
