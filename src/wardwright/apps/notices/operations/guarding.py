"""The guardrail of class I: an affected device stays out of service until what the notice asks for is done."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.operations import hold_rule, status_rule
from wardwright.apps.assets.states import Status
from wardwright.apps.notices.permissions import OPEN_CLASS_ONE
from wardwright.apps.notices.queries import open_class_one
from wardwright.platform.access.guardrails import enforce, level
from wardwright.platform.access.models import GuardrailLevel


@hold_rule
def held_by_notices(asset_ids: list[int]) -> set[int]:
    """Devices that work which ends does not put back into service."""
    return set(open_class_one(asset_ids)) if level(OPEN_CLASS_ONE) == GuardrailLevel.REFUSE else set()


@status_rule
def check_open_notices(by: Any, assets: list[Asset], status: Status, reason: str) -> None:
    """Before devices go into service: none has an open class I notice. One query for all."""
    if status != Status.IN_SERVICE:
        return
    held = open_class_one([asset.pk for asset in assets])
    if not held:
        return
    names = ", ".join(f"{asset.tag} ({held[asset.pk].number})" for asset in assets if asset.pk in held)
    enforce(
        by,
        OPEN_CLASS_ONE,
        _("Not yet: a class I notice is open on %(names)s.") % {"names": names[:300]},
        _("Do what the notice asks for and record it, or say why the device is not affected."),
        override_reason="" if by.is_system else reason,
    )
