"""What was read on a device before, and whether a reading comes close to its limit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from wardwright.apps.testing.models import Measurement
from wardwright.apps.testing.states import StepKind
from wardwright.kernel.limits import convert, trend

from .limits import frozen_limit


@dataclass(frozen=True)
class Past:
    """Earlier readings of one step's quantity on this device, in the step's unit, the oldest first."""

    readings: tuple[tuple[date, Decimal], ...]

    @property
    def reference(self) -> tuple[date, Decimal]:
        """The first reading: that of the acceptance, where it was taken."""
        return self.readings[0]

    @property
    def last(self) -> tuple[date, Decimal]:
        return self.readings[-1]


def past_of(asset_id: int, steps: list[dict[str, Any]], without: Collection[int] = ()) -> dict[str, Past]:
    """For each step that takes readings what was read before, in one query; ``without`` are this order's own."""
    asking: dict[str, list[dict[str, Any]]] = {}
    for step in steps:
        if step["kind"] == StepKind.READING and not step.get("not_applicable"):
            asking.setdefault(step.get("quantity") or step["key"], []).append(step)
    if not asking:
        return {}
    rows = Measurement.objects.filter(asset_id=asset_id, quantity__in=asking, bound="").exclude(pk__in=without)
    found: dict[str, list[tuple[date, Decimal]]] = {}
    for quantity, value, unit, at in rows.order_by("taken_at", "pk").values_list(
        "quantity", "value", "unit", "taken_at"
    ):
        for step in asking[quantity]:
            try:
                there = convert(value, unit, step.get("unit") or unit)
            except ValueError:
                continue
            found.setdefault(step["key"], []).append((timezone.localtime(at).date(), there))
    return {key: Past(tuple(readings)) for key, readings in found.items()}


def observation(step: Mapping[str, Any], value: Decimal, past: Past | None, on: date) -> str:
    """That a reading uses nearly all of its limit and gets worse, as a sentence of the kernel; "" otherwise."""
    limit = frozen_limit(step)
    if limit is None or past is None:
        return ""
    seen = trend([*past.readings, (max(on, past.last[0]), value)], limit)
    return seen.reasons[0] if seen.watch else ""
