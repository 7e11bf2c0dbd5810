"""Forms of the register and its catalogue."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.directory.models import Company, CompanyRelation, Department, Room, Site
from wardwright.kernel.money import to_major, to_minor
from wardwright.web.row_forms import RowForm
from wardwright.web.views import OnceForm

from .models import Asset, DeviceModel, DeviceType
from .queries import possible_parents
from .states import TRANSITIONS, OutReason, PartKind, Status

MANY = 500


class RoomField(forms.ModelChoiceField):
    """A room with its site, building and floor in its label."""

    def label_from_instance(self, obj: Any) -> str:
        floor = obj.floor
        parts = [obj.site.name, *([floor.building.name, floor.name] if floor else []), obj.name]
        return " · ".join(parts)


class DepartmentField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.site.name} · {obj.name}"


class ModelField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.maker.name} {obj.name}"


def rooms_for(by: Any) -> RoomField:
    rooms = Room.objects.visible_to(by).select_related("site", "floor__building").order_by("site__name", "name")
    return RoomField(rooms, label=gettext_lazy("Room"), required=False, empty_label=gettext_lazy("not said"))


def departments_for(by: Any) -> DepartmentField:
    departments = Department.objects.visible_to(by).select_related("site").order_by("site__name", "name")
    return DepartmentField(
        departments, label=gettext_lazy("Department"), required=False, empty_label=gettext_lazy("not said")
    )


def _pk(row: Any) -> int | None:
    return row.pk if row else None


class AssetForm(RowForm):
    """The record of a device: what is known of it, apart from where it is and how it stands."""

    model = Asset
    columns = (
        "tag", "serial", "description", "lot", "udi", "manufactured_on", "manufactured_year", "software_version",
        "firmware_version", "power_requirements", "country_of_origin", "ownership", "owner", "supplier", "provider",
        "purchased_on", "installed_on", "accepted_on", "warranty_until", "expected_life_years", "condition",
        "usage_hours", "inventoried_on", "notes",
    )  # fmt: skip
    SECTIONS = (
        (gettext_lazy("Identity"), ("tag", "serial", "device_model", "description", "lot", "udi")),
        (
            gettext_lazy("Make"),
            ("manufactured_on", "manufactured_year", "software_version", "firmware_version", "power_requirements",
             "country_of_origin"),
        ),
        (
            gettext_lazy("Money and warranty"),
            ("ownership", "owner", "supplier", "provider", "purchase_cost", "currency", "purchased_on",
             "warranty_until"),
        ),
        (
            gettext_lazy("Life"),
            ("installed_on", "accepted_on", "expected_life_years", "condition", "usage_hours", "inventoried_on",
             "notes"),
        ),
    )  # fmt: skip
    purchase_cost = forms.DecimalField(
        label=gettext_lazy("Purchase cost"), required=False, min_value=0, max_digits=14, decimal_places=2
    )
    currency = forms.CharField(label=gettext_lazy("Currency"), required=False, min_length=3, max_length=3)
    device_model = ModelField(DeviceModel._default_manager.none(), label=gettext_lazy("Model"), required=False)

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(by, *args, **kwargs)
        row = self.row
        models = DeviceModel.objects.visible_to(by).filter(merged_into=None).select_related("maker")
        self.fields["device_model"].queryset = (
            models.filter(maker_id=row.device_model.maker_id) if row is not None else models
        ).order_by("maker__name", "name")
        self.fields["device_model"].help_text = _("Models of the same maker. The type follows the model.")
        self.fields["device_model"].empty_label = None
        self.fields["udi"].help_text = _("Scan or type what is on the label.")

    def initial_of(self, row: Any) -> dict[str, Any]:
        found = super().initial_of(row)
        found |= {"device_model": row.device_model_id, "currency": row.currency or row.site.currency}
        if row.purchase_cost_cents is not None:
            found["purchase_cost"] = to_major(row.purchase_cost_cents, found["currency"])
        return found

    def choices_for(self, name: str, visible: Any) -> Any:
        flag = {"supplier": "is_supplier", "provider": "is_provider"}.get(name)
        found = visible.filter(merged_into=None)
        if flag is None:
            return found
        chosen = getattr(self.row, f"{name}_id", None)
        return found.filter(**{flag: True}) | found.filter(pk=chosen) if chosen else found.filter(**{flag: True})

    @property
    def sections(self) -> list[tuple[Any, list[Any]]]:
        """The fields under their headings."""
        return [(title, [self[name] for name in names if name in self.fields]) for title, names in self.SECTIONS]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        cost, currency = given.get("purchase_cost"), (given.get("currency") or "").upper()
        if cost is not None:
            try:
                given["purchase_cost_cents"] = to_minor(Decimal(cost), currency or "EUR")
            except ValueError as error:
                self.add_error("currency" if len(currency) != 3 else "purchase_cost", str(error))
        return given

    def values(self, names: Any = None) -> dict[str, Any]:
        found = super().values(names)
        model = self.cleaned_data.get("device_model")
        return {
            **found,
            "purchase_cost_cents": self.cleaned_data.get("purchase_cost_cents"),
            "currency": (self.cleaned_data.get("currency") or "").upper(),
            **({"device_model_id": model.pk} if model else {}),
        }


class RegisterForm(OnceForm):
    """A new device. Scan first: what the label says need not be typed."""

    udi = forms.CharField(
        label=gettext_lazy("UDI"), required=False, max_length=300,
        help_text=gettext_lazy("Scan the label. It fills serial number and lot, and finds a model that is known."),
    )  # fmt: skip
    device_model = forms.IntegerField(widget=forms.HiddenInput, required=False)
    maker = forms.CharField(label=gettext_lazy("Maker"), required=False, max_length=160)
    model = forms.CharField(label=gettext_lazy("Model"), required=False, max_length=160)
    device_type = forms.CharField(
        label=gettext_lazy("Type"), required=False, max_length=160,
        help_text=gettext_lazy("What kind of device it is, for example “Infusion pump”. Not needed for a known model."),
    )  # fmt: skip
    catalogue_no = forms.CharField(label=gettext_lazy("Catalogue number"), required=False, max_length=80)
    serial = forms.CharField(label=gettext_lazy("Serial number"), required=False, max_length=120)
    lot = forms.CharField(label=gettext_lazy("Lot"), required=False, max_length=60)
    tag = forms.CharField(
        label=gettext_lazy("Asset number"), required=False, max_length=60,
        help_text=gettext_lazy("The number of the label you stick on it. Left empty, the next free one is taken."),
    )  # fmt: skip
    site = forms.ModelChoiceField(Site._default_manager.none(), label=gettext_lazy("Site"), empty_label=None)
    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        help_text=gettext_lazy("A received device waits for its incoming inspection before its first use."),
        choices=[(s.value, s.label) for s in (Status.RECEIVED, Status.IN_SERVICE, Status.IN_STORE, Status.ORDERED)],
    )
    software_version = forms.CharField(label=gettext_lazy("Software version"), required=False, max_length=80)
    purchased_on = forms.DateField(
        label=gettext_lazy("Purchased"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    warranty_until = forms.DateField(
        label=gettext_lazy("Warranty until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    manufactured_on = forms.DateField(
        label=gettext_lazy("Made"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    notes = forms.CharField(label=gettext_lazy("Notes"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    VALUES = (
        "tag", "serial", "lot", "udi", "software_version", "purchased_on", "warranty_until", "manufactured_on", "notes",
    )  # fmt: skip

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.visible_to(by)
        self.fields["department"] = departments_for(by)
        self.fields["room"] = rooms_for(by)
        self.makers = _names(Company.objects.visible_to(by).filter(is_maker=True, merged_into=None))
        self.types = _names(DeviceType.objects.visible_to(by).filter(merged_into=None))
        for name, options in (("maker", "makers"), ("device_type", "types")):
            self.fields[name].widget.attrs |= {"list": options, "autocomplete": "off"}
        self.fields["model"].widget.attrs |= {"list": "model-options", "autocomplete": "off"}
        self.fields["maker"].widget.attrs |= {
            "hx-get": reverse("model-options"),
            "hx-trigger": "change",
            "hx-target": "#model-options",
            "hx-swap": "innerHTML",
        }
        self.order_fields(
            ["udi", "maker", "model", "device_type", "serial", "tag", "site", "department", "room", "status"]
        )

    def place(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "site_id": given["site"].pk,
            "department_id": _pk(given.get("department")),
            "room_id": _pk(given.get("room")),
        }

    def names(self) -> dict[str, Any]:
        given = self.cleaned_data
        names = {name: given[name] for name in ("maker", "model", "device_type", "catalogue_no")}
        known = given.get("device_model") if not given["model"] else None
        return {**names, "device_model_id": known}

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.VALUES if self.cleaned_data[name] not in ("", None)}

    def refuse(self, error: Any) -> None:
        error.fields = {name.removesuffix("_id"): words for name, words in error.fields.items()}
        super().refuse(error)


def _names(rows: Any) -> list[str]:
    return list(rows.values_list("name", flat=True)[:MANY])


class MoveForm(OnceForm):
    """Where a device, or several, are now."""

    selected = forms.CharField(widget=forms.HiddenInput, required=False)
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=200)

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["room"] = rooms_for(by)
        self.fields["department"] = departments_for(by)
        self.fields["department"].help_text = _("Left empty, it stays with its department.")
        self.order_fields(["room", "department", "note"])

    def place(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"room_id": _pk(given["room"]), "department_id": _pk(given["department"]), "note": given["note"]}

    def refuse(self, error: Any) -> None:
        error.fields = {name.removesuffix("_id"): words for name, words in error.fields.items()}
        super().refuse(error)


class StatusForm(OnceForm):
    """The next status, and why. Only steps that are possible from where all of the devices are."""

    selected = forms.CharField(widget=forms.HiddenInput, required=False)
    status = forms.ChoiceField(label=gettext_lazy("New status"), widget=forms.RadioSelect)
    out_reason = forms.ChoiceField(
        label=gettext_lazy("If out of service: because of"), required=False, choices=[("", "–"), *OutReason.choices]
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Needed to take a device out of service, to quarantine and to retire it. The ward and the record show it."
        ),
    )  # fmt: skip

    def __init__(self, statuses: set[str], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [
            (s.value, s.label)
            for s in Status
            if statuses and all(s in TRANSITIONS[Status(before)] for before in statuses)
        ]


class ParentForm(OnceForm):
    """What a device belongs to, by its number."""

    parent_tag = forms.CharField(
        label=gettext_lazy("Belongs to"), required=False, max_length=60,
        help_text=gettext_lazy("Scan or type the number of the device it is a part of. Empty: a device of its own."),
    )  # fmt: skip
    part_kind = forms.ChoiceField(label=gettext_lazy("It is a"), choices=PartKind.choices, required=False)

    def __init__(self, by: Any, asset: Asset, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.by, self.asset = by, asset
        self.parent_id: int | None = None

    def clean_parent_tag(self) -> str:
        tag = self.cleaned_data["parent_tag"].strip()
        if tag:
            self.parent_id = possible_parents(self.by, self.asset).filter(tag=tag).values_list("pk", flat=True).first()
            if self.parent_id is None:
                raise forms.ValidationError(
                    _("No device at this site has this number, or it is the device itself. Check the tag.")
                )
        return tag

    def refuse(self, error: Any) -> None:
        error.fields = {{"parent_id": "parent_tag"}.get(name, name): words for name, words in error.fields.items()}
        super().refuse(error)


class TypeForm(RowForm):
    """A kind of device with its codes and risk attributes."""

    model = DeviceType
    columns = (
        "name", "fs_function", "fs_risk", "fs_maintenance", "life_support", "high_risk", "imaging", "laser",
        "holds_data", "law_mandated", "expected_life_years", "emdn_code", "gmdn_code", "umdns_code", "fda_product_code",
    )  # fmt: skip


class DeviceModelForm(RowForm):
    """What a maker sells under one name."""

    model = DeviceModel
    columns = (
        "maker", "name", "device_type", "catalogue_no", "udi_di", "electrical_class", "applied_parts",
        "power_requirements", "expected_life_years", "end_of_support_on",
    )  # fmt: skip

    def choices_for(self, name: str, visible: Any) -> Any:
        return visible.filter(merged_into=None)


class SpellingForm(OnceForm):
    spelling = forms.CharField(label=gettext_lazy("Another spelling"), max_length=160)


class MergeForm(OnceForm):
    """The decision about a pair: which button was pressed, and what belongs to it."""

    decision = forms.ChoiceField(
        choices=[
            ("same-left", gettext_lazy("the same, keep the left")),
            ("same-right", gettext_lazy("the same, keep the right")),
            ("related", gettext_lazy("related")),
            ("different", gettext_lazy("different")),
        ]
    )
    relation = forms.ChoiceField(
        label=gettext_lazy("If they are related: the left one"), required=False, choices=CompanyRelation.Kind.choices,
        initial=CompanyRelation.Kind.RELATED,
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=200)
