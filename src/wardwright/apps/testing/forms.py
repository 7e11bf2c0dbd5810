"""Forms of procedures, their steps, and test instruments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.assets.models import Asset, DeviceType
from wardwright.apps.directory.models import Site
from wardwright.platform.core.errors import Refused
from wardwright.platform.core.values import as_id
from wardwright.web.views import OnceForm

from .models import Instrument
from .states import Section, StepKind


def _field(form: forms.Form, name: str) -> Any:
    """A field whose choices depend on who asks."""
    return form.fields[name]


DATE = forms.DateInput(attrs={"type": "date"})


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
        _field(self, "device_type").queryset = DeviceType.objects.visible_to(by).filter(merged_into__isnull=True)


class ApproveForm(OnceForm):
    """A signature: the password again, at this moment (21 CFR 11.200)."""

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=gettext_lazy("Your name, the time and the meaning “approved” are kept with exactly this text."),
    )


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
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.by = by
        _field(self, "site").queryset = Site.objects.visible_to(by)

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
        plain = {name: cleaned[name] for name in ("name", "serial", "calibrated_on", "calibration_due_on", "is_active")}
        return {**plain, "site_id": cleaned["site"].pk, "asset_id": self.asset_id}

    @staticmethod
    def initial_of(instrument: Instrument) -> dict[str, Any]:
        names = ("name", "serial", "site", "calibrated_on", "calibration_due_on", "is_active")
        return {
            **{name: getattr(instrument, name) for name in names},
            "expected_version": instrument.version,
            "asset_tag": instrument.asset.tag if instrument.asset else "",
        }


class CalibrationForm(OnceForm):
    calibrated_on = forms.DateField(label=gettext_lazy("Calibrated on"), widget=DATE)
    due_on = forms.DateField(label=gettext_lazy("Due again on"), widget=DATE)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        done, due = cleaned.get("calibrated_on"), cleaned.get("due_on")
        if done and due and due <= done:
            self.add_error("due_on", _("Enter a day after the calibration."))
        return cleaned


# The step editor ------------------------------------------------------------------------------------------------


class CommaDecimal(forms.DecimalField):
    """A number typed with a comma or a point."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = value.strip().replace("\u00a0", "").replace(" ", "").replace(",", ".")
        try:
            return super().to_python(value)
        except InvalidOperation:
            raise forms.ValidationError(_("Enter a number, for example 0.5")) from None


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

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    text = forms.CharField(label=gettext_lazy("What to do or to check"), max_length=300)
    section = forms.ChoiceField(label=gettext_lazy("Part of the work"), choices=Section.choices)
    kind = forms.ChoiceField(label=gettext_lazy("Answer"), choices=StepKind.choices)
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=20, required=False)
    low = CommaDecimal(label=gettext_lazy("Not below"), required=False, max_digits=14, decimal_places=4)
    high = CommaDecimal(label=gettext_lazy("Not above"), required=False, max_digits=14, decimal_places=4)
    limit_source = forms.CharField(label=gettext_lazy("Where the limit comes from"), max_length=120, required=False)
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
        for name in ("low", "high"):
            self.fields[name].widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        low, high, kind = cleaned.get("low"), cleaned.get("high"), cleaned.get("kind")
        if low is not None and high is not None and low > high:
            self.add_error("high", _("This is below the lower limit."))
        if kind == StepKind.READING and not cleaned.get("unit"):
            self.add_error("unit", _("Enter the unit of the reading, for example µA."))
        if kind == StepKind.CHOICE and len(lines(cleaned.get("choices", ""))) < 2:
            self.add_error("choices", _("Enter at least two choices, one on each line."))
        return cleaned

    def typed(self) -> dict[str, Any]:
        """What was sent for this row, unchecked."""
        return {name: self[name].data for name in self.fields}

    def data_of(self, taken: set[str]) -> dict[str, Any]:
        """This step as the operation takes it; ``taken`` collects the keys already used."""
        cleaned = self.cleaned_data
        key = cleaned["key"] or key_from(cleaned["text"], taken)
        taken.add(key)
        reading = cleaned["kind"] == StepKind.READING
        return {
            **{name: cleaned[name] for name in ("section", "kind", "text", "help", "required")},
            "needs_instrument": cleaned["needs_instrument"] and reading,
            "key": key,
            "unit": cleaned["unit"] if reading else "",
            "low": cleaned["low"] if reading else None,
            "high": cleaned["high"] if reading else None,
            "limit_source": cleaned["limit_source"] if reading else "",
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


class StepEditor:
    """The rows of the step editor: read from a version or from what was sent, changed by its buttons, then saved.

    Every row has a number that never changes while it is edited; the order is the order of the hidden ``row`` inputs.
    """

    def __init__(self, forms_by_row: dict[int, StepForm]):
        self.rows = forms_by_row

    @classmethod
    def of_steps(cls, steps: list[dict[str, Any]]) -> StepEditor:
        initials = [{**step, "choices": "\n".join(step.get("choices") or [])} for step in steps]
        return cls({n: StepForm(prefix=f"s{n}", initial=initial) for n, initial in enumerate(initials, 1)})

    @classmethod
    def of_post(cls, post: Any) -> StepEditor:
        numbers = [n for text in post.getlist("row")[:300] if (n := as_id(text)) is not None]
        return cls({n: StepForm(post, prefix=f"s{n}") for n in dict.fromkeys(numbers)})

    def press(self, button: str) -> None:
        """Do what a row button says: ``add``, ``remove-3``, ``up-3`` or ``down-3``; nothing is checked yet."""
        self.rows = {n: StepForm(prefix=f"s{n}", initial=form.typed()) for n, form in self.rows.items()}
        what, _dash, number = button.partition("-")
        order = list(self.rows)
        if what == "add":
            n = max(order, default=0) + 1
            last = self.rows[order[-1]] if order else None
            section = last["section"].value() if last else Section.VISUAL
            self.rows[n] = StepForm(
                prefix=f"s{n}", initial={"section": section, "kind": StepKind.CHECK, "required": True}
            )
            return
        if as_id(number) not in order:
            return
        place = order.index(int(number))
        if what == "remove":
            order.pop(place)
        elif what == "up" and place:
            order[place - 1], order[place] = order[place], order[place - 1]
        elif what == "down" and place < len(order) - 1:
            order[place + 1], order[place] = order[place], order[place + 1]
        self.rows = {n: self.rows[n] for n in order}

    def is_valid(self) -> bool:
        wrong = [form for form in self.rows.values() if not form.is_valid()]
        return not wrong

    def blame(self, fields: Mapping[str, Any]) -> None:
        """Put the operation's words beside the rows they are about: ``steps.3.unit`` is the third row's unit."""
        forms_in_order = list(self.rows.values())
        for name, words in fields.items():
            _steps, _dot, rest = name.partition(".")
            number, _dot, field = rest.partition(".")
            if 0 < (as_id(number) or 0) <= len(forms_in_order):
                form = forms_in_order[int(number) - 1]
                form.add_error(field if field in form.fields else None, str(words))

    def data(self) -> list[dict[str, Any]]:
        taken = {form.cleaned_data["key"] for form in self.rows.values() if form.cleaned_data["key"]}
        return [form.data_of(taken) for form in self.rows.values()]

    def numbered(self) -> list[tuple[int, StepForm]]:
        return list(self.rows.items())
