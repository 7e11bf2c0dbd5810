"""Inclusion rules: a hospital's own formula, threshold and bands, and the presets read as rules.

Sources: "1.1" of STANDARDS for the presets; the rest are worked by hand.
"""

from decimal import Decimal

import pytest

from wardwright.kernel.risk import (
    SCORE,
    Band,
    FennigkohSmithFactors,
    RuleError,
    explain,
    fennigkoh_smith,
    judge,
    preset_rule,
    propose,
    read_rule,
)

DEFIBRILLATOR = {"function": 10, "physical_risk": 5, "maintenance": 5}
OURS = (Band(SCORE, Decimal(10), 12), Band(SCORE, Decimal(14), 6), Band("maintenance", Decimal(5), 4))


@pytest.mark.parametrize("code", ["A", "B", "C"])
def test_a_preset_as_a_rule_proposes_what_the_preset_proposes(code: str) -> None:
    factors = FennigkohSmithFactors("life_support", "death", "extensive")
    by_preset, by_rule = propose(fennigkoh_smith(factors), code), judge(preset_rule(code), DEFIBRILLATOR).proposal
    assert (by_rule.included, by_rule.interval_months) == (by_preset.included, by_preset.interval_months)


@pytest.mark.parametrize(
    ("what", "formula", "values", "total", "included", "months"),
    [
        ("below", "function + physical_risk", {"function": 5, "physical_risk": 4}, "9", False, None),
        ("first band", "function + physical_risk", {"function": 6, "physical_risk": 4}, "10", True, 12),
        ("second band", "function + physical_risk", {"function": 10, "physical_risk": 4}, "14", True, 6),
        ("a flag", "function + 5 * life_support", {"function": 10, "life_support": True}, "15", True, 6),
        ("rounded", "function / 3 + 9", {"function": 5}, "10.67", True, 12),
        ("the shortest of two", "function + maintenance", {"function": 9, "maintenance": 5}, "14", True, 4),
    ],
)
def test_judge(what: str, formula: str, values: dict[str, int], total: str, included: bool, months: int | None) -> None:
    bands = OURS if "maintenance" in formula else OURS[:2]
    found = judge(read_rule("Ours", 1, formula, Decimal(10), bands), values)
    assert (found.score.total, found.proposal.included, found.proposal.interval_months) == (
        Decimal(total), included, months,
    ), what  # fmt: skip


def test_the_reasons_name_the_rule_its_version_and_every_part() -> None:
    rule = read_rule("House rule", 3, "function + 2 * repairs_per_year", Decimal(10), OURS[:2])
    found = judge(rule, {"function": 9, "repairs_per_year": Decimal("0.5")})
    assert explain(found.proposal.because) == (
        "function: 9 points (Therapy: surgical and intensive care). repairs_per_year: 0.5 points. "
        "House rule, version 3 (function + 2 * repairs_per_year) gives 10; included from 10. "
        "House rule: every 12 months from 10 on (score)."
    )


def test_what_is_not_known_is_missing() -> None:
    rule = preset_rule("A")
    assert rule.missing({"function": 5, "physical_risk": None}) == ("maintenance", "physical_risk")


def test_presets_of_other_criteria_can_be_read_but_ask_for_what_no_type_has() -> None:
    assert preset_rule("D").missing(DEFIBRILLATOR) == ("A", "E", "F", "P", "U")


@pytest.mark.parametrize(
    ("formula", "included_from", "bands", "field", "position"),
    [
        ("function + colour", "10", OURS[:2], "formula", 12),
        ("function +", "10", OURS[:2], "formula", 11),
        ("function", "NaN", OURS[:2], "included_from", None),
        ("function", "10", (), "bands", None),
        ("function", "10", OURS, "bands", None),
        ("function", "10", (Band(SCORE, Decimal(1), 0),), "bands", None),
        ("function", "10", (Band(SCORE, Decimal(1), 6), Band(SCORE, Decimal("1.0"), 12)), "bands", None),
    ],
)
def test_a_rule_that_cannot_be_used_says_where(
    formula: str, included_from: str, bands: tuple[Band, ...], field: str, position: int | None
) -> None:
    with pytest.raises(RuleError) as refused:
        read_rule("Ours", 1, formula, Decimal(included_from), bands)
    assert (refused.value.field, refused.value.position) == (field, position)
