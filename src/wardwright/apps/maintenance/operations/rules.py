"""Inclusion rules: drafted from another rule, changed while they are drafts, and put in force with a reason."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.maintenance.models import Rule
from wardwright.apps.maintenance.permissions import PLAN
from wardwright.apps.maintenance.queries.inclusion import row_in_force
from wardwright.apps.maintenance.states import RULE_TRANSITIONS, RuleState
from wardwright.kernel.risk import INPUTS, RuleError, preset_rule, preset_source, presets
from wardwright.platform.access.scope import Scope, authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Invalid, NotNow
from wardwright.platform.core.values import cleaned
from wardwright.platform.core.words import error_words

CHANGEABLE = ("name", "formula", "included_from", "bands", "source")


@operation()
def draft_rule(*, by: Any, copy_of: int | None = None, **values: Any) -> Rule:
    """Begin a draft from another rule (or preset A), with ``values`` in place of what it has.

    A rule of the house goes on under its name as the next version; a preset is copied under a name of its own.

    Raises:
        Invalid: for values that make no rule. NotNow: when the name has a draft already. Denied.
    """
    authorize(by, PLAN, Scope())
    source = lock(Rule.objects, copy_of) if copy_of else None
    rule = Rule(**_copied(source))
    for name, value in _cleaned(rule, values).items():
        setattr(rule, name, value)
    _check_name(rule.name)
    if Rule.objects.filter(name=rule.name, state=RuleState.DRAFT).exists():
        raise NotNow(
            _("“%(name)s” has a draft already.") % {"name": rule.name},
            _("Go on with that draft, or choose another name."),
        )
    rule.number = 1 + (Rule.objects.filter(name=rule.name).aggregate(last=Max("number"))["last"] or 0)
    if set(values) - {"name"}:
        check_rule(rule)
    rule.save()
    return rule


def _copied(source: Rule | None) -> dict[str, Any]:
    if source is None:
        return {"name": _("House rule"), **_preset_values("A"), "source": ""}
    name = _("House rule after %(preset)s") % {"preset": source.name} if source.preset else source.name
    return {
        "name": name,
        "formula": source.formula,
        "included_from": source.included_from,
        "bands": source.bands,
        "source": source.source,
    }


def _preset_values(code: str) -> dict[str, Any]:
    """A preset's parts as a row holds them; bands without months (a priority in words) are left out."""
    rule = preset_rule(code)
    bands = [band for band in rule.bands if isinstance(band.value, int)]
    label, source = preset_source(code)
    return {
        "formula": rule.formula.text,
        "included_from": rule.included_from,
        "bands": [{"measure": band.measure, "low": str(band.low), "months": band.value} for band in bands],
        "source": f"{label}. {source}"[:300],
    }


@operation()
def change_rule(*, by: Any, rule_id: int, expected_version: int | None = None, **values: Any) -> Rule:
    """Change a draft. A rule that is or was in force stays as it was: begin its next version.

    Raises:
        Invalid, NotNow, StaleEdit, Denied.
    """
    authorize(by, PLAN, Scope())
    rule = lock(Rule.objects, rule_id)
    if rule.preset or rule.state != RuleState.DRAFT:
        raise NotNow(
            _("%(rule)s is %(state)s and no longer changes.") % {"rule": rule, "state": rule.get_state_display()},
            _("Begin a new version from it."),
        )
    good = _cleaned(rule, values)
    if "name" in good and good["name"] != rule.name:
        _check_name(good["name"])
        if Rule.objects.filter(name=good["name"]).exists():
            raise Invalid(_("There is a rule of this name."), fields={"name": _("Choose another name.")})
        good["number"] = 1
    trial = Rule.objects.get(pk=rule.pk)
    for name, value in good.items():
        setattr(trial, name, value)
    check_rule(trial)
    apply_edit(rule, good, expected_version=expected_version)
    return rule


@operation(needs_reason=True)
def activate_rule(*, by: Any, rule_id: int, reason: str) -> Rule:
    """Approve a rule and put it in force; the one that was in force is set aside in the same change.

    Plans that are there stay as they are: the rule decides what is proposed from now on.

    Raises:
        NotNow: when it is in force already. Invalid: when it cannot be used, or without a reason. Denied.
    """
    authorize(by, PLAN, Scope())
    rule = lock(Rule.objects, rule_id)
    if RuleState.ACTIVE not in RULE_TRANSITIONS[rule.state]:
        raise NotNow(_("%(rule)s is in force already.") % {"rule": rule}, _("Reload the page to see what changed."))
    check_rule(rule)
    before = row_in_force()
    if before is not None:
        apply_edit(lock(Rule.objects, before.pk), {"state": RuleState.ASIDE})
    values = {
        "state": RuleState.ACTIVE,
        "approved_at": timezone.now(),
        "approved_by_name": str(by)[:120],
        "approval_reason": reason.strip()[:300],
    }
    apply_edit(rule, values)
    return rule


def check_rule(rule: Rule) -> None:
    """Refuse a rule that cannot be used, naming the entry; for the formula with the position of the fault.

    Raises:
        Invalid.
    """
    try:
        read = rule.read()
    except RuleError as error:
        words = error_words(error)
        if error.position:
            words = _("at character %(n)d: %(what)s") % {"n": error.position, "what": words}
        raise Invalid(_("The rule cannot be used."), words, fields={error.field: words}) from None
    unknown = [name for name in read.formula.names if name not in INPUTS]
    if unknown:
        raise Invalid(
            _("The house does not record what this formula asks for: %(names)s.") % {"names": ", ".join(unknown)},
            _("Copy the rule, and write its formula with: %(names)s.") % {"names": ", ".join(INPUTS)},
        )


def _cleaned(rule: Rule, values: dict[str, Any]) -> dict[str, Any]:
    good = cleaned(rule, values, CHANGEABLE)
    if "bands" in good:
        good["bands"] = [_band(band) for band in good["bands"]]
    return good


def _band(band: Any) -> dict[str, Any]:
    """One interval as the row holds it."""
    try:
        low, months = Decimal(str(band["low"]).replace(",", ".")), int(str(band["months"]))
        return {"measure": str(band.get("measure") or "score"), "low": f"{low.normalize():f}", "months": months}
    except (InvalidOperation, ValueError, KeyError, TypeError, AttributeError):
        words = _("Each interval has the points it begins at and a whole number of months.")
        raise Invalid(words, fields={"bands": words}) from None


def _check_name(name: str) -> None:
    if name in {f"Preset {code}" for code, _figure in presets()}:
        raise Invalid(
            _("“%(name)s” is the name of a shipped preset.") % {"name": name},
            _("Choose another name."),
            fields={"name": _("Choose another name.")},
        )


def new_presets() -> list[Rule]:
    """The shipped presets that the house has no row of yet; A is in force until another one is."""
    there = set(Rule.objects.exclude(preset="").values_list("preset", flat=True))
    none_in_force = row_in_force() is None
    return [
        Rule(
            name=f"Preset {code}",
            preset=code,
            state=RuleState.ACTIVE if code == "A" and none_in_force else RuleState.ASIDE,
            **_preset_values(code),
        )
        for code, _figure in presets()
        if code not in there
    ]
