"""Inclusion rules: the list, what a rule says and would change, the editor with its preview, putting one in force."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from wardwright.apps.maintenance import operations, permissions
from wardwright.apps.maintenance.forms import ActivateRuleForm, RuleForm
from wardwright.apps.maintenance.forms.rules import INPUT_WORDS
from wardwright.apps.maintenance.models import Rule
from wardwright.apps.maintenance.queries.inclusion import Change, Decision, compare_with_force
from wardwright.apps.maintenance.states import RULE_TRANSITIONS, RuleState
from wardwright.apps.maintenance.tables import RULE_MEANING, RULES
from wardwright.kernel.risk import INPUTS, Band, InclusionRule, RuleError, read_rule
from wardwright.platform.access.scope import Scope, allowed
from wardwright.platform.core.words import error_words
from wardwright.web.tables import list_page
from wardwright.web.views import form_page, go, page, visible_or_404


@page(permissions.VIEW)
def rule_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, RULES)


def _rule(request: HttpRequest, rule_id: int) -> Rule:
    return visible_or_404(Rule.objects.visible_to(request.user), rule_id)


def _may_edit(request: HttpRequest) -> bool:
    """Rules are for the whole house: they are written, and tried out on all of its devices, by who plans everywhere."""
    return allowed(request.user, permissions.PLAN, Scope())


# What a rule would change -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """What is wrong with a rule; for a formula its text before, at and after the fault."""

    words: str
    before: str = ""
    at: str = ""
    after: str = ""


def fault_of(error: RuleError, formula: str) -> Fault:
    if error.position is None:
        return Fault(error_words(error))
    start = error.position - 1
    words = _("At character %(n)d: %(what)s") % {"n": error.position, "what": error_words(error)}
    return Fault(words, formula[:start], formula[start : start + 1] or "␣", formula[start + 1 :])


def outcome_words(decision: Decision) -> str:
    """What a rule decides about a type, in a few words."""
    if not decision.included:
        return _("no planned maintenance")
    every = ngettext("every month", "every %(n)d months", decision.months or 0) % {"n": decision.months or 0}
    if decision.score is None:
        return _("%(every)s, not judged") % {"every": every}
    return _("%(every)s, stays in") % {"every": every} if decision.kept else every


def _line(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "devices": change.devices,
        "score": "–" if change.after.score is None else change.after.score,
        "before": outcome_words(change.before),
        "after": outcome_words(change.after),
        "why": change.after.why,
    }


def _effect(rule: InclusionRule | None, fault: Fault | None = None) -> dict[str, Any]:
    """The preview's context: a fault, or which types change against the rule in force."""
    if rule is None:
        return {"fault": fault}
    unknown = [name for name in rule.formula.names if name not in INPUTS]
    if unknown:
        words = _("The house does not record what this formula asks for: %(names)s.") % {"names": ", ".join(unknown)}
        return {"fault": Fault(words)}
    changes = compare_with_force(rule, timezone.localdate())
    return {
        "changed": [_line(change) for change in changes if change.differs],
        "same": [_line(change) for change in changes if not change.differs],
    }


def _effect_of_row(rule: Rule) -> dict[str, Any]:
    try:
        return _effect(rule.read())
    except RuleError as error:
        return _effect(None, fault_of(error, rule.formula))


@require_POST
@page(permissions.PLAN)
def preview_rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """What is typed, tried out on the real device types; nothing is saved."""
    rule = _rule(request, rule_id)
    context: dict[str, Any] = {"fault": Fault(_("Only who plans for every site may try a rule out."))}
    if _may_edit(request):
        context = _effect_of_form(rule, RuleForm(rule, request.POST))
    return render(request, "maintenance/_rule_effect.html", context)


def _effect_of_form(rule: Rule, form: RuleForm) -> dict[str, Any]:
    form.is_valid()
    wrong = [str(words) for name in ("formula", "included_from") for words in form.errors.get(name, [])]
    if wrong or form.band_errors:
        return _effect(None, Fault(" ".join([*wrong, *form.band_errors])))
    values = form.values() if "name" in form.cleaned_data else None
    if values is None:
        return _effect(None, Fault(_("The rule needs a name.")))
    bands = [Band(band["measure"], Decimal(band["low"]), band["months"]) for band in values["bands"]]
    try:
        read = read_rule(values["name"], rule.number, values["formula"], values["included_from"], bands)
    except RuleError as error:
        return _effect(None, fault_of(error, values["formula"]))
    return _effect(read)


# Pages --------------------------------------------------------------------------------------------------------------


@page(permissions.VIEW)
def rule_page(request: HttpRequest, rule_id: int) -> HttpResponse:
    rule = _rule(request, rule_id)
    may_edit = _may_edit(request)
    return render(
        request,
        "maintenance/rule.html",
        {
            "rule": rule,
            "meaning": RULE_MEANING[RuleState(rule.state)],
            "may_edit": may_edit,
            "may_change": may_edit and rule.state == RuleState.DRAFT and not rule.preset,
            "may_activate": may_edit and RuleState.ACTIVE in RULE_TRANSITIONS[rule.state],
            "is_in_force": rule.state == RuleState.ACTIVE,
            "earlier": Rule.objects.visible_to(request.user).filter(name=rule.name).exclude(pk=rule.pk),
            **(_effect_of_row(rule) if may_edit else {}),
        },
    )


@require_POST
@page(permissions.PLAN)
def copy_rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Begin a draft from this rule: its next version, or a copy of a preset."""
    draft = operations.draft_rule(by=request.user, copy_of=_rule(request, rule_id).pk)
    return go(request, reverse("edit-rule", args=[draft.pk]))


@page(permissions.PLAN)
def edit_rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    rule = _rule(request, rule_id)
    form = RuleForm(rule, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        operations.change_rule(
            by=request.user, rule_id=rule.pk, expected_version=cleaned["expected_version"], **form.values()
        )
        return reverse("rule", args=[rule.pk])

    return form_page(
        request,
        form,
        run,
        title=_("Change “%(rule)s”") % {"rule": rule},
        submit=_("Save the draft"),
        template="maintenance/rule_form.html",
        cancel_url=reverse("rule", args=[rule.pk]),
        intro=_("A draft proposes nothing until it is put in force. Below you see at once what it would change."),
        rule=rule,
        inputs=INPUT_WORDS.items(),
    )


@page(permissions.PLAN)
def activate_rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    rule = _rule(request, rule_id)
    form = ActivateRuleForm(request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        operations.activate_rule(by=request.user, rule_id=rule.pk, reason=cleaned["reason"])
        return reverse("rule", args=[rule.pk])

    return form_page(
        request,
        form,
        run,
        title=_("Put “%(rule)s” in force?") % {"rule": rule},
        submit=_("Approve and put in force"),
        cancel_url=reverse("rule", args=[rule.pk]),
        intro=_(
            "From then on plans are proposed by it; the rule in force now is set aside. Plans that are there stay as "
            "they are."
        ),
    )
