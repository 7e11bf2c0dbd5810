"""Rows entered in a list: each cleaned by its own fields, all wrong entries told at once by number and name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar

from django.db.models import Model
from django.utils.translation import gettext as _

from wardwright.platform.core.errors import Invalid
from wardwright.platform.core.values import cleaned

Row = TypeVar("Row", bound=Model)
Faults = dict[str, Any]


def entered_rows(
    name: str,
    entries: Iterable[dict[str, Any]],
    new: Callable[[], Row],
    fields: Collection[str],
    needed: Collection[str],
    check: Callable[[Row, list[Row]], Faults],
) -> list[Row]:
    """A row (not saved) for each entry. ``check(row, rows before it)`` finds what is wrong beyond single fields.

    Raises:
        Invalid: ``fields`` names each wrong entry ``name.NUMBER.FIELD``, counted from 1.
    """
    wrong: Faults = {}
    good: list[Row] = []
    for number, entry in enumerate(entries, 1):
        row = new()
        faults: Faults = {field: _("Enter a value.") for field in needed if entry.get(field) in (None, "")}
        try:
            values = cleaned(row, {key: value for key, value in entry.items() if key not in faults}, fields)
        except Invalid as error:
            faults |= error.fields
        else:
            for field, value in values.items():
                setattr(row, field, value)
            faults |= {} if faults else check(row, good)
        wrong |= {f"{name}.{number}.{field}": words for field, words in faults.items()}
        good.append(row)
    if wrong:
        words = " ".join(f"{field.removeprefix(name + '.')}: {words}" for field, words in wrong.items())
        raise Invalid(_("Some entries need another look."), words, fields=wrong)
    return good
