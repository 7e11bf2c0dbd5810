"""A request that arrives twice has one effect; a row is read again only when it changed, and written only as read."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories import make_asset, make_site, make_user, make_work_order
from tests.platform.test_api import bearer, post
from wardwright.apps.assets.models import Asset
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.platform.access.throttle import AccessAttempt
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.core.models import Once

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller():
    return bearer(make_user())


def key(headers, name="one"):
    return {**headers, "Idempotency-Key": name}


def changes():
    return AuditChange.objects.exclude(operation__startswith="test.").count()


class TestIdempotency:
    def report(self, client, headers, title="No alarm tone", asset=None):
        asset = asset or make_asset()
        return post(client, "/work-orders/problem", {"asset_id": asset.pk, "title": title}, headers)

    def test_the_same_request_twice_has_one_effect_and_one_answer(self, client, caller):
        asset = make_asset()
        first = self.report(client, key(caller), asset=asset)
        second = self.report(client, key(caller), asset=asset)
        assert (first.status_code, first.json()) == (second.status_code, second.json()) == (201, first.json())
        assert ("Idempotent-Replayed" in first, second["Idempotent-Replayed"]) == (False, "true")
        assert (WorkOrder.objects.count(), changes()) == (1, 1)

    def test_another_request_under_the_key_is_refused(self, client, caller):
        asset = make_asset()
        self.report(client, key(caller), asset=asset)
        answer = self.report(client, key(caller), title="Another", asset=asset)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
        assert WorkOrder.objects.count() == 1

    def test_a_refusal_does_not_use_the_key_up(self, client, caller):
        order = make_work_order(state="closed")
        refused = post(client, f"/work-orders/{order.pk}/start", {}, key(caller))
        assert (refused.status_code, Once.objects.count()) == (409, 0)
        assert self.report(client, key(caller)).status_code == 201

    def test_two_callers_and_two_tokens_may_use_the_same_key(self, client):
        user, asset = make_user(), make_asset()
        for headers in (bearer(user), bearer(user, token="second"), bearer(make_user())):
            assert self.report(client, key(headers), asset=asset).status_code == 201
        assert WorkOrder.objects.count() == 3

    def test_a_key_holds_for_a_day(self, client, caller):
        asset = make_asset()
        self.report(client, key(caller), asset=asset)
        Once.objects.update(at=timezone.now() - timedelta(hours=25))
        assert self.report(client, key(caller), asset=asset).status_code == 201
        assert WorkOrder.objects.count() == 2

    @pytest.mark.parametrize("wrong", ["", " ", "x" * 201, "ключ"])
    def test_a_key_that_is_none_is_refused(self, client, caller, wrong):
        answer = self.report(client, key(caller, wrong))
        assert (answer.status_code, WorkOrder.objects.count()) == (422, 0)

    def test_an_edit_has_one_effect_too(self, client, caller):
        asset = make_asset()
        body = {"expected_version": 1, "values": {"notes": "seen"}}
        for _ in range(2):
            answer = client.patch(
                f"/api/v1/assets/{asset.pk}", body, content_type="application/json", headers=key(caller)
            )
            assert (answer.status_code, answer.json()["version"]) == (200, 2)

    def test_a_wrong_password_is_counted_although_nothing_else_stays(self, client, caller, settings):
        order = make_work_order(state="in_progress", kind="corrective")
        tries = AccessAttempt.objects.count()
        body = {"verdict": "fixed", "work_done": "x", "password": "wrong"}
        answer = post(client, f"/work-orders/{order.pk}/close", body, key({**caller, "If-Match": "*"}))
        assert answer.status_code in (403, 409, 422)
        order.refresh_from_db()
        assert (order.state, Once.objects.count()) == ("in_progress", 0)
        assert AccessAttempt.objects.count() >= tries

    def test_reading_takes_no_key(self, client, caller):
        assert client.get("/api/v1/assets", headers=key(caller)).status_code == 200
        assert Once.objects.count() == 0


class TestTags:
    def get(self, client, asset, headers):
        return client.get(f"/api/v1/assets/{asset.pk}", headers=headers)

    def test_what_is_known_already_is_not_sent_again(self, client, caller):
        asset = make_asset()
        tag = self.get(client, asset, caller)["ETag"]
        assert tag.startswith('"1-')
        for known in (tag, f'"x", {tag}', f"W/{tag}", "*"):
            again = self.get(client, asset, {**caller, "If-None-Match": known})
            assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
        assert self.get(client, asset, {**caller, "If-None-Match": '"2-x"'}).status_code == 200

    def test_the_name_of_another_row_is_part_of_what_is_known(self, client, caller):
        asset = make_asset()
        tag = self.get(client, asset, caller)["ETag"]
        from wardwright.apps.assets.operations import change_device_type
        from wardwright.platform.core.change import System

        change_device_type(by=System("test"), device_type_id=asset.device_type_id, values={"name": "Renamed"})
        assert self.get(client, asset, {**caller, "If-None-Match": tag}).status_code == 200

    @pytest.mark.parametrize("method", ["move", "edit"])
    def test_a_write_over_something_newer_is_refused_and_changes_nothing(self, client, caller, method):
        asset, site = make_asset(), make_site()
        before = changes()

        def write(tag):
            headers = {**caller, "If-Match": tag}
            if method == "move":
                return post(client, f"/assets/{asset.pk}/move", {"site_id": site.pk}, headers)
            body = {"values": {"notes": str(uuid.uuid4())}}
            return client.patch(f"/api/v1/assets/{asset.pk}", body, content_type="application/json", headers=headers)

        tag = self.get(client, asset, caller)["ETag"]
        stale = write('"7-abc"')
        assert (stale.status_code, stale.json()["type"]) == (412, "urn:wardwright:not-matching")
        assert (changes(), Asset.objects.get().version) == (before, 1)
        first, second = write(tag), write(tag)
        assert (first.status_code, second.status_code) == (200, 412)
        assert write(first["ETag"]).status_code == 200
        assert write("*").status_code == 200

    def test_out_of_reach_is_missing_whatever_the_tag(self, client):
        asset = make_asset()
        headers = bearer(make_user(scope=("site", make_site().pk)))
        assert post(client, f"/assets/{asset.pk}/move", {}, {**headers, "If-Match": '"1-x"'}).status_code == 404


def test_every_single_record_has_a_tag(client):
    """The contract tests look at every record; here, that a row without a version has one as well."""
    from tests.factories import make_schedule

    schedule = make_schedule()
    headers = bearer(make_user())
    answer = Client().get(f"/api/v1/schedules/{schedule.pk}", headers=headers)
    assert answer["ETag"].startswith('"-')
    known = {**headers, "If-None-Match": answer["ETag"]}
    assert Client().get(f"/api/v1/schedules/{schedule.pk}", headers=known).status_code == 304
