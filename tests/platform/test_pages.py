"""The pages of the trail: what they find, how a record reads, and who may not see it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import factories
from wardwright.apps.assets.models import Asset
from wardwright.platform.access.models import User
from wardwright.platform.audit import queries
from wardwright.platform.audit.models import AuditChange, AuditRecord
from wardwright.platform.audit.operation import open_change
from wardwright.platform.audit.sealing import seal_pending
from wardwright.platform.core.edits import apply_edit
from wardwright.web.pages import records

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"


@pytest.fixture
def reader(client):
    client.force_login(factories.make_user(permissions=["audit.view", "assets.view"]), backend=BACKEND)
    return client


def edit(by: User, asset: Asset, reason: str = "", **values) -> AuditChange:
    with open_change("assets.change_asset", by, reason=reason) as change:
        apply_edit(Asset.objects.get(pk=asset.pk), values)
    return AuditChange.objects.get(pk=change.id)


def shown(client, **narrowed) -> list[int]:
    return client.get(reverse("audit"), narrowed).context["table"].ids


class TestExplorer:
    def test_filters_find_by_who_what_where_why_and_when(self, reader):
        ana = factories.make_user(name="Ana Reis")
        asset = factories.make_asset()
        change = edit(ana, asset, reason="The label was MISREAD", serial="X1")
        today = timezone.localdate()
        found = {
            "actor": str(ana.pk),
            "operation": "assets.change_asset",
            "reason": "misread",
            "from": today.isoformat(),
            "to": today.isoformat(),
            "table": "assets_asset",
        }
        for name in ("actor", "operation", "reason"):
            assert shown(reader, **{name: found[name]}) == [change.pk], name
        assert shown(reader, **found) == [change.pk]
        assert shown(reader, **{**found, "table": "directory_site"}) == []
        assert shown(reader, **{**found, "to": (today - timedelta(days=1)).isoformat()}) == []
        assert shown(reader, **{**found, "from": (today + timedelta(days=1)).isoformat()}) == []

    @pytest.mark.parametrize(
        "narrowed", [{"from": "soon"}, {"to": "2026-13-40"}, {"actor": "²"}, {"actor": "x"}, {"table": "x"}]
    )
    def test_nonsense_finds_nothing(self, reader, narrowed):
        factories.make_asset()
        assert shown(reader, **narrowed) == []

    def test_the_system_itself_is_an_actor(self, reader):
        factories.make_asset()
        assert set(shown(reader, actor="system")) == set(
            AuditChange.objects.filter(actor_id=None).order_by("-id").values_list("id", flat=True)[:50]
        )

    def test_everybody_who_ever_changed_something_can_be_chosen(self):
        ana, bob = factories.make_user(name="Ana"), factories.make_user(name="Bob")
        factories.make_user(name="Idle")
        for user in (bob, ana, bob):
            factories.make_site(by=user)
        assert queries.actors() == [(str(ana.pk), "Ana"), (str(bob.pk), "Bob")]

    def test_a_busy_table_is_searched_newest_first_with_the_same_answer(self, monkeypatch):
        factories.make_asset()
        factories.make_site()
        changes = AuditChange.objects.all()
        rare = list(queries.by_table(changes, "directory_site").order_by("id").values_list("id", flat=True))
        monkeypatch.setattr(queries, "RARE_TABLE_RECORDS", 0)
        busy = list(queries.by_table(changes, "directory_site").order_by("id").values_list("id", flat=True))
        assert (rare, len(rare)) == (busy, 2)

    def test_the_trail_is_for_those_who_reach_every_site(self, client):
        asset = factories.make_asset()
        client.force_login(factories.make_user(scope=("site", asset.site_id)), backend=BACKEND)
        assert shown(client) == []
        change = AuditChange.objects.order_by("-id").first()
        assert client.get(reverse("audit-change", args=[change.pk])).status_code == 404
        assert client.get(reverse("audit-row", args=["assets_asset", asset.pk])).status_code == 404


class TestChange:
    def test_it_says_who_why_what_before_and_after_and_how_it_is_sealed(self, reader):
        ana = factories.make_user(name="Ana Reis")
        asset = factories.make_asset(serial="OLD")
        room = factories.make_room(site=asset.site, name="Theatre 3")
        change = edit(ana, asset, reason="misread", serial="NEW", room=room)
        url = reverse("audit-change", args=[change.pk])
        page = reader.get(url).content.decode()
        for words in (
            "Ana Reis",
            "misread",
            "Serial number",
            "<del>OLD</del>",
            "<ins>NEW</ins>",
            "Theatre 3",
            "not sealed yet",
        ):
            assert words in page, words
        assert reverse("asset", args=[asset.pk]) in page
        seal_pending()
        leaf = queries.seal_of(change)
        assert f"sealed in seal {leaf.seal_id}, position {leaf.position}" in reader.get(url).content.decode()

    def test_fifty_records_at_once_with_the_same_number_of_queries(self, reader, django_assert_max_num_queries):
        with open_change("test.many", factories.make_user()) as change:
            for _ in range(12):
                factories.make_asset()
        total = AuditRecord.objects.filter(change_id=change.id).count()
        assert total == 60
        with django_assert_max_num_queries(25):
            first = reader.get(reverse("audit-change", args=[change.id]))
        rest = reader.get(reverse("audit-change", args=[change.id]), {"after": first.context["next_cursor"]})
        assert [len(first.context["records"]), len(rest.context["records"])] == [50, 10]

    def test_what_was_typed_is_never_markup(self, reader):
        change = edit(
            factories.make_user(name="<b>Ana</b>"), factories.make_asset(), reason="<script>", notes="<img src=x>"
        )
        page = reader.get(reverse("audit-change", args=[change.pk])).content.decode()
        assert [tag for tag in ("<b>Ana", "<script>", "<img") if tag in page] == []

    def test_the_history_of_a_row_is_newest_first(self, reader):
        asset = factories.make_asset()
        for serial in ("A", "B"):
            edit(factories.make_user(), asset, serial=serial)
        entries = reader.get(reverse("audit-row", args=["assets_asset", asset.pk])).context["entries"]
        assert [item.record.kind for item, _, _ in entries] == ["U", "U", "I"]
        assert entries[0][0].lines[0].after == "B"

    def test_a_row_nobody_recorded_is_not_found(self, reader):
        assert reader.get(reverse("audit-row", args=["assets_asset", 0])).status_code == 404


class TestWords:
    def words(self, asset: Asset, **values) -> dict[str, tuple]:
        change = edit(factories.make_user(), asset, **values)
        (record,) = records.in_words(queries.records_of_change(change))
        return {line.label: (line.before, line.after) for line in record.lines}

    def test_values_read_as_people_write_them(self):
        told = self.words(
            factories.make_asset(),
            status="quarantined",
            warranty_until="2027-01-02",
            external_ids={"pacs": "7"},
            notes="x",
        )
        assert told["Status"][1] == "quarantined"
        assert "2 Jan 2027" in told["Warranty until"][1]
        assert told["Numbers in other systems"] == (None, '{\n "pacs": "7"\n}')
        assert told["Notes"] == (None, "x")

    def test_bookkeeping_is_left_out(self):
        assert list(self.words(factories.make_asset(), serial="Z")) == ["Serial number"]

    def test_flags_and_lists(self):
        with open_change("test.flags", factories.make_user()) as change:
            factories.make_user(is_active=False, permissions=["assets.view", "jobs.view"])
        told = {}
        for record in records.in_words(AuditRecord.objects.filter(change_id=change.id)):
            told |= {line.label: line.after for line in record.lines}
        assert (told["Active"], told["Permissions"]) == ("No", "assets.view, jobs.view")

    def test_a_table_and_a_row_that_are_gone_are_still_shown(self):
        record = AuditRecord(
            id=1, change_id=1, table_name="old_table", row_id=7, kind="D", before='{"name": "x", "n": 0}'
        )
        (told,) = records.in_words([record])
        assert (told.table_label, told.row_name, told.row_url) == ("old_table", "#7", "")
        assert [(line.label, line.before, line.after) for line in told.lines] == [("n", "0", None), ("name", "x", None)]


class TestSystem:
    def test_it_names_version_database_and_key(self, client):
        from wardwright import __version__
        from wardwright.platform.audit.keys import public_bytes

        client.force_login(factories.make_user(permissions=["access.manage"]), backend=BACKEND)
        page = client.get(reverse("system")).content.decode()
        assert [words for words in (__version__, public_bytes().hex(), "none yet") if words not in page] == []
