"""A device's round: asked for, picked, delivered, no longer needed, collected, checked, clean; and what is refused."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from tests.factories import make_asset, make_department, make_type, make_user

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.operations import change_status
from wardwright.apps.assets.queries import labels
from wardwright.apps.lending import operations as ops
from wardwright.apps.lending import queries
from wardwright.apps.lending.models import Cleaning, Holding, Loan, LoanRequest
from wardwright.apps.lending.states import TRANSITIONS, Custody
from wardwright.platform.access.models import GuardrailPolicy
from wardwright.platform.audit.models import AuditChange, AuditRecord
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Denied, Guarded, Invalid, NotFound, NotNow


def custody(*assets):
    rows = dict(Holding.objects.filter(asset__in=assets).values_list("asset_id", "custody"))
    return [rows[asset.pk] for asset in assets]


def newest_records():
    change = AuditChange.objects.order_by("-id").first()
    rows = AuditRecord.objects.filter(change_id=change.id).order_by("id")
    return change.operation, [(row.table_name, row.kind) for row in rows]


def unchanged(act, refusal):
    """``act`` is refused and nothing is written; returns the refusal."""
    before = (AuditChange.objects.count(), AuditRecord.objects.count())
    with pytest.raises(refusal) as caught:
        act()
    assert (AuditChange.objects.count(), AuditRecord.objects.count()) == before
    return caught.value


def test_the_whole_round_of_a_device(library, heard):
    row = library.ask(2, is_urgent=True, note="for bed 4")
    assert (row.state, row.number[:3], row.asked_by_name, row.until_at) == ("open", "LN-", "Nora Nurse", None)
    ops.pick_proposed(by=library.assistant, loan_request_id=row.pk)
    assert custody(*library.pumps) == ["picked", "picked", "ready", "ready"]
    row = ops.deliver_request(
        by=library.assistant, loan_request_id=row.pk, room_id=library.room.pk, taken_by_name="Sister Agnes"
    )
    assert (row.state, row.issued, row.delivered, row.filled_at is not None) == ("filled", 2, 2, True)
    first = Asset.objects.get(pk=library.pumps[0].pk)
    assert (first.department_id, first.room_id) == (library.ward.pk, library.room.pk)
    loans = list(Loan.objects.order_by("asset_id"))
    assert {loan.taken_by_name for loan in loans} == {"Sister Agnes"}
    ops.say_ready(by=library.nurse, loan_ids=[loans[0].pk])
    ops.say_ready(by=library.nurse, loan_ids=[loans[0].pk])  # a second time changes nothing
    assert custody(*library.pumps[:2]) == ["waiting", "out"]
    ops.collect_devices(by=library.assistant, asset_ids=library.ids[:2])
    assert custody(*library.pumps[:2]) == ["dirty", "dirty"]
    first.refresh_from_db()
    assert (first.department_id, first.room_id) == (library.pool.department_id, library.pool.room_id)
    for loan in loans:
        ops.check_return(by=library.assistant, loan_id=loan.pk)
    ops.start_cleaning(by=library.assistant, asset_ids=library.ids[:1], method="wash")
    assert custody(library.pumps[0]) == ["cleaning"]
    ops.finish_cleaning(by=library.assistant, asset_ids=library.ids[:2], method="disinfect")
    assert custody(*library.pumps) == ["ready"] * 4
    assert list(Cleaning.objects.order_by("asset_id").values_list("method", "by_name")) == [
        ("wash", "Ada Assistant"),
        ("disinfect", "Ada Assistant"),
    ]
    assert [name for name, _payload in heard if name[:5] != "Asset"] == [
        "EquipmentRequested", "DeviceLent", "DeviceLent", "DeviceReturned", "DeviceReturned",
    ]  # fmt: skip


def test_every_step_is_one_change_with_its_rows(library):
    row = library.ask()
    assert newest_records() == ("lending.ask_for_equipment", [("lending_request", "I")])
    ops.pick_devices(by=library.assistant, loan_request_id=row.pk, asset_ids=library.ids[:1])
    assert newest_records() == (
        "lending.pick_devices",
        [("lending_holding", "U"), ("lending_loan", "I"), ("lending_request", "U")],
    )


def test_the_longest_idle_goes_first_so_that_all_get_used(library):
    library.lend(library.pumps[0], library.pumps[1])
    library.bring_back(library.pumps[0], library.pumps[1])
    row = library.ask(4)
    assert [one.asset.tag for one in queries.proposed(row, 4)] == ["P3", "P4", "P1", "P2"]


def test_what_is_not_fit_is_not_proposed(library, monkeypatch):
    change_status(by=library.keeper, asset_id=library.ids[0], status="quarantined", reason="incident")
    ops.collect_devices(by=library.assistant, asset_ids=[library.ids[1]])  # found on a ward, so it is dirty
    day = timezone.localdate() - timedelta(days=1)
    monkeypatch.setattr(labels, "_DUE", [lambda by, ids: {pk: day for pk in ids if pk == library.ids[2]}])
    row = library.ask(4)
    assert [one.asset.tag for one in queries.proposed(row, 4)] == ["P4"]
    row = ops.pick_proposed(by=library.assistant, loan_request_id=row.pk)
    assert (row.issued, row.to_pick) == (1, 3)


def test_a_quarantined_device_is_never_picked(library):
    change_status(by=library.keeper, asset_id=library.ids[0], status="quarantined", reason="incident")
    row = library.ask()
    act = lambda: ops.pick_devices(
        by=library.keeper, loan_request_id=row.pk, asset_ids=library.ids[:1], override_reason="in a hurry"
    )
    assert "P1 is quarantined" in str(unchanged(act, NotNow))


def test_a_dirty_device_is_not_lent_unless_the_guardrail_is_overridden(library):
    ops.collect_devices(by=library.assistant, asset_ids=library.ids[:1])
    row = library.ask()
    pick = lambda **more: ops.pick_devices(loan_request_id=row.pk, asset_ids=library.ids[:1], **more)
    refused = unchanged(lambda: pick(by=library.assistant, override_reason="urgent"), Guarded)
    assert refused.rule == "lending.clean-first"
    pick(by=library.keeper, override_reason="wiped on the ward, no time for the form")
    assert custody(library.pumps[0]) == ["picked"]
    words = "lending.clean-first overridden: wiped on the ward, no time for the form"
    assert AuditChange.objects.order_by("-id").first().notes == words


def test_overdue_maintenance_is_a_guardrail(library, monkeypatch):
    day = timezone.localdate() - timedelta(days=1)
    monkeypatch.setattr(labels, "_DUE", [lambda by, ids: dict.fromkeys(ids, day)])
    row = library.ask()
    pick = lambda: ops.pick_devices(by=library.assistant, loan_request_id=row.pk, asset_ids=library.ids[:1])
    assert unchanged(pick, Guarded).rule == "lending.maintenance-in-date"
    with open_change("test", System("test")):
        GuardrailPolicy.objects.create(rule="lending.maintenance-in-date", level="warn")
    pick()
    assert custody(library.pumps[0]) == ["picked"]


def test_due_today_is_not_overdue(library, monkeypatch):
    monkeypatch.setattr(labels, "_DUE", [lambda by, ids: dict.fromkeys(ids, date.today())])
    assert queries.overdue_for_maintenance(library.ids, date.today()) == set()


def test_another_type_or_too_many_are_refused(library):
    other = make_asset(site=library.site, device_type=make_type(name="Syringe pump"))
    ops.add_devices(by=library.keeper, pool_id=library.pool.pk, asset_ids=[other.pk])
    row = library.ask(1)
    pick = lambda *ids: ops.pick_devices(by=library.assistant, loan_request_id=row.pk, asset_ids=ids)
    assert "Syringe pump" in str(unchanged(lambda: pick(other.pk), Invalid))
    assert "Only 1 more" in str(unchanged(lambda: pick(*library.ids[:2]), Invalid))
    stranger = make_asset(site=library.site, tag="X1")
    assert "X1 is not in the equipment library" in str(unchanged(lambda: pick(stranger.pk), NotFound))


def test_a_picked_device_goes_back_to_the_shelf(library):
    row = library.ask(1)
    ops.pick_devices(by=library.assistant, loan_request_id=row.pk, asset_ids=library.ids[:1])
    loan = Loan.objects.get()
    ops.put_back(by=library.assistant, loan_id=loan.pk)
    row.refresh_from_db()
    assert (custody(library.pumps[0]), row.issued, row.to_pick) == (["ready"], 0, 1)
    unchanged(lambda: ops.put_back(by=library.assistant, loan_id=loan.pk), NotNow)


def test_a_device_that_was_never_booked_out_comes_back_dirty(library, heard):
    ops.collect_devices(by=library.assistant, asset_ids=library.ids[:1])
    assert custody(library.pumps[0]) == ["dirty"]
    assert ("DeviceReturned", {"asset_id": library.ids[0], "loan_id": None}) in heard
    unchanged(lambda: ops.collect_devices(by=library.assistant, asset_ids=library.ids[:1]), NotNow)
    ops.finish_cleaning(by=library.assistant, asset_ids=library.ids[:1])
    assert custody(library.pumps[0]) == ["ready"]


def test_it_is_looked_at_before_it_is_clean(library):
    library.lend(library.pumps[0])
    ops.collect_devices(by=library.assistant, asset_ids=library.ids[:1])
    act = lambda: ops.finish_cleaning(by=library.assistant, asset_ids=library.ids[:1])
    assert "not checked" in str(unchanged(act, NotNow))


def test_a_fault_takes_it_out_of_service_and_is_told(library, heard):
    library.lend(library.pumps[0])
    ops.collect_devices(by=library.assistant, asset_ids=library.ids[:1])
    loan = Loan.objects.get()
    ops.check_return(
        by=library.assistant, loan_id=loan.pk, failed_checks=["Display is whole"], missing=["Mains cable"], fault=""
    )
    loan.refresh_from_db()
    asset = Asset.objects.get(pk=library.ids[0])
    assert (loan.fault, loan.missing, asset.status, asset.out_reason) == (
        "Display is whole", ["Mains cable"], "out_of_service", "under_repair",
    )  # fmt: skip
    assert ("DeviceFaultFound", {"loan_id": loan.pk, "asset_id": asset.pk, "fault": "Display is whole"}) in heard
    ops.finish_cleaning(by=library.assistant, asset_ids=[asset.pk])
    assert [line.repair for line in queries.stock_board(library.assistant)] == [1]
    assert queries.proposed(library.ask(4), 4)[0].asset.tag == "P2"
    unchanged(lambda: ops.check_return(by=library.assistant, loan_id=loan.pk), NotNow)


def test_a_batch_goes_out_as_far_as_there_are_and_the_rest_waits(library):
    row = ops.issue_batch(
        by=library.assistant,
        pool_id=library.pool.pk,
        device_type_id=library.kind.pk,
        department_id=library.ward.pk,
        quantity=10,
        taken_by_name="Theatre",
    )
    assert (row.state, row.delivered, row.to_pick) == ("partly", 4, 6)
    assert AuditChange.objects.order_by("-id").first().operation == "lending.issue_batch"
    act = lambda: ops.issue_batch(
        by=library.assistant, pool_id=library.pool.pk, device_type_id=library.kind.pk,
        department_id=library.ward.pk, quantity=1,
    )  # fmt: skip
    assert "None is clean" in str(unchanged(act, NotNow))
    library.bring_back(library.pumps[0])
    ops.pick_proposed(by=library.assistant, loan_request_id=row.pk)
    assert ops.deliver_request(by=library.assistant, loan_request_id=row.pk).delivered == 5


def test_many_come_back_with_one_scan_each_in_one_change(library):
    library.lend(*library.pumps[:3])
    ops.collect_devices(by=library.assistant, asset_ids=library.ids)
    assert custody(*library.pumps) == ["dirty"] * 4
    assert AuditChange.objects.order_by("-id").first().operation == "lending.collect_devices"
    assert Loan.objects.running().count() == 0


def test_the_ward_keeps_it_longer(library):
    ops.lend_type(by=library.keeper, pool_id=library.pool.pk, device_type_id=library.kind.pk, loan_days=3)
    row = library.lend(library.pumps[0])
    assert row.until_at - row.from_at == timedelta(days=3)
    loan = Loan.objects.get()
    ops.say_ready(by=library.nurse, loan_ids=[loan.pk])
    end = timezone.now() + timedelta(days=9)
    loan = ops.still_needed(by=library.nurse, loan_id=loan.pk, due_at=end)
    assert (loan.due_at, loan.ready_at, custody(library.pumps[0])) == (end, None, ["out"])
    past = timezone.now() - timedelta(days=1)
    unchanged(lambda: ops.still_needed(by=library.nurse, loan_id=loan.pk, due_at=past), Invalid)


def test_cancelled_and_refused_requests_end_with_their_reason(library):
    row, other = library.ask(), library.ask(by=library.nurse)
    ops.cancel_request(by=library.nurse, loan_request_id=row.pk, reason="patient moved")
    ops.refuse_request(by=library.assistant, loan_request_id=other.pk, reason="all are out")
    assert list(LoanRequest.objects.order_by("pk").values_list("state", "end_reason")) == [
        ("cancelled", "patient moved"),
        ("refused", "all are out"),
    ]
    unchanged(lambda: ops.cancel_request(by=library.nurse, loan_request_id=row.pk), NotNow)
    third = library.ask()
    ops.pick_proposed(by=library.assistant, loan_request_id=third.pk)
    assert "Put them back" in str(
        unchanged(lambda: ops.cancel_request(by=library.nurse, loan_request_id=third.pk), NotNow)
    )


def test_who_may_do_what(library):
    other_ward = make_department(site=library.site)
    unchanged(lambda: library.ask(department_id=other_ward.pk), Invalid)
    row = library.ask()
    unchanged(lambda: ops.pick_proposed(by=library.nurse, loan_request_id=row.pk), Denied)
    elsewhere = make_user(permissions=["lending.handle", "lending.view"], scope=("department", other_ward.pk))
    unchanged(lambda: ops.pick_proposed(by=elsewhere, loan_request_id=row.pk), Denied)
    unchanged(lambda: ops.collect_devices(by=library.nurse, asset_ids=library.ids[:1]), Denied)
    unchanged(lambda: ops.keep_pool(by=library.assistant, name="Mine"), Denied)
    stranger = make_user(permissions=["lending.view", "lending.ask"], scope=("department", other_ward.pk))
    assert LoanRequest.objects.visible_to(stranger).count() == 0


@pytest.mark.parametrize(
    ("entries", "field"),
    [
        ({"quantity": 0}, "quantity"),
        ({"quantity": 101}, "quantity"),
        ({"device_type_id": None}, "device_type_id"),
        ({"pool_id": 999_999}, "pool_id"),
        ({"until_at": timezone.now() - timedelta(days=1)}, "until_at"),
        ({"room_id": 999_999}, "room_id"),
    ],
)
def test_wrong_requests_name_the_field(library, entries, field):
    assert field in unchanged(lambda: library.ask(**{"quantity": 1, **entries}), Invalid).fields


def test_the_transition_table_reaches_every_state_and_ends_once():
    assert set(TRANSITIONS) == set(Custody)
    reached = {state for after in TRANSITIONS.values() for state in after}
    assert reached == set(Custody)
    assert [state for state in Custody if not TRANSITIONS[state]] == [Custody.LEFT]
