"""The form of a test instrument."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.assets.models import Asset
from wardwright.apps.directory.models import Site
from wardwright.apps.testing.models import Instrument
from wardwright.platform.core.errors import Refused
from wardwright.web.views import OnceForm

DATE = forms.DateInput(attrs={"type": "date"})
PLAIN = ("name", "serial", "interval_days", "calibrated_on", "calibration_due_on", "is_active")


class InstrumentForm(OnceForm):
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, help_text=gettext_lazy("For example: Safety analyser ESA-620.")
    )
    serial = forms.CharField(label=gettext_lazy("Serial number"), max_length=80, required=False)
    site = forms.ModelChoiceField(Site._default_manager.none(), label=gettext_lazy("Site"), empty_label=None)
    asset_tag = forms.CharField(
        label=gettext_lazy("Asset number"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("If it is also in the register: its calibration then shows in its history."),
    )
    calibrated_on = forms.DateField(label=gettext_lazy("Calibrated on"), required=False, widget=DATE)
    calibration_due_on = forms.DateField(label=gettext_lazy("Calibration due"), required=False, widget=DATE)
    interval_days = forms.IntegerField(
        label=gettext_lazy("Calibrated every (days)"), required=False, min_value=1, max_value=7300,
        help_text=gettext_lazy("For example 365. The due date of the next calibration is proposed from it."),
    )  # fmt: skip
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

    def __init__(self, by: Any, *args: Any, row: Instrument | None = None, **kwargs: Any):
        if row is not None:
            kwargs["initial"] = self.initial_of(row)
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["site"].queryset = Site.objects.visible_to(by)
        if row is not None:  # from then on the dates are those of its calibrations
            del self.fields["calibrated_on"], self.fields["calibration_due_on"]

    def clean_asset_tag(self) -> str:
        tag = self.cleaned_data["asset_tag"].strip()
        self.asset_id = (
            Asset.objects.visible_to(self.by).filter(tag=tag).values_list("pk", flat=True).first() if tag else None
        )
        if tag and self.asset_id is None:
            raise forms.ValidationError(_("No device has this number. Leave it empty, or check the tag."))
        return tag

    def refuse(self, error: Refused) -> None:
        """Put a refusal beside this form's own fields."""
        own = {"site_id": "site", "asset_id": "asset_tag"}
        error.fields = {own.get(name, name): words for name, words in error.fields.items()}
        super().refuse(error)

    def values(self) -> dict[str, Any]:
        """The instrument's fields as the operation takes them."""
        cleaned = self.cleaned_data
        plain = {name: cleaned[name] for name in PLAIN if name in cleaned}
        return {**plain, "site_id": cleaned["site"].pk, "asset_id": self.asset_id}

    @staticmethod
    def initial_of(instrument: Instrument) -> dict[str, Any]:
        return {
            **{name: getattr(instrument, name) for name in (*PLAIN, "site")},
            "expected_version": instrument.version,
            "asset_tag": instrument.asset.tag if instrument.asset else "",
        }
