"""Forms of what an instrument measures and of its calibrations: their rows are grids."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core import signing
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.assets.queries import label_formats_in_use
from wardwright.apps.testing import operations
from wardwright.apps.testing.models import Calibration, CalibrationPoint, Instrument, InstrumentFunction
from wardwright.apps.testing.queries import decision_rules, proposed_points, usual_interval_days
from wardwright.apps.testing.states import GRADED_MEANING, CalibrationResult, Graded
from wardwright.kernel.labels import DOTS_PER_MM
from wardwright.kernel.metrology import Rule
from wardwright.platform.attachments.kinds import ENDINGS
from wardwright.platform.attachments.models import DocumentKind
from wardwright.platform.attachments.uploads import keep_files
from wardwright.platform.core.errors import Invalid, Refused
from wardwright.web.grids import Grid, GridForm
from wardwright.web.templatetags import ui
from wardwright.web.views import OnceForm

from .cells import CellForm, CommaDecimal
from .instruments import DATE

KEPT = "testing.certificate"  # the purpose of the mark by which a file comes back that was sent with a wrong entry
CARRIED = ("laboratory", "accreditation", "traceability", "decision_rule", "coverage_factor")
ACCEPT = ",".join(f".{ending}" for endings in ENDINGS.values() for ending in endings)


def _number(label: Any, *, required: bool = False) -> CommaDecimal:
    return CommaDecimal(label=label, required=required, max_digits=18, decimal_places=6)


# What an instrument measures ------------------------------------------------------------------------------------


class FunctionRow(CellForm):
    widths = {"quantity": 16, "unit": 5, "accuracy": 20}
    quantity = forms.CharField(
        label=gettext_lazy("Quantity"), max_length=40, widget=forms.TextInput(attrs={"list": "quantities"})
    )
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=20)
    low = _number(gettext_lazy("From"))
    high = _number(gettext_lazy("To"))
    resolution = _number(gettext_lazy("Resolution"))
    accuracy = forms.CharField(label=gettext_lazy("Accuracy"), max_length=120, required=False)


class FunctionGrid(Grid):
    row_form = FunctionRow
    prefix = "f"


class AskedRow(FunctionRow):
    """With what an instrument that is connected is asked for the value."""

    widths = {**FunctionRow.widths, "query": 16, "answer_unit": 5}
    query = forms.CharField(
        label=gettext_lazy("Query"), max_length=80, required=False,
        widget=forms.TextInput(attrs={"placeholder": "MEAS:RES?", "spellcheck": "false", "autocapitalize": "none"}),
    )  # fmt: skip
    answer_unit = forms.CharField(label=gettext_lazy("Answers in"), max_length=20, required=False)


class AskedGrid(FunctionGrid):
    row_form = AskedRow


class FunctionsForm(GridForm):
    grid_class, grid_name = FunctionGrid, "functions"
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, row: Instrument, functions: list[InstrumentFunction], *args: Any, asked: bool = False, **kwargs: Any
    ):
        if asked:
            self.grid_class = AskedGrid  # type: ignore[misc]
        entries = [{name: getattr(one, name) for name in operations.FUNCTION_FIELDS} for one in functions]
        super().__init__(*args, entries=entries or [{}], initial={"expected_version": row.version}, **kwargs)


# A calibration --------------------------------------------------------------------------------------------------


class PointRow(CellForm):
    widths = {"quantity": 14, "unit": 4}
    said: SafeString | str = ""
    quantity = forms.CharField(
        label=gettext_lazy("Quantity"), max_length=40, widget=forms.TextInput(attrs={"list": "quantities"})
    )
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=20)
    reference = _number(gettext_lazy("Reference"), required=True)
    found = _number(gettext_lazy("As found"))
    left = _number(gettext_lazy("As left"))
    low = _number(gettext_lazy("Not below"), required=True)
    high = _number(gettext_lazy("Not above"), required=True)
    uncertainty = _number(gettext_lazy("U"))

    def has_changed(self) -> bool:
        """What is measured is taken over from the row above: alone it is no point."""
        return not {"quantity", "unit"}.issuperset(self.changed_data)


class PointGrid(Grid):
    row_form = PointRow
    prefix = "p"

    def new_entry(self, last: Any) -> dict[str, Any]:
        return {name: last[name].value() for name in ("quantity", "unit")} if last else {}


class CalibrationForm(GridForm):
    """When, by whom, under what conditions, and the points. ``due_on`` left empty is counted from the interval."""

    grid_class, grid_name, prefills = PointGrid, "points", True

    calibrated_on = forms.DateField(label=gettext_lazy("Calibrated on"), widget=DATE)
    due_on = forms.DateField(label=gettext_lazy("Due again on"), required=False, widget=DATE)
    laboratory = forms.CharField(label=gettext_lazy("Laboratory"), max_length=160, required=False)
    accreditation = forms.CharField(
        label=gettext_lazy("Accreditation number"), max_length=80, required=False,
        help_text=gettext_lazy("ISO/IEC 17025, as on the certificate."),
    )  # fmt: skip
    certificate_no = forms.CharField(label=gettext_lazy("Certificate number"), max_length=80, required=False)
    certificate = forms.FileField(
        label=gettext_lazy("Certificate"), required=False, widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=gettext_lazy("The laboratory's file or a photo of it. It becomes a document of the instrument."),
    )  # fmt: skip
    kept = forms.CharField(widget=forms.HiddenInput, required=False)
    adjusted = forms.BooleanField(label=gettext_lazy("It was adjusted"), required=False)
    decision_rule = forms.ChoiceField(label=gettext_lazy("Decision rule"), required=False)
    coverage_factor = CommaDecimal(
        label=gettext_lazy("Coverage factor k"), max_digits=5, decimal_places=3, min_value=1, required=False, initial=2,
        help_text=gettext_lazy("Of the uncertainties U, as on the certificate."),
    )  # fmt: skip
    temperature_c = CommaDecimal(label=gettext_lazy("Temperature (°C)"), max_digits=5, decimal_places=2, required=False)
    humidity_percent = CommaDecimal(label=gettext_lazy("Humidity (%)"), max_digits=5, decimal_places=2, required=False)
    traceability = forms.CharField(
        label=gettext_lazy("Traceable to"), max_length=200, required=False,
        help_text=gettext_lazy("For example: national standards of PTB."),
    )  # fmt: skip
    as_found = forms.ChoiceField(
        label=gettext_lazy("Found"), choices=CalibrationResult.choices, initial=CalibrationResult.UNKNOWN,
        required=False, help_text=gettext_lazy("Counts only where no point is entered."),
    )  # fmt: skip
    as_left = forms.ChoiceField(
        label=gettext_lazy("Left"), choices=CalibrationResult.choices, initial=CalibrationResult.UNKNOWN,
        required=False, help_text=gettext_lazy("Counts only where no point is entered."),
    )  # fmt: skip
    standards = forms.ModelMultipleChoiceField(
        Instrument._default_manager.none(), label=gettext_lazy("Compared with these instruments"), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Only for a calibration in the house: an error of theirs is inherited."),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def __init__(self, by: Any, row: Instrument, last: Calibration | None, today: date, *args: Any, **kwargs: Any):
        self.by, self.row, self.kept_file = by, row, ("", "")
        self.interval_days = usual_interval_days(row, last)
        initial = {name: getattr(last, name) for name in CARRIED} if last else {}
        initial |= {"calibrated_on": today, "due_on": today + timedelta(days=self.interval_days)}
        super().__init__(*args, entries=proposed_points(row), initial=initial, **kwargs)
        self.fields["decision_rule"].choices = decision_rules()
        others = Instrument.objects.visible_to(by).filter(is_active=True).exclude(pk=row.pk)
        self.fields["standards"].queryset = others.order_by("name", "pk")
        self.fields["due_on"].help_text = _("Left empty: %(n)d days after the calibration.") % {"n": self.interval_days}
        self.fields["calibrated_on"].widget.attrs |= {
            "hx-post": "", "hx-trigger": "change", "hx-vals": '{"press": "due"}', "hx-select": "#field-due_on",
            "hx-target": "#field-due_on", "hx-swap": "outerHTML",
        }  # fmt: skip

    # Its buttons ------------------------------------------------------------------------------------------------

    def pressed(self, button: str) -> None:
        """``look`` shows what the points come to, ``due`` counts the due date; else as any grid."""
        if button == "look":
            self._look()
        super().pressed(button)
        if button == "due":
            on = self._day(self.initial.get("calibrated_on"))
            self.initial["due_on"] = on + timedelta(days=self.interval_days) if on else self.initial.get("due_on")

    def _day(self, text: Any) -> date | None:
        try:
            return self.fields["calibrated_on"].clean(text)
        except (forms.ValidationError, OverflowError):
            return None

    def _look(self) -> None:
        self.full_clean()
        given = self.cleaned_data
        if not self.grid.is_valid():
            return
        try:
            points = operations.judged_points(
                self.grid.data(), adjusted=given["adjusted"], coverage_factor=given["coverage_factor"],
                rule=operations.decision_rule_named(given["decision_rule"]),
            )  # fmt: skip
        except Invalid as error:
            self.grid.blame(error.fields)
            return
        for form, point in zip(self.grid.filled(), points, strict=True):
            form.said = verdict_pills(point)

    # Sending it -------------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        given["decision_rule"] = given.get("decision_rule") or Rule.SIMPLE.value
        given["coverage_factor"] = given.get("coverage_factor") or Decimal(2)
        done = given.get("calibrated_on")
        if done and not given.get("due_on") and "due_on" not in self.errors:
            given["due_on"] = done + timedelta(days=self.interval_days)
        if done and given.get("due_on") and given["due_on"] <= done:
            self.add_error("due_on", _("Enter a day after the calibration."))
        self._keep_file(given)
        return given

    def _keep_file(self, given: dict[str, Any]) -> None:
        """The file comes back as a mark, so that it need not be chosen again after a wrong entry."""
        if given.get("certificate"):
            try:
                kept = keep_files(
                    self.by, operations.INSTRUMENT_DOCUMENTS, self.row, DocumentKind.CALIBRATION, [given["certificate"]]
                )
            except Invalid as error:
                self.add_error("certificate", str(error))
                return
            self.kept_file = (kept[0]["sha256"], kept[0]["name"]) if kept else ("", "")
        elif given.get("kept"):
            try:
                self.kept_file = tuple(signing.loads(given["kept"], salt=KEPT))
            except signing.BadSignature:
                self.kept_file = ("", "")

    @property
    def kept_mark(self) -> str:
        return signing.dumps(self.kept_file, salt=KEPT) if self.kept_file[0] else ""

    def values(self) -> dict[str, Any]:
        """The entries as the operation takes them."""
        names = ("calibrated_on", "due_on", "adjusted", "certificate_no", "temperature_c", "humidity_percent", "note")
        sha256, name = self.kept_file
        return {
            **{name: self.cleaned_data[name] for name in (*names, *CARRIED)},
            **{name: self.cleaned_data[name] or CalibrationResult.UNKNOWN for name in ("as_found", "as_left")},
            "points": self.grid.data(),
            "standard_ids": [one.pk for one in self.cleaned_data["standards"]],
            "certificates": [{"sha256": sha256, "name": name}] if sha256 else [],
        }

    def refuse(self, error: Refused) -> None:
        own = {"standard_ids": "standards", "files": "certificate"}
        error.fields = {own.get(name, name): words for name, words in error.fields.items()}
        super().refuse(error)


def verdict_pills(point: CalibrationPoint) -> SafeString:
    """How a point was found, and how it was left where that differs."""
    verdicts = [verdict for verdict in (point.found_verdict, point.left_verdict) if verdict]
    if len(verdicts) == 2 and point.found == point.left:
        verdicts = verdicts[1:]
    pills = ((ui.pill(GRADED_MEANING[Graded(one)], str(Graded(one).label)),) for one in verdicts)
    return format_html_join(" → ", "{}", pills)


class WithdrawForm(OnceForm):
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For example: the date was mistyped."),
    )  # fmt: skip


class SignForm(OnceForm):
    password = forms.CharField(
        label=gettext_lazy("Your password"), strip=False, max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=gettext_lazy("Your name, the time and the meaning “approved” are kept with exactly these figures."),
    )  # fmt: skip


class LabelForm(forms.Form):
    """On which label, and from which position of a sheet that was begun."""

    fields: dict[str, Any]
    label_format = forms.ChoiceField(label=gettext_lazy("Sheet or label"))
    start = forms.IntegerField(
        label=gettext_lazy("Begin at position"), min_value=1, initial=1, required=False,
        help_text=gettext_lazy("Of a sheet that was begun: count from the top left, row by row. 1 for a new sheet."),
    )  # fmt: skip

    dpi = forms.ChoiceField(
        label=gettext_lazy("As"), required=False,
        choices=[("", gettext_lazy("PDF")), *((dots, gettext_lazy("ZPL, %s dpi") % dots) for dots in DOTS_PER_MM)],
        help_text=gettext_lazy("ZPL is for a label printer that reads it; a label of its own, not a sheet."),
    )  # fmt: skip

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.formats = {row.code: row for row in label_formats_in_use(by)}
        self.fields["label_format"].choices = [(code, row.name) for code, row in self.formats.items()]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        chosen = self.formats.get(given.get("label_format", ""))
        given["start"] = given.get("start") or 1
        if chosen and given["start"] > (places := chosen.sheet().per_page):
            self.add_error("start", _("This sheet has the positions 1 to %(n)s.") % {"n": places})
        return given
