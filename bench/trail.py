"""A trail of millions of records: what making, sealing and verifying it costs, and what a change costs beside it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from . import house, serving

ASSETS = 10_000
IN_A_CHANGE = 100  # a large import has thousands, an edit one or two


def trail(url: str, records: int) -> dict[str, Any]:
    """Real records by the triggers, changes of a hundred rows each, sealed and verified, also with the state."""
    house.prepare(url)
    _, session = house.make_caller()
    catalogue = house.make_catalogue()
    house.fill(catalogue, 0, ASSETS)
    from wardwright.platform.audit.models import AuditChange, AuditRecord
    from wardwright.platform.audit.sealing import seal_pending
    from wardwright.platform.audit.state import compare_state
    from wardwright.platform.audit.verify import verify
    from wardwright.platform.core.storage import database_facts

    found: dict[str, Any] = {"small": _at_this_size(catalogue, session)}
    seconds: dict[str, float] = {}
    with _timed(seconds, "make"):
        made = _make(records - AuditRecord.objects.count())
    with _timed(seconds, "seal"):
        sealed = seal_pending()
    with _timed(seconds, "verify"):
        report = verify()
    assert report.ok, report.problems[:3]
    with _timed(seconds, "state"):
        compare_state(report)
    assert report.ok, report.problems[:3]
    found["large"] = _at_this_size(catalogue, session)
    return found | {
        "records": report.records,
        "changes": AuditChange.objects.count(),
        "seconds": seconds,
        "made_per_second": made / seconds["make"],
        "changes_sealed_per_second": sealed.changes / seconds["seal"],
        "records_verified_per_second": report.records / seconds["verify"],
        "database_mb": database_facts().size_bytes / 1e6,
    }


def _make(count: int) -> int:
    """Changes of ``IN_A_CHANGE`` rows until there are ``count`` more records; what is written is new each time."""
    from wardwright.apps.assets.models import Asset
    from wardwright.platform.audit.operation import open_change
    from wardwright.platform.core.change import System

    by, ids = System("bench"), list(Asset.objects.order_by("pk").values_list("pk", flat=True))
    rounds = -(-count // IN_A_CHANGE)
    for number in range(rounds):
        start = number * IN_A_CHANGE % (len(ids) - IN_A_CHANGE + 1)
        with open_change("bench.note", by):
            Asset.objects.filter(pk__range=(ids[start], ids[start + IN_A_CHANGE - 1])).update(notes=f"seen {number}")
    return rounds * IN_A_CHANGE


def _at_this_size(catalogue: dict[str, Any], session: str) -> dict[str, float]:
    """Milliseconds (medians) of registering and changing a device, and of the pages that read the trail."""
    from wardwright.apps.assets import operations
    from wardwright.platform.core.change import System

    by, pages = System("bench"), {}
    place = {"site_id": catalogue["sites"][0].pk, "device_model_id": catalogue["models"][0].pk}
    created, changed = [], []
    for number in range(60):
        start = time.perf_counter()
        asset = operations.register_asset(by=by, **place, status="in_service", values={"serial": f"T{start}"})
        created.append(time.perf_counter() - start)
        start = time.perf_counter()
        operations.change_asset(by=by, asset_id=asset.pk, values={"notes": f"{number}"})
        changed.append(time.perf_counter() - start)
    with serving.running_server() as (port, _):
        cookie = {"Cookie": f"sessionid={session}"}
        for name, path in (("explorer", "/audit/"), ("history", f"/devices/{asset.pk}/history/")):
            pages[f"{name}_ms"] = serving.percentile(serving.latencies_ms(port, [path], cookie, 60), 0.5)
    return {
        "create_ms": serving.percentile(sorted(created), 0.5) * 1000,
        "update_ms": serving.percentile(sorted(changed), 0.5) * 1000,
        **pages,
    }


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - start
