"""A device enters the register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.directory.models import Site
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.errors import Invalid
from wardwright.platform.core.values import insert_or_invalid, reachable
from wardwright.platform.events.registry import publish
from wardwright.platform.numbering.numbers import take_numbers

from ..events import AssetRegistered
from ..models import Asset, AssetMove, DeviceModel, StatusPeriod
from ..permissions import REGISTER
from ..queries import RISK_FIELDS, model_with_identifier, models_in_use, risk_score_of, search_text_of
from ..states import CONDITION_OF, Condition, Status
from .catalogue import find_or_make_model
from .fields import clean_asset, read_udi
from .moving import place_of

TAG_PREFIX = "EQ-"
#: What registering a device reads of its model: the names it is found by, and what its risk is scored from.
NEEDED = ("name", "catalogue_no", "maker__name", "device_type__name", *(f"device_type__{f}" for f in RISK_FIELDS))
FIRST_STATUSES = (Status.ORDERED, Status.RECEIVED, Status.IN_SERVICE, Status.IN_STORE)


@operation()
def register_asset(
    *,
    by: Any,
    site_id: int,
    department_id: int | None = None,
    room_id: int | None = None,
    device_model_id: int | None = None,
    maker: str = "",
    model: str = "",
    device_type: str = "",
    catalogue_no: str = "",
    status: str = Status.RECEIVED,
    values: Mapping[str, Any] | None = None,
    note: str = "",
) -> Asset:
    """One device, with its model found or made by names, its first place and its first status.

    ``values`` are entries of ``fields.EDITABLE``; a blank tag gets the next free number; a ``udi`` fills the device
    identifier and whatever of serial, lot and dates was left empty, and finds the model when none is named.
    A received device waits for its incoming inspection: apps above hear ``AssetRegistered``.

    Raises:
        Invalid: a wrong entry, a tag that is taken, or no way to tell the model.
    """
    authorize(by, REGISTER)
    place = place_of(by, reachable(Site.objects.visible_to(by), site_id, "site_id"), department_id, room_id)
    row = Asset(site=place.site, department=place.department, room=place.room, status=_first_status(status))
    given = dict(values or {})
    authorize(by, REGISTER, row)
    for name, value in clean_asset(by, row, given).items():
        setattr(row, name, value)
    row.device_model = _model(by, device_model_id, row.udi_di, maker, model, device_type, catalogue_no)
    row.device_type = row.device_model.device_type
    now = timezone.now()
    _derive(row, now, condition_given=bool(given.get("condition")))
    _insert(row)
    first_rows(row, by=by, at=now, note=note)
    publish(AssetRegistered(row.pk, row.site_id, row.device_type_id, row.device_model_id, row.status))
    return row


def _first_status(status: str) -> Status:
    if status not in FIRST_STATUSES:
        words = _("A new device cannot begin with this status.")
        raise Invalid(words, _("Register it as received, in service or in store."), fields={"status": words})
    return Status(status)


def _model(
    by: Any, device_model_id: int | None, udi_di: str, maker: str, model: str, device_type: str, catalogue_no: str
) -> DeviceModel:
    if device_model_id:
        return reachable(models_in_use(by).only(*NEEDED), device_model_id, "device_model_id")
    if not model.strip():
        known = model_with_identifier(udi_di)
        if known is not None:
            return known
    return find_or_make_model(
        by, maker=maker, name=model, type_name=device_type, catalogue_no=catalogue_no, udi_di=udi_di
    )


def _derive(row: Asset, now: datetime, *, condition_given: bool) -> None:
    if not condition_given:
        row.condition = CONDITION_OF.get(Status(row.status), Condition.ACTIVE)
    row.status_since = row.last_seen_at = now
    row.risk_score = risk_score_of(row.device_type)


def _insert(row: Asset) -> None:
    """With its own number, or the next one that nobody has written on a device by hand."""
    tag = row.tag
    while True:
        row.tag = tag or _tag_of(take_numbers("asset")[0])
        row.search_text = search_text_of(row)
        try:
            return insert_or_invalid(row)
        except Invalid as clash:
            if tag or clash.fields.keys() != {"tag"}:
                raise


def first_rows(row: Asset, *, by: Any, at: datetime, note: str = "") -> None:
    """The first place and the first status of a new device."""
    AssetMove.objects.create(
        asset=row,
        site_id=row.site_id,
        department_id=row.department_id,
        room_id=row.room_id,
        moved_at=at,
        moved_by_name=str(by)[:120],
        note=note[:200],
    )
    StatusPeriod.objects.create(
        asset=row, status=row.status, out_reason=row.out_reason, from_at=at, by_name=str(by)[:120]
    )


def free_tags(count: int) -> list[str]:
    """The next ``count`` free asset numbers."""
    tags: list[str] = []
    while len(tags) < count:
        some = [_tag_of(number) for number in take_numbers("asset", count - len(tags))]
        taken = set(Asset.objects.filter(tag__in=some[:30_000]).values_list("tag", flat=True))
        tags += [tag for tag in some if tag not in taken]
    return tags


def _tag_of(number: int) -> str:
    return f"{TAG_PREFIX}{number:06d}"


def udi_prefill(text: str) -> dict[str, Any]:
    """What a scanned label says, as entries of the register form.

    Raises:
        Invalid: when it is not a UDI.
    """
    udi = read_udi(text)
    known = model_with_identifier(udi.device_identifier)
    said = {
        "udi": udi.canonical,
        "serial": udi.serial,
        "lot": udi.lot,
        "manufactured_on": udi.manufactured_on,
        "software_version": udi.software_version,
        "device_model_id": known.pk if known else None,
    }
    return {name: value for name, value in said.items() if value}
