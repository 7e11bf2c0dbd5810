"""Forms of plans and of the work made from them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.assets.models import Asset, DeviceModel, DeviceType
from wardwright.apps.directory.models import Person, Site
from wardwright.apps.maintenance.models import Plan
from wardwright.apps.maintenance.permissions import PLAN
from wardwright.apps.maintenance.states import (
    AppliesTo,
    Basis,
    IntervalKind,
    Priority,
    Strategy,
)
from wardwright.apps.testing.models import Procedure
from wardwright.platform.access.guardrails import OVERRIDE
from wardwright.platform.access.scope import Scope, allowed
from wardwright.platform.core.errors import Guarded, Refused
from wardwright.web.views import OnceForm


def _field(form: forms.Form, name: str) -> Any:
    """A field whose choices depend on who asks."""
    return form.fields[name]


DATE = forms.DateInput(attrs={"type": "date"})
NOT_LOCATED_AGAIN_DAYS = 5


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
