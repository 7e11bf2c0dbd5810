"""Events: one durable job per subscriber, in the transaction that published, harmless when delivered twice."""

from dataclasses import dataclass

import pytest

from wardwright.apps.directory.models import Site
from wardwright.platform.access.permissions import permission
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.errors import WriteOutsideOperation
from wardwright.platform.events import registry
from wardwright.platform.events.registry import event, publish, subscribe
from wardwright.platform.jobs.models import Job, JobState
from wardwright.platform.jobs.worker import work

pytestmark = pytest.mark.django_db
TRY = permission("events-test.write", "Write in a test")


@dataclass(frozen=True)
class SiteNamed:
    site_id: int
    name: str


def shout(happened: SiteNamed) -> None:
    """Idempotent: what it writes depends only on the event."""
    keep_name(by=SYSTEM, site_id=happened.site_id, name=happened.name.upper())


def count(happened: SiteNamed) -> None:
    SEEN.append(happened)


@pytest.fixture(autouse=True)
def registered(system):
    """The event and its two subscribers, for the length of one test."""
    global SYSTEM, SEEN
    SYSTEM, SEEN = system, []
    kept = {name: dict(getattr(registry, name)) for name in ("EVENTS", "SUBSCRIBERS", "_handlers")}
    event(SiteNamed)
    subscribe(SiteNamed)(shout)
    subscribe(SiteNamed)(count)
    yield
    for name, content in kept.items():
        getattr(registry, name).clear()
        getattr(registry, name).update(content)


@operation()
def make_site(*, by, name, fails=False):
    authorize(by, TRY)
    site = Site.objects.create(code=name, name=name)
    publish(SiteNamed(site.pk, name))
    if fails:
        raise ZeroDivisionError
    return site


@operation()
def keep_name(*, by, site_id, name):
    authorize(by, TRY)
    Site.objects.filter(pk=site_id).update(name=name)


def run_all() -> int:
    return work(stop=lambda: False, once=True)


def test_each_subscriber_gets_one_job_at_once(system):
    site = make_site(by=system, name="ward")
    payload = {"site_id": site.pk, "name": "ward"}
    assert [job.args for job in Job.objects.order_by("id")] == [
        ["platform.SiteNamed", "platform.shout", payload],
        ["platform.SiteNamed", "platform.count", payload],
    ]
    assert run_all() == 2
    assert (Site.objects.get().name, SEEN) == ("WARD", [SiteNamed(site.pk, "ward")])


def test_an_event_vanishes_with_its_change(system):
    with pytest.raises(ZeroDivisionError):
        make_site(by=system, name="ward", fails=True)
    assert (Site.objects.count(), Job.objects.count()) == (0, 0)


def test_delivered_twice_nothing_more_happens(system):
    from wardwright.platform.audit.models import AuditRecord

    make_site(by=system, name="ward")
    run_all()
    records = AuditRecord.objects.count()
    Job.objects.update(state=JobState.READY)
    assert run_all() == 2
    assert (Site.objects.get().name, AuditRecord.objects.count()) == ("WARD", records)


def test_one_failing_subscriber_does_not_stop_the_other(system):
    def broken(happened):
        raise ValueError("no")

    registry._handlers["platform.shout"] = broken
    make_site(by=system, name="ward")
    run_all()
    assert (len(SEEN), sorted(Job.objects.values_list("state", flat=True))) == (1, [JobState.DONE, JobState.READY])


def test_nothing_is_published_outside_a_change():
    with pytest.raises(WriteOutsideOperation):
        publish(SiteNamed(1, "ward"))


def test_an_unregistered_event_is_a_programming_error(system):
    @dataclass(frozen=True)
    class Unknown:
        pass

    @operation()
    def publish_unknown(*, by):
        authorize(by, TRY)
        publish(Unknown())

    with pytest.raises(TypeError, match="not registered"):
        publish_unknown(by=system)


def test_an_event_must_be_frozen():
    @dataclass
    class Loose:
        pass

    with pytest.raises(TypeError, match="frozen"):
        event(Loose)
