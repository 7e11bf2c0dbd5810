"""Reservations, pools, kits, rented and patients' devices, reminders, and the board."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from tests.factories import make_asset, make_company, make_loan, make_site, make_type, make_user

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.operations import retire_asset
from wardwright.apps.lending import operations as ops
from wardwright.apps.lending import queries
from wardwright.apps.lending.models import Holding, KitPart, Loan, PoolType
from wardwright.apps.lending.subscribers import follow_merged_types, let_the_retired_go
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Denied, Invalid, NotNow
from wardwright.platform.notify.mail.models import Mail

from .test_round import custody, unchanged

NOW = timezone.now()


def in_days(days):
    return NOW + timedelta(days=days)


# Reservations ---------------------------------------------------------------------------------------------------


def reserve(library, quantity=1, **more):
    given = {"pool_id": library.pool.pk, "department_id": library.ward.pk, "device_type_id": library.kind.pk}
    return ops.reserve_equipment(by=library.assistant, quantity=quantity, **{**given, **more})


def test_what_is_free_is_promised_and_no_more(library):
    row = reserve(library, 3, from_at=in_days(2), until_at=in_days(4))
    assert (row.is_reserved, row.state) == (True, "open")
    refused = unchanged(lambda: reserve(library, 2, from_at=in_days(3), until_at=in_days(5)), NotNow)
    assert "Only 1 of 4 are free then, and 2 are needed. With or promised to: ICU (3)." in str(refused)
    assert "Free at the earliest:" in str(refused)
    reserve(library, 1, from_at=in_days(3), until_at=in_days(5))
    reserve(library, 3, from_at=in_days(4), until_at=in_days(5))  # the others are back by then


def test_a_device_that_is_out_without_an_end_is_promised_to_nobody(library):
    library.lend(*library.pumps[:3])
    refused = unchanged(lambda: reserve(library, 2, from_at=in_days(9), until_at=in_days(10)), NotNow)
    assert "No end is known" in refused.way_forward


def test_one_device_is_reserved_and_not_given_to_others(library):
    row = reserve(library, asset_id=library.ids[0], from_at=in_days(0.5), until_at=in_days(2))
    assert (row.asset_id, row.device_type_id, row.quantity) == (library.ids[0], library.kind.pk, 1)
    assert [one.asset.tag for one in queries.proposed(library.ask(4), 4)] == ["P2", "P3", "P4"]
    assert [one.asset.tag for one in queries.proposed(row, 1)] == ["P1"]
    unchanged(lambda: reserve(library, asset_id=library.ids[0], from_at=in_days(1), until_at=in_days(3)), NotNow)


def test_availability_says_who_and_when(library):
    reserve(library, 4, from_at=in_days(1), until_at=in_days(2))
    found = queries.availability(
        pool_id=library.pool.pk, device_type_id=library.kind.pk, wanted=2, from_at=in_days(1), until_at=in_days(1.5)
    )
    assert (found.fleet, found.free, found.is_free, found.earliest_at) == (4, 0, False, in_days(2))
    assert [(one.ward, one.count) for one in found.bookings] == [("ICU", 4)]


# Pools ----------------------------------------------------------------------------------------------------------


def test_a_pool_is_opened_and_lends_a_type(library):
    pool = ops.keep_pool(
        by=library.keeper, name="Ward store", site_id=library.site.pk, department_id=library.ward.pk,
        room_id=library.room.pk,
    )  # fmt: skip
    row = ops.lend_type(
        by=library.keeper, pool_id=pool.pk, device_type_id=library.kind.pk, target=6, par=2,
        checks=["Display is whole", " ", "Display is whole"], accessories=["Mains cable"],
    )  # fmt: skip
    assert (row.target, row.par, row.checks, row.accessories) == (6, 2, ["Display is whole"], ["Mains cable"])
    row = ops.change_pool_type(by=library.keeper, pool_type_id=row.pk, par=3)
    assert (row.par, row.version) == (3, 2)
    unchanged(lambda: ops.change_pool_type(by=library.keeper, pool_type_id=row.pk, checks="x"), Invalid)
    with pytest.raises(Invalid) as caught:
        ops.keep_pool(
            by=library.keeper, name="Ward store", site_id=library.site.pk, department_id=library.ward.pk,
            room_id=library.room.pk,
        )  # fmt: skip
    assert "already one like this" in str(caught.value)


def test_a_pool_stands_in_its_own_site(library):
    act = lambda: ops.keep_pool(by=library.keeper, pool_id=library.pool.pk, site_id=make_site().pk)
    with pytest.raises(Invalid):
        act()


def test_devices_join_once_and_leave_with_a_reason(library):
    ops.add_devices(by=library.keeper, pool_id=library.pool.pk, asset_ids=library.ids)  # again: nothing happens
    assert Holding.objects.count() == 4
    ops.remove_device(by=library.keeper, asset_id=library.ids[0], reason="stays in ICU for good")
    row = Holding.objects.get(asset_id=library.ids[0])
    assert (row.custody, row.left_reason, row.left_at is not None) == ("left", "stays in ICU for good", True)
    library.lend(library.pumps[1])
    unchanged(lambda: ops.remove_device(by=library.keeper, asset_id=library.ids[1], reason="x"), NotNow)
    elsewhere = make_asset()
    unchanged(lambda: ops.add_devices(by=library.keeper, pool_id=library.pool.pk, asset_ids=[elsewhere.pk]), NotNow)


def test_a_retired_device_leaves_by_itself(library):
    retire_asset(by=library.keeper, asset_id=library.ids[0], reason="worn out")
    event = type("E", (), {"asset_id": library.ids[0]})()
    let_the_retired_go(event)
    let_the_retired_go(event)  # twice with the same effect
    assert Holding.objects.get(asset_id=library.ids[0]).custody == "left"


def test_merged_types_are_followed(library):
    kept = make_type()
    event = type("E", (), {"lost_id": library.kind.pk, "kept_id": kept.pk})()
    follow_merged_types(event)
    follow_merged_types(event)
    assert list(PoolType.objects.values_list("device_type_id", flat=True)) == [kept.pk]


# The board ------------------------------------------------------------------------------------------------------


def test_where_are_my_pumps_now(library):
    ops.lend_type(by=library.keeper, pool_id=library.pool.pk, device_type_id=library.kind.pk, target=6, par=2)
    library.lend(*library.pumps[:2])
    ops.collect_devices(by=library.assistant, asset_ids=[library.ids[2]])
    library.ask(3)
    (line,) = queries.stock_board(library.assistant)
    assert (line.name, line.ready, line.out, line.unclean, line.total, line.missing) == ("Infusion pump", 1, 2, 1, 4, 2)
    assert (dict(line.wards), line.wanted, line.is_short) == ({"ICU": 2}, 3, True)
    assert [(one.total, dict(one.wards)) for one in queries.stock_board(library.nurse)] == [(2, {"ICU": 2})]
    assert queries.stock_board(make_user(permissions=["lending.view"], scope=("site", make_site().pk))) == []


def test_what_is_to_be_done(library):
    library.lend(*library.pumps[:2])
    ops.say_ready(by=library.nurse, loan_ids=[Loan.objects.order_by("pk").first().pk])
    library.ask()
    figures = queries.library_figures(library.assistant)
    assert figures == {"to_deliver": 0, "to_collect": 1, "overdue": 0, "requests": 1, "to_clean": 0, "rentals": 0}


# Kits -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def kit(library):
    made = ops.keep_kit(by=library.keeper, pool_id=library.pool.pk, name="Transfer kit")
    for part in ("first", "second"):
        ops.add_kit_part(by=library.keeper, kit_id=made.pk, name=f"Pump, {part}", device_type_id=library.kind.pk)
    ops.add_kit_part(by=library.keeper, kit_id=made.pk, name="Pole clamp")
    for part, asset in zip(KitPart.objects.order_by("pk"), library.pumps, strict=False):
        if part.device_type_id:
            ops.swap_kit_part(by=library.assistant, kit_part_id=part.pk, asset_id=asset.pk)
    return made


def test_a_complete_kit_goes_out_and_comes_back_as_a_whole(library, kit):
    assert queries.kit_state(kit).is_complete
    row = ops.issue_kit(by=library.assistant, kit_id=kit.pk, department_id=library.ward.pk, taken_by_name="Agnes")
    assert (row.state, row.kit_id, row.delivered) == ("filled", kit.pk, 1)
    assert custody(*library.pumps) == ["out", "out", "ready", "ready"]
    assert queries.kit_state(kit).is_out
    library.bring_back(*library.pumps[:2])
    assert queries.kit_state(kit).is_complete


def test_an_incomplete_kit_stays_and_says_why(library, kit):
    clamp = KitPart.objects.get(name="Pole clamp")
    ops.swap_kit_part(by=library.assistant, kit_part_id=clamp.pk, is_there=False)
    act = lambda: ops.issue_kit(by=library.assistant, kit_id=kit.pk, department_id=library.ward.pk)
    assert "Pole clamp: is missing" in str(unchanged(act, NotNow))


def test_a_part_is_swapped_for_another_of_its_type(library, kit):
    first = KitPart.objects.order_by("pk").first()
    ops.swap_kit_part(by=library.assistant, kit_part_id=first.pk, asset_id=library.ids[2])
    assert KitPart.objects.get(pk=first.pk).asset_id == library.ids[2]
    swap = lambda asset_id: ops.swap_kit_part(by=library.assistant, kit_part_id=first.pk, asset_id=asset_id)
    assert "in a kit already" in str(unchanged(lambda: swap(library.ids[1]), Invalid))
    unchanged(lambda: swap(999_999), Invalid)
    library.lend(library.pumps[3])
    unchanged(lambda: swap(library.ids[3]), NotNow)


def test_devices_of_a_kit_are_not_lent_alone(library, kit):
    row = library.ask(4)
    assert [one.asset.tag for one in queries.proposed(row, 4)] == ["P3", "P4"]
    act = lambda: ops.pick_devices(by=library.assistant, loan_request_id=row.pk, asset_ids=library.ids[:1])
    unchanged(act, NotNow)


def test_a_picked_kit_goes_back_as_a_whole(library, kit):
    row = library.ask(kit_id=kit.pk, device_type_id=None)
    ops.pick_proposed(by=library.assistant, loan_request_id=row.pk)
    ops.put_back(by=library.assistant, loan_id=Loan.objects.first().pk)
    row.refresh_from_db()
    assert (custody(*library.pumps[:2]), row.to_pick) == (["ready", "ready"], 1)


# Rented and brought ---------------------------------------------------------------------------------------------


def test_a_rental_costs_both_its_days_and_goes_back(library):
    today = date.today()
    company = make_company(name="Helix Leasing")
    row = ops.rent_device(
        by=library.keeper, asset_id=library.ids[0], company_id=company.pk, from_on=today - timedelta(days=9),
        until_on=today + timedelta(days=1), daily_price_cents=1250, reference="HX-9",
    )  # fmt: skip
    assert (row.cost_cents, row.currency, row.is_late) == (12_500, "EUR", False)
    assert Asset.objects.get(pk=library.ids[0]).ownership == "rented"
    again = lambda: ops.rent_device(by=library.keeper, asset_id=library.ids[0], company_id=company.pk, from_on=today)
    unchanged(again, NotNow)
    ops.change_rental(by=library.keeper, rental_id=row.pk, until_on=today - timedelta(days=1))
    row.refresh_from_db()
    assert row.is_late
    library.lend(library.pumps[0])
    back = lambda day: ops.return_rental(by=library.keeper, rental_id=row.pk, returned_on=day)
    unchanged(lambda: back(today), NotNow)
    ops.collect_devices(by=library.assistant, asset_ids=library.ids[:1])
    unchanged(lambda: back(today + timedelta(days=1)), Invalid)
    assert (back(today).returned_on, custody(library.pumps[0])) == (today, ["left"])
    assert Asset.objects.get(pk=library.ids[0]).status == "retired"
    unchanged(lambda: back(today), NotNow)


def receive(library, **more):
    given = {"department_id": library.ward.pk, "reference": "4-117", "description": "CPAP device"}
    return ops.receive_patient_device(by=library.nurse, **{**given, **more})


def test_a_patients_device_comes_and_leaves_without_a_name(library):
    row = receive(library)
    assert (row.is_accepted, row.received_by_name) == (True, "Nora Nurse")
    assert not receive(library, failed_checks=["cable"]).is_accepted
    ops.release_patient_device(by=library.nurse, patient_device_id=row.pk)
    unchanged(lambda: ops.release_patient_device(by=library.nurse, patient_device_id=row.pk), NotNow)


@pytest.mark.parametrize("reference", ["Anna Berger", "Berger", "", "A" * 21, "4 117"])
def test_a_reference_is_never_a_name(library, reference):
    assert "reference" in unchanged(lambda: receive(library, reference=reference), Invalid).fields


def test_only_the_ward_and_the_library_take_patients_devices_in(library):
    outsider = make_user(permissions=["lending.view"])
    act = lambda: ops.receive_patient_device(
        by=outsider, department_id=library.ward.pk, reference="4-117", description="CPAP"
    )
    unchanged(act, Denied)


# Reminders ------------------------------------------------------------------------------------------------------


def test_overdue_loans_and_ending_rentals_are_told_once_a_day(library, heard):
    today = date.today()
    loan = make_loan(due_at=NOW - timedelta(days=1))
    make_loan(due_at=NOW + timedelta(days=1))
    make_loan()
    ops.rent_device(
        by=library.keeper, asset_id=library.ids[0], company_id=make_company().pk, from_on=today,
        until_on=today + timedelta(days=2),
    )  # fmt: skip
    assert ops.remind_overdue(by=System("lending")) == {"loans": 1, "rentals": 1, "mails": 0}
    assert ops.remind_overdue(by=System("lending"))["loans"] == 0
    loan.refresh_from_db()
    assert (loan.reminders, loan.is_overdue) == (1, True)
    with open_change("test", System("test")):
        Loan.objects.filter(pk=loan.pk).update(reminded_at=NOW - timedelta(days=1))
    ops.remind_overdue(by=System("lending"))
    told = [payload["reminders"] for name, payload in heard if name == "LoanOverdue"]
    assert told == [1, 2]


def test_a_library_with_an_address_gets_one_mail(library, settings):
    settings.MAIL_URL = "smtp://127.0.0.1:1"
    ops.keep_pool(by=library.keeper, pool_id=library.pool.pk, email="library@hospital.example")
    library.lend(library.pumps[0], until_at=in_days(1))
    library.lend(library.pumps[1], until_at=in_days(1))
    with open_change("test", System("test")):
        Loan.objects.update(due_at=in_days(-1))
    assert ops.remind_overdue(by=System("lending"))["mails"] == 1
    assert ops.remind_overdue(by=System("lending"))["mails"] == 0
    (mail,) = Mail.objects.all()
    assert mail.to == "library@hospital.example"
    assert [tag in bytes(mail.message).decode() for tag in ("P1", "P2", "ICU")] == [True, True, True]
