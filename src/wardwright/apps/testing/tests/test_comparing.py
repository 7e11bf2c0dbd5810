"""Readings beside each other: devices of a model, people and instruments, an instrument over its calibrations."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from statistics import mean, median

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import factories
from tests.factories import writes

from wardwright.apps.assets.models import Asset
from wardwright.apps.testing.models import Calibration, CalibrationPoint, Measurement
from wardwright.apps.testing.queries import comparing, readings
from wardwright.platform.reports.asking import asked_of
from wardwright.platform.reports.declaration import REPORTS

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"
NOW = timezone.now()


def client_of(*permissions, **scope):
    client = Client()
    client.force_login(factories.make_user(permissions=permissions, **scope), backend=BACKEND)
    return client


@pytest.fixture
def by():
    return factories.make_user(permissions=["testing.view", "testing.reports", "assets.view"])


def take(asset, value, days_ago=0, **given):
    return factories.make_measurement(
        asset=asset, value=Decimal(str(value)), taken_at=NOW - timedelta(days=days_ago),
        **{"high": Decimal(500), "name": "Equipment leakage", **given},
    )  # fmt: skip


def fleet(n, model=None):
    model = model or factories.make_model()
    site = factories.make_site()
    return [factories.make_asset(device_model=model, device_type=model.device_type, site=site) for _ in range(n)]


@writes
def calibrate(instrument, on, points):
    made = Calibration.objects.create(
        instrument=instrument, calibrated_on=on, due_on=on + timedelta(days=365), as_found="unknown",
        as_left="unknown", recorded_at=timezone.now(),
    )  # fmt: skip
    for position, (reference, found, tolerance) in enumerate(points, 1):
        CalibrationPoint.objects.create(
            calibration=made, position=position, quantity="current", unit="µA", reference=reference,
            found=Decimal(str(found)), low=reference - tolerance, high=reference + tolerance,
        )  # fmt: skip


class TestTheDevicesOfAModel:
    def test_each_has_its_latest_and_its_spread_and_the_odd_one_is_named(self, by):
        assets = fleet(10)
        for n, asset in enumerate(assets):
            for back in range(15):
                take(asset, (100 if n < 9 else 400) + n + back, days_ago=back)
        take(fleet(1)[0], 999)
        found = comparing.readings_of_model(by, assets[0].device_model_id, "leakage")
        plain = {}
        for row in Measurement.objects.filter(asset__in=assets).order_by("-taken_at"):
            plain.setdefault(row.asset.tag, []).append(row.value)
        assert {one.tag: [r.value for r in reversed(one.series.readings)] for one in found.devices} == {
            tag: values[: readings.SPARK] for tag, values in plain.items()
        }
        assert found.spread.median == median(float(values[0]) for values in plain.values())
        assert [one.tag for one in found.far_out] == [assets[9].tag] == [found.devices[0].tag]

    def test_the_page_links_the_odd_one_and_csv_has_every_device(self):
        assets = fleet(9)
        for n, asset in enumerate(assets):
            take(asset, 100 + n if n else 400)
        client = client_of("testing.view", "assets.view")
        page = client.get(reverse("model-readings", args=[assets[0].device_model_id]))
        assert page.context["chart"].svg.count("chart-out") == 1
        assert page.context["lines"][0]["url"].startswith(reverse("asset-readings", args=[assets[0].pk]))
        sent = client.get(page.wsgi_request.path + page.context["csv_url"])
        assert len(b"".join(sent.streaming_content).decode().splitlines()) == 10

    def test_another_site_has_none(self, by):
        asset = fleet(1)[0]
        take(asset, 1)
        elsewhere = factories.make_user(permissions=["*"], scope=("site", factories.make_site().pk))
        assert comparing.readings_of_model(elsewhere, asset.device_model_id, "leakage") is None


def readings_by(people, assets, *, lower=(), by_how_much=0, seed=1, **given):
    """Everybody measures every device twice; some always read lower."""
    rng = Random(seed)
    for n, asset in enumerate(assets):
        for number, person in enumerate(people):
            for again in range(2):
                value = 100 + 10 * n + rng.gauss(0, 1) - (by_how_much if person in lower else 0)
                take(asset, round(value, 2), days_ago=10 * number + again, taken_by_name=person, **given)


def compare_page(client, assets, **query):
    query = {"type": assets[0].device_type_id, "quantity": "leakage", **query}
    return client.get(reverse("compare-readings"), query)


class TestPeopleAndInstruments:
    def test_who_reads_lower_is_told_without_blame(self):
        assets = fleet(8)
        readings_by(["Ann", "Ben", "Cy"], assets, lower=("Ann",), by_how_much=60)
        parts = compare_page(client_of("testing.view", "testing.reports", "assets.view"), assets).context["parts"]
        people = next(part for part in parts if part.is_people)
        ann = next(line for line in people.lines if line.name == "Ann")
        own = [float(v) for v in Measurement.objects.filter(taken_by_name="Ann").values_list("value", flat=True)]
        others = Measurement.objects.exclude(taken_by_name="Ann").values_list("value", flat=True)
        difference = mean(own) - mean(map(float, others))
        assert ann.basis.difference == pytest.approx(difference)  # everybody measured all devices equally often
        assert (ann.is_paired, ann.shared, ann.matters) == (True, 8, True)
        assert ann.words.startswith("Readings taken by Ann are on average ")
        assert ann.words.endswith("lower than others on the same 8 devices; that is more than chance.")

    def test_a_difference_small_beside_the_limit_is_called_small(self):
        assets = fleet(8)
        readings_by(["Ann", "Ben"], assets, lower=("Ann",), by_how_much=10)
        parts = compare_page(client_of("testing.view", "testing.reports", "assets.view"), assets).context["parts"]
        ann = next(line for line in parts[-1].lines if line.name == "Ann")
        assert (ann.basis.stands_out, ann.matters) == (True, False)
        assert "of what the limit allows." in ann.words

    def test_other_devices_may_be_the_reason(self):
        old, new = fleet(6), None
        new = fleet(6, model=old[0].device_model)
        readings_by(["Ann"], old)
        readings_by(["Ben"], new, lower=("Ben",), by_how_much=90)
        page = compare_page(client_of("testing.view", "testing.reports", "assets.view"), old)
        ben = next(line for line in page.context["parts"][-1].lines if line.name == "Ben")
        assert (ben.basis.stands_out, ben.is_paired, ben.matters) == (True, False, False)
        assert "other devices: that may be the whole reason" in ben.words

    def test_crossed_readings_make_a_gage_study(self):
        assets = fleet(5)
        readings_by(["Ann", "Ben", "Cy"], assets)
        page = compare_page(client_of("testing.view", "testing.reports", "assets.view"), assets)
        study = page.context["parts"][-1].study
        assert study.repeatability == pytest.approx(1, abs=0.5)
        assert study.part_to_part > 10 * study.gage

    def test_people_are_named_only_to_those_who_may_see_it(self):
        assets = fleet(4)
        readings_by(["Ann Secret", "Ben Secret"], assets, instrument=factories.make_instrument(site=assets[0].site))
        page = compare_page(client_of("testing.view", "assets.view"), assets)
        assert [part.is_people for part in page.context["parts"]] == [False]
        assert "Secret" not in page.content.decode()
        csv = compare_page(client_of("testing.view", "assets.view"), assets, format="csv")
        assert "Secret" not in b"".join(csv.streaming_content).decode()

    def test_people_are_compared_only_as_far_as_that_right_reaches(self):
        here = fleet(4)
        there = fleet(4, model=here[0].device_model)
        readings_by(["Ann"], here)
        readings_by(["Ben"], there)
        user = factories.make_user(permissions=["testing.view", "assets.view"])
        role = factories.make_user(permissions=["testing.reports"], scope=("site", here[0].site_id))

        @writes
        def give():
            from wardwright.platform.access.models import Grant

            grant = Grant.objects.get(user=role)
            Grant.objects.create(user=user, role=grant.role, scope_kind="site", scope_id=here[0].site_id)

        give()
        client = Client()
        client.force_login(user, backend=BACKEND)
        parts = compare_page(client, here).context["parts"]
        assert [line.name for part in parts if part.is_people for line in part.lines] == ["Ann"]

    def test_nonsense_in_the_address_is_no_error(self):
        client = client_of("testing.view", "testing.reports", "assets.view")
        assets = fleet(1)
        take(assets[0], 1)
        for query in ({"type": "x"}, {"type": str(2**70)}, {"months": "-1"}, {"model": "²"}, {"quantity": "\x00"}):
            assert compare_page(client, assets, **query).status_code == 200


class TestAnInstrument:
    def test_its_errors_are_those_of_its_points_and_drift_says_when_it_leaves(self, by):
        instrument = factories.make_instrument()
        for year in range(5):
            points = [(100, 100 + 0.4 * year, 2), (200, 200, 4)]
            calibrate(instrument=instrument, on=date(2021 + year, 3, 1), points=points)
        errors = comparing.found_errors(by, instrument.pk)
        plain = list(CalibrationPoint.objects.order_by("calibration__calibrated_on", "position"))
        assert [one.error for one in errors] == [point.found - point.reference for point in plain]
        page = client_of("testing.view").get(reverse("instrument-course", args=[instrument.pk]))
        line = page.context["lines"][0]
        assert (line.reference, line.share, line.is_out) == ("100 µA", pytest.approx(80), False)
        # 0.4 µA of 2 µA a year: from 80 % in March 2025 it takes one more year.
        assert abs((line.leaves_on - date(2026, 3, 1)).days) < 5
        assert page.context["title"].endswith("drifts towards the end of its tolerance")
        assert page.context["chart"].svg.count("<polyline") == 1

    def test_its_failures_beside_those_of_others_are_plain_counts(self, by):
        assets = fleet(3)
        one, other = (factories.make_instrument(site=assets[0].site) for _ in range(2))
        for n in range(60):
            take(assets[n % 3], 10, days_ago=n, instrument=one, verdict="fail" if n < 30 else "pass")
            take(assets[n % 3], 10, days_ago=n, instrument=other, verdict="cond_fail" if n < 6 else "pass")
        take(assets[0], 10, instrument=one, verdict="none")
        take(assets[0], 10, days_ago=900, instrument=one, verdict="fail")
        (share,) = comparing.failed_shares(by, one.pk, NOW - timedelta(days=365))
        assert (share.count, share.failed, share.all_count, share.all_failed, share.others) == (60, 30, 120, 36, 1)
        assert (share.percent, share.others_percent, share.is_unusual) == (50, 10, True)
        assert client_of("testing.view").get(reverse("instrument-course", args=[one.pk])).status_code == 200

    def test_an_instrument_without_anything_has_a_page(self):
        instrument = factories.make_instrument()
        page = client_of("testing.view").get(reverse("instrument-course", args=[instrument.pk]))
        assert (page.context["chart"], page.context["lines"], page.context["shares"]) == (None, [], [])
        assert "no calibration with points yet" in page.context["title"]


class TestTheReportOfWhatIsNearItsLimit:
    def cases(self, by, **given):
        report = REPORTS["near-limit"]
        return [
            (str(case.cells[0]), case.cells[2], case.cells[4], case.counts["worse"][0])
            for case in report.cases(by, asked_of(report, given))
        ]

    def test_it_is_what_looking_at_every_newest_reading_finds(self, by):
        rng = Random(5)
        limits = [(None, 500), (450, 550), (40, None), (None, None)]
        for asset in fleet(25):
            for quantity, (low, high) in zip("abcd", limits, strict=True):
                middle = {"a": 430, "b": 540, "c": 45, "d": 7}[quantity]
                for n in range(rng.randrange(1, 16)):
                    value = Decimal(round(rng.gauss(middle, middle / 14), 1)).quantize(Decimal("0.1"))
                    failed = (low and value < low) or (high and value > high)
                    take(
                        asset, value, days_ago=30 * n, quantity=quantity, name=quantity, low=low, high=high,
                        verdict="none" if quantity == "d" else "fail" if failed else "pass",
                    )  # fmt: skip
        plain = set()
        for series in (
            s for pk in Asset.objects.values_list("pk", flat=True) for s in readings.newest_of_asset(by, pk)
        ):
            going, newest = series.trend, series.newest
            if going and going.percent_used > 90 and newest.verdict == "pass":
                tag = Asset.objects.get(pk=newest.asset_id).tag
                plain.add((tag, series.name, f"{newest.value.normalize():f} µA", float(going.worsening)))
        found = self.cases(by)
        assert len(found) > 10
        assert (set(found), len(found)) == (plain, len(plain))
        assert [worse for *_case, worse in found] == sorted((worse for *_case, worse in found), reverse=True)

    def test_readings_of_before_the_period_and_of_devices_that_are_gone_are_not_in_it(self, by):
        old, gone, here = fleet(3)
        take(old, 490, days_ago=1000)
        take(gone, 490)
        take(here, 490)

        @writes
        def retire():
            Asset.objects.filter(pk=gone.pk).update(retired_on=date(2026, 1, 1))

        retire()
        assert [case[0] for case in self.cases(by, period="this-year")] == [here.tag]


def test_a_moment_on_the_axis_is_days():
    from wardwright.platform.reports.plots import days_of

    assert days_of(datetime(2026, 1, 1, 12, tzinfo=UTC)) == date(2026, 1, 1).toordinal() + 0.5
