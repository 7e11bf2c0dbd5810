"""Forms of procedures and their steps."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.assets.models import DeviceType
from wardwright.apps.testing.operations import TOLERANCE_FIELDS, read_tolerance
from wardwright.apps.testing.queries import Preview, by_table, limit_table
from wardwright.apps.testing.states import Section, StepKind
from wardwright.kernel.limits import SafetyLimit
from wardwright.kernel.verification import Verification
from wardwright.platform.core.words import exact_words, said_words
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


TOLERANCE = "tolerance"  # the choice of a limit that is none of the table


def marks_to_choose() -> list[tuple[str, str]]:
    """In what a limit was checked."""
    return [("", _("not said")), *((mark.value, said_words(mark.words)) for mark in Verification)]


class StepForm(forms.Form):
    """One step. The key stays the same over versions; left empty it is made from the text.

    Its limit is figures, a nominal value with its tolerance, or a test of the table; what the chosen kind does not
    ask for is neither checked nor kept.
    """

    table: tuple[SafetyLimit, ...] | None = None  # the editor reads it once for all its steps

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    text = forms.CharField(label=gettext_lazy("What to do or to check"), max_length=300)
    section = forms.ChoiceField(label=gettext_lazy("Part of the work"), choices=Section.choices)
    kind = forms.ChoiceField(label=gettext_lazy("Answer"), choices=StepKind.choices)
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=20, required=False)
    low = CommaDecimal(label=gettext_lazy("Not below"), required=False, max_digits=14, decimal_places=4)
    high = CommaDecimal(label=gettext_lazy("Not above"), required=False, max_digits=14, decimal_places=4)
    nominal = CommaDecimal(label=gettext_lazy("Nominal value"), required=False, max_digits=14, decimal_places=4)
    plus_minus = CommaDecimal(
        label=gettext_lazy("± in the unit"),
        required=False,
        max_digits=14,
        decimal_places=4,
        help_text=gettext_lazy("With a percentage as well, the greater counts."),
    )
    percent = CommaDecimal(
        label=gettext_lazy("± % of the nominal value"), required=False, max_digits=8, decimal_places=4
    )
    limit_source = forms.CharField(label=gettext_lazy("Where the limit comes from"), max_length=120, required=False)
    verified = forms.ChoiceField(label=gettext_lazy("Checked in"), required=False, choices=marks_to_choose)
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
        now = self["limit"].value() or ""
        figures, *tests = limits_to_choose("" if now == TOLERANCE else now)
        limit.choices = [figures, (TOLERANCE, _("nominal value and tolerance")), *tests]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        low, high, kind = cleaned.get("low"), cleaned.get("high"), cleaned.get("kind")
        mode = cleaned.get("limit", "") if kind == StepKind.READING else None
        for name in (*(TOLERANCE_FIELDS if mode != TOLERANCE else ()), *(("low", "high") if mode else ())):
            self.errors.pop(name, None)  # what the page does not ask for cannot be wrong
        if not mode and low is not None and high is not None and low > high:
            self.add_error("high", _("This is below the lower limit."))
        if mode == TOLERANCE:
            self._check_tolerance(cleaned)
        if mode in ("", TOLERANCE) and not cleaned.get("unit"):
            self.add_error("unit", _("Enter the unit of the reading, for example µA."))
        if kind == StepKind.CHOICE and len(lines(cleaned.get("choices", ""))) < 2:
            self.add_error("choices", _("Enter at least two choices, one on each line."))
        return cleaned

    def _check_tolerance(self, cleaned: dict[str, Any]) -> None:
        if not {*TOLERANCE_FIELDS}.isdisjoint(self.errors):
            return
        wrong: dict[str, str] = {}
        if cleaned.get("nominal") is None:
            wrong["nominal"] = _("Enter the nominal value that the tolerance belongs to.")
        else:
            read_tolerance({name: cleaned.get(name) for name in TOLERANCE_FIELDS}, wrong)
        for name, words in wrong.items():
            self.add_error(name, words)

    @property
    def sides(self) -> str:
        """Between what the chosen tolerance is; empty while it makes no sense, and for other limits."""
        if self["limit"].value() != TOLERANCE:
            return ""
        try:
            given = {name: self.fields[name].to_python(self[name].value()) for name in TOLERANCE_FIELDS}
        except forms.ValidationError:
            return ""
        wrong: dict[str, str] = {}
        _entries, low, high = read_tolerance(given, wrong)
        if wrong or low is None:
            return ""
        unit = str(self["unit"].value() or "").strip()
        return _("Limits: %(low)s to %(high)s %(unit)s") % {
            "low": exact_words(low), "high": exact_words(high), "unit": unit}  # fmt: skip

    @property
    def previews(self) -> list[Preview]:
        """What the chosen test comes to, for each class and applied part."""
        return previews_of(str(self["limit"].value() or "").removeprefix(TOLERANCE), self.table)

    def data_of(self, taken: set[str]) -> dict[str, Any]:
        """This step as the operation takes it; ``taken`` collects the keys already used."""
        cleaned = self.cleaned_data
        key = cleaned["key"] or key_from(cleaned["text"], taken)
        taken.add(key)
        reading = cleaned["kind"] == StepKind.READING
        chosen = cleaned["limit"] if reading else ""
        ours = reading and chosen in ("", TOLERANCE)
        figures = reading and not chosen
        own = ("verified", *(TOLERANCE_FIELDS if chosen == TOLERANCE else ()))
        entries = {name: f"{cleaned[name]}" for name in own if cleaned[name] not in (None, "")} if ours else {}
        return {
            **{name: cleaned[name] for name in ("section", "kind", "text", "help", "required")},
            "needs_instrument": cleaned["needs_instrument"] and reading,
            "key": key,
            "unit": cleaned["unit"] if ours else "",
            "low": cleaned["low"] if figures else None,
            "high": cleaned["high"] if figures else None,
            "limit_source": cleaned["limit_source"] if ours else "",
            "limit": entries if ours or not reading else of_choice(chosen),
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


def _limit_entries(step: dict[str, Any]) -> dict[str, Any]:
    """The limit of a step as the fields that ask for it."""
    limit = step.get("limit") or {}
    if by_table(step):
        return {"limit": as_choice(limit)}
    return {**limit, "limit": TOLERANCE if limit.get("nominal") else ""}


class StepEditor(Grid):
    """The rows of the step editor: read from a version or from what was sent, changed by its buttons, then saved."""

    row_form = StepForm
    prefix = "s"

    @classmethod
    def of_steps(cls, steps: list[dict[str, Any]]) -> StepEditor:
        return cls.of(
            {**step, "choices": "\n".join(step.get("choices") or []), **_limit_entries(step)} for step in steps
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
