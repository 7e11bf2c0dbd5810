"""What could stand in for devices that a case takes out of use."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from wardwright.apps.assets.models import Asset, DeviceType
from wardwright.apps.assets.states import Status
from wardwright.apps.lending.models import Holding
from wardwright.apps.lending.states import Custody
from wardwright.apps.notices.models import Case, Exposure
from wardwright.apps.notices.models.exposures import AFFECTED, UNDECIDED
from wardwright.apps.notices.states import RUNNING, Outcome

#: What makes a device of a case fit to stand in for another.
MENDED = (Outcome.CORRECTED, Outcome.INSTRUCTED, Outcome.NO_ACTION)


@dataclass(frozen=True, slots=True)
class StandIn:
    """Devices of one type: how many of a case are affected and not settled, how many that no running case means are
    clean and ready in a library, and how many lie in store. Of what the reader may see."""

    device_type: DeviceType
    affected: int
    ready: int
    stored: int

    @property
    def short(self) -> int:
        return max(0, self.affected - self.ready - self.stored)


def stand_ins(by: Any, case: Case) -> list[StandIn]:
    """By type of the case's devices, the most affected first. Three queries, none where nothing is affected."""
    rows = Exposure.objects.visible_to(by).filter(case=case, done_at=None).affected()
    affected = Counter(rows.values_list("asset__device_type", flat=True))
    affected.pop(None, None)
    if not affected:
        return []
    open_ones = Exposure.objects.filter(AFFECTED | UNDECIDED, asset__isnull=False, case__state__in=RUNNING)
    meant = open_ones.exclude(outcome__in=MENDED).values("asset")
    lent = Holding.objects.visible_to(by).filter(
        custody=Custody.READY, asset__status=Status.IN_SERVICE, asset__device_type__in=affected
    )
    ready = Counter(lent.exclude(asset__in=meant).values_list("asset__device_type", flat=True))
    lying = Asset.objects.visible_to(by).filter(status=Status.IN_STORE, device_type__in=affected)
    stored = Counter(
        lying.exclude(pk__in=meant)
        .exclude(pk__in=Holding.objects.held().values("asset"))
        .values_list("device_type", flat=True)
    )
    types = DeviceType.objects.in_bulk(affected)
    return [
        StandIn(types[pk], count, ready.get(pk, 0), stored.get(pk, 0))
        for pk, count in affected.most_common()
        if pk in types
    ]
