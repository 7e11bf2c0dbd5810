"""The help desk as it looks this morning: when it is open, who is on call, and who asked for help."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from django.db.models import Q

from wardwright.apps.assets.models import Asset, AssetCode
from wardwright.apps.assets.operations.codes import ALPHABET, LENGTH
from wardwright.apps.directory.models import Department, Person, Site
from wardwright.apps.helpdesk.models import Request, RequestNote, Rota, Shift, Symptom
from wardwright.apps.maintenance.models import FailureCode, Holiday, ServiceHours, WorkOrder
from wardwright.apps.maintenance.queries import promise
from wardwright.apps.maintenance.states import UNFINISHED
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation

from . import moments
from .people import MAIL

CLINIC = ["07:00-17:00"] * 5 + ["", ""]
PUMP = (
    ("Occlusion alarm", "bell", "ALARM", 2, False),
    ("Air in line", "droplet", "ALARM", 2, False),
    ("Wrong flow", "trending-down", "OUTPUT", 1, True),
    ("Battery empty at once", "battery-2", "BATTERY", 3, False),
    ("Door or clamp broken", "lock", "DAMAGE", 2, True),
    ("Something else", "help", "OTHER", 3, False),
)
HANDOVER = (
    "Ventilator in room 3.12 runs on the loaner until the blower comes (Thursday). Theatre 2 was told that the second"
    " electrosurgical unit stays out. Nothing else is open."
)
# (minutes ago, source, symptom, priority, who, extension, in their words, asked back, also reported by)
CALLS: tuple[tuple[int, str, str, int, str, str, str, str, int], ...] = (
    (22, "portal", "Alarm or error message", 2, "Nora", "4417", "", "", 2),
    (55, "portal", "Battery does not last", 3, "", "", "", "", 0),
    (150, "phone", "Screen or keys", 3, "Ward clerk", "4420", "Flickers when the bed is moved.", "", 0),
    (
        260,
        "portal",
        "Wrong or no reading",
        2,
        "Jo",
        "4103",
        "",
        "Which probe was it? Does another one read right?",
        0,
    ),
)


@operation()
def open_the_desk(*, by: Any, seed: int, today: date) -> int:
    """Service hours, a holiday, rotas, symptoms of a type, labels with codes and a few requests; returns how many."""
    authorize(by, "access.manage")
    rng, now = Random(f"{seed}:desk"), moments.of(today)
    sites = list(Site.objects.order_by("pk"))
    ServiceHours.objects.create(week=CLINIC)
    for ward in Department.objects.filter(Q(name__istartswith="Intensive") | Q(name__istartswith="Emergency")):
        ServiceHours.objects.create(site_id=ward.site_id, department=ward, week=["24h"] * 7, open_on_holidays=True)
    Holiday.objects.create(on=date(today.year, 12, 25), name="Christmas Day")
    for site, note in zip(sites, (HANDOVER, ""), strict=False):
        _rota(site, now, note)
    _symptoms()
    devices = _devices(rng, sites[0], len(CALLS))
    _codes(rng, [*devices, *Asset.objects.filter(status="in_service").order_by("pk")[:40]])
    for device, call in zip(devices, CALLS, strict=False):
        _request(rng, device, now, call)
    _mail(rng, sites[0], now)
    return len(devices) + 1


def _rota(site: Site, now: int, note: str) -> None:
    """A week each, Monday to Monday at eight."""
    people = list(
        Person.objects.filter(site=site, is_active=True).exclude(tier__in=("none", "lead")).order_by("pk")[:4]
    )
    if not people:
        return
    rota = Rota.objects.create(name=f"{site.code} nights and weekends", site=site, phone="4444")
    today = moments.as_datetime(now).date()
    monday = today - timedelta(days=today.weekday())
    at_eight = moments.as_datetime(now - now % moments.DAY + 8 * 60) - (today - monday)
    for week in range(-1, 6):
        begins = at_eight + timedelta(days=7 * week)
        Shift.objects.create(
            rota=rota,
            person=people[week % len(people)],
            from_at=begins,
            until_at=begins + timedelta(days=7),
            handover=note if week == -1 else "",
            handed_over_at=begins + timedelta(days=7) if note and week == -1 else None,
        )


def _symptoms() -> None:
    codes = {code.code: code for code in FailureCode.objects.filter(kind="problem")}
    pump = Asset.objects.filter(device_type__name__istartswith="Infusion pump").order_by("device_type_id").first()
    if pump is None:
        return
    Symptom.objects.bulk_create(
        Symptom(device_type_id=pump.device_type_id, position=10 * place, label=label, icon=icon,
                problem=codes.get(code), priority=priority, unsafe=unsafe)
        for place, (label, icon, code, priority, unsafe) in enumerate(PUMP, 1)
    )  # fmt: skip


def _devices(rng: Random, site: Site, count: int) -> list[Asset]:
    """Devices of wards about which nothing is known."""
    busy = WorkOrder.objects.filter(kind="corrective", state__in=UNFINISHED).values("asset_id")
    found = Asset.objects.filter(
        site=site, status="in_service", provider=None, department__isnull=False, room__isnull=False,
        device_type__life_support=False,
    ).exclude(pk__in=busy)  # fmt: skip
    ids = sorted(found.values_list("pk", flat=True))
    chosen = rng.sample(ids, min(count, len(ids)))
    rows = Asset.objects.select_related("device_type").in_bulk(chosen)
    return [rows[pk] for pk in chosen]


def _codes(rng: Random, devices: list[Asset]) -> None:
    known = set(AssetCode.objects.values_list("asset_id", flat=True))
    wanted = {device.pk for device in devices} - known
    AssetCode.objects.bulk_create(AssetCode(asset_id=pk, code=_code(rng, LENGTH)) for pk in sorted(wanted))


def _code(rng: Random, length: int) -> str:
    return "".join(rng.choice(ALPHABET) for _n in range(length))


def _request(rng: Random, device: Asset, now: int, call: tuple[int, str, str, int, str, str, str, str, int]) -> None:
    ago, source, label, priority, who, extension, words, question, echoes = call
    received = moments.as_datetime(now - ago)
    found = promise("corrective", priority, device.site_id, device.department_id, received)
    request = Request.objects.create(
        code=_code(rng, 8), source=source, state="asked" if question else "new", asset=device, site_id=device.site_id,
        department_id=device.department_id, symptom=Symptom.objects.filter(label=label, device_type=None).first(),
        title=label, words=words, priority=priority, harm="no", wiped="yes", reporter_name=who, callback=extension,
        received_at=received, respond_by_at=found.respond_by_at, finish_by_at=found.finish_by_at, why=list(found.why),
        echoes=echoes, answered_at=received + timedelta(minutes=30) if question else None,
    )  # fmt: skip
    if question:
        RequestNote.objects.create(
            request=request,
            kind="question",
            text=question,
            at=received + timedelta(minutes=30),
            by_name="Sam Lindqvist",
        )


def _mail(rng: Random, site: Site, now: int) -> None:
    """A mail that names no device."""
    received = moments.as_datetime(now - 105)
    found = promise("corrective", 3, site.pk, None, received)
    Request.objects.create(
        code=_code(rng, 8), source="mail", site=site, title="Blood pressure monitor in the corridor", priority=3,
        words="The one beside the linen room does not inflate any more.\nCan somebody come?", received_at=received,
        reporter_name="Ada Quint", reporter_email=f"ada.quint@{MAIL}", respond_by_at=found.respond_by_at,
        finish_by_at=found.finish_by_at, why=list(found.why),
    )  # fmt: skip
