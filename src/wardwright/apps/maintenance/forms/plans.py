"""Forms of plans and of the work made from them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.assets.models import Asset, DeviceModel, DeviceType
from wardwright.apps.assets.queries import types_in_use
from wardwright.apps.directory.models import Person, Site
from wardwright.apps.maintenance.models import Plan
from wardwright.apps.maintenance.permissions import PLAN
from wardwright.apps.maintenance.queries.reach import LISTED
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

from .choosing import MODEL_ATTRS, TYPE_ATTRS, model_name, one_model, one_type
from .filters import FilterForm, initial_of_filter


def _field(form: forms.Form, name: str) -> Any:
    """A field whose choices depend on who asks."""
    return form.fields[name]


DATE = forms.DateInput(attrs={"type": "date"})


# Plans ----------------------------------------------------------------------------------------------------------

MONTHS = [(str(n), date(2000, n, 1)) for n in range(1, 13)]


class PlanForm(FilterForm):
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=160)
    applies_to = forms.ChoiceField(
        label=gettext_lazy("For which devices?"), choices=AppliesTo.choices, widget=forms.RadioSelect
    )
    device_type = forms.CharField(
        label=gettext_lazy("Device type"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("Type a few letters and choose."),
        widget=forms.TextInput(attrs=TYPE_ATTRS),
    )
    model = forms.CharField(
        label=gettext_lazy("Model"),
        required=False,
        max_length=320,
        help_text=gettext_lazy("Type a few letters of the maker or the model and choose."),
        widget=forms.TextInput(attrs=MODEL_ATTRS),
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
    meter_interval = forms.IntegerField(
        label=gettext_lazy("Or after hours of use, whichever comes first"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        widget=forms.NumberInput(attrs={"data-unit": "h"}),
        help_text=gettext_lazy("Both count anew when the work is done: choose the floating basis."),
    )
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
        (
            gettext_lazy("Which devices"),
            ("name", "applies_to", "device_type", "model", "asset_tag", *FilterForm.NAMES, "site"),
        ),
        (
            gettext_lazy("What and how often"),
            (
                "procedure",
                "strategy",
                "interval_kind",
                "interval",
                "meter_interval",
                "season_months",
                "season_day",
                "basis",
            ),
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
        kwargs.setdefault("initial", initial_of_plan(by, plan))
        super().__init__(by, *args, plan=plan, **kwargs)
        self.plan = plan
        self.found_type: DeviceType | None = None
        self.found_model: DeviceModel | None = None
        self.found_asset: Asset | None = None
        self.type_names = list(types_in_use(by).values_list("name", flat=True))
        _offer_sites(self, by)
        _field(self, "procedure").queryset = Procedure.objects.visible_to(by)
        _field(self, "season_months").choices = [(n, _month(day)) for n, day in MONTHS]
        tiers = [choice for choice in Person.Tier.choices if choice[0] != Person.Tier.NONE]
        _field(self, "required_tier").choices = [("", _("anybody")), *tiers]

    def refuse(self, error: Refused) -> None:
        """Put a refusal beside this form's own fields; a guardrail that may be overridden asks for the reason."""
        own = {"device_model": "model", "asset": "asset_tag", "filter": "filter_types"}
        error.fields = {own.get(name, name): words for name, words in error.fields.items()}
        super().refuse(error)
        self.may_override = isinstance(error, Guarded) and allowed(self.by, OVERRIDE)

    @property
    def sections(self) -> list[tuple[Any, list[Any]]]:
        return [(title, [self[name] for name in names]) for title, names in self.SECTIONS]

    def clean_device_type(self) -> str:
        text = self.cleaned_data["device_type"].strip()
        if text and self.data.get("applies_to") == AppliesTo.TYPE:
            self.found_type = one_type(self.by, text)
        return text

    def clean_model(self) -> str:
        text = self.cleaned_data["model"].strip()
        if text and self.data.get("applies_to") == AppliesTo.MODEL:
            self.found_model = one_model(self.by, text)
        return text

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
        if cleaned.get("applies_to") == AppliesTo.FILTER and not self.filter_values() and not self.errors:
            self.add_error("filter_types", _("Choose at least one criterion."))
        if cleaned.get("interval_kind") == IntervalKind.SEASONAL and not cleaned.get("season_months"):
            self.add_error("season_months", _("Choose at least one month."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """The plan's fields as the operations take them; what does not apply is emptied."""
        cleaned = self.cleaned_data
        has_calendar = cleaned["interval_kind"] not in (IntervalKind.METER, IntervalKind.SEASONAL)
        return {
            **{name: cleaned[name] for name in self.PLAIN},
            **self.target(),
            "meter_interval": cleaned["meter_interval"] if has_calendar else None,
            "season_months": [int(n) for n in cleaned["season_months"]],
            "procedure_id": _pk(cleaned["procedure"]),
        }

    def target(self) -> dict[str, Any]:
        """Which devices it is for, as far as what is typed says so."""
        kind = self.cleaned_data.get("applies_to")
        return {
            "site_id": _pk(self.cleaned_data.get("site")),
            "device_type_id": _pk(self.found_type) if kind == AppliesTo.TYPE else self._listed_type(kind),
            "device_model_id": _pk(self.found_model) if kind == AppliesTo.MODEL else None,
            "asset_id": _pk(self.found_asset) if kind == AppliesTo.ASSET else None,
            "filter": self.filter_values() if kind == AppliesTo.FILTER else {},
        }

    def _listed_type(self, kind: str | None) -> int | None:
        """A plan from a register keeps the type it was made for."""
        is_listed = kind == AppliesTo.FILTER and self.plan is not None and self.plan.filter.get(LISTED)
        return self.plan.device_type_id if is_listed and self.plan else None

    def trial(self) -> Plan | None:
        """The plan as far as its devices are said, not saved; None while they are not."""
        self.is_valid()
        kind, target = self.cleaned_data.get("applies_to"), self.target()
        said = {
            AppliesTo.ASSET: target["asset_id"],
            AppliesTo.MODEL: target["device_model_id"],
            AppliesTo.TYPE: target["device_type_id"],
            AppliesTo.FILTER: target["filter"],
        }
        if not kind or not said[AppliesTo(kind)]:
            return None
        return Plan(pk=self.plan.pk if self.plan else None, applies_to=kind, **target)


def _pk(row: Any) -> int | None:
    return None if row is None else row.pk


def _month(day: date) -> str:
    from django.utils.formats import date_format

    return date_format(day, "F")


def initial_of_plan(by: Any, plan: Plan | None) -> dict[str, Any]:
    """What the form shows at first: the plan, or the defaults of a new one."""
    source = plan or Plan()
    names = [*PlanForm.PLAIN, "meter_interval", "site", "procedure"]
    initial = {name: getattr(source, name) for name in names}
    initial["season_months"] = [str(n) for n in source.season_months]
    if plan is not None:
        initial["expected_version"] = plan.version
        initial["device_type"] = plan.device_type.name if plan.device_type else ""
        initial["model"] = model_name(plan.device_model) if plan.device_model else ""
        initial |= initial_of_filter(by, plan)
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
