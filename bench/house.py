"""A house to measure: a temporary home, a database of either kind, filled through the audited tables."""

from __future__ import annotations

import hashlib
import os
import random
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

TOKEN = "bench-token"
TYPES = [
    "Infusion pump",
    "Patient monitor",
    "Ventilator",
    "Defibrillator",
    "Electrocardiograph",
    "Syringe pump",
    "Hospital bed",
    "Infant incubator",
    "Anaesthesia machine",
    "Dialysis machine",
    "Ultrasound scanner",
    "Pulse oximeter",
    "Suction unit",
    "Electrosurgical unit",
    "Patient hoist",
    "Surgical light",
    "Endoscope",
    "Centrifuge",
    "Fetal monitor",
    "Humidifier",
]
MAKERS = [
    "Dräger",
    "GE HealthCare",
    "Philips",
    "Mindray",
    "B. Braun",
    "Baxter",
    "BD",
    "ZOLL",
    "Olympus",
    "Siemens Healthineers",
]
COLUMNS = (
    "version created_at updated_at tag serial lot device_type_id device_model_id description site_id department_id"
    " status out_reason condition udi udi_di software_version firmware_version ownership purchased_on"
    " purchase_cost_cents currency warranty_until country_of_origin power_requirements part_kind risk_score"
    " external_ids notes search_text"
).split()


def prepare(url: str = "") -> Path:
    """Point this process at a fresh house and migrate it; ``url`` empty means SQLite. Call once per process."""
    home = Path(tempfile.mkdtemp(prefix="wardwright-bench-"))
    os.environ |= {
        "WARDWRIGHT_HOME": str(home),
        "WARDWRIGHT_DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "wardwright.config.settings",
    }
    import django

    django.setup()
    from wardwright.config.setup import prepare_house

    prepare_house()
    return home


def make_caller() -> Any:
    """A user who may do everything, with an API token and a session; returns (user, session key)."""
    from django.conf import settings
    from django.test import Client
    from django.utils import timezone

    from wardwright.platform.access.models import ApiToken, Grant, Role, User
    from wardwright.platform.audit.operation import open_change
    from wardwright.platform.core.change import System

    with open_change("bench.caller", System("bench")):
        user = User.objects.create(username="bench", name="Bench", password="!")
        Grant.objects.create(user=user, role=Role.objects.get(code="administrator"))
        digest = hashlib.sha256(TOKEN.encode()).hexdigest()
        ApiToken.objects.create(user=user, label="bench", digest=digest, expires_at=timezone.now() + timedelta(days=1))
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[1])
    return user, client.session.session_key


def make_catalogue() -> dict[str, Any]:
    """Two sites, forty departments, twenty types, two hundred models."""
    from wardwright.apps.assets.models import DeviceModel, DeviceType
    from wardwright.apps.directory.models import Company, Department, Site
    from wardwright.platform.audit.operation import open_change
    from wardwright.platform.core.change import System

    with open_change("bench.catalogue", System("bench")):
        sites = [Site.objects.create(code=f"B{i}", name=f"Bench hospital {i}") for i in (1, 2)]
        departments = [Department.objects.create(site=sites[i % 2], name=f"Ward {i}") for i in range(40)]
        makers = [
            Company.objects.create(name=f"{name} (bench)", key=f"bench {name.lower()}", is_maker=True)
            for name in MAKERS
        ]
        types = [
            DeviceType.objects.create(name=f"{name} (bench)", key=f"bench {name.lower()}", life_support=i in (2, 3))
            for i, name in enumerate(TYPES)
        ]
        models = [
            DeviceModel.objects.create(
                maker=makers[i % 10], name=f"Model {i:03d}", key=f"model{i:03d}", device_type=types[i % 20]
            )
            for i in range(200)
        ]
    return {"sites": sites, "departments": departments, "types": types, "models": models}


def asset_rows(catalogue: dict[str, Any], start: int, count: int, *, seed: int = 7) -> Iterator[tuple]:
    """Rows in the order of ``COLUMNS``."""
    draw = random.Random(seed + start)
    statuses = ["in_service"] * 17 + ["out_of_service", "in_store", "retired"]
    now = "2026-11-01 08:00:00+00:00"
    for n in range(start, start + count):
        model = draw.choice(catalogue["models"])
        department = draw.choice(catalogue["departments"])
        bought = date(2008, 1, 1) + timedelta(days=draw.randrange(6500))
        tag, serial = f"BN{n:08d}", f"{draw.choice('ABCDEFGH')}{draw.randrange(10**9):09d}"
        words = f"{tag} {serial} {model.device_type.name} {model.maker.name} {model.name} {department.name}"
        words = words.lower().replace("ä", "a")
        yield (
            1,
            now,
            now,
            tag,
            serial,
            "",
            model.device_type_id,
            model.pk,
            "",
            department.site_id,
            department.pk,
            draw.choice(statuses),
            "",
            1,
            "",
            "",
            "2.1",
            "",
            "owned",
            bought.isoformat(),
            draw.randrange(10**5, 10**7),
            "EUR",
            (bought + timedelta(days=730)).isoformat(),
            "",
            "",
            "",
            draw.randrange(4, 21),
            "{}",
            "",
            words,
        )


def fill(catalogue: dict[str, Any], start: int, count: int) -> None:
    """Insert assets in changes of 50,000, as fast as the database takes them, with the audit triggers in place."""
    from django.db import connection

    from wardwright.platform.audit.operation import open_change
    from wardwright.platform.core.change import System

    for first in range(start, start + count, 50_000):
        part = min(50_000, start + count - first)
        with open_change("bench.fill", System("bench")):
            rows = asset_rows(catalogue, first, part)
            names = ", ".join(COLUMNS)
            with connection.cursor() as cursor:
                if connection.vendor == "postgresql":
                    with cursor.copy(f"COPY assets_asset ({names}) FROM STDIN") as copy:
                        for row in rows:
                            copy.write_row(row)
                else:
                    marks = ", ".join(["?"] * len(COLUMNS))
                    connection.connection.executemany(f"INSERT INTO assets_asset ({names}) VALUES ({marks})", rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
