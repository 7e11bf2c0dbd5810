"""The plan form: choosing by name, criteria that can be changed again, and the live number of devices."""

import pytest
from django.test import Client
from django.urls import reverse
from tests import factories
from tests.factories import (
    make_asset,
    make_company,
    make_department,
    make_model,
    make_plan,
    make_site,
    make_type,
    make_user,
)

from wardwright.apps.maintenance.models import Plan, Schedule

pytestmark = pytest.mark.django_db
MAY = ["maintenance.view", "maintenance.plan", "assets.view", "directory.view"]
SENT = {
    "name": "Pumps", "strategy": "maker", "interval_kind": "months", "interval": 12, "season_day": 1, "basis": "fixed",
    "window_before_days": 0, "window_after_days": 0, "grace_days": 0, "minutes": 30, "priority": 3,
}  # fmt: skip


def client_of(**given) -> Client:
    client = Client()
    user = factories.make_user(permissions=MAY, **given)
    client.force_login(user, backend="wardwright.platform.access.login.PasswordBackend")
    return client


@pytest.fixture
def client() -> Client:
    return client_of()


@pytest.fixture
def pumps():
    """Three pumps of one type in two wards, and one other device."""
    kind, site = make_type(name="Infusion pump", life_support=True), make_site()
    ward, other = make_department(site=site), make_department(site=site)
    for department in (ward, ward, other):
        make_asset(device_type=kind, site=site, department=department)
    make_asset()
    return kind, ward


def test_a_filter_plan_is_made_shown_and_changed_again(client, pumps):
    kind, ward = pumps
    chosen = {"applies_to": "filter", "filter_types": [kind.pk], "filter_departments": [ward.pk]}
    assert client.post(reverse("new-plan"), {**SENT, **chosen}).status_code == 302
    plan = Plan.objects.get()
    assert plan.filter == {"device_type_id": [kind.pk], "department_id": [ward.pk]}
    client.post(reverse("activate-plan", args=[plan.pk]))
    assert Schedule.objects.filter(plan=plan, is_active=True).count() == 2
    page = client.get(reverse("edit-plan", args=[plan.pk]))
    form = page.context["form"]
    assert (form["filter_types"].value(), form["filter_departments"].value()) == ([str(kind.pk)], [str(ward.pk)])
    plan.refresh_from_db()
    changed = {"applies_to": "filter", "filter_types": [kind.pk], "filter_flags": ["device_type__life_support"]}
    sent = {**SENT, **changed, "filter_risk": "", "expected_version": plan.version}
    assert client.post(reverse("edit-plan", args=[plan.pk]), sent).status_code == 302
    plan.refresh_from_db()
    assert plan.filter == {"device_type_id": [kind.pk], "device_type__life_support": True}
    assert Schedule.objects.filter(plan=plan, is_active=True).count() == 3


def test_criteria_that_only_the_api_knows_stay_when_the_form_is_saved(client, pumps):
    kind, _ward = pumps
    plan = make_plan(applies_to="filter", filter={"device_type_id": kind.pk, "ownership": "owned"}, state="proposed")
    form = client.get(reverse("edit-plan", args=[plan.pk])).context["form"]
    assert (form.kept, form["filter_types"].value()) == ({"ownership": "owned"}, [str(kind.pk)])
    client.post(reverse("edit-plan", args=[plan.pk]), {**SENT, "applies_to": "filter", "filter_statuses": ["in_store"]})
    plan.refresh_from_db()
    assert plan.filter == {"ownership": "owned", "status": ["in_store"]}


def test_a_plan_from_a_register_keeps_its_devices_and_its_type(client, pumps):
    kind, _ward = pumps
    plan = make_plan(applies_to="filter", filter={"listed": True}, device_type=kind)
    client.post(reverse("edit-plan", args=[plan.pk]), {**SENT, "applies_to": "filter", "interval": 6})
    plan.refresh_from_db()
    assert (plan.filter, plan.device_type_id, plan.interval) == ({"listed": True}, kind.pk, 6)


def test_models_are_found_while_typing_and_several_are_chosen(client):
    maker = make_company(name="Dräger")
    evita, carina = (make_model(maker=maker, name=name) for name in ("Evita V600", "Carina"))
    make_model(name="Evita copy")
    for typed, found in (("evita dräg", "Dräger Evita V600"), ("V600", "Dräger Evita V600")):
        names = client.get(reverse("model-names"), {"model": typed}).content.decode()
        assert (found in names, "Evita copy" in names) == (True, False), typed
    names = client.get(reverse("model-names"), {"filter_models": "Dräger Evita V600; cari"}).content.decode()
    assert 'value="Dräger Evita V600; Dräger Carina"' in names
    chosen = {"applies_to": "filter", "filter_models": "Dräger Evita V600; dräger carina"}
    client.post(reverse("new-plan"), {**SENT, **chosen})
    plan = Plan.objects.get()
    assert set(plan.filter["device_model_id"]) == {evita.pk, carina.pk}
    shown = client.get(reverse("edit-plan", args=[plan.pk])).context["form"]["filter_models"].value()
    assert set(shown.split("; ")) == {"Dräger Evita V600", "Dräger Carina"}


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"applies_to": "type", "device_type": "Infusion pimp"}, "device_type"),
        ({"applies_to": "type"}, "device_type"),
        ({"applies_to": "filter"}, "filter_types"),
        ({"applies_to": "filter", "filter_models": "Nothing"}, "filter_models"),
        ({"applies_to": "filter", "filter_risk": "many"}, "filter_risk"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(client, pumps, sent, field):
    answer = client.post(reverse("new-plan"), {**SENT, **sent})
    assert (answer.status_code, list(answer.context["form"].errors), Plan.objects.count()) == (422, [field], 0)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"applies_to": "type", "device_type": "infusion pump"}, "3 devices fit."),
        ({"applies_to": "type", "device_type": "infus"}, "Say which devices it is for"),
        ({"applies_to": "filter", "filter_flags": "device_type__life_support"}, "3 devices fit."),
        ({"applies_to": "filter"}, "Say which devices it is for"),
        ({}, "Say which devices it is for"),
    ],
)
def test_the_number_of_devices_follows_what_is_typed(client, pumps, typed, words):
    assert words in client.post(reverse("plan-reach"), typed).content.decode()


def test_the_number_counts_what_the_planner_may_see_and_changes_with_the_ward(pumps):
    kind, ward = pumps
    typed = {"applies_to": "filter", "filter_types": kind.pk, "filter_departments": ward.pk}
    assert "2 devices fit." in client_of().post(reverse("plan-reach"), typed).content.decode()
    elsewhere = client_of(scope=("site", make_site().pk))
    typed = {"applies_to": "type", "device_type": kind.name}
    assert "0 devices fit." in elsewhere.post(reverse("plan-reach"), typed).content.decode()


def test_a_filter_plan_tells_its_reach_before_it_is_in_force(client, pumps):
    kind, _ward = pumps
    plan = make_plan(applies_to="filter", filter={"device_type_id": kind.pk}, state="proposed")
    assert "it would reach 3 devices" in client.get(reverse("plan", args=[plan.pk])).content.decode()


def test_a_plan_for_one_device_is_for_those_who_may_see_it():
    plan = make_plan(applies_to="asset", asset=make_asset())
    shared = make_plan(applies_to="type", device_type=plan.asset.device_type)
    here = make_user(permissions=["maintenance.view"], scope=("site", plan.asset.site_id))
    elsewhere = make_user(permissions=["maintenance.view"], scope=("site", make_site().pk))
    assert set(Plan.objects.visible_to(here)) == {plan, shared}
    assert set(Plan.objects.visible_to(elsewhere)) == {shared}
