"""A day of notices in a house: new ones against everything owned, and changed devices against everything that came."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from typing import Any

from . import house

NEW, CHANGED = 10, 200


def bulletins(start: int, count: int) -> Iterator[Any]:
    """Every tenth is about a model of the house and names a range of serial numbers; the others are about others'."""
    from wardwright.kernel.bulletins import Bulletin, Kind, Severity
    from wardwright.kernel.scope import read_notice

    for n in range(start, start + count):
        ours = n % 10 == 0
        maker = f"{house.MAKERS[n % 200 % 10]} (bench)" if ours else f"Maker {n % 997} Medical"
        model = f"Model {n // 10 % 20 * 10:03d}" if ours else f"Type Q{n}"
        text = f"{model}: serial numbers BN{n * 7:08d} to BN{n * 7 + 5000:08d}"
        yield Bulletin(
            ref=f"Z-{n:05d}-2026", kind=Kind.RECALL, title=f"{model} may stop", severity=Severity.CLASS_II,
            scope=read_notice("", text, maker=maker), revision="1", raw=text, maker=maker,
        )  # fmt: skip


def notices(url: str, devices: int, past: int) -> dict[str, Any]:
    """``past`` notices are there and searched for; then a day comes."""
    house.prepare(url)
    catalogue = house.make_catalogue()
    house.fill(catalogue, 0, devices)
    from wardwright.apps.assets.models import Asset
    from wardwright.apps.notices import operations
    from wardwright.apps.notices.models import Exposure, Source
    from wardwright.apps.notices.operations.background import search_inventory, search_many
    from wardwright.platform.audit.operation import open_change
    from wardwright.platform.core.change import System

    by = System("bench")
    with open_change("bench.source", by):
        source = Source.objects.create(name="Bench", kind="files")

    def taken(start: int, count: int) -> list[int]:
        run = operations.start_run(by=by, source_id=source.pk)
        ids = operations.take_in(by=by, run_id=run.pk, bulletins=list(bulletins(start, count))).ids
        operations.finish_run(by=by, run_id=run.pk)
        return ids

    begun, ids = time.perf_counter(), []
    for start in range(0, past, 500):
        ids += taken(start, min(500, past - start))
    in_s, begun = time.perf_counter() - begun, time.perf_counter()
    search_many(ids, "new")
    searched_s, begun = time.perf_counter() - begun, time.perf_counter()
    search_inventory.func()
    models_s, begun = time.perf_counter() - begun, time.perf_counter()
    fresh = taken(past, NEW)
    search_many(fresh, "new")
    day_s, begun = time.perf_counter() - begun, time.perf_counter()
    changed = list(Asset.objects.order_by("-pk").values_list("pk", flat=True)[:CHANGED])
    for pk in changed:  # one by one, as events come
        operations.search_devices(by=by, asset_ids=[pk])
    return {
        "taken_in_per_second": past / in_s,
        "searched_per_second": past / searched_s,
        "whole_inventory_seconds": models_s,
        "seconds_per_new_notice": day_s / NEW,
        "seconds_per_changed_device": (time.perf_counter() - begun) / CHANGED,
        "devices": devices,
        "past": past,
        "devices_found": Exposure.objects.count(),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def report(f: dict[str, Any]) -> list[str]:
    return [
        f"{f['devices']:,} devices, {f['past']:,} notices that came before; each change with its trail: taken in"
        f" {f['taken_in_per_second']:,.0f} a second, searched for {f['searched_per_second']:,.0f} a second"
        f" ({f['devices_found']:,} devices found); all models and devices asked again in"
        f" {f['whole_inventory_seconds']:.1f} s.",
        "",
        f"A day: {NEW} new notices, {f['seconds_per_new_notice']:.2f} s for each (goal well under 1 s); {CHANGED}"
        f" changed devices one by one, {f['seconds_per_changed_device']:.3f} s for each. Peak {f['peak_mb']:.0f} MB.",
        "",
    ]
