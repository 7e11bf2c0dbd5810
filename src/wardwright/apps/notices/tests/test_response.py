"""What is done about the devices of a case: decided, found, quarantined, ordered, settled; and what holds them back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.factories import (
    make_asset,
    make_holding,
    make_model,
    make_notice,
    make_person,
    make_pool,
    make_supply,
    make_user,
    writes,
)

from wardwright.apps.assets.models import Asset, StatusPeriod
from wardwright.apps.assets.operations import change_asset, change_status, decide_merge, give_codes, propose_merge
from wardwright.apps.directory.models import CompanyAlias
from wardwright.apps.lending import operations as lending
from wardwright.apps.maintenance import operations as work
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.notices import operations as notices
from wardwright.apps.notices.models import Case, CaseNote, Exposure, Notice, Supply
from wardwright.apps.notices.queries import stand_ins
from wardwright.apps.notices.states import CaseState, Decision, Outcome, Standing
from wardwright.kernel.bulletins import Severity
from wardwright.platform.access.models import Grant, Role
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.core.errors import Denied, Guarded, Invalid, NotFound, NotNow
from wardwright.platform.exchange.operations import import_file
from wardwright.platform.jobs.worker import work as run_jobs

from .conftest import exposures

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def technician(ward):
    """Somebody who handles devices at one site only."""
    permissions = [
        "notices.view", "notices.handle", "assets.view", "assets.change", "assets.change_status", "maintenance.view",
        "maintenance.perform", "maintenance.close",
    ]  # fmt: skip
    user = make_user(permissions=permissions, scope=("site", ward.site_id))
    make_person(user=user)
    return user


def status_of(row):
    return Asset.objects.get(pk=row.asset_id).status


# Deciding ---------------------------------------------------------------------------------------------------------


def test_not_affected_needs_a_reason_and_counts_as_cleared(opened, coordinator):
    row = exposures(opened)[""]
    with pytest.raises(Invalid) as refused:
        notices.decide_exposures(by=coordinator, exposure_ids=[row.pk], decision=Decision.CLEARED)
    assert list(refused.value.fields) == ["reason"]
    notices.decide_exposures(
        by=coordinator, exposure_ids=[row.pk], decision=Decision.CLEARED, reason="Its plate reads 900"
    )
    counts = Case.objects.get(pk=opened.pk).counts
    assert (counts["affected"], counts["undecided"], counts["cleared"]) == (2, 0, 1)


def test_devices_are_decided_together_or_not_at_all(opened, coordinator):
    changes = AuditChange.objects.count()
    ids = [row.pk for row in exposures(opened).values()]
    with pytest.raises(NotFound):
        notices.decide_exposures(by=coordinator, exposure_ids=[*ids, 10**9], decision=Decision.AFFECTED)
    assert AuditChange.objects.count() == changes
    notices.decide_exposures(by=coordinator, exposure_ids=ids, decision=Decision.AFFECTED)
    assert Case.objects.get(pk=opened.pk).counts["affected"] == 4


def test_what_was_done_about_a_device_comes_before_saying_it_is_not_affected(opened, coordinator):
    row = exposures(opened)["1001"]
    notices.settle_exposures(by=coordinator, exposure_ids=[row.pk], outcome="corrected", evidence="New motor")
    with pytest.raises(NotNow):
        notices.decide_exposures(by=coordinator, exposure_ids=[row.pk], decision=Decision.CLEARED, reason="x")
    notices.settle_exposures(by=coordinator, exposure_ids=[row.pk], outcome="")
    notices.decide_exposures(by=coordinator, exposure_ids=[row.pk], decision=Decision.CLEARED, reason="x")
    assert not Exposure.objects.get(pk=row.pk).is_affected


# Locating and settling --------------------------------------------------------------------------------------------


def test_a_technician_settles_devices_of_their_site_only(opened, technician, alaris, system):
    far = make_asset(device_model=alaris, serial="1010")
    notices.search_devices(by=system, asset_ids=[far.pk])
    rows = exposures(opened)
    with pytest.raises(Denied):
        notices.locate_exposures(by=technician, exposure_ids=[rows["1001"].pk, rows["1010"].pk])
    assert Exposure.objects.exclude(located_at=None).count() == 0
    notices.locate_exposures(by=technician, exposure_ids=[rows["1001"].pk])
    assert Exposure.objects.get(pk=rows["1001"].pk).located_by_name == str(technician)


def test_settling_needs_evidence_and_a_device_that_is_affected(opened, technician):
    rows = exposures(opened)
    with pytest.raises(Invalid) as refused:
        notices.settle_exposures(by=technician, exposure_ids=[rows["1001"].pk], outcome=Outcome.CORRECTED)
    assert list(refused.value.fields) == ["evidence"]
    with pytest.raises(NotNow):
        notices.settle_exposures(by=technician, exposure_ids=[rows[""].pk], outcome="corrected", evidence="x")
    notices.settle_exposures(by=technician, exposure_ids=[rows["1001"].pk], outcome="not_found", evidence="Asked all")
    row = Exposure.objects.get(pk=rows["1001"].pk)
    assert (row.outcome, row.located_at, row.done_at is not None) == (Outcome.NOT_FOUND, None, True)


# Quarantine and the guardrail -------------------------------------------------------------------------------------


def test_quarantine_says_why_on_each_device_and_class_one_keeps_it_there(opened, coordinator, technician):
    notices.quarantine_exposed(by=coordinator, case_id=opened.pk)
    rows = exposures(opened)
    assert {serial: status_of(row) for serial, row in rows.items()} == {
        "1001": "quarantined", "1250": "quarantined", "1251": "in_service", "": "quarantined",
    }  # fmt: skip
    reason = StatusPeriod.objects.filter(asset=rows["1001"].asset_id).latest("pk").reason
    assert reason == f"Notice {opened.number}: Pump may stop"
    with pytest.raises(Guarded) as refused:
        change_status(by=technician, asset_id=rows["1001"].asset_id, status="in_service", reason="Works")
    assert (refused.value.rule, opened.number in str(refused.value)) == ("notices.open-class-one", True)
    notices.settle_exposures(by=technician, exposure_ids=[rows["1001"].pk], outcome="corrected", evidence="New motor")
    change_status(by=technician, asset_id=rows["1001"].asset_id, status="in_service", reason="Corrected")
    assert status_of(rows["1001"]) == "in_service"


def test_the_page_behind_the_code_on_a_device_says_why_it_must_not_be_used(opened, coordinator, client, system):
    asset = exposures(opened)["1001"].asset
    page = reverse("portal", args=[give_codes(by=system, asset_ids=[asset.pk])[asset.pk]])
    assert "Do not use this device" not in client.get(page).content.decode()
    notices.quarantine_exposed(by=coordinator, case_id=opened.pk, reason="Ms Miller was harmed")
    words = client.get(page).content.decode()
    assert [one in words for one in ("Do not use this device", f"Recall {opened.number}: Pump may stop", "Miller")] == [
        True, True, False,
    ]  # fmt: skip


def test_a_device_with_an_unknown_serial_number_is_held_back_too_until_somebody_decides(opened, coordinator, system):
    row = exposures(opened)[""]
    notices.quarantine_exposed(by=coordinator, case_id=opened.pk)
    with pytest.raises(Guarded):
        change_status(by=system, asset_id=row.asset_id, status="in_service", reason="Works")
    notices.decide_exposures(by=coordinator, exposure_ids=[row.pk], decision=Decision.CLEARED, reason="Plate: 900")
    assert change_status(by=system, asset_id=row.asset_id, status="in_service", reason="Works").status == "in_service"


def test_the_rule_can_be_overridden_with_permission_and_reason(opened, coordinator):
    notices.quarantine_exposed(by=coordinator, case_id=opened.pk)
    row = exposures(opened)["1001"]
    change_status(by=make_user(), asset_id=row.asset_id, status="in_service", reason="No other pump; watched")
    assert "notices.open-class-one overridden: No other pump" in str(vars(AuditChange.objects.latest("pk")))


def test_a_device_that_could_not_be_found_is_held_back_when_it_turns_up(opened, coordinator, system):
    notices.quarantine_exposed(by=coordinator, case_id=opened.pk)
    row = exposures(opened)["1001"]
    notices.settle_exposures(by=coordinator, exposure_ids=[row.pk], outcome="not_found", evidence="Asked all wards")
    with pytest.raises(Guarded):
        change_status(by=system, asset_id=row.asset_id, status="in_service", reason="It turned up")


def test_a_register_that_comes_in_puts_nothing_held_back_into_service(opened, coordinator, system, tmp_path):
    asset = exposures(opened)["1001"].asset
    change_status(by=system, asset_id=asset.pk, status="in_store", reason="Waits")
    path = tmp_path / "ward.csv"
    path.write_text(
        f"Asset number,Serial number,Manufacturer,Model,Status\n{asset.tag},1001,CareFusion,Alaris 8100,in use\n"
    )
    import_file(by=system, target="assets", path=path)
    assert Asset.objects.get(pk=asset.pk).status == "in_store"


def test_class_two_holds_nothing_back(pumps, coordinator, owner, system):
    case = make_notice(severity=Severity.CLASS_II).case
    notices.open_case(by=coordinator, case_id=case.pk, owner_id=owner.pk)
    notices.quarantine_exposed(by=coordinator, case_id=case.pk)
    row = exposures(case)["1001"]
    assert change_status(by=system, asset_id=row.asset_id, status="in_service", reason="x").status == "in_service"


def test_other_work_that_ends_well_does_not_lift_the_quarantine(opened, coordinator, system):
    asset = exposures(opened)["1001"].asset
    notices.quarantine_exposed(by=coordinator, case_id=opened.pk)
    order = work.report_problem(by=system, asset_id=asset.pk, title="Wheel is loose")
    work.close_work(by=system, work_order_id=order.pk, verdict="repaired", work_done="Tightened")
    assert Asset.objects.get(pk=asset.pk).status == "quarantined"


def test_nothing_is_quarantined_twice_nor_before_somebody_has_the_case(opened, pumps, coordinator):
    notices.quarantine_exposed(by=coordinator, case_id=opened.pk)
    with pytest.raises(NotNow):
        notices.quarantine_exposed(by=coordinator, case_id=opened.pk)
    with pytest.raises(NotNow) as refused:
        notices.quarantine_exposed(by=coordinator, case_id=make_notice().case_id)
    assert "Give it to somebody" in str(refused.value.way_forward)


# Work -------------------------------------------------------------------------------------------------------------


def test_one_audited_change_orders_the_work_of_all_and_its_end_settles_each(opened, coordinator, technician):
    due = TODAY + timedelta(days=5)
    changes = AuditChange.objects.count()
    made = notices.order_work(by=coordinator, case_id=opened.pk, title="Exchange the motor", due_on=due)
    assert AuditChange.objects.count() == changes + 1
    assert sorted(order.asset.serial for order in made) == ["1001", "1250"]
    assert {(order.kind, order.due_on, order.why[0]["number"]) for order in made} == {
        ("correction", due, opened.number)
    }
    with pytest.raises(NotNow):
        notices.order_work(by=coordinator, case_id=opened.pk, title="Exchange the motor")
    first = next(order for order in made if order.asset.serial == "1001")
    work.close_work(by=technician, work_order_id=first.pk, verdict="pass", work_done="New motor, seal 5")
    run_jobs(stop=lambda: False, once=True)
    row = exposures(opened)["1001"]
    assert (row.outcome, row.order_number) == (Outcome.CORRECTED, first.number)
    assert "New motor, seal 5" in row.evidence
    assert Case.objects.get(pk=opened.pk).counts["done"] == 1


def test_work_that_failed_settles_nothing(opened, coordinator, technician):
    made = notices.order_work(by=coordinator, case_id=opened.pk, title="Exchange the motor")
    order = next(one for one in made if one.asset.serial == "1001")
    work.close_work(by=technician, work_order_id=order.pk, verdict="fail_unsafe", work_done="Motor does not fit")
    run_jobs(stop=lambda: False, once=True)
    assert exposures(opened)["1001"].done_at is None


def test_a_device_that_left_is_not_ordered_for(opened, coordinator, system):
    for serial in ("1001", "1250"):
        asset_id = exposures(opened)[serial].asset_id
        change_status(by=system, asset_id=asset_id, status="out_of_service", reason="x", out_reason="beyond_repair")
        change_status(by=system, asset_id=asset_id, status="retired", reason="Sold")
    with pytest.raises(NotNow):
        notices.order_work(by=coordinator, case_id=opened.pk, title="Exchange the motor")
    assert WorkOrder.objects.count() == 0


def test_what_could_stand_in_for_the_affected_devices(opened, alaris, ward, coordinator):
    kind = alaris.device_type
    ready, meant = (make_asset(device_type=kind, site=ward.site, status="in_service") for _ in range(2))
    stored = make_asset(device_type=kind, site=ward.site, status="in_store")
    pool = make_pool(site=ward.site)
    for asset in (ready, meant):
        make_holding(asset=asset, pool=pool)
    unknown = exposures(opened)[""]  # its serial number is not known: it may be meant itself, and stands in for nothing
    assert unknown.is_undecided
    other = make_notice(maker=meant.device_model.maker.name, text=f"Model {meant.device_model.name}: all units")
    assert Exposure.objects.filter(case=other.case, asset=meant).exists()
    by = make_user(permissions=["notices.view", "assets.view", "lending.view"])
    (found,) = stand_ins(by, opened)
    assert (found.device_type, found.affected, found.ready, found.stored, found.short) == (kind, 2, 1, 1, 0)
    assert stored.status == "in_store"
    assert stand_ins(make_user(permissions=["notices.view"], scope=("site", make_asset().site_id)), opened) == []


@writes
def sees_notices_at(*, user, site_id):
    role = Role.objects.create(code="site-notices", name="Notices of a site", permissions=["notices.view"])
    Grant.objects.create(user=user, role=role, scope_kind="site", scope_id=site_id)


def test_the_api_says_why_a_notice_means_a_device(client, opened, coordinator):
    client.force_login(coordinator, backend="wardwright.platform.access.login.PasswordBackend")
    row = exposures(opened)["1001"]
    said = client.get(f"/api/v1/notices/{row.notice_id}/devices/{row.asset_id}").json()
    assert (said["standing"], said["exposure"]["standing"], said["case"]) == ("confirmed", "confirmed", opened.number)
    assert said["span"]["text"] in row.notice.text
    other = make_asset()
    said = client.get(f"/api/v1/notices/{row.notice_id}/devices/{other.pk}").json()
    assert (said["standing"], said["exposure"]) == ("no_match", None)
    assert said["rungs"]
    client.force_login(make_user(permissions=["notices.view", "assets.view"], scope=("site", other.site_id)),
                       backend="wardwright.platform.access.login.PasswordBackend")  # fmt: skip
    assert client.get(f"/api/v1/notices/{row.notice_id}/devices/{row.asset_id}").status_code == 404
    reader = make_user(permissions=["assets.view"])
    sees_notices_at(user=reader, site_id=other.site_id)
    client.force_login(reader, backend="wardwright.platform.access.login.PasswordBackend")
    said = client.get(f"/api/v1/notices/{row.notice_id}/devices/{row.asset_id}").json()
    assert (said["standing"], said["exposure"]) == ("confirmed", None)


# One device that was in the register twice ------------------------------------------------------------------------


def join_records(system, kept, lost):
    pair = propose_merge(by=system, kind="asset", left_id=kept.asset_id, right_id=lost.asset_id)
    keep = "left" if pair.left_id == kept.asset_id else "right"
    decide_merge(by=system, candidate_id=pair.pk, decision="same", keep=keep, reason="Two imports")
    run_jobs(stop=lambda: False, once=True)


def test_what_was_done_to_one_record_of_a_device_counts_for_the_one_that_is_kept(opened, coordinator, system):
    rows = exposures(opened)
    notices.settle_exposures(
        by=coordinator, exposure_ids=[rows["1001"].pk], outcome=Outcome.CORRECTED, evidence="New motor"
    )
    join_records(system, rows["1250"], rows["1001"])
    rows = exposures(opened)
    kept, gone = rows["1250"], rows["1001"]
    assert (kept.outcome, kept.evidence, kept.is_affected) == (Outcome.CORRECTED, "New motor", True)
    assert (gone.decision, gone.is_affected) == (Decision.CLEARED, False)
    assert gone.decision_reason == f"The same device as {kept.asset.tag}."
    counts = Case.objects.get(pk=opened.pk).counts
    assert (counts["affected"], counts["done"]) == (1, 1)


def test_what_is_carried_over_twice_is_as_it_was_after_the_first_time(opened, system):
    rows = exposures(opened)
    kept, lost = rows["1250"], rows["1001"]
    for _time in range(2):
        notices.carry_over(by=system, kept_id=kept.asset_id, lost_id=lost.asset_id)
        assert exposures(opened)["1250"].is_affected
        assert not exposures(opened)["1001"].is_affected


def test_not_affected_of_the_record_that_goes_frees_no_device_that_a_notice_names(opened, coordinator, system):
    rows = exposures(opened)
    notices.decide_exposures(
        by=coordinator, exposure_ids=[rows["1001"].pk], decision=Decision.CLEARED, reason="Typed wrongly"
    )
    join_records(system, rows["1250"], rows["1001"])
    assert exposures(opened)["1250"].is_affected


def test_who_said_affected_of_the_record_that_goes_is_kept(opened, coordinator, system):
    rows = exposures(opened)
    unknown = rows[""]
    notices.decide_exposures(
        by=coordinator, exposure_ids=[rows["1001"].pk], decision=Decision.AFFECTED, reason="Read the plate"
    )
    join_records(system, unknown, rows["1001"])
    kept = Exposure.objects.get(pk=unknown.pk)
    assert (kept.is_affected, kept.decision_reason, kept.decided_by_name) == (True, "Read the plate", str(coordinator))


def test_not_affected_of_the_record_that_is_kept_falls_where_the_other_is_named_and_the_diary_says_so(
    opened, coordinator, system
):
    rows = exposures(opened)
    notices.decide_exposures(
        by=coordinator, exposure_ids=[rows[""].pk], decision=Decision.CLEARED, reason="Not the blue one"
    )
    join_records(system, rows[""], rows["1001"])
    assert Exposure.objects.get(pk=rows[""].pk).is_affected
    assert CaseNote.objects.filter(case=opened, text__contains="Not the blue one").exists()


def test_a_record_that_no_notice_names_takes_the_place_of_the_one_that_goes(opened, system, ward, alaris):
    rows = exposures(opened)
    other = make_asset(device_model=make_model(name="Spelled otherwise"), site=ward.site, department=ward, serial="X7")
    kept = Exposure(case=opened, asset=other)
    join_records(system, kept, rows["1001"])
    assert exposures(opened)["X7"].is_affected
    assert not exposures(opened)["1001"].is_affected


# Names, lots, patients' devices -----------------------------------------------------------------------------------


def test_a_spelling_that_a_person_confirms_is_found_by_a_search_that_begins_at_once(pumps, coordinator):
    notice = make_notice(maker="CF Infusion Ltd", text="Model Alaris 8100: serial numbers 1001-1250")
    before = {row.standing for row in exposures(notice.case).values()}
    row = exposures(notice.case)["1001"]
    notices.learn_alias(by=coordinator, exposure_id=row.pk, what="maker", spelling="CF Infusion Ltd")
    run_jobs(stop=lambda: False, once=True)
    after = {serial: row.standing for serial, row in exposures(notice.case).items()}
    assert CompanyAlias.objects.filter(spelling="CF Infusion Ltd").count() == 1
    assert (before & {Standing.CONFIRMED}, after["1001"], after["1251"]) == (
        set(), Standing.CONFIRMED, Standing.EXCLUDED,
    )  # fmt: skip


def test_a_spelling_of_somebody_else_is_refused(pumps, coordinator):
    other = make_asset().device_model.maker
    row = exposures(make_notice().case)["1001"]
    with pytest.raises(Invalid) as refused:
        notices.learn_alias(by=coordinator, exposure_id=row.pk, what="maker", spelling=other.name)
    assert list(refused.value.fields) == ["spelling"]


def test_a_lot_that_is_entered_is_asked_about_all_past_notices(coordinator, ward, system):
    notice = make_notice(maker="Draeger Medical", text="REF IS-4711: lot L77")
    assert notice.case.state == CaseState.NONE_OWNED
    lot = notices.add_supply(
        by=coordinator,
        site_id=ward.site_id,
        name="Infusion set",
        maker="Draeger Medical",
        catalogue_no="IS-4711",
        lot="L77",
        quantity=40,
    )
    run_jobs(stop=lambda: False, once=True)
    case = Case.objects.get(pk=notice.case_id)
    assert (case.state, Exposure.objects.get(supply=lot).standing) == (CaseState.NEW, Standing.CONFIRMED)
    notices.change_supply(by=coordinator, supply_id=lot.pk, quantity=0)  # used on patients: the maker asks about those
    notices.search_notices(by=system, notice_ids=[notice.pk], cause="asked")
    assert Exposure.objects.get(supply=lot).standing == Standing.CONFIRMED
    notices.change_supply(by=coordinator, supply_id=lot.pk, lot="L78", quantity=40)
    run_jobs(stop=lambda: False, once=True)
    assert Exposure.objects.get(supply=lot).standing == Standing.EXCLUDED


def test_a_lot_with_a_patient_at_home_stands_in_the_case_with_who_has_it(ward):
    lot = make_supply(
        site=ward.site,
        name="Infusion set",
        maker="Draeger Medical",
        catalogue_no="IS-4711",
        lot="L77",
        at_home=True,
        holder="7 A",
    )
    notice = make_notice(maker="Draeger Medical", text="REF IS-4711: lot L77")
    row = Exposure.objects.get(case=notice.case)
    assert (row.supply, Supply.objects.get().holder, row.is_affected) == (lot, "7 A", True)


def test_a_patients_own_device_is_asked_about_when_it_comes_in_and_stays_affected_when_it_leaves(ward, system):
    notice = make_notice(maker="Respironics", text="Model DreamStation: all serial numbers")
    guest = lending.receive_patient_device(
        by=system, department_id=ward.pk, reference="4-117", description="CPAP", maker="Respironics",
        model="DreamStation", serial="P1",
    )  # fmt: skip
    run_jobs(stop=lambda: False, once=True)
    row = Exposure.objects.get(case=notice.case)
    assert (row.patient_device, row.standing) == (guest, Standing.CONFIRMED)
    lending.release_patient_device(by=system, patient_device_id=guest.pk)
    notices.search_notices(by=system, notice_ids=[notice.pk], cause="asked")
    assert Exposure.objects.get(case=notice.case).standing == Standing.CONFIRMED
    assert Case.objects.get(pk=notice.case_id).state == CaseState.NEW


def test_a_site_sees_only_its_own_devices_of_a_case(opened, technician, alaris, system):
    far = make_asset(device_model=alaris, serial="1010")
    notices.search_devices(by=system, asset_ids=[far.pk])
    seen = set(Exposure.objects.visible_to(technician).values_list("asset__serial", flat=True))
    assert seen == {"1001", "1250", "1251", ""}
    assert Notice.objects.visible_to(technician).count() == 1


def test_a_serial_number_that_is_taken_back_opens_a_closed_case_by_itself(opened, coordinator, system):
    rows = exposures(opened)
    ids = [rows[one].pk for one in ("1001", "1250", "")]
    notices.decide_exposures(by=coordinator, exposure_ids=ids, decision=Decision.AFFECTED)
    notices.settle_exposures(by=coordinator, exposure_ids=ids, outcome="corrected", evidence="New motor")
    notices.close_case(by=coordinator, case_id=opened.pk, conclusion="Done")
    change_asset(by=system, asset_id=rows["1251"].asset_id, values={"serial": ""})
    run_jobs(stop=lambda: False, once=True)
    standing = Exposure.objects.get(pk=rows["1251"].pk).standing
    assert (standing, Case.objects.get(pk=opened.pk).state) == (Standing.MODEL_ONLY, CaseState.OPEN)
