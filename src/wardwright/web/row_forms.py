"""Forms over the columns of one table: labels, choices and help come from the model, choices from ``visible_to``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from wardwright.platform.core.errors import Refused, StaleEdit

from .views import OnceForm, form_page


class RowForm(OnceForm):
    """A form for ``columns`` of ``model``; its ``values()`` are what operations take (foreign keys as ``…_id``).

    With ``row`` it edits: it carries the version it was read at, and after a refused stale edit ``differences`` holds
    what others saved meanwhile beside what was typed, for the page to show. Sending it again then saves knowingly.
    """

    model: ClassVar[type[Model]]
    columns: ClassVar[tuple[str, ...]] = ()
    labels: ClassVar[Mapping[str, Any]] = {}

    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, by: Any, *args: Any, row: Any = None, **kwargs: Any):
        self.by, self.row = by, row
        self.differences: list[tuple[Any, str, str]] = []
        if row is not None:
            kwargs["initial"] = {**self.initial_of(row), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        for name in self.columns:
            self.fields.setdefault(name, self._field(name))
        self.order_fields([*self.columns, *self.fields])

    def _field(self, name: str) -> forms.Field:
        column = self.model._meta.get_field(name)
        options: dict[str, Any] = {"label": self.labels[name]} if name in self.labels else {}
        if isinstance(column, models.URLField):
            options["assume_scheme"] = "https"
        field: Any = column.formfield(**options)  # type: ignore[union-attr]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = self.choices_for(name, column.related_model.objects.visible_to(self.by))  # type: ignore[union-attr]
            field.empty_label = _("not known") if not field.required else None
        if isinstance(field, forms.DateField):
            field.widget = forms.DateInput(attrs={"type": "date"})
        if isinstance(field.widget, forms.Textarea):
            field.widget.attrs["rows"] = 4
        return field

    def choices_for(self, name: str, visible: Any) -> Any:
        """The rows to choose from for a foreign key; override to narrow ``visible``."""
        return visible

    def initial_of(self, row: Any) -> dict[str, Any]:
        """What the form shows of ``row``."""
        found = {name: getattr(row, self._attname(name)) for name in self.columns if self._is_column(name)}
        return {**found, "expected_version": row.version}

    def _is_column(self, name: str) -> bool:
        return name in {field.name for field in self.model._meta.concrete_fields}

    def _attname(self, name: str) -> str:
        return self.model._meta.get_field(name).attname  # type: ignore[union-attr]

    def values(self, names: Iterable[str] | None = None) -> dict[str, Any]:
        """The cleaned entries by column."""
        given = self.cleaned_data
        return {
            self._attname(name): value.pk if isinstance(value := given[name], Model) else value
            for name in names or self.columns
            if name in given and self._is_column(name)
        }

    def refuse(self, error: Refused) -> None:
        """As any form; a stale edit also tells what differs now, and is sent against the newer version next time."""
        error.fields = {
            name if name in self.fields else name.removesuffix("_id"): words for name, words in error.fields.items()
        }
        super().refuse(error)
        if isinstance(error, StaleEdit) and self.row is not None:
            self._show_newer()

    def _show_newer(self) -> None:
        newer = self.visible_rows().filter(pk=self.row.pk).first()
        if newer is None:
            return
        now = self.initial_of(newer)
        for name in self.columns:
            saved, typed = self._words(name, now.get(name)), self._words(name, self.cleaned_data.get(name))
            if saved != typed:
                self.differences.append((self.fields[name].label, saved, typed))
        typed_again: Any = self.data  # a QueryDict, whose copy may be written to
        self.data = typed_again.copy()
        self.data["expected_version"] = str(newer.version)  # type: ignore[index]

    def visible_rows(self) -> Any:
        """The rows of the table that the reader may see; override for a table without a scope."""
        return self.model.objects.visible_to(self.by)  # type: ignore[attr-defined]

    def _words(self, name: str, value: Any) -> str:
        if value in (None, ""):
            return ""
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            rows: Any = field.queryset
            row = value if isinstance(value, Model) else rows.filter(pk=value).first()
            return str(row or value)
        if isinstance(field, forms.TypedChoiceField):
            choices: Any = field.choices
            return str(dict(choices).get(value, value))
        if isinstance(field, forms.BooleanField):
            return str(_("yes") if value else _("no"))
        return str(value)


def edit_page(request: HttpRequest, form: RowForm, change: Callable[..., Any], key: str, back: str, title: Any) -> Any:
    """The page that edits the row of ``form`` by the operation ``change``, which calls the row's id ``key``."""

    def run(cleaned: dict[str, Any]) -> str:
        change(
            by=request.user, values=form.values(), expected_version=cleaned["expected_version"], **{key: form.row.pk}
        )
        return back

    return form_page(request, form, run, title=title, template="web/edit_row.html", cancel_url=back)
