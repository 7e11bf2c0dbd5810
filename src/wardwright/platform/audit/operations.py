"""Operations on access that need no app; here, because access lies below the audit and cannot open a change."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from wardwright.platform.access import builtin
from wardwright.platform.access.guardrails import GUARDRAILS, level
from wardwright.platform.access.models import GuardrailLevel, GuardrailPolicy
from wardwright.platform.access.scope import Scope, authorize
from wardwright.platform.core.errors import Invalid, NotFound

from .operation import operation


@operation(needs_reason=True)
def set_guardrail_level(*, by: Any, rule: str, level_wanted: str, reason: str) -> GuardrailPolicy:
    """Let a guardrail be off, warn or refuse from now on.

    Raises:
        Invalid: for an unknown level, without a reason, or when the level is already in force.
        NotFound: when no app declares the rule.
    """
    authorize(by, builtin.MANAGE, Scope())  # a rule holds at every site, so the right at one site is not enough
    if rule not in GUARDRAILS:
        raise NotFound(_("There is no guardrail “%(rule)s”.") % {"rule": rule}, _("Choose one from the list."))
    if level_wanted not in GuardrailLevel.values:
        message = _("Choose one of: %(levels)s.") % {"levels": ", ".join(GuardrailLevel.values)}
        raise Invalid(message, fields={"level": message})
    if level(GUARDRAILS[rule]) == level_wanted:
        message = _("This level is already in force.")
        raise Invalid(message, _("Choose another level, or leave it as it is."), fields={"level": message})
    policy = GuardrailPolicy.objects.select_for_update().filter(rule=rule).first() or GuardrailPolicy(rule=rule)
    policy.level = level_wanted
    policy.save()
    return policy
