"""Forms of the equipment library."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.assets.models import Asset, DeviceType
from wardwright.apps.assets.queries import resolve, types_in_use
from wardwright.apps.directory.models import Company, Department, Room, Site
from wardwright.kernel.money import to_major, to_minor
from wardwright.platform.core.errors import Refused
from wardwright.web.views import OnceForm

from .models import Kit, KitPart, Loan, Pool, PoolType, Rental
from .queries import lent_types, wards_of
from .states import CleanMethod

DATE = forms.DateInput(attrs={"type": "date"})
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"})
SCAN = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
#: What the look at a patient's device asks, by the code the operation knows.
PATIENT_CHECKS = (
    ("whole", gettext_lazy("The case is whole")),
    ("cable", gettext_lazy("Cable and plug are whole and fit our sockets")),
    ("clean", gettext_lazy("It is clean")),
    ("works", gettext_lazy("It works as the patient knows it")),
)


def _pk(row: Any) -> int | None:
    return row.pk if row else None


class PlacedForm(OnceForm):
    """A form whose fields are named like the operation's entries without ``_id``."""

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.by = by

    def refuse(self, error: Refused) -> None:
        error.fields = {self.own_name(name): words for name, words in error.fields.items()}
        super().refuse(error)

    def own_name(self, name: str) -> str:
        for own in (name, name.removesuffix("_id"), name.removesuffix("_ids") + "s", "tags" if "asset" in name else ""):
            if own in self.fields:
                return own
        return name


class WardField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name) if self.one_site else f"{obj.site.name} · {obj.name}"

    one_site = False


def _ward_field(form: PlacedForm, name: str = "department") -> None:
    """The wards one may ask for; with only one there is nothing to choose."""
    wards = wards_of(form.by)
    field = form.fields[name]
    field.queryset = wards
    some = list(wards[:2])
    field.one_site = len({ward.site_id for ward in wards[:200]}) == 1
    if len(some) == 1:
        field.initial, field.widget = some[0].pk, forms.HiddenInput()


class TypeChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.device_type.name)


class AskForm(PlacedForm):
    """What, how many, from when: everything else has a good default."""

    what = forms.ChoiceField(label=gettext_lazy("What do you need?"), widget=forms.RadioSelect)
    quantity = forms.IntegerField(label=gettext_lazy("How many?"), min_value=1, max_value=100, initial=1)
    department = WardField(Department._default_manager.none(), label=gettext_lazy("For which ward?"))
    from_at = forms.DateTimeField(
        label=gettext_lazy("From when?"), required=False, widget=MOMENT, help_text=gettext_lazy("Empty: now.")
    )
    until_at = forms.DateTimeField(
        label=gettext_lazy("Until when?"),
        required=False,
        widget=MOMENT,
        help_text=gettext_lazy("Empty: as long as it is needed, for example till discharge."),
    )
    is_urgent = forms.BooleanField(label=gettext_lazy("It is urgent"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=200, help_text=gettext_lazy("No names of patients.")
    )

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(by, *args, **kwargs)
        self.types = list(lent_types(by))
        kits = Kit.objects.visible_to(by).filter(is_active=True, pool__is_active=True).select_related("pool")
        self.kits = list(kits.order_by("name"))
        offered: list[Any] = [*self.types, *self.kits]
        several = len({row.pool_id for row in offered}) > 1
        place = lambda row: f" · {row.pool.name}" if several else ""
        self.fields["what"].choices = [
            *((f"type:{row.pk}", f"{row.device_type.name}{place(row)}") for row in self.types),
            *((f"kit:{row.pk}", f"{row.name}{place(row)}") for row in self.kits),
        ]
        _ward_field(self)

    def own_name(self, name: str) -> str:
        return "what" if name in ("device_type_id", "kit_id", "pool_id") else super().own_name(name)

    def values(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        kind, _colon, pk = cleaned["what"].partition(":")
        chosen: Any = next(row for row in (self.types if kind == "type" else self.kits) if row.pk == int(pk))
        what = {"device_type_id": chosen.device_type_id} if kind == "type" else {"kit_id": chosen.pk}
        plain = {name: cleaned[name] for name in ("quantity", "from_at", "until_at", "is_urgent", "note")}
        return {**plain, **what, "pool_id": chosen.pool_id, "department_id": cleaned["department"].pk}


class TagsField(forms.CharField):
    """Numbers of devices, one on each line, as a scanner types them: the devices themselves, in order."""

    widget = forms.Textarea(attrs={"rows": 5, **SCAN})
    by: Any = None

    def clean(self, value: Any) -> list[Asset]:
        lines = [line.strip() for line in str(super().clean(value) or "").splitlines() if line.strip()]
        found: dict[int, Asset] = {}
        unknown = []
        for line in dict.fromkeys(lines[:200]):
            asset = resolve(self.by, line).asset
            if asset is None:
                unknown.append(line[:40])
            else:
                found[asset.pk] = asset
        if unknown:
            raise forms.ValidationError(
                _("No device, or more than one, has: %(numbers)s. Check these lines.")
                % {"numbers": ", ".join(unknown[:8])}
            )
        if len(lines) > 200:
            raise forms.ValidationError(_("Take up to 200 devices at once."))
        return list(found.values())


class ScannedForm(PlacedForm):
    """Many devices by scanning them."""

    tags = TagsField(
        label=gettext_lazy("Scan each device"),
        help_text=gettext_lazy("One number on each line; the scanner ends each line by itself."),
    )

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(by, *args, **kwargs)
        self.fields["tags"].by = by

    @property
    def asset_ids(self) -> list[int]:
        return [asset.pk for asset in self.cleaned_data["tags"] or []]


class BatchForm(ScannedForm):
    pool_type = TypeChoice(PoolType._default_manager.none(), label=gettext_lazy("What"))
    quantity = forms.IntegerField(label=gettext_lazy("How many"), min_value=1, max_value=100)
    department = WardField(Department._default_manager.none(), label=gettext_lazy("For which ward?"))
    taken_by_name = forms.CharField(label=gettext_lazy("Taken by"), required=False, max_length=120)
    until_at = forms.DateTimeField(label=gettext_lazy("Back by"), required=False, widget=MOMENT)
    field_order = ("pool_type", "quantity", "department", "tags", "taken_by_name", "until_at")

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(by, *args, **kwargs)
        self.fields["pool_type"].queryset = lent_types(by)
        self.fields["tags"].required = False
        self.fields["tags"].help_text = _("Leave it empty to take those that were idle the longest.")
        _ward_field(self)

    def own_name(self, name: str) -> str:
        return "pool_type" if name in ("device_type_id", "pool_id") else super().own_name(name)

    def values(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        kind = cleaned["pool_type"]
        plain = {name: cleaned[name] for name in ("quantity", "taken_by_name", "until_at")}
        return {
            **plain,
            "pool_id": kind.pool_id,
            "device_type_id": kind.device_type_id,
            "department_id": cleaned["department"].pk,
            "asset_ids": self.asset_ids,
        }


class ReserveForm(PlacedForm):
    pool_type = TypeChoice(PoolType._default_manager.none(), label=gettext_lazy("What"))
    tag = forms.CharField(
        label=gettext_lazy("This device"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Only if it must be one certain device. Otherwise any of the type."),
        widget=forms.TextInput(attrs=SCAN),
    )
    quantity = forms.IntegerField(label=gettext_lazy("How many"), min_value=1, max_value=100, initial=1)
    department = WardField(Department._default_manager.none(), label=gettext_lazy("For which ward?"))
    from_at = forms.DateTimeField(label=gettext_lazy("From"), widget=MOMENT)
    until_at = forms.DateTimeField(
        label=gettext_lazy("Until"), required=False, widget=MOMENT, help_text=gettext_lazy("Empty: for good.")
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=200)

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(by, *args, **kwargs)
        self.fields["pool_type"].queryset = lent_types(by)
        self.asset_id: int | None = None
        _ward_field(self)

    def own_name(self, name: str) -> str:
        if name in ("device_type_id", "pool_id"):
            return "pool_type"
        return "tag" if name == "asset_id" else super().own_name(name)

    def clean_tag(self) -> str:
        tag = self.cleaned_data["tag"].strip()
        asset = resolve(self.by, tag).asset if tag else None
        if tag and asset is None:
            raise forms.ValidationError(_("No device has this number. Leave it empty, or check the tag."))
        self.asset_id = _pk(asset)
        return tag

    def values(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        kind = cleaned["pool_type"]
        plain = {name: cleaned[name] for name in ("quantity", "from_at", "until_at", "note")}
        return {
            **plain,
            "pool_id": kind.pool_id,
            "device_type_id": kind.device_type_id,
            "department_id": cleaned["department"].pk,
            "asset_id": self.asset_id,
        }


class StepForm(OnceForm):
    """A button of a page with one small step on it."""

    step = forms.CharField(max_length=30)
    loan_request = forms.IntegerField(required=False)
    loan = forms.IntegerField(required=False)
    method = forms.ChoiceField(choices=CleanMethod.choices, required=False)
    tag = forms.CharField(required=False, max_length=500)
    reason = forms.CharField(required=False, max_length=300)


class RoomChoice(forms.ModelChoiceField):
    with_site = False

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.site.name} · {obj.name}" if self.with_site else str(obj.name)


class DeliverForm(PlacedForm):
    room = RoomChoice(
        Room._default_manager.none(), label=gettext_lazy("Room"), required=False, empty_label=gettext_lazy("not said")
    )
    taken_by_name = forms.CharField(
        label=gettext_lazy("Who took it"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Of the ward's staff."),
    )

    def __init__(self, by: Any, site_id: int, *args: Any, **kwargs: Any):
        super().__init__(by, *args, **kwargs)
        self.fields["room"].queryset = Room.objects.visible_to(by).filter(site_id=site_id).order_by("name")


class IssueKitForm(DeliverForm):
    department = WardField(Department._default_manager.none(), label=gettext_lazy("For which ward?"))
    until_at = forms.DateTimeField(label=gettext_lazy("Back by"), required=False, widget=MOMENT)
    field_order = ("department", "room", "taken_by_name", "until_at")

    def __init__(self, by: Any, site_id: int, *args: Any, **kwargs: Any):
        super().__init__(by, site_id, *args, **kwargs)
        _ward_field(self)
        self.fields["department"].queryset = wards_of(by).filter(site_id=site_id)


class EndForm(OnceForm):
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=200)


class KeepForm(OnceForm):
    """The ward keeps a device longer."""

    due_at = forms.DateTimeField(
        label=gettext_lazy("Until when is it needed?"),
        required=False,
        widget=MOMENT,
        help_text=gettext_lazy("Empty: as long as it is needed."),
    )


class CheckForm(OnceForm):
    """The look at what came back: everything is in order unless it is ticked."""

    failed_checks = forms.MultipleChoiceField(
        label=gettext_lazy("What is not in order?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    missing = forms.MultipleChoiceField(
        label=gettext_lazy("What is missing?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    fault = forms.CharField(
        label=gettext_lazy("Another fault"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("With a fault it goes out of service and to the workshop."),
    )

    def __init__(self, loan: Loan, kind: PoolType | None, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, words in (
            ("failed_checks", kind.checks if kind else []),
            ("missing", kind.accessories if kind else []),
        ):
            if words:
                self.fields[name].choices = [(one, one) for one in words]
            else:
                del self.fields[name]

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields if name != "once"}


# Keeping the library --------------------------------------------------------------------------------------------


class PoolForm(PlacedForm):
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    site = forms.ModelChoiceField(Site._default_manager.none(), label=gettext_lazy("Site"), empty_label=None)
    department = WardField(
        Department._default_manager.none(), label=gettext_lazy("Department of the store"),
        help_text=gettext_lazy("Where the devices belong while they are not out."),
    )  # fmt: skip
    room = RoomChoice(Room._default_manager.none(), label=gettext_lazy("Store"))
    email = forms.EmailField(
        label=gettext_lazy("E-mail for reminders"), required=False,
        help_text=gettext_lazy(
            "One mail a day with all that is past its end. "
            "Wards are reminded on the first day, three days later, then once a week."
        ),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=200)
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(by, *args, **kwargs)
        self.fields["site"].queryset = Site.objects.visible_to(by)
        departments = Department.objects.visible_to(by).select_related("site").order_by("site__name", "name")
        self.fields["department"].queryset = departments
        rooms = Room.objects.visible_to(by).select_related("site").order_by("-is_store", "site__name", "name")
        self.fields["room"].queryset, self.fields["room"].with_site = rooms, True

    def values(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        plain = {name: cleaned[name] for name in ("name", "email", "note", "is_active")}
        return {
            **plain,
            "site_id": cleaned["site"].pk,
            "department_id": cleaned["department"].pk,
            "room_id": cleaned["room"].pk,
        }

    @staticmethod
    def initial_of(row: Pool) -> dict[str, Any]:
        names = ("name", "site", "department", "room", "email", "note", "is_active")
        return {**{name: getattr(row, name) for name in names}, "expected_version": row.version}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class PoolTypeForm(PlacedForm):
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    device_type = forms.ModelChoiceField(DeviceType._default_manager.none(), label=gettext_lazy("Type"))
    target = forms.IntegerField(
        label=gettext_lazy("Target stock"), min_value=0, max_value=10_000, initial=0,
        help_text=gettext_lazy("How many the library should own."),
    )  # fmt: skip
    par = forms.IntegerField(
        label=gettext_lazy("At least ready"), min_value=0, max_value=10_000, initial=0,
        help_text=gettext_lazy("Fewer clean ones on the shelf are shown as too few."),
    )  # fmt: skip
    loan_days = forms.IntegerField(
        label=gettext_lazy("Usual loan"), min_value=1, max_value=3650, required=False,
        help_text=gettext_lazy("Empty: until it is no longer needed. Such loans are never overdue."),
    )  # fmt: skip
    method = forms.ChoiceField(
        label=gettext_lazy("Cleaned by"), choices=CleanMethod.choices, initial=CleanMethod.DISINFECT
    )
    checks = forms.CharField(
        label=gettext_lazy("Quick checks on return"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One on each line, as it should be: “The display is whole”."),
    )  # fmt: skip
    accessories = forms.CharField(
        label=gettext_lazy("Accessories that come back with it"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=gettext_lazy("One on each line."),
    )  # fmt: skip
    is_active = forms.BooleanField(label=gettext_lazy("Is lent"), required=False, initial=True)

    def __init__(self, by: Any, row: PoolType | None, *args: Any, **kwargs: Any):
        super().__init__(by, *args, **kwargs)
        self.fields["loan_days"].widget.attrs["data-unit"] = str(_("days"))
        self.fields["device_type"].queryset = types_in_use(by).order_by("name")
        if row is not None:
            del self.fields["device_type"]

    def values(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        plain = {name: cleaned[name] for name in ("target", "par", "loan_days", "method", "is_active")}
        return {**plain, "checks": _lines(cleaned["checks"]), "accessories": _lines(cleaned["accessories"])}

    @staticmethod
    def initial_of(row: PoolType) -> dict[str, Any]:
        plain = {name: getattr(row, name) for name in ("target", "par", "loan_days", "method", "is_active")}
        lists = {"checks": "\n".join(row.checks), "accessories": "\n".join(row.accessories)}
        return {**plain, **lists, "expected_version": row.version}


class KitForm(PlacedForm):
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    pool = forms.ModelChoiceField(Pool._default_manager.none(), label=gettext_lazy("Library"), empty_label=None)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=200)
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

    def __init__(self, by: Any, row: Kit | None, *args: Any, **kwargs: Any):
        super().__init__(by, *args, **kwargs)
        self.fields["pool"].queryset = Pool.objects.visible_to(by).filter(is_active=True)
        if row is not None:
            del self.fields["pool"]

    def values(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        pool = {"pool_id": cleaned["pool"].pk} if "pool" in cleaned else {}
        return {**{name: cleaned[name] for name in ("name", "note", "is_active")}, **pool}


class KitPartForm(PlacedForm):
    device_type = forms.ModelChoiceField(
        DeviceType._default_manager.none(), label=gettext_lazy("A device of this type"), required=False,
        empty_label=gettext_lazy("no device: an accessory"),
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("What"), required=False, max_length=80,
        help_text=gettext_lazy("For example: Pole clamp. For a device its type is enough."),
    )  # fmt: skip
    is_required = forms.BooleanField(
        label=gettext_lazy("The kit does not go out without it"), required=False, initial=True
    )

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(by, *args, **kwargs)
        self.fields["device_type"].queryset = types_in_use(by).order_by("name")


class SwapForm(PlacedForm):
    tag = forms.CharField(
        label=gettext_lazy("The device in this place"), required=False, max_length=500,
        widget=forms.TextInput(attrs=SCAN), help_text=gettext_lazy("Scan it. Empty: the place stays empty."),
    )  # fmt: skip
    is_there = forms.BooleanField(label=gettext_lazy("It is there"), required=False)

    def __init__(self, by: Any, part: KitPart, *args: Any, **kwargs: Any):
        super().__init__(by, *args, **kwargs)
        self.asset_id: int | None = None
        del self.fields["is_there" if part.device_type_id else "tag"]

    def own_name(self, name: str) -> str:
        return "tag" if name in ("asset_id", "asset") else super().own_name(name)

    def clean_tag(self) -> str:
        tag = self.cleaned_data["tag"].strip()
        asset = resolve(self.by, tag).asset if tag else None
        if tag and asset is None:
            raise forms.ValidationError(_("No device has this number. Check the tag."))
        self.asset_id = _pk(asset)
        return tag

    def values(self) -> dict[str, Any]:
        return {"asset_id": self.asset_id, "is_there": self.cleaned_data.get("is_there", True)}


# Not ours -------------------------------------------------------------------------------------------------------


class RentalForm(PlacedForm):
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    tag = forms.CharField(
        label=gettext_lazy("Device"), max_length=500, widget=forms.TextInput(attrs=SCAN),
        help_text=gettext_lazy("Scan it. It must be in the register."),
    )  # fmt: skip
    company = forms.ModelChoiceField(Company._default_manager.none(), label=gettext_lazy("Rented from"))
    reference = forms.CharField(label=gettext_lazy("Contract or order number"), required=False, max_length=60)
    from_on = forms.DateField(label=gettext_lazy("From"), widget=DATE)
    until_on = forms.DateField(label=gettext_lazy("Until"), required=False, widget=DATE)
    daily_price = forms.DecimalField(
        label=gettext_lazy("Price a day"), min_value=0, max_digits=9, decimal_places=2, initial=Decimal(0)
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=200)

    def __init__(self, by: Any, row: Rental | None, *args: Any, **kwargs: Any):
        super().__init__(by, *args, **kwargs)
        self.row, self.asset = row, row.asset if row else None
        if row is not None:
            for name in ("tag", "company", "from_on"):
                del self.fields[name]
            self.fields["daily_price"].widget.attrs["data-unit"] = row.currency
            return
        companies = Company.objects.visible_to(by).filter(merged_into=None)
        self.fields["company"].queryset = companies.order_by("-is_supplier", "name")
        self.initial.setdefault("from_on", timezone.localdate())

    def own_name(self, name: str) -> str:
        own = {"asset_id": "tag", "daily_price_cents": "daily_price"}
        return own.get(name) or super().own_name(name)

    def clean_tag(self) -> str:
        self.asset = resolve(self.by, self.cleaned_data["tag"]).asset
        if self.asset is None:
            raise forms.ValidationError(_("No device has this number. Register it first."))
        return self.cleaned_data["tag"]

    def values(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        assert self.asset is not None
        currency = self.row.currency if self.row else self.asset.site.currency
        names = ("reference", "from_on", "until_on", "note")
        plain = {name: cleaned[name] for name in names if name in cleaned}
        found = {**plain, "daily_price_cents": to_minor(cleaned["daily_price"], currency)}
        if self.row is None:
            found |= {"asset_id": self.asset.pk, "company_id": cleaned["company"].pk}
        return found

    @staticmethod
    def initial_of(row: Rental) -> dict[str, Any]:
        plain = {name: getattr(row, name) for name in ("reference", "until_on", "note")}
        return {**plain, "daily_price": to_major(row.daily_price_cents, row.currency), "expected_version": row.version}


class ReturnRentalForm(OnceForm):
    returned_on = forms.DateField(label=gettext_lazy("On which day did it go back?"), widget=DATE)


class PatientDeviceForm(PlacedForm):
    description = forms.CharField(
        label=gettext_lazy("What is it?"), max_length=120, help_text=gettext_lazy("For example: CPAP device.")
    )
    reference = forms.CharField(
        label=gettext_lazy("Reference number"), max_length=20, widget=forms.TextInput(attrs=SCAN),
        help_text=gettext_lazy("A number by which the ward knows whose it is. Never a name."),
    )  # fmt: skip
    department = WardField(Department._default_manager.none(), label=gettext_lazy("On which ward?"))
    maker = forms.CharField(label=gettext_lazy("Maker"), required=False, max_length=80)
    model = forms.CharField(label=gettext_lazy("Model"), required=False, max_length=80)
    serial = forms.CharField(label=gettext_lazy("Serial number"), required=False, max_length=80)
    passed = forms.MultipleChoiceField(
        label=gettext_lazy("Look at it: what is in order?"), choices=PATIENT_CHECKS, required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("It may be used only when everything is."),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=200)

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(by, *args, **kwargs)
        _ward_field(self)

    def values(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        plain = {name: cleaned[name] for name in ("description", "reference", "maker", "model", "serial", "note")}
        failed = [code for code, _words in PATIENT_CHECKS if code not in cleaned["passed"]]
        return {**plain, "department_id": cleaned["department"].pk, "failed_checks": failed}
