"""Writes of the register: the new state, the trail, the events, and refusals that change nothing."""

from datetime import date

import pytest
from tests.factories import (
    make_asset,
    make_company,
    make_department,
    make_model,
    make_room,
    make_site,
    make_type,
    make_user,
)

from wardwright.apps.assets import operations as ops
from wardwright.apps.assets.models import Asset, AssetMove, DeviceModel, DeviceType, MergeCandidate, StatusPeriod
from wardwright.apps.directory.models import Company
from wardwright.platform.access.models import Grant
from wardwright.platform.audit.models import AuditChange, AuditRecord
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Denied, Invalid, NotFound, NotNow, StaleEdit
from wardwright.platform.core.words import moment_words
from wardwright.platform.events import registry

pytestmark = pytest.mark.django_db
UDI = "(01)00844588003288(17)281215(10)LOT42(21)SN900"


@pytest.fixture
def lead():
    return make_user(name="Lea Lead")


@pytest.fixture
def heard(monkeypatch):
    """Every event published, by name."""
    events = []

    def deliver(name, subscriber, payloads):
        events.extend((name.partition(".")[2], payload) for payload in payloads)

    monkeypatch.setattr(registry, "_deliver", deliver)
    monkeypatch.setattr(registry, "SUBSCRIBERS", {name: ["test.listen"] for name in registry.EVENTS})
    return events


def records(change=None):
    change = change or AuditChange.objects.order_by("-id").first()
    return list(AuditRecord.objects.filter(change_id=change.id).order_by("id").values_list("table_name", "kind"))


# Registering ----------------------------------------------------------------------------------------------------


def test_a_device_is_registered_with_everything_new(lead, heard):
    ward = make_department(site=make_site(code="N"), name="ICU")
    asset = ops.register_asset(
        by=lead,
        site_id=ward.site_id,
        department_id=ward.pk,
        maker="Acme",
        model="Breeze 3",
        device_type="Room humidifier",
        values={"serial": " B3-77 ", "purchased_on": "2025-03-01", "purchase_cost_cents": 123456},
    )
    asset.refresh_from_db()
    assert (asset.tag, asset.serial, asset.status, asset.condition) == ("EQ-000001", "B3-77", "received", 1)
    assert (asset.device_model.maker.name, asset.device_model.name, asset.device_type.name) == (
        "Acme",
        "Breeze 3",
        "Room humidifier",
    )
    assert asset.search_text == "eq 000001 b3 77 room humidifier acme breeze 3"
    assert asset.purchased_on == date(2025, 3, 1)
    assert list(AssetMove.objects.values_list("asset_id", "department_id")) == [(asset.pk, ward.pk)]
    assert list(StatusPeriod.objects.values_list("asset_id", "status", "until_at")) == [(asset.pk, "received", None)]
    assert [kind for _, kind in records()] == ["I"] * 6
    assert [name for name, _ in heard] == ["AssetRegistered"]


def test_known_names_are_found_and_a_well_known_maker_in_any_spelling(lead):
    site = make_site()
    first = ops.register_asset(by=lead, site_id=site.pk, maker="DRAEGER", model="Evita V500", device_type="Ventilator")
    second = ops.register_asset(by=lead, site_id=site.pk, maker="Dräger Medical", model="EVITA-V500")
    assert (first.device_model_id, first.tag, second.tag) == (second.device_model_id, "EQ-000001", "EQ-000002")
    assert (Company.objects.count(), DeviceModel.objects.count(), DeviceType.objects.count()) == (1, 1, 1)


def test_what_resembles_a_new_name_is_asked_about(lead):
    site = make_site()
    for maker, model in (("Acmetron", "Breeze 3000"), ("Acmetronn", "Breeze 3000"), ("Acmetron", "Breeze 3000 XL")):
        ops.register_asset(by=lead, site_id=site.pk, maker=maker, model=model, device_type="Room humidifier")
    assert list(MergeCandidate.objects.order_by("pk").values_list("kind", "left_name", "right_name")) == [
        ("company", "Acmetron", "Acmetronn"),
        ("model", "Breeze 3000", "Breeze 3000 XL"),
    ]


def test_a_well_known_type_brings_its_risk_attributes(lead):
    asset = ops.register_asset(by=lead, site_id=make_site().pk, maker="Acme", model="X1", device_type="defibrilator")
    kind = asset.device_type
    assert (kind.name, kind.fs_function is not None, kind.life_support) == ("Defibrillator", True, True)
    assert asset.risk_score == kind.fs_function + kind.fs_risk + kind.fs_maintenance


def test_a_scanned_udi_fills_what_is_empty_and_finds_the_model(lead):
    model = make_model(udi_di="00844588003288")
    asset = ops.register_asset(by=lead, site_id=make_site().pk, values={"udi": UDI, "lot": "typed"})
    assert (asset.device_model_id, asset.udi_di, asset.serial, asset.lot) == (
        model.pk,
        "00844588003288",
        "SN900",
        "typed",
    )


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"values": {"udi": "(01)00844588003289"}}, "udi"),
        ({"values": {"tag": "T1"}}, "tag"),
        ({"values": {"warranty_until": "2020-01-01", "purchased_on": "2021-01-01"}}, "warranty_until"),
        ({"values": {"purchased_on": "31/31/2020"}}, "purchased_on"),
        ({"values": {"site_id": 5}}, "site_id"),
        ({"device_model_id": None, "maker": "", "model": ""}, "maker"),
        ({"status": "retired"}, "status"),
        ({"room_id": 4711}, "room_id"),
    ],
)
def test_a_wrong_entry_is_named_and_nothing_is_registered(lead, given, field):
    make_asset(tag="T1")
    changes = AuditChange.objects.count()
    with pytest.raises(Invalid) as refused:
        ops.register_asset(by=lead, **{"site_id": make_site().pk, "device_model_id": make_model().pk, **given})
    assert field in refused.value.fields
    assert (Asset.objects.count(), AssetMove.objects.count()) == (1, 0)
    assert AuditChange.objects.filter(operation="assets.register_asset").count() == 0
    assert changes > 0


def test_a_free_tag_steps_over_taken_ones(lead):
    make_asset(tag="EQ-000001")
    assert ops.register_asset(by=lead, site_id=make_site().pk, device_model_id=make_model().pk).tag == "EQ-000002"


def test_registering_at_another_site_is_refused():
    mine, other = make_site(), make_site()
    user = make_user(scope=("site", mine.pk))
    model = make_model()
    with pytest.raises(Invalid) as refused:
        ops.register_asset(by=user, site_id=other.pk, device_model_id=model.pk)
    assert list(refused.value.fields) == ["site_id"]
    viewer = make_user(permissions=["assets.view", "directory.view"])
    with pytest.raises(Denied):
        ops.register_asset(by=viewer, site_id=mine.pk, device_model_id=model.pk)
    assert Asset.objects.count() == 0


# Changing -------------------------------------------------------------------------------------------------------


def test_an_edit_counts_the_version_and_keeps_the_search_text_true(lead, heard):
    asset = make_asset(tag="T1", serial="OLD")
    changed = ops.change_asset(by=lead, asset_id=asset.pk, values={"serial": "Ñ-7", "notes": "x"}, expected_version=1)
    row = Asset.objects.get(pk=asset.pk)
    assert (row.serial, row.version, changed.version) == ("Ñ-7", 2, 2)
    assert " n 7 " in row.search_text
    assert heard == [("AssetChanged", {"asset_id": asset.pk, "fields": "serial,notes"})]


def test_an_edit_that_changes_nothing_leaves_no_trace(lead):
    asset = make_asset(tag="T1", serial="S")
    before = AuditChange.objects.count()
    ops.change_asset(by=lead, asset_id=asset.pk, values={"serial": "S"})
    assert (Asset.objects.get().version, AuditChange.objects.count()) == (1, before)


def test_a_stale_edit_says_who_and_when_and_keeps_the_other_edit(lead):
    asset = make_asset()
    ops.change_asset(by=lead, asset_id=asset.pk, values={"lot": "theirs"}, expected_version=1)
    with pytest.raises(StaleEdit) as refused:
        ops.change_asset(by=make_user(), asset_id=asset.pk, values={"lot": "mine"}, expected_version=1)
    at = AuditChange.objects.get(operation="assets.change_asset").at
    assert refused.value.message == f"This was changed meanwhile by Lea Lead at {moment_words(at)}."
    assert Asset.objects.get().lot == "theirs"


def test_another_model_brings_its_type_and_risk(lead):
    asset = make_asset()
    model = make_model(device_type=make_type(fs_function=10, fs_risk=5, fs_maintenance=5))
    ops.change_asset(by=lead, asset_id=asset.pk, values={"device_model_id": model.pk})
    row = Asset.objects.get()
    assert (row.device_model_id, row.device_type_id, row.risk_score) == (model.pk, model.device_type_id, 20)


def test_somebody_elses_site_is_denied():
    user = make_user(scope=("site", make_site().pk))
    asset = make_asset(lot="as it was")
    for attempt in (
        lambda: ops.change_asset(by=user, asset_id=asset.pk, values={"lot": "x"}),
        lambda: ops.change_status(by=user, asset_id=asset.pk, status="in_store"),
        lambda: ops.see_asset(by=user, asset_id=asset.pk),
        lambda: ops.set_parent(by=user, asset_id=asset.pk, parent_id=None),
    ):
        with pytest.raises(Denied):
            attempt()
    row = Asset.objects.get()
    assert (row.lot, row.status, row.last_seen_at) == ("as it was", "in_service", None)


def test_nobody_edits_a_device_into_somebody_elses_reach():
    mine, other = make_company(is_provider=True), make_company(is_provider=True)
    vendor = make_user(scope=("vendor", mine.pk))
    asset = make_asset(provider=mine)
    for values in ({"provider_id": other.pk}, {"provider_id": None}):
        with pytest.raises(Denied):
            ops.change_asset(by=vendor, asset_id=asset.pk, values=values)
    assert Asset.objects.get().provider_id == mine.pk


# Moving ---------------------------------------------------------------------------------------------------------


def test_a_device_moves_with_its_parts_and_keeps_its_department(lead, heard):
    site = make_site()
    ward = make_department(site=site)
    monitor = make_asset(site=site, department=ward)
    module = make_asset(site=site, department=ward, parent=monitor)
    room = make_room(site=site)
    ops.move_asset(by=lead, asset_id=monitor.pk, room_id=room.pk, note="for the night")
    assert (
        list(Asset.objects.order_by("pk").values_list("room_id", "department_id", "version"))
        == [(room.pk, ward.pk, 2)] * 2
    )
    assert list(AssetMove.objects.order_by("pk").values_list("asset_id", "room_id", "moved_by_name")) == [
        (monitor.pk, room.pk, "Lea Lead"),
        (module.pk, room.pk, "Lea Lead"),
    ]
    assert [(name, event["asset_id"]) for name, event in heard] == [
        ("AssetMoved", monitor.pk),
        ("AssetMoved", module.pk),
    ]


def test_a_scan_where_it_already_is_only_says_that_it_was_seen(lead):
    room = make_room()
    asset = make_asset(site=room.site, room=room)
    ops.see_asset(by=lead, asset_id=asset.pk, room_id=room.pk)
    assert (Asset.objects.get().last_seen_at is not None, AssetMove.objects.count()) == (True, 0)


def test_another_site_leaves_the_old_department_behind(lead):
    asset = make_asset(department=make_department())
    other = make_site()
    ops.move_asset(by=lead, asset_id=asset.pk, site_id=other.pk)
    assert Asset.objects.values_list("site_id", "department_id", "room_id").get() == (other.pk, None, None)


def test_a_ward_technician_moves_within_the_ward_and_not_out_of_reach():
    site = make_site()
    mine, other = make_department(site=site), make_department(site=site)
    user = make_user(scope=("department", mine.pk))
    asset = make_asset(site=site, department=mine)
    room = make_room(site=site)
    ops.move_asset(by=user, asset_id=asset.pk, room_id=room.pk)
    with pytest.raises(Invalid):
        ops.move_asset(by=user, asset_id=asset.pk, department_id=other.pk)
    with pytest.raises(Invalid):
        ops.move_asset(by=user, asset_id=asset.pk, room_id=make_room().pk)
    assert Asset.objects.values_list("room_id", "department_id").get() == (room.pk, mine.pk)


def test_parts_and_devices_of_others_do_not_come_along():
    mine, other, company = make_site(), make_site(), make_company(is_provider=True)
    user = make_user(scope=("site", mine.pk))
    with_part = make_asset(site=mine)
    make_asset(site=other, parent=with_part)
    with pytest.raises(Denied):
        ops.move_asset(by=user, asset_id=with_part.pk, room_id=make_room(site=mine).pk)
    vendor = make_user(scope=("vendor", company.pk))
    with open_change("test.grant", System("test")):
        role = Grant.objects.get(user=vendor).role
        Grant.objects.create(user=vendor, role=role, scope_kind="site", scope_id=mine.pk)
        Grant.objects.create(user=vendor, role=role, scope_kind="department", scope_id=make_department(site=other).pk)
    theirs, ours = make_asset(site=other, provider=company), make_asset(site=mine)
    with pytest.raises(Denied):
        ops.move_assets(by=vendor, asset_ids=[theirs.pk, ours.pk], room_id=make_room(site=other).pk)
    assert Asset.objects.filter(room=None).count() == 4


def test_a_place_that_does_not_fit_is_refused(lead):
    asset = make_asset()
    ward, room = make_department(), make_room()
    with pytest.raises(Invalid):
        ops.move_asset(by=lead, asset_id=asset.pk, department_id=ward.pk, room_id=room.pk)
    with pytest.raises(Invalid):
        ops.move_asset(by=lead, asset_id=asset.pk)
    with pytest.raises(NotFound):
        ops.move_asset(by=lead, asset_id=4711, room_id=room.pk)
    assert AssetMove.objects.count() == 0


def test_moving_many_costs_no_query_per_device(lead, django_assert_max_num_queries):
    site = make_site()
    room = make_room(site=site)
    ids = [make_asset(site=site).pk for _ in range(12)]
    with django_assert_max_num_queries(24):
        ops.move_assets(by=lead, asset_ids=ids, room_id=room.pk)
    assert Asset.objects.filter(room=room).count() == 12


# Status ---------------------------------------------------------------------------------------------------------


def test_a_status_period_ends_where_the_next_begins(lead, heard):
    asset = make_asset()
    ops.change_status(
        by=lead, asset_id=asset.pk, status="out_of_service", reason="Display dark", out_reason="under_repair"
    )
    ops.change_status(by=lead, asset_id=asset.pk, status="in_service")
    row = Asset.objects.get()
    assert (row.status, row.condition, row.out_reason) == ("in_service", 1, "")
    first, second = StatusPeriod.objects.order_by("pk")
    assert (first.status, first.reason, first.until_at, second.until_at) == (
        "out_of_service",
        "Display dark",
        second.from_at,
        None,
    )
    assert [(name, event["before"], event["after"]) for name, event in heard] == [
        ("AssetStatusChanged", "in_service", "out_of_service"),
        ("AssetStatusChanged", "out_of_service", "in_service"),
    ]


@pytest.mark.parametrize(
    ("out_reason", "condition"), [("under_repair", 2), ("maintenance_due", 1), ("calibration_due", 1), ("", 2)]
)
def test_the_condition_follows_the_reason(lead, out_reason, condition):
    asset = make_asset()
    ops.change_status(by=lead, asset_id=asset.pk, status="out_of_service", reason="because", out_reason=out_reason)
    assert Asset.objects.get().condition == condition


@pytest.mark.parametrize(
    ("begin", "status", "reason", "error"),
    [
        ("in_service", "out_of_service", "", Invalid),
        ("in_service", "quarantined", " ", Invalid),
        ("in_service", "retired", "", Invalid),
        ("in_service", "disposed", "old", NotNow),
        ("in_service", "in_service", "", NotNow),
        ("disposed", "in_service", "", NotNow),
        ("in_service", "flying", "", Invalid),
    ],
)
def test_a_refused_step_changes_nothing(lead, begin, status, reason, error):
    asset = make_asset(status=begin)
    with pytest.raises(error):
        ops.change_status(by=lead, asset_id=asset.pk, status=status, reason=reason)
    assert (Asset.objects.get().status, StatusPeriod.objects.count()) == (begin, 0)


def test_all_of_a_bulk_step_or_none(lead):
    good, gone = make_asset(), make_asset(status="disposed")
    with pytest.raises(NotNow):
        ops.change_statuses(by=lead, asset_ids=[good.pk, gone.pk], status="in_store")
    assert set(Asset.objects.values_list("status", flat=True)) == {"in_service", "disposed"}


def test_retiring_needs_its_own_permission_and_is_heard(heard):
    asset = make_asset()
    with pytest.raises(Denied):
        ops.retire_asset(by=make_user(permissions=["assets.change_status"]), asset_id=asset.pk, reason="old")
    ops.retire_asset(by=make_user(permissions=["assets.retire"]), asset_id=asset.pk, reason="old")
    row = Asset.objects.get()
    assert (row.status, row.condition, row.retired_on is not None) == ("retired", 4, True)
    assert [name for name, _ in heard] == ["AssetStatusChanged", "AssetRetired"]
    assert AuditChange.objects.order_by("-id").first().reason == "old"


def test_an_app_above_can_hold_a_status_back(lead, monkeypatch):
    from wardwright.apps.assets.operations import status

    def no_return(by, assets, after, reason):
        if after == "in_service":
            raise NotNow(f"{assets[0].tag} failed its last test.")

    monkeypatch.setattr(status, "_rules", [no_return])
    asset = make_asset(status="out_of_service")
    with pytest.raises(NotNow):
        ops.change_status(by=lead, asset_id=asset.pk, status="in_service")
    assert Asset.objects.get().status == "out_of_service"


# Parts ----------------------------------------------------------------------------------------------------------


def test_parts_make_no_circle(lead):
    site = make_site()
    top, middle, low = (make_asset(site=site) for _ in range(3))
    ops.set_parent(by=lead, asset_id=middle.pk, parent_id=top.pk, part_kind="member")
    ops.set_parent(by=lead, asset_id=low.pk, parent_id=middle.pk)
    with pytest.raises(Invalid) as refused:
        ops.set_parent(by=lead, asset_id=top.pk, parent_id=low.pk)
    assert list(refused.value.fields) == ["parent_id"]
    with pytest.raises(Invalid):
        ops.set_parent(by=lead, asset_id=top.pk, parent_id=top.pk)
    assert list(Asset.objects.order_by("pk").values_list("parent_id", "part_kind")) == [
        (None, ""),
        (top.pk, "member"),
        (middle.pk, "component"),
    ]
    ops.set_parent(by=lead, asset_id=low.pk, parent_id=None)
    assert Asset.objects.get(pk=low.pk).parent_id is None


def test_a_part_belongs_to_something_at_its_own_site(lead):
    with pytest.raises(Invalid):
        ops.set_parent(by=lead, asset_id=make_asset().pk, parent_id=make_asset().pk)


# Catalogue ------------------------------------------------------------------------------------------------------


def test_new_risk_attributes_reach_the_devices_of_the_type(lead, heard):
    kind = make_type()
    asset = make_asset(device_type=kind)
    ops.change_device_type(
        by=lead,
        device_type_id=kind.pk,
        values={"fs_function": 9, "fs_risk": 4, "fs_maintenance": 4},
        expected_version=1,
    )
    assert Asset.objects.get(pk=asset.pk).risk_score == 17
    assert [name for name, _ in heard] == ["DeviceTypeChanged"]
    with pytest.raises(Invalid) as refused:
        ops.change_device_type(by=lead, device_type_id=kind.pk, values={"fs_risk": 6})
    assert list(refused.value.fields) == ["fs_risk"]


def test_a_renamed_type_is_found_under_both_names(lead):
    kind = make_type(name="Breathing machine")
    asset = make_asset(device_type=kind)
    ops.change_device_type(by=lead, device_type_id=kind.pk, values={"name": "Lung ventilator"})
    assert "lung ventilator" in Asset.objects.get(pk=asset.pk).search_text
    again = ops.register_asset(
        by=lead, site_id=make_site().pk, maker="Acme", model="M", device_type="Breathing Machine"
    )
    assert again.device_type_id == kind.pk


def test_a_model_twice_is_refused(lead):
    maker, kind = make_company(name="Acme"), make_type()
    ops.create_device_model(by=lead, maker_id=maker.pk, name="SE-1200", device_type_id=kind.pk)
    with pytest.raises(Invalid) as refused:
        ops.create_device_model(by=lead, maker_id=maker.pk, name="SE 1200", device_type_id=kind.pk)
    assert list(refused.value.fields) == ["name"]
    assert DeviceModel.objects.count() == 1


def test_a_model_of_another_type_takes_its_devices_along(lead):
    asset = make_asset()
    kind = make_type(fs_function=2, fs_risk=1, fs_maintenance=1)
    ops.change_device_model(by=lead, device_model_id=asset.device_model_id, values={"device_type_id": kind.pk})
    assert Asset.objects.values_list("device_type_id", "risk_score").get() == (kind.pk, 4)
