"""The forms of sources: adding and changing one, and bringing files by hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.kernel.bulletins import MappingError, load_mapping, mapping_from_words, mapping_to_words
from wardwright.platform.core.words import said_words
from wardwright.web.documents import FilesField, SeveralFiles
from wardwright.web.views import OnceForm

from .models import Source
from .operations.sources import FETCHED
from .states import SourceKind

ACCEPTED = ".json,.jsonl,.zip,.gz,.csv,.tsv,.xlsx,.xls,.ods,.txt,.eml"


class SourceForm(OnceForm):
    """One source. What its columns mean is written a line for each."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[(one.value, one.label) for one in FETCHED],
        help_text=gettext_lazy(
            "openFDA: its API, or its download.json. CSAF: a provider's provider-metadata.json, a ROLIE feed, "
            "changes.csv or index.txt. A list: one file, such as CSV or JSON."
        ),
    )  # fmt: skip
    url = forms.CharField(
        label=gettext_lazy("Address"), max_length=400, required=False,
        help_text=gettext_lazy("Begins with https://. A list without an address is brought by hand."),
    )  # fmt: skip
    every_hours = forms.IntegerField(label=gettext_lazy("Ask every (hours)"), initial=24, min_value=1)
    per_minute = forms.IntegerField(
        label=gettext_lazy("Requests a minute at most"), initial=30, min_value=1,
        help_text=gettext_lazy("Who asks too often is shut out."),
    )  # fmt: skip
    only = forms.CharField(
        label=gettext_lazy("Only documents whose name begins with"), max_length=60, required=False,
        help_text=gettext_lazy("For example icsma-. For a download.json the set: device/recall or device/enforcement."),
    )  # fmt: skip
    mapping = forms.CharField(
        label=gettext_lazy("What its columns mean"), required=False, widget=forms.Textarea(attrs={"rows": 7}),
        help_text=gettext_lazy(
            "Only for lists, a line for each: “ref = Reference number”, “description = Product + Model”, “issuer: MHRA”"
            " for what holds for all. Left empty, it is told by the names of the columns. There are: ref, title, kind,"
            " issuer, maker, severity, status, published_on, updated_on, started_on, ended_on, event, also_known_as,"
            " reason, action, url, brands, product_codes, cves, description, code_info, text."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, row: Source | None = None, **kwargs: Any):
        if row is not None:
            kwargs["initial"] = _initial(row)
        super().__init__(*args, **kwargs)
        if row is not None:
            del self.fields["kind"]

    def clean_mapping(self) -> dict[str, Any]:
        text = self.cleaned_data["mapping"]
        if not text.strip():
            return {}
        try:
            return mapping_from_words(text).plain()
        except MappingError as error:
            raise forms.ValidationError(said_words(error.args[0])) from None


def _initial(row: Source) -> dict[str, Any]:
    return {
        "name": row.name, "url": row.url, "every_hours": row.every_hours, "expected_version": row.version,
        "only": row.options.get("only", ""), "per_minute": row.options.get("per_minute", 30),
        "mapping": mapping_to_words(load_mapping(row.mapping)) if row.mapping else "",
    }  # fmt: skip


class BringForm(OnceForm):
    """Files from elsewhere, for a hospital without internet."""

    files = FilesField(  # type: ignore[assignment]  # as in web.documents
        label=gettext_lazy("Files"),
        widget=SeveralFiles(
            attrs={"accept": ".json,.jsonl,.zip,.gz,.csv,.tsv,.xlsx,.xls,.ods,.txt,.eml", "class": "file-drop"}
        ),
        help_text=gettext_lazy(
            "openFDA answers or downloads, CSAF advisories, also many in one ZIP, lists as CSV, XLSX or ODS, letters as"
            " text."
        ),
    )
    source = forms.ModelChoiceField(
        Source._default_manager.none(), label=gettext_lazy("Source"), required=False,
        empty_label=gettext_lazy("as the files show"),
        help_text=gettext_lazy("Choose one where its columns have to be mapped."),
    )  # fmt: skip

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = Source.objects.visible_to(by).exclude(kind=SourceKind.LETTERS).order_by("name")

    def clean_files(self) -> list[Any]:
        found = self.cleaned_data["files"]
        if not found:
            raise forms.ValidationError(_("Choose a file, or drop one here."))
        return found
