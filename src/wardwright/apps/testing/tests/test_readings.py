"""Readings of a device over time: the box on its page, the chart page, and both against plain sums."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests import factories

from wardwright.apps.testing.models import Measurement
from wardwright.apps.testing.queries import readings

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"
START = datetime(2021, 3, 1, 10, tzinfo=UTC)


@pytest.fixture
def by():
    return factories.make_user(permissions=["testing.view", "assets.view"])


@pytest.fixture
def client(by):
    client = Client()
    client.force_login(by, backend=BACKEND)
    return client


def take(asset, values, quantity="leakage", every_days=90, **given):
    """One reading after the other, each a quarter later; the newest last."""
    return [
        factories.make_measurement(
            asset=asset, quantity=quantity, value=Decimal(str(value)), taken_at=START + timedelta(days=every_days * n),
            **{"high": Decimal(500), "name": "Equipment leakage", "limit_source": "IEC 62353", **given},
        )
        for n, value in enumerate(values)
    ]  # fmt: skip


class TestTheNewestOfEachQuantity:
    def test_it_is_what_plain_sorting_finds(self, by):
        asset = factories.make_asset()
        take(asset, range(100, 130))
        take(asset, [3, 1, 2], quantity="earth", unit="Ω")
        take(factories.make_asset(), [7])
        plain = {}
        for row in Measurement.objects.filter(asset=asset).order_by("taken_at", "id"):
            plain.setdefault(row.quantity, []).append(row.value)
        found = {one.quantity: one for one in readings.newest_of_asset(by, asset.pk)}
        assert {key: [r.value for r in one.readings] for key, one in found.items()} == {
            key: values[-readings.SPARK :] for key, values in plain.items()
        }
        assert {key: one.count for key, one in found.items()} == {key: len(values) for key, values in plain.items()}

    def test_it_is_one_query_however_many_there_are(self, by):
        asset = factories.make_asset()
        take(asset, range(100, 160))
        by.has_read = list(readings.newest_of_asset(by, asset.pk))
        take(asset, range(40), quantity="earth", unit="Ω")
        with CaptureQueriesContext(connection) as queries:
            assert len(readings.newest_of_asset(by, asset.pk)) == 2
        assert len(queries) == 1

    def test_what_is_to_be_looked_into_comes_first(self, by):
        asset = factories.make_asset()
        take(asset, [100, 101, 102], quantity="a")
        take(asset, [400, 430, 480], quantity="b")
        take(asset, [480, 470, 460], quantity="c")
        take(asset, [100, 600], quantity="d", verdict="fail")
        take(asset, [5], quantity="e", high=None, verdict="none")
        order = [one.quantity for one in readings.newest_of_asset(by, asset.pk)]
        assert order == ["d", "b", "c", "a", "e"]

    def test_readings_of_another_site_are_not_there(self):
        asset = factories.make_asset()
        take(asset, [1, 2])
        elsewhere = factories.make_user(permissions=["testing.view"], scope=("site", factories.make_site().pk))
        assert readings.newest_of_asset(elsewhere, asset.pk) == []
        assert readings.series_of_asset(elsewhere, asset.pk, "leakage") is None

    def test_other_units_of_the_same_base_become_one_series_and_strange_ones_are_left_out(self, by):
        asset = factories.make_asset()
        take(asset, [0.1], unit="mA", high=Decimal("0.5"), every_days=0)
        take(asset, [7], unit="V", every_days=0)
        take(asset, [110], unit="µA", every_days=0)
        series = readings.series_of_asset(by, asset.pk, "leakage")
        assert [(r.value, r.high, r.unit) for r in series.readings] == [
            (Decimal(100), Decimal(500), "µA"),
            (Decimal(110), Decimal(500), "µA"),
        ]
        assert (series.left_out, series.count) == (1, 3)


class TestTheBox:
    def test_it_says_where_a_reading_stands_and_leads_to_its_chart(self, client):
        asset = factories.make_asset()
        take(asset, [400, 430, 480])
        line = client.get(reverse("asset-readings-panel", args=[asset.pk])).context["lines"][0]
        assert (line["value"], line["limit"], line["used"]) == ("480 µA", "at most 500 µA", "96")
        assert (line["meaning"], line["words"]) == ("due", "near the limit and getting worse")
        assert client.get(line["url"]).context["series"].quantity == "leakage"

    def test_between_two_limits_the_share_counts_from_the_middle(self, client):
        asset = factories.make_asset()
        take(asset, [500, 530, 547.5], low=Decimal(450), high=Decimal(550), unit="ml")
        line = client.get(reverse("asset-readings-panel", args=[asset.pk])).context["lines"][0]
        assert (line["limit"], line["used"], line["meaning"]) == ("450 to 550 ml", "95", "due")

    def test_a_share_is_never_rounded_up_to_the_limit(self, client):
        asset = factories.make_asset()
        take(asset, [499.9])
        line = client.get(reverse("asset-readings-panel", args=[asset.pk])).context["lines"][0]
        assert line["used"] == "99"


class TestTheChart:
    def test_it_marks_what_chance_does_not_explain(self, client):
        asset = factories.make_asset()
        take(asset, [100, 102, 98, 101, 250, 99, 100, 102, 98, 101])
        page = client.get(reverse("asset-readings", args=[asset.pk]))
        course = page.context["course"]
        assert [reading.value for reading, _signals in course.signalled()] == [Decimal(250)]
        assert page.context["chart"].svg.count("chart-out") == 1
        assert "IEC 62353" in page.context["chart"].note and "n = 10" in page.context["chart"].note

    def test_a_drift_says_when_it_reaches_the_limit(self, client):
        asset = factories.make_asset()
        take(asset, [100 + 20 * n for n in range(12)], every_days=100)
        course = client.get(reverse("asset-readings", args=[asset.pk])).context["course"]
        # 20 µA in 100 days: from 100 to 500 takes 2,000 days.
        assert course.crosses_on == (START + timedelta(days=2000)).date()

    def test_which_instrument_took_a_reading_is_drawn(self, client):
        asset = factories.make_asset()
        one, other = (factories.make_instrument(name=name, serial="7") for name in ("Red", "Blue"))
        take(asset, [100, 101, 99], instrument=one)
        take(asset, [120, 121], instrument=other)
        svg = client.get(reverse("asset-readings", args=[asset.pk])).context["chart"].svg
        assert "Red 7" in svg and "Blue 7" in svg
        assert svg.count("<polygon") == 4  # two squares in the plot, two in the lane

    def test_a_bound_is_shown_and_not_computed_with(self, client):
        asset = factories.make_asset()
        take(asset, [100] * 7)
        take(asset, [9999], bound=">", verdict="fail")
        page = client.get(reverse("asset-readings", args=[asset.pk]))
        assert page.context["course"].control.mean == 100
        assert page.context["chart"].svg.count("chart-open") == 1

    def test_thousands_of_readings_are_charted_as_far_as_can_be_seen_and_csv_has_all(self, client):
        asset = factories.make_asset()
        take(asset, [100 + n % 7 for n in range(readings.MOST_CHARTED + 50)], every_days=1)
        page = client.get(reverse("asset-readings", args=[asset.pk]))
        assert len(page.context["series"].readings) == readings.MOST_CHARTED
        assert "the newest 200 of 250" in page.context["chart"].note
        lines = b"".join(client.get(page.context["csv_url"]).streaming_content).decode().splitlines()
        assert len(lines) == 251
        assert lines[1].split(",")[1] == "104"  # the newest first

    def test_one_reading_is_told_without_a_chart_and_none_without_anything(self, client):
        asset = factories.make_asset()
        page = client.get(reverse("asset-readings", args=[asset.pk]))
        assert "Nothing has been measured" in page.content.decode()
        take(asset, [100])
        page = client.get(reverse("asset-readings", args=[asset.pk]))
        assert (page.context["chart"], page.context["value"]) == (None, "100 µA")

    def test_an_unknown_quantity_shows_a_known_one(self, client):
        asset = factories.make_asset()
        take(asset, [100, 101])
        assert (
            client.get(reverse("asset-readings", args=[asset.pk]), {"quantity": "\x00"}).context["quantity"]
            == "leakage"
        )
