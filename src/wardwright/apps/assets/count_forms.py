"""Forms of labels and counts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.web.row_forms import RowForm
from wardwright.web.views import OnceForm

from .forms import departments_for, rooms_for
from .models import LabelFormat
from .queries import SYMBOLS, WORDINGS, label_formats_in_use


class NewCountForm(OnceForm):
    """The place that is counted: a room, or a whole department."""

    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=300)

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["room"] = rooms_for(by)
        self.fields["room"].empty_label = _("a whole department")
        self.fields["department"] = departments_for(by)
        self.fields["department"].empty_label = _("one room")
        self.fields["department"].help_text = _("Choose a room or a department, one of the two.")
        self.order_fields(["room", "department", "note"])

    def place(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {f"{name}_id": given[name].pk if given[name] else None for name in ("room", "department")}

    def refuse(self, error: Any) -> None:
        error.fields = {name.removesuffix("_id"): words for name, words in error.fields.items()}
        super().refuse(error)


class CloseCountForm(OnceForm):
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=300,
        help_text=gettext_lazy("For example: two cupboards were locked."),
    )  # fmt: skip


class LookForm(OnceForm):
    selected = forms.CharField(widget=forms.HiddenInput, required=False)
    note = forms.CharField(
        label=gettext_lazy("Where did you look?"), required=False, max_length=200,
        help_text=gettext_lazy("For example: store, bed cleaning, the ward next door."),
    )  # fmt: skip


class LabelsForm(OnceForm):
    """How labels are wanted."""

    selected = forms.CharField(widget=forms.HiddenInput, required=False)
    label_format = forms.ChoiceField(label=gettext_lazy("Sheet or label"))
    wording = forms.ChoiceField(
        label=gettext_lazy("The label says"), choices=list(WORDINGS.items()), widget=forms.RadioSelect
    )
    symbols = forms.ChoiceField(label=gettext_lazy("Codes"), choices=list(SYMBOLS.items()), widget=forms.RadioSelect)
    start = forms.IntegerField(
        label=gettext_lazy("Begin at position"), min_value=1, initial=1,
        help_text=gettext_lazy("Of a sheet that was begun: count from the top left, row by row. 1 for a new sheet."),
    )  # fmt: skip

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        offered = [(row.code, row.name) for row in label_formats_in_use(by)]
        self.fields["label_format"].choices = offered
        if offered and self.initial.get("label_format") not in dict(offered):
            self.initial["label_format"] = offered[0][0]

    def wish(self) -> dict[str, Any]:
        """The entries as ``labels.wish`` takes them."""
        return {name: self.cleaned_data[name] for name in ("label_format", "wording", "symbols", "start")}


class LabelFormatForm(RowForm):
    """A sheet of labels, or a single label."""

    model = LabelFormat
    columns = (
        "name", "code", "page_width_mm", "page_height_mm", "columns", "rows", "width_mm", "height_mm", "left_mm",
        "top_mm", "pitch_x_mm", "pitch_y_mm", "halves", "order", "is_active",
    )  # fmt: skip
