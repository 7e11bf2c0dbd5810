"""Guardrails: named rules against the profession's classic mistakes, each off, warning or refusing by policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from wardwright.platform.core.change import require_change
from wardwright.platform.core.errors import Guarded

from .models import GuardrailLevel, GuardrailPolicy
from .permissions import permission
from .scope import allowed

OVERRIDE = permission("guardrails.override", _("Override a guardrail with a reason"))


@dataclass(frozen=True)
class Guardrail:
    """One rule; ``default`` is its level until the hospital sets another."""

    code: str
    label: Any
    default: str = GuardrailLevel.REFUSE


GUARDRAILS: dict[str, Guardrail] = {}


def guardrail(code: str, label: Any, default: str = GuardrailLevel.REFUSE) -> Guardrail:
    """Declare a rule once, where the app that enforces it lives."""
    GUARDRAILS[code] = Guardrail(code, label, default)
    return GUARDRAILS[code]


def level(rule: Guardrail) -> str:
    """The level in force."""
    return GuardrailPolicy.objects.filter(rule=rule.code).values_list("level", flat=True).first() or rule.default


def enforce(by: Any, rule: Guardrail, message: Any, way_forward: Any = "", *, override_reason: str = "") -> None:
    """Call when the rule is broken: refuses, or records a warning or an override on the open change.

    Raises:
        Guarded: at level refuse, unless ``by`` gave a reason and may override at every place the change is about.
    """
    in_force = level(rule)
    if in_force == GuardrailLevel.OFF:
        return
    change = require_change()
    if in_force == GuardrailLevel.WARN:
        change.warnings.append(f"{rule.code}: {message}")
        return
    if override_reason.strip() and all(allowed(by, OVERRIDE, place) for place in change.places or (None,)):
        change.warnings.append(f"{rule.code} overridden: {override_reason.strip()}")
        return
    raise Guarded(rule.code, message, way_forward)


@dataclass(frozen=True)
class InForce:
    """A rule with the level in force; ``policy_id`` is the row by which the hospital set it, None for the default."""

    rule: Guardrail
    level: str
    policy_id: int | None


def rules_in_force() -> list[InForce]:
    """Every declared rule with its level, by name."""
    set_here = {policy.rule: policy for policy in GuardrailPolicy.objects.all()}
    found = []
    for code in sorted(GUARDRAILS):
        rule, policy = GUARDRAILS[code], set_here.get(code)
        found.append(InForce(rule, policy.level, policy.pk) if policy else InForce(rule, rule.default, None))
    return found
