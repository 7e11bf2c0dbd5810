"""The life of a case: given, put aside, brought back, joined, answered, closed, checked; and its clocks."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.factories import PASSWORD, make_asset, make_bulletin, make_notice, make_source, make_user, writes

from wardwright.apps.notices import operations as notices
from wardwright.apps.notices.models import Case, CaseNote, Exposure, Notice
from wardwright.apps.notices.operations.scopes import without_residue
from wardwright.apps.notices.queries import alike_cases
from wardwright.apps.notices.states import CaseState, CheckResult, Clock, Decision, Standing
from wardwright.kernel.bulletins import Kind, Severity
from wardwright.kernel.scope import Clause, Element, Form, Of, Scope, Span
from wardwright.platform.core.errors import Denied, Guarded, Invalid, NotNow, StaleEdit
from wardwright.platform.jobs.worker import work as run_jobs
from wardwright.platform.notify.mail.models import Mail
from wardwright.platform.signatures.signing import signatures_of

from .conftest import exposures

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
UNREAD = "Model Evita V500: the blue ones that hum"


@writes
def set_back(*, case, **values):
    """As if time had passed."""
    Case.objects.filter(pk=case.pk).update(**values)


def again(case):
    return Case.objects.get(pk=case.pk)


def diary(case):
    return list(CaseNote.objects.filter(case=case).values_list("text", flat=True))


def taken_again(system, notice, **given):
    """The source says something else of the same notice now."""
    run = notices.start_run(by=system, source_id=notice.source_id)
    taken = notices.take_in(by=system, run_id=run.pk, bulletins=[make_bulletin(ref=notice.ref, **given)])
    notices.finish_run(by=system, run_id=run.pk)
    notices.search_notices(by=system, notice_ids=taken.ids)


# Triage -----------------------------------------------------------------------------------------------------------


def test_triage_gives_it_to_somebody_and_starts_its_clocks(opened, owner):
    assert (opened.state, opened.owner, opened.plan) == (CaseState.OPEN, owner, "Exchange the motor")
    clocks = [opened.triage_by_at - opened.came_at, opened.locate_by_at - opened.triaged_at]
    assert [*clocks, opened.close_by_at - opened.triaged_at] == [
        timedelta(hours=24), timedelta(days=3), timedelta(days=14),
    ]  # fmt: skip
    assert diary(opened) == ["Given to Rosa Alvarez."]


def test_triage_needs_somebody_and_nobody_decides_twice_on_one_page(pumps, coordinator, owner):
    case = make_notice().case
    with pytest.raises(Invalid) as refused:
        notices.open_case(by=coordinator, case_id=case.pk, owner_id=0)
    assert list(refused.value.fields) == ["owner_id"]
    notices.open_case(by=coordinator, case_id=case.pk, owner_id=owner.pk, expected_version=case.version)
    with pytest.raises(StaleEdit):
        notices.open_case(by=coordinator, case_id=case.pk, owner_id=owner.pk, expected_version=case.version)


def test_a_class_that_the_source_did_not_give_is_set_at_triage(pumps, times, coordinator, owner):
    case = make_notice(severity=Severity.UNCLASSIFIED).case
    case = notices.open_case(by=coordinator, case_id=case.pk, owner_id=owner.pk, severity="I")
    assert (case.severity, case.gravity, (case.close_by_at - case.triaged_at).days) == ("I", 0, 14)


def test_a_notice_that_turns_graver_shortens_the_clocks(opened, coordinator, owner, system):
    notice = make_notice(severity=Severity.CLASS_III)
    case = notices.open_case(by=coordinator, case_id=notice.case_id, owner_id=owner.pk)
    assert (case.close_by_at - case.triaged_at).days == 120
    taken_again(system, notice, severity=Severity.CLASS_I)
    case = again(case)
    assert (case.severity, (case.close_by_at - case.triaged_at).days) == ("I", 14)


def test_whoever_only_sees_notices_takes_none(pumps, owner):
    case = make_notice().case
    with pytest.raises(Denied):
        notices.open_case(by=make_user(permissions=["notices.view"]), case_id=case.pk, owner_id=owner.pk)
    assert again(case).state == CaseState.NEW


# Put aside, and back ----------------------------------------------------------------------------------------------


def test_affected_devices_stand_in_the_way_of_putting_aside(pumps, coordinator):
    case = make_notice().case
    for act in (notices.dismiss_case, notices.file_none_owned):
        with pytest.raises(NotNow) as refused:
            act(by=coordinator, case_id=case.pk, reason="Not ours")
        assert "2" in str(refused.value)


def test_undecided_devices_stand_in_the_way_of_none_owned(pumps, coordinator):
    notice = make_notice(text="Model 8100: serial numbers 1001-1250 (excluding refurbished ones)")
    case = notice.case
    notices.decide_exposures(
        by=coordinator, exposure_ids=[exposures(case)[one].pk for one in ("1001", "1250")], decision=Decision.CLEARED,
        reason="Exchanged last year",
    )  # fmt: skip
    with pytest.raises(NotNow):
        notices.file_none_owned(by=coordinator, case_id=case.pk, reason="Read")


def test_what_a_person_filed_stays_filed_when_it_is_searched_for_again(pumps, coordinator, system):
    """It was not wholly understood, but somebody read it; only something new brings it back."""
    notice = make_notice(maker="Draeger Medical", text=UNREAD)
    notices.file_none_owned(by=coordinator, case_id=notice.case_id, reason="No Evita here")
    notices.search_notices(by=system, notice_ids=[notice.pk], cause="rules")
    case = again(notice.case)
    assert (case.state, case.reason) == (CaseState.NONE_OWNED, "No Evita here")
    taken_again(system, notice, maker="Draeger Medical", text=UNREAD + " and whistle")
    assert again(case).state == CaseState.NEW


def test_a_changed_status_alone_brings_nothing_back(pumps, coordinator, system):
    notice = make_notice(maker="Draeger Medical", text=UNREAD)
    notices.file_none_owned(by=coordinator, case_id=notice.case_id, reason="No Evita here")
    taken_again(system, notice, maker="Draeger Medical", text=UNREAD, title="Still going on")
    assert again(notice.case).state == CaseState.NONE_OWNED


def test_a_further_device_brings_back_what_was_put_aside(pumps, alaris, ward, coordinator, system):
    notice = make_notice(text="Model 8100: serial numbers 5000-5100")
    with pytest.raises(NotNow):  # nobody has looked at the plate of the one without a number
        notices.dismiss_case(by=coordinator, case_id=notice.case_id, reason="Ours are older")
    unsure = exposures(notice.case)[""].pk
    notices.decide_exposures(by=coordinator, exposure_ids=[unsure], decision=Decision.CLEARED, reason="Plate: 900")
    notices.search_notices(by=system, notice_ids=[notice.pk], cause="rules")
    notices.take_up_case(by=coordinator, case_id=notice.case_id, reason="To put it aside by hand")
    notices.dismiss_case(by=coordinator, case_id=notice.case_id, reason="Ours are older")
    notices.search_notices(by=system, notice_ids=[notice.pk], cause="rules")
    assert again(notice.case).state == CaseState.DISMISSED
    late = make_asset(device_model=alaris, site=ward.site, serial="5001")
    notices.search_devices(by=system, asset_ids=[late.pk])
    assert again(notice.case).state == CaseState.NEW


def test_a_new_device_opens_a_closed_case_again(opened, alaris, ward, coordinator, system):
    settle_all(coordinator, opened)
    notices.close_case(by=coordinator, case_id=opened.pk, conclusion="All exchanged")
    late = make_asset(device_model=alaris, site=ward.site, serial="1100")
    notices.search_devices(by=system, asset_ids=[late.pk])
    assert again(opened).state == CaseState.OPEN


def test_a_closed_case_is_opened_by_a_text_that_nobody_understands(opened, coordinator, system):
    settle_all(coordinator, opened)
    notices.close_case(by=coordinator, case_id=opened.pk, conclusion="All exchanged")
    notice = Notice.objects.get(case=opened)
    taken_again(
        system, notice, severity=Severity.CLASS_I, text=f"{notice.text}. Also the grey ones", maker="CareFusion"
    )
    case = again(opened)
    assert (case.state, case.needs_reading) == (CaseState.OPEN, True)


def test_an_exception_that_was_not_understood_spares_nothing():
    """What says nothing about the devices may only ever mean more of them, never fewer."""
    model = Element(of=Of.MODEL, form=Form.ONE, low="8100")
    unread = Element(of=Of.UNREAD, form=Form.ONE, span=Span(12, 30))
    text = "Model 8100, except the humming ones"
    scope = Scope(text, (Clause((model, unread)),), (Clause((model, unread)),), (Span(12, 30),))
    clear = without_residue(scope)
    assert (clear.clauses, clear.excluded, clear.unread) == ((Clause((model,)),), (), ())


def test_a_class_set_by_hand_outlives_the_next_revision(pumps, times, coordinator, owner, system):
    notice = make_notice(severity=Severity.UNCLASSIFIED)
    notices.open_case(by=coordinator, case_id=notice.case_id, owner_id=owner.pk, severity="I")
    taken_again(system, notice, severity=Severity.UNCLASSIFIED, title="The same again")
    assert again(notice.case).severity == "I"


def test_what_a_person_settled_outlives_a_changed_text_until_somebody_looks(pumps, coordinator, system):
    notice = make_notice(text="Model 8100: the first batch")
    means = 'means\n  model: "8100"\n  serial: "1251" to "1300"'
    notices.correct_scope(by=coordinator, notice_id=notice.pk, scope_text=means)
    taken_again(system, notice, text="Model 8100: serial numbers 1-9. A word was wrong", maker="CareFusion")
    now = Notice.objects.get(pk=notice.pk)
    assert (now.text_changed, again(notice.case).needs_reading) == (True, True)
    assert exposures(notice.case)["1251"].standing == Standing.CONFIRMED
    notices.confirm_scope(by=coordinator, notice_id=notice.pk)
    now = Notice.objects.get(pk=notice.pk)
    assert (now.text_changed, again(notice.case).needs_reading) == (False, False)


def test_a_cleared_device_that_a_new_text_names_is_to_be_decided_again(opened, coordinator, system):
    rows = exposures(opened)
    settle_all(coordinator, opened)
    unsure = rows["1251"]
    notices.decide_exposures(by=coordinator, exposure_ids=[unsure.pk], decision=Decision.CLEARED, reason="Outside")
    notices.close_case(by=coordinator, case_id=opened.pk, conclusion="All exchanged")
    taken_again(
        system, Notice.objects.get(case=opened), severity=Severity.CLASS_I, text="Model 8100: serial numbers 1001-1300"
    )
    row = Exposure.objects.get(pk=unsure.pk)
    assert (row.standing, row.decision, again(opened).state) == (Standing.CONFIRMED, Decision.OPEN, CaseState.OPEN)


def test_a_device_called_affected_brings_its_filed_case_back(pumps, coordinator):
    case = make_notice(text="Model 8100: serial numbers 5000-5100").case
    rows = exposures(case)
    notices.decide_exposures(
        by=coordinator, exposure_ids=[rows[""].pk], decision=Decision.CLEARED, reason="Its plate reads 900"
    )
    assert again(case).state == CaseState.NONE_OWNED
    notices.decide_exposures(by=coordinator, exposure_ids=[rows["1001"].pk], decision=Decision.AFFECTED)
    assert again(case).state == CaseState.NEW


def test_a_case_with_an_unread_part_is_not_closed(pumps, times, coordinator, owner):
    notice = make_notice(maker="Draeger Medical", text=UNREAD)
    notices.open_case(by=coordinator, case_id=notice.case_id, owner_id=owner.pk)
    with pytest.raises(Guarded) as refused:
        notices.close_case(by=coordinator, case_id=notice.case_id, conclusion="Done")
    assert "not understood" in str(refused.value)


# Joining ----------------------------------------------------------------------------------------------------------


def test_joining_brings_back_what_was_put_aside_and_keeps_the_graver_class(pumps, coordinator):
    grave = make_notice(severity=Severity.CLASS_I).case
    aside = make_notice(maker="Draeger Medical", text="Model Evita V500: all serial numbers").case
    assert aside.state == CaseState.NONE_OWNED
    into = notices.merge_cases(by=coordinator, case_id=grave.pk, into_id=aside.pk)
    assert (into.state, into.severity, into.counts["affected"]) == (CaseState.NEW, "I", 2)
    with pytest.raises(Invalid):
        notices.merge_cases(by=coordinator, case_id=into.pk, into_id=grave.pk)
    with pytest.raises(Invalid):
        notices.merge_cases(by=coordinator, case_id=into.pk, into_id=into.pk)


def test_joining_keeps_what_was_found_and_ordered(opened, coordinator):
    order = notices.order_work(by=coordinator, case_id=opened.pk, title="Exchange the motor")[0]
    notices.locate_exposures(by=coordinator, exposure_ids=[exposures(opened)["1001"].pk])
    fresh = make_notice().case
    notices.merge_cases(by=coordinator, case_id=fresh.pk, into_id=opened.pk)
    row = exposures(opened)["1001"]
    assert (row.order_number, row.located_at is not None) == (order.number, True)


def test_a_case_that_means_the_same_devices_is_proposed_to_be_joined(pumps):
    letter, recall = make_notice(kind=Kind.LETTER, ref="FSN 1").case, make_notice().case
    assert alike_cases(letter) == [(recall, 3)]  # serial 1251 is excluded by both
    old = make_notice(published_on=TODAY - timedelta(days=400)).case
    assert old not in [case for case, _shared in alike_cases(letter)]
    other = make_notice(text="Model 8100: serial number 1251").case
    assert [case for case, _shared in alike_cases(other)] == []


def test_joining_decides_nothing_for_a_device_that_the_other_text_names(pumps, coordinator):
    one, other = make_notice().case, make_notice(text="Model 8100: serial numbers 5000-5100").case
    row = exposures(other)["1001"]
    notices.decide_exposures(by=coordinator, exposure_ids=[row.pk], decision=Decision.CLEARED, reason="Not named")
    notices.merge_cases(by=coordinator, case_id=other.pk, into_id=one.pk)
    assert exposures(one)["1001"].is_affected


def test_a_later_notice_of_a_joined_case_goes_where_the_case_went(pumps, coordinator, system):
    source = make_source()
    first = make_notice(source=source, event="77001")
    into = make_notice().case
    notices.merge_cases(by=coordinator, case_id=first.case_id, into_id=into.pk)
    assert make_notice(source=source, event="77001").case_id == into.pk


# Closing and checking ---------------------------------------------------------------------------------------------


def settle_all(by, case):
    rows = exposures(case)
    notices.decide_exposures(by=by, exposure_ids=[rows[""].pk], decision=Decision.CLEARED, reason="Plate reads 900")
    affected = [rows["1001"].pk, rows["1250"].pk]
    notices.settle_exposures(by=by, exposure_ids=affected, outcome="corrected", evidence="New motor, seal 5")


def test_a_case_with_open_devices_is_not_closed(opened, coordinator):
    with pytest.raises(Guarded) as refused:
        notices.close_case(by=coordinator, case_id=opened.pk, conclusion="Done")
    assert (refused.value.rule, "3" in str(refused.value)) == ("notices.all-settled", True)
    assert again(opened).state == CaseState.OPEN


def test_closing_is_signed_and_the_signature_covers_how_each_device_stood(opened, coordinator):
    settle_all(coordinator, opened)
    case = notices.close_case(by=coordinator, case_id=opened.pk, conclusion="All exchanged", password=PASSWORD)
    assert (case.state, case.check_on) == (CaseState.CLOSED, TODAY + timedelta(days=30))
    assert [row[3:6] for row in case.closing] == [
        ["confirmed", "open", "corrected"], ["confirmed", "open", "corrected"], ["excluded", "open", ""],
        ["model_only", "cleared", ""],
    ]  # fmt: skip
    (signature,) = signatures_of(case)
    assert not signature.superseded


def test_a_check_that_finds_it_did_not_help_opens_the_case_again(opened, coordinator):
    with pytest.raises(NotNow):
        notices.check_effectiveness(by=coordinator, case_id=opened.pk, result=CheckResult.EFFECTIVE, note="x")
    settle_all(coordinator, opened)
    notices.close_case(by=coordinator, case_id=opened.pk, conclusion="All exchanged")
    case = notices.check_effectiveness(
        by=coordinator, case_id=opened.pk, result=CheckResult.NOT_EFFECTIVE, note="Pump 1001 stopped again"
    )
    assert (case.state, case.check_result) == (CaseState.OPEN, CheckResult.NOT_EFFECTIVE)


def test_the_makers_form_is_not_sent_in_the_future(opened, coordinator):
    with pytest.raises(Invalid):
        notices.answer_maker(by=coordinator, case_id=opened.pk, answered_on=TODAY + timedelta(days=1))
    case = notices.answer_maker(by=coordinator, case_id=opened.pk, answered_on=TODAY, note="By mail")
    assert (case.answered_on, case.answer_note) == (TODAY, "By mail")


# Clocks -----------------------------------------------------------------------------------------------------------


def test_a_clock_that_ran_out_is_told_once_and_again_only_later(opened, system):
    now = timezone.now()
    set_back(case=opened, locate_by_at=now - timedelta(hours=1))
    assert [notices.escalate_cases(by=system), notices.escalate_cases(by=system)] == [1, 0]
    case = again(opened)
    assert (case.escalations, case.escalated_clock) == (1, Clock.LOCATE)
    set_back(case=opened, escalated_at=now - timedelta(days=3))
    assert notices.escalate_cases(by=system) == 1
    set_back(case=opened, close_by_at=now - timedelta(minutes=1))
    assert notices.escalate_cases(by=system) == 1  # another clock, told at once
    assert again(opened).escalations == 3


def test_located_devices_stop_their_clock(opened, coordinator, system):
    set_back(case=opened, locate_by_at=timezone.now() - timedelta(hours=1))
    rows = exposures(opened)
    notices.decide_exposures(by=coordinator, exposure_ids=[rows[""].pk], decision=Decision.AFFECTED)
    notices.locate_exposures(by=coordinator, exposure_ids=[rows[one].pk for one in ("1001", "1250", "")])
    assert again(opened).located_at is not None
    assert notices.escalate_cases(by=system) == 0


def test_an_undecided_case_is_told_to_whoever_answers_for_cases(pumps, times, system, settings):
    settings.MAIL_URL = "smtp://127.0.0.1:1"
    reader = make_user(permissions=["notices.respond"], email="rosa@hospital.example")
    make_user(permissions=["notices.view"], email="nobody@hospital.example")
    case = make_notice().case
    set_back(case=case, triage_by_at=timezone.now() - timedelta(hours=1))
    assert notices.escalate_cases(by=system) == 1
    run_jobs(stop=lambda: False, once=True)
    assert list(Mail.objects.values_list("to", flat=True)) == [reader.email]


def test_an_exposure_that_a_person_decided_outlives_every_search(pumps, coordinator, system):
    notice = make_notice()
    row = exposures(notice.case)["1251"]
    notices.decide_exposures(by=coordinator, exposure_ids=[row.pk], decision=Decision.AFFECTED)
    notices.search_notices(by=system, notice_ids=[notice.pk], cause="rules")
    row = Exposure.objects.get(pk=row.pk)
    assert (row.standing, row.decision, row.is_affected) == (Standing.EXCLUDED, Decision.AFFECTED, True)
