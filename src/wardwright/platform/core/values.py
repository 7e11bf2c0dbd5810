"""Entries on their way into a row: cleaned by the row's own fields, refused with words beside each field."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from .errors import Invalid
from .kept import row_by_number
from .models import InsertedModel, Taken


def cleaned(row: models.Model, values: Mapping[str, Any], allowed: Collection[str]) -> dict[str, Any]:
    """``values`` as the fields of ``row`` understand them; foreign keys are named by their column (``room_id``).

    Raises:
        Invalid: with one message for each wrong entry; names outside ``allowed`` are wrong too.
    """
    good: dict[str, Any] = {}
    wrong: dict[str, Any] = {}
    for name, value in values.items():
        if name not in allowed:
            wrong[name] = _("This cannot be changed here.")
            continue
        try:
            good[name] = _clean(row, name, value)
        except ValidationError as error:
            wrong[name] = " ".join(error.messages)
    if wrong:
        raise Invalid(_("Some entries need another look."), _words(row, wrong), fields=wrong)
    return good


def _clean(row: models.Model, name: str, value: Any) -> Any:
    field = row._meta.get_field(name)
    if field.is_relation:
        if value in (None, "") and not field.null:
            raise ValidationError(_("Choose one."))
        return as_pk(field.related_model, value) if value not in (None, "") else None
    if isinstance(value, list | dict) and not isinstance(field, models.JSONField):
        raise ValidationError(_("Enter a single value."))
    if isinstance(value, str):
        value = value.replace("\x00", "").strip()
        if value == "" and field.null:
            value = None
    try:
        return field.clean(value, row)  # type: ignore[union-attr]
    except TypeError:  # a number where a day belongs
        raise ValidationError(_("Enter this another way.")) from None


def as_pk(model: Any, value: Any) -> int:
    """The number of a row, however it was written.

    Raises:
        ValidationError: when it is none.
    """
    try:
        return int(model._meta.pk.to_python(value))
    except OverflowError:
        raise ValidationError(_("Enter the number of a record.")) from None


def _words(row: models.Model, wrong: Mapping[str, Any]) -> str:
    return " ".join(f"{_label(row, name)}: {message}" for name, message in wrong.items())


def _label(row: models.Model, name: str) -> str:
    try:
        return str(getattr(row._meta.get_field(name), "verbose_name", name))
    except Exception:  # a name that is no field at all is shown as it came
        return name


@contextmanager
def unique_or_invalid(row: models.Model, names: Collection[str] | None = None) -> Iterator[None]:
    """Save ``row`` in this block; a clash with another row is refused in words instead of a database error.

    With ``names``, the fields that may change: none of them unique, no savepoint, which is a tenth of a small change.
    """
    if names is not None and _unique_names(type(row)).isdisjoint(names):
        yield
        return
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        _refuse(_clashes(row))
        raise


@cache
def _unique_names(model: type[models.Model]) -> frozenset[str]:
    """The fields that can bring a row into a clash; all of them when the model has rules of more than names."""
    fields = model._meta.concrete_fields
    if any(type(rule) is not models.UniqueConstraint or not rule.fields for rule in model._meta.constraints) or any(
        getattr(rule, "condition", None) for rule in model._meta.constraints
    ):
        return frozenset(field.name for field in fields)
    found = {name for rule in model._meta.total_unique_constraints for name in rule.fields}
    return frozenset({field.name for field in fields if field.unique} | found)


def insert_or_invalid(row: InsertedModel) -> None:
    """Insert ``row``; a clash with another row is refused in words instead of a database error.

    Raises:
        Invalid: with the fields that clash.
    """
    try:
        row.save(force_insert=True)
    except Taken:
        _refuse(_clashes(row))
        raise


def _refuse(wrong: dict[str, Any]) -> None:
    if wrong:
        raise Invalid(
            _("There is already one like this."),
            _("Use the one that is there, or choose another name or number."),
            fields=wrong,
        ) from None


def _clashes(row: models.Model) -> dict[str, Any]:
    wrong: dict[str, Any] = {}
    for check in (row.validate_unique, row.validate_constraints):
        try:
            check()
        except ValidationError as error:
            wrong |= {name: " ".join(words) for name, words in error.message_dict.items()}
    return wrong


def reachable(queryset: Any, pk: Any, field: str) -> Any:
    """The row ``pk`` of a queryset that is already scoped to the actor; None for no pk.

    Raises:
        Invalid: when there is none, naming ``field``.
    """
    if pk in (None, ""):
        return None
    try:
        row = row_by_number(queryset, as_pk(queryset.model, pk))
    except ValidationError:
        row = None
    if row is None:
        message = _("There is none with this number, or you may not see it.")
        raise Invalid(message, _("Choose one from the list."), fields={field: message})
    return row


def as_id(text: str) -> int | None:
    """A row's number from outside; None for what cannot be one (no number, or larger than any database holds)."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None
