"""Keyset pages: page by page one sees every row once, in the database's own order, also where values are missing."""

import string
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests import factories
from wardwright.apps.assets.models import Asset
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Invalid
from wardwright.platform.core.keyset import capped_count, keyset_page

DAYS = st.none() | st.integers(0, 4).map(lambda n: date(2026, 1, 1) + timedelta(days=n))
CENTS = st.none() | st.integers(-2, 2)
MOMENTS = st.none() | st.integers(0, 3).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=n))
HOURS = st.none() | st.sampled_from(["0.0", "0.1", "10.0", "9.9"])
WORDS = st.text(alphabet=string.ascii_letters + "äÖ' %_", max_size=3)
ROWS = st.lists(st.tuples(DAYS, CENTS, MOMENTS, HOURS, WORDS), max_size=12)
FIELDS = ["warranty_until", "purchase_cost_cents", "status_since", "usage_hours", "serial", "department__name", "id"]


def walk(queryset: Any, order: str, size: int) -> list[int]:
    """Every row's id, page by page."""
    found, cursor, pages = [], "", 0
    while True:
        page = keyset_page(queryset, order, cursor=cursor, size=size)
        assert len(page.rows) <= size
        found += [row.pk for row in page.rows]
        cursor, pages = page.next_cursor, pages + 1
        if not cursor:
            return found
        assert pages <= 20, "the pages do not end"


class TestPages(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(rows=ROWS, size=st.integers(1, 5), field=st.sampled_from(FIELDS), descending=st.booleans())
    def test_no_row_is_lost_or_repeated(self, rows, size, field, descending):
        site = factories.make_site()
        wards = [factories.make_department(site=site, name=name) for name in ("A", "B")]
        model = factories.make_model()
        with open_change("test.rows", System()):
            Asset.objects.bulk_create(
                [
                    Asset(
                        tag=f"K{n}",
                        device_model=model,
                        device_type=model.device_type,
                        site=site,
                        warranty_until=day,
                        purchase_cost_cents=cents,
                        status_since=moment,
                        usage_hours=hours,
                        serial=words,
                        department=[None, *wards][n % 3],
                    )
                    for n, (day, cents, moment, hours, words) in enumerate(rows)
                ]
            )
        sign = "-" if descending else ""
        assets = Asset.objects.select_related("department")
        names = [field] if field == "id" else [field, "id"]
        expected = list(assets.order_by(*[sign + name for name in names]).values_list("pk", flat=True))
        assert walk(assets, f"{sign}{field}", size) == expected
        assert len(expected) == len(rows)


@pytest.mark.django_db
class TestCursors:
    @pytest.fixture
    def three(self):
        for cents in (3, None, 1):
            factories.make_asset(purchase_cost_cents=cents)

    def test_missing_values_come_where_the_databases_index_has_them(self, three):
        ordered = [a.purchase_cost_cents for a in keyset_page(Asset.objects.all(), "purchase_cost_cents").rows]
        assert ordered == ([1, 3, None] if connection.vendor == "postgresql" else [None, 1, 3])

    def test_a_row_removed_before_the_cursor_moves_nothing(self, three):
        first = keyset_page(Asset.objects.all(), "id", size=2)
        with open_change("test.drop", System()):
            Asset.objects.filter(pk=first.rows[0].pk).delete()
        rest = keyset_page(Asset.objects.all(), "id", cursor=first.next_cursor, size=2)
        assert (len(rest.rows), rest.next_cursor) == (1, "")

    @pytest.mark.parametrize("cursor", ["x", "!!!", "W10", "bnVsbA", "WyJpZCIsIDEsICJ4Il0", "é", "A" * 500])
    def test_a_cursor_that_is_not_ours_is_refused_in_words(self, three, cursor):
        with pytest.raises(Invalid, match="page marker"):
            keyset_page(Asset.objects.all(), "id", cursor=cursor)

    def test_a_cursor_of_another_order_is_refused(self, three):
        cursor = keyset_page(Asset.objects.all(), "purchase_cost_cents", size=1).next_cursor
        with pytest.raises(Invalid):
            keyset_page(Asset.objects.all(), "-purchase_cost_cents", cursor=cursor)

    @pytest.mark.parametrize("value", ['"soon"', '"2026-02-31"', "true", '"\\u0000"'])
    def test_a_forged_value_is_refused_in_words(self, three, value):
        import base64

        forged = base64.urlsafe_b64encode(f'["warranty_until",{value},1]'.encode()).decode().rstrip("=")
        with pytest.raises(Invalid):
            keyset_page(Asset.objects.all(), "warranty_until", cursor=forged)

    def test_counting_stops_at_the_cap(self, three):
        assert capped_count(Asset.objects.all(), 3) == (3, False)
        assert capped_count(Asset.objects.all(), 2) == (2, True)


@pytest.mark.django_db
def test_rows_without_a_value_come_last_where_a_list_asks_for_it():
    site, model = factories.make_site(), factories.make_model()
    days = [None, date(2026, 3, 1), None, date(2026, 1, 1), date(2026, 3, 1)]
    made = [factories.make_asset(site=site, device_model=model, warranty_until=day) for day in days]
    found, cursor = [], ""
    while True:
        page = keyset_page(Asset.objects.all(), "warranty_until", cursor=cursor, size=2, nulls_last=True)
        found += [row.pk for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break
    assert found == [made[n].pk for n in (3, 1, 4, 0, 2)]
