"""Whether a test instrument may be used is one rule: of the guardrail, of the lists, of the report and of My day."""

from datetime import timedelta
from itertools import product

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.factories import make_instrument, make_site, make_user

from wardwright.apps.testing.models import Instrument
from wardwright.apps.testing.queries import fitness, fitness_of, unfit, unfit_q, usable_instruments
from wardwright.apps.testing.tables import INSTRUMENTS, calibration_state
from wardwright.platform.core.change import System
from wardwright.platform.reports.answer import cases_of
from wardwright.platform.reports.asking import asked_of, report_for

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
BY = System("test")


@pytest.fixture
def instruments():
    """One for each state there is: in use or not, left out or not, never, past, today, soon, later."""
    site = make_site()
    dates = (None, *(TODAY + timedelta(days=days) for days in (-1, 0, 5, 300)))
    return [
        make_instrument(site=site, is_active=active, out_of_tolerance=out, calibration_due_on=due_on)
        for active, out, due_on in product((True, False), (True, False), dates)
    ]


def test_the_rule_of_one_row_is_that_of_the_query(instruments):
    by_query = dict(Instrument.objects.annotate(fitness=fitness(TODAY)).values_list("pk", "fitness"))
    assert by_query == {row.pk: fitness_of(row, TODAY) for row in instruments}
    assert sorted(by_query.values()) == ["ended"] + ["never"] + ["out"] * 5 + ["unused"] * 10 + ["usable"] * 3
    unfit_ones = set(Instrument.objects.filter(unfit_q(TODAY), is_active=True))
    usable = set(usable_instruments(BY, TODAY))
    assert unfit_ones == {row for row in instruments if row.is_active and unfit(row, TODAY)}
    assert usable == {row for row in instruments if not unfit(row, TODAY)}


def test_the_filters_of_the_list_show_what_its_marks_say(instruments):
    meant = {"ended": "late", "soon": "due", "ok": "ok", "unused": "out"}
    rule = next(one for one in INSTRUMENTS.filters if one.key == "state")
    for value, meaning in meant.items():
        shown = set(rule.apply(Instrument.objects.all(), value))
        assert shown == {row for row in instruments if calibration_state(row, TODAY)[0] == meaning}


def test_the_report_counts_one_left_out_and_one_never_calibrated_as_not_usable_and_names_why():
    site = make_site()
    due_on = TODAY + timedelta(days=100)
    make_instrument(site=site, calibration_due_on=due_on)
    make_instrument(site=site, calibration_due_on=due_on, out_of_tolerance=True)
    make_instrument(site=site)
    make_instrument(site=site, calibration_due_on=TODAY - timedelta(days=1))
    report = report_for(BY, "instruments-in-date")
    told = sorted((str(case.cells[3]), case.counts["in_date"]) for case in cases_of(report, BY, asked_of(report, {})))
    assert told == [
        ("calibration ended", (0.0, 1)), ("left out of tolerance", (0.0, 1)), ("may be used", (1.0, 1)),
        ("never calibrated", (0.0, 1)),
    ]  # fmt: skip


def test_my_day_puts_those_that_must_not_be_used_first():
    user = make_user(permissions=["directory.view", "assets.view", "testing.view", "maintenance.view",
                                  "maintenance.perform"])  # fmt: skip
    site = make_site()
    make_instrument(name="Good", site=site, calibration_due_on=TODAY + timedelta(days=10))
    make_instrument(name="Wrong", site=site, calibration_due_on=TODAY + timedelta(days=100), out_of_tolerance=True)
    client = Client()
    client.force_login(user, backend="wardwright.platform.access.login.PasswordBackend")
    page = client.get(reverse("home")).content.decode()
    assert -1 < page.index("Wrong") < page.index("Good")
