"""Risk scores that propose whether a device is in the maintenance programme, and how often.

Fennigkoh & Smith (1989): EM = function + physical risk + maintenance requirement (+ incident history), included from
12. Wang & Levenson (2000): EMR = mission + 2 * risk + 2 * maintenance, optionally adjusted for use. All figures are
data (`kernel/data/risk_scales.json`) that a hospital may replace; each carries its source and how far it could be
verified, and every answer names the unverified figures it rests on. Neither paper fixes intervals: those are presets.
"""

from .aem import AemFacts, aem_exclusions
from .intervals import SCORE, Band, Proposal, presets, propose
from .rules import (
    INPUTS,
    MAX_BANDS,
    InclusionRule,
    Judgement,
    RuleError,
    judge,
    points_of,
    preset_rule,
    preset_source,
    read_rule,
)
from .scales import (
    FENNIGKOH_SMITH,
    WANG_LEVENSON,
    Figure,
    RiskScales,
    figures_from,
    in_force,
    shipped_figures,
    shipped_scales,
)
from .scores import (
    FennigkohSmithFactors,
    RiskScore,
    UseAdjustment,
    WangLevensonFactors,
    fennigkoh_smith,
    incident_history,
    own_score,
    wang_levenson,
)
from .words import TEXTS, explain

__all__ = [
    "FENNIGKOH_SMITH",
    "INPUTS",
    "MAX_BANDS",
    "SCORE",
    "TEXTS",
    "WANG_LEVENSON",
    "AemFacts",
    "Band",
    "FennigkohSmithFactors",
    "Figure",
    "InclusionRule",
    "Judgement",
    "Proposal",
    "RiskScales",
    "RiskScore",
    "RuleError",
    "UseAdjustment",
    "WangLevensonFactors",
    "aem_exclusions",
    "explain",
    "fennigkoh_smith",
    "figures_from",
    "in_force",
    "incident_history",
    "judge",
    "own_score",
    "points_of",
    "preset_rule",
    "preset_source",
    "presets",
    "propose",
    "read_rule",
    "shipped_figures",
    "shipped_scales",
    "wang_levenson",
]
