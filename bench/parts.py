"""What is measured. Each part runs in a process and house of its own and prints one JSON object."""

from __future__ import annotations

import csv
import gc
import io
import json
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from . import house, serving


def percentile(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))]


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
    """Audited create and update against the same ORM writes with the triggers dropped and no change open."""
    house.prepare(url)
    house.make_caller()
    catalogue = house.make_catalogue()
    from wardwright.apps.assets import operations
    from wardwright.apps.assets.models import Asset
    from wardwright.platform.core.change import System

    by, model, site = System("bench"), catalogue["models"][0], catalogue["sites"][0]
    names: dict[str, Any] = {"site_id": site.pk, "device_model_id": model.pk, "status": "in_service"}

    def create(number: int) -> Asset:
        return operations.register_asset(by=by, **names, values={"serial": f"W{number}"})

    made: list[Asset] = []
    create_ms = _each_ms(lambda n: made.append(create(n)), count)
    update_ms = _each_ms(
        lambda n: operations.change_asset(by=by, asset_id=made[n].pk, values={"notes": f"n{n}"}), count
    )
    plain = _plain_operations(by, site, model, count)
    sealed = _sealing()
    return {"create_ms": create_ms, "update_ms": update_ms, **plain, **sealed}


def _each_ms(run: Any, count: int) -> float:
    """Median milliseconds of one call."""
    return percentile(sorted(_times_ms(run, range(count))), 0.5)


def _times_ms(run: Any, numbers: range) -> list[float]:
    times = []
    for number in numbers:
        start = time.perf_counter()
        run(number)
        times.append((time.perf_counter() - start) * 1000)
    return times


def _plain_operations(by: Any, site: Any, model: Any, count: int) -> dict[str, float]:
    """The smallest audited operation (one insert, one update) and the same statements without any audit."""
    from django.db import models, transaction

    from wardwright.apps.assets.models import Asset
    from wardwright.platform.audit.operation import open_change

    def row(number: int, prefix: str) -> Asset:
        return Asset(
            tag=f"{prefix}{number}",
            serial=f"{prefix}{number}",
            site=site,
            device_model=model,
            device_type_id=model.device_type_id,
            search_text=f"{prefix.lower()}{number} infusion pump",
        )

    def audited(number: int) -> None:
        with open_change("bench.write", by):
            row(number, "AU").save(force_insert=True)

    def audited_update(number: int) -> None:
        with open_change("bench.write", by):
            Asset.objects.filter(tag=f"AU{number}").update(notes="x")

    def plain(number: int) -> None:
        with transaction.atomic():
            models.Model.save(row(number, "PL"), force_insert=True)

    def plain_update(number: int) -> None:
        with transaction.atomic():
            models.QuerySet.update(Asset.objects.filter(tag=f"PL{number}"), notes="x")

    audited_ms, audited_update_ms, plain_ms, plain_update_ms = _in_turns(
        (audited, audited_update), (plain, plain_update), count
    )
    return {
        "insert_audited_ms": audited_ms,
        "insert_plain_ms": plain_ms,
        "insert_ratio": audited_ms / plain_ms,
        "change_audited_ms": audited_update_ms,
        "change_plain_ms": plain_update_ms,
        "change_ratio": audited_update_ms / plain_update_ms,
    }


def _in_turns(audited: tuple[Any, Any], plain: tuple[Any, Any], count: int, rounds: int = 8) -> list[float]:
    """Median milliseconds of (insert, update) audited and plain, in short turns: a machine's speed drifts."""
    from django.db import connection

    from wardwright.platform.audit import triggers

    turns: list[list[float]] = [[], [], [], []]
    for turn in range(rounds):
        numbers = range(turn * count // rounds, (turn + 1) * count // rounds)
        for place, run in enumerate(audited):
            turns[place] += _times_ms(run, numbers)
        _drop_triggers()
        for place, run in enumerate(plain, 2):
            turns[place] += _times_ms(run, numbers)
        triggers.install(connection)
    return [percentile(sorted(times), 0.5) for times in turns]


def _drop_triggers() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP TRIGGER ww_audit ON assets_asset")
        else:
            for letter in "iud":
                cursor.execute(f"DROP TRIGGER ww_audit_{letter}_assets_asset")


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


PARTS = {"reads": reads, "writes": writes, "imports": imports, "planning": planning, "memory": memory}

if __name__ == "__main__":
    name, url, *numbers = sys.argv[1:]
    sizes = [int(number) for number in numbers]
    arguments = {"reads": [sizes], "planning": [sizes], "imports": sizes}.get(name, [])
    print(json.dumps(PARTS[name](url, *arguments)))
