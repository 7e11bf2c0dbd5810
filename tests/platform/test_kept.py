"""One row by its number, with a statement that is kept: always what the object mapper itself would have given."""

import threading

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from tests import factories
from wardwright.apps.assets.models import Asset, DeviceModel
from wardwright.apps.assets.operations import change_asset, register_asset
from wardwright.platform.audit.models import AuditRecord
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core import kept
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Invalid
from wardwright.platform.core.kept import row_by_number
from wardwright.platform.core.models import Taken

INSIDE = DeviceModel.objects.filter(name__contains="e").values("pk")
SHAPES = {
    "all": lambda reader: Asset.objects,
    "scoped": lambda reader: Asset.objects.visible_to(reader),
    "filtered": lambda reader: Asset.objects.filter(status="in_service"),
    "filtered by another value": lambda reader: Asset.objects.filter(status="retired"),
    "excluded": lambda reader: Asset.objects.exclude(status="in_service"),
    "joined": lambda reader: Asset.objects.select_related("device_model__maker", "site"),
    "filtered through a join": lambda reader: Asset.objects.visible_to(reader).filter(site__name__contains="1"),
    "some columns": lambda reader: Asset.objects.only("tag", "device_model__name").select_related("device_model"),
    "a query inside": lambda reader: Asset.objects.filter(device_model__in=INSIDE),
    "another query inside": lambda reader: Asset.objects.filter(device_model__in=INSIDE.filter(name="no such name")),
    "prefetched": lambda reader: Asset.objects.prefetch_related("site"),
    "nothing": lambda reader: Asset.objects.none(),
    "ordered": lambda reader: Asset.objects.order_by("-tag"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("shape", SHAPES)
def test_it_is_what_the_object_mapper_gives(shape):
    sites = [factories.make_site(), factories.make_site()]
    rows = [factories.make_asset(site=site, status=status) for site in sites for status in ("in_service", "retired")]
    readers = [factories.make_user(permissions=["assets.view"], scope=("site", site.pk)) for site in sites]
    for reader in (*readers, factories.make_user(permissions=[]), *readers):
        for row in rows:
            wanted = SHAPES[shape](reader).filter(pk=row.pk).first()
            found = row_by_number(SHAPES[shape](reader), row.pk)
            assert found == wanted
            if found is not None:
                assert found.__dict__.keys() == wanted.__dict__.keys()
                assert found.tag == row.tag and found.device_model == row.device_model


@pytest.mark.django_db
def test_values_are_given_as_they_were_asked_for():
    row = factories.make_asset()
    for names in (("tag", "site__name"), ("pk",), ("tag",), ("tag", "site__name")):
        queryset = Asset.objects.values(*names)
        assert row_by_number(queryset, row.pk) == queryset.get(pk=row.pk)
        assert row_by_number(queryset, row.pk + 1) is None


@pytest.mark.django_db
def test_what_one_may_see_is_never_what_another_may():
    mine, theirs = factories.make_asset(), factories.make_asset()
    reader = {
        row: factories.make_user(permissions=["assets.view"], scope=("site", row.site_id)) for row in (mine, theirs)
    }
    for _ in range(2):
        for row, other in ((mine, theirs), (theirs, mine)):
            assert row_by_number(Asset.objects.visible_to(reader[row]), row.pk) == row
            assert row_by_number(Asset.objects.visible_to(reader[row]), other.pk) is None


@pytest.mark.django_db
@pytest.mark.parametrize("number", [0, -1, 2**63 - 1, 2**63, -(2**63) - 1, 10**30, None])
def test_a_number_that_no_row_has_finds_none(number):
    assert row_by_number(Asset.objects.all(), number) is None


@pytest.mark.django_db
def test_it_asks_once_and_reads_what_is_there_now():
    row = factories.make_asset(notes="before")
    for notes in ("before", "after"):
        with open_change("test.note", System("test")):
            Asset.objects.filter(pk=row.pk).update(notes=notes)
        with CaptureQueriesContext(connection) as asked:
            assert row_by_number(Asset.objects.all(), row.pk).notes == notes
        assert len(asked) == 1


@pytest.mark.django_db
def test_locking_is_asked_for_in_the_statement():
    row = factories.make_asset()
    for lock in (True, False, True):
        with transaction.atomic(), CaptureQueriesContext(connection) as asked:
            row_by_number(Asset.objects.all(), row.pk, lock=lock)
        assert ("FOR UPDATE" in asked[0]["sql"]) == (lock and connection.vendor == "postgresql")


@pytest.mark.django_db
def test_what_is_kept_does_not_grow_without_end(monkeypatch):
    monkeypatch.setattr(kept, "_MOST", 10)
    for number in range(25):
        row_by_number(Asset.objects.filter(tag=f"{number}"), 1)
    assert len(kept._kept) <= 10


@pytest.mark.django_db
def test_each_thread_asks_on_its_own_connection():
    queryset, used = Asset.objects.all(), []

    def look():
        (statement,) = (one for one in kept._kept.values() if one.query.model is Asset)
        used.append(kept._finished(queryset, statement, 1).query.get_compiler().connection is connections["default"])
        used.append(statement.compiler.connection is connections["default"])

    kept._kept.clear()
    row_by_number(queryset, 1)
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert used == [True, False]


@pytest.mark.django_db
class TestInserting:
    def test_a_clash_inserts_and_records_nothing_and_the_transaction_goes_on(self):
        row = factories.make_asset(tag="ONE")
        records = AuditRecord.objects.count()
        with open_change("test.twice", System("test")):
            with pytest.raises(Taken):
                Asset(tag="ONE", site=row.site, device_model=row.device_model, device_type=row.device_type).save()
            Asset.objects.filter(pk=row.pk).update(notes="goes on")
        assert AuditRecord.objects.count() == records + 1
        assert list(Asset.objects.values_list("tag", "notes")) == [("ONE", "goes on")]

    def test_what_is_no_clash_is_still_an_error(self):
        row = factories.make_asset()
        with pytest.raises(IntegrityError), open_change("test.null", System("test")):
            Asset(tag=None, site=row.site, device_model=row.device_model, device_type=row.device_type).save()

    def test_the_number_of_a_new_device_passes_over_those_written_by_hand(self):
        row = factories.make_asset()
        place = {"site_id": row.site_id, "device_model_id": row.device_model_id}
        first = register_asset(by=System("test"), **place)
        number = int(first.tag.removeprefix("EQ-"))
        for ahead in (1, 2):
            factories.make_asset(tag=f"EQ-{number + ahead:06d}")
        third = register_asset(by=System("test"), **place)
        assert third.tag == f"EQ-{number + 3:06d}"
        assert f"eq {number + 3:06d}" in Asset.objects.get(pk=third.pk).search_text

    def test_a_number_that_is_taken_is_refused_in_words(self):
        row, other = factories.make_asset(tag="ONE"), factories.make_asset(tag="TWO")
        place = {"site_id": row.site_id, "device_model_id": row.device_model_id}
        with pytest.raises(Invalid) as refused:
            register_asset(by=System("test"), **place, values={"tag": "ONE"})
        assert refused.value.fields.keys() == {"tag"}
        with pytest.raises(Invalid) as refused:
            change_asset(by=System("test"), asset_id=other.pk, values={"tag": "ONE", "notes": "x"})
        assert refused.value.fields.keys() == {"tag"}
        assert sorted(Asset.objects.values_list("tag", "notes")) == [("ONE", ""), ("TWO", "")]
