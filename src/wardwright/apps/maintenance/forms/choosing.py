"""Choosing a type or a model by its name: suggestions while typing, and the one that was meant."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import DeviceModel, DeviceType
from wardwright.apps.assets.queries import models_in_use, types_in_use

SEVERAL = ";"
TYPE_ATTRS = {"list": "type-options", "autocomplete": "off"}
MODEL_ATTRS = {
    "list": "model-options",
    "autocomplete": "off",
    "hx-get": reverse_lazy("model-names"),
    "hx-trigger": "input changed delay:250ms",
    "hx-target": "#model-options",
    "hx-swap": "innerHTML",
}


def one_type(by: Any, text: str) -> DeviceType:
    """The device type of this name. Raises ValidationError."""
    found = types_in_use(by).filter(name__iexact=text).first()
    if found is None:
        raise forms.ValidationError(_("No device type is called “%(text)s”. Choose one of the list.") % {"text": text})
    return found


def one_model(by: Any, text: str) -> DeviceModel:
    """The model of this name, with its maker in front or not, or of this catalogue number. Raises ValidationError."""
    rows = models_in_use(by)
    exact = list(rows.filter(name__iexact=text)[:6]) or list(rows.filter(catalogue_no__iexact=text)[:6])
    last = text.split()[-1]
    found = exact or [row for row in rows.filter(name__icontains=last)[:200] if _is_called(row, text)][:6]
    if len(found) == 1:
        return found[0]
    if not found:
        raise forms.ValidationError(_("No model is called “%(text)s”. Choose one of the list.") % {"text": text})
    names = SEVERAL.join(f" {model_name(row)}" for row in found[:5])
    raise forms.ValidationError(
        _("Several models fit:%(names)s. Enter the maker and the whole name.") % {"names": names}
    )


def model_name(row: DeviceModel) -> str:
    """How a model is offered and shown in a field: maker and name."""
    return f"{row.maker} {row.name}"


def _is_called(row: DeviceModel, text: str) -> bool:
    return model_name(row).casefold() == text.casefold()


def models_like(by: Any, text: str, most: int = 20) -> list[str]:
    """Names of models that have every typed word in the maker's or their own name, or in their catalogue number."""
    rows = models_in_use(by)
    for word in text.split():
        rows = (
            rows.filter(name__icontains=word)
            | rows.filter(maker__name__icontains=word)
            | rows.filter(catalogue_no__icontains=word)
        )
    return [model_name(row) for row in rows.order_by("maker__name", "name")[:most]] if text.strip() else []
