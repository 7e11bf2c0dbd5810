"""The verdict of a whole safety test: visual inspection, protective earth, insulation, leakage and function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from wardwright.apps.assets.states import ElectricalClass
from wardwright.apps.maintenance.models import StepResult, WorkOrder
from wardwright.apps.testing.queries import by_table, observation, past_of
from wardwright.apps.testing.states import Graded, Outcome, Section
from wardwright.kernel.limits import Answer, Part, safety_verdict
from wardwright.kernel.said import say

_OWN_PART = {"protective_earth": Part.PROTECTIVE_EARTH, "insulation": Part.INSULATION}
_OF_SECTION = {
    Section.VISUAL: Part.VISUAL,
    Section.FUNCTION: Part.FUNCTIONAL,
    Section.PERFORMANCE: Part.FUNCTIONAL,
}
_ANSWERS = {
    Outcome.PASS: Answer.PASS,
    Outcome.FAIL: Answer.FAIL,
    Outcome.NOT_APPLICABLE: Answer.NOT_APPLICABLE,
}


@dataclass(frozen=True)
class Safety:
    """The verdict, and in words (of the kernel) why it is not simply passed."""

    verdict: str
    reasons: tuple[str, ...]


def safety_of(order: WorkOrder, results: Mapping[str, StepResult]) -> Safety | None:
    """What the safety test of this order comes to; None where it has none, or the device is not electrical."""
    electrical_class = order.asset.device_model.electrical_class if any(map(by_table, order.steps)) else "none"
    if electrical_class == ElectricalClass.NONE:
        return None
    if not electrical_class:
        return Safety("incomplete", (say("The electrical class of the model is not known."),))
    own = [row.measurement_id for row in results.values() if row.measurement_id]
    past, today = past_of(order.asset_id, [step for step in order.steps if by_table(step)], own), timezone.localdate()
    answers: dict[Part, list[Answer]] = {}
    required, noted = set(), []
    for step in order.steps:
        part = _part_of(step)
        if part is None:
            continue
        if step.get("required") or step.get("not_applicable"):
            required.add(part)
        result = results.get(step["key"])
        answer = _answer(step, result)
        if answer is Answer.PASS and result is not None and result.value is not None:
            words = observation(step, result.value, past.get(step["key"]), today) or _marginal(step, result)
            if words:
                noted.append(say("{step}: {words}", step=step["text"], words=words))
                answer = Answer.OBSERVATION
        if answer is not None:
            answers.setdefault(part, []).append(answer)
    whole = safety_verdict(electrical_class, answers, required)
    return Safety(whole.verdict.value, (*whole.reasons, *noted))


def _part_of(step: Mapping[str, Any]) -> Part | None:
    if by_table(step):
        return _OWN_PART.get(step["limit"]["test"], Part.LEAKAGE)
    return _OF_SECTION.get(Section(step["section"]))


def _answer(step: Mapping[str, Any], result: StepResult | None) -> Answer | None:
    """What a step came to; None where it has no answer, or was passed over."""
    if step.get("not_applicable"):
        return Answer.NOT_APPLICABLE
    if result is None or result.outcome not in _ANSWERS:
        return None
    if step.get("missing") and result.outcome == Outcome.PASS:
        return Answer.UNDETERMINED
    return _ANSWERS[Outcome(result.outcome)]


def _marginal(step: Mapping[str, Any], result: StepResult) -> str:
    kept = result.measurement
    if kept is None or kept.verdict != Graded.MARGINAL_PASS:
        return ""
    return say("passed within the uncertainty of the limit")
