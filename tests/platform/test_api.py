"""The API: tokens, keyset pages, problem+json, and operations with the same rules as the pages."""

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import make_asset, make_site, make_user, make_work_order
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.platform.access.models import ApiToken
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System

pytestmark = pytest.mark.django_db


def bearer(user, *, days=1, token="token"):
    with open_change("test.token", System("test")):
        ApiToken.objects.create(
            user=user,
            label="t",
            digest=hashlib.sha256(f"{token}{user.pk}".encode()).hexdigest(),
            expires_at=timezone.now() + timedelta(days=days),
        )
    return {"Authorization": f"Bearer {token}{user.pk}"}


@pytest.fixture
def caller():
    return bearer(make_user())


def post(client, path, body, headers):
    return client.post(f"/api/v1{path}", body, content_type="application/json", headers=headers)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic x"}])
def test_without_a_valid_token_the_answer_is_401_in_problem_json(client, headers):
    answer = client.get("/api/v1/assets", headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer.json()["type"] == "urn:wardwright:login-needed"


def test_an_expired_token_is_refused(client):
    assert client.get("/api/v1/assets", headers=bearer(make_user(), days=-1)).status_code == 401


def test_a_token_of_a_user_who_left_is_refused(client):
    assert client.get("/api/v1/assets", headers=bearer(make_user(is_active=False))).status_code == 401


def test_pages_by_keyset_visit_every_row_once(client, caller):
    site = make_site()
    made = [make_asset(site=site).pk for _ in range(7)]
    seen, after = [], ""
    while True:
        answer = client.get(f"/api/v1/assets?limit=3&sort=-tag&after={after}", headers=caller).json()
        seen += [row["id"] for row in answer["items"]]
        after = answer["next"]
        if not after:
            break
    assert seen == made[::-1]


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=9999", "sort=notes", "after=junk", "after=WyJ0YWciLDEsMl0", "site_id=x", "q=" + "a" * 300],
)
def test_wrong_parameters_are_named(client, caller, query):
    answer = client.get(f"/api/v1/assets?{query}", headers=caller)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == query.split("=")[0]


def test_search_finds_a_word_and_half_a_number(client, caller):
    make_asset(tag="AB12345", search_text="ab12345 infusion pump")
    make_asset(tag="ZZ1", search_text="zz1 ventilator")
    for words in ("PUMP", "ab123", "infusion ab12"):
        assert [row["tag"] for row in client.get(f"/api/v1/assets?q={words}", headers=caller).json()["items"]] == [
            "AB12345"
        ]


def test_only_the_callers_site_is_answered(client):
    here, there = make_site(), make_site()
    mine, other = make_asset(site=here), make_asset(site=there)
    headers = bearer(make_user(scope=("site", here.pk)))
    assert [row["id"] for row in client.get("/api/v1/assets", headers=headers).json()["items"]] == [mine.pk]
    assert client.get(f"/api/v1/assets/{other.pk}", headers=headers).status_code == 404
    assert post(client, f"/assets/{other.pk}/move", {"note": "x"}, headers).status_code == 404


def test_a_device_is_registered_and_a_stale_edit_is_refused_by_name(client):
    user = make_user(name="Tina")
    headers = bearer(user)
    made = post(
        client,
        "/assets",
        {
            "site_id": make_site().pk,
            "maker": "Dräger",
            "model": "Evita V500",
            "device_type": "ventilator",
            "values": {"serial": "ASDF-1"},
        },
        headers,
    )
    assert (made.status_code, made.json()["maker"], made.json()["serial"]) == (201, "Dräger", "ASDF-1")
    edit = {"expected_version": made.json()["version"], "values": {"notes": "first"}}
    path = f"/api/v1/assets/{made.json()['id']}"
    assert client.patch(path, edit, content_type="application/json", headers=headers).status_code == 200
    stale = client.patch(path, edit | {"values": {"notes": "second"}}, content_type="application/json", headers=headers)
    assert stale.status_code == 409
    assert "Tina" in stale.json()["title"]
    assert client.get(path, headers=headers).json()["notes"] == "first"


def test_an_operation_route_takes_the_operations_own_entries(client, caller):
    asset = make_asset()
    made = post(
        client, "/work-orders/problem", {"asset_id": asset.pk, "title": "Alarm does not sound", "priority": 2}, caller
    )
    assert (made.status_code, made.json()["state"], made.json()["asset"]) == (201, "open", asset.tag)
    assert AuditChange.objects.order_by("-id").first().operation == "maintenance.report_problem"
    wrong = post(client, "/work-orders/problem", {"asset_id": asset.pk, "titel": "x"}, caller)
    assert {error["field"] for error in wrong.json()["errors"]} == {"title", "titel"}
    assert WorkOrder.objects.count() == 1


def test_a_refused_state_says_so_and_changes_nothing(client, caller):
    order = make_work_order(state="closed")
    answer = post(client, f"/work-orders/{order.pk}/start", {}, caller)
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    order.refresh_from_db()
    assert order.state == "closed"


def test_one_who_may_report_but_not_see_work_gets_no_content(client):
    site = make_site()
    asset = make_asset(site=site)
    headers = bearer(make_user(permissions=["assets.view", "maintenance.report"]))
    assert post(client, "/work-orders/problem", {"asset_id": asset.pk, "title": "Broken"}, headers).status_code == 204
    assert WorkOrder.objects.count() == 1


def test_the_document_lists_every_route_once(client):
    document = client.get("/api/v1/openapi.json").json()
    names = [verb["operationId"] for path in document["paths"].values() for verb in path.values()]
    assert len(names) == len(set(names))
    assert {"list_assets", "close_work", "approve_version", "create_plan"} <= set(names)


def test_an_unknown_address_is_answered_in_problem_json(client, caller):
    answer = client.get("/api/v1/nothing-here", headers=caller)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
