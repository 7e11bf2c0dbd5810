"""How much the library is used: sums of fleet-days, the most at once, waiting and refused wards."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.factories import (
    make_asset,
    make_holding,
    make_loan,
    make_loan_request,
    make_pool,
    make_site,
    make_type,
    make_user,
)

from wardwright.apps.lending.models import Cleaning
from wardwright.apps.lending.queries import library_use
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, tzinfo=UTC)


def at(days):
    return START + timedelta(days=days)


@pytest.fixture
def lent():
    """Two pumps for ten days: one out on days 2 to 6 and dirty for a day, one out from day 4 on."""
    site = make_site()
    pool, kind = make_pool(site=site, name="Library"), make_type(name="Pump")
    first, second = (
        make_holding(pool=pool, asset=make_asset(site=site, device_type=kind), joined_at=at(0), since_at=at(0))
        for _n in range(2)
    )
    for holding, start, end in ((first, 2, 6), (second, 4, None)):
        request = make_loan_request(
            pool=pool, device_type=kind, from_at=at(start), filled_at=at(start), state="filled", issued=1, delivered=1
        )
        make_loan(
            holding=holding, loan_request=request, picked_at=at(start), delivered_at=at(start),
            collected_at=end and at(end),
        )  # fmt: skip
    with open_change("test", System("test")):
        Cleaning.objects.create(
            asset=first.asset, holding=first, method="wash", started_at=at(6.5), done_at=at(7), by_name="Ada"
        )
    return pool, kind, site


def test_days_out_of_days_there_were(lent):
    (line,) = library_use(System("test"), at(0), at(10))
    assert (line.name, line.owned, line.fleet_hours) == ("Pump", 2, 480)
    assert line.share_out == pytest.approx(100 * (4 + 6) / 20)
    assert (line.peak.count, line.peak.start) == (2, at(4))
    assert line.ready_share == pytest.approx(1 - 1 / 20)  # one day between coming back and being clean
    assert (line.usual_need, line.needed, line.too_few) == (2, 3, 1)


def test_who_waits_is_part_of_the_need(lent):
    pool, kind, _site = lent
    make_loan_request(pool=pool, device_type=kind, from_at=at(4), quantity=3)
    make_loan_request(pool=pool, device_type=kind, from_at=at(5), state="refused", ended_at=at(5.5), quantity=1)
    make_loan_request(pool=pool, device_type=kind, from_at=at(8), state="cancelled", ended_at=at(8), quantity=9)
    (line,) = library_use(System("test"), at(0), at(10))
    assert (line.requests, line.waited, line.refused) == (4, 1, 1)
    assert (line.peak.count, line.peak.start) == (6, at(5))


def test_before_the_library_nothing_is_counted(lent):
    (line,) = library_use(System("test"), at(-90), at(10))
    assert (line.fleet_hours, line.usual_need, line.need[0].start) == (480, 2, at(0))


def test_elsewhere_nothing_is_seen(lent):
    _pool, _kind, site = lent
    assert len(library_use(make_user(permissions=["lending.view"], scope=("site", site.pk)), at(0), at(10))) == 1
    assert library_use(make_user(permissions=["lending.view"], scope=("site", make_site().pk)), at(0), at(10)) == []
