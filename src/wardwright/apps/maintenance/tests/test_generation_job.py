"""Making due work from the page: little at once, much as a job of whoever asked."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import factories
from tests.factories import make_asset, make_plan, make_schedule, make_site, make_type, writes

from wardwright.apps.maintenance.models import Schedule, WorkOrder
from wardwright.apps.maintenance.operations import FEW_SCHEDULES
from wardwright.platform.access.models import User
from wardwright.platform.jobs.models import Job
from wardwright.platform.jobs.worker import work as run_jobs

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
NEXT_YEAR = {"until": (TODAY + timedelta(days=365)).isoformat()}


@writes
def many_schedules(plan, asset) -> None:
    """Enough labels on one device: a run counts schedules, not devices."""
    Schedule.objects.bulk_create(
        Schedule(plan=plan, asset=asset, label=str(n), anchor_on=TODAY - timedelta(days=100))
        for n in range(FEW_SCHEDULES + 1)
    )


@pytest.fixture
def user():
    site = make_site()
    plan = make_plan(applies_to="type", device_type=make_type())
    many_schedules(plan=plan, asset=make_asset(site=site))
    make_schedule(plan=plan, asset=make_asset(), anchor_on=TODAY - timedelta(days=100))
    return factories.make_user(
        permissions=["maintenance.view", "maintenance.generate", "assets.view"], scope=("site", site.pk)
    )


@pytest.fixture
def client(user):
    found = Client()
    found.force_login(user, backend="wardwright.platform.access.login.PasswordBackend")
    return found


def run() -> None:
    run_jobs(stop=lambda: False, once=True)


def test_a_long_run_is_a_job_that_reaches_as_far_as_who_asked(client, user):
    sent = client.post(reverse("generate-work"), NEXT_YEAR)
    assert (sent.status_code, sent["Location"]) == (302, reverse("generation"))
    assert WorkOrder.objects.count() == 0
    waiting = client.get(reverse("generation")).content.decode()
    assert ("Waiting for its turn" in waiting, f'hx-get="{reverse("generation")}"' in waiting) == (True, True)
    run()
    job = Job.objects.get(asked_by_id=user.pk)
    assert (job.state, job.progress_done, job.progress_total) == ("done", FEW_SCHEDULES + 1, FEW_SCHEDULES + 1)
    assert WorkOrder.objects.count() == FEW_SCHEDULES + 1
    polled = client.get(reverse("generation"), headers={"HX-Request": "true", "HX-Target": "generation-state"})
    assert polled["HX-Redirect"] == reverse("generation")
    assert f"{FEW_SCHEDULES + 1} work orders were made" in client.get(reverse("generation")).content.decode()


def test_asking_twice_is_one_run(client):
    for _ in range(2):
        client.post(reverse("generate-work"), NEXT_YEAR)
    assert Job.objects.filter(key__startswith="generate-work").count() == 1


def test_who_may_no_more_makes_nothing_and_the_page_says_so(client, user):
    client.post(reverse("generate-work"), NEXT_YEAR)
    end_log_in(user=user)
    Job.objects.update(max_attempts=1)
    run()
    assert (Job.objects.get(asked_by_id=user.pk).state, WorkOrder.objects.count()) == ("failed", 0)
    end_log_in(user=user, is_active=True)
    client.force_login(user, backend="wardwright.platform.access.login.PasswordBackend")
    assert "is closed" in client.get(reverse("generation")).content.decode()


@writes
def end_log_in(user, is_active: bool = False) -> None:
    User.objects.filter(pk=user.pk).update(is_active=is_active)


def test_a_short_run_is_done_at_once_and_nobody_sees_the_runs_of_others(client):
    other = Client()
    other.force_login(
        factories.make_user(permissions=["maintenance.view", "maintenance.generate"], scope=("site", make_site().pk)),
        backend="wardwright.platform.access.login.PasswordBackend",
    )
    client.post(reverse("generate-work"), NEXT_YEAR)
    assert "No run is under way" in other.get(reverse("generation")).content.decode()
    assert "0 work orders were made" in other.post(reverse("generate-work"), NEXT_YEAR).content.decode()
    assert date.fromisoformat(NEXT_YEAR["until"]) > TODAY
