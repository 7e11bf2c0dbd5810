"""Tokens: never wider than their user, narrowed to permissions and to reading; the days they were used; how often."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import make_asset, make_site, make_user
from tests.platform.test_api import post
from wardwright.apps.directory.operations import create_api_token, revoke_api_token
from wardwright.platform.access import limits
from wardwright.platform.access.limits import Limit, forget_buckets, forget_held, spend
from wardwright.platform.access.models import ApiToken, Bucket, Grant, TokenUse
from wardwright.platform.access.tokens import days_used
from wardwright.platform.audit.models import AuditRecord
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Denied, Invalid, TooOften

pytestmark = pytest.mark.django_db


def token(user, **given):
    made = create_api_token(by=user, label="Script", **given)
    return made.token, {"Authorization": f"Bearer {made.secret}"}


class TestNarrowing:
    def test_a_token_has_only_the_permissions_it_was_given(self, client):
        asset = make_asset()
        _, headers = token(make_user(), permissions=["assets.view"])
        assert client.get("/api/v1/assets", headers=headers).status_code == 200
        assert client.get("/api/v1/sites", headers=headers).status_code == 403
        assert post(client, f"/assets/{asset.pk}/move", {}, headers).status_code == 403

    def test_a_token_that_only_reads_writes_nothing(self, client):
        asset = make_asset()
        _, headers = token(make_user(), read_only=True)
        assert client.get(f"/api/v1/assets/{asset.pk}", headers=headers).status_code == 200
        answer = post(client, f"/assets/{asset.pk}/move", {"note": "x"}, headers)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:wardwright:denied")
        asset.refresh_from_db()
        assert asset.version == 1

    def test_a_token_is_never_wider_than_its_user(self, client):
        here, there = make_site(), make_site()
        mine, other = make_asset(site=here), make_asset(site=there)
        user = make_user(permissions=["assets.view"], scope=("site", here.pk))
        with pytest.raises(Invalid, match=r"does not have: assets\.move"):
            token(user, permissions=["assets.view", "assets.move"])
        with pytest.raises(Invalid):
            token(user, permissions=["*"])
        _, headers = token(user, permissions=["assets.view"])
        assert [row["id"] for row in client.get("/api/v1/assets", headers=headers).json()["items"]] == [mine.pk]
        assert client.get(f"/api/v1/assets/{other.pk}", headers=headers).status_code == 404
        with open_change("test.grant", System("test")):
            Grant.objects.filter(user=user).delete()
        assert client.get("/api/v1/assets", headers=headers).status_code == 403
        assert ApiToken.objects.count() == 1

    def test_an_unknown_permission_is_named(self):
        with pytest.raises(Invalid, match=r"no permission assets\.fly"):
            token(make_user(), permissions=["assets.fly"])

    def test_only_oneself_makes_a_token(self):
        with pytest.raises(Denied):
            create_api_token(by=make_user(), label="x", user_id=make_user().pk)


@pytest.fixture(autouse=True)
def nothing_noted(monkeypatch):
    """What a process remembers of the days it noted; the tests' tokens come again under the same number."""
    monkeypatch.setattr("wardwright.platform.access.tokens._seen", {})


class TestUse:
    def test_the_day_of_the_last_use_is_kept_beside_the_trail(self, client):
        made, headers = token(make_user())
        assert days_used([made.pk]) == {}
        records = AuditRecord.objects.count()
        client.get("/api/v1/assets", headers=headers)
        assert days_used([made.pk]) == {made.pk: timezone.localdate()}
        assert AuditRecord.objects.count() == records

    def test_a_new_day_is_noted_again(self, client, monkeypatch):
        made, headers = token(make_user())
        client.get("/api/v1/assets", headers=headers)
        TokenUse.objects.update(used_on=timezone.localdate() - timedelta(days=3))
        monkeypatch.setattr("wardwright.platform.access.tokens._seen", {})
        client.get("/api/v1/assets", headers=headers)
        assert days_used([made.pk]) == {made.pk: timezone.localdate()}

    def test_tokens_are_listed_to_their_owner_and_ended_over_the_api(self, client):
        user = make_user(permissions=["assets.view"])
        mine, headers = token(user, permissions=["assets.view"])
        other, _ = token(make_user())
        listed = client.get("/api/v1/tokens", headers=headers).json()["items"]
        assert [row["id"] for row in listed] == [mine.pk]
        assert "digest" not in listed[0]
        assert post(client, f"/tokens/{other.pk}/removal", {}, headers).status_code == 404
        assert post(client, f"/tokens/{mine.pk}/removal", {}, headers).status_code == 200
        assert client.get("/api/v1/tokens", headers=headers).status_code == 401

    def test_whoever_manages_access_ends_the_token_of_another(self):
        made, _ = token(make_user(permissions=[]))
        assert revoke_api_token(by=make_user(), token_id=made.pk).revoked_at is not None


class TestLimits:
    def test_a_caller_gets_as_many_as_in_the_bucket_and_then_has_to_wait(self):
        for _ in range(40):
            spend("a", Limit(40))
        with pytest.raises(TooOften) as refused:
            spend("a", Limit(40))
        assert refused.value.wait_seconds == 2  # one and a half, rounded up
        spend("b", Limit(40))

    def test_the_bucket_is_one_for_all_processes(self):
        for _ in range(limits.SHARES):
            forget_held()  # as if each request came to another process, which draws a share of its own
            spend("a", Limit(40))
        forget_held()
        with pytest.raises(TooOften):
            spend("a", Limit(40))

    def test_asking_whether_something_is_left_takes_nothing(self, monkeypatch):
        monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_000.0)
        for _ in range(2):
            limits.check_left("a", Limit(2, 3600))
            spend("a", Limit(2, 3600))
        limits.check_left("b", Limit(2, 3600))
        with pytest.raises(TooOften) as refused:
            limits.check_left("a", Limit(2, 3600))
        assert (refused.value.wait_seconds, Bucket.objects.count()) == (1800, 1)

    def test_a_long_name_is_a_caller_of_its_own(self):
        names = ["x" * 300 + end for end in "ab"]
        for name in names:
            spend(name, Limit(1))
        assert {len(bucket.caller) for bucket in Bucket.objects.all()} == {64}
        with pytest.raises(TooOften):
            spend(names[0], Limit(1))

    def test_it_fills_with_time_and_never_over_its_brim(self):
        for _ in range(40):
            spend("a", Limit(40))
        Bucket.objects.update(at=Bucket.objects.get().at - 3600)
        for _ in range(40):
            spend("a", Limit(40))
        with pytest.raises(TooOften):
            spend("a", Limit(40))

    def test_a_process_asks_the_database_once_for_a_share(self, django_assert_num_queries):
        spend("a", Limit(1200))
        with django_assert_num_queries(0):
            for _ in range(1200 // limits.SHARES - 1):
                spend("a", Limit(1200))
        with django_assert_num_queries(1):
            spend("a", Limit(1200))

    def test_callers_of_yesterday_are_forgotten(self):
        spend("a", Limit(40))
        spend("b", Limit(40))
        Bucket.objects.filter(caller="a").update(at=0)
        assert (forget_buckets(), Bucket.objects.get().caller) == (1, "b")

    def test_the_api_answers_429_and_when_to_come_again(self, client, settings):
        settings.API_PER_MINUTE = 3
        _, headers = token(make_user())
        _, others = token(make_user())
        codes = [client.get("/api/v1/assets", headers=headers).status_code for _ in range(4)]
        assert codes == [200, 200, 200, 429]
        answer = client.get("/api/v1/assets", headers=headers)
        assert (answer["Content-Type"], answer.json()["type"]) == (
            "application/problem+json",
            "urn:wardwright:too-often",
        )
        assert 1 <= int(answer["Retry-After"]) <= 20
        assert client.get("/api/v1/assets", headers=others).status_code == 200

    def test_guessing_tokens_is_slow_and_keeps_nobody_else_out(self, client, settings, monkeypatch):
        settings.API_PER_MINUTE = 1000
        monkeypatch.setattr("wardwright.api.instance.WRONG_PER_MINUTE", 2)
        wrong = {"Authorization": "Bearer ww_guess"}
        codes = [client.get("/api/v1/assets", headers=wrong).status_code for _ in range(3)]
        assert codes == [401, 401, 429]
        _, headers = token(make_user())
        assert client.get("/api/v1/assets", headers=headers).status_code == 200


class TestCommandLine:
    def run(self, *arguments, code=0):
        from click.testing import CliRunner

        from wardwright.config.cli import main

        done = CliRunner().invoke(main, ["token", *arguments, "--json"])
        assert done.exit_code == code, done.output
        return json.loads(done.output)

    @pytest.fixture(autouse=True)
    def a_house(self, monkeypatch):
        monkeypatch.setattr("wardwright.config.cli.answer._require_house", lambda: None)

    def test_a_token_is_made_listed_used_and_ended(self, client):
        user = make_user(username="script")
        made = self.run(
            "create", "script", "--label", "Tracker", "--read-only", "--permission", "assets.view", "--days", "9"
        )
        headers = {"Authorization": f"Bearer {made['token']}"}
        assert client.get("/api/v1/assets", headers=headers).status_code == 200
        (line,) = self.run("list", "script")["tokens"]
        assert (line["id"], line["username"], line["read_only"], line["permissions"], line["used_on"]) == (
            made["id"],
            user.username,
            True,
            ["assets.view"],
            timezone.localdate().isoformat(),
        )
        self.run("revoke", str(made["id"]))
        assert client.get("/api/v1/assets", headers=headers).status_code == 401
        assert self.run("list")["tokens"] == []

    def test_wrong_ones_are_refused_in_words(self):
        assert "no user" in self.run("create", "nobody", "--label", "x", code=3)["error"]["message"]
        assert self.run("revoke", "999", code=3)["ok"] is False
