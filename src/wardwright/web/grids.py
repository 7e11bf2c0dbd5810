"""A list typed into a form: one small form for each row, added to and taken from by buttons, told row by row.

The buttons only change the page: HTMX swaps the grid, and without scripts the whole page comes back. Nothing is kept
until the form around it is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self

from django import forms
from django.utils.translation import gettext as _

from wardwright.platform.core.errors import Refused
from wardwright.platform.core.values import as_id

from .views import OnceForm

MOST_ROWS = 300


class Grid:
    """The rows of an editor. Every row has a number that never changes while it is edited; the order is that of the
    hidden ``row`` inputs.

    ``prefilled`` is what the page proposed: a row that is sent exactly so, and one left empty, is left out. Without it
    (None) every row counts.
    """

    row_form: ClassVar[type[forms.Form]]
    prefix: ClassVar[str] = "r"

    def __init__(self, rows: dict[int, Any], reserved: int = 0):
        self.rows, self.reserved = rows, reserved

    @classmethod
    def of(cls, entries: Iterable[Mapping[str, Any]]) -> Self:
        """An editor of what is there."""
        found = {n: cls._form(n, initial=entry) for n, entry in enumerate(entries, 1)}
        return cls(found, len(found))

    @classmethod
    def of_post(cls, post: Any, prefilled: list[dict[str, Any]] | None = None) -> Self:
        """What was sent."""
        numbers = dict.fromkeys(n for text in post.getlist("row")[:MOST_ROWS] if (n := as_id(text)) is not None)
        if prefilled is None:
            return cls({n: cls._form(n, post) for n in numbers})
        came = dict(enumerate(prefilled, 1))
        return cls({n: cls._optional(n, post, came.get(n, {})) for n in numbers}, len(came))

    @classmethod
    def _form(cls, number: int, data: Any = None, **given: Any) -> Any:
        return cls.row_form(data, prefix=f"{cls.prefix}{number}", **given)

    @classmethod
    def _optional(cls, number: int, data: Any, initial: Mapping[str, Any]) -> Any:
        return cls._form(number, data, initial=initial, empty_permitted=True, use_required_attribute=False)

    def new_entry(self, last: Any) -> dict[str, Any]:
        """What an added row begins with, below the ``last`` one (None: there is none)."""
        return {}

    def press(self, button: str) -> None:
        """Do what a row button says: ``add``, ``remove-3``, ``up-3`` or ``down-3``; nothing is checked yet. Any other
        leaves the rows as they are."""
        what, _dash, number = button.partition("-")
        if what not in ("add", "remove", "up", "down"):
            return
        self.rows = {n: self._form(n, initial=typed(form)) for n, form in self.rows.items()}
        order = list(self.rows)
        if what == "add":
            n = max([self.reserved, *order]) + 1
            self.rows[n] = self._form(n, initial=self.new_entry(self.rows[order[-1]] if order else None))
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

    def filled(self) -> list[Any]:
        """The rows that count, in their order; the grid must be valid."""
        return [form for form in self.rows.values() if form.cleaned_data]

    def blame(self, fields: Mapping[str, Any]) -> None:
        """Put the operation's words beside the rows they are about: ``steps.3.unit`` is the third row's unit."""
        filled = self.filled()
        for name, words in fields.items():
            _list, _dot, rest = name.partition(".")
            number, _dot, field = rest.partition(".")
            if 0 < (as_id(number) or 0) <= len(filled):
                form = filled[int(number) - 1]
                form.add_error(field if field in form.fields else None, str(words))

    def data(self) -> list[dict[str, Any]]:
        """The rows as the operation takes them."""
        return [form.cleaned_data for form in self.filled()]

    def numbered(self) -> list[tuple[int, Any]]:
        return list(self.rows.items())

    def wrong(self) -> list[tuple[int, Any, Any]]:
        """The wrong cells: the place of the row on the page, the cell (None: the whole row), and the words."""
        return [
            (n, form[name] if name in form.fields else None, words)
            for n, form in enumerate(self.rows.values(), 1)
            if form.is_bound
            for name, words in form.errors.items()
        ]

    def heads(self) -> list[Any]:
        """The columns: the fields of a row that are shown."""
        return self._form(0).visible_fields()


def typed(form: forms.BaseForm) -> dict[str, Any]:
    """What was sent to a form, unchecked; what it began with where nothing was."""
    return {name: form[name].data if form.is_bound else form[name].value() for name in form.fields}


class GridForm(OnceForm):
    """A form with one grid below its fields."""

    grid_class: ClassVar[type[Grid]]
    grid_name: ClassVar[str]  # what the operation calls the list
    prefills: ClassVar[bool] = False  # its entries are a proposal: those that nobody touched are left out

    def __init__(self, *args: Any, entries: Iterable[dict[str, Any]] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        given = list(entries)
        of_post = self.grid_class.of_post
        self.grid = of_post(self.data, given if self.prefills else []) if self.is_bound else self.grid_class.of(given)

    def pressed(self, button: str) -> None:
        """After one of the grid's buttons: the same page, not checked, with all that was typed."""
        self.grid.press(button)
        self.initial = typed(self)
        self.is_bound, self._errors = False, None

    def is_valid(self) -> bool:
        if not self.is_bound:
            return False
        valid = [super().is_valid(), self.grid.is_valid()]
        if not valid[1]:
            self.add_error(None, _("Some rows need another look."))
        return all(valid)

    def refuse(self, error: Refused) -> None:
        own = {name: words for name, words in error.fields.items() if not name.startswith(f"{self.grid_name}.")}
        self.grid.blame({name: words for name, words in error.fields.items() if name not in own})
        if error.fields and not own:
            self.add_error(None, str(error.message))
            return
        error.fields = own
        super().refuse(error)
