"""Inclusion rules: drafted, tried out, put in force; what they propose and what a plan remembers of them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Count
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import factories
from tests.factories import make_asset, make_type, writes

from wardwright.apps.maintenance.models import Plan, Rule, Schedule, WorkOrder
from wardwright.apps.maintenance.operations import (
    activate_rule,
    activate_waiting,
    change_rule,
    draft_rule,
    generate_due_work,
    load_reference,
    propose_plans,
)
from wardwright.apps.maintenance.operations.plans import activate_plan
from wardwright.apps.maintenance.queries import why_words
from wardwright.apps.maintenance.queries.inclusion import compare_with_force, inputs_of_types, rule_in_force
from wardwright.platform.audit.models import AuditChange, AuditRecord
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Denied, Invalid, NotNow, StaleEdit

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"
BANDS = [{"measure": "score", "low": "5", "months": 24}, {"measure": "score", "low": "14", "months": 3}]
OURS = {"name": "Ours", "formula": "function + 4 * life_support", "included_from": "5", "bands": BANDS}


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def shipped(system):
    load_reference(by=system)
    return {rule.preset: rule for rule in Rule.objects.all()}


@pytest.fixture
def types():
    """A ventilator (20 points), a centrifuge (9) and something nobody has judged, with one device each."""
    found = [
        make_type(name="Ventilator", fs_function=10, fs_risk=5, fs_maintenance=5, life_support=True),
        make_type(name="Centrifuge", fs_function=4, fs_risk=2, fs_maintenance=3),
        make_type(name="Something"),
    ]
    for kind in found:
        make_asset(device_type=kind)
    return found


def put_in_force(system: System, **values: object) -> Rule:
    draft = draft_rule(by=system, **{**OURS, **values})
    return activate_rule(by=system, rule_id=draft.pk, reason="Decided on the committee")


# Presets --------------------------------------------------------------------------------------------------------


def test_the_presets_are_there_once_and_a_is_in_force(shipped, system):
    assert {code: rule.state for code, rule in shipped.items()} == {
        "A": "active", "B": "aside", "C": "aside", "D": "aside", "E": "aside",
    }  # fmt: skip
    load_reference(by=system)
    assert Rule.objects.count() == 5


def test_a_preset_cannot_be_changed_and_is_copied_under_another_name(shipped, system):
    with pytest.raises(NotNow):
        change_rule(by=system, rule_id=shipped["B"].pk, formula="function")
    copy = draft_rule(by=system, copy_of=shipped["B"].pk)
    assert (copy.name, copy.number, copy.state, copy.preset) == ("House rule after Preset B", 1, "draft", "")
    assert [(band["low"], band["months"]) for band in copy.bands] == [("12", 12), ("15", 6), ("18", 3)]


def test_a_preset_that_asks_for_other_criteria_cannot_be_put_in_force(shipped, system):
    with pytest.raises(Invalid) as refused:
        activate_rule(by=system, rule_id=shipped["D"].pk, reason="Because")
    assert "A, E, F, P, U" in str(refused.value)
    assert Rule.objects.get(state="active").preset == "A"


def test_without_any_rule_preset_a_decides():
    row, rule = rule_in_force()
    assert (row, rule.name) == (None, "Preset A")


# Drafts ---------------------------------------------------------------------------------------------------------


def test_a_rule_goes_on_as_the_next_version_and_the_old_one_stays_as_it_was(shipped, system):
    first = put_in_force(system)
    second = draft_rule(by=system, copy_of=first.pk, formula="function")
    assert (second.name, second.number, second.bands) == ("Ours", 2, BANDS)
    activate_rule(by=system, rule_id=second.pk, reason="Simpler")
    first.refresh_from_db()
    assert (first.state, first.formula) == ("aside", OURS["formula"])
    change = AuditChange.objects.get(operation="maintenance.activate_rule", reason="Simpler")
    assert AuditRecord.objects.filter(change_id=change.pk).count() == 2


def test_a_name_has_one_draft(system):
    draft_rule(by=system, **OURS)
    with pytest.raises(NotNow):
        draft_rule(by=system, **OURS)
    assert Rule.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"formula": "function + colour"}, "formula", "at character 12: 'colour' is not known here"),
        ({"formula": "function +"}, "formula", "at character 11"),
        ({"bands": []}, "bands", "give 1 to 12 intervals"),
        ({"bands": [{"measure": "score", "low": "x", "months": 3}]}, "bands", "whole number of months"),
        ({"bands": [{"measure": "laser", "low": "1", "months": 3}]}, "bands", "'laser' is not in the formula"),
        ({"name": "Preset A"}, "name", "another name"),
        ({"included_from": "many"}, "included_from", "decimal number"),
    ],
)
def test_a_draft_that_makes_no_rule_is_refused_where_it_is_wrong(system, values, field, words):
    with pytest.raises(Invalid) as refused:
        draft_rule(by=system, **{**OURS, **values})
    assert (list(refused.value.fields), words in str(refused.value.fields[field])) == ([field], True)
    assert Rule.objects.count() == 0


def test_a_stale_edit_and_an_edit_of_what_was_in_force_are_refused(system):
    draft = draft_rule(by=system, **OURS)
    change_rule(by=system, rule_id=draft.pk, expected_version=1, source="Committee")
    with pytest.raises(StaleEdit):
        change_rule(by=system, rule_id=draft.pk, expected_version=1, source="Somebody")
    activate_rule(by=system, rule_id=draft.pk, reason="Decided")
    with pytest.raises(NotNow):
        change_rule(by=system, rule_id=draft.pk, formula="function")
    with pytest.raises(NotNow):
        activate_rule(by=system, rule_id=draft.pk, reason="Again")


def test_putting_in_force_needs_a_reason_and_the_right_for_every_site(system):
    draft = draft_rule(by=system, **OURS)
    with pytest.raises(Invalid):
        activate_rule(by=system, rule_id=draft.pk, reason=" ")
    planner = factories.make_user(permissions=["maintenance.plan"], scope=("site", factories.make_site().pk))
    for refused in (
        lambda: activate_rule(by=planner, rule_id=draft.pk, reason="Mine"),
        lambda: change_rule(by=planner, rule_id=draft.pk, formula="function"),
        lambda: draft_rule(by=planner, **{**OURS, "name": "Mine"}),
    ):
        with pytest.raises(Denied):
            refused()
    draft.refresh_from_db()
    assert (draft.state, draft.formula, Rule.objects.count()) == ("draft", OURS["formula"], 1)


# What it proposes -----------------------------------------------------------------------------------------------


def test_proposals_go_by_the_rule_in_force_and_remember_it(system, types):
    rule = put_in_force(system)
    found = {plan.device_type.name: plan for plan in propose_plans(by=system)}
    assert {name: (plan.strategy, plan.interval, plan.risk_score) for name, plan in found.items()} == {
        "Ventilator": ("maker", 3, 14), "Centrifuge": ("none", 12, 4), "Something": ("maker", 12, None),
    }  # fmt: skip
    assert found["Ventilator"].judged == {
        "rule": "Ours", "version": 1, "rule_id": rule.pk, "formula": OURS["formula"], "included_from": "5.00",
        "inputs": {"function": "10", "life_support": "1"}, "score": "14", "included": True, "months": 3,
    }  # fmt: skip
    assert "Ours, version 1 (function + 4 * life_support) gives 14" in found["Ventilator"].why


def test_a_rule_is_chosen_by_name_or_letter_and_a_draft_is_not(shipped, system, types):
    draft_rule(by=system, **OURS)
    with pytest.raises(Invalid, match="draft"):
        propose_plans(by=system, rule="Ours")
    with pytest.raises(Invalid, match="There is no rule"):
        propose_plans(by=system, rule="Theirs")
    assert Plan.objects.count() == 0
    proposed = propose_plans(by=system, rule="b")
    assert {plan.device_type.name: plan.interval for plan in proposed}["Ventilator"] == 3
    assert {plan.judged["rule"] for plan in proposed} == {"Preset B"}


def test_work_made_from_a_proposed_plan_says_by_which_rule(system, types, today):
    put_in_force(system)
    plan = next(p for p in propose_plans(by=system) if p.device_type.name == "Ventilator")
    activate_plan(by=system, plan_id=plan.pk)
    generate_due_work(by=system, until=today.replace(year=today.year + 1), today=today)
    words = why_words(WorkOrder.objects.filter(plan=plan).first())
    assert "The rule “Ours”, version 1, gives the type a score of 14." in words


def test_a_type_below_the_threshold_stays_in_where_its_attributes_say_so(system):
    xray = make_type(name="X-ray", fs_function=4, fs_risk=2, fs_maintenance=3, imaging=True)
    make_asset(device_type=xray)
    put_in_force(system)
    (plan,) = propose_plans(by=system)
    assert (plan.strategy, plan.interval, "it stays in" in plan.why) == ("maker", 12, True)


def test_a_formula_without_a_result_asks_for_a_judgement_instead_of_failing(system, types):
    put_in_force(system, formula="function / life_support")
    found = {plan.device_type.name: plan for plan in propose_plans(by=system)}
    assert (found["Centrifuge"].interval, found["Centrifuge"].judged["score"]) == (12, None)
    assert "divided by zero" in found["Centrifuge"].why


def test_what_a_formula_may_ask_for_is_counted_over_all_devices(types, today):
    ventilator = types[0]
    make_asset(device_type=ventilator)
    for days in (3, 40, 400):
        report(asset=make_asset(device_type=types[1]), days=days, today=today)
    inputs = inputs_of_types(types, today)
    assert (inputs[ventilator.pk]["devices"], inputs[ventilator.pk]["repairs_per_year"]) == (2, Decimal(0))
    assert (inputs[types[1].pk]["devices"], inputs[types[1].pk]["repairs_per_year"]) == (4, Decimal("0.5"))
    assert inputs[ventilator.pk]["incident_history"] == -2
    assert inputs[types[2].pk]["function"] is None


@writes
def report(*, asset, days, today):
    order = factories.make_work_order(asset=asset, kind="corrective")
    WorkOrder.objects.filter(pk=order.pk).update(reported_at=timezone.now() - timedelta(days=days))


def test_the_comparison_names_the_types_that_change(shipped, system, types):
    draft = draft_rule(by=system, **OURS)
    changes = {change.kind.name: change for change in compare_with_force(draft.read(), timezone.localdate())}
    assert {name: change.differs for name, change in changes.items()} == {
        "Ventilator": True, "Centrifuge": False, "Something": False,
    }  # fmt: skip
    assert (changes["Ventilator"].before.months, changes["Ventilator"].after.months) == (6, 3)


# Pages ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def client():
    found = Client()
    found.force_login(factories.make_user(permissions=["maintenance.view", "maintenance.plan"]), backend=BACKEND)
    return found


def typed(**more):
    return {
        "name": "Ours", "formula": "function + 4 * life_support", "included_from": "5", "measure_0": "score",
        "low_0": "5", "months_0": "24", "measure_1": "score", "low_1": "14", "months_1": "3", **more,
    }  # fmt: skip


def test_a_preset_is_copied_edited_tried_out_and_put_in_force(client, shipped, types):
    copied = client.post(reverse("copy-rule", args=[shipped["A"].pk]))
    draft = Rule.objects.get(state="draft")
    assert copied["Location"] == reverse("edit-rule", args=[draft.pk])
    tried = client.post(reverse("preview-rule", args=[draft.pk]), typed()).content.decode()
    assert ("1 device type would change" in tried, "every 3 months" in tried) == (True, True)
    saved = client.post(copied["Location"], {**typed(), "expected_version": draft.version})
    assert saved["Location"] == reverse("rule", args=[draft.pk])
    client.post(reverse("activate-rule", args=[draft.pk]), {"reason": "Decided"})
    draft.refresh_from_db()
    assert (draft.name, draft.state, draft.approval_reason, Rule.objects.get(preset="A").state) == (
        "Ours", "active", "Decided", "aside",
    )  # fmt: skip


def test_a_wrong_formula_is_marked_where_it_is_wrong_and_nothing_is_saved(client, system):
    draft = draft_rule(by=system, **OURS)
    tried = client.post(reverse("preview-rule", args=[draft.pk]), typed(formula="function + colour"))
    assert "function + <mark>c</mark>olour" in tried.content.decode()
    sent = client.post(reverse("edit-rule", args=[draft.pk]), typed(formula="function + colour"))
    assert (sent.status_code, "at character 12" in sent.content.decode()) == (422, True)
    draft.refresh_from_db()
    assert draft.formula == OURS["formula"]


def test_an_interval_with_half_its_entries_is_refused(client, system):
    draft = draft_rule(by=system, **OURS)
    sent = client.post(reverse("edit-rule", args=[draft.pk]), typed(months_1=""))
    assert (sent.status_code, "Give both, or leave both empty." in sent.content.decode()) == (422, True)


def test_who_plans_for_one_site_reads_rules_and_tries_none_out(system):
    draft = draft_rule(by=system, **OURS)
    user = factories.make_user(
        permissions=["maintenance.view", "maintenance.plan"], scope=("site", factories.make_site().pk)
    )
    reader = Client()
    reader.force_login(user, backend=BACKEND)
    read = reader.get(reverse("rule", args=[draft.pk])).content.decode()
    assert ("function + 4 * life_support" in read, "What it would change" in read) == (True, False)
    assert (
        "Only who plans for every site"
        in reader.post(reverse("preview-rule", args=[draft.pk]), typed()).content.decode()
    )


# The command ----------------------------------------------------------------------------------------------------


def test_activating_takes_the_proposals_that_were_waiting_and_names_what_is_refused(system, types):
    assert len(propose_plans(by=system)) == 3
    factories.make_plan(state="proposed", applies_to="asset", asset=None, name="For nothing")
    assert propose_plans(by=system) == []
    done = activate_waiting(by=system)
    assert (len(done.plans), [plan.name for plan, _why in done.refused]) == (3, ["For nothing"])
    states = dict(Plan.objects.values_list("state").annotate(n=Count("pk")).order_by())
    assert (states, Schedule.objects.count()) == ({"active": 3, "proposed": 1}, 2)
