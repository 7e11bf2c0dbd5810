"""Forms of work orders, plans and codes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.assets.models import Asset, DeviceModel, DeviceType
from wardwright.apps.directory.models import Person, Site
from wardwright.apps.testing.models import Procedure
from wardwright.platform.access.guardrails import OVERRIDE
from wardwright.platform.access.scope import Scope, allowed
from wardwright.platform.core.errors import Guarded, Refused
from wardwright.web.views import OnceForm

from .models import FailureCode, Plan, WorkOrder
from .permissions import PLAN
from .states import AppliesTo, AttemptKind, Basis, CodeKind, HoldReason, IntervalKind, Priority, Strategy


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


# Plans ----------------------------------------------------------------------------------------------------------

MONTHS = [(str(n), date(2000, n, 1)) for n in range(1, 13)]


class PlanForm(OnceForm):
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=160)
    applies_to = forms.ChoiceField(
        label=gettext_lazy("For which devices?"), choices=AppliesTo.choices, widget=forms.RadioSelect
    )
    device_type = forms.ModelChoiceField(
        DeviceType._default_manager.none(),
        label=gettext_lazy("Device type"),
        required=False,
        empty_label=gettext_lazy("choose"),
    )
    model = forms.CharField(
        label=gettext_lazy("Model"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("Its name or catalogue number; with the maker if several are called so."),
    )
    asset_tag = forms.CharField(label=gettext_lazy("Asset number"), required=False, max_length=60)
    site = forms.ModelChoiceField(
        Site._default_manager.none(),
        label=gettext_lazy("Only at the site"),
        required=False,
        empty_label=gettext_lazy("every site"),
    )
    procedure = forms.ModelChoiceField(
        Procedure._default_manager.none(),
        label=gettext_lazy("Procedure"),
        required=False,
        empty_label=gettext_lazy("none yet"),
    )
    strategy = forms.ChoiceField(label=gettext_lazy("Strategy"), choices=Strategy.choices)
    interval_kind = forms.ChoiceField(label=gettext_lazy("Counted in"), choices=IntervalKind.choices)
    interval = forms.IntegerField(label=gettext_lazy("Interval"), min_value=1, max_value=100_000, initial=12)
    season_months = forms.MultipleChoiceField(
        label=gettext_lazy("Months of the year"), required=False, widget=forms.CheckboxSelectMultiple
    )
    season_day = forms.IntegerField(label=gettext_lazy("Day of the month"), min_value=1, max_value=31, initial=1)
    basis = forms.ChoiceField(label=gettext_lazy("Next date"), choices=Basis.choices, widget=forms.RadioSelect)
    window_before_days = forms.IntegerField(
        label=gettext_lazy("May be done earlier by"),
        min_value=0,
        max_value=365,
        widget=forms.NumberInput(attrs={"data-unit": gettext_lazy("days")}),
    )
    window_after_days = forms.IntegerField(
        label=gettext_lazy("Still on schedule after the due date for"),
        min_value=0,
        max_value=365,
        widget=forms.NumberInput(attrs={"data-unit": gettext_lazy("days")}),
    )
    grace_days = forms.IntegerField(
        label=gettext_lazy("Then out of compliance after"),
        min_value=0,
        max_value=365,
        widget=forms.NumberInput(attrs={"data-unit": gettext_lazy("days")}),
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Usual time"),
        min_value=1,
        max_value=2000,
        widget=forms.NumberInput(attrs={"data-unit": "min"}),
    )
    required_tier = forms.ChoiceField(label=gettext_lazy("Done by at least"), required=False)
    priority = forms.TypedChoiceField(label=gettext_lazy("Priority"), coerce=int, choices=Priority.choices)
    why = forms.CharField(
        label=gettext_lazy("Why this plan"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The evidence: maker's manual, standard, or the reasons for another interval."),
    )

    override_reason = forms.CharField(
        label=gettext_lazy("Save it all the same, because"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Kept in the history with your name."),
    )
    may_override = False

    SECTIONS = (
        (gettext_lazy("Which devices"), ("name", "applies_to", "device_type", "model", "asset_tag", "site")),
        (
            gettext_lazy("What and how often"),
            ("procedure", "strategy", "interval_kind", "interval", "season_months", "season_day", "basis"),
        ),
        (gettext_lazy("When it counts as on schedule"), ("window_before_days", "window_after_days", "grace_days")),
        (gettext_lazy("Effort and reasons"), ("minutes", "required_tier", "priority", "why")),
    )
    PLAIN = (
        "name",
        "applies_to",
        "strategy",
        "interval_kind",
        "interval",
        "season_day",
        "basis",
        "window_before_days",
        "window_after_days",
        "grace_days",
        "minutes",
        "required_tier",
        "priority",
        "why",
    )

    def __init__(self, by: Any, *args: Any, plan: Plan | None = None, **kwargs: Any):
        kwargs.setdefault("initial", initial_of_plan(plan))
        super().__init__(*args, **kwargs)
        self.by = by
        self.found_model: DeviceModel | None = None
        self.found_asset: Asset | None = None
        _field(self, "device_type").queryset = DeviceType.objects.visible_to(by).filter(merged_into__isnull=True)
        _offer_sites(self, by)
        _field(self, "procedure").queryset = Procedure.objects.visible_to(by)
        _field(self, "season_months").choices = [(n, _month(day)) for n, day in MONTHS]
        tiers = [choice for choice in Person.Tier.choices if choice[0] != Person.Tier.NONE]
        _field(self, "required_tier").choices = [("", _("anybody")), *tiers]
        if plan is None or plan.applies_to != AppliesTo.FILTER:
            _field(self, "applies_to").choices = [c for c in AppliesTo.choices if c[0] != AppliesTo.FILTER]

    def refuse(self, error: Refused) -> None:
        """Put a refusal beside this form's own fields; a guardrail that may be overridden asks for the reason."""
        own = {"device_model": "model", "asset": "asset_tag"}
        error.fields = {own.get(name, name): words for name, words in error.fields.items()}
        super().refuse(error)
        self.may_override = isinstance(error, Guarded) and allowed(self.by, OVERRIDE)

    @property
    def sections(self) -> list[tuple[Any, list[Any]]]:
        return [(title, [self[name] for name in names]) for title, names in self.SECTIONS]

    def clean_model(self) -> str:
        text = self.cleaned_data["model"].strip()
        if text and self.data.get("applies_to") == AppliesTo.MODEL:
            self.found_model = self._one_model(text)
        return text

    def _one_model(self, text: str) -> DeviceModel:
        rows = DeviceModel.objects.visible_to(self.by).filter(merged_into__isnull=True).select_related("maker")
        exact = list(rows.filter(name__iexact=text)[:6]) or list(rows.filter(catalogue_no__iexact=text)[:6])
        found = exact or [row for row in rows.filter(name__icontains=text.split()[-1])[:200] if _named(row, text)][:6]
        if len(found) == 1:
            return found[0]
        if not found:
            raise forms.ValidationError(_("No model is called so. Check the name on the device's page."))
        names = "; ".join(f"{row.maker} {row.name}" for row in found[:5])
        raise forms.ValidationError(
            _("Several models fit: %(names)s. Enter the maker and the whole name.") % {"names": names}
        )

    def clean_asset_tag(self) -> str:
        tag = self.cleaned_data["asset_tag"].strip()
        if tag and self.data.get("applies_to") == AppliesTo.ASSET:
            self.found_asset = Asset.objects.visible_to(self.by).filter(tag=tag).first()
            if self.found_asset is None:
                raise forms.ValidationError(_("No device has this number. Check the tag."))
        return tag

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        needed = {"type": "device_type", "model": "model", "asset": "asset_tag"}.get(cleaned.get("applies_to", ""))
        if needed and not cleaned.get(needed) and needed not in self.errors:
            self.add_error(needed, _("Say which one."))
        if cleaned.get("interval_kind") == IntervalKind.SEASONAL and not cleaned.get("season_months"):
            self.add_error("season_months", _("Choose at least one month."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """The plan's fields as the operations take them; what does not apply is emptied."""
        cleaned = self.cleaned_data
        kind = cleaned["applies_to"]
        return {
            **{name: cleaned[name] for name in self.PLAIN},
            "season_months": [int(n) for n in cleaned["season_months"]],
            "site_id": _pk(cleaned["site"]),
            "procedure_id": _pk(cleaned["procedure"]),
            "device_type_id": _pk(cleaned["device_type"]) if kind == AppliesTo.TYPE else None,
            "device_model_id": _pk(self.found_model) if kind == AppliesTo.MODEL else None,
            "asset_id": _pk(self.found_asset) if kind == AppliesTo.ASSET else None,
        }


def _pk(row: Any) -> int | None:
    return None if row is None else row.pk


def _named(row: DeviceModel, text: str) -> bool:
    return f"{row.maker} {row.name}".casefold() == text.casefold()


def _month(day: date) -> str:
    from django.utils.formats import date_format

    return date_format(day, "F")


def initial_of_plan(plan: Plan | None) -> dict[str, Any]:
    """What the form shows at first: the plan, or the defaults of a new one."""
    source = plan or Plan()
    names = [*PlanForm.PLAIN, "device_type", "site", "procedure"]
    initial = {name: getattr(source, name) for name in names}
    initial["season_months"] = [str(n) for n in source.season_months]
    if plan is not None:
        initial["expected_version"] = plan.version
        initial["model"] = f"{plan.device_model.maker} {plan.device_model}" if plan.device_model else ""
        initial["asset_tag"] = plan.asset.tag if plan.asset else ""
    return initial


class GenerateForm(OnceForm):
    until = forms.DateField(
        label=gettext_lazy("Until"),
        widget=DATE,
        help_text=gettext_lazy("Work that is already there stays as it is; a second run makes nothing new."),
    )
    site = forms.ModelChoiceField(
        Site._default_manager.none(), label=gettext_lazy("Site"), required=False, empty_label=gettext_lazy("every site")
    )

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _field(self, "site").queryset = Site.objects.visible_to(by)

    def clean_until(self) -> date:
        until = self.cleaned_data["until"]
        today = timezone.localdate()
        if until < today:
            raise forms.ValidationError(_("Enter a day that is still to come."))
        if until > today + timedelta(days=3 * 366):
            raise forms.ValidationError(_("Enter a day within three years: later dates change with every repair."))
        return until


class ProposeForm(OnceForm):
    site = forms.ModelChoiceField(
        Site._default_manager.none(), label=gettext_lazy("Site"), required=False, empty_label=gettext_lazy("every site")
    )

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _offer_sites(self, by)


def _offer_sites(form: forms.Form, by: Any) -> None:
    """The sites in reach; "every site" only to those who plan everywhere."""
    field = _field(form, "site")
    field.queryset = Site.objects.visible_to(by)
    if not allowed(by, PLAN, Scope()):
        field.required, field.empty_label = True, None


def codes_for_closing(by: Any, order: WorkOrder) -> dict[str, list[FailureCode]]:
    """Kind → the codes in use, and the one already chosen."""
    chosen = {order.problem_id, order.cause_id, order.action_id}
    found: dict[str, list[FailureCode]] = {kind: [] for kind in CodeKind.values}
    for code in FailureCode.objects.visible_to(by):
        if code.is_active or code.pk in chosen:
            found[code.kind].append(code)
    return found
