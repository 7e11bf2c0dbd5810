"""What is measured. Each part runs in a process and house of its own and prints one JSON object."""

from __future__ import annotations

import csv
import gc
import io
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from . import house, serving
from .api import api
from .matching.part import matching
from .measuring import measuring
from .notices import notices
from .serving import percentile
from .trail import trail

# Reading --------------------------------------------------------------------------------------------------------


def reads(url: str, sizes: list[int]) -> dict[str, Any]:
    """Lists, deep pages, search, detail and the register page at growing sizes, beside a hello-world view."""
    house.prepare(url)
    _, session = house.make_caller()
    catalogue = house.make_catalogue()
    done, found = 0, {}
    for size in sizes:
        start = time.perf_counter()
        house.fill(catalogue, done, size - done)
        done = size
        with serving.running_server() as (port, _):
            found[str(size)] = {"fill_seconds": round(time.perf_counter() - start, 1), **_read_all(port, size, session)}
    return found


def _read_all(port: int, size: int, session: str) -> dict[str, Any]:
    token = {"Authorization": f"Bearer {house.TOKEN}"}
    cookie = {"Cookie": f"sessionid={session}"}
    deep = "/api/v1/assets?sort=tag&status=in_service"
    for _ in range(3):
        deep = _deep_path(port, size, token)
    first = json.loads(serving.fetch(port, "/api/v1/assets?limit=1", token)[1])["items"][0]["id"]
    somewhere = [f"/api/v1/assets/{first + size * part // 10}" for part in range(1, 9)]
    words = ["infusion+pump", f"BN{size // 2:08d}", "drager+model+012", "ward+12+ventilator", f"BN{size // 3:08d}"]
    what: dict[str, tuple[list[str], dict[str, str]]] = {
        "list": (["/api/v1/assets?status=in_service&sort=tag", "/api/v1/assets?site_id=1&sort=-warranty_until"], token),
        "deep": ([deep], token),
        "search": ([f"/api/v1/assets?q={word}" for word in words], token),
        "detail": (somewhere, token),
        "register_page": (["/devices/"], cookie),
    }
    found: dict[str, Any] = {}
    hellos = []
    for name, (paths, headers) in what.items():
        hellos.append(serving.requests_per_second(port, ["/alive"], {}))  # beside each, for a machine's speed drifts
        times = serving.latencies_ms(port, paths, headers)
        rate = serving.requests_per_second(port, paths, headers)
        hellos.append(serving.requests_per_second(port, ["/alive"], {}))
        hello = (hellos[-2] + hellos[-1]) / 2
        found[name] = {
            "p50_ms": percentile(times, 0.5),
            "p95_ms": percentile(times, 0.95),
            "per_second": rate,
            "in_hellos": hello / rate,
        }
    times = serving.latencies_ms(port, ["/alive"], {})
    found["hello"] = {"p50_ms": percentile(times, 0.5), "per_second": sum(hellos) / len(hellos)}
    return found


def _deep_path(port: int, size: int, token: dict[str, str]) -> str:
    """The page that starts after four fifths of the register in tag order."""
    from wardwright.platform.core.keyset import _encode

    body = json.loads(serving.fetch(port, f"/api/v1/assets?tag=BN{size * 4 // 5:08d}", token)[1])
    return f"/api/v1/assets?sort=tag&after={_encode('tag', body['items'][0]['tag'], body['items'][0]['id'])}"


# Writing --------------------------------------------------------------------------------------------------------


def writes(url: str, count: int = 400) -> dict[str, Any]:
    """Creating and editing a device, and the smallest writes, each with the trail and without, in turns."""
    house.prepare(url)
    house.make_caller()
    catalogue = house.make_catalogue()
    from wardwright.apps.assets import operations
    from wardwright.apps.assets.models import Asset
    from wardwright.platform.core.change import System

    by, model, site = System("bench"), catalogue["models"][0], catalogue["sites"][0]
    made: list[Asset] = []

    def create(_: int) -> None:
        made.append(
            operations.register_asset(
                by=by,
                site_id=site.pk,
                device_model_id=model.pk,
                status="in_service",
                values={"serial": f"W{len(made)}"},
            )
        )

    def change(_: int) -> None:
        operations.change_asset(by=by, asset_id=made[-1].pk, values={"notes": f"{time.perf_counter()}"})

    runs = {"create": create, "update": change, **_smallest(by, site, model)}
    return {**_in_turns(runs, count), **_sealing()}


def _smallest(by: Any, site: Any, model: Any) -> dict[str, Any]:
    """One insert and one update, each a change of its own."""
    from wardwright.apps.assets.models import Asset
    from wardwright.platform.audit.operation import open_change

    numbers = iter(range(10**9))
    last = ""

    def insert(_: int) -> None:
        nonlocal last
        last = f"SM{next(numbers)}"
        with open_change("bench.write", by):
            Asset(
                tag=last,
                serial=last,
                site=site,
                device_model=model,
                device_type_id=model.device_type_id,
                search_text=f"{last.lower()} infusion pump",
            ).save(force_insert=True)

    def update(_: int) -> None:
        with open_change("bench.write", by):
            Asset.objects.filter(tag=last).update(notes=f"{time.perf_counter()}")

    return {"insert": insert, "change": update}


def _in_turns(runs: dict[str, Any], count: int, rounds: int = 8) -> dict[str, float]:
    """Median milliseconds of each with the trail and without, in short turns, for a machine's speed drifts."""
    times: dict[str, list[float]] = {}
    for turn in range(rounds):
        for audited in (True, False) if turn % 2 else (False, True):
            with _trail_on() if audited else _trail_off():
                for name, run in runs.items():
                    times.setdefault(f"{name}_{'audited' if audited else 'plain'}_ms", []).extend(
                        _times_ms(run, range(count // rounds))
                    )
    found = {name: percentile(sorted(some), 0.5) for name, some in times.items()}
    return found | {f"{name}_ratio": found[f"{name}_audited_ms"] / found[f"{name}_plain_ms"] for name in runs}


@contextmanager
def _trail_on() -> Iterator[None]:
    from django.db import connection

    from wardwright.platform.audit import triggers

    triggers.install(connection)
    yield


@contextmanager
def _trail_off() -> Iterator[None]:
    """The same code without a trail: no triggers on what it writes, nothing told to the database, no change's row."""
    from wardwright.platform.audit import operation

    kept = operation.close_change, operation._tell_database
    for table in ("assets_asset", "assets_asset_move", "assets_status_period"):
        _drop_triggers(table)
    operation.close_change, operation._tell_database = (lambda change: None), (lambda change_id: None)
    try:
        yield
    finally:
        operation.close_change, operation._tell_database = kept


def _times_ms(run: Any, numbers: range) -> list[float]:
    times = []
    for number in numbers:
        start = time.perf_counter()
        run(number)
        times.append((time.perf_counter() - start) * 1000)
    return times


def _drop_triggers(table: str = "assets_asset") -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f'DROP TRIGGER IF EXISTS ww_audit ON "{table}"')
        else:
            for letter in "iud":
                cursor.execute(f"DROP TRIGGER IF EXISTS ww_audit_{letter}_{table}")


def _sealing() -> dict[str, float]:
    from wardwright.platform.audit.models import AuditRecord
    from wardwright.platform.audit.sealing import seal_pending
    from wardwright.platform.audit.verify import verify

    records = AuditRecord.objects.count()
    start = time.perf_counter()
    sealed = seal_pending()
    seal_seconds = time.perf_counter() - start
    start = time.perf_counter()
    report = verify()
    verify_seconds = time.perf_counter() - start
    assert report.ok, report.problems[:3]
    return {
        "changes_sealed_per_second": sealed.changes / seal_seconds,
        "records_verified_per_second": records / verify_seconds,
    }


# Importing ------------------------------------------------------------------------------------------------------


def imports(url: str, count: int) -> dict[str, Any]:
    """The whole import of a CSV of ``count`` rows × 20 columns, and raw ``bulk_create`` of the same rows afterwards."""
    house.prepare(url)
    path = Path(tempfile.mkdtemp()) / "register.csv"
    path.write_text(_register(count), encoding="utf-8")
    from django.db import models

    from wardwright.apps.assets.models import Asset
    from wardwright.platform.audit.sealing import seal_pending
    from wardwright.platform.audit.verify import verify
    from wardwright.platform.core.change import System
    from wardwright.platform.exchange.operations import import_file

    start = time.perf_counter()
    answer = import_file(by=System("bench"), target="assets", path=path)
    import_seconds = time.perf_counter() - start
    assert answer["imported"] == count, answer
    start = time.perf_counter()
    seal_pending()
    seal_seconds = time.perf_counter() - start
    start = time.perf_counter()
    report = verify()
    verify_seconds = time.perf_counter() - start
    assert report.ok, report.problems[:3]
    copies = list(Asset.objects.order_by("pk")[:count])
    for number, copy in enumerate(copies):
        copy.pk, copy.tag, copy._state.adding = None, f"RAW{number}", True
    _drop_triggers()
    gc.collect()
    start = time.perf_counter()
    models.QuerySet.bulk_create(Asset.objects.all(), copies)
    raw_seconds = time.perf_counter() - start
    return {
        "rows": count,
        "import_rows_per_second": count / import_seconds,
        "raw_rows_per_second": count / raw_seconds,
        "share_of_raw": raw_seconds / import_seconds,
        "seal_seconds": seal_seconds,
        "records_verified_per_second": report.records / verify_seconds,
    }


def _register(count: int) -> str:
    import random

    draw = random.Random(3)
    out = io.StringIO()
    writer = csv.writer(out)
    headings = (
        "Asset No,Equipment,Manufacturer,Model,Serial Number,Site,Department,Room,Status,Purchase Date,Purchase Price,"
        "Warranty End,Supplier,Year of Manufacture,Country of Origin,Software Version,Last PM,PM Interval,Risk,Notes"
    )
    writer.writerow(headings.split(","))
    types = house.TYPES
    for n in range(count):
        bought = date(2010 + n % 15, 1 + n % 12, 1 + n % 28)
        maker = house.MAKERS[n % 10]
        writer.writerow(
            [
                f"IM{n:07d}",
                types[n % 20],
                maker,
                f"Series {n % 200}",
                f"{draw.choice('ABCDEF')}{draw.randrange(10**9):09d}",
                f"Hospital {n % 2}",
                f"Ward {n % 40}",
                f"Room {n % 300}",
                draw.choice(["In Service", "In Service", "Out of Service"]),
                f"{bought:%d/%m/%Y}",
                f"{draw.randrange(500, 60000)}.50",
                f"{bought.replace(year=bought.year + 2):%d/%m/%Y}",
                f"Supplier {n % 15}",
                bought.year,
                "Germany",
                "2.1.0",
                f"{bought.replace(year=2025):%d/%m/%Y}",
                "12 months",
                draw.choice(["High", "Medium", "Low"]),
                "",
            ]
        )
    return out.getvalue()


# Planning -------------------------------------------------------------------------------------------------------


def planning(url: str, sizes: list[int]) -> dict[str, Any]:
    """A year of due work for growing registers: orders per second."""
    house.prepare(url)
    catalogue = house.make_catalogue()
    from wardwright.apps.maintenance import operations
    from wardwright.apps.maintenance.models import Plan
    from wardwright.platform.core.change import System

    by, today, done, found = System("bench"), date(2026, 1, 1), 0, {}
    for device_type in catalogue["types"]:
        plan = operations.create_plan(
            by=by, name=f"Yearly {device_type}", applies_to="type", device_type_id=device_type.pk, interval=6
        )
        operations.activate_plan(by=by, plan_id=plan.pk)
    assert Plan.objects.filter(state="active").count() == len(catalogue["types"])
    for step, size in enumerate(sizes):
        house.fill(catalogue, done, size - done)
        done = size
        operations.match_schedules(by=by, today=today)
        start = time.perf_counter()
        made = operations.generate_due_work(by=by, until=date(2026 + step, 12, 31), today=date(2026 + step, 1, 1))
        seconds = time.perf_counter() - start
        found[str(size)] = {
            "orders": made.created,
            "orders_per_second": made.created / seconds,
            "existing": made.existing,
        }
    return found


def memory(url: str) -> dict[str, Any]:
    """Memory at rest of two web processes and a worker, after each has answered some pages."""
    house.prepare(url)
    _, session = house.make_caller()
    with serving.running_server(worker=True) as (port, supervisor):
        for _ in range(40):
            serving.fetch(port, "/devices/", {"Cookie": f"sessionid={session}"})
            serving.fetch(port, "/api/v1/assets", {"Authorization": f"Bearer {house.TOKEN}"})
        time.sleep(3)
        return {"pss_mb": serving.memory_mb(supervisor)}


PARTS = {
    "reads": reads,
    "writes": writes,
    "imports": imports,
    "planning": planning,
    "memory": memory,
    "api": api,
    "trail": trail,
    "measuring": measuring,
    "notices": notices,
    "matching": matching,
}

if __name__ == "__main__":
    name, url, *numbers = sys.argv[1:]
    sizes = [int(number) for number in numbers]
    arguments = [sizes] if name in ("reads", "planning", "measuring") else sizes
    print(json.dumps(PARTS[name](url, *arguments)))
