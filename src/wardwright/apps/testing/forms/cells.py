"""Fields for what is typed into rows."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _


class CommaDecimal(forms.DecimalField):
    """A number typed with a comma or a point. As text with a number keyboard: a number box forgets a wrong entry."""

    def __init__(self, **given: Any):
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(**{"widget": forms.TextInput(attrs=attrs), **given})

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = value.strip().replace("\u00a0", "").replace(" ", "").replace(",", ".")
        try:
            return super().to_python(value)
        except InvalidOperation:
            raise forms.ValidationError(_("Enter a number, for example 0.5")) from None

    def prepare_value(self, value: Any) -> Any:
        """A kept number without the zeros of its column."""
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return super().has_changed(self.to_python(initial), data)
        except forms.ValidationError:
            return True


class CellForm(forms.Form):
    """One row of a grid: its labels are the heads of the columns, and said by each cell."""

    widths: dict[str, int] = {}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for name, field in self.fields.items():
            field.widget.attrs |= {"aria-label": str(field.label), "size": self.widths.get(name, 8)}
