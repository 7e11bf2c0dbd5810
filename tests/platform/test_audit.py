"""The audit trail: writes outside an operation are refused twice, and whatever is tampered with is named."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from wardwright.apps.directory.models import Site
from wardwright.platform.access.permissions import permission
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit import keys, triggers
from wardwright.platform.audit.digest import CHANGE_COLUMNS
from wardwright.platform.audit.models import AuditChange, AuditLeaf, AuditRecord, AuditSeal
from wardwright.platform.audit.operation import _tell_database, open_change, operation
from wardwright.platform.audit.passport import check_passport, export_passport
from wardwright.platform.audit.sealing import seal_pending
from wardwright.platform.audit.state import compare_state
from wardwright.platform.audit.succession import record_succession
from wardwright.platform.audit.verify import Report, verify
from wardwright.platform.core.change import new_change_id
from wardwright.platform.core.errors import Invalid, WriteOutsideOperation

pytestmark = pytest.mark.django_db
TRY = permission("audit-test.write", "Write in a test")


@operation()
def make_site(*, by, code, name="A"):
    authorize(by, TRY)
    return Site.objects.create(code=code, name=name)


@operation()
def make_sites(*, by, codes):
    authorize(by, TRY)
    return Site.objects.bulk_create([Site(code=code, name=code) for code in codes])


@operation()
def rename_sites(*, by, name):
    authorize(by, TRY)
    Site.objects.update(name=name)


@operation(needs_reason=True)
def drop_site(*, by, site, reason):
    authorize(by, TRY)
    site.delete()


@operation()
def never_authorizes(*, by):
    Site.objects.create(code="X", name="X")


@operation()
def outer(*, by):
    authorize(by, TRY)
    make_site(by=by, code="N1")
    make_site(by=by, code="N2")


def without_triggers(*statements, parameters=()):
    """What an intruder with the database's own rights does: drop the triggers first, then write."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in triggers.APPEND_ONLY:
                cursor.execute(f"DROP TRIGGER IF EXISTS ww_append ON {table}")
            cursor.execute("DROP TRIGGER IF EXISTS ww_audit ON directory_site")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
        for statement in statements:
            cursor.execute(statement, parameters)


@pytest.fixture(autouse=True)
def quiet_home(settings, tmp_path):
    """A journal of its own for each test; keys stay those of the session."""
    from wardwright.platform.audit import journal, keys

    keys.private_key()
    settings.WARDWRIGHT_HOME = tmp_path
    journal._file = None
    yield
    journal._file = None


class TestWritesOutsideAnOperation:
    def test_save_is_refused_by_the_model_layer(self):
        with pytest.raises(WriteOutsideOperation):
            Site.objects.create(code="A", name="A")

    def test_update_and_bulk_create_are_refused_by_the_model_layer(self):
        with pytest.raises(WriteOutsideOperation):
            Site.objects.update(name="B")
        with pytest.raises(WriteOutsideOperation):
            Site.objects.bulk_create([Site(code="A", name="A")])

    @pytest.mark.parametrize("verb", ["INSERT", "UPDATE", "DELETE"])
    def test_raw_sql_is_refused_by_the_database(self, system, verb):
        site = make_site(by=system, code="A")
        sql = {
            "INSERT": "INSERT INTO directory_site (version, created_at, updated_at, code, name, currency, country)"
            " VALUES (1, '2026-01-01', '2026-01-01', 'Z', 'Z', 'EUR', '')",
            "UPDATE": f"UPDATE directory_site SET name = 'Z' WHERE id = {site.pk}",
            "DELETE": f"DELETE FROM directory_site WHERE id = {site.pk}",
        }[verb]
        with (
            pytest.raises(DatabaseError, match="outside an operation"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
        assert list(Site.objects.values_list("code", "name")) == [("A", "A")]

    def test_every_audited_table_has_its_trigger(self):
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'ww_audit'")
            else:
                cursor.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ww_audit_i_%'")
            guarded = {row[0] for row in cursor.fetchall()}
        assert guarded == {model._meta.db_table for model in triggers.audited_models()}

    @pytest.mark.parametrize("table", triggers.APPEND_ONLY)
    def test_the_trail_is_append_only(self, system, table):
        make_site(by=system, code="A")
        seal_pending()
        record_succession(old=bytes(32), new=keys.private_key(), reason="lost", old_key=None)
        for sql in (f"DELETE FROM {table}", f"UPDATE {table} SET {_some_column(table)} = {_some_column(table)}"):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)


def _some_column(table):
    return {
        "audit_record": "row_id",
        "audit_change": "notes",
        "audit_seal": "count",
        "audit_leaf": "position",
        "audit_key": "reason",
    }[table]


class TestRecording:
    def test_an_insert_an_update_and_a_delete(self, system):
        site = make_site(by=system, code="A")
        rename_sites(by=system, name="B")
        drop_site(by=system, site=site, reason="entered twice")
        records = list(AuditRecord.objects.order_by("id"))
        assert [(r.kind, r.table_name, r.row_id) for r in records] == [
            (k, "directory_site", records[0].row_id) for k in "IUD"
        ]
        assert json.loads(records[0].after)["code"] == "A"
        assert (json.loads(records[1].before), json.loads(records[1].after)) == ({"name": "A"}, {"name": "B"})
        assert json.loads(records[2].before)["name"] == "B"
        last = AuditChange.objects.order_by("-id").first()
        assert (last.operation, last.actor_name, last.reason, last.records) == (
            "platform.drop_site",
            "test",
            "entered twice",
            1,
        )

    def test_bulk_create_records_each_row_in_one_change(self, system):
        make_sites(by=system, codes=["A", "B", "C"])
        assert AuditChange.objects.count() == 1
        assert AuditRecord.objects.count() == 3

    def test_an_update_that_changes_nothing_leaves_no_record(self, system):
        make_site(by=system, code="A", name="A")
        before = AuditRecord.objects.count()
        rename_sites(by=system, name="A")
        assert AuditRecord.objects.count() == before

    def test_nested_operations_join_the_outer_change(self, system):
        outer(by=system)
        assert list(AuditChange.objects.values_list("operation", "records")) == [("platform.outer", 2)]

    def test_an_operation_that_never_authorizes_commits_nothing(self, system):
        with pytest.raises(RuntimeError, match="never called authorize"):
            never_authorizes(by=system)
        assert (Site.objects.count(), AuditRecord.objects.count()) == (0, 0)

    def test_a_reason_is_asked_for(self, system):
        site = make_site(by=system, code="A")
        with pytest.raises(Invalid):
            drop_site(by=system, site=site, reason="  ")
        assert Site.objects.count() == 1


@pytest.mark.parametrize("sealed", [True, False], ids=["sealed", "not yet sealed"])
class TestTampering:
    @pytest.fixture(autouse=True)
    def history(self, system, sealed, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            make_site(by=system, code="A")
            make_sites(by=system, codes=["B", "C"])
            rename_sites(by=system, name="new")
        if sealed:
            seal_pending()
        assert verify().as_dict()["problems"] == []
        self.ids = list(AuditRecord.objects.order_by("id").values_list("id", flat=True))
        self.changes = list(AuditChange.objects.order_by("id").values_list("id", flat=True))

    def named(self):
        return {problem["record"] for problem in verify().problems}

    def test_a_changed_record_is_named(self):
        without_triggers("UPDATE audit_record SET after = %s WHERE id = %s", parameters=('{"code": "Q"}', self.ids[1]))
        assert self.named() == {self.ids[1]}

    def test_a_removed_record_is_named(self):
        without_triggers("DELETE FROM audit_record WHERE id = %s", parameters=(self.ids[2],))
        assert self.named() == {self.ids[2]}

    def test_an_inserted_record_is_named(self):
        without_triggers(
            "INSERT INTO audit_record (id, change_id, table_name, row_id, kind)"
            " VALUES (999999, %s, 'directory_site', 1, 'D')",
            parameters=(self.changes[1],),
        )
        assert self.named() == {999999}

    def test_reordered_records_are_named(self):
        first, second = self.ids[1], self.ids[2]
        without_triggers(f"UPDATE audit_record SET id = -1 WHERE id = {first}")
        without_triggers(f"UPDATE audit_record SET id = {first} WHERE id = {second}")
        without_triggers(f"UPDATE audit_record SET id = {second} WHERE id = -1")
        assert self.named() == {first, second}

    def test_a_changed_actor_is_named(self):
        without_triggers(
            "UPDATE audit_change SET actor_name = 'somebody else' WHERE id = %s", parameters=(self.changes[0],)
        )
        assert self.named() == {f"change {self.changes[0]}"}

    def test_a_whole_removed_change_is_named(self):
        last = self.changes[-1]
        without_triggers(
            f"DELETE FROM audit_record WHERE change_id = {last}", f"DELETE FROM audit_change WHERE id = {last}"
        )
        assert f"change {last}" in self.named()


class TestSeals:
    @pytest.fixture(autouse=True)
    def history(self, system):
        for code in "ABCD":
            make_site(by=system, code=code)
            seal_pending()
        assert verify().as_dict()["problems"] == []

    def named(self):
        return {problem["record"] for problem in verify().problems}

    def test_a_changed_seal_is_named(self):
        without_triggers("UPDATE audit_seal SET count = 7 WHERE id = 2")
        assert "seal 2" in self.named()

    def test_a_removed_seal_is_named(self):
        without_triggers("DELETE FROM audit_seal WHERE id = 2")
        assert "seal 2" in self.named()

    def test_the_last_seal_removed_with_its_leaves_is_named(self):
        without_triggers("DELETE FROM audit_leaf WHERE seal_id = 4", "DELETE FROM audit_seal WHERE id = 4")
        assert self.named() == {"seal 4"}

    def test_a_removed_leaf_is_named(self):
        change = AuditLeaf.objects.get(seal_id=2).change_id
        without_triggers("DELETE FROM audit_leaf WHERE seal_id = 2")
        assert f"change {change}" in self.named()

    def test_sealing_again_seals_nothing(self):
        assert seal_pending() == (0, 0)
        assert AuditSeal.objects.count() == 4


def write_at(system, moment, code):
    """A change whose id says that it was made at ``moment``, as a wrong clock writes it."""
    with open_change("test.wrong_clock", system) as change:
        change.id = int(moment.timestamp() * 1000) << 20
        _tell_database(str(change.id))
        Site.objects.create(code=code, name=code)
    return change.id


class TestWrongClocks:
    def test_a_clock_that_ran_ahead_keeps_nothing_later_from_being_sealed(self, system):
        write_at(system, timezone.now() + timedelta(days=3650), "AHEAD")
        assert seal_pending().changes == 1
        make_site(by=system, code="AFTER")
        assert seal_pending().changes == 1

    def test_what_a_clock_far_behind_wrote_is_sealed_when_everything_is_looked_at(self, system):
        make_site(by=system, code="NOW")
        seal_pending()
        behind = write_at(system, timezone.now() - timedelta(days=3650), "BEHIND")
        site = Site.objects.get(code="BEHIND")
        seal_pending(everything=True)
        assert AuditLeaf.objects.filter(change_id=behind).count() == 1
        assert (verify().problems, site.name) == ([], "BEHIND")


def test_changes_of_one_millisecond_keep_their_order():
    """Two quick operations stood in the explorer the wrong way round whenever they began within one."""
    found = [new_change_id() for _ in range(20_000)]
    assert found == sorted(set(found))


def test_a_change_put_into_the_table_by_hand_is_not_signed(system):
    make_site(by=system, code="A")
    columns = CHANGE_COLUMNS.removeprefix("id, ")
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO audit_change (id, {columns}) SELECT id + 1, {columns} FROM audit_change")
    forged = AuditChange.objects.order_by("-id").first().id
    assert seal_pending(everything=True).changes == 1
    assert AuditLeaf.objects.filter(change_id=forged).count() == 0
    assert f"change {forged}" in {problem["record"] for problem in verify().problems}


class TestState:
    def test_a_row_changed_behind_the_systems_back_is_named(self, system):
        site = make_site(by=system, code="A")
        other = make_site(by=system, code="B")
        without_triggers(f"UPDATE directory_site SET name = 'other' WHERE id = {site.pk}")
        without_triggers(f"DELETE FROM directory_site WHERE id = {other.pk}")
        report = Report()
        compare_state(report)
        assert [p["record"] for p in report.problems] == [f"directory_site {site.pk}", f"directory_site {other.pk}"]
        assert "name" in report.problems[0]["what"]

    def test_an_untouched_house_agrees_with_its_trail(self, system):
        outer(by=system)
        rename_sites(by=system, name="Ünïcode ☂")
        report = Report()
        compare_state(report)
        assert report.problems == []


class TestPassport:
    def test_a_passport_verifies_without_the_database_and_shows_tampering(self, system):
        from tests.factories import make_asset

        asset = make_asset(by=system)
        passport = json.loads(json.dumps(export_passport(asset.pk, asset.tag)))
        report = check_passport(passport)
        assert report.ok
        assert report.records == AuditRecord.objects.filter(subject_id=asset.pk).count()
        passport["records"][0]["record"][6] = passport["records"][0]["record"][6].replace(asset.serial, "other")
        assert [p["record"] for p in check_passport(passport).problems] == [passport["records"][0]["record"][0]]

    def test_another_key_is_noticed(self, system):
        from tests.factories import make_asset

        asset = make_asset(by=system)
        assert not check_passport(export_passport(asset.pk, asset.tag), trusted_key="00" * 32).ok

    @pytest.mark.parametrize("junk", [{}, {"format": "x"}, {"format": "wardwright passport 1", "seals": 3}])
    def test_junk_is_refused_in_words(self, junk):
        report = check_passport(junk)
        assert not report.ok
        assert "damaged or not a passport" in report.problems[0]["what"]
