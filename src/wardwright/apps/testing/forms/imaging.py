"""The forms of image quality and dose."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.assets.models import Asset
from wardwright.apps.testing.models import DoseReference, ImagingLimit, ImagingSetup
from wardwright.apps.testing.states import ImagingKind
from wardwright.kernel.imaging import Analysis
from wardwright.kernel.verification import Verification
from wardwright.platform.core.words import said_words
from wardwright.web.documents import FilesField, SeveralFiles
from wardwright.web.views import OnceForm

DAY = forms.DateInput(attrs={"type": "date"})
OPTION = "option_"


def verification_choices() -> list[tuple[str, str]]:
    return [(mark.value, said_words(mark.words)) for mark in Verification]


class DeviceField(forms.CharField):
    """A device by its number; cleaned to its row within the reader's reach."""

    def __init__(self, by: Any, **given: Any):
        super().__init__(label=_("Asset number"), max_length=60, **given)
        self.by = by

    def clean(self, value: Any) -> Asset:
        tag = super().clean(value).strip()
        found = Asset.objects.visible_to(self.by).filter(tag=tag).first()
        if found is None:
            raise forms.ValidationError(_("No device has this number. Check the tag."))
        return found


class NewSetupForm(OnceForm):
    kind = forms.ChoiceField(label=gettext_lazy("Analysis"), choices=ImagingKind.choices)
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("For example: monthly, head protocol.")
    )

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["device"] = DeviceField(by)
        self.order_fields(["device", "kind", "name"])

    def values(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {"asset_id": cleaned["device"].pk, "kind": cleaned["kind"], "name": cleaned["name"]}


class SetupForm(OnceForm):
    """A set-up with the options of its analysis."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    phantom = forms.ChoiceField(label=gettext_lazy("Phantom"))
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False)

    def __init__(self, row: ImagingSetup, *args: Any, **kwargs: Any):
        plain = {name: getattr(row, name) for name in ("name", "phantom", "is_active")}
        options = {f"{OPTION}{name}": value for name, value in row.options.items()}
        super().__init__(*args, initial={**plain, **options, "expected_version": row.version}, **kwargs)
        self.analysis: Analysis = row.analysis
        self.fields["phantom"].choices = [(key, said_words(words)) for key, words in self.analysis.phantoms.items()]
        for option in self.analysis.options:
            label = said_words(option.words)
            self.fields[f"{OPTION}{option.key}"] = (
                forms.BooleanField(label=label, required=False)
                if option.kind is bool
                else forms.DecimalField(label=label, required=False, min_value=option.low, max_value=option.high)
            )

    def values(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        options = {one.key: cleaned[f"{OPTION}{one.key}"] for one in self.analysis.options}
        return {**{name: cleaned[name] for name in ("name", "phantom", "is_active")}, "options": options}


class SeriesForm(OnceForm):
    files = FilesField(  # type: ignore[assignment]  # as in web.documents
        label=gettext_lazy("Images"),
        widget=SeveralFiles(attrs={"accept": ".zip,.dcm,application/dicom,*/*", "class": "file-drop"}),
        help_text=gettext_lazy("One series in DICOM: a ZIP file, or up to 100 files. Patient data is removed first."),
    )

    def clean_files(self) -> list[Any]:
        found = self.cleaned_data["files"]
        if not found:
            raise forms.ValidationError(_("Choose a file, or drop one here."))
        return found


class DoseForm(SeriesForm):
    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["files"].label = _("Dose reports")
        self.fields["files"].help_text = _(
            "DICOM structured reports: a ZIP file, or up to 100 files. Figures are kept, files and names are not."
        )
        self.fields["device"] = DeviceField(by)
        self.order_fields(["device", "files"])


class ReasonForm(OnceForm):
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For example: acceptance test after the new tube."),
    )  # fmt: skip


class LimitForm(OnceForm):
    """What one figure may be."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    baseline = forms.DecimalField(label=gettext_lazy("Baseline"), required=False)
    tolerance = forms.DecimalField(label=gettext_lazy("Tolerance ±"), required=False, min_value=0)
    is_percent = forms.BooleanField(label=gettext_lazy("Tolerance in percent of the baseline"), required=False)
    low = forms.DecimalField(
        label=gettext_lazy("Not below"), required=False, help_text=gettext_lazy("Whatever the baseline is.")
    )
    high = forms.DecimalField(label=gettext_lazy("Not above"), required=False)
    source = forms.CharField(
        label=gettext_lazy("Source"), required=False, max_length=160,
        help_text=gettext_lazy("Standard with its clause, maker's manual, or house rule."),
    )  # fmt: skip
    verified = forms.ChoiceField(label=gettext_lazy("Checked in"))
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300)

    def __init__(self, row: ImagingLimit | None, *args: Any, **kwargs: Any):
        names = ("baseline", "tolerance", "is_percent", "low", "high", "source", "verified")
        initial = {name: _shown(getattr(row, name)) for name in names} if row else {"verified": Verification.MEMORY}
        super().__init__(*args, initial={**initial, "expected_version": row.version if row else None}, **kwargs)
        self.fields["verified"].choices = verification_choices()

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "once"}


class ReferenceForm(OnceForm):
    """The reference level of one protocol."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    level = forms.DecimalField(label=gettext_lazy("Reference level"), min_value=0)
    source = forms.CharField(
        label=gettext_lazy("Source"), max_length=160,
        help_text=gettext_lazy("For example: national diagnostic reference levels, 2025, head, adult."),
    )  # fmt: skip
    verified = forms.ChoiceField(label=gettext_lazy("Checked in"))
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300)

    def __init__(self, row: DoseReference | None, *args: Any, **kwargs: Any):
        names = ("level", "source", "verified")
        initial = {name: _shown(getattr(row, name)) for name in names} if row else {"verified": Verification.MEMORY}
        super().__init__(*args, initial={**initial, "expected_version": row.version if row else None}, **kwargs)
        self.fields["verified"].choices = verification_choices()

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "once"}


def _shown(value: Any) -> Any:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
