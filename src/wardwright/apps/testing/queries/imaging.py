"""Figures of an analysis, and the doses of a device by protocol."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from wardwright.apps.testing.models import DoseFigure, DoseReference, ImagingFigure, ImagingRun, Measurement
from wardwright.apps.testing.states import Graded
from wardwright.kernel.imaging import DOSES, Distribution, Quantity, distribution, quantity

#: At most so many figures are looked at for one page: the newest.
MOST_DOSES = 50_000


@dataclass(frozen=True)
class Figure:
    """One figure of an analysis with what it is about."""

    about: Quantity
    measurement: Measurement

    @property
    def is_out(self) -> bool:
        return self.measurement.verdict == Graded.FAIL


def figures_of(by: Any, run: ImagingRun) -> list[Figure]:
    """The figures of an analysis, those out of their limits first."""
    rows = ImagingFigure.objects.visible_to(by).filter(run=run).select_related("measurement").order_by("position")
    found = [Figure(_about(row.measurement), row.measurement) for row in rows]
    return sorted(found, key=lambda one: not one.is_out)


def _about(measurement: Measurement) -> Quantity:
    return quantity(measurement.quantity) or Quantity(measurement.quantity, measurement.quantity, measurement.unit)  # type: ignore[arg-type]


@dataclass(frozen=True)
class ProtocolDose:
    """One quantity under one protocol of a device ("" is the whole examination)."""

    protocol: str
    about: Quantity
    spread: Distribution
    reference: DoseReference | None
    phantom: str

    @property
    def percent(self) -> Decimal | None:
        return None if self.reference is None else self.spread.percent_of(self.reference.level)

    @property
    def is_above(self) -> bool:
        return self.percent is not None and self.percent > 100


def doses_of(by: Any, asset_id: int, since: datetime | None) -> list[ProtocolDose]:
    """The doses of a device by protocol, those above their reference level first. Two queries."""
    rows = DoseFigure.objects.visible_to(by).filter(report__asset_id=asset_id)
    if since is not None:
        rows = rows.filter(report__taken_at__gte=since)
    values: dict[tuple[str, str], list[Decimal]] = {}
    phantoms: dict[tuple[str, str], str] = {}
    names = ("protocol", "measurement__quantity", "measurement__value", "phantom")
    for protocol, key, value, phantom in rows.order_by("-id").values_list(*names)[:MOST_DOSES]:
        values.setdefault((protocol, key), []).append(value)
        phantoms.setdefault((protocol, key), phantom)
    held = {(row.protocol, row.quantity): row for row in DoseReference.objects.visible_to(by).filter(asset_id=asset_id)}
    order = {one.key: n for n, one in enumerate(DOSES)}
    found = [
        ProtocolDose(protocol, one, distribution(given), held.get((protocol, key)), phantoms[protocol, key])
        for (protocol, key), given in values.items()
        if (one := quantity(key)) is not None
    ]
    return sorted(found, key=lambda one: (not one.is_above, one.protocol == "", one.protocol, order[one.about.key]))
