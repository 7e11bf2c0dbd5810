"""The Monday page: each number is the length of the list that its line opens, and no line is read row by row."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests import factories

from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.queries.forecast import forget_usual_times
from wardwright.kernel.periods import weekend_began
from wardwright.web.lines import LINES, PARTS, listed, monday_line

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def head():
    return client_of(factories.make_user(permissions=["*"]))


@pytest.fixture
def now():
    return timezone.now()


def rows_behind(now):
    """Something for every line of maintenance and of the instruments, and beside each what it must not count."""
    today, weekend = timezone.localdate(), weekend_began(timezone.localtime())
    company = factories.make_company(is_provider=True)
    make, repair = factories.make_work_order, {"kind": "corrective", "due_on": None}
    make(asset=factories.make_asset(device_type=factories.make_type(life_support=True)), due_on=today - timedelta(3))
    make(due_on=today - timedelta(40), out_of_compliance_on=today - timedelta(5))
    for weeks in range(5):
        make(due_on=today + timedelta(7 * weeks))
    make(**repair, priority=1, reported_at=weekend + timedelta(minutes=1))
    make(**repair, priority=1, reported_at=weekend + timedelta(minutes=2), state="closed", verdict="repaired")
    make(**repair, priority=1, reported_at=weekend - timedelta(minutes=1))
    make(**repair, priority=3, reported_at=now)
    make(**repair, provider=company, finish_by_at=now - timedelta(hours=1), responded_at=now)
    make(**repair, provider=company, respond_by_at=now - timedelta(hours=1))
    make(**repair, provider=company, finish_by_at=now - timedelta(hours=1), state="on_hold", hold_reason="vendor")
    make(**repair, provider=company, finish_by_at=now + timedelta(hours=1), responded_at=now)
    make(**repair, finish_by_at=now - timedelta(hours=1))
    make(**repair, state="on_hold", hold_reason="parts", held_since_at=now - timedelta(days=8))
    make(**repair, state="on_hold", hold_reason="parts", held_since_at=now - timedelta(days=6))
    make(**repair, state="to_verify")
    make(state="closed", certificate="missing", closed_at=now, due_on=None)
    factories.make_instrument(calibration_due_on=today - timedelta(1))
    factories.make_instrument(calibration_due_on=today + timedelta(90), certificate_missing=True)


WITHOUT_LIST = ("similar-names", "library-clean")  # they open a queue and a round
EXPECTED = {
    "weekend-emergent": 2,
    "life-support": 1,
    "emergent": 2,
    "late": 2,
    "out-of-compliance": 1,
    "repairs-untaken": 11,
    "parts": 1,
    "company-promises": 2,
    "to-verify": 1,
    "certificates": 1,
    "calibration-ended": 1,
    "calibration-certificates": 1,
}


def test_each_number_is_the_length_of_the_list_it_opens(head, now):
    rows_behind(now)
    lines = head.get(reverse("home")).context["lines"]
    assert {line["key"]: line["count"] for line in lines if line["key"] in EXPECTED} == EXPECTED
    for line in lines:
        if line["key"] not in WITHOUT_LIST:
            table = head.get(line["url"]).context["table"]
            assert (line["key"], len(table.ids)) == (line["key"], line["count"])


def test_each_week_of_the_forecast_opens_the_work_it_counts(head, now):
    rows_behind(now)
    context = head.get(reverse("home")).context
    shown = [*context["weeks"], context["before"], context["no_day"]]
    assert sum(amount.jobs for amount, _url in context["weeks"]) > 0
    own = WorkOrder.objects.unfinished().filter(provider=None).count()
    assert sum(amount.jobs for amount, _url in shown) == own - 1  # the one that is due in the fifth week
    for amount, url in shown:
        assert len(head.get(url).context["table"].ids) == amount.jobs


def test_the_lines_stand_in_the_order_of_their_parts(head):
    lines = head.get(reverse("home")).context["lines"]
    parts = list(PARTS)
    assert [line["part"] for line in lines] == sorted((line["part"] for line in lines), key=parts.index)
    assert {line["key"] for line in lines} == LINES.keys()


def test_what_is_the_day_of_others_is_shown_to_the_head_only_when_there_is_some(head):
    def parts() -> list[str]:
        return [part["key"] for part in head.get(reverse("home")).context["parts"]]

    assert "library" not in parts()
    factories.make_loan(ready_at=timezone.now())
    assert "library" in parts()


def test_a_line_is_only_for_those_who_may_open_its_list():
    user = factories.make_user(permissions=["maintenance.view", "maintenance.reports", "maintenance.dispatch"])
    shown = client_of(user).get(reverse("home")).context["lines"]
    assert {str(LINES[line["key"]].permission) for line in shown} == {"maintenance.view"}


def test_other_sites_are_left_out(now):
    rows_behind(now)
    elsewhere = factories.make_user(permissions=["*"], scope=("site", factories.make_site().pk))
    assert {line["count"] for line in client_of(elsewhere).get(reverse("home")).context["lines"]} == {0}


def test_more_rows_ask_no_more_queries(head, now):
    counts = []
    for _time in range(2):
        rows_behind(now)
        forget_usual_times()
        with CaptureQueriesContext(connection) as asked:
            head.get(reverse("home"))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 40


def test_a_line_of_no_part_or_by_an_unknown_filter_is_refused():
    from wardwright.apps.maintenance.tables import WORK

    with pytest.raises(ValueError, match="no part"):
        monday_line("later", "x", "x", listed(WORK), permission=None, order=1)
    with pytest.raises(ValueError, match="no filter moon"):
        listed(WORK, moon="full")
    assert "x" not in LINES
