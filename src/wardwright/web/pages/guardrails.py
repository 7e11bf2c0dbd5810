"""Guardrails: each rule against a classic mistake, how strict it is, and the form that changes it with a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.platform.access.builtin import MANAGE
from wardwright.platform.access.guardrails import GUARDRAILS, rules_in_force
from wardwright.platform.access.models import GuardrailLevel
from wardwright.platform.access.scope import allowed
from wardwright.platform.audit import operations
from wardwright.platform.audit import permissions as audit_permissions
from wardwright.platform.core.errors import NotFound
from wardwright.web.views import OnceForm, form_page, page

MEANING = {GuardrailLevel.OFF: "out", GuardrailLevel.WARN: "due", GuardrailLevel.REFUSE: "ok"}
WORDS = {
    GuardrailLevel.OFF: gettext_lazy("Off: nothing is said."),
    GuardrailLevel.WARN: gettext_lazy("Warn: the step is done and the warning stays in the audit trail."),
    GuardrailLevel.REFUSE: gettext_lazy(
        "Refuse: the step is not done, unless somebody with that right overrides it with a reason."
    ),
}


class LevelForm(OnceForm):
    level = forms.ChoiceField(label=gettext_lazy("How strict"), choices=list(WORDS.items()), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Kept in the audit trail with your name."),
        error_messages={"required": gettext_lazy("Enter a reason, for example the decision of the department.")},
    )


@page(MANAGE)
def guardrail_list(request: HttpRequest) -> HttpResponse:
    levels = [(standing, GuardrailLevel(standing.level)) for standing in rules_in_force()]
    return render(
        request,
        "web/pages/guardrails.html",
        {
            "rules": [(standing, MEANING[level], level.label) for standing, level in levels],
            "refusing": sum(level == GuardrailLevel.REFUSE for _standing, level in levels),
            "may_audit": allowed(request.user, audit_permissions.VIEW),
        },
    )


@page(MANAGE)
def guardrail_level(request: HttpRequest, rule: str) -> HttpResponse:
    """Set how strict one rule is."""
    standing = next((item for item in rules_in_force() if item.rule.code == rule), None)
    if rule not in GUARDRAILS or standing is None:
        raise NotFound(_("There is no such guardrail."), _("Choose one from the list."))
    form = LevelForm(request.POST or None, initial={"level": standing.level})

    def run(cleaned: dict[str, Any]) -> str:
        operations.set_guardrail_level(
            by=request.user, rule=rule, level_wanted=cleaned["level"], reason=cleaned["reason"]
        )
        return reverse("guardrails")

    return form_page(
        request,
        form,
        run,
        title=standing.rule.label,
        submit=_("Set the level"),
        cancel_url=reverse("guardrails"),
        intro=_("How strict shall this rule be at every site?"),
    )
