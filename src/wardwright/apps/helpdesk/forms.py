"""Forms of the desk, the symptoms and the rota."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.assets.models import Asset, DeviceType
from wardwright.apps.assets.queries import resolve
from wardwright.apps.directory.models import Department, Person, Site
from wardwright.apps.maintenance.models import FailureCode, WorkOrder
from wardwright.apps.maintenance.states import CodeKind, Priority
from wardwright.web.icons import icon_names
from wardwright.web.row_forms import RowForm
from wardwright.web.views import OnceForm

from .models import Request, Rota, Symptom

WORDS = forms.Textarea(attrs={"rows": 3})
#: The icons that say something about a fault; any other of the sprite may be written by the API.
FAULTS = {
    "bolt": gettext_lazy("Electricity"),
    "bell": gettext_lazy("Bell"),
    "activity": gettext_lazy("Curve"),
    "battery-2": gettext_lazy("Battery"),
    "alert-triangle": gettext_lazy("Warning"),
    "alert-octagon": gettext_lazy("Danger"),
    "droplet": gettext_lazy("Drop"),
    "plug-connected-x": gettext_lazy("Plug"),
    "device-tablet": gettext_lazy("Screen"),
    "temperature": gettext_lazy("Temperature"),
    "lungs": gettext_lazy("Lungs"),
    "heartbeat": gettext_lazy("Heart"),
    "wifi-off": gettext_lazy("No radio"),
    "eye-off": gettext_lazy("Not to be seen"),
    "lock": gettext_lazy("Lock"),
    "bug": gettext_lazy("Program fault"),
    "alarm": gettext_lazy("Alarm clock"),
    "hourglass": gettext_lazy("Hourglass"),
    "trending-down": gettext_lazy("Falling"),
    "refresh": gettext_lazy("Again and again"),
    "cpu": gettext_lazy("Electronics"),
    "printer": gettext_lazy("Printer"),
    "key": gettext_lazy("Key"),
    "help": gettext_lazy("Something else"),
}


def servicing(by: Any) -> Any:
    """The people work can be given to."""
    return Person.objects.visible_to(by).filter(is_active=True).exclude(tier=Person.Tier.NONE)


class ReasonForm(OnceForm):
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300, widget=WORDS)


class CloseForm(OnceForm):
    reason = forms.CharField(
        label=gettext_lazy("Why does it need no work?"),
        max_length=300,
        widget=WORDS,
        help_text=gettext_lazy("Whoever asked reads this. For example: no fault found, it works as it should."),
    )


class AskForm(OnceForm):
    text = forms.CharField(
        label=gettext_lazy("Your question"),
        max_length=1000,
        widget=WORDS,
        help_text=gettext_lazy("They read it on the page of their ticket and answer there."),
    )


class ChangeForm(OnceForm):
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=gettext_lazy("What is wrong"), max_length=200)
    priority = forms.TypedChoiceField(label=gettext_lazy("How soon?"), coerce=int, choices=Priority.choices)


class DeviceField(forms.CharField):
    """The number on a device, typed or scanned; cleaned to the device within reach."""

    by: Any = None

    def clean(self, value: Any) -> Asset | None:
        text = super().clean(value)
        if not text:
            return None
        found = resolve(self.by, text).asset
        if found is None:
            raise forms.ValidationError(_("No device within your reach has the number “%(text)s”.") % {"text": text})
        return found


def _device_field(required: bool) -> DeviceField:
    return DeviceField(
        label=gettext_lazy("Number of the device"),
        required=required,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class MatchForm(OnceForm):
    asset = _device_field(required=True)

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["asset"].by = by


class MergeForm(OnceForm):
    into = forms.ModelChoiceField(
        Request._default_manager.none(), label=gettext_lazy("It is the same as"), widget=forms.RadioSelect,
        empty_label=None,
    )  # fmt: skip

    def __init__(self, by: Any, request: Request, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        rows = Request.objects.visible_to(by).unfinished().exclude(pk=request.pk)
        if request.asset_id is not None:
            rows = rows.filter(asset_id=request.asset_id)
        self.fields["into"].queryset = rows.exclude(asset=None).select_related("asset").order_by("-received_at")
        self.fields["into"].label_from_instance = lambda row: f"{row.ticket}: {row.title} ({row.asset})"


class AttachForm(OnceForm):
    work_order = forms.ModelChoiceField(
        WorkOrder._default_manager.none(), label=gettext_lazy("Work that is there already"), widget=forms.RadioSelect,
        empty_label=None,
    )  # fmt: skip

    def __init__(self, by: Any, request: Request, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        rows = WorkOrder.objects.visible_to(by).unfinished().filter(asset_id=request.asset_id or 0)
        self.fields["work_order"].queryset = rows.select_related("asset").order_by("-id")
        self.fields["work_order"].label_from_instance = lambda row: (
            f"{row.number}: {row.title} ({row.get_kind_display()}, {row.get_state_display()})"
        )


class PhoneForm(OnceForm):
    """What somebody says on the phone, typed by the desk."""

    asset = _device_field(required=False)
    title = forms.CharField(label=gettext_lazy("What is wrong?"), max_length=200)
    harm = forms.ChoiceField(
        label=gettext_lazy("Was a patient involved or harmed?"),
        choices=[("no", gettext_lazy("no")), ("yes", gettext_lazy("yes")), ("unsure", gettext_lazy("not sure"))],
        initial="no",
        widget=forms.RadioSelect,
    )
    unsafe = forms.BooleanField(
        label=gettext_lazy("It is not safe to use"),
        required=False,
        help_text=gettext_lazy("The device is then taken out of service at once."),
    )
    priority = forms.TypedChoiceField(
        label=gettext_lazy("How soon?"), coerce=int, choices=Priority.choices, initial=Priority.ROUTINE
    )
    reporter_name = forms.CharField(label=gettext_lazy("Who calls"), max_length=120, required=False)
    callback = forms.CharField(label=gettext_lazy("Extension to call back"), max_length=40, required=False)
    words = forms.CharField(
        label=gettext_lazy("More about it"), required=False, max_length=2000, widget=WORDS,
        help_text=gettext_lazy("No patient data."),
    )  # fmt: skip

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["asset"].by = by


class SymptomForm(RowForm):
    model = Symptom
    columns: ClassVar[tuple[str, ...]] = ("device_type", "label", "icon", "position", "problem", "priority", "unsafe")

    icon = forms.ChoiceField(label=gettext_lazy("Icon"), widget=forms.RadioSelect)

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(by, *args, **kwargs)
        own = self.row.icon if self.row is not None else ""
        names = [name for name in dict.fromkeys([*FAULTS, own]) if name in icon_names()]
        self.fields["icon"].choices = [(name, FAULTS.get(name, name)) for name in names]
        self.fields["device_type"].empty_label = _("every type that has none of its own")
        self.fields["problem"].empty_label = _("none")

    def choices_for(self, name: str, visible: Any) -> Any:
        if name == "problem":
            return FailureCode.objects.visible_to(self.by).filter(kind=CodeKind.PROBLEM, is_active=True)
        return DeviceType.objects.visible_to(self.by).filter(merged_into=None)


class RotaForm(RowForm):
    model = Rota
    columns: ClassVar[tuple[str, ...]] = ("name", "site", "department", "phone")

    def choices_for(self, name: str, visible: Any) -> Any:
        return Site.objects.visible_to(self.by) if name == "site" else Department.objects.visible_to(self.by)


class RenameRotaForm(RotaForm):
    columns = ("name", "phone", "is_active")


MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class PlanForm(OnceForm):
    people = forms.ModelMultipleChoiceField(
        Person._default_manager.none(), label=gettext_lazy("Who takes turns"), widget=forms.CheckboxSelectMultiple
    )
    from_at = forms.DateTimeField(label=gettext_lazy("Beginning"), widget=MOMENT)
    days_each = forms.IntegerField(label=gettext_lazy("Days each"), min_value=1, max_value=31, initial=7)
    rounds = forms.IntegerField(label=gettext_lazy("How many rounds"), min_value=1, max_value=26, initial=2)

    def __init__(self, by: Any, site_id: int, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = servicing(by).filter(site_id=site_id).order_by("name")


class SwapForm(OnceForm):
    person = forms.ModelChoiceField(Person._default_manager.none(), label=gettext_lazy("Who takes it"))
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300)

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = servicing(by).order_by("name")


class HandoverForm(OnceForm):
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(
        label=gettext_lazy("What does the next one have to know?"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("What is open, what you promised to whom, where a loan device stands. No patient data."),
    )
