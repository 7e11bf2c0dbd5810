"""Analysers' files: read, mapped, matched, judged by our limits, taken in; and every kind of bad input told."""

import re
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.analyser_files import ANALYSER, HEADINGS, line, make_analyser, make_class_one, send, table
from tests.factories import make_site, make_user

from wardwright.apps.testing.models import Measurement, ResultFile, ResultMapping, TestReading, TestRecord
from wardwright.apps.testing.operations import (
    examine_results,
    leave_out_record,
    look_at_record,
    map_result_file,
    match_record,
    name_instrument,
    record_calibration,
    save_mapping,
    set_functions,
    shift_clock,
    take_in_records,
)
from wardwright.apps.testing.operations.results.reading import keep_file
from wardwright.kernel.analyser import TestRecord as Told
from wardwright.kernel.analyser import plain_record, record_from, write
from wardwright.platform.access.models import Grant, Role
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Denied, Guarded, Invalid, NotFound, NotNow

pytestmark = pytest.mark.django_db
BY = System("test")
TODAY = timezone.localdate()
YESTERDAY = TODAY - timedelta(days=1)


class Bench:
    """A site with an analyser in calibration and devices of class I."""

    def __init__(self):
        self.site = make_site()
        self.instrument = make_analyser(self.site, TODAY)
        self.assets = [make_class_one(self.site, accepted_on=TODAY - timedelta(days=900)) for _ in range(3)]

    def read(self, *lines, headings=HEADINGS, name="round.csv"):
        """A file whose columns are as proposed."""
        file = send(BY, self.site, table(lines, headings), name)
        if file.state == "mapping":
            file = map_result_file(by=BY, result_file_id=file.pk, mapping=file.mapping)
        return file

    def good(self, n=0, **given):
        return line(self.assets[n], YESTERDAY, **given)


@pytest.fixture
def bench():
    return Bench()


def rows(file):
    return list(TestRecord.objects.filter(file=file))


def codes(file):
    return [[one["code"] for one in row.problems if one["holds"]] for row in rows(file)]


def states(file):
    return [row.state for row in rows(file)]


# The good way ---------------------------------------------------------------------------------------------------


def test_a_table_waits_for_its_columns_and_is_then_read(bench):
    file = send(BY, bench.site, table([bench.good(0), bench.good(1)]))
    assert (file.state, file.form, TestRecord.objects.count()) == ("mapping", "table", 0)
    assert file.mapping["columns"]["asset_tag"] == "Asset number"
    file = map_result_file(by=BY, result_file_id=file.pk, mapping=file.mapping, save_as="Our export")
    assert (file.state, file.mapping_name, states(file)) == ("review", "Our export", ["good", "good"])
    assert [(row.asset_id, row.instrument_id, row.verdict) for row in rows(file)] == [
        (bench.assets[0].pk, bench.instrument.pk, "pass"),
        (bench.assets[1].pk, bench.instrument.pk, "pass"),
    ]
    assert ResultMapping.objects.get().name == "Our export"


def test_a_saved_mapping_is_used_for_the_next_file_of_its_kind(bench):
    first = send(BY, bench.site, table([bench.good(0)]))
    save_mapping(by=BY, name="Our export", mapping=first.mapping)
    second = send(BY, bench.site, table([bench.good(1)]), "second.csv")
    assert (second.state, second.mapping_name, states(second)) == ("review", "Our export", ["good"])
    with pytest.raises(Invalid, match="no mapping “Other”"):
        send(BY, bench.site, table([bench.good(2)]), "third.csv", mapping_name="Other")


def test_a_mapping_saved_again_is_its_next_version_and_one_that_holds_nothing_is_refused(bench):
    mapping = send(BY, bench.site, table([bench.good(0)])).mapping
    save_mapping(by=BY, name="Ours", mapping=mapping)
    row = save_mapping(by=BY, name="Ours", mapping={**mapping, "decimal_mark": ","})
    assert (row.version, row.mapping["decimal_mark"]) == (2, ",")
    with pytest.raises(Invalid, match="No column holds"):
        save_mapping(by=BY, name="Empty", mapping={**mapping, "rules": [], "checks": []})
    with pytest.raises(Invalid, match="Give the mapping a name"):
        save_mapping(by=BY, name=" ", mapping=mapping)


def test_readings_become_measurements_judged_by_our_limits(bench):
    file = bench.read(bench.good(0))
    (taken,) = take_in_records(by=BY, result_file_id=file.pk)
    assert (taken.state, taken.decided_by_name, ResultFile.objects.get().state) == ("taken", "test", "done")
    found = {one.quantity: one for one in Measurement.objects.all()}
    earth = found["protective_earth"]
    assert (earth.value, earth.unit, earth.high, earth.verdict, earth.source) == (
        Decimal("0.12"), "Ω", Decimal("0.3"), "pass", "file")  # fmt: skip
    assert earth.limit_source.startswith("IEC 62353:2014")
    assert (earth.asset_id, earth.instrument_id, earth.taken_by_name) == (
        bench.assets[0].pk, bench.instrument.pk, "T. Lang")  # fmt: skip
    assert earth.calibration.instrument_id == bench.instrument.pk
    assert timezone.localtime(earth.taken_at).strftime("%Y-%m-%d %H:%M") == f"{YESTERDAY} 10:30"
    assert (found["equipment_leakage"].high, found["insulation"].low is not None) == (Decimal(500), True)
    assert TestReading.objects.count() == 3


def test_what_the_analyser_passed_and_our_limit_fails_is_failed_and_both_are_kept(bench):
    headings = (*HEADINGS, "Equipment leakage direct result")
    file = bench.read([*bench.good(0, leakage="640"), "Pass"], headings=headings)
    take_in_records(by=BY, result_file_id=file.pk)
    reading = TestReading.objects.get(measurement__quantity="equipment_leakage")
    assert (reading.said_verdict, reading.measurement.verdict, reading.test_record.verdict) == ("pass", "fail", "fail")


def test_our_own_form_is_read_without_a_mapping(bench):
    told = write([record_from(plain) for plain in [
        {"device": {"asset_tag": bench.assets[0].tag}, "tested_at": f"{YESTERDAY}T09:00",
         "analyser": {"serial": ANALYSER}, "readings": [
             {"name": "Earth", "test": "protective_earth", "value": 0.1, "unit": "Ω"}]}]])  # fmt: skip
    file = send(BY, bench.site, told, "round.json")
    assert (file.form, states(file)) == ("wardwright-results", ["good"])


def test_a_record_is_kept_and_given_back_as_it_was():
    told = Told(note="x")
    assert record_from(plain_record(told)) == told


# Duplicates -----------------------------------------------------------------------------------------------------


def test_the_same_file_again_points_to_the_first(bench):
    first = bench.read(bench.good(0))
    with pytest.raises(NotNow, match=f"came in on .* already.*number {first.pk}"):
        send(BY, bench.site, table([bench.good(0)]), "other-name.csv")
    assert ResultFile.objects.count() == 1


def test_a_record_taken_in_from_another_file_is_marked(bench):
    take_in_records(by=BY, result_file_id=bench.read(bench.good(0)).pk)
    again = bench.read(bench.good(0), bench.good(1), name="both.csv")
    assert (codes(again), states(again)) == ([["already-taken"], []], ["refused", "good"])
    assert "round.csv" in str(rows(again)[0].problems[0])
    assert len(take_in_records(by=BY, result_file_id=again.pk, partly=True)) == 1
    assert Measurement.objects.count() == 6


def test_the_same_file_twice_at_once_is_refused_in_words(bench):
    """Both found nothing there; the second to write meets the first."""
    first = bench.read(bench.good(0))
    with open_change("test", BY), pytest.raises(NotNow, match=f"already.*number {first.pk}"):
        keep_file(ResultFile(site=bench.site, name="b.csv", digest=first.digest, came_at=timezone.now()))
    assert ResultFile.objects.count() == 1


# Bad input, each told ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("given", "code", "state"), [
    ({"tag": "", "serial": "SN-NOBODY"}, "unknown-device", "look"),
    ({"serial": "SN-NOBODY"}, "wrong-serial", "look"),
    ({"tag": "NOBODY-1"}, "wrong-tag", "look"),
    ({"tag": "", "serial": ""}, "no-device", "look"),
    ({"analyser": ""}, "no-instrument", "look"),
    ({"analyser": "Z-1"}, "unknown-instrument", "look"),
    ({"date": f"{TODAY + timedelta(days=40)} 10:00"}, "future", "look"),
    ({"date": "1980-01-01 00:10"}, "clock-not-set", "look"),
    ({"date": f"{TODAY - timedelta(days=1200)} 10:00"}, "before-device", "look"),
    ({"leakage": "80 V"}, "wrong-unit", "refused"),
    ({"earth": "210", "insulation": "0.08"}, "exchanged", "refused"),
    ({"leakage": "900000"}, "out-of-range", "refused"),
    ({"leakage": "8O"}, "unreadable-number", "refused"),
])  # fmt: skip
def test_each_fault_has_its_own_words_and_a_way_forward(bench, given, code, state):
    file = bench.read(bench.good(0, **given), bench.good(1))
    (first, second) = rows(file)
    held = {one["code"]: one for one in first.problems if one["holds"]}
    assert code in held
    assert (first.state, second.state) == (state, "good")
    assert held[code]["what"]
    assert held[code]["remedy"]
    with pytest.raises(NotNow, match="1 of 2 records cannot be taken in"):
        take_in_records(by=BY, result_file_id=file.pk)
    assert not Measurement.objects.exists()
    assert [row.number for row in take_in_records(by=BY, result_file_id=file.pk, partly=True)] == [2]


def test_a_serial_number_of_another_device_names_it(bench):
    file = bench.read(bench.good(0, serial=bench.assets[1].serial))
    assert bench.assets[1].tag in str(rows(file)[0].problems[0]["what"])


def test_a_value_beyond_our_instruments_range_is_refused(bench):
    set_functions(by=BY, instrument_id=bench.instrument.pk, functions=[
        {"quantity": "protective_earth", "unit": "Ω", "low": 0, "high": 2},
        {"quantity": "insulation", "unit": "MΩ", "low": 0, "high": 500},
        {"quantity": "equipment_leakage", "unit": "µA", "low": 0, "high": 1000}])  # fmt: skip
    file = bench.read(bench.good(0, leakage="4000"), bench.good(1))
    assert codes(file) == [["beyond-instrument"], []]
    assert "0 to 1000 µA" in str(rows(file)[0].problems)


def test_a_device_where_one_may_not_take_results_in_holds_its_record(bench):
    """Seeing a device of another site is not enough."""
    elsewhere = make_class_one(make_site(), accepted_on=TODAY - timedelta(days=900))
    user = make_user(permissions=["testing.view", "testing.results", "assets.view"], scope=("site", bench.site.pk))
    with open_change("test.grant", BY):
        role = Role.objects.create(code="looks", name="Looks", permissions=["assets.view"])
        Grant.objects.create(user=user, role=role, scope_kind="all")
    file = send(user, bench.site, table([line(elsewhere, YESTERDAY), bench.good(0)]))
    file = map_result_file(by=user, result_file_id=file.pk, mapping=file.mapping)
    assert codes(file) == [["not-your-device"], []]


def test_an_instrument_that_was_found_wrong_since_is_refused(bench):
    """Its readings were looked back for without these, which came too late."""
    record_calibration(
        by=BY, instrument_id=bench.instrument.pk, calibrated_on=TODAY, due_on=TODAY + timedelta(days=365),
        as_found="out", as_left="in_tolerance",
    )  # fmt: skip
    file = bench.read(bench.good(0, date=f"{TODAY - timedelta(days=1)} 10:00"))
    assert codes(file) == [["instrument-unfit"]]
    assert "found it out of tolerance" in str(rows(file)[0].problems[0]["what"])


def test_an_instrument_out_of_date_on_that_day_is_refused_and_may_be_overridden_by_name(bench):
    old = make_analyser(bench.site, TODAY, "OLD-1", days=500)
    file = bench.read(bench.good(0, analyser="OLD-1"), bench.good(1))
    first = rows(file)[0]
    assert (codes(file), first.state, first.instrument_id) == ([["instrument-unfit"], []], "refused", old.pk)
    with pytest.raises(Guarded, match="OLD-1 must not have judged"):
        take_in_records(by=BY, result_file_id=file.pk, record_ids=[first.pk])
    technician = make_user(permissions=["testing.view", "testing.results", "assets.view"])
    with pytest.raises(Guarded):
        take_in_records(by=technician, result_file_id=file.pk, record_ids=[first.pk], override_reason="I say so")
    head = make_user(permissions=["testing.view", "testing.results", "assets.view", "guardrails.override"])
    taken = take_in_records(by=head, result_file_id=file.pk, record_ids=[first.pk], override_reason="Calibrated since")
    assert [row.number for row in taken] == [1]


def test_an_instrument_in_date_on_that_day_counts_though_it_is_out_of_date_now(bench):
    make_analyser(bench.site, TODAY, "OLD-2", days=500)
    day = TODAY - timedelta(days=200)
    file = bench.read(bench.good(0, analyser="OLD-2", date=f"{day} 10:00"))
    assert states(file) == ["good"]


def test_a_file_that_cannot_be_read_leaves_nothing(bench):
    for data, words in ((b"", "empty"), (b'{"schema": "wardwright-results", "version": 9}', "Version 9"),
                        (b"\x00\x01\x02\x03" * 50, "neither a table")):  # fmt: skip
        with pytest.raises(Invalid, match=words):
            send(BY, bench.site, data, "bad.json")
    assert not ResultFile.objects.exists()


# The way forward --------------------------------------------------------------------------------------------------


def test_a_device_is_named_by_hand(bench):
    file = bench.read(bench.good(0, serial="SN-NOBODY"))
    (row,) = rows(file)
    with pytest.raises(Invalid, match="No device has this number"):
        match_record(by=BY, test_record_id=row.pk, asset_id=10**9)
    match_record(by=BY, test_record_id=row.pk, asset_id=bench.assets[0].pk)
    assert states(file) == ["good"]


def test_an_instrument_is_named_for_every_record_that_lacks_it(bench):
    file = bench.read(bench.good(0, analyser="Z-1"), bench.good(1, analyser="Z-1"), bench.good(2, analyser=""))
    name_instrument(by=BY, result_file_id=file.pk, instrument_id=bench.instrument.pk, analyser="Z-1")
    assert states(file) == ["good", "good", "look"]


def test_a_clock_is_put_right_by_a_stated_time(bench):
    ahead = TODAY + timedelta(days=364)
    file = bench.read(bench.good(0, date=f"{ahead} 10:30"), bench.good(1))
    shift_clock(by=BY, result_file_id=file.pk, minutes=-365 * 24 * 60, reason="A year ahead")
    assert states(file) == ["good", "good"]
    take_in_records(by=BY, result_file_id=file.pk)
    day = Measurement.objects.filter(asset=bench.assets[0]).values_list("taken_at", flat=True)[0]
    assert timezone.localdate(day) == ahead - timedelta(days=365)


def test_a_moment_is_entered_by_hand(bench):
    file = bench.read(bench.good(0, date="1980-01-01 00:10"))
    (row,) = rows(file)
    match_record(by=BY, test_record_id=row.pk, tested_at=timezone.now() - timedelta(hours=2))
    assert states(file) == ["good"]


def test_one_is_left_out_with_a_reason_and_taken_up_again(bench):
    file = bench.read(bench.good(0), bench.good(0, leakage="81"))
    assert codes(file) == [["same-moment"], ["same-moment"]]
    first, _second = rows(file)
    leave_out_record(by=BY, test_record_id=first.pk, reason="Cable was loose")
    assert states(file) == ["left_out", "good"]
    look_at_record(by=BY, test_record_id=first.pk)
    assert states(file) == ["look", "look"]


def test_what_was_registered_since_is_found(bench):
    file = bench.read(bench.good(0, analyser="NEW-1"))
    make_analyser(bench.site, TODAY, "NEW-1")
    assert states(examine_results(by=BY, result_file_id=file.pk)) == ["good"]


def test_columns_are_named_anew_until_something_is_taken_in(bench):
    file = bench.read(bench.good(0, earth="210", insulation="0.08"))
    mapping = file.mapping
    for rule in mapping["rules"]:
        swapped = {"protective_earth": ("insulation", "MΩ"), "insulation": ("protective_earth", "Ω")}
        rule["test"], rule["unit"] = swapped.get(rule["test"], (rule["test"], rule.get("unit", "")))
    file = map_result_file(by=BY, result_file_id=file.pk, mapping=mapping)
    assert states(file) == ["good"]
    take_in_records(by=BY, result_file_id=file.pk)
    with pytest.raises(NotNow, match="taken in"):
        map_result_file(by=BY, result_file_id=file.pk, mapping=mapping)


def test_taking_in_again_takes_nothing_twice(bench):
    file = bench.read(bench.good(0))
    (row,) = take_in_records(by=BY, result_file_id=file.pk)
    assert take_in_records(by=BY, result_file_id=file.pk, record_ids=[row.pk]) == []
    assert Measurement.objects.count() == 3


def test_only_who_may(bench):
    reader = make_user(permissions=["testing.view", "assets.view"])
    with pytest.raises(Denied):
        send(reader, bench.site, table([bench.good(0)]))
    elsewhere = make_user(permissions=["testing.results"], scope=("site", make_site().pk))
    with pytest.raises(Denied):
        send(elsewhere, bench.site, table([bench.good(0)]))
    file = bench.read(bench.good(0))
    with pytest.raises(Denied):
        take_in_records(by=reader, result_file_id=file.pk)


def test_nothing_queries_per_record(bench):
    def count(n, name):
        assets = [make_class_one(bench.site) for _ in range(n)]
        with CaptureQueriesContext(
            connection,
        ) as seen:
            file = bench.read(*(line(one, YESTERDAY) for one in assets), name=name)
            take_in_records(by=BY, result_file_id=file.pk)
        return len(seen)

    count(1, "warm.csv")
    assert count(2, "two.csv") == count(12, "twelve.csv")


def test_a_device_chosen_by_hand_that_the_next_person_cannot_see_waits_for_one_who_can(bench):
    file = bench.read(bench.good(0, serial="SN-NOBODY"), bench.good(1))
    row = rows(file)[0]
    match_record(by=BY, test_record_id=row.pk, asset_id=bench.assets[0].pk)
    other = make_user(permissions=["testing.view", "testing.results"])
    with pytest.raises(NotNow, match="No record of this file"):
        take_in_records(by=other, result_file_id=file.pk, partly=True)
    with pytest.raises(Invalid, match="out of your reach"):
        take_in_records(by=other, result_file_id=file.pk, record_ids=[row.pk])
    examine_results(by=other, result_file_id=file.pk)
    row.refresh_from_db()
    assert (codes(file)[0], row.state, row.asset_id, row.verdict) == (
        ["device-out-of-reach"], "look", bench.assets[0].pk, "pass")  # fmt: skip
    examine_results(by=BY, result_file_id=file.pk)
    assert states(file) == ["good", "good"]
    assert len(take_in_records(by=BY, result_file_id=file.pk)) == 2


def _locked(queries):
    """Of which table each statement asked, in order."""
    found = (re.search('FROM "testing_(result_file|test_record)"', one["sql"]) for one in queries)
    return [one[1] for one in found if one]


@pytest.mark.parametrize("decide", [
    lambda row, asset: match_record(by=BY, test_record_id=row.pk, asset_id=asset.pk),
    lambda row, asset: leave_out_record(by=BY, test_record_id=row.pk, reason="Cable was loose"),
])  # fmt: skip
def test_every_decision_takes_the_file_first_as_taking_in_does(bench, decide):
    """The first statement only asks which file it is; the file as it stands is what the decision changes."""
    file = bench.read(bench.good(0, serial="SN-NOBODY"))
    (row,) = rows(file)
    with CaptureQueriesContext(connection) as asked:
        decide(row, bench.assets[0])
    assert _locked(asked.captured_queries)[:3] == ["test_record", "result_file", "test_record"]
    assert "JOIN" not in asked.captured_queries[0]["sql"]


def test_a_record_that_is_not_there_is_told(bench):
    with pytest.raises(NotFound):
        leave_out_record(by=BY, test_record_id=10**20, reason="None")


def test_a_moment_without_a_zone_is_the_time_of_the_house(bench):
    file = bench.read(bench.good(0, date="1980-01-01 00:10"), bench.good(1, date="1980-01-01 00:10"))
    first, second = rows(file)
    at = datetime(YESTERDAY.year, YESTERDAY.month, YESTERDAY.day, 9, 15)
    match_record(by=BY, test_record_id=first.pk, tested_at=at)
    first.refresh_from_db()
    assert (first.state, first.tested_at) == ("good", timezone.make_aware(at))
    for odd, words in ((datetime.max, "not come yet"), (datetime.min, "before the year 1995")):
        with pytest.raises(Invalid, match=words):
            match_record(by=BY, test_record_id=second.pk, tested_at=odd)


# Mappings are everybody's ----------------------------------------------------------------------------------------


def test_a_mapping_that_is_there_is_changed_only_by_those_who_may_everywhere(bench):
    mapping = send(BY, bench.site, table([bench.good(0)])).mapping
    here = make_user(permissions=["testing.view", "testing.results"], scope=("site", bench.site.pk))
    changed = {**mapping, "decimal_mark": ","}
    assert save_mapping(by=here, name="Ours", mapping=mapping).version == 1
    assert save_mapping(by=here, name="Ours", mapping=mapping).version == 1
    with pytest.raises(Denied, match="shared by all sites"):
        save_mapping(by=here, name="Ours", mapping=changed)
    assert save_mapping(by=make_user(permissions=["testing.results"]), name="Ours", mapping=changed).version == 2


def test_columns_are_not_kept_under_the_name_of_others(bench):
    file = send(BY, bench.site, table([bench.good(0)]))
    save_mapping(by=BY, name="Ours", mapping=file.mapping)
    changed = {**file.mapping, "decimal_mark": ","}
    with pytest.raises(Invalid, match=r"“Ours” is the name of other columns\. Choose another name"):
        map_result_file(by=BY, result_file_id=file.pk, mapping=changed, save_as=" Ours ")
    assert ResultMapping.objects.get().version == 1
    file = map_result_file(by=BY, result_file_id=file.pk, mapping=file.mapping, save_as="Ours")
    assert (file.mapping_name, states(file)) == ("Ours", ["good"])


# Odd input -------------------------------------------------------------------------------------------------------


def _own(bench, *readings, **more):
    """A file of our own form with one record of the first device."""
    return write([record_from({
        "device": {"asset_tag": bench.assets[0].tag}, "tested_at": f"{YESTERDAY}T09:00",
        "analyser": {"serial": ANALYSER}, "readings": list(readings), **more})])  # fmt: skip


def test_a_limit_so_wide_that_it_is_none_is_left_out(bench):
    data = _own(bench, {"name": "Flow", "quantity": "flow", "value": 5, "unit": "ml/h", "low": -1e12, "high": 8},
                {"name": "Gas", "quantity": "gas", "value": 5, "unit": "%", "high": "999999999999.9999"})  # fmt: skip
    file = send(BY, bench.site, data, "wide.json")
    assert states(file) == ["good"]
    take_in_records(by=BY, result_file_id=file.pk)
    flow, gas = Measurement.objects.order_by("quantity")
    assert (flow.low, flow.high, flow.verdict) == (None, Decimal(8), "pass")
    assert (gas.low, gas.high, gas.verdict) == (None, None, "none")


def test_a_value_that_no_instrument_shows_is_refused(bench):
    data = _own(bench, {"name": "Flow", "quantity": "flow", "value": 10**12, "unit": "ml/h"})
    file = send(BY, bench.site, data, "huge.json")
    assert (codes(file), states(file)) == ([["beyond-instrument"]], ["refused"])


@pytest.mark.parametrize("odd", ["\\u0000", "\\ud800", "\\u0007"])
def test_text_that_nobody_can_read_is_refused_with_its_place(bench, odd):
    data = _own(bench, {"name": "FlowX", "value": 5}, extra={"KeyX": "1"})
    for place, given in (("/records/0/readings/0/name", b"FlowX"), ("/records/0/extra/Key", b"KeyX")):
        with pytest.raises(Invalid, match=re.escape(place) + ".* holds a character that is none: " + re.escape(odd)):
            send(BY, bench.site, data.replace(given, given[:-1] + odd.encode()), "odd.json")
    good = make_class_one(bench.site)
    told = {"tested_at": f"{YESTERDAY}T09:00", "checks": [{"name": "Case", "verdict": "pass"}]}
    both = write([record_from({**told, "device": {"asset_tag": tag}}) for tag in ("TagX", good.tag)])
    file = send(BY, bench.site, both.replace(b"TagX", b"Tag" + odd.encode()), "odd.json")
    assert (codes(file), states(file)) == ([["schema"], []], ["refused", "good"])


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00", "9999-12-31T23:59", "0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00"]
)
def test_a_year_that_no_clock_shows_is_to_be_entered_by_hand(bench, at, zone):
    told = record_from({"device": {"asset_tag": bench.assets[0].tag}, "tested_at": at,
                        "checks": [{"name": "Case", "verdict": "pass"}]})  # fmt: skip
    with timezone.override(zone):
        file = send(BY, bench.site, write([told]), "year.json")
        (row,) = rows(file)
        assert (codes(file), row.state, row.tested_at) == ([["impossible-date"]], "look", None)
        match_record(by=BY, test_record_id=row.pk, tested_at=timezone.now() - timedelta(hours=2))
    assert states(file) == ["good"]


def test_a_table_with_a_nul_is_refused(bench):
    with pytest.raises(Invalid, match=r"NUL byte in line 2|neither a table"):
        send(BY, bench.site, table([bench.good(0, leakage="8\0")]))
