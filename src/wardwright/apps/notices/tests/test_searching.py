"""From a notice to the devices it means, and from a device to the notices that mean it."""

import pytest
from tests.factories import (
    make_asset,
    make_bulletin,
    make_company,
    make_model,
    make_notice,
    make_source,
    make_supply,
    make_user,
    writes,
)

from wardwright.apps.notices.jobs import search_by_new_rules
from wardwright.apps.notices.models import Candidate, Case, Exposure, Notice, Search, SourceDocument
from wardwright.apps.notices.operations import (
    confirm_scope,
    correct_scope,
    finish_run,
    merge_cases,
    search_devices,
    search_notices,
    start_run,
    take_in,
    type_letter,
)
from wardwright.apps.notices.operations.background import search_inventory
from wardwright.apps.notices.operations.searching import changed_models
from wardwright.apps.notices.states import CaseState, ScopeState, Standing
from wardwright.kernel.bulletins import Refused, Severity
from wardwright.kernel.scope import READER
from wardwright.platform.core.errors import Denied, Invalid

pytestmark = pytest.mark.django_db


def standings(case):
    return {row.asset.serial if row.asset else str(row.supply): row.standing for row in
            Exposure.objects.filter(case=case).select_related("asset", "supply")}  # fmt: skip


def test_each_device_of_the_model_stands_where_its_serial_number_puts_it(pumps):
    notice = make_notice()
    assert standings(notice.case) == {
        "1001": Standing.CONFIRMED, "1250": Standing.CONFIRMED, "1251": Standing.EXCLUDED, "": Standing.MODEL_ONLY,
    }  # fmt: skip
    assert notice.case.state == CaseState.NEW
    assert notice.case.counts == {
        "affected": 2, "undecided": 1, "excluded": 1, "cleared": 0, "located": 0, "done": 0,
    }  # fmt: skip
    search = Search.objects.get(notice=notice)
    assert (search.devices, search.confirmed, search.model_only, search.review, search.excluded) == (4, 2, 1, 0, 1)


def test_none_owned_is_filed_by_itself_with_its_search(pumps):
    notice = make_notice(maker="Draeger Medical", text="Model Evita V500: all serial numbers")
    assert notice.case.state == CaseState.NONE_OWNED
    search = Search.objects.get(notice=notice)
    assert (search.devices, str(search.words)) == (4, "None owned.")
    assert Exposure.objects.count() == 0


def test_what_was_not_understood_is_never_none_owned(pumps):
    notice = make_notice(maker="Draeger Medical", text="Model Evita V500: the blue ones that hum")
    assert notice.case.state == CaseState.NEW
    assert notice.case.needs_reading


def test_a_new_device_is_asked_about_all_past_notices(pumps, alaris, ward, system):
    notice = make_notice()
    late = make_asset(device_model=alaris, site=ward.site, department=ward, serial="1100")
    assert search_devices(by=system, asset_ids=[late.pk]) == 1
    assert standings(notice.case)["1100"] == Standing.CONFIRMED


def test_a_device_of_a_model_that_nobody_had_brings_a_filed_case_back(ward, system):
    notice = make_notice(maker="Draeger Medical", text="Model Evita V500: all serial numbers")
    assert notice.case.state == CaseState.NONE_OWNED
    model = make_model(maker=make_company(name="Draeger Medical"), name="Evita V500")
    late = make_asset(device_model=model, site=ward.site, serial="A1")
    search_devices(by=system, asset_ids=[late.pk])
    case = Case.objects.get(pk=notice.case_id)
    assert (case.state, standings(case)) == (CaseState.NEW, {"A1": Standing.CONFIRMED})
    assert list(Candidate.objects.values_list("notice", "device_model")) == [(notice.pk, model.pk)]


def test_a_device_found_by_its_number_alone_is_not_lost_by_the_next_edit(ward, system):
    odd = make_asset(
        device_model=make_model(maker=make_company(name="Acme"), name="Zeta"), site=ward.site, serial="QX998877"
    )
    notice = make_notice(text="Model 8100: serial numbers QX998877, QX998878")
    before = standings(notice.case)
    search_devices(by=system, asset_ids=[odd.pk])
    assert (before, standings(notice.case)) == ({"QX998877": Standing.REVIEW}, {"QX998877": Standing.REVIEW})


def test_a_model_counts_as_searched_only_when_all_its_devices_were(ward, system):
    model = make_model(maker=make_company(name="Acme"), name="Zeta")
    one, other = (make_asset(device_model=model, site=ward.site, serial=serial) for serial in ("A1", "A2"))
    search_devices(by=system, asset_ids=[one.pk])
    assert changed_models() == [model.pk]
    search_inventory.func()
    assert changed_models() == []
    late = make_asset(device_model=model, site=ward.site, serial="A3")
    search_devices(by=system, asset_ids=[late.pk])
    assert (changed_models(), other.pk < late.pk) == ([], True)


def test_a_corrected_serial_number_takes_a_device_out(pumps, system):
    notice = make_notice()
    from wardwright.apps.assets.operations import change_asset

    change_asset(by=system, asset_id=pumps[0].pk, values={"serial": "2001"})
    search_devices(by=system, asset_ids=[pumps[0].pk])
    assert standings(notice.case)["2001"] == Standing.EXCLUDED


def test_a_lot_in_stock_is_meant_like_a_device():
    make_supply(name="Alaris 8100", maker="CareFusion", lot="L77")
    other = make_supply(name="Alaris 8100", maker="CareFusion", lot="L78")
    notice = make_notice(text="Model 8100: lot L77")
    assert standings(notice.case) == {"Alaris 8100 L77": Standing.CONFIRMED, str(other): Standing.EXCLUDED}


# Taking in --------------------------------------------------------------------------------------------------------


def taken(system, source, *bulletins):
    run = start_run(by=system, source_id=source.pk)
    take_in(by=system, run_id=run.pk, bulletins=bulletins)
    return finish_run(by=system, run_id=run.pk)


def test_the_same_revision_again_changes_nothing(system):
    source, bulletin = make_source(), make_bulletin()
    first, second = taken(system, source, bulletin), taken(system, source, bulletin)
    assert [(run.fetched, run.new, run.changed, run.unchanged) for run in (first, second)] == [
        (1, 1, 0, 0),
        (1, 0, 0, 1),
    ]
    assert SourceDocument.objects.count() == 1


def test_a_new_revision_is_kept_beside_the_old_one(system):
    source, bulletin = make_source(), make_bulletin()
    taken(system, source, bulletin)
    later = make_bulletin(ref=bulletin.ref, severity=Severity.CLASS_I, text="Model 8100: serial numbers 1-5")
    assert taken(system, source, later).changed == 1
    notice = Notice.objects.get()
    assert (notice.severity, notice.case.severity, notice.text) == ("I", "I", later.text)
    assert SourceDocument.objects.filter(notice=notice).count() == 2


def test_what_cannot_be_read_is_in_the_log_and_the_rest_comes(system):
    source = make_source()
    run = taken(system, source, Refused("a.json, record 2", "It has no number."), make_bulletin())
    assert (run.fetched, run.new, run.refused) == (2, 1, 1)


def test_two_sources_that_share_a_number_are_one_case(system):
    one, other = make_source(), make_source()
    first = make_bulletin(ref="Z-0815-2026")
    taken(system, one, first)
    taken(system, other, make_bulletin(ref="FSN-12", also_known_as=("Z-0815-2026",)))
    assert Case.objects.count() == 1
    assert sorted(Notice.objects.values_list("ref", flat=True)) == ["FSN-12", "Z-0815-2026"]


def test_products_of_one_event_are_one_case(system):
    source = make_source()
    taken(system, source, make_bulletin(event="77123"), make_bulletin(event="77123"), make_bulletin(event="77124"))
    assert Case.objects.count() == 2


def test_cases_joined_by_hand_keep_every_notice_and_what_was_decided(pumps, system):
    one, other = make_notice(), make_notice(text="Model 8100: serial numbers 1251-1300")
    into = merge_cases(by=system, case_id=other.case_id, into_id=one.case_id)
    search_notices(by=system, notice_ids=[one.pk])
    assert Notice.objects.filter(case=into).count() == 2
    assert standings(into)["1251"] == Standing.CONFIRMED
    assert Case.objects.get(pk=other.case_id).merged_into == into


# Scopes -----------------------------------------------------------------------------------------------------------


def test_a_person_corrects_what_was_read_and_the_search_follows(pumps, coordinator):
    notice = make_notice(text="Model 8100: the first batch")
    text = 'means\n  model: "8100"\n  serial: "1251" to "1300"'
    again = correct_scope(by=coordinator, notice_id=notice.pk, scope_text=text)
    assert again.scope_state == ScopeState.CORRECTED
    assert standings(again.case)["1251"] == Standing.CONFIRMED
    assert standings(again.case)["1001"] == Standing.EXCLUDED


def test_a_structure_that_cannot_be_read_is_refused_with_its_line(coordinator):
    notice = make_notice()
    with pytest.raises(Invalid) as refused:
        correct_scope(by=coordinator, notice_id=notice.pk, scope_text="means\n  colour: blue")
    assert "2" in refused.value.fields["scope_text"]
    assert Notice.objects.get(pk=notice.pk).scope == notice.scope


def test_what_a_person_read_and_found_to_say_nothing_is_a_remark_from_then_on(pumps, coordinator):
    notice = make_notice(text="Model 8100: serial numbers 1001-1250. The hum is blue")
    assert notice.case.needs_reading
    again = confirm_scope(by=coordinator, notice_id=notice.pk, nothing_unread=True)
    assert (again.understood, again.case.needs_reading) == ("wholly", False)
    assert standings(again.case)["1251"] == Standing.EXCLUDED


def test_a_letter_is_read_and_searched_for_at_once(pumps, coordinator):
    notice = type_letter(
        by=coordinator, text="Model 8100: serial numbers 1001-1250", maker="CareFusion", title="Pump may stop",
        reference="FSN 4711", severity="I",
    )  # fmt: skip
    assert (notice.ref, notice.title, notice.severity) == ("FSN 4711", "Pump may stop", "I")
    assert standings(notice.case)["1001"] == Standing.CONFIRMED


@writes
def read_by_an_older_reader(*, notice, **scope):
    """As if it had come when the reader made less of texts."""
    Notice.objects.filter(pk=notice.pk).update(read_by="2020.1", **scope)


def nothing_of(notice):
    return notice.scope | {"clauses": []}


def test_a_better_reader_reads_again_what_nobody_settled(pumps, coordinator):
    text = "CareFusion recall\nModel 8100: serial numbers 1001-1250"
    letter = type_letter(by=coordinator, text=text, maker="CareFusion", reference="FSN 4711")
    read_by_an_older_reader(notice=letter, scope=nothing_of(letter), understood="not")
    search_notices(by=coordinator, notice_ids=[letter.pk])
    assert Standing.CONFIRMED not in standings(letter.case).values()
    done = search_by_new_rules.func()
    assert (done["notices"], standings(letter.case)["1001"]) == (1, Standing.CONFIRMED)
    again = Notice.objects.get(pk=letter.pk)
    assert (again.scope, again.understood, again.read_by) == (letter.scope, letter.understood, READER)
    assert Search.objects.filter(notice=letter).first().cause == "rules"
    assert search_by_new_rules.func()["notices"] == 0


def test_what_a_person_settled_is_not_read_again(pumps, coordinator):
    text = "Model 8100: serial numbers 1001-1250"
    letter = type_letter(by=coordinator, text=text, maker="CareFusion", reference="FSN 4712")
    confirm_scope(by=coordinator, notice_id=letter.pk)
    read_by_an_older_reader(notice=letter, scope=nothing_of(letter), understood="not")
    search_by_new_rules.func()
    assert Notice.objects.get(pk=letter.pk).scope["clauses"] == []


@pytest.mark.parametrize(
    "raw", ["null", "[[1]]", '{"name": 1, "text": 2}', "[" * 5000, '[{"Number": "A1", "Lot": "12"}]']
)
def test_one_record_that_breaks_the_reader_holds_up_no_other(pumps, raw):
    bad, good = make_notice(raw=raw), make_notice()
    for notice in (bad, good):
        read_by_an_older_reader(notice=notice, searched_rules="old")
    assert search_by_new_rules.func()["notices"] == 2
    assert Notice.objects.get(pk=bad.pk).scope == bad.scope


def test_what_cannot_be_read_any_more_stays_as_it_was(pumps):
    notice = make_notice(raw='{"nothing": 1}')
    read_by_an_older_reader(notice=notice)
    search_by_new_rules.func()
    again = Notice.objects.get(pk=notice.pk)
    assert (again.scope, again.read_by, standings(notice.case)["1001"]) == (notice.scope, READER, Standing.CONFIRMED)


def test_whoever_may_not_review_changes_no_scope():
    notice = make_notice()
    with pytest.raises(Denied):
        confirm_scope(by=make_user(permissions=["notices.view"]), notice_id=notice.pk)
    assert Notice.objects.get(pk=notice.pk).scope_state == ScopeState.PROPOSED
