"""Background jobs: durable, asked for once, retried with growing pauses, finished by another worker after a kill."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.jobs import make_due, run_all
from tests.platform import tasks
from wardwright.platform.core.errors import Denied, NotNow
from wardwright.platform.jobs import operations
from wardwright.platform.jobs.backend import enqueue_once
from wardwright.platform.jobs.builtin import verify_audit_trail
from wardwright.platform.jobs.models import Job, JobState, Recurrence
from wardwright.platform.jobs.queries import recurring_tasks
from wardwright.platform.jobs.recurring import RECURRING, enqueue_due, take
from wardwright.platform.jobs.worker import WHEN_GIVEN_UP, begin

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_the_list_begins_with_what_is_not_done(client):
    """Hundreds of seals and deliveries that went well are one choice away."""
    states = [JobState.DONE, JobState.FAILED, JobState.READY, JobState.RUNNING]
    made = {state: Job.objects.create(task="x.y", state=state, run_after=timezone.now()).pk for state in states}
    client.force_login(factories.make_user(), backend="wardwright.platform.access.login.PasswordBackend")
    shown = client.get(reverse("jobs"), follow=True).context["table"].ids
    assert sorted(shown) == sorted(pk for state, pk in made.items() if state != JobState.DONE)
    assert client.get(reverse("jobs") + "?state=").context["table"].ids == sorted(made.values(), reverse=True)


@pytest.mark.django_db
class TestGivingUp:
    def given_up(self, monkeypatch, tell):
        monkeypatch.setitem(WHEN_GIVEN_UP, tasks.add.module_path, tell)
        Job.objects.create(task=tasks.add.module_path, args=[1, "x"], run_after=timezone.now(), max_attempts=1)
        run_all()
        return Job.objects.get()

    def test_whoever_waits_for_a_job_hears_that_it_has_failed_for_good(self, monkeypatch):
        heard = []
        job = self.given_up(monkeypatch, lambda *args, **kwargs: heard.append((args, kwargs)))
        assert (job.state, heard) == (JobState.FAILED, [((1, "x"), {"error": job.error})])

    def test_a_listener_that_breaks_does_not_keep_the_job_running(self, monkeypatch):
        assert self.given_up(monkeypatch, lambda *args, **kwargs: 1 / 0).state == JobState.FAILED


@pytest.mark.django_db
class TestRunning:
    def test_a_job_runs_and_keeps_its_result(self):
        tasks.add.enqueue(2, right=3)
        assert run_all() == 1
        job = Job.objects.get()
        assert (job.state, job.result, job.attempts, job.error, job.lease_until) == (JobState.DONE, 5, 1, "", None)
        assert job.finished_at >= job.started_at

    def test_a_job_vanishes_with_the_transaction_that_asked_for_it(self):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            tasks.add.enqueue(1, 1)
            _ = 1 / 0
        assert Job.objects.count() == 0

    def test_jobs_run_by_priority_and_then_in_order(self):
        for number in range(3):
            tasks.add.enqueue(number, 0)
        tasks.add.using(priority=10).enqueue(9, 0)
        run_all()
        assert [job.args[0] for job in Job.objects.order_by("started_at")] == [9, 0, 1, 2]

    def test_a_job_for_later_waits(self):
        tasks.add.using(run_after=timezone.now() + timedelta(hours=1)).enqueue(1, 1)
        assert run_all() == 0

    def test_progress_is_kept(self):
        tasks.show_progress.enqueue()
        run_all()
        job = Job.objects.get()
        assert (job.progress_done, job.progress_total, job.progress_words) == (3, 4, "three of four")

    def test_a_task_that_is_gone_fails_in_words_and_does_not_stop_the_worker(self):
        Job.objects.create(task="wardwright.no.such_task", run_after=timezone.now(), max_attempts=1)
        tasks.add.enqueue(1, 1)
        assert run_all() == 2
        assert set(Job.objects.values_list("state", flat=True)) == {JobState.FAILED, JobState.DONE}
        assert "No module named" in Job.objects.get(state=JobState.FAILED).error


@pytest.mark.django_db
class TestOnce:
    def test_asking_twice_while_it_waits_is_one_job(self):
        assert enqueue_once(tasks.add, "sum", 1, 2).pk == enqueue_once(tasks.add, "sum", 1, 2).pk
        assert Job.objects.count() == 1

    def test_asking_while_it_runs_is_the_same_job(self):
        first = enqueue_once(tasks.add, "sum", 1, 2)
        begin(first, "w")
        assert enqueue_once(tasks.add, "sum", 1, 2).pk == first.pk

    def test_asking_after_it_is_done_is_a_new_job(self):
        first = enqueue_once(tasks.add, "sum", 1, 2)
        run_all()
        assert enqueue_once(tasks.add, "sum", 1, 2).pk != first.pk


@pytest.mark.django_db
class TestFailing:
    def test_it_is_tried_again_after_growing_pauses(self, tmp_path):
        tasks.fail_until.enqueue(str(tmp_path), 3)
        pauses = []
        for _ in range(3):
            before = timezone.now()
            assert run_all() == 1
            job = Job.objects.get()
            assert job.state == JobState.READY
            assert run_all() == 0
            pauses.append((job.run_after - before) // timedelta(seconds=5) * 5)
            make_due()
        assert pauses == [5, 20, 80]
        assert run_all() == 1
        job = Job.objects.get()
        assert (job.state, job.result, job.attempts, job.error) == (JobState.DONE, "done", 4, "")

    def test_after_its_last_attempt_it_has_failed_and_says_why(self, tmp_path):
        tasks.fail_until.enqueue(str(tmp_path), 99)
        Job.objects.update(max_attempts=2)
        for _ in range(2):
            make_due()
            run_all()
        job = Job.objects.get()
        assert (job.state, job.attempts, job.error) == (JobState.FAILED, 2, "ValueError: failure 2")
        make_due()
        assert run_all() == 0


@pytest.mark.django_db
class TestRecurring:
    def waiting(self) -> list[str]:
        return sorted(Job.objects.filter(state=JobState.READY).values_list("task", flat=True))

    def test_after_a_long_absence_each_runs_once(self):
        assert enqueue_due(NOW) == len(RECURRING)
        Job.objects.all().delete()
        assert enqueue_due(NOW + timedelta(days=400)) == len(RECURRING)
        assert self.waiting() == sorted(RECURRING)

    def test_nothing_is_enqueued_before_it_is_due(self):
        enqueue_due(NOW)
        Job.objects.all().delete()
        assert enqueue_due(NOW + timedelta(seconds=1)) == 0
        assert self.waiting() == []

    def test_while_one_waits_no_second_is_made(self):
        enqueue_due(NOW)
        enqueue_due(NOW + timedelta(days=1))
        assert self.waiting() == sorted(RECURRING)

    def test_a_clock_that_jumps_back_does_not_silence_a_task(self):
        enqueue_due(NOW + timedelta(days=400))
        Job.objects.all().delete()
        assert enqueue_due(NOW) == len(RECURRING)
        assert Recurrence.objects.filter(next_at__gt=NOW + max(RECURRING.values())).count() == 0

    @pytest.mark.parametrize("seen", [None, NOW])
    def test_of_two_workers_that_saw_it_due_one_takes_it(self, seen):
        if seen:
            Recurrence.objects.create(task="seal", next_at=seen)
        taken = [take("seal", seen, next_at=NOW + timedelta(hours=1), last_at=NOW) for _ in range(2)]
        assert taken == [True, False]

    def test_the_schedule_shows_what_comes_next(self):
        assert {item.next_at for item in recurring_tasks()} == {None}
        enqueue_due(NOW)
        shown = recurring_tasks()
        assert [item.next_at for item in shown] == sorted(NOW + interval for interval in RECURRING.values())


@pytest.mark.django_db
class TestPeople:
    def failed(self, **given) -> Job:
        return Job.objects.create(
            task=tasks.add.module_path,
            args=[1, 1],
            run_after=timezone.now(),
            state=JobState.FAILED,
            attempts=5,
            error="ValueError: gone",
            **given,
        )

    def test_a_failed_job_is_retried_from_its_first_attempt(self):
        job = self.failed()
        operations.retry_job(by=factories.make_user(permissions=["jobs.view", "jobs.retry"]), job_id=job.pk)
        assert run_all() == 1
        job.refresh_from_db()
        assert (job.state, job.result, job.attempts) == (JobState.DONE, 2, 1)

    def test_only_a_failed_job_is_retried(self, system):
        tasks.add.enqueue(1, 1)
        with pytest.raises(NotNow, match="nothing to retry"):
            operations.retry_job(by=system, job_id=Job.objects.get().pk)

    def test_a_job_whose_twin_waits_stays_failed(self, system):
        job = self.failed(key="sum")
        enqueue_once(tasks.add, "sum", 1, 1)
        with pytest.raises(NotNow, match="waiting or running already"):
            operations.retry_job(by=system, job_id=job.pk)
        job.refresh_from_db()
        assert job.state == JobState.FAILED

    def test_retrying_needs_its_permission_at_every_site(self):
        job = self.failed()
        for user in (
            factories.make_user(permissions=["jobs.view"]),
            factories.make_user(permissions=["jobs.view", "jobs.retry"], scope=("site", 1)),
        ):
            with pytest.raises(Denied):
                operations.retry_job(by=user, job_id=job.pk)
        assert Job.objects.get().state == JobState.FAILED

    def test_who_may_not_see_jobs_sees_the_ones_they_asked_for(self):
        tasks.add.enqueue(2, 2)
        for user in (
            factories.make_user(permissions=["assets.view"]),
            factories.make_user(permissions=["jobs.view"], scope=("site", 1)),
        ):
            mine = enqueue_once(tasks.add, f"of {user.pk}", 1, 1, by=user)
            assert list(Job.objects.visible_to(user)) == [mine]

    def test_the_page_retries_once_however_often_the_button_is_pressed(self, client):
        job = self.failed()
        client.force_login(factories.make_user(), backend="wardwright.platform.access.login.PasswordBackend")
        answers = [client.post(reverse("retry-job", args=[job.pk]), {"once": "k1"}) for _ in range(2)]
        assert [(a.status_code, a.url) for a in answers] == [(302, reverse("job", args=[job.pk]))] * 2
        assert run_all() == 1
        assert Job.objects.get().attempts == 1

    def test_verifying_the_trail_is_one_job_and_its_result_is_shown(self, client):
        client.force_login(
            factories.make_user(permissions=["audit.view"]), backend="wardwright.platform.access.login.PasswordBackend"
        )
        for _ in range(2):
            client.post(reverse("audit-verification"))
        assert list(Job.objects.values_list("task", flat=True)) == [verify_audit_trail.module_path]
        assert "Waiting for the background worker" in client.get(reverse("audit-verification")).content.decode()
        run_all()
        assert Job.objects.get().result["ok"] is True
        assert "The trail holds" in client.get(reverse("audit-verification")).content.decode()
