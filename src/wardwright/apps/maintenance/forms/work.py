"""Forms of work orders."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.directory.models import Person
from wardwright.apps.maintenance.models import FailureCode, WorkOrder
from wardwright.apps.maintenance.states import (
    AttemptKind,
    CodeKind,
    HoldReason,
    Priority,
)
from wardwright.web.views import OnceForm


def _field(form: forms.Form, name: str) -> Any:
    """A field whose choices depend on who asks."""
    return form.fields[name]


DATE = forms.DateInput(attrs={"type": "date"})
NOT_LOCATED_AGAIN_DAYS = 5


def servicing_people(by: Any) -> Any:
    """The people work can be given to."""
    return Person.objects.visible_to(by).filter(is_active=True).exclude(tier=Person.Tier.NONE)


class ReasonForm(OnceForm):
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class AssignForm(OnceForm):
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    person = forms.ModelChoiceField(
        Person._default_manager.none(),
        label=gettext_lazy("Who does it"),
        empty_label=gettext_lazy("nobody yet"),
        required=False,
    )

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _field(self, "person").queryset = servicing_people(by)
        _field(self, "person").label_from_instance = lambda p: f"{p.name} ({p.get_tier_display()})"


class RescheduleForm(OnceForm):
    due_on = forms.DateField(label=gettext_lazy("New due date"), widget=DATE)
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Kept in the history. The figures still count from the first due date."),
    )


class PlanWorkForm(OnceForm):
    """The day work is to be done, and by whom. ``seen`` is what the reader was told about that choice."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    planned_on = forms.DateField(
        label=gettext_lazy("Day"),
        widget=DATE,
        required=False,
        help_text=gettext_lazy("Empty: the day on which it is due. The due date itself does not move."),
    )
    person = forms.ChoiceField(label=gettext_lazy("Who does it"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Needed for a day outside the window. Kept in the history."),
    )

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        people = [(str(person.pk), str(person)) for person in servicing_people(by)]
        stays: list[tuple[str, Any]] = [("", _("as it is")), ("none", _("nobody"))]
        _field(self, "person").choices = stays + people


class HoldForm(OnceForm):
    hold_reason = forms.ChoiceField(
        label=gettext_lazy("What does it wait for?"), choices=HoldReason.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)


class AttemptForm(OnceForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("Why could it not be done?"), choices=AttemptKind.choices, widget=forms.RadioSelect
    )
    next_try_on = forms.DateField(label=gettext_lazy("Try again on"), required=False, widget=DATE)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    @staticmethod
    def initial_for(kind: str, today: date) -> dict[str, Any]:
        """The likely entry for a kind, so that one tap records it."""
        days = NOT_LOCATED_AGAIN_DAYS if kind == AttemptKind.NOT_LOCATED else 1
        return {
            "kind": kind if kind in AttemptKind.values else AttemptKind.IN_USE,
            "next_try_on": today + timedelta(days=days),
        }


class LabourForm(OnceForm):
    minutes = forms.IntegerField(
        label=gettext_lazy("Time spent"),
        min_value=1,
        max_value=6000,
        widget=forms.NumberInput(attrs={"data-unit": "min"}),
    )
    person = forms.ModelChoiceField(
        Person._default_manager.none(), label=gettext_lazy("Who"), required=False, empty_label=gettext_lazy("me")
    )
    on = forms.DateField(label=gettext_lazy("Day"), widget=DATE)

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _field(self, "person").queryset = servicing_people(by)


class MoneyField(forms.CharField):
    """An amount typed with a comma or a point; cleaned to minor units (cents)."""

    def __init__(self, **kwargs: Any):
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **kwargs)

    def clean(self, value: Any) -> int | None:
        text = super().clean(value).replace("\u00a0", "").replace(" ", "").replace(",", ".")
        if not text:
            return None
        try:
            cents = Decimal(text) * 100
        except InvalidOperation:
            raise forms.ValidationError(_("Enter an amount, for example 12.50")) from None
        if cents != cents.to_integral_value() or not 0 <= cents < 10**12:
            raise forms.ValidationError(_("Enter an amount with at most two decimals, for example 12.50"))
        return int(cents)


class PartForm(OnceForm):
    name = forms.CharField(label=gettext_lazy("Part"), max_length=160)
    part_no = forms.CharField(label=gettext_lazy("Part number"), max_length=80, required=False)
    quantity = forms.IntegerField(label=gettext_lazy("How many"), min_value=1, max_value=10_000, initial=1)
    unit_cost_cents = MoneyField(label=gettext_lazy("Price of one"), required=False)
    used_again = forms.BooleanField(label=gettext_lazy("Taken from another device"), required=False)


#: The four priorities in the words of somebody who stands beside the device (WHO 2025: 2, 7, 30 and 90 days).
HOW_SOON = [
    (Priority.EMERGENT.value, gettext_lazy("Now: a patient needs it")),
    (Priority.URGENT.value, gettext_lazy("This week")),
    (Priority.ROUTINE.value, gettext_lazy("This month")),
    (Priority.LONG_TERM.value, gettext_lazy("When there is time")),
]


class ReportForm(OnceForm):
    """A problem with one device. The symptom first; words only if wanted."""

    title = forms.CharField(
        label=gettext_lazy("What is wrong?"),
        max_length=200,
        help_text=gettext_lazy("For example: alarm will not stop."),
    )
    problem = forms.ModelChoiceField(
        FailureCode._default_manager.none(),
        label=gettext_lazy("Kind of problem"),
        required=False,
        empty_label=gettext_lazy("not sure"),
    )
    priority = forms.TypedChoiceField(
        label=gettext_lazy("How soon?"),
        coerce=int,
        choices=HOW_SOON,
        initial=Priority.ROUTINE,
        widget=forms.RadioSelect,
    )
    unsafe = forms.BooleanField(
        label=gettext_lazy("It is not safe to use"),
        required=False,
        help_text=gettext_lazy("The device is then taken out of service at once."),
    )
    description = forms.CharField(
        label=gettext_lazy("More about it"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _field(self, "problem").queryset = FailureCode.objects.visible_to(by).filter(
            kind=CodeKind.PROBLEM, is_active=True
        )
        _field(self, "problem").label_from_instance = lambda code: code.label
        if not _field(self, "problem").queryset.exists():
            del self.fields["problem"]


class VerifyForm(OnceForm):
    passed = forms.TypedChoiceField(
        label=gettext_lazy("Does the device work safely again?"),
        coerce=lambda v: v == "yes",
        widget=forms.RadioSelect,
        choices=[("yes", gettext_lazy("Yes, return it to service")), ("no", gettext_lazy("No, back to repair"))],
    )
    note = forms.CharField(label=gettext_lazy("What you checked"), max_length=300, required=False)
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=gettext_lazy("Signs the verification with your name and the time."),
    )


def codes_for_closing(by: Any, order: WorkOrder) -> dict[str, list[FailureCode]]:
    """Kind → the codes in use, and the one already chosen."""
    chosen = {order.problem_id, order.cause_id, order.action_id}
    found: dict[str, list[FailureCode]] = {kind: [] for kind in CodeKind.values}
    for code in FailureCode.objects.visible_to(by):
        if code.is_active or code.pk in chosen:
            found[code.kind].append(code)
    return found
