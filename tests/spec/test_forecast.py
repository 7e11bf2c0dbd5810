"""How many repairs to expect. Golden numbers: negative binomials of whole size by hand, Poisson from printed tables."""

from math import comb

import pytest

from wardwright.kernel.forecast import FEWEST_WEEKS, expected_count, quantile, usual_minutes


def by_hand(probability: float, size: int, chance: float) -> int:
    """The failures before the ``size``-th success, counted out."""
    count, reached = 0, 0.0
    while True:
        reached += comb(count + size - 1, count) * chance**size * (1 - chance) ** count
        if reached >= probability:
            return count
        count += 1


@pytest.mark.parametrize("size", [1, 2, 5, 20])
@pytest.mark.parametrize("chance", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("probability", [0.05, 0.1, 0.45, 0.9, 0.99])
def test_the_quantile_is_that_of_the_negative_binomial(size, chance, probability):
    mean = size * (1 - chance) / chance
    assert quantile(probability, mean, mean / chance) == by_hand(probability, size, chance)


@pytest.mark.parametrize(
    ("mean", "probability", "count", "table"),
    [
        (1.0, 0.9, 2, "P(X<=1)=0.7358, P(X<=2)=0.9197"),
        (4.0, 0.1, 2, "P(X<=1)=0.0916, P(X<=2)=0.2381"),
        (10.0, 0.1, 6, "P(X<=5)=0.0671, P(X<=6)=0.1301"),
        (10.0, 0.9, 14, "P(X<=13)=0.8645, P(X<=14)=0.9165"),
    ],
)
def test_without_surplus_it_is_the_poisson_of_the_tables(mean, probability, count, table):
    assert quantile(probability, mean, mean * (1 + 1e-9)) == count, table


@pytest.mark.parametrize(
    ("past", "part", "mean", "why"),
    [
        ([4] * 52, 1.0, 208.5 / 52, "the mean of the weeks, and half a repair in all of them"),
        ([4] * 52, 0.4, 0.4 * 208.5 / 52, "two days of five"),
        ([0] * 52, 1.0, 0.5 / 52, "a year without a repair does not promise that there is never one"),
        ([0, 0, 0, 0, 8, 0, 0, 0], 1.0, 8.5 / 8, "one bad week"),
        ([3] * 8, 0.0, 0.0, "no days are left"),
    ],
)
def test_what_to_expect(past, part, mean, why):
    found = expected_count(past, part=part)
    assert found is not None
    assert found.mean == pytest.approx(mean), why
    assert found.low <= found.mean <= found.high or found.high == 0


def test_steady_weeks_give_the_interval_of_chance_alone():
    found = expected_count([9, 11] * 26)
    assert found is not None
    assert (found.low, found.high) == (6, 14)  # the Poisson table of mean 10, above


def test_weeks_that_vary_more_than_chance_widen_it():
    steady, wild = expected_count([10] * 52), expected_count([0, 20] * 26)
    assert steady is not None
    assert wild is not None
    assert wild.mean == steady.mean
    assert wild.low < steady.low < steady.high < wild.high


def test_too_few_weeks_say_nothing():
    assert expected_count([3] * (FEWEST_WEEKS - 1)) is None
    assert expected_count([3] * FEWEST_WEEKS) is not None


@pytest.mark.parametrize("given", [{"share": 0}, {"share": 1}, {"part": 1.1}, {"part": -0.1}])
def test_outside_the_domain(given):
    with pytest.raises(ValueError, match="share"):
        expected_count([1] * 8, **given)
    with pytest.raises(ValueError, match="below 0"):
        expected_count([-1] * 8)


@pytest.mark.parametrize(
    ("jobs", "minutes", "found"),
    [(0, 0, (30, False)), (4, 400, (30, False)), (5, 250, (50, True)), (8, 1, (0, True)), (200, 9000, (45, True))],
)
def test_how_long_a_job_usually_takes(jobs, minutes, found):
    assert usual_minutes(jobs, minutes, 30) == found
