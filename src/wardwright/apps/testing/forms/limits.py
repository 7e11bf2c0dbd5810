"""Choosing from the table of limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.testing.models import OwnLimit
from wardwright.apps.testing.queries import (
    CLASSES,
    LIMIT_FIELDS,
    Preview,
    asked_words,
    decision_rules,
    limit_choices,
    limit_title,
    previews,
)
from wardwright.apps.testing.states import PartType, SafetyTest
from wardwright.kernel.limits import SafetyLimit, shipped_limits
from wardwright.kernel.metrology import Rule
from wardwright.web.row_forms import RowForm
from wardwright.web.views import OnceForm


def rules_to_choose() -> list[tuple[str, str]]:
    """The decision rules for a step; that for screening passes what is beyond its limit and is not offered."""
    offered = [("" if rule == Rule.SIMPLE else rule, words) for rule, words in decision_rules()]
    return [one for one in offered if one[0] != Rule.UNCRITICAL]


def as_choice(limit: Mapping[str, str] | None) -> str:
    """A test of the table of limits as the value of a choice."""
    return "|".join(limit.get(name, "") for name in LIMIT_FIELDS) if limit else ""


def of_choice(text: str) -> dict[str, str]:
    """The test of the table that was chosen."""
    return {name: value for name, value in zip(LIMIT_FIELDS, text.split("|"), strict=False) if value}


def limits_to_choose(now: str) -> list[tuple[str, Any]]:
    """Figures of one's own, or a test of the table of limits, by standard; ``now`` is what stands there already."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in limit_choices(timezone.localdate()):
        groups.setdefault(one.standard, []).append((as_choice(one.limit), one.words))
    limit = of_choice(now)
    if {"standard", "test"} <= {*limit} and now not in {value for group in groups.values() for value, _words in group}:
        groups.setdefault(limit_title(limit), []).append((now, asked_words(limit)))
    return [("", _("figures entered below")), *groups.items()]


def previews_of(choice: str, table: tuple[SafetyLimit, ...] | None = None) -> list[Preview]:
    """What a chosen test comes to; nothing for one that the table does not have."""
    try:
        return list(previews(of_choice(choice), timezone.localdate(), table)) if choice else []
    except (ValueError, KeyError):
        return []


class AskForm(forms.Form):
    """Which limit applies, and what does a reading come to?"""

    limit = forms.ChoiceField(label=gettext_lazy("Test"))
    equipment_class = forms.ChoiceField(
        label=gettext_lazy("Electrical class"), choices=[(one.value, one.label) for one in CLASSES]
    )
    applied_part = forms.ChoiceField(label=gettext_lazy("Applied part"), choices=PartType.choices, required=False)
    value = forms.CharField(
        label=gettext_lazy("Reading"), required=False, max_length=20, help_text=gettext_lazy("With its unit: 0.42 mA.")
    )
    mains_volts = forms.CharField(label=gettext_lazy("Mains voltage"), required=False, max_length=10)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["limit"].choices = limits_to_choose("")[1:]  # type: ignore[attr-defined]


class FilterForm(forms.Form):
    """Which limits the list shows."""

    standard = forms.ChoiceField(label=gettext_lazy("Standard"), required=False)
    test = forms.ChoiceField(label=gettext_lazy("Test"), required=False)
    own = forms.BooleanField(label=gettext_lazy("Only our own"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        titles = dict.fromkeys(row.title for row in shipped_limits())
        self.fields["standard"].choices = [("", _("all")), *((one, one) for one in titles)]  # type: ignore[attr-defined]
        self.fields["test"].choices = [("", _("all")), *SafetyTest.choices]  # type: ignore[attr-defined]


class OwnLimitForm(RowForm):
    """A limit of the hospital's own."""

    model = OwnLimit
    columns = (
        "standard", "edition", "test", "equipment_class", "applied_part", "method", "condition", "equipment", "low",
        "high", "unit", "valid_from", "source",
    )  # fmt: skip
    override_reason = forms.CharField(
        label=gettext_lazy("If it is looser than the standard: why"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Only for who may override guardrails. Shown wherever the limit is used."),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.order_fields([*self.columns, "override_reason"])
        known = dict.fromkeys(row.standard for row in shipped_limits())
        self.fields["standard"] = forms.ChoiceField(label=gettext_lazy("Standard"), choices=[(n, n) for n in known])
        self.order_fields([*self.columns, "override_reason"])


class EndLimitForm(OnceForm):
    """Until when, and why not longer."""

    valid_until = forms.DateField(label=gettext_lazy("Holds until"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=gettext_lazy("Why it ends"), max_length=300)
