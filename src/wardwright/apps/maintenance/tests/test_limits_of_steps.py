"""Steps that name a row of the table of limits: looked up for the device when work begins."""

from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.factories import make_asset, make_model, make_procedure, make_user, make_work_order

from wardwright.apps.assets.models import DeviceModel
from wardwright.apps.assets.operations import change_device_model
from wardwright.apps.maintenance.models import StepResult, WorkOrder
from wardwright.apps.maintenance.operations import close_work, record_results, start_work
from wardwright.apps.testing.models import Measurement
from wardwright.apps.testing.operations import change_draft, create_procedure, draft_version
from wardwright.apps.testing.queries import (
    asks_per_part,
    frozen_limit,
    limit_choices,
    limit_table,
    newest_version,
    previews,
    query_of,
    steps_for,
)
from wardwright.kernel.limits import NotApplicable, UnknownLimit, find_limit
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Invalid

pytestmark = pytest.mark.django_db
BY = System("test")
TODAY = timezone.localdate()
EARTH = {"standard": "IEC 62353", "test": "protective_earth"}
LEAK = {"standard": "IEC 62353", "test": "equipment_leakage", "method": "direct"}
PART = {"standard": "IEC 62353", "test": "applied_part_leakage", "method": "direct"}


def step(key, limit, **given):
    words = {"section": "safety", "kind": "reading", "text": key.capitalize(), "unit": "µA"}
    return {"key": key, **words, "limit": limit, **given}


STEPS = [step("earth", EARTH, unit="Ω"), step("leakage", LEAK), step("part-leakage", PART)]


def order_for(electrical_class="I", applied_parts="ECG CF, SpO₂ BF", steps=STEPS, begin=True):
    model = make_model(electrical_class=electrical_class, applied_parts=applied_parts)
    order = make_work_order(asset=make_asset(device_model=model), procedure_version=make_procedure(steps=steps))
    return start_work(by=BY, work_order_id=order.pk) if begin else order


def figures(order):
    return [(one["key"], one["low"], one["high"], one["unit"], one["quantity"]) for one in order.steps]


def test_limits_are_frozen_for_the_class_and_each_applied_part():
    order = order_for()
    assert figures(order) == [
        ("earth", None, "0.3", "Ω", "protective_earth"),
        ("leakage", None, "500", "µA", "equipment_leakage"),
        ("part-leakage.ecg", None, "50", "µA", "applied_part_leakage.ecg"),
        ("part-leakage.spo2", None, "5000", "µA", "applied_part_leakage.spo2"),
    ]
    assert order.steps[2]["text"] == "Part-leakage: ECG CF"
    assert order.steps[1]["limit_source"] == "IEC 62353:2014 5.3.3.2"
    assert order.steps[2]["limit_row"]["verified"] == "V2"


def test_one_applied_part_without_a_name_is_compared_as_the_test():
    order = order_for("II", "CF")
    earth, leakage, part = order.steps
    assert (leakage["high"], part["key"], part["quantity"]) == ("100", "part-leakage.cf", "applied_part_leakage")
    assert "no protective earth" in earth["not_applicable"]["say"][0]
    assert (earth["required"], earth["high"]) == (False, None)


def test_what_does_not_apply_needs_no_answer_and_takes_none():
    order = order_for("II", "B")
    assert [("not_applicable" in one) for one in order.steps] == [True, False, True]
    with pytest.raises(Invalid, match="does not apply"):
        record_results(by=BY, work_order_id=order.pk, results=[{"key": "earth", "value": "0.1"}])
    closed = close_work(by=BY, work_order_id=order.pk, verdict="pass", results=[{"key": "leakage", "value": "40"}])
    assert closed.state == "closed"


@pytest.mark.parametrize(("electrical_class", "applied_parts", "said"), [
    ("none", "BF", "not electrical"), ("I", "none", "no applied part"), ("IP", "BF", "no mains part"),
])  # fmt: skip
def test_the_reason_is_said(electrical_class, applied_parts, said):
    order = order_for(electrical_class, applied_parts)
    assert any(said in str(one.get("not_applicable")) for one in order.steps)


def test_nothing_is_guessed_and_a_reading_is_judged_once_the_class_is_known():
    order = order_for("", "")
    assert [one.get("missing") for one in order.steps] == ["electrical_class", "electrical_class", "applied_parts"]
    record_results(by=BY, work_order_id=order.pk, results=[{"key": "leakage", "value": "120"}])
    assert Measurement.objects.values_list("verdict", "high").get() == ("none", None)
    change_device_model(by=BY, device_model_id=order.asset.device_model_id,
                        values={"electrical_class": "II", "applied_parts": "CF"})  # fmt: skip
    record_results(by=BY, work_order_id=order.pk, results=[{"key": "part-leakage.cf", "value": "60"}])
    order = WorkOrder.objects.get(pk=order.pk)
    assert [(one["key"], one.get("missing")) for one in order.steps] == [
        ("earth", None), ("leakage", None), ("part-leakage.cf", None)]  # fmt: skip
    judged = dict(StepResult.objects.filter(work_order=order).values_list("key", "outcome"))
    assert judged == {"leakage": "fail", "part-leakage.cf": "fail"}
    assert sorted(Measurement.objects.values_list("verdict", "high")) == [("fail", Decimal(50)), ("fail", Decimal(100))]


def test_a_reading_on_an_exclusive_limit_fails():
    order = order_for(steps=[step("earth", {"standard": "NFPA 99", "test": "protective_earth"}, unit="Ω")])
    (result,) = record_results(by=BY, work_order_id=order.pk, results=[{"key": "earth", "value": "0.50"}])
    assert result.outcome == "fail"


def test_every_limit_that_can_be_chosen_is_frozen_as_the_table_has_it():
    """Generative over the whole table: what is frozen equals what the kernel finds."""
    seen = 0
    for choice, one, part in product(limit_choices(TODAY), ("I", "II", "IP"), ("B", "BF", "CF")):
        (frozen,) = steps_for([step("one", choice.limit)], DeviceModel(electrical_class=one, applied_parts=part), TODAY)
        asked = query_of(choice.limit, TODAY, equipment_class=one)
        if asks_per_part(limit_table(), choice.limit):
            asked = replace(asked, applied_part=part)
        try:
            row = find_limit(limit_table(), asked)
        except NotApplicable:
            assert "not_applicable" in frozen
            continue
        except UnknownLimit:
            assert frozen["missing"] == "limit"
            continue
        assert frozen_limit(frozen) == replace(row, note="")
        assert (Decimal(frozen[row.bound]), frozen["unit"]) == (row.figure, row.unit)
        seen += 1
    assert seen > 200


# Writing such steps ---------------------------------------------------------------------------------------------


def draft(limit, **given):
    procedure = create_procedure(by=BY, code="P-1", title="Safety")
    version = newest_version(procedure.pk)
    change_draft(by=BY, version_id=version.pk, steps=[step("one", limit, **given)])
    return version


def test_a_step_is_kept_as_the_table_spells_it():
    version = draft({"standard": "62353", "test": "Equipment leakage", "method": "Direct"}, rule="ISO 14253-1")
    (kept,) = version.frozen_steps()
    assert kept["limit"] == LEAK
    assert (kept["unit"], kept["limit_source"], kept["rule"], kept["low"]) == ("µA", "IEC 62353", "iso14253", None)
    again = draft_version(by=BY, procedure_id=version.procedure_id)
    assert again.frozen_steps() == [kept]


@pytest.mark.parametrize(("given", "said"), [
    ({"limit": {"standard": "IEC 1", "test": "insulation"}}, "There are no limits of 'IEC 1'"),
    ({"limit": {"standard": "IEC 62353", "test": "equipment_leakage"}}, "Name the method"),
    ({"limit": LEAK | {"condition": "NC"}}, "knows no normal and single-fault condition"),
    ({"limit": LEAK, "high": 400}, "not both"),
    ({"limit": LEAK, "kind": "check"}, "Only a reading has limits"),
    ({"limit": LEAK, "rule": "rss"}, "a lower and an upper limit"),
    ({"limit": LEAK, "rule": "uncritical"}, "for screening"),
])  # fmt: skip
def test_a_step_that_the_table_does_not_have_is_refused_in_words(given, said):
    with pytest.raises(Invalid) as caught:
        draft(**given)
    assert said in str(caught.value.way_forward)


def test_what_a_test_comes_to_is_shown_for_each_class_and_part():
    shown = {(one.electrical_class, one.applied_part): one.row and one.row.figure for one in previews(PART, TODAY)}
    assert shown == {(c, p): {"B": None, "BF": 5000, "CF": 50}[p] for c in ("I", "II", "IP") for p in ("B", "BF", "CF")}


# On the page ----------------------------------------------------------------------------------------------------


def test_the_page_says_what_is_missing_and_what_does_not_apply(client):
    order = order_for("", "none")
    by = make_user(permissions=["maintenance.view", "maintenance.perform", "testing.view"])
    client.force_login(by)
    page = client.get(reverse("perform", args=[order.pk])).content.decode()
    assert "the electrical class of this model is missing" in page
    assert "This device has no applied part." in page
    assert 'name="a-part-leakage"' not in page
