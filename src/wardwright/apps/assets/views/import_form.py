"""The form of the columns page: one line for each column of the file, with what is known about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wardwright.apps.directory.models import Site
from wardwright.kernel.tabular.headings import DATE_FIELDS
from wardwright.kernel.tabular.table import Table
from wardwright.kernel.tabular.values import is_blank
from wardwright.platform.core.words import said_words
from wardwright.platform.exchange.models import ImportSession
from wardwright.platform.exchange.targets import ImportTarget
from wardwright.web.views import OnceForm

LEAVE_OUT = ""
SAMPLES = 3
_SAMPLE_ROWS = 400
ORDERS = (("day-first", _("day first: 31/12/2026")), ("month-first", _("month first: 12/31/2026")))
INTERVALS = (
    ("", _("As the file says")),
    (1, _("every month")),
    (3, _("every 3 months")),
    (6, _("every 6 months")),
    (12, _("every 12 months")),
    (24, _("every 24 months")),
)


class UploadForm(OnceForm):
    """The file, chosen or dropped."""

    file = forms.FileField(
        label=_("The register"),
        help_text=_("CSV, XLSX, XLS or ODS, up to 200 MB, as it is: nothing needs to be tidied up first."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )


@dataclass
class ColumnLine:
    """One column as the page shows it."""

    index: int
    heading: str
    samples: list[str]
    filled: int
    field: Any
    guess: Mapping[str, Any]
    date: Mapping[str, Any] | None
    date_field: Any

    @property
    def confidence_percent(self) -> int:
        return round(100 * self.guess.get("confidence", 0))

    @property
    def unsure(self) -> bool:
        """A filled column that nothing is known about: worth a second look."""
        known = self.guess.get("field") or self.guess.get("group")
        return not self.field.value() and not known and self.filled > 0


class ColumnsForm(OnceForm):
    """What each column means, how dates are read, what comes out of notes, and what holds for rows that do not say."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    remember = forms.BooleanField(
        label=_("Remember this for the next file with the same headings"), required=False, initial=True
    )

    def __init__(self, session: ImportSession, table: Table, target: ImportTarget, by: Any, data: Any = None) -> None:
        self.session, self.table, self.target = session, table, target
        self.decisions = session.decisions
        initial = {"version": session.version, **self._initial()}
        super().__init__(data, initial=initial)
        if self.decisions.get("saved_by_other"):
            self.fields["remember"].help_text = _(
                "What is remembered is somebody else's: only they, or whoever imports for all sites, change it."
            )
        self._add_columns()
        self._add_patterns()
        self._add_defaults(by)

    def _initial(self) -> dict[str, Any]:
        found = {f"column_{index}": name for index, name in self.session.mapping.items()}
        found |= {f"date_{index}": item["order"] for index, item in self.decisions.get("dates", {}).items()}
        for n, item in enumerate(self.decisions.get("patterns", [])):
            found |= {f"pattern_{n}_use": item["use"], f"pattern_{n}_field": item["field"]}
        defaults = self.decisions.get("defaults", {})
        return {
            **found,
            "use_groups": self.decisions.get("use_groups", True),
            "site_id": defaults.get("site_id"),
            "interval_months": defaults.get("interval_months", ""),
        }

    def _add_columns(self) -> None:
        choices = [
            (LEAVE_OUT, _("Leave out")),
            *sorted(((f.name, f.label) for f in self.target.all_fields().values()), key=lambda c: str(c[1])),
        ]
        for index, heading in enumerate(self.table.headings):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=said_words(heading), choices=choices, required=False
            )
            if self.initial.get(f"column_{index}") == "ignore":
                self.initial[f"column_{index}"] = LEAVE_OUT
            self.fields[f"date_{index}"] = forms.ChoiceField(label=_("Dates"), choices=ORDERS, required=False)

    def _add_patterns(self) -> None:
        choices = [("", _("Keep under its own name")), *((f.name, f.label) for f in self._text_fields())]
        for n, item in enumerate(self.decisions.get("patterns", [])):
            self.fields[f"pattern_{n}_use"] = forms.BooleanField(label=item["key"], required=False)
            self.fields[f"pattern_{n}_field"] = forms.ChoiceField(label=_("Use as"), choices=choices, required=False)

    def _text_fields(self) -> list[Any]:
        return sorted(
            (f for f in self.target.all_fields().values() if f.kind in ("text", "serial")), key=lambda f: str(f.label)
        )

    def _add_defaults(self, by: Any) -> None:
        sites = [(site.pk, site.name) for site in Site.objects.visible_to(by).order_by("name")]
        if len(sites) > 1:
            self.initial["site_id"] = self.initial.get("site_id") or min(pk for pk, _name in sites)
            self.fields["site_id"] = forms.TypedChoiceField(
                label=_("Site of rows that name none"), choices=sites, coerce=int, empty_value=None, required=False
            )
        if self.decisions.get("groups"):
            self.fields["use_groups"] = forms.BooleanField(label=_("Make a schedule from each"), required=False)
        if "last_service_on" in self.session.mapping.values():
            self.fields["interval_months"] = forms.ChoiceField(
                label=_("Service interval of rows that give none"), choices=INTERVALS, required=False
            )

    # What the page shows ---------------------------------------------------------------------------------------------

    def lines(self) -> Iterator[ColumnLine]:
        guesses = {item["index"]: item for item in self.decisions.get("guesses", [])}
        dates = self.decisions.get("dates", {})
        for index, heading in enumerate(self.table.headings):
            if guesses.get(index, {}).get("group") and str(index) not in dates:
                continue  # Told below, with its group.
            cells = [row[index] for row in self.table.rows[:_SAMPLE_ROWS]]
            said = [str(cell).strip() for cell in cells if not is_blank(cell)]
            yield ColumnLine(
                index,
                heading,
                [text[:60] for text in dict.fromkeys(said)][:SAMPLES],
                len(said),
                self[f"column_{index}"],
                guesses.get(index, {}),
                dates.get(str(index)),
                self[f"date_{index}"],
            )

    def pattern_lines(self) -> Iterator[dict[str, Any]]:
        for n, item in enumerate(self.decisions.get("patterns", [])):
            yield {
                **item,
                "use_field": self[f"pattern_{n}_use"],
                "as_field": self[f"pattern_{n}_field"],
                "heading": self.table.headings[item["column"]],
                "percent": round(100 * item["coverage"]),
            }

    def ambiguous_dates(self) -> int:
        return sum(
            1 for item in self.decisions.get("dates", {}).values() if item["ambiguous"] and not item.get("chosen")
        )

    # What the operation gets -----------------------------------------------------------------------------------------

    def decided(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of ``set_mapping``."""
        count = len(self.table.headings)
        columns = {str(i): cleaned.get(f"column_{i}") or "" for i in range(count)}
        dates = {str(i): cleaned[f"date_{i}"] for i in range(count) if cleaned.get(f"date_{i}")}
        grouped = {str(i) for group in self.decisions.get("groups", []) for i in group["columns"].values()}
        kept = {i: order for i, order in dates.items() if columns[i] in DATE_FIELDS or i in grouped}
        patterns = [
            {**item, "use": bool(cleaned.get(f"pattern_{n}_use")), "field": cleaned.get(f"pattern_{n}_field") or ""}
            for n, item in enumerate(self.decisions.get("patterns", []))
        ]
        defaults = {name: cleaned[name] for name in ("site_id", "interval_months") if cleaned.get(name)}
        return {
            "columns": columns,
            "dates": kept,
            "patterns": patterns,
            "defaults": defaults,
            "use_groups": bool(cleaned.get("use_groups", True)),
            "remember": bool(cleaned.get("remember")),
            "expected_version": cleaned.get("version"),
        }
