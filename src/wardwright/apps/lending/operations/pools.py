"""Keeping the library: its stores, what they lend, and which devices they hold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset, DeviceType
from wardwright.apps.assets.states import Status
from wardwright.apps.directory.models import Department, Room, Site
from wardwright.platform.access.scope import Scope, authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Invalid, NotNow
from wardwright.platform.core.values import cleaned, reachable, unique_or_invalid

from ..models import Holding, KitPart, LoanRequest, Pool, PoolType
from ..permissions import KEEP
from ..states import LENT, Custody
from .common import MANY, lock_holdings, missing_words, move_on, texts

POOL_FIELDS = ("name", "site_id", "department_id", "room_id", "email", "note", "is_active")
TYPE_FIELDS = ("target", "par", "loan_days", "checks", "accessories", "method", "is_active")
GONE = (Status.ORDERED, Status.RETIRED, Status.DISPOSED)


@operation()
def keep_pool(*, by: Any, pool_id: int | None = None, expected_version: int | None = None, **values: Any) -> Pool:
    """Open a store that lends, or change one; ``values`` are named as in POOL_FIELDS.

    Raises:
        Invalid: a wrong entry, a room or department of another site, a name that is taken. StaleEdit.
    """
    authorize(by, KEEP)
    row = lock(Pool.objects, pool_id) if pool_id is not None else Pool()
    if row.pk is not None:
        authorize(by, KEEP, row)
    good = cleaned(row, values, POOL_FIELDS)
    wrong: dict[str, Any] = {
        name: _("Choose one.") if name != "name" else _("Enter a name.")
        for name in ("name", "site_id", "department_id", "room_id")
        if not good.get(name, getattr(row, name, None))
    }
    if wrong:
        raise missing_words(wrong)
    site_id = good.get("site_id", row.site_id)
    authorize(by, KEEP, Scope(site_id=site_id))
    reachable(Site.objects.visible_to(by), good.get("site_id"), "site_id")
    here: dict[str, Any] = {"department_id": Department, "room_id": Room}
    for name, model in here.items():
        reachable(model.objects.visible_to(by).filter(site_id=site_id), good.get(name, getattr(row, name)), name)
    for name in POOL_FIELDS:
        if row.pk is None and name in good:
            setattr(row, name, good[name])
    with unique_or_invalid(row):
        if row.pk is None:
            row.save()
        else:
            apply_edit(row, good, expected_version=expected_version)
    return row


@operation()
def lend_type(*, by: Any, pool_id: int, device_type_id: int, **values: Any) -> PoolType:
    """A store lends a type from now on (or says anew how); ``values`` are named as in TYPE_FIELDS.

    Raises:
        Invalid: a wrong entry or an unknown type.
    """
    pool = lock(Pool.objects, pool_id)
    authorize(by, KEEP, pool)
    kind = reachable(DeviceType.objects.visible_to(by).filter(merged_into=None), device_type_id, "device_type_id")
    row = PoolType.objects.filter(pool=pool, device_type=kind).first() or PoolType(pool=pool, device_type=kind)
    return _set_type(row, values, None)


@operation()
def change_pool_type(*, by: Any, pool_type_id: int, expected_version: int | None = None, **values: Any) -> PoolType:
    """Change how a store lends a type; ``is_active`` false ends it for new requests."""
    row = lock(PoolType.objects.select_related("pool"), pool_type_id)
    authorize(by, KEEP, row)
    return _set_type(row, values, expected_version)


def _set_type(row: PoolType, values: dict[str, Any], expected_version: int | None) -> PoolType:
    given = dict(values)
    lists = {name: texts(given.pop(name), name) for name in ("checks", "accessories") if name in given}
    good = cleaned(row, given, TYPE_FIELDS) | lists
    if row.pk is not None:
        apply_edit(row, good, expected_version=expected_version)
        return row
    for name, value in good.items():
        setattr(row, name, value)
    row.save()
    return row


@operation()
def add_devices(*, by: Any, pool_id: int, asset_ids: Iterable[int], is_clean: bool = True) -> Pool:
    """Devices come into a library; those that are in it already stay as they are.

    Raises:
        Invalid: none or too many. NotNow: one is in another library, at another site, or not in the house.
    """
    pool = lock(Pool.objects, pool_id)
    authorize(by, KEEP, pool)
    ids = sorted({int(pk) for pk in asset_ids})
    if not ids or len(ids) > MANY:
        words = _("Choose from 1 to %(n)s devices.") % {"n": MANY}
        raise Invalid(words, fields={"asset_ids": words})
    assets = list(Asset.objects.visible_to(by).filter(pk__in=ids).order_by("pk"))
    if len(assets) != len(ids):
        words = _("Some of these devices do not exist, or you may not see them.")
        raise Invalid(words, _("Check the numbers."), fields={"asset_ids": words})
    known = dict(Holding.objects.filter(asset_id__in=ids, left_at=None).values_list("asset_id", "pool_id"))
    for asset in assets:
        _check_may_join(asset, pool, known.get(asset.pk, pool.pk))
    now = timezone.now()
    Holding.objects.bulk_create(
        Holding(
            pool=pool,
            asset=asset,
            custody=Custody.READY if is_clean else Custody.DIRTY,
            since_at=now,
            joined_at=now,
        )
        for asset in assets
        if asset.pk not in known
    )
    for type_id in {asset.device_type_id for asset in assets}:
        PoolType.objects.get_or_create(pool=pool, device_type_id=type_id)
    return pool


def _check_may_join(asset: Asset, pool: Pool, known_pool_id: int) -> None:
    if known_pool_id != pool.pk:
        raise NotNow(_("%(tag)s is in another library.") % {"tag": asset.tag}, _("Take it out there first."))
    if asset.site_id != pool.site_id or asset.status in GONE:
        raise NotNow(
            _("%(tag)s cannot be lent from %(pool)s: it is %(status)s or at another site.")
            % {"tag": asset.tag, "pool": pool.name, "status": asset.state_label},
            _("Move the device first, or choose a library at its site."),
        )


@operation(needs_reason=True)
def remove_device(*, by: Any, asset_id: int, reason: str) -> Holding:
    """A device leaves the library: it is no longer lent. Its past stays in the figures.

    Raises:
        NotNow: while it is picked or with a ward.
    """
    (row,) = lock_holdings(by, [asset_id], KEEP)
    if row.custody in LENT:
        raise NotNow(
            _("%(tag)s is %(state)s.") % {"tag": row.asset.tag, "state": row.custody_label},
            _("Collect it first."),
        )
    return leave(row, reason)


def leave(row: Holding, reason: str) -> Holding:
    """End a device's time in the library, and its place in a kit."""
    now = timezone.now()
    move_on([row], Custody.LEFT, now, left_at=now, left_reason=reason.strip()[:200])
    KitPart.objects.filter(asset_id=row.asset_id).update(asset=None)
    row.refresh_from_db()
    return row


@operation()
def replace_type(*, by: Any, lost_id: int, kept_id: int) -> int:
    """Two device types turned out to be one: what the library says about the lost one holds for the kept one."""
    authorize(by, KEEP, Scope())
    here = set(PoolType.objects.filter(device_type_id=kept_id).values_list("pool_id", flat=True))
    moved = PoolType.objects.filter(device_type_id=lost_id).exclude(pool_id__in=here).update(device_type_id=kept_id)
    PoolType.objects.filter(device_type_id=lost_id).update(is_active=False)
    LoanRequest.objects.filter(device_type_id=lost_id).update(device_type_id=kept_id)
    KitPart.objects.filter(device_type_id=lost_id).update(device_type_id=kept_id)
    return moved
