"""Forms of procedures and their steps."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.assets.models import DeviceType
from wardwright.apps.testing.queries import Preview, by_table, limit_table
from wardwright.apps.testing.states import Section, StepKind
from wardwright.kernel.limits import SafetyLimit
from wardwright.web.grids import Grid
from wardwright.web.views import OnceForm

from .cells import CommaDecimal
from .limits import as_choice, limits_to_choose, of_choice, previews_of, rules_to_choose


class ProcedureForm(OnceForm):
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=40, help_text=gettext_lazy("Short and lasting, for example PM-INF-01.")
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=160)
    device_type = forms.ModelChoiceField(
        DeviceType._default_manager.none(),
        label=gettext_lazy("For the type"),
        required=False,
        empty_label=gettext_lazy("any device"),
    )

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["device_type"].queryset = DeviceType.objects.visible_to(by).filter(merged_into__isnull=True)


class ApproveForm(OnceForm):
    """A signature: the password again, at this moment (21 CFR 11.200)."""

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=gettext_lazy("Your name, the time and the meaning “approved” are kept with exactly this text."),
    )


# The step editor ------------------------------------------------------------------------------------------------


class VersionForm(forms.Form):
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    minutes = forms.IntegerField(label=gettext_lazy("Usual time (minutes)"), min_value=1, max_value=2000)
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Maker's manual, standard or house rule."),
    )
    needs_certificate = forms.BooleanField(
        label=gettext_lazy("Leaves a certificate: chased until it is attached"), required=False
    )


class StepForm(forms.Form):
    """One step. The key stays the same over versions; left empty it is made from the text."""

    table: tuple[SafetyLimit, ...] | None = None  # the editor reads it once for all its steps

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    text = forms.CharField(label=gettext_lazy("What to do or to check"), max_length=300)
    section = forms.ChoiceField(label=gettext_lazy("Part of the work"), choices=Section.choices)
    kind = forms.ChoiceField(label=gettext_lazy("Answer"), choices=StepKind.choices)
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=20, required=False)
    low = CommaDecimal(label=gettext_lazy("Not below"), required=False, max_digits=14, decimal_places=4)
    high = CommaDecimal(label=gettext_lazy("Not above"), required=False, max_digits=14, decimal_places=4)
    limit_source = forms.CharField(label=gettext_lazy("Where the limit comes from"), max_length=120, required=False)
    limit = forms.ChoiceField(
        label=gettext_lazy("Limit"),
        required=False,
        help_text=gettext_lazy("A test of the table is looked up for each device: by its class and its applied parts."),
    )
    rule = forms.ChoiceField(label=gettext_lazy("Decision rule"), required=False, choices=rules_to_choose)
    quantity = forms.CharField(
        label=gettext_lazy("Compared as"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Readings of one quantity are compared over the years. The step itself if empty."),
    )
    choices = forms.CharField(
        label=gettext_lazy("Choices"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One on each line. Begin those that fail with !"),
    )
    help = forms.CharField(label=gettext_lazy("How"), max_length=300, required=False)
    required = forms.BooleanField(label=gettext_lazy("Must be done"), required=False, initial=True)
    needs_instrument = forms.BooleanField(label=gettext_lazy("Taken with a test instrument"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        limit = self.fields["limit"]
        limit.choices = limits_to_choose(self["limit"].value() or "")  # type: ignore[attr-defined]
        preview = {"hx-get": reverse("limit-preview"), "hx-target": "next .limit-preview", "hx-trigger": "change"}
        limit.widget.attrs |= preview

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        low, high, kind = cleaned.get("low"), cleaned.get("high"), cleaned.get("kind")
        if low is not None and high is not None and low > high:
            self.add_error("high", _("This is below the lower limit."))
        if kind == StepKind.READING and not cleaned.get("unit") and not cleaned.get("limit"):
            self.add_error("unit", _("Enter the unit of the reading, for example µA."))
        if kind == StepKind.CHOICE and len(lines(cleaned.get("choices", ""))) < 2:
            self.add_error("choices", _("Enter at least two choices, one on each line."))
        return cleaned

    @property
    def previews(self) -> list[Preview]:
        """What the chosen test comes to, for each class and applied part."""
        return previews_of(self["limit"].value() or "", self.table)

    def data_of(self, taken: set[str]) -> dict[str, Any]:
        """This step as the operation takes it; ``taken`` collects the keys already used."""
        cleaned = self.cleaned_data
        key = cleaned["key"] or key_from(cleaned["text"], taken)
        taken.add(key)
        reading = cleaned["kind"] == StepKind.READING
        limit = of_choice(cleaned["limit"]) if reading else {}
        figures = reading and not limit
        return {
            **{name: cleaned[name] for name in ("section", "kind", "text", "help", "required")},
            "needs_instrument": cleaned["needs_instrument"] and reading,
            "key": key,
            "unit": cleaned["unit"] if figures else "",
            "low": cleaned["low"] if figures else None,
            "high": cleaned["high"] if figures else None,
            "limit_source": cleaned["limit_source"] if figures else "",
            "limit": limit,
            "rule": cleaned["rule"] if reading else "",
            "quantity": cleaned["quantity"] if reading else "",
            "choices": lines(cleaned["choices"]) if cleaned["kind"] == StepKind.CHOICE else [],
        }


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def key_from(text: str, taken: set[str]) -> str:
    """A short key made from a step's words that is not yet taken."""
    base = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:32].strip("-") or "step"
    key, n = base, 2
    while key in taken:
        key, n = f"{base}-{n}", n + 1
    return key


class StepEditor(Grid):
    """The rows of the step editor: read from a version or from what was sent, changed by its buttons, then saved."""

    row_form = StepForm
    prefix = "s"

    @classmethod
    def of_steps(cls, steps: list[dict[str, Any]]) -> StepEditor:
        return cls.of(
            {
                **step,
                "choices": "\n".join(step.get("choices") or []),
                "limit": as_choice(step["limit"]) if by_table(step) else "",
            }
            for step in steps
        )

    def numbered(self) -> list[tuple[int, Any]]:
        """The rows, with one table of limits for all of them."""
        table = limit_table()
        for form in self.rows.values():
            form.table = table
        return super().numbered()

    def new_entry(self, last: StepForm | None) -> dict[str, Any]:
        section = last["section"].value() if last else Section.VISUAL
        return {"section": section, "kind": StepKind.CHECK, "required": True}

    def data(self) -> list[dict[str, Any]]:
        taken = {form.cleaned_data["key"] for form in self.rows.values() if form.cleaned_data["key"]}
        return [form.data_of(taken) for form in self.rows.values()]
