"""Forms of retiring, sanitising and disposing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.kernel.money import to_major, to_minor
from wardwright.platform.attachments.models import Attachment
from wardwright.web.row_forms import RowForm
from wardwright.web.views import OnceForm

from .models import Asset, Disposal
from .states import DataHeld, DisposalRoute, SanitisationMethod


class RetireForm(OnceForm):
    """Why a device is retired, and whether data are on it."""

    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For example: beyond economic repair. The record shows it."),
    )  # fmt: skip
    data_held = forms.ChoiceField(
        label=gettext_lazy("Does it hold patient or network data?"), choices=DataHeld.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Names, images, logs, log-ins, Wi-Fi keys. Filled in from its type; look at the device itself."
        ),
    )  # fmt: skip


class DisposalForm(RowForm):
    """The data on a device and how they were removed; where it goes; and whether it is gone."""

    model = Disposal
    columns = (
        "data_held", "method", "sanitised_on", "sanitised_by_name", "sanitisation_note", "evidence",
        "route", "receiver", "certificate_no", "proceeds", "currency", "left_on", "note",
    )  # fmt: skip
    SECTIONS = (
        (
            gettext_lazy("Data on it"),
            ("data_held", "method", "sanitised_on", "sanitised_by_name", "sanitisation_note", "evidence"),
        ),
        (
            gettext_lazy("Where it goes"),
            ("route", "receiver", "certificate_no", "proceeds", "currency", "left_on", "note"),
        ),
        (gettext_lazy("Is it gone?"), ("gone", "override_reason")),
    )
    proceeds = forms.DecimalField(
        label=gettext_lazy("Proceeds"), required=False, min_value=0, max_digits=14, decimal_places=2
    )
    currency = forms.CharField(label=gettext_lazy("Currency"), required=False, min_length=3, max_length=3)
    gone = forms.BooleanField(
        label=gettext_lazy("It has left the house: take it off the register as disposed of"), required=False
    )

    def __init__(self, by: Any, asset: Asset, *args: Any, may_override: bool, **kwargs: Any):
        self.asset = asset
        super().__init__(by, *args, **kwargs)
        held, method, route = self.fields["data_held"], self.fields["method"], self.fields["route"]
        held.widget = forms.RadioSelect(choices=DataHeld.choices)
        method.widget = forms.RadioSelect(choices=[("", _("not removed yet")), *SanitisationMethod.choices])
        method.help_text = _("The terms of NIST SP 800-88.")
        route.widget = forms.Select(choices=[("", _("not decided yet")), *DisposalRoute.choices])
        self.fields["evidence"].empty_label = self.fields["receiver"].empty_label = _("none")
        self.fields["sanitisation_note"].help_text = _("For example: hard disk shredded, serial number WX-4711.")
        self.fields["evidence"].help_text = _("A document of this device. Add it on its page first.")
        self.fields["certificate_no"].help_text = _("The number on the recycler's or the buyer's paper.")
        if may_override:
            self.fields["override_reason"] = forms.CharField(
                label=_("If data may still be on it: why it leaves all the same"), required=False, max_length=300
            )
        if asset.status == "disposed":
            del self.fields["gone"]

    def choices_for(self, name: str, visible: Any) -> Any:
        if name == "evidence":
            return Attachment.objects.visible_to(self.by).of(Asset._meta.db_table, self.asset.pk).in_force()
        return visible.filter(merged_into=None)

    def initial_of(self, row: Any) -> dict[str, Any]:
        found = super().initial_of(row)
        found["currency"] = row.currency or self.asset.currency or self.asset.site.currency
        if row.proceeds_cents is not None:
            found["proceeds"] = to_major(row.proceeds_cents, found["currency"])
        return found

    def _field(self, name: str) -> forms.Field:
        return self.base_fields[name] if name == "proceeds" else super()._field(name)

    @property
    def sections(self) -> list[tuple[Any, list[Any]]]:
        """The fields under their headings; a heading without a field is left out."""
        found = [(title, [self[name] for name in names if name in self.fields]) for title, names in self.SECTIONS]
        return [(title, fields) for title, fields in found if fields]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("proceeds") is not None:
            try:
                given["proceeds_cents"] = to_minor(Decimal(given["proceeds"]), (given.get("currency") or "").upper())
            except ValueError as error:
                self.add_error("currency", str(error))
        return given

    def values(self, names: Any = None) -> dict[str, Any]:
        currency = (self.cleaned_data.get("currency") or "").upper()
        cents = self.cleaned_data.get("proceeds_cents")
        return {**super().values(names), "proceeds_cents": cents, "currency": currency if cents is not None else ""}

    def refuse(self, error: Any) -> None:
        error.fields = {{"proceeds_cents": "proceeds"}.get(n, n): words for n, words in error.fields.items()}
        super().refuse(error)
