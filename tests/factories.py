"""Rows for tests. They are written inside a change, as everything is; a default is made for whatever is not given."""

from __future__ import annotations

from datetime import date
from functools import wraps
from itertools import count
from typing import Any

from django.utils import timezone

from wardwright.apps.assets.models import Asset, DeviceModel, DeviceType
from wardwright.apps.directory.models import Absence, Building, Company, Department, Floor, Person, Room, Site
from wardwright.apps.lending.models import Holding, Loan, LoanRequest, Pool, PoolType
from wardwright.apps.maintenance.models import Plan, Schedule, WorkOrder
from wardwright.apps.notices import operations as notices
from wardwright.apps.notices.models import Notice, Source, Supply
from wardwright.apps.testing.models import Instrument, Measurement, OwnLimit, Procedure, ProcedureVersion, Step
from wardwright.kernel.bulletins import Bulletin
from wardwright.kernel.bulletins import Kind as BulletinKind
from wardwright.kernel.bulletins import Severity as BulletinSeverity
from wardwright.kernel.scope import read_notice
from wardwright.platform.access.models import Grant, Role, User
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System

_numbers = count(1)
PASSWORD = "correct horse battery"


def writes(make: Any) -> Any:
    """Run a factory inside a change by the system."""

    @wraps(make)
    def run(*, by: Any = None, **given: Any) -> Any:
        with open_change("test.factory", by or System("factory")):
            return make(**given)

    return run


@writes
def make_site(**given: Any) -> Site:
    n = next(_numbers)
    return Site.objects.create(**{"code": f"S{n}", "name": f"Site {n}", **given})


@writes
def make_department(**given: Any) -> Department:
    return Department.objects.create(
        **{"site": given.get("site") or make_site(), "name": f"Ward {next(_numbers)}", **given}
    )


@writes
def make_floor(**given: Any) -> Floor:
    """A floor of a building of its own, unless one is given."""
    site, name = given.pop("site", None), f"Building {next(_numbers)}"
    building = given.pop("building", None) or Building.objects.create(site=site or make_site(), name=name)
    return Floor.objects.create(site_id=building.site_id, building=building, **{"name": "Ground floor", **given})


@writes
def make_room(**given: Any) -> Room:
    return Room.objects.create(**{"site": given.get("site") or make_site(), "name": f"Room {next(_numbers)}", **given})


@writes
def make_company(**given: Any) -> Company:
    name = given.pop("name", f"Maker {next(_numbers)}")
    return Company.objects.create(**{"name": name, "key": name.casefold(), "is_maker": True, **given})


@writes
def make_type(**given: Any) -> DeviceType:
    name = given.pop("name", f"Infusion pump {next(_numbers)}")
    return DeviceType.objects.create(**{"name": name, "key": name.casefold(), **given})


@writes
def make_model(**given: Any) -> DeviceModel:
    name = given.pop("name", f"Model {next(_numbers)}")
    return DeviceModel.objects.create(
        **{
            "maker": given.get("maker") or make_company(),
            "name": name,
            "key": name.casefold(),
            "device_type": given.get("device_type") or make_type(),
            **given,
        }
    )


@writes
def make_asset(**given: Any) -> Asset:
    n = next(_numbers)
    model = given.pop("device_model", None) or make_model(device_type=given.get("device_type") or make_type())
    values = {
        "tag": f"T{n:05d}",
        "serial": f"SN{n:06d}",
        "device_model": model,
        "device_type": model.device_type,
        "site": given.get("site") or make_site(),
        "search_text": f"t{n:05d} sn{n:06d}",
        **given,
    }
    return Asset.objects.create(**values)


@writes
def make_user(
    *, permissions: list[str] | None = None, scope: tuple[str, int | None] = ("all", None), **given: Any
) -> User:
    """A user with one role of exactly these permissions (default: all) within ``scope``."""
    n = next(_numbers)
    user = User(**{"username": f"user{n}", "name": f"User {n}", **given})
    user.set_password(PASSWORD)
    user.save()
    role = Role.objects.create(
        code=f"role-{n}", name=f"Role {n}", permissions=["*"] if permissions is None else permissions
    )
    Grant.objects.create(user=user, role=role, scope_kind=scope[0], scope_id=scope[1])
    return user


@writes
def make_person(**given: Any) -> Person:
    return Person.objects.create(**{"name": f"Person {next(_numbers)}", "tier": "engineer", **given})


@writes
def make_absence(**given: Any) -> Absence:
    first_on = given.setdefault("first_on", timezone.localdate())
    person = given.pop("person", None) or make_person()
    return Absence.objects.create(**{"person": person, "last_on": first_on, "state": "agreed", **given})


@writes
def make_procedure(*, steps: list[dict[str, Any]] | None = None, **given: Any) -> ProcedureVersion:
    """An approved version with one check and one reading unless ``steps`` says otherwise."""
    n = next(_numbers)
    procedure = Procedure.objects.create(**{"code": f"P{n}", "title": f"Procedure {n}", **given})
    version = ProcedureVersion.objects.create(
        procedure=procedure, number=1, state="approved", approved_at=timezone.now()
    )
    default = [
        {"key": "visual", "section": "visual", "kind": "check", "text": "Case, cable and plug are whole"},
        {
            "key": "leakage",
            "section": "safety",
            "kind": "reading",
            "text": "Equipment leakage",
            "unit": "µA",
            "high": 500,
        },
    ]
    for position, step in enumerate(default if steps is None else steps, 1):
        Step.objects.create(procedure_version=version, position=position, **step)
    return version


@writes
def make_instrument(**given: Any) -> Instrument:
    return Instrument.objects.create(
        **{"name": f"Analyser {next(_numbers)}", "site": given.get("site") or make_site(), **given}
    )


@writes
def make_own_limit(**given: Any) -> OwnLimit:
    """A tighter limit of equipment leakage, class I."""
    usual = {
        "standard": "IEC 62353", "edition": "2014", "test": "equipment_leakage", "equipment_class": "I",
        "method": "direct", "high": 300, "unit": "µA", "valid_from": timezone.localdate(), "source": "House rule 7",
        "set_at": timezone.now(),
    }  # fmt: skip
    return OwnLimit.objects.create(**{**usual, **given})


@writes
def make_measurement(**given: Any) -> Measurement:
    asset = given.pop("asset", None) or make_asset()
    return Measurement.objects.create(
        **{
            "asset": asset,
            "site_id": asset.site_id,
            "source": "step",
            "quantity": "leakage",
            "value": 100,
            "unit": "µA",
            "verdict": "pass",
            "taken_at": timezone.now(),
            **given,
        }
    )


@writes
def make_plan(**given: Any) -> Plan:
    return Plan.objects.create(**{"name": f"Plan {next(_numbers)}", "state": "active", **given})


@writes
def make_schedule(**given: Any) -> Schedule:
    asset = given.pop("asset", None) or make_asset()
    plan = given.pop("plan", None) or make_plan(applies_to="asset", asset=asset)
    return Schedule.objects.create(**{"asset": asset, "plan": plan, "anchor_on": date(2026, 1, 15), **given})


@writes
def make_work_order(**given: Any) -> WorkOrder:
    asset = given.pop("asset", None) or make_asset()
    return WorkOrder.objects.create(
        **{
            "number": f"WO-{next(_numbers):06d}",
            "kind": "planned",
            "title": "Yearly maintenance",
            "asset": asset,
            "site_id": asset.site_id,
            "department_id": asset.department_id,
            **given,
        }
    )


@writes
def make_pool(**given: Any) -> Pool:
    site = given.get("site") or make_site()
    n = next(_numbers)
    return Pool.objects.create(
        **{
            "site": site,
            "name": f"Library {n}",
            "department": given.get("department") or make_department(site=site),
            "room": given.get("room") or make_room(site=site, is_store=True),
            **given,
        }
    )


@writes
def make_holding(**given: Any) -> Holding:
    """A device in a library, and its type lent there."""
    asset = given.pop("asset", None) or make_asset(site=given["pool"].site if "pool" in given else make_site())
    pool = given.pop("pool", None) or make_pool(site=asset.site)
    PoolType.objects.get_or_create(pool=pool, device_type_id=asset.device_type_id)
    now = timezone.now()
    return Holding.objects.create(**{"asset": asset, "pool": pool, "since_at": now, "joined_at": now, **given})


@writes
def make_loan_request(**given: Any) -> LoanRequest:
    pool, now = given.pop("pool", None) or make_pool(), timezone.now()
    ward = given.pop("department", None) or make_department(site=pool.site)
    return LoanRequest.objects.create(
        **{
            "number": f"LN-{next(_numbers):06d}",
            "pool": pool,
            "site_id": ward.site_id,
            "department": ward,
            "device_type": None if given.get("kit") else given.pop("device_type", None) or make_type(),
            "from_at": now,
            "asked_at": now,
            **given,
        }
    )


@writes
def make_loan(**given: Any) -> Loan:
    """A device on a ward."""
    holding = given.pop("holding", None) or make_holding(custody="out")
    request = given.pop("loan_request", None) or make_loan_request(
        pool=holding.pool, device_type=holding.asset.device_type, state="filled", issued=1, delivered=1
    )
    now = timezone.now()
    return Loan.objects.create(
        **{
            "asset": holding.asset,
            "holding": holding,
            "pool": holding.pool,
            "loan_request": request,
            "site_id": request.site_id,
            "department_id": request.department_id,
            "picked_at": now,
            "delivered_at": now,
            **given,
        }
    )


@writes
def make_source(**given: Any) -> Source:
    return Source.objects.create(**{"name": f"Feed {next(_numbers)}", "kind": "files", **given})


def make_bulletin(**given: Any) -> Bulletin:
    """A recall as a source has it: the infusion pump Alaris 8100 of CareFusion, serial numbers 1001 to 1250."""
    number = next(_numbers)
    maker, text = given.pop("maker", "CareFusion"), given.pop("text", "Model 8100: serial numbers 1001-1250")
    scope = given.pop("scope", None) or read_notice("", text, maker=maker)
    values: dict[str, Any] = {"ref": f"Z-{number:04d}-2026", "kind": BulletinKind.RECALL, "title": "Pump may stop"}
    values |= {"scope": scope, "revision": f"r{number}", "raw": "{}", "maker": maker}
    return Bulletin(**{**values, "severity": BulletinSeverity.CLASS_II, **given})


def make_notice(by: Any = None, source: Source | None = None, **given: Any) -> Notice:
    """A notice taken in and searched for, as a run does it."""
    by, source = by or System("tests"), source or make_source()
    bulletin = make_bulletin(**given)
    run = notices.start_run(by=by, source_id=source.pk)
    taken = notices.take_in(by=by, run_id=run.pk, bulletins=[bulletin])
    notices.finish_run(by=by, run_id=run.pk)
    notices.search_notices(by=by, notice_ids=taken.ids)
    return Notice.objects.select_related("case").get(source=source, ref=bulletin.ref)


@writes
def make_supply(**given: Any) -> Supply:
    return Supply.objects.create(**{"site": given.pop("site", None) or make_site(), "name": "Infusion set", **given})
