"""Uncertainty budgets after the GUM, and Student's t by which their coverage factors are found."""

from math import inf, sqrt

import pytest

from wardwright.kernel.metrology import Contribution, Distribution, MetrologyError, budget
from wardwright.kernel.metrology.student import coverage_factor, f_outside, outside


@pytest.mark.parametrize(
    ("coverage", "freedom", "k"),
    [
        (0.95, 1, 12.706), (0.95, 2, 4.303), (0.95, 5, 2.571), (0.95, 10, 2.228), (0.95, 30, 2.042), (0.95, inf, 1.960),
        (0.99, 1, 63.657), (0.99, 5, 4.032), (0.99, 10, 3.169), (0.99, 16, 2.921), (0.99, 30, 2.750), (0.90, 5, 2.015),
        (0.9545, 1, 13.97), (0.9545, 2, 4.53), (0.9545, 3, 3.31), (0.9545, 4, 2.87), (0.9545, 5, 2.65),
        (0.9545, 6, 2.52), (0.9545, 8, 2.37), (0.9545, 10, 2.28), (0.9545, 20, 2.13), (0.9545, 50, 2.05),
        (0.9545, 100, 2.025), (0.9545, inf, 2.000),
    ],
)  # fmt: skip
def test_coverage_factors_are_those_of_the_printed_tables(coverage, freedom, k):
    """Printed tables of t (two-sided) and, for 95.45 %, JCGM 100:2008 table G.2."""
    digits = 5.1e-3 if coverage == 0.9545 and freedom < 100 else 6e-4
    assert coverage_factor(coverage, freedom) == pytest.approx(k, abs=digits)


@pytest.mark.parametrize(
    ("freedom", "t", "both_tails"),
    [
        (1, 1.0, 0.5),  # the Cauchy distribution: 1 - 2/π·atan(t)
        (2, sqrt(2), 1 - sqrt(0.5)),  # 1 - t/√(2 + t²)
        (2, 10.0, 1 - 10 / sqrt(102)),
    ],
)
def test_tails_of_t_where_they_are_elementary(freedom, t, both_tails):
    assert outside(t, freedom) == pytest.approx(both_tails, rel=1e-12)


@pytest.mark.parametrize(
    ("ratio", "above", "below", "tail"),
    [(4.96, 1, 10, 0.05), (3.49, 3, 12, 0.05), (2.16, 10, 24, 0.06), (19.0, 2, 2, 0.05), (10.0, 2, 2, 1 / 11)],
)
def test_tails_of_f(ratio, above, below, tail):
    """Printed 5 % points of F; with 2 and 2 degrees of freedom the tail is 1/(1 + F)."""
    assert f_outside(ratio, above, below) == pytest.approx(tail, abs=1.5e-3)


@pytest.mark.parametrize(
    ("distribution", "amount", "standard_uncertainty"),
    [
        ("standard", 1, 1),
        ("normal", 2, 1),  # U with k = 2
        ("rectangular", 1, 1 / sqrt(3)),  # 3: a/√3
        ("triangular", 1, 1 / sqrt(6)),  # 3: a/√6
        ("u_shaped", 1, 1 / sqrt(2)),  # 3: a/√2
        ("resolution", 1, 1 / sqrt(12)),  # 3: d/√12
    ],
)
def test_half_widths_become_standard_uncertainties(distribution, amount, standard_uncertainty):
    assert Contribution("x", amount, Distribution(distribution)).standard_uncertainty == pytest.approx(
        standard_uncertainty
    )


def test_end_gauge_calibration():
    """JCGM 100:2008 H.1: components in nm; u_c = 32 nm, ν_eff = 16, t_99(16) = 2.92, U_99 = 93 nm."""
    found = budget(
        [
            Contribution("calibration of the standard", 25, Distribution.STANDARD, freedom=18),
            Contribution("difference between the gauges", 9.7, Distribution.STANDARD, freedom=25.6),
            Contribution("difference in expansion", 2.9, Distribution.STANDARD, freedom=50),
            Contribution("difference in temperature", 16.6, Distribution.STANDARD, freedom=2),
        ],
        coverage=0.99,
    )
    assert round(found.combined) == 32
    assert found.freedom == pytest.approx(16.7, abs=0.1)
    assert found.k == pytest.approx(2.92, abs=5e-3)
    assert found.expanded == pytest.approx(93, abs=0.8)
    assert sum(found.shares) == pytest.approx(1)


def test_contributions_known_for_certain_give_k_2():
    found = budget([Contribution("a", 3, Distribution.STANDARD), Contribution("b", 4, Distribution.STANDARD)])
    assert found.combined == 5
    assert found.shares == pytest.approx((0.36, 0.64))
    assert (found.freedom, round(found.k, 3)) == (inf, 2.0)


def test_the_freedom_of_one_contribution_is_its_own():
    assert budget([Contribution("a", 1, freedom=7)]).freedom == pytest.approx(7)
    assert budget([Contribution("a", 1, freedom=7)]).k == coverage_factor(0.9545, 7)


def test_a_sensitivity_weighs_and_its_sign_does_not():
    assert budget([Contribution("a", 1, Distribution.STANDARD, sensitivity=-3)]).combined == 3


@pytest.mark.parametrize("wrong", [{"amount": -1}, {"amount": inf}, {"amount": 1, "k": 0}, {"amount": 1, "freedom": 0}])
def test_a_contribution_that_is_none(wrong):
    with pytest.raises(MetrologyError):
        Contribution("x", **wrong)


def test_nothing_uncertain_and_nothing_at_all():
    nothing = budget([Contribution("a", 0)])
    assert (nothing.combined, nothing.expanded, nothing.shares) == (0, 0, (0,))
    with pytest.raises(MetrologyError):
        budget([])
