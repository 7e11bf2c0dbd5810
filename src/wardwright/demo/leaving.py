"""Retired devices on their way out: one not asked about, one whose data are removed, one checked, one recycled."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from wardwright.apps.assets.models import Asset, DeviceType, Disposal
from wardwright.apps.assets.states import Status
from wardwright.apps.directory.models import Person
from wardwright.platform.access.models import User
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation

from . import moments

#: Words in the names of types whose devices usually keep what was measured, or a log-in.
HOLDS = ("monitor", "ultrasound", "ECG", "ventilator", "defibrillator", "infusion pump", "X-ray", "anaesthesia")


@operation()
def make_leaving(*, by: Any, today: date) -> None:
    """Say which types hold data, and let some retired devices stand at each step of the way out."""
    authorize(by, "access.manage")
    for word in HOLDS:
        DeviceType.objects.filter(name__icontains=word).update(holds_data="yes")
    sam = Person.objects.select_related("user").filter(user__username="sam").first()
    hanna = User.objects.filter(username="hanna").first()
    retired = Asset.objects.filter(status=Status.RETIRED)
    waiting = list(retired.order_by("-device_type__holds_data", "-retired_on", "tag")[:4])
    removed = {
        "data_held": "yes", "method": "purge", "sanitised_on": today - timedelta(days=3),
        "sanitised_by_name": str(sam or "Sam Lindqvist"),
        "sanitisation_note": "Disk erased with the maker's tool, log kept",
        "recorded_by": sam.user if sam else None,
    }  # fmt: skip
    checked = {
        "verified_by": hanna, "verified_by_name": str(hanna or "Hanna Keller"),
        "verified_at": moments.as_datetime(moments.of(today) - moments.DAY + 600),
        "route": "recycled", "certificate_no": "WEEE-2417",
    }  # fmt: skip
    states: tuple[dict[str, Any], ...] = ({"data_held": "yes", "route": "sold"}, removed, removed | checked)
    for asset, values in zip(waiting, states, strict=False):
        Disposal.objects.create(asset=asset, **values)
