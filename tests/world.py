"""One of everything at two sites: what the contract tests put into the addresses.

``build()`` makes the rows; ``World.here`` and ``World.there`` hold a value for each URL parameter, by its name. A new
parameter in an address needs a line in ``_rows_of_a_site`` (its row belongs to a site) or ``_shared_rows``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from tests import factories
from tests.factories import writes
from wardwright.apps.assets.models import (
    Asset,
    AssetCode,
    AssetMove,
    DeviceModelAlias,
    DeviceTypeAlias,
    Disposal,
    MergeCandidate,
    StatusPeriod,
)
from wardwright.apps.assets.models.counts import CountLine, CycleCount, NotLocated
from wardwright.apps.assets.models.labels import LabelFormat
from wardwright.apps.directory.models import Building, CompanyAlias, CompanyRelation, Floor
from wardwright.apps.helpdesk.models import Request, RequestNote, Rota, Shift, Symptom
from wardwright.apps.lending.models import Cleaning, Kit, KitPart, PatientDevice, PoolType, Rental
from wardwright.apps.maintenance.models import (
    Attempt,
    FailureCode,
    Holiday,
    Labour,
    Part,
    Rule,
    ServiceHours,
    ServiceLevel,
    StepResult,
    WorkOrder,
)
from wardwright.apps.notices.models import (
    Candidate,
    Case,
    CaseNote,
    Exposure,
    Notice,
    Refusal,
    ResponseTime,
    Run,
    Search,
    SearchedModel,
    SharedNumber,
    Source,
    SourceDocument,
)
from wardwright.apps.notices.states import Severity
from wardwright.apps.testing.models import (
    Calibration,
    CalibrationPoint,
    CalibrationStandard,
    DoseFigure,
    DoseReference,
    DoseReport,
    ImagingFigure,
    ImagingLimit,
    ImagingRun,
    ImagingSetup,
    InstrumentConnection,
    InstrumentFunction,
    Lookback,
    LookbackItem,
    ProcedureVersion,
    ResultFile,
    ResultMapping,
    Step,
    TestReading,
    TestRecord,
)
from wardwright.kernel.imaging import missing
from wardwright.kernel.said import say, to_plain
from wardwright.kernel.scope import read_notice
from wardwright.kernel.scope.printing import to_plain as scope_to_plain
from wardwright.platform.access.models import ApiToken, Grant, User
from wardwright.platform.attachments.models import Attachment
from wardwright.platform.attachments.store import put
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.core.change import System
from wardwright.platform.exchange.operations import start_session
from wardwright.platform.jobs.models import Job
from wardwright.platform.links.models import Link, LinkVisit
from wardwright.platform.links.visiting import link_digest
from wardwright.platform.notify.webhooks.models import Delivery, Webhook
from wardwright.platform.reports.models import MailSchedule, SavedView
from wardwright.platform.signon.models import (
    AccessEvent,
    Group,
    GroupRole,
    Identity,
    OpenSession,
    Passkey,
    Provider,
)

REGISTER = b"""Asset number;Serial number;Manufacturer;Model;Type
A1;S1;Maker;One;Infusion pump
A2;S2;Maker;One;Infusion pump
"""
PICTURE = b"\x89PNG\r\n\x1a\n" + b"a picture"


@dataclass(frozen=True)
class Place:
    """A value for each URL parameter, and the site, department and company that its rows belong to."""

    values: dict[str, Any]
    site_id: int
    department_id: int
    vendor_id: int


@dataclass(frozen=True)
class World:
    """Two places of the same kind, and the parameters whose rows nobody from another site may see."""

    here: Place
    there: Place
    of_a_site: frozenset[str]


def build() -> World:
    """Both places with one row of every kind each; the shared rows are the same in both."""
    here, there = _rows_of_a_site(), _rows_of_a_site()
    shared = _shared_rows(rows=here)
    return World(_place(here, shared), _place(there, shared), frozenset(here))


def _notice(asset: Any) -> Notice:
    """A notice in a case of its own, and the device that it means."""
    now = timezone.now()
    number = Notice.objects.count() + 1
    source = Source.objects.create(name=f"Feed {number}", kind="files")
    case = Case.objects.create(
        number=f"N2025-{number:04d}", title="Pump may stop", kind="recall", came_at=now, state="new", severity="II",
        gravity=2, counts={"affected": 1},
    )  # fmt: skip
    scope = read_notice("", "Model 8100: serial numbers 1-9", maker="BD")
    row = Notice.objects.create(
        source=source, case=case, ref=f"Z-{number:04d}-2025", revision="1", kind="recall", title="Pump may stop",
        severity="II", text=scope.text, scope=scope_to_plain(scope), understood="wholly",
    )  # fmt: skip
    Exposure.objects.create(case=case, notice=row, asset=asset, standing="confirmed", rung="model", score=90, rank=0)
    return row


def _times() -> ResponseTime:
    """Those of the next class; there are only as many rows as classes."""
    missing = [one for one in Severity.values if not ResponseTime.objects.filter(severity=one).exists()]
    if not missing:
        return ResponseTime.objects.latest("pk")
    return ResponseTime.objects.create(severity=missing[0], triage_hours=1, locate_days=1, close_days=1, check_days=1)


@writes
def make_exposure(asset: Any, site: Any, department: Any) -> dict[str, Any]:
    """What a notice has to do with a place: its device, with a document, and a lot in stock there."""
    exposure = Exposure.objects.get(notice=_notice(asset))
    return {
        "exposure_id": exposure.pk,
        "exposure_document_id": make_document(row=exposure).pk,
        "supply_id": factories.make_supply(site=site, department=department).pk,
    }


@writes
def make_notice(asset: Any) -> dict[str, Any]:
    """A notice with its source, its case and its searches, which all sites share."""
    now, notice = timezone.now(), _notice(asset)
    run = Run.objects.create(source=notice.source, state="done", began_at=now)
    document = SourceDocument.objects.create(
        notice=notice, run=run, revision="1", came_at=now, digest="0" * 64, body="{}"
    )
    search = Search.objects.create(
        notice=notice, searched_at=now, cause="new", rules="1", scope_digest="0" * 64, confirmed=1, devices=1,
        changes=[["asset", asset.pk, "", "confirmed"]],
    )  # fmt: skip
    refusal = Refusal.objects.create(run=run, where="row 1", words="It has no number.")
    number = SharedNumber.objects.create(case=notice.case, number=notice.ref)
    model = factories.make_model()
    return {
        "notice_id": notice.pk,
        "case_id": notice.case_id,
        "source_id": notice.source_id,
        "run_id": run.pk,
        "notice_run_id": run.pk,
        "refusal_id": refusal.pk,
        "notice_refusal_id": refusal.pk,
        "source_document_id": document.pk,
        "notice_document_id": document.pk,
        "search_id": search.pk,
        "notice_search_id": search.pk,
        "case_number_id": number.pk,
        "case_note_id": CaseNote.objects.create(case=notice.case, at=now, text="Called the maker").pk,
        "notice_candidate_id": Candidate.objects.create(notice=notice, device_model=model).pk,
        "searched_model_id": SearchedModel.objects.create(device_model=model, digest="0" * 64, rules="1").pk,
        "response_time_id": _times().pk,
    }


def more() -> None:
    """Two more rows of every kind, at two more sites."""
    for _ in range(2):
        _shared_rows(rows=_rows_of_a_site())


def _place(rows: dict[str, Any], shared: dict[str, Any]) -> Place:
    return Place({**shared, **rows}, rows["site_id"], rows["department_id"], rows["vendor_id"])


@writes
def make_building(**given: Any) -> Building:
    return Building.objects.create(**given)


@writes
def make_floor(**given: Any) -> Floor:
    return Floor.objects.create(**given)


@writes
def make_work_done(order: WorkOrder) -> dict[str, Any]:
    """A result, a visit in vain, time and a part of one order."""
    of_order = {"work_order": order, "asset": order.asset}
    now = timezone.now()
    return {
        "result_id": StepResult.objects.create(
            **of_order, position=1, key="visual", kind="check", outcome="pass", recorded_at=now
        ).pk,
        "attempt_id": Attempt.objects.create(**of_order, kind="in_use", at=now).pk,
        "labour_id": Labour.objects.create(**of_order, person_name="Ana", on=now.date(), minutes=30).pk,
        "part_id": Part.objects.create(**of_order, name="Battery").pk,
    }


@writes
def make_past(asset: Any) -> dict[str, Any]:
    """Where a device was, how it was, and the code on its label."""
    now = timezone.now()
    return {
        "asset_move_id": AssetMove.objects.create(asset=asset, site_id=asset.site_id, moved_at=now).pk,
        "status_period_id": StatusPeriod.objects.create(asset=asset, status=asset.status, from_at=now).pk,
        "asset_code_id": AssetCode.objects.create(asset=asset, code=f"CODE{asset.pk:06d}").pk,
    }


@writes
def make_readings(asset: Any, instrument: Any) -> dict[str, Any]:
    """What the instrument measures, how it was calibrated, and a reading it took."""
    function = InstrumentFunction.objects.create(instrument=instrument, quantity="leakage", unit="µA")
    connection = InstrumentConnection.objects.create(instrument=instrument, resource="ASRL3::INSTR")
    made = Calibration.objects.create(
        instrument=instrument, calibrated_on=date(2026, 1, 5), due_on=date(2027, 1, 5), as_found="unknown",
        as_left="unknown", recorded_at=timezone.now(),
    )  # fmt: skip
    point = CalibrationPoint.objects.create(
        calibration=made, position=1, quantity="leakage", unit="µA", reference=100, found=101, low=98, high=102
    )
    other = factories.make_instrument(site=asset.site)
    wrong = Calibration.objects.create(
        instrument=other, calibrated_on=date(2026, 2, 5), due_on=date(2027, 1, 5), as_found="out",
        as_left="in_tolerance", recorded_at=timezone.now(),
    )  # fmt: skip
    lookback = Lookback.objects.create(
        calibration=wrong, instrument=other, found_on=date(2026, 2, 5), searched_at=timezone.now(),
        counts={"readings": 1, "judged": 1, "doubtful": 1},
        spans=[{"instrument": other.pk, "start": None, "end": "2026-02-05T00:00:00+00:00", "quantities": ["leakage"],
                "calibration": None, "chain": [[other.pk, None]]}],
    )  # fmt: skip
    reading = factories.make_measurement(asset=asset, instrument=instrument, calibration=made)
    return {
        "instrument_function_id": function.pk,
        "instrument_connection_id": connection.pk,
        "calibration_id": made.pk,
        "calibration_point_id": point.pk,
        "calibration_standard_id": CalibrationStandard.objects.create(calibration=made, instrument=other).pk,
        "measurement_id": reading.pk,
        "lookback_id": lookback.pk,
        "lookback_item_id": LookbackItem.objects.create(
            lookback=lookback, measurement=reading, asset=asset, rank=5, change="doubtful"
        ).pk,
    }


@writes
def make_imaging(asset: Any) -> dict[str, Any]:
    """A phantom of the device with a limit and an analysis that can be tried again, and a dose report."""
    now = timezone.now()
    setup = ImagingSetup.objects.create(asset=asset, kind="acr_ct", phantom="ACRCT", name="Monthly")
    run = ImagingRun.objects.create(
        setup=setup, asset=asset, state="failed", sha256=put(PICTURE), phantom="ACRCT", taken_at=now, sent_at=now,
        problem=to_plain([missing().message, missing().way_forward]),
    )  # fmt: skip
    report = DoseReport.objects.create(
        asset=asset, digest=f"{asset.pk:064d}", kind="ct", events=1, taken_at=now, read_at=now
    )
    noise, dose = (
        factories.make_measurement(asset=asset, source="imaging", quantity=key, unit=unit, verdict="none", taken_at=now)
        for key, unit in (("acr_ct.noise", "HU"), ("dose.ctdi_vol", "mGy"))
    )
    limit = ImagingLimit.objects.create(setup=setup, quantity="acr_ct.noise", high=10, source="House rule")
    reference = DoseReference.objects.create(
        asset=asset, protocol="Head", quantity="dose.ctdi_vol", level=60, source="House rule"
    )
    return {
        "imaging_setup_id": setup.pk,
        "imaging_run_id": run.pk,
        "imaging_run_document_id": make_document(row=run).pk,
        "imaging_limit_id": limit.pk,
        "imaging_figure_id": ImagingFigure.objects.create(run=run, measurement=noise, position=1).pk,
        "dose_report_id": report.pk,
        "dose_figure_id": DoseFigure.objects.create(report=report, measurement=dose, protocol="Head").pk,
        "dose_reference_id": reference.pk,
    }


@writes
def make_results(asset: Any, instrument: Any) -> dict[str, Any]:
    """A table of an analyser with a record that waits for a device, one left out, and the reading of one taken in."""
    data = b"Asset number,Date,Earth bond (ohm)\nX1,2026-03-01,0.1\nX2,2026-03-01,0.1\n"
    now, record = timezone.now(), {"device": {"asset_tag": "X1"}, "tested_at": "2026-03-01", "readings": []}
    file = ResultFile.objects.create(
        site=asset.site, name="round.csv", digest=f"{asset.pk:064d}", form="table", came_at=now,
        parts=[{"name": "round.csv", "sha256": put(data), "size": len(data)}],
        mapping={"mapping": "wardwright-results-mapping", "version": 1, "checks": [], "constants": {}, "key": "",
                 "columns": {"asset_tag": "Asset number", "tested_at": "Date"}, "date_order": None,
                 "rules": [{"column": "Earth bond (ohm)", "test": "protective_earth", "unit": "Ω"}],
                 "decimal_mark": None},
    )  # fmt: skip
    gone = say("{tag} has left service.", tag="X1")
    waiting, _left, taken = (
        TestRecord.objects.create(
            file=file, number=number, state=state, tag=f"X{number}", record=record, fingerprint=f"{number:064d}",
            tested_at=now, asset=asset if state == "taken" else None, problems=to_plain(problems),
        )
        for number, state, problems in (
            (1, "look", [{"code": "before-device", "what": gone, "remedy": say("Leave it out."), "holds": True}]),
            (2, "left_out", []),
            (3, "taken", []),
        )
    )  # fmt: skip
    reading = factories.make_measurement(asset=asset, instrument=instrument, source="file")
    return {
        "result_file_id": file.pk,
        "test_record_id": waiting.pk,
        "test_reading_id": TestReading.objects.create(test_record=taken, measurement=reading, position=0).pk,
    }


@writes
def make_count(**place: Any) -> dict[str, Any]:
    """A count with one device seen, and a search for it."""
    asset = place.pop("asset")
    count = CycleCount.objects.create(**place, expected=1)
    CountLine.objects.create(count=count, asset=asset, state="seen", seen_at=timezone.now())
    today = timezone.localdate()
    lost = NotLocated.objects.create(asset=asset, since_on=today, looked_on=today, next_look_on=today)
    return {"count_id": count.pk, "not_located_id": lost.pk}


@writes
def make_request(asset: Any, person: Any) -> dict[str, Any]:
    """A request with a question and a picture, its place's hours and holiday, and who is on call there."""
    now = timezone.now()
    place = {"site_id": asset.site_id, "department_id": asset.department_id}
    request = Request.objects.create(
        code=f"{asset.pk:08d}", source="portal", asset=asset, received_at=now, title="Alarm", **place
    )
    rota = Rota.objects.create(name="Nights", **place)
    shift = Shift.objects.create(rota=rota, person=person, from_at=now, until_at=now + timedelta(days=1))
    note = RequestNote.objects.create(request=request, kind="question", text="Which alarm?", at=now)
    return {
        "request_id": request.pk,
        "into_id": request.pk,
        "file_id": make_document(row=request).pk,
        "request_note_id": note.pk,
        "rota_id": rota.pk,
        "shift_id": shift.pk,
        "service_hours_id": ServiceHours.objects.create(week=["07:00-17:00"] * 5 + ["", ""], **place).pk,
        "holiday_id": Holiday.objects.create(on=date(2026, 12, 25), name="Christmas", site_id=asset.site_id).pk,
    }


@writes
def make_library(asset: Any, department: Any, room: Any, company: Any) -> dict[str, Any]:
    """A library that lends the device, and one of everything it knows."""
    pool = factories.make_pool(site=asset.site, department=department, room=room)
    holding = factories.make_holding(pool=pool, asset=asset, custody="out")
    request = factories.make_loan_request(pool=pool, department=department, device_type=asset.device_type)
    loan = factories.make_loan(holding=holding, loan_request=request)
    now = timezone.now()
    kit = Kit.objects.create(pool=pool, name="Transfer kit")
    return {
        "pool_id": pool.pk,
        "pool_type_id": PoolType.objects.get(pool=pool).pk,
        "holding_id": holding.pk,
        "loan_request_id": request.pk,
        "loan_id": loan.pk,
        "cleaning_id": Cleaning.objects.create(asset=asset, holding=holding, method="wash", started_at=now).pk,
        "kit_id": kit.pk,
        "kit_part_id": KitPart.objects.create(kit=kit, name="Pump", device_type=asset.device_type).pk,
        "rental_id": Rental.objects.create(asset=asset, company=company, from_on=now.date(), currency="EUR").pk,
        "patient_device_id": PatientDevice.objects.create(
            site=asset.site, department=department, reference="4-117", description="CPAP device", came_at=now
        ).pk,
    }


@writes
def make_photo(order: WorkOrder) -> Attachment:
    return Attachment.objects.create(
        sha256=put(PICTURE),
        name="plate.png",
        media_type="image/png",
        size_bytes=len(PICTURE),
        owner_table="maintenance_work_order",
        owner_id=order.pk,
        subject_id=order.asset_id,
    )


@writes
def make_document(row: Any, kind: str = "other") -> Attachment:
    """A small picture that belongs to a row."""
    return Attachment.objects.create(
        sha256=put(PICTURE),
        name="plate.png",
        media_type="image/png",
        size_bytes=len(PICTURE),
        kind=kind,
        owner_table=row._meta.db_table,
        owner_id=row.pk,
    )


@writes
def finish_without_certificate(order: WorkOrder) -> WorkOrder:
    WorkOrder.objects.filter(pk=order.pk).update(state="closed", closed_at=timezone.now(), certificate="missing")
    return order


@writes
def make_leaving(**place: Any) -> dict[str, Any]:
    """A retired device whose data are removed and not checked."""
    asset = factories.make_asset(status="retired", retired_on=date(2026, 3, 1), **place)
    removed = {"data_held": "yes", "method": "purge", "sanitised_on": date(2026, 3, 2), "sanitised_by_name": "Ana"}
    return {"disposal_id": Disposal.objects.create(asset=asset, route="recycled", **removed).pk}


def _rows_of_a_site() -> dict[str, Any]:
    """Parameters whose rows belong to one site: from another site they must look as if they did not exist."""
    site = factories.make_site()
    building = make_building(site=site, name="Main building")
    floor = make_floor(site=site, building=building, name="Ground floor")
    room = factories.make_room(site=site, floor=floor)
    department = factories.make_department(site=site)
    vendor = factories.make_company(is_provider=True)
    asset = factories.make_asset(
        site=site, department=department, room=room, provider=vendor, warranty_until=date(2027, 1, 1)
    )
    plan = factories.make_plan(applies_to="asset", asset=asset, procedure=factories.make_procedure().procedure)
    schedule = factories.make_schedule(asset=asset, plan=plan)
    order = factories.make_work_order(
        asset=asset, provider=vendor, schedule=schedule, plan=plan, due_on=date(2026, 1, 15), safety="pass"
    )
    finish_without_certificate(order=factories.make_work_order(asset=asset, provider=vendor))
    person = factories.make_person(site=site, department=department, employer=vendor)
    instrument = factories.make_instrument(site=site)
    return {
        "site_id": site.pk,
        "building_id": building.pk,
        "floor_id": floor.pk,
        "room_id": room.pk,
        "department_id": department.pk,
        "vendor_id": vendor.pk,
        "asset_id": asset.pk,
        "schedule_id": schedule.pk,
        "work_order_id": order.pk,
        "attachment_id": make_photo(order=order).pk,
        "work_order_document_id": make_document(row=order).pk,
        "asset_document_id": make_document(row=asset).pk,
        "instrument_document_id": make_document(row=instrument).pk,
        "person_id": person.pk,
        "absence_id": factories.make_absence(person=person).pk,
        "instrument_id": instrument.pk,
        **make_count(site=site, department=department, asset=asset),
        **make_work_done(order=order),
        **make_past(asset=asset),
        **make_readings(asset=asset, instrument=instrument),
        **make_imaging(asset=asset),
        **make_results(asset=asset, instrument=instrument),
        **make_library(asset=asset, department=department, room=room, company=vendor),
        **make_leaving(site=site, department=department, provider=vendor),
        **make_request(asset=asset, person=person),
        **make_exposure(asset=asset, site=site, department=department),
    }


@writes
def _shared_rows(rows: dict[str, Any]) -> dict[str, Any]:
    """Parameters whose rows are shared by all sites, or belong to somebody rather than to a place."""
    company, other = factories.make_company(), factories.make_company()
    relation = CompanyRelation.objects.create(company=company, other=other)
    spelling = CompanyAlias.objects.create(company=company, spelling=f"{company} Ltd", key=f"{company.pk} ltd")
    model = factories.make_model(maker=company)
    of_type = DeviceTypeAlias.objects.create(device_type=model.device_type, spelling="Pump", key=f"pump {model.pk}")
    of_model = DeviceModelAlias.objects.create(device_model=model, maker=company, spelling="M1", key=f"m1 {model.pk}")
    level = ServiceLevel.objects.create(kind="planned", priority=100 + company.pk, respond_hours=1, finish_hours=8)
    version = factories.make_procedure()
    draft = ProcedureVersion.objects.create(procedure=version.procedure, number=2)
    step = Step.objects.create(procedure_version=draft, position=1, key="visual", text="Look at it")
    user = factories.make_user(permissions=["assets.view"], scope=("site", rows["site_id"]))
    grant = Grant.objects.get(user=user)
    token = ApiToken.objects.create(
        user=user, label="Script", digest=f"{user.pk:064d}", expires_at=timezone.now() + timedelta(days=1)
    )
    candidate = MergeCandidate.objects.create(
        kind="company", left_id=company.pk, right_id=other.pk, left_name=company.name, right_name=other.name
    )
    code = FailureCode.objects.create(kind="problem", code=f"P{user.pk}", label=f"Problem {user.pk}")
    rule = Rule.objects.create(
        name=f"Rule {user.pk}", formula="function", bands=[{"measure": "score", "low": "1", "months": 12}]
    )
    view = SavedView.objects.create(name="Repairs", source="report:repair-times", owner=user)
    mail = MailSchedule.objects.create(view=view, user=user, next_at=timezone.now())
    provider = Provider.objects.create(
        code=f"idp-{user.pk}", name="Hospital account", issuer=f"https://idp-{user.pk}.example", client_id="wardwright"
    )
    group_role = GroupRole.objects.create(group=Group.objects.create(name=f"Group {user.pk}"), role=grant.role)
    identity = Identity.objects.create(user=user, provider=provider, subject="1")
    passkey = Passkey.objects.create(user=user, name="Phone", credential=f"credential {user.pk}", public=b"")
    open_session = OpenSession.objects.create(user=user, method="password", seen_at=timezone.now())
    sign_in = AccessEvent.objects.create(user=user, kind="in", method="password")
    link = Link.objects.create(
        visitor="Surveyor", purpose="Survey", opens="all", digest=link_digest(f"secret-{user.pk}"), made_by=user,
        expires_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    LinkVisit.objects.create(link=link, path="/")
    session = start_session(by=System("world"), target="assets", file_name="register.csv", data=REGISTER)
    job = Job.objects.create(task="wardwright.platform.jobs.builtin.tidy_up", state="failed", run_after=timezone.now())
    webhook = Webhook.objects.create(name="Tracker", address="https://example.org/hook", events=["*"], salt="00")
    delivery = Delivery.objects.create(
        webhook=webhook, key=f"evt_{webhook.pk}", event="assets.AssetMoved", state="failed", made_at=timezone.now()
    )
    return {
        **make_notice(asset=Asset.objects.get(pk=rows["asset_id"])),
        "result_mapping_id": ResultMapping.objects.create(name=f"Export {user.pk}").pk,
        "own_limit_id": factories.make_own_limit(valid_from=date(2020, 1, 1) + timedelta(days=user.pk)).pk,
        "webhook_id": webhook.pk,
        "delivery_id": delivery.pk,
        "company_id": company.pk,
        "other_id": other.pk,
        "relation_id": relation.pk,
        "spelling_id": spelling.pk,
        "type_spelling_id": of_type.pk,
        "model_spelling_id": of_model.pk,
        "service_level_id": level.pk,
        "device_model_id": model.pk,
        "device_model_document_id": make_document(row=model).pk,
        "device_type_document_id": make_document(row=model.device_type, kind="picture").pk,
        "device_type_id": model.device_type_id,
        "procedure_id": version.procedure_id,
        "version_id": draft.pk,
        "plan_id": factories.make_plan().pk,
        "user_id": user.pk,
        "role_id": grant.role_id,
        "grant_id": grant.pk,
        "token_id": token.pk,
        "provider": provider.code,
        "provider_id": provider.pk,
        "group_role_id": group_role.pk,
        "identity_id": identity.pk,
        "passkey_id": passkey.pk,
        "session_id": open_session.pk,
        "sign_in_id": sign_in.pk,
        "link_id": link.pk,
        "secret": f"secret-{user.pk}",
        "candidate_id": candidate.pk,
        "import_session_id": session.pk,
        "job_id": job.pk,
        "step_id": step.pk,
        "code_id": code.pk,
        "symptom_id": Symptom.objects.create(label=f"Symptom {user.pk}").pk,
        "label_format_id": LabelFormat.objects.create(
            code=f"label-{user.pk}", name="Label", page_width_mm=50, page_height_mm=25, width_mm=50, height_mm=25
        ).pk,
        "rule_id": rule.pk,
        "rule": "maintenance.tier-required",
        "report": "repair-times",
        "view_id": view.pk,
        "mail_schedule_id": mail.pk,
        "key": "visual",
        "step": "try",
    }


def whole_house(world: World) -> dict[str, Any]:
    """Parameters of pages that only those who reach every site may see: the trail itself."""
    change = AuditChange.objects.order_by("-id").values_list("id", flat=True)[0]
    return {"change_id": change, "table": "assets_asset", "row_id": world.here.values["asset_id"]}


def administrator() -> User:
    """Everything everywhere."""
    return factories.make_user(permissions=["*"])
