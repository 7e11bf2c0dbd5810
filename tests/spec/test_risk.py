"""Risk scores, interval presets and AEM exclusions.

Sources: "1.1" Fennigkoh & Smith and presets, "1.2" Wang & Levenson, "1.3" CMS S&C 14-07-Hospital, "15.9" WHO: sections
of STANDARDS, with the verification tags given there. The golden scores marked 1.1 are those of its last line.
"""

from datetime import date
from decimal import Decimal

import pytest

from wardwright.kernel.risk import (
    FENNIGKOH_SMITH,
    WANG_LEVENSON,
    AemFacts,
    FennigkohSmithFactors,
    UseAdjustment,
    WangLevensonFactors,
    aem_exclusions,
    explain,
    fennigkoh_smith,
    figures_from,
    in_force,
    incident_history,
    own_score,
    presets,
    propose,
    shipped_figures,
    shipped_scales,
    wang_levenson,
)
from wardwright.kernel.verification import Verification

DEFIBRILLATOR = FennigkohSmithFactors("life_support", "death", "extensive")
MONITOR = FennigkohSmithFactors("diagnostic_surgical_intensive", "misdiagnosis", "average", "minimal")
CENTRIFUGE = FennigkohSmithFactors("laboratory_accessories", "damage", "average")


@pytest.mark.parametrize(
    ("what", "factors", "total", "included"),
    [
        ("1.1: defibrillator", DEFIBRILLATOR, 20, True),
        ("1.1: monitor", MONITOR, 12, True),
        ("1.1: laboratory centrifuge", CENTRIFUGE, 9, False),
        ("15.9: the lists' least", FennigkohSmithFactors("patient_related", "none", "minimal"), 4, False),
        ("one above", FennigkohSmithFactors("life_support", "none", "minimal", "moderate"), 13, True),
        ("history takes it out", FennigkohSmithFactors("life_support", "none", "minimal", "minimal"), 11, False),
    ],
)
def test_fennigkoh_smith(what: str, factors: FennigkohSmithFactors, total: int, included: bool) -> None:
    score = fennigkoh_smith(factors)
    assert (score.total, score.included) == (total, included), what
    assert sum(points for _, points in score.parts) == total


@pytest.mark.parametrize(
    ("group", "points"),
    [
        ("function", [10, 9, 8, 7, 6, 5, 4, 3, 2]),  # 1.1, V2
        ("physical_risk", [5, 4, 3, 2, 1]),
        ("maintenance", [5, 4, 3, 2, 1]),
        ("incident_history", [2, 1, 0, -1, -2]),  # 1.1, V1
    ],
)
def test_the_scales_are_those_of_the_table(group: str, points: list[int]) -> None:
    assert [figure.value for figure in shipped_scales().levels(FENNIGKOH_SMITH, group)] == points


@pytest.mark.parametrize(
    ("failures", "months", "level"),
    [
        (3, 12, "significant"),  # 1.1: more than 1 per 6 months
        (1, 5, "significant"),
        (1, 6, "moderate"),
        (2, 18, "moderate"),  # on the edge, the graver level
        (1, 12, "average"),
        (1, 18, "minimal"),
        (1, 19, "insignificant"),
        (0, 18, "insignificant"),
        (0, 17, None),  # too short to say
    ],
)
def test_incident_history(failures: int, months: int, level: str | None) -> None:
    assert incident_history(failures, months) == level


def scored(total: int, maintenance: int = 3):
    return own_score(FENNIGKOH_SMITH, Decimal(total), 12, (("maintenance", maintenance),))


@pytest.mark.parametrize(
    ("preset", "score", "months", "priority"),
    [
        ("A", scored(12), 12, None),  # 1.1 preset A, V1
        ("A", scored(16), 12, None),
        ("A", scored(17), 6, None),
        ("A", scored(20), 6, None),
        ("A", scored(11), None, None),
        ("B", scored(14), 12, None),  # 1.1 preset B, V1
        ("B", scored(15), 6, None),
        ("B", scored(18), 3, None),
        ("C", scored(12, 3), 12, None),  # 1.1 preset C and 15.9, M
        ("C", scored(12, 4), 6, None),
        ("C", scored(15, 1), 6, None),
        ("C", scored(19, 1), 4, None),
        ("D", own_score("WebTMA", Decimal("17.67"), 6), None, "priority II"),  # 1.1 preset D, V1
        ("D", own_score("WebTMA", Decimal(6), 6), None, "hazard surveillance"),
        ("E", own_score("five criteria", Decimal(12), 9), 6, None),  # 1.1 preset E, V1
        ("E", own_score("five criteria", Decimal(9), 9), 12, None),
        ("E", own_score("five criteria", Decimal(8), 9), None, None),
    ],
)
def test_presets(preset: str, score, months: int | None, priority: str | None) -> None:
    proposal = propose(score, preset)
    assert (proposal.interval_months, proposal.priority) == (months, priority)
    assert proposal.included == score.included


def test_presets_show_how_far_they_are_verified() -> None:
    assert [(code, figure.verified, figure.is_unverified) for code, figure in presets()] == [
        ("A", Verification.ONE_SOURCE, False),
        ("B", Verification.ONE_SOURCE, False),
        ("C", Verification.MEMORY, True),
        ("D", Verification.ONE_SOURCE, False),
        ("E", Verification.ONE_SOURCE, False),
    ]
    proposal = propose(fennigkoh_smith(DEFIBRILLATOR), "C")
    assert [figure.clause for figure in proposal.unverified] == ["interval preset C", "interval preset C"]
    assert propose(fennigkoh_smith(DEFIBRILLATOR), "B").unverified == ()


def test_a_proposal_gives_its_reasons() -> None:
    assert explain(propose(fennigkoh_smith(DEFIBRILLATOR), "C").because) == (
        "function: 10 points (Life support). physical_risk: 5 points (Patient death). "
        "maintenance: 5 points (Extensive: routine calibration and part replacement). "
        "Fennigkoh & Smith gives 20; included from 12. "
        "Preset C: every 4 months from 19 on (score). Preset C: every 6 months from 4 on (maintenance). "
        "The shortest of these intervals is proposed. "
        "Not verified: interval preset C (Fennigkoh & Smith, 1989)."
    )
    assert explain(propose(fennigkoh_smith(CENTRIFUGE), "A").because).endswith(
        "Fennigkoh & Smith gives 9; included from 12. "
        "The score is below the threshold, so no planned maintenance is proposed."
    )
    assert explain(propose(own_score("ours", Decimal(5), 5, (("age", 5),)), "A").because) == (
        "age: 5 points. ours gives 5; included from 5. Preset A gives no interval for this score."
    )


@pytest.mark.parametrize(
    ("what", "factors", "total", "included"),
    [
        ("1.2: least", WangLevensonFactors(1, 1, 1), "5", False),
        ("1.2: most", WangLevensonFactors(10, 5, 5), "30", True),
        ("1.2: at the quoted threshold", WangLevensonFactors(5, 2, 2), "13", True),
        ("1.2: one below", WangLevensonFactors(4, 2, 2), "12", False),
        ("1.2: (MC + 2R)U + 2M", WangLevensonFactors(10, 5, 2, Decimal("0.5"), UseAdjustment.MISSION_AND_RISK),
         "14.0", True),
        ("15.9: (MC + 2M)U + 2R", WangLevensonFactors(10, 5, 2, Decimal("0.5"), UseAdjustment.MISSION_AND_MAINTENANCE),
         "17.0", True),
        ("never used", WangLevensonFactors(10, 5, 2, Decimal(0), UseAdjustment.MISSION_AND_RISK), "4", False),
    ],
)  # fmt: skip
def test_wang_levenson(what: str, factors: WangLevensonFactors, total: str, included: bool) -> None:
    score = wang_levenson(factors)
    assert (score.total, score.included) == (Decimal(total), included), what


def test_wang_levenson_is_shown_as_unverified() -> None:
    score = wang_levenson(WangLevensonFactors(10, 5, 2, Decimal("0.5"), UseAdjustment.MISSION_AND_RISK))
    assert [figure.key for figure in score.unverified] == [
        "weight.mission",
        "weight.risk",
        "weight.maintenance",
        "inclusion_threshold",
    ]
    assert explain(score.because) == (
        "mission: 10 counted 1 times. risk: 5 counted 2 times. maintenance: 2 counted 2 times. "
        "Adjusted for use of 0.5 on mission and risk. Wang & Levenson gives 14.0; included from 13. "
        "Not verified: rating (Wang & Levenson, 2000). Not verified: inclusion (Wang & Levenson, 2000)."
    )


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        (AemFacts(False, False, False, True), []),  # 1.3: critical or not, it may
        (AemFacts(True, False, False, True), ["aem_imaging"]),
        (AemFacts(False, True, False, True), ["aem_laser"]),
        (AemFacts(False, False, True, True), ["aem_law"]),
        (AemFacts(False, False, False, False), ["aem_history"]),
        (AemFacts(True, True, True, False), ["aem_imaging", "aem_laser", "aem_law", "aem_history"]),
    ],
)
def test_aem_exclusions(facts: AemFacts, codes: list[str]) -> None:
    reasons = aem_exclusions(facts)
    assert [reason.code for reason in reasons] == codes
    assert explain(reasons).count(".") == len(codes)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: fennigkoh_smith(FennigkohSmithFactors("lifesupport", "death", "minimal")),
         "known for function are: life_support, therapeutic_surgical_intensive"),
        (lambda: propose(fennigkoh_smith(DEFIBRILLATOR), "F"), "known are: A, B, C, D, E"),
        (lambda: wang_levenson(WangLevensonFactors(11, 1, 1)), "mission is 11; give a whole number from 1 to 10"),
        (lambda: wang_levenson(WangLevensonFactors(5, 0, 1)), "risk is 0; give a whole number from 1 to 5"),
        (lambda: wang_levenson(WangLevensonFactors(5, 1, 1, Decimal("1.1"))), "give a share from 0 to 1"),
    ],
)  # fmt: skip
def test_what_is_not_on_a_scale_is_refused_with_words(call, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()


def test_figures_are_dated() -> None:
    old = {"standard": FENNIGKOH_SMITH, "edition": "1989", "clause": "inclusion", "key": "inclusion_threshold",
           "value": 12, "unit": "points", "valid_from": "1989-01-01", "source": "here", "verified": "V2"}  # fmt: skip
    both = figures_from([{**old, "value": 10, "valid_from": "2026-01-01"}, old])
    assert in_force(both, date(2025, 12, 31)).points(FENNIGKOH_SMITH, "inclusion_threshold") == 12
    assert in_force(both, date(2026, 1, 1)).points(FENNIGKOH_SMITH, "inclusion_threshold") == 10
    assert in_force(both, date(1980, 1, 1)).figures == ()


def test_every_shipped_figure_names_its_source() -> None:
    assert [figure.key for figure in shipped_figures() if not figure.source] == []
    assert {figure.standard for figure in shipped_figures()} == {FENNIGKOH_SMITH, WANG_LEVENSON}


def test_a_hospital_may_replace_a_figure() -> None:
    stricter = figures_from(
        [{"standard": FENNIGKOH_SMITH, "edition": "own", "clause": "inclusion", "key": "inclusion_threshold",
          "value": 9, "unit": "points", "valid_from": "2026-01-01", "source": "our committee", "verified": "P"}]
    )  # fmt: skip
    scales = in_force((*shipped_figures(), *stricter), date(2026, 6, 1))
    assert fennigkoh_smith(CENTRIFUGE, scales).included is True
