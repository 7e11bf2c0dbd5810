"""The forms of an inclusion rule: its formula, the score it is included from, and its intervals."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.maintenance.models import Rule
from wardwright.kernel.formula import MAX_CHARACTERS
from wardwright.kernel.risk import MAX_BANDS, SCORE
from wardwright.web.views import OnceForm

BAND_ROWS = 5
#: What a formula may ask for, in words; the names themselves are written in the formula and are not translated.
INPUT_WORDS = {
    "function": gettext_lazy("function, 2 to 10 points"),
    "physical_risk": gettext_lazy("physical risk, 1 to 5 points"),
    "maintenance": gettext_lazy("maintenance need, 1 to 5 points"),
    "incident_history": gettext_lazy("−2 to 2 points from repairs on record; 0 where records are too short"),
    "life_support": gettext_lazy("1 for life support, else 0"),
    "high_risk": gettext_lazy("1 for high risk, else 0"),
    "imaging": gettext_lazy("1 for imaging or radiology, else 0"),
    "laser": gettext_lazy("1 for a medical laser, else 0"),
    "law_mandated": gettext_lazy("1 where a law requires the maker's maintenance, else 0"),
    "devices": gettext_lazy("how many devices of the type we have"),
    "repairs_per_year": gettext_lazy("repairs in the last 12 months for each device"),
}


class RuleForm(OnceForm):
    """A draft; intervals left empty are left out."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    formula = forms.CharField(
        label=gettext_lazy("Formula"),
        max_length=MAX_CHARACTERS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "code", "spellcheck": "false", "autocapitalize": "off"}),
        help_text=gettext_lazy(
            "The score of a device type, from the names below, numbers, + - * /, parentheses, min, max, comparisons, "
            "and, or, not, and “A if B else C”."
        ),
    )
    included_from = forms.DecimalField(
        label=gettext_lazy("In the programme from a score of"), max_digits=8, decimal_places=2
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Where the rule comes from, and who decided it."),
    )

    def __init__(self, rule: Rule, *args: Any, **kwargs: Any):
        kwargs.setdefault("initial", _initial(rule))
        super().__init__(*args, **kwargs)
        self.rows = min(MAX_BANDS, max(BAND_ROWS, len(rule.bands) + 1))
        measures = [(SCORE, _("the score")), *INPUT_WORDS.items()]
        for n in range(self.rows):
            at = {"n": n + 1}
            self.fields[f"measure_{n}"] = forms.ChoiceField(
                label=_("Interval %(n)d counts from") % at, choices=measures, required=False
            )
            self.fields[f"low_{n}"] = forms.DecimalField(
                label=_("Interval %(n)d begins at") % at, required=False, max_digits=8, decimal_places=2
            )
            self.fields[f"months_{n}"] = forms.IntegerField(
                label=_("Interval %(n)d in months") % at, required=False, min_value=1, max_value=240
            )

    @property
    def band_rows(self) -> list[list[BoundField]]:
        """The fields of the intervals, row by row."""
        return [[self[f"measure_{n}"], self[f"low_{n}"], self[f"months_{n}"]] for n in range(self.rows)]

    @property
    def band_errors(self) -> list[str]:
        """What is wrong with the intervals, each with the name of its field."""
        shown = [f"{field.label}: {words}" for row in self.band_rows for field in row for words in field.errors]
        return [*map(str, self.errors.get("bands", [])), *shown]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for n in range(self.rows):
            low, months = cleaned.get(f"low_{n}"), cleaned.get(f"months_{n}")
            if (low is None) != (months is None) and not {f"low_{n}", f"months_{n}"} & set(self.errors):
                self.add_error(f"low_{n}" if low is None else f"months_{n}", _("Give both, or leave both empty."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """The rule's fields as the operations take them."""
        cleaned = self.cleaned_data
        return {
            **{name: cleaned[name] for name in ("name", "formula", "included_from", "source")},
            "bands": [
                {
                    "measure": cleaned[f"measure_{n}"] or SCORE,
                    "low": str(cleaned[f"low_{n}"]),
                    "months": cleaned[f"months_{n}"],
                }
                for n in range(self.rows)
                if cleaned.get(f"low_{n}") is not None and cleaned.get(f"months_{n}") is not None
            ],
        }


def _initial(rule: Rule) -> dict[str, Any]:
    initial: dict[str, Any] = {
        "expected_version": rule.version,
        "name": rule.name,
        "formula": rule.formula,
        "included_from": f"{rule.included_from.normalize():f}",
        "source": rule.source,
    }
    for n, band in enumerate(rule.bands):
        initial |= {f"measure_{n}": band["measure"], f"low_{n}": band["low"], f"months_{n}": band["months"]}
    return initial


class ActivateRuleForm(OnceForm):
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Kept in the history with your name: the evidence, and who decided it."),
    )
