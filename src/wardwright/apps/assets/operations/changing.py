"""Editing a device's record, and what it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Invalid, NotNow
from wardwright.platform.core.values import reachable, unique_or_invalid
from wardwright.platform.events.registry import publish

from ..events import AssetChanged
from ..models import Asset
from ..permissions import CHANGE
from ..queries import SEARCHED, models_in_use, possible_parents, risk_score_of, search_text_of
from ..states import PartKind, Status
from .fields import clean_asset


@operation()
def change_asset(
    *, by: Any, asset_id: int, values: Mapping[str, Any], expected_version: int | None = None, reason: str = ""
) -> Asset:
    """Change entries of ``fields.EDITABLE`` and ``device_model_id``; place and status have operations of their own.

    Raises:
        StaleEdit: when somebody changed it since ``expected_version``; Invalid: with the words for each entry.
    """
    row = lock(Asset.objects, asset_id)
    authorize(by, CHANGE, row)
    _refuse_disposed(row)
    given = dict(values)
    model_id = given.pop("device_model_id", None)
    good = clean_asset(by, row, given)
    if good.get("tag", row.tag) == "":
        raise Invalid(_("A device needs its number."), fields={"tag": _("Enter the number that is on the device.")})
    if model_id and str(model_id) != str(row.device_model_id):
        good |= _other_model(by, model_id)
    with unique_or_invalid(row, good):
        changed = apply_edit(row, good, expected_version=expected_version)
    authorize(by, CHANGE, row)  # nor out of one's own reach into somebody else's
    _refresh(row, changed)
    if changed:
        publish(AssetChanged(asset_id=row.pk, fields=",".join(changed)))
    return row


def _other_model(by: Any, model_id: Any) -> dict[str, Any]:
    model = reachable(models_in_use(by), model_id, "device_model_id")
    return {"device_model": model, "device_type": model.device_type, "risk_score": risk_score_of(model.device_type)}


def _refresh(row: Asset, changed: list[str]) -> None:
    if SEARCHED.isdisjoint(changed):
        return
    named = Asset.objects.select_related("device_model__maker", "device_type").get(pk=row.pk)
    Asset.objects.filter(pk=row.pk).update(search_text=search_text_of(named))


def _refuse_disposed(row: Asset) -> None:
    if row.status == Status.DISPOSED:
        raise NotNow(_("%(tag)s was disposed of; its record is closed.") % {"tag": row.tag})


@operation()
def set_parent(*, by: Any, asset_id: int, parent_id: int | None, part_kind: str = PartKind.COMPONENT) -> Asset:
    """Make a device a part of another one, or (``parent_id`` None) a device of its own again.

    Raises:
        Invalid: when the parent is elsewhere, gone, the device itself, or one of its own parts.
    """
    row = lock(Asset.objects, asset_id)
    authorize(by, CHANGE, row)
    _refuse_disposed(row)
    if parent_id is None:
        apply_edit(row, {"parent_id": None, "part_kind": ""})
        return row
    if part_kind not in PartKind.values:
        words = _("Say how the two belong together.")
        raise Invalid(words, fields={"part_kind": words})
    parent = reachable(possible_parents(by, row), parent_id, "parent_id")
    authorize(by, CHANGE, parent)
    _refuse_circle(row, parent)
    apply_edit(row, {"parent_id": parent.pk, "part_kind": part_kind})
    return row


def _refuse_circle(row: Asset, parent: Asset) -> None:
    above, seen = parent.parent_id, {parent.pk}
    while above is not None and above not in seen:
        if above == row.pk:
            words = _("%(parent)s is itself a part of %(tag)s.") % {"parent": parent.tag, "tag": row.tag}
            raise Invalid(words, _("Choose a device outside it."), fields={"parent_id": words})
        seen.add(above)
        above = Asset.objects.filter(pk=above).values_list("parent_id", flat=True).first()
