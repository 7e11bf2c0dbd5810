"""The forms of analysers' files: sending one, naming its columns, and what a person says of its records."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.directory.models import Site
from wardwright.apps.testing.models import Instrument, ResultMapping
from wardwright.apps.testing.permissions import RESULTS
from wardwright.apps.testing.states import Condition, Method, SafetyTest
from wardwright.kernel.analyser import FIELDS, LONG_FIELDS, TESTS
from wardwright.platform.access.scope import scope_q
from wardwright.web.documents import FilesField, SeveralFiles
from wardwright.web.views import OnceForm

from .imaging import DeviceField

_FIELD_WORDS: dict[str, Any] = {
    "asset_tag": gettext_lazy("asset number"),
    "serial": gettext_lazy("serial number"),
    "maker": gettext_lazy("maker"),
    "model": gettext_lazy("model"),
    "description": gettext_lazy("description"),
    "location": gettext_lazy("place"),
    "tested_at": gettext_lazy("date (and time) of the test"),
    "time": gettext_lazy("time of the test"),
    "tester": gettext_lazy("who tested"),
    "reason": gettext_lazy("why it was tested"),
    "procedure": gettext_lazy("procedure"),
    "analyser_maker": gettext_lazy("analyser: maker"),
    "analyser_model": gettext_lazy("analyser: model"),
    "analyser_serial": gettext_lazy("analyser: serial number"),
    "calibrated_on": gettext_lazy("analyser: calibrated on"),
    "calibration_due": gettext_lazy("analyser: calibration due"),
    "mains_v": gettext_lazy("mains voltage"),
    "temperature_c": gettext_lazy("temperature"),
    "humidity_percent": gettext_lazy("humidity"),
    "protection_class": gettext_lazy("protection class"),
    "applied_part": gettext_lazy("applied part"),
    "verdict": gettext_lazy("result of the whole"),
    "note": gettext_lazy("note"),
    "test": gettext_lazy("name of the test (a row for each reading)"),
    "value": gettext_lazy("value (a row for each reading)"),
    "unit": gettext_lazy("unit (a row for each reading)"),
    "low": gettext_lazy("low limit (a row for each reading)"),
    "high": gettext_lazy("high limit (a row for each reading)"),
    "reading_verdict": gettext_lazy("result of the reading"),
    "method": gettext_lazy("method"),
    "condition": gettext_lazy("condition"),
    "polarity": gettext_lazy("polarity"),
}
CHECK = "check"
TEST = "test:"
FIELD = "field:"
QUANTITY = "quantity:"


class ResultsForm(OnceForm):
    """Sending a file."""

    files = FilesField(  # type: ignore[assignment]  # as in web.documents
        label=gettext_lazy("File"),
        widget=SeveralFiles(attrs={"accept": ".csv,.xlsx,.xls,.ods,.json,.xml,.mtr,.dta,.txt", "class": "file-drop"}),
        help_text=gettext_lazy(
            "What the analyser or its program exports, as it is. Two tables may belong together: records and readings."
        ),
    )
    site = forms.ModelChoiceField(Site._default_manager.none(), label=gettext_lazy("Site"), empty_label=None)
    mapping = forms.ModelChoiceField(
        ResultMapping._default_manager.none(), label=gettext_lazy("Mapping"), required=False, to_field_name="name",
        empty_label=gettext_lazy("by the columns it has"),
        help_text=gettext_lazy("Only for tables. A file that says itself what is what needs none."),
    )  # fmt: skip

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.visible_to(by).filter(scope_q(by, RESULTS, site="pk"))
        self.fields["mapping"].queryset = ResultMapping.objects.visible_to(by)

    def clean_files(self) -> list[Any]:
        found = self.cleaned_data["files"]
        if not found:
            raise forms.ValidationError(_("Choose a file, or drop one here."))
        return found


class ColumnsForm(OnceForm):
    """Which column of a table is what. Rules of one column for several tests keep their tests; their unit is asked."""

    save_as = forms.CharField(
        label=gettext_lazy("Keep these columns as"), required=False, max_length=120,
        help_text=gettext_lazy("A name, so that the next file of this kind is read without asking."),
    )  # fmt: skip
    date_order = forms.ChoiceField(
        label=gettext_lazy("Dates such as 03/04/2026"), required=False,
        choices=[("", gettext_lazy("as the whole column shows")), ("day-first", gettext_lazy("day first: 3 April")),
                 ("month-first", gettext_lazy("month first: March 4"))],
    )  # fmt: skip
    decimal_mark = forms.ChoiceField(
        label=gettext_lazy("Decimal sign"), required=False,
        choices=[("", gettext_lazy("as the columns show")), (".", gettext_lazy("point")), (",", gettext_lazy("comma"))],
    )  # fmt: skip
    analyser_serial = forms.CharField(
        label=gettext_lazy("Serial number of the analyser"), required=False, max_length=80,
        help_text=gettext_lazy("Only if no column says which analyser it was."),
    )  # fmt: skip

    def __init__(self, headings: list[str], mapping: dict[str, Any], *args: Any, **kwargs: Any):
        self.headings, self.mapping = headings, mapping
        initial = {
            "date_order": mapping.get("date_order") or "", "decimal_mark": mapping.get("decimal_mark") or "",
            "analyser_serial": mapping.get("constants", {}).get("analyser_serial", ""),
        }  # fmt: skip
        rules = mapping.get("rules", [])
        self.shared = [n for n, rule in enumerate(rules) if rule.get("when")]
        plain = {rule["column"]: rule for rule in rules if not rule.get("when")}
        fields = {column: name for name, column in mapping.get("columns", {}).items()}
        for n, heading in enumerate(headings):
            initial |= self._shown(n, heading, plain.get(heading), fields.get(heading, ""))
        for n in self.shared:
            initial[f"shared_{n}"] = rules[n].get("unit", "")
        super().__init__(*args, initial=initial, **kwargs)
        for n, heading in enumerate(headings):
            self.fields[f"holds_{n}"] = forms.ChoiceField(
                label=heading, required=False, choices=_choices(plain.get(heading))
            )
            self.fields[f"unit_{n}"] = forms.CharField(label=_("Unit"), required=False, max_length=20)
            self.fields[f"method_{n}"] = forms.ChoiceField(
                label=_("Method"), required=False,
                choices=[("", "–"), *((one.value, one.label) for one in Method if one != Method.NONE)],
            )  # fmt: skip
            self.fields[f"condition_{n}"] = forms.ChoiceField(
                label=_("Condition"), required=False,
                choices=[("", "–"), *((one.value, one.label) for one in Condition if one != Condition.NONE)],
            )  # fmt: skip
        for n in self.shared:
            self.fields[f"shared_{n}"] = forms.CharField(
                label=_("Unit of “%(column)s” where the test is %(tests)s")
                % {"column": rules[n]["column"], "tests": ", ".join(_test_words(one) for one in rules[n]["when"])},
                required=False, max_length=20,
            )  # fmt: skip

    def _shown(self, n: int, heading: str, rule: dict[str, Any] | None, name: str) -> dict[str, str]:
        holds = f"{FIELD}{name}" if name else CHECK if heading in self.mapping.get("checks", []) else ""
        if rule:
            holds = f"{TEST}{rule['test']}" if rule.get("test") else f"{QUANTITY}{rule.get('quantity', '')}"
        given = rule or {}
        return {
            f"holds_{n}": holds, f"unit_{n}": given.get("unit", ""), f"method_{n}": given.get("method", ""),
            f"condition_{n}": given.get("condition", ""),
        }  # fmt: skip

    @property
    def rows(self) -> list[tuple[str, Any, Any, Any, Any]]:
        """For each column its heading and its four entries."""
        return [
            (heading, self[f"holds_{n}"], self[f"unit_{n}"], self[f"method_{n}"], self[f"condition_{n}"])
            for n, heading in enumerate(self.headings)
        ]

    @property
    def units(self) -> list[Any]:
        return [self[f"shared_{n}"] for n in self.shared]

    def plain(self) -> dict[str, Any]:
        """The mapping as it was entered."""
        cleaned, made = self.cleaned_data, copy.deepcopy(self.mapping)
        before = {rule["column"]: rule for rule in made.get("rules", []) if not rule.get("when")}
        rules = [{**made["rules"][n], "unit": cleaned[f"shared_{n}"]} for n in self.shared]
        made["columns"], made["checks"] = {}, []
        for n, heading in enumerate(self.headings):
            kind, _colon, name = cleaned[f"holds_{n}"].partition(":")
            if kind == "field":
                made["columns"].setdefault(name, heading)
            elif kind == CHECK:
                made["checks"].append(heading)
            elif kind in ("test", "quantity"):
                entries = {part: cleaned[f"{part}_{n}"] for part in ("unit", "method", "condition")}
                kept = {**before.get(heading, {"column": heading}), "test": "", "quantity": "", kind: name, **entries}
                rules.append({part: value for part, value in kept.items() if value})
        made["rules"] = rules
        made["date_order"], made["decimal_mark"] = cleaned["date_order"] or None, cleaned["decimal_mark"] or None
        constants = {**made.get("constants", {}), "analyser_serial": cleaned["analyser_serial"].strip()}
        made["constants"] = {part: value for part, value in constants.items() if value}
        return made


def _test_words(test: str) -> str:
    return str(SafetyTest(test).label) if test in SafetyTest.values else test.replace("_", " ")


def _choices(rule: dict[str, Any] | None) -> list[Any]:
    own = (rule or {}).get("quantity", "")
    known = {
        "mains_voltage": _("mains voltage"), "load": _("current of the load"), "continuity": _("continuity"),
    }  # fmt: skip
    readings = [(f"{TEST}{test}", _test_words(test)) for test in TESTS]
    readings += [(f"{QUANTITY}{one}", words) for one, words in known.items()]
    readings += [(f"{QUANTITY}{own}", own.replace("_", " "))] if own and own not in known else []
    fields = [(f"{FIELD}{name}", _FIELD_WORDS.get(name, name)) for name in (*FIELDS, *LONG_FIELDS)]
    unnamed = [(f"{QUANTITY}", _("a reading by its own name"))]
    return [
        ("", _("not used")),
        (_("Readings"), [*readings, *unnamed]),
        (_("About the test"), [(CHECK, _("a check: pass or fail")), *fields]),
    ]


class MatchForm(OnceForm):
    """Which device a record is of, and when it was tested."""

    tested_at = forms.DateTimeField(
        label=gettext_lazy("Tested at"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("Only if the moment in the file is wrong or missing."),
    )  # fmt: skip

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["device"] = DeviceField(by, required=False)
        self.order_fields(["device", "tested_at"])

    def values(self) -> dict[str, Any]:
        device, at = self.cleaned_data["device"], self.cleaned_data["tested_at"]
        return {"asset_id": device.pk if device else None, "tested_at": at}


class WhichInstrumentForm(OnceForm):
    instrument = forms.ModelChoiceField(
        Instrument._default_manager.none(), label=gettext_lazy("Instrument"), empty_label=None
    )

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["instrument"].queryset = Instrument.objects.visible_to(by).filter(is_active=True)


class ClockForm(OnceForm):
    """By how much a clock was off: told by a moment of the file and what it truly was."""

    shown = forms.DateTimeField(
        label=gettext_lazy("The file says"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    true = forms.DateTimeField(
        label=gettext_lazy("It truly was"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("All records that the clock holds back are moved by the difference."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=300,
        help_text=gettext_lazy("For example: the analyser's clock was a year ahead."),
    )  # fmt: skip

    @property
    def minutes(self) -> int:
        shown: datetime = self.cleaned_data["shown"]
        return round((self.cleaned_data["true"] - shown) / timedelta(minutes=1))


class WhyForm(OnceForm):
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
