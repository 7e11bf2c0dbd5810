"""Control charts, drift, comparison of groups and gage R&R, on data whose results are published."""

from math import sqrt

import pytest

from wardwright.kernel.metrology import (
    MetrologyError,
    Signal,
    compare,
    compare_on_items,
    control_chart,
    crossed_part,
    drift,
    gage_study,
    spread,
)

FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]


def test_individuals_chart_of_the_nist_handbook():
    """NIST/SEMATECH e-Handbook 6.3.2.2, flow rates of ten batches: mean 50.81, mean range 1.8778, limits 45.8159
    and 55.8041."""
    chart = control_chart(FLOW)
    assert chart.mean == pytest.approx(50.81)
    assert chart.mean_range == pytest.approx(1.8778, abs=5e-5)
    assert (chart.low, chart.high) == pytest.approx((45.8159, 55.8041), abs=2e-4)
    assert chart.range_high == pytest.approx(3.267 * 1.8778, abs=1e-3)
    assert chart.high - chart.mean == pytest.approx(2.66 * chart.mean_range, rel=1e-3)
    assert Signal.BEYOND_LIMITS not in {signal for _, signal in chart.signals}


# Ten readings of mean 0 and mean range 1.128 fix σ at 1; what follows is tested against them.
STEADY = [0.564, -0.564] * 5


@pytest.mark.parametrize(
    ("readings", "signals"),
    [
        ([3.1], [(10, Signal.BEYOND_LIMITS)]),
        ([-3.1], [(10, Signal.BEYOND_LIMITS)]),
        ([2.9], []),
        ([2.1, 0, 2.1], [(12, Signal.TWO_OF_THREE)]),
        ([2.1, 0, -2.1], []),  # not on one side
        ([2.1, 0, 0, 2.1], []),
        ([1.1, 1.1, 0, 1.1, 1.1], [(14, Signal.FOUR_OF_FIVE)]),
        ([1.1, 1.1, 0, 1.1, 0.9], []),
        ([0.1] * 8, [(17, Signal.RUN_OF_EIGHT)]),
        ([0.1] * 7, []),
        ([0.1] * 9, [(17, Signal.RUN_OF_EIGHT), (18, Signal.RUN_OF_EIGHT)]),
    ],
)
def test_western_electric_signals(readings, signals):
    """Western Electric, Statistical Quality Control Handbook (1956): 1 beyond 3σ, 2 of 3 beyond 2σ, 4 of 5 beyond 1σ,
    8 on one side."""
    chart = control_chart(STEADY + readings, baseline=len(STEADY))
    assert chart.sigma == pytest.approx(1)
    assert list(chart.signals) == signals


def test_readings_that_are_all_equal_have_no_signal_and_the_first_other_one_has():
    assert control_chart([0.1] * 20).signals == ()
    assert (20, Signal.BEYOND_LIMITS) in control_chart([0.1] * 20 + [0.11], baseline=20).signals
    with pytest.raises(MetrologyError):
        control_chart([1.0])


# NIST Statistical Reference Datasets, linear regression, "Norris": (x, y) of the calibration of ozone monitors.
NORRIS = [
    (0.2, 0.1), (337.4, 338.8), (118.2, 118.1), (884.6, 888.0), (10.1, 9.2), (226.5, 228.1), (666.3, 668.5),
    (996.3, 998.5), (448.6, 449.1), (777.0, 778.9), (558.2, 559.2), (0.4, 0.3), (0.6, 0.1), (775.5, 778.1),
    (666.9, 668.8), (338.0, 339.3), (447.5, 448.9), (11.6, 10.8), (556.0, 557.7), (228.1, 228.3), (995.8, 998.0),
    (887.6, 888.8), (120.2, 119.6), (0.3, 0.3), (0.3, 0.6), (556.8, 557.6), (339.1, 339.3), (887.2, 888.0),
    (999.0, 998.5), (779.0, 778.9), (11.1, 10.2), (118.3, 117.6), (229.2, 228.9), (669.1, 668.4), (448.9, 449.2),
    (0.5, 0.2),
]  # fmt: skip


def test_least_squares_to_the_certified_digits():
    """StRD Norris, certified: slope 1.00211681802045, intercept -0.262323073774029, standard deviation of the slope
    0.000429796848199937, residual 0.884796396144373."""
    found = drift(NORRIS)
    assert found.slope == pytest.approx(1.00211681802045, rel=1e-12)
    assert found.intercept == pytest.approx(-0.262323073774029, rel=1e-10)
    assert found.slope_deviation == pytest.approx(0.000429796848199937, rel=1e-10)
    assert found.residual_deviation == pytest.approx(0.884796396144373, rel=1e-12)
    assert found.high - found.slope == pytest.approx(2.0322 * 0.000429796848, rel=1e-4)  # t_0.975(34)


def test_a_drift_is_shown_with_when_it_leaves_the_tolerance():
    points = [(day, 0.01 * day + (0.1 if day % 20 else -0.1)) for day in range(0, 200, 10)]
    found = drift(points, lower=-5, upper=5)
    assert found.is_shown
    assert found.crosses_at == pytest.approx((5 - found.intercept) / found.slope)
    assert max(day for day, _ in points) < found.crosses_from < found.crosses_at
    assert drift([(day, -reading) for day, reading in points], lower=-5).crosses_at == pytest.approx(found.crosses_at)


@pytest.mark.parametrize(
    ("points", "upper", "what"),
    [
        ([(0, 1.0), (1, 1.1), (2, 0.9), (3, 1.05), (4, 0.98)], 2, "no drift is shown"),
        ([(0, 0.0), (1, -1.0), (2, -2.1), (3, -3.0)], 2, "it leads away from the only limit"),
    ],
)
def test_a_drift_that_crosses_nothing(points, upper, what):
    found = drift(points, upper=upper)
    assert (found.crosses_at, found.crosses_from) == (None, None), what


def test_a_drift_that_has_left_the_tolerance_says_now():
    assert drift([(0, 0.0), (1, 1.0), (2, 2.1), (3, 3.0)], upper=2).crosses_at == 3


@pytest.mark.parametrize("points", [[], [(0, 1.0)], [(0, 1.0), (1, 2.0)], [(5, 1.0), (5, 2.0), (5, 3.0)]])
def test_too_few_points_for_a_drift(points):
    assert drift(points) is None


# AIAG, Measurement Systems Analysis, 4th edition, chapter III B: three appraisers, ten parts, three trials.
AIAG = {
    "A": [
        (0.29, -0.56, 1.34, 0.47, -0.80, 0.02, 0.59, -0.31, 2.26, -1.36),
        (0.41, -0.68, 1.17, 0.50, -0.92, -0.11, 0.75, -0.20, 1.99, -1.25),
        (0.64, -0.58, 1.27, 0.64, -0.84, -0.21, 0.66, -0.17, 2.01, -1.31),
    ],
    "B": [
        (0.08, -0.47, 1.19, 0.01, -0.56, -0.20, 0.47, -0.63, 1.80, -1.68),
        (0.25, -1.22, 0.94, 1.03, -1.20, 0.22, 0.55, 0.08, 2.12, -1.62),
        (0.07, -0.68, 1.34, 0.20, -1.28, 0.06, 0.83, -0.34, 2.19, -1.50),
    ],
    "C": [
        (0.04, -1.38, 0.88, 0.14, -1.46, -0.29, 0.02, -0.46, 1.77, -1.49),
        (-0.11, -1.13, 1.09, 0.20, -1.07, -0.67, 0.01, -0.56, 1.45, -1.77),
        (-0.15, -0.96, 0.67, 0.11, -1.45, -0.49, 0.21, -0.49, 1.87, -2.16),
    ],
}


def crossed(trials):
    return {
        who: {str(part): [run[part] for run in runs] for part in range(len(runs[0]))} for who, runs in trials.items()
    }


def test_gage_study_of_the_aiag_manual():
    """Published: SS 3.1673, 88.3619, 0.3590, 2.7589, total 94.6471; F of the interaction 0.434; EV 0.199933,
    AV 0.226838, GRR 0.302373, PV 1.042327, TV 1.085; 18.4, 20.9, 27.9 and 96.0 %; ndc 4."""
    study = gage_study(crossed(AIAG))
    assert [source.freedom for source in study.table] == [2, 9, 18, 60, 89]
    assert [source.squares for source in study.table] == pytest.approx(
        [3.1673, 88.3619, 0.3590, 2.7589, 94.6471], abs=6e-5
    )
    assert study.is_pooled and study.interaction_p == pytest.approx(0.974, abs=1e-3)
    found = (study.repeatability, study.reproducibility, study.gage, study.part_to_part)
    assert found == pytest.approx((0.199933, 0.226838, 0.302373, 1.042327), abs=2e-6)
    assert [round(study.percent(one), 1) for one in found] == [18.4, 20.9, 27.9, 96.0]
    assert study.distinct_categories == 4
    assert study.percent_of_tolerance(8) == pytest.approx(100 * 6 * 0.302373 / 8, rel=1e-5)


def test_an_interaction_that_is_significant_is_part_of_reproducibility():
    """By hand: cells 0, 2 / 2, 0 with trials ±0.1. MS of the interaction 8, of the error 0.02."""
    study = gage_study({"A": {"1": [-0.1, 0.1], "2": [1.9, 2.1]}, "B": {"1": [1.9, 2.1], "2": [-0.1, 0.1]}})
    assert not study.is_pooled
    assert study.repeatability == pytest.approx(sqrt(0.02))
    assert study.reproducibility == pytest.approx(sqrt((8 - 0.02) / 2))
    assert study.part_to_part == 0


@pytest.mark.parametrize(
    "readings",
    [
        {},
        {"A": {"1": [1, 2], "2": [1, 2]}},  # one person
        {"A": {"1": [1, 2]}, "B": {"1": [1, 2]}},  # one part
        {"A": {"1": [1], "2": [1]}, "B": {"1": [1], "2": [1]}},  # one trial
        {"A": {"1": [1, 2], "2": [1, 2]}, "B": {"1": [1, 2], "3": [1, 2]}},  # not the same parts
        {"A": {"1": [1, 2], "2": [1, 2]}, "B": {"1": [1, 2], "2": [1]}},  # not equally often
    ],
)
def test_data_that_are_not_crossed_are_refused(readings):
    with pytest.raises(MetrologyError, match="at least two people"):
        gage_study(readings)


def test_comparison_of_two_groups_is_welchs_test():
    """Two groups of 1, 2, 3, 4, 5 and 2, 4, 6, 8, 10: difference -3, variance 2.5/5 + 10/5, ν = 5.882, t = 1.8974."""
    one, other = compare({"one": [1, 2, 3, 4, 5], "other": [2, 4, 6, 8, 10]}, confidence=0.9)
    assert (one.count, one.mean, one.difference) == (5, 3, -3)
    assert one.deviation == pytest.approx(sqrt(2.5))
    assert (other.low, other.high) == pytest.approx((-one.high, -one.low))
    assert one.high - one.difference == pytest.approx(2.4591 * sqrt(2.5), rel=2e-3)  # t_0.975(5.882), 2 groups
    assert not one.stands_out


# Hours of sleep gained by ten patients on two drugs (Cushny and Peebles 1905, analysed by Student 1908).
DEXTRO = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
LAEVO = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def by_item(values):
    return {number: [value] for number, value in enumerate(values)}


def test_comparison_on_the_same_items_is_students_paired_test():
    """Mean difference 1.58, t = 4.0621 with 9 degrees of freedom, 95 % interval 0.70 to 2.46."""
    one, other = compare_on_items({"dextro": by_item(DEXTRO), "laevo": by_item(LAEVO)}, confidence=0.9)
    assert (one.count, one.difference) == (10, pytest.approx(-1.58))
    assert (other.low, other.high) == pytest.approx((0.7001142, 2.4598858), rel=1e-6)
    assert other.difference / (other.deviation / sqrt(10)) == pytest.approx(4.0621, rel=1e-4)
    assert one.stands_out and other.stands_out


def test_only_items_read_by_others_too_are_compared_and_each_counts_once():
    found = {
        group.name: group
        for group in compare_on_items(
            {"Ann": {"a": [1, 1, 1, 1], "b": [4], "c": [100]}, "Ben": {"a": [2], "b": [5]}, "Cy": {"d": [7]}}
        )
    }
    assert sorted(found) == ["Ann", "Ben"]
    assert (found["Ann"].count, found["Ann"].mean, found["Ann"].difference) == (2, 2.5, -1)
    assert compare_on_items({}) == ()
    assert not any(
        group.stands_out
        for group in compare_on_items({"a": {n: [0.1] * 3 for n in range(4)}, "b": {n: [0.1] * 7 for n in range(4)}})
    )


def test_what_a_study_can_be_made_of_is_taken_out_of_uneven_readings():
    readings = {
        "Ann": {"a": [1, 2, 3], "b": [4, 5], "c": [6, 7]},
        "Ben": {"a": [1, 2], "b": [4, 5], "c": [6]},
        "Cy": {"a": [9]},
    }
    assert crossed_part(readings) == {"Ann": {"a": [2, 3], "b": [4, 5]}, "Ben": {"a": [1, 2], "b": [4, 5]}}
    assert crossed_part({"Ann": readings["Ann"]}) is None
    assert crossed_part({}) is None
    assert gage_study(crossed_part(readings)).repeatability == pytest.approx(sqrt(0.5), rel=0.2)


def test_quartiles_are_those_of_spreadsheets_and_far_out_is_beyond_the_fences():
    found = spread([1, 2, 3, 4, 5, 6, 7, 8, 9])
    assert (found.lower, found.median, found.upper, found.low, found.high) == (3, 5, 7, -3, 13)
    assert (found.is_far_out(13), found.is_far_out(13.1), found.is_far_out(-3.1)) == (False, True, True)
    few = spread([1, 2, 900])
    assert (few.median, few.is_far_out(900)) == (2, False)
    assert spread([4]).median == 4
    with pytest.raises(ValueError, match="at least one"):
        spread([])


def test_who_stands_out():
    groups = {"Ann": [1.0, 1.1, 0.9, 1.0], "Ben": [1.0, 0.9, 1.1, 1.05], "Cy": [1.6, 1.5, 1.55, 1.6], "Di": [1.2]}
    found = {group.name: group for group in compare(groups)}
    assert found["Cy"].stands_out
    assert found["Di"].deviation is None and not found["Di"].stands_out
    assert [group.stands_out for group in compare({"alone": [1, 2, 3]})] == [False]
    assert compare({"empty": []}) == ()
    assert not any(group.stands_out for group in compare({"a": [0.1] * 3, "b": [0.1] * 7}))
