"""Kits: what belongs to them, and exchanging one device of them for another."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from wardwright.apps.assets.models import DeviceType
from wardwright.platform.access.scope import allowed, authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Invalid, NotNow
from wardwright.platform.core.values import cleaned, reachable, unique_or_invalid

from ..models import Holding, Kit, KitPart, Pool
from ..permissions import HANDLE, KEEP
from ..states import LENT
from .common import lock_holdings, missing_words


@operation()
def keep_kit(
    *,
    by: Any,
    kit_id: int | None = None,
    pool_id: int | None = None,
    expected_version: int | None = None,
    **values: Any,
) -> Kit:
    """Make a kit, or change its name, note or whether it is in use.

    Raises:
        Invalid: without a library or name, or with a name that is taken. StaleEdit.
    """
    authorize(by, KEEP)
    if kit_id is not None:
        row = lock(Kit.objects.select_related("pool"), kit_id)
    else:
        pool = reachable(Pool.objects.visible_to(by), pool_id, "pool_id")
        if pool is None:
            raise missing_words({"pool_id": _("Choose one.")})
        row = Kit(pool=pool)
    authorize(by, KEEP, row)
    good = cleaned(row, values, ("name", "note", "is_active"))
    if not good.get("name", row.name):
        raise missing_words({"name": _("Enter a name.")})
    with unique_or_invalid(row):
        if row.pk is not None:
            apply_edit(row, good, expected_version=expected_version)
        else:
            for name, value in good.items():
                setattr(row, name, value)
            row.save()
    return row


@operation()
def add_kit_part(
    *, by: Any, kit_id: int, name: str = "", device_type_id: int | None = None, is_required: bool = True
) -> KitPart:
    """Another place in a kit: for a device of a type, or for an accessory with a name.

    Raises:
        Invalid: with neither a name nor a type.
    """
    kit = lock(Kit.objects.select_related("pool"), kit_id)
    authorize(by, KEEP, kit)
    kind = reachable(DeviceType.objects.visible_to(by), device_type_id, "device_type_id")
    name = name.replace("\x00", "").strip()[:80] or (kind.name[:80] if kind else "")
    if not name:
        raise missing_words({"name": _("Say what belongs there.")})
    return KitPart.objects.create(kit=kit, name=name, device_type=kind, is_required=is_required)


@operation()
def remove_kit_part(*, by: Any, kit_part_id: int) -> Kit:
    """A place is no longer part of the kit; its device stays in the library."""
    part = lock(KitPart.objects.select_related("kit__pool"), kit_part_id)
    authorize(by, KEEP, part)
    part.delete()
    return part.kit


@operation()
def swap_kit_part(*, by: Any, kit_part_id: int, asset_id: int | None = None, is_there: bool = True) -> KitPart:
    """Put another device into a place of a kit (None: take it out), or say whether an accessory is there.

    Raises:
        Invalid: a device of another type or library, or one that is in a kit already. NotNow: while it is out.
    """
    part = lock(KitPart.objects.select_related("kit__pool"), kit_part_id)
    authorize(by, HANDLE if allowed(by, HANDLE, part) else KEEP, part)
    if asset_id is not None:
        _check_swap(by, part, asset_id)
    part.asset_id, part.is_there = asset_id, is_there
    part.version += 1
    with unique_or_invalid(part):
        part.save()
    return part


def _check_swap(by: Any, part: KitPart, asset_id: int) -> None:
    reachable(Holding.objects.visible_to(by).held(), _held(asset_id), "asset_id")
    (row,) = lock_holdings(by, [asset_id], HANDLE if allowed(by, HANDLE, part) else KEEP)
    wrong = ""
    if row.pool_id != part.kit.pool_id:
        wrong = _("%(tag)s belongs to another library.") % {"tag": row.asset.tag}
    elif part.device_type_id and row.asset.device_type_id != part.device_type_id:
        wrong = _("%(tag)s is of another type.") % {"tag": row.asset.tag}
    elif KitPart.objects.filter(asset_id=asset_id).exclude(pk=part.pk).exists():
        wrong = _("%(tag)s is in a kit already.") % {"tag": row.asset.tag}
    if wrong:
        raise Invalid(wrong, _("Choose another device."), fields={"asset_id": wrong})
    if row.custody in LENT and asset_id != part.asset_id:
        raise NotNow(
            _("%(tag)s is %(state)s.") % {"tag": row.asset.tag, "state": row.custody_label}, _("Collect it first.")
        )


def _held(asset_id: int) -> int:
    return Holding.objects.filter(asset_id=asset_id, left_at=None).values_list("pk", flat=True).first() or 0
