"""Lifetimes, repairable systems and availability.

Sources, by section of STANDARDS: "9.1" NIST apr413 (Weibull fitted to ten failures of twenty units), "9.2" NIST case 1
and the published test data of the `reliability` package (power law), "9.5" definitions and the exponential example.
"""

from math import exp, inf, log
from random import Random

import pytest

from wardwright.kernel import reliability as r

NIST_SHAPE, NIST_SCALE = 1.720797, 606.52756  # 9.1


def test_weibull_of_nist() -> None:
    assert r.weibull_mean(NIST_SHAPE, NIST_SCALE) == pytest.approx(540.737, abs=5e-4)
    assert r.weibull_standard_deviation(NIST_SHAPE, NIST_SCALE) == pytest.approx(323.806, abs=5e-4)
    assert r.weibull_draw(0.1, NIST_SHAPE, NIST_SCALE) == pytest.approx(164.0224, abs=5e-4)  # B10


def test_weibull_with_shape_one_is_exponential() -> None:
    assert r.weibull_draw(0.7, 1, 250) == pytest.approx(r.exponential_draw(0.7, 1 / 250))


@pytest.mark.parametrize(("u", "expected"), [(0.0, 0.0), (0.5, log(2) * 100), (1 - exp(-1), 100.0)])
def test_exponential_draw(u: float, expected: float) -> None:
    assert r.exponential_draw(u, 0.01) == pytest.approx(expected)


@pytest.mark.parametrize("u", [0.0, 0.001, 0.25, 0.5, 0.9, 0.999999])
def test_a_draw_is_the_inverse_of_the_survival(u: float) -> None:
    assert r.weibull_survival(r.weibull_draw(u, 2.5, 1000), 2.5, 1000) == pytest.approx(1 - u)


@pytest.mark.parametrize("u", [0.0, 0.3, 0.95])
def test_remaining_life_is_the_survival_given_the_age(u: float) -> None:
    left = r.weibull_remaining_draw(u, 400, 2.5, 1000)
    given_age = r.weibull_survival(400 + left, 2.5, 1000) / r.weibull_survival(400, 2.5, 1000)
    assert given_age == pytest.approx(1 - u)
    assert r.weibull_remaining_draw(u, 0, 2.5, 1000) == pytest.approx(r.weibull_draw(u, 2.5, 1000))


@pytest.mark.parametrize(
    ("t", "intensity", "shape", "mtbf", "events"),
    [
        (340700, 7.886414e-4, 0.74165662, 45937.701, 10),  # 9.2, reliability test data
        (1500, 0.196658, 0.537229, 279.211, 10),  # 9.2, NIST case 1, maximum likelihood
    ],
)
def test_power_law(t: float, intensity: float, shape: float, mtbf: float, events: int) -> None:
    assert r.power_law_mtbf(t, intensity, shape) == pytest.approx(mtbf, rel=1e-5)
    assert r.power_law_expected_events(t, intensity, shape) == pytest.approx(events, rel=1e-5)


def test_power_law_next_event_adds_a_unit_exponential_to_the_expected_events() -> None:
    following = r.power_law_next_event(1 - exp(-1), 500, 0.196658, 0.537229)
    gained = r.power_law_expected_events(following, 0.196658, 0.537229) - r.power_law_expected_events(
        500, 0.196658, 0.537229
    )
    assert gained == pytest.approx(1)


def test_power_law_with_shape_one_has_no_memory() -> None:
    assert r.power_law_next_event(0.4, 5000, 0.01, 1) == pytest.approx(r.homogeneous_next_event(0.4, 5000, 0.01))


def test_no_event_comes_before_now() -> None:
    assert r.power_law_next_event(0.0, 1234.5, 0.3, 1.7) == pytest.approx(1234.5)
    assert r.power_law_next_event(1e-18, 1e9, 0.3, 0.5) >= 1e9
    assert r.weibull_remaining_draw(0.0, 777.7, 3.3, 10) == pytest.approx(0)


def test_a_seeded_process_has_the_expected_number_of_events() -> None:
    """100 systems to T = 1000 with M(T) = 8: 800 events, and five standard deviations of a Poisson count are 141."""
    random, shape, count = Random(1), 1.5, 0
    intensity = 8 / 1000**shape
    for _ in range(100):
        now = r.power_law_next_event(random.random(), 0, intensity, shape)
        while now <= 1000:
            count += 1
            now = r.power_law_next_event(random.random(), now, intensity, shape)
    assert abs(count - 800) < 141


def test_seeded_lifetimes_have_the_mean_of_the_law() -> None:
    """4,000 lives: the standard error of the mean is 323.8 / sqrt(4000) = 5.1."""
    random = Random(2)
    lives = [r.weibull_draw(random.random(), NIST_SHAPE, NIST_SCALE) for _ in range(4000)]
    assert sum(lives) / len(lives) == pytest.approx(540.737, abs=25)


def test_means() -> None:
    assert r.mtbf(5000, 4) == 1250  # 9.5
    assert r.mttr(12.0, 4) == 3
    assert r.mean_down_time(96.0, 4) == 24
    assert (r.mtbf(5000, 0), r.mttr(0, 0), r.mean_down_time(0, 0)) == (None, None, None)


def test_availabilities_keep_waiting_apart() -> None:
    # 9.5: the same four failures in 5000 h: 3 h of active repair each, 24 h down each, maintenance every 500 h for 2 h
    assert r.inherent_availability(1250, 3) == pytest.approx(1250 / 1253)
    assert r.achieved_availability(500, 2) == pytest.approx(500 / 502)
    assert r.operational_availability(4904, 96) == pytest.approx(0.9808)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: r.exponential_draw(1.0, 1), "from 0 up to, but not including, 1"),
        (lambda: r.exponential_draw(-0.1, 1), "give a random number"),
        (lambda: r.exponential_draw(0.5, 0), "rate is 0; give a finite number above 0"),
        (lambda: r.weibull_draw(0.5, -1, 1), "shape is -1"),
        (lambda: r.weibull_draw(0.5, 1, inf), "scale is inf"),
        (lambda: r.weibull_survival(-1, 1, 1), "an age of 0 or more"),
        (lambda: r.power_law_next_event(0.5, -1, 1, 1), "now is -1"),
        (lambda: r.inherent_availability(0, 0), "not both 0"),
        (lambda: r.operational_availability(-1, 2), "times of 0 or more"),
    ],
)
def test_what_is_outside_the_domain_is_refused_with_words(call, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()
