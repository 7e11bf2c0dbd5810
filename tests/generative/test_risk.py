"""Risk scores over the whole of their scales: the sum, its order, and the incident bins against exact fractions."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from wardwright.kernel.risk import (
    FENNIGKOH_SMITH,
    FennigkohSmithFactors,
    WangLevensonFactors,
    fennigkoh_smith,
    incident_history,
    propose,
    shipped_scales,
    wang_levenson,
)

POINTS = {
    group: {figure.key.partition(".")[2]: figure.value for figure in shipped_scales().levels(FENNIGKOH_SMITH, group)}
    for group in ("function", "physical_risk", "maintenance", "incident_history")
}
factors = st.builds(
    FennigkohSmithFactors,
    st.sampled_from(list(POINTS["function"])),
    st.sampled_from(list(POINTS["physical_risk"])),
    st.sampled_from(list(POINTS["maintenance"])),
    st.none() | st.sampled_from(list(POINTS["incident_history"])),
)


@given(factors)
def test_the_score_is_the_sum_of_its_parts(device: FennigkohSmithFactors) -> None:
    expected = (
        POINTS["function"][device.function]
        + POINTS["physical_risk"][device.physical_risk]
        + POINTS["maintenance"][device.maintenance]
        + (POINTS["incident_history"][device.incident_history] if device.incident_history else 0)
    )
    score = fennigkoh_smith(device)
    assert score.total == expected
    assert score.included == (expected >= 12)


@given(factors, factors, st.sampled_from("ABC"))
def test_a_graver_device_is_never_maintained_less(
    one: FennigkohSmithFactors, other: FennigkohSmithFactors, preset: str
) -> None:
    a, b = (propose(fennigkoh_smith(device), preset) for device in (one, other))
    points_a, points_b = (dict(fennigkoh_smith(device).parts) for device in (one, other))
    if all(points_a.get(part, 0) >= points_b.get(part, 0) for part in points_a.keys() | points_b.keys()):
        assert (a.interval_months or 1000) <= (b.interval_months or 1000)
        assert a.included >= b.included


def naive_level(failures: int, months: int) -> str | None:
    """STANDARDS 1.1 read literally, with the graver level on an edge."""
    if failures == 0:
        return "insignificant" if months >= 18 else None
    months_per_failure = Fraction(months, failures)
    if months_per_failure < 6:
        return "significant"
    for edge, level in ((9, "moderate"), (12, "average"), (18, "minimal")):
        if months_per_failure <= edge:
            return level
    return "insignificant"


@given(st.integers(0, 60), st.integers(1, 240))
def test_incident_bins(failures: int, months: int) -> None:
    assert incident_history(failures, months) == naive_level(failures, months)


@given(st.integers(1, 10), st.integers(1, 5), st.integers(1, 5))
def test_wang_levenson_stays_in_its_range(mission: int, risk: int, maintenance: int) -> None:
    score = wang_levenson(WangLevensonFactors(mission, risk, maintenance))
    assert score.total == mission + 2 * risk + 2 * maintenance
    assert 5 <= score.total <= 30
