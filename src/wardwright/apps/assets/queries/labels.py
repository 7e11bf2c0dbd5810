"""What a label says about a device, and the symbols on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.kernel.labels import Line, Symbol, SymbolError, data_matrix, gs1_data_matrix, qr_code
from wardwright.kernel.udi import (
    ProductionIdentifiers,
    UdiError,
    UdiText,
    build_udi,
    check_value,
    parse_udi,
    split_elements,
)
from wardwright.platform.audit.models import AuditChange, AuditRecord

from ..models import Asset, AssetCode, LabelFormat
from .resolving import giai_prefix

#: What a label may say, and which symbols it may carry.
WORDINGS = {
    "identity": gettext_lazy("what the device is"),
    "due": gettext_lazy("when it is due next"),
    "safety": gettext_lazy("what its last safety test came to"),
}
SYMBOLS = {
    "both": gettext_lazy("QR code and Data Matrix"),
    "qr": gettext_lazy("QR code: any phone opens the page for reporting a problem"),
    "datamatrix": gettext_lazy("GS1 Data Matrix: for scanners"),
    "none": gettext_lazy("none"),
}
PLACEHOLDER = "2345678923"  # stands for a code in a preview: a preview writes nothing

DueOf = Callable[[Any, list[int]], dict[int, date]]
_DUE: list[DueOf] = []


def due_on_label(provide: DueOf) -> DueOf:
    """Register ``provide(by, asset_ids) -> {asset id: day}``: apps above know when a device is due next."""
    _DUE.append(provide)
    return provide


def next_due(by: Any, asset_ids: Iterable[int]) -> dict[int, date]:
    """The first day on which each device is due, of those that have one."""
    ids = list(asset_ids)
    found: dict[int, date] = {}
    for provide in _DUE:
        for asset_id, day in provide(by, ids).items():
            found[asset_id] = min(day, found.get(asset_id, day))
    return found


@dataclass(frozen=True, slots=True)
class Tested:
    """What the last safety test of a device came to."""

    passed: bool
    words: str
    on: date


TestsOf = Callable[[Any, list[int]], dict[int, Tested]]
_TESTED: list[TestsOf] = []


def tested_on_label(provide: TestsOf) -> TestsOf:
    """Register ``provide(by, asset_ids) -> {asset id: Tested}``: apps above know the tests."""
    _TESTED.append(provide)
    return provide


def last_tests(by: Any, asset_ids: Iterable[int]) -> dict[int, Tested]:
    """The last safety test of each device, of those that have one."""
    ids = list(asset_ids)
    return {asset_id: test for provide in _TESTED for asset_id, test in provide(by, ids).items()}


def label_formats_in_use(by: Any) -> list[LabelFormat]:
    """The formats that are offered, in their order."""
    return list(LabelFormat.objects.visible_to(by).filter(is_active=True).order_by("order", "name"))


def codes_of(asset_ids: Iterable[int]) -> dict[int, str]:
    """The codes there are already: asset id → code."""
    return dict(AssetCode.objects.filter(asset_id__in=list(asset_ids), is_active=True).values_list("asset_id", "code"))


@dataclass(frozen=True, slots=True)
class Label:
    """One label: its lines, the most important first, and its symbols."""

    lines: tuple[Line, ...]
    symbols: tuple[Symbol, ...]


def label_of(
    asset: Asset,
    *,
    code: str,
    wording: str,
    symbols: str,
    due_on: date | None = None,
    tested: Tested | None = None,
) -> Label:
    """The label of a device with its names at hand; ``code`` is that of the address in its QR code."""
    marks = []
    if symbols in ("both", "qr"):
        marks.append(qr_code(address_of(code)))
    if symbols in ("both", "datamatrix"):
        marks.append(symbol_of(asset))
    if wording == "safety":
        lines = _safety_lines(asset, tested, due_on)
    else:
        lines = _due_lines(asset, due_on) if wording == "due" else _identity_lines(asset)
    return Label(tuple(lines), tuple(marks))


def address_of(code: str) -> str:
    """Where the QR code of a label leads: a page that needs no log-in."""
    return f"{settings.BASE_URL}/r/{code}"


def _identity_lines(asset: Asset) -> list[Line]:
    model = asset.device_model
    place = asset.department.name if asset.department else asset.site.name
    return [
        Line(asset.tag, 2.0, True, 0),
        Line(asset.device_type.name, 1.0, True, 1),
        Line(f"{model.maker.name} {model.name}", 1.0, rank=2),
        Line(_("SN %(serial)s") % {"serial": asset.serial} if asset.serial else "", 1.0, rank=3),
        Line(place, 0.9, rank=4),
        Line(settings.HOUSE_NAME, 0.8, rank=5),
    ]


def _due_lines(asset: Asset, due_on: date | None) -> list[Line]:
    return [
        Line(asset.tag, 1.3, True, 0),
        Line(_("Next due"), 0.8, rank=1),
        Line(date_format(due_on, "DATE_FORMAT") if due_on else _("not planned"), 1.8, True, 0),
        Line(asset.device_type.name, 0.9, rank=2),
        Line(settings.HOUSE_NAME, 0.8, rank=4),
    ]


def _safety_lines(asset: Asset, tested: Tested | None, due_on: date | None) -> list[Line]:
    failed = tested is not None and not tested.passed
    on = tested and date_format(tested.on, "DATE_FORMAT")
    due = "" if failed or due_on is None else _("Next due %(on)s") % {"on": date_format(due_on, "DATE_FORMAT")}
    return [
        Line(asset.tag, 1.3, True, 0),
        Line(tested.words if tested else _("not tested"), 1.8, True, 0),
        Line(_("Do not use") if failed else "", 1.3, True, 1),
        Line(_("Tested %(on)s") % {"on": on} if on else "", 1.0, rank=1),
        Line(due, 1.0, rank=2),
        Line(settings.HOUSE_NAME, 0.8, rank=4),
    ]


def symbol_of(asset: Asset) -> Symbol:
    """The Data Matrix of a device: its own UDI, else the house's GIAI, else what its model's GTIN and its serial number
    make, else its asset number as plain text.

    A GIAI is AI 8004 with the house's GS1 company prefix and the asset number; a GTIN is AI 01 with AI 21 (GS1 General
    Specifications 3).
    """
    for made in (_own_udi, _giai, _gtin_and_serial):
        written = made(asset)
        if written is None:
            continue
        try:
            if written.machine[:1] in "+=":  # HIBCC and ICCBBA are not GS1: their symbol has no FNC1
                return data_matrix(written.machine)
            return gs1_data_matrix(split_elements(written.machine, today=timezone.localdate()), written.machine)
        except (SymbolError, UdiError):
            continue
    return data_matrix(asset.tag)


def _own_udi(asset: Asset) -> UdiText | None:
    if not asset.udi:
        return None
    try:
        udi = parse_udi(asset.udi, today=timezone.localdate())
    except UdiError:
        return None
    return UdiText(udi.canonical, udi.machine)


def _giai(asset: Asset) -> UdiText | None:
    prefix = giai_prefix()
    value = f"{prefix}{asset.tag}"
    if not prefix or not _fits("8004", value):
        return None
    return UdiText(f"(8004){value}", f"8004{value}")


def _gtin_and_serial(asset: Asset) -> UdiText | None:
    identifier = asset.udi_di or asset.device_model.udi_di
    if not identifier or not asset.serial:
        return None
    try:
        return build_udi("GS1", identifier, ProductionIdentifiers(serial=asset.serial))
    except UdiError:
        return None


def _fits(ai: str, value: str) -> bool:
    try:
        check_value(ai, value, today=timezone.localdate())
    except UdiError:
        return False
    return True


def devices_of_import(session_id: int) -> QuerySet:
    """The ids of the devices that an import made, read from the trail: its session and its rows are one change."""
    touched = AuditRecord.objects.filter(table_name="exchange_import_session", row_id=session_id).values("change_id")
    writing = AuditChange.objects.filter(pk__in=touched, operation="exchange.write_session").values("pk")
    made = AuditRecord.objects.filter(change_id__in=writing, table_name="assets_asset", kind="I")
    return made.values("row_id")
