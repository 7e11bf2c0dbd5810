"""Runs of sources in the background: fetched page by page, taken in, and gone on with where they were stopped."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from wardwright.apps.notices.events import SourceFailed
from wardwright.apps.notices.models import Run, Source
from wardwright.apps.notices.permissions import SOURCES
from wardwright.apps.notices.states import RunState, SourceKind
from wardwright.kernel.bulletins import Bulletin, Mapping, Refused, load_mapping, read
from wardwright.kernel.feeds import Feed, Plan, Unusable, walk
from wardwright.kernel.said import in_a_row, say
from wardwright.platform.access.scope import authorize_everywhere
from wardwright.platform.audit.operation import operation
from wardwright.platform.core import errors
from wardwright.platform.core.change import System
from wardwright.platform.core.edits import lock
from wardwright.platform.events.registry import publish
from wardwright.platform.fetching.client import Fetcher, Manners
from wardwright.platform.fetching.errors import Unfetched
from wardwright.platform.jobs.backend import enqueue_once
from wardwright.platform.jobs.progress import report_progress
from wardwright.platform.jobs.worker import when_given_up

from .sources import FETCHED
from .taking_in import finish_run, less_than_before, start_run, take_in

log = logging.getLogger("wardwright.notices")
KEEPER = System("sources")
BATCH = 200
TELL_AFTER = (3, 12, 48)  # failures running: the first may pass by itself
FIRST_PAUSE = timedelta(minutes=15)


@operation()
def ask_source(*, by: Any, source_id: int) -> Run:
    """Have a source fetched now, in the background; while a run of it goes on, that one is given.

    Raises:
        NotNow: it has no address.
    """
    source: Source = lock(Source.objects, source_id)
    authorize_everywhere(by, SOURCES)
    if source.kind not in FETCHED or not source.url:
        raise errors.NotNow(_("%(name)s has no address to ask.") % {"name": source}, _("Bring its files by hand."))
    run = Run.objects.filter(source=source, state=RunState.RUNNING, files=[]).order_by("-pk").first()
    if run is None:
        run = start_run(by=by, source_id=source.pk)
    enqueue_once(fetch_source, f"notices source {source.pk}", run.pk)
    return run


def ask_due_sources() -> int:
    """Have every source fetched that is switched on and whose time has come; returns how many.

    One that cannot be asked has a failed run instead, which says why, and its next time; the others are asked all the
    same.
    """
    asked = 0
    for source in Source.objects.filter(is_on=True, next_run_at__lte=timezone.now()).order_by("pk"):
        try:
            ask_source(by=KEEPER, source_id=source.pk)
        except errors.Refused as error:
            close_run(by=KEEPER, run_id=start_run(by=KEEPER, source_id=source.pk).pk, failed=str(error))
        else:
            asked += 1
    return asked


@task(priority=-5)
def fetch_source(run_id: int) -> dict[str, Any]:
    """Fetch a source to its end; a run that was stopped goes on behind the last page that was taken in."""
    run = Run.objects.select_related("source").filter(pk=run_id, state=RunState.RUNNING).first()
    return _fetch(run) if run is not None else {}


@when_given_up(fetch_source)
def end_lost_run(run_id: int, error: str) -> None:
    """The job failed for good: the run says so, and the source is asked again at its next time."""
    log.error("Run %s of a source was given up: %s", run_id, error)
    close_run(by=KEEPER, run_id=run_id, failed=say("It was stopped by a fault in Wardwright ({error}). Report it.",
                                                   error=error[:200]))  # fmt: skip


def _fetch(run: Run) -> dict[str, Any]:
    source = run.source
    manners = Manners(per_minute=int(source.options.get("per_minute", 30)))
    feed, notes = feed_of(source), list[str]()
    with Fetcher(manners) as fetcher:
        counted = _Counted(run, fetcher)
        try:
            for page in walk(feed, fetcher.get, plan_of(source), source.cursor):
                notes += page.notes
                found: Iterable[Bulletin | Refused] = [Refused(where, words) for where, words in page.refused]
                if page.data:
                    found = [*found, *bulletins_of(page.name, page.data, mapping_of(source))]
                counted.take(found)
                if feed is not Feed.CSAF:
                    counted.refuse_unread(page.name)
                if page.cursor is not None:
                    counted.keep(page.cursor)
        except (Unfetched, Unusable) as error:
            counted.keep(None)
            again = getattr(error, "again", False)
            wait = getattr(error, "wait_seconds", 0.0)
            close_run(by=KEEPER, run_id=run.pk, failed=error.args[0], soon=again, wait_seconds=int(wait))
        else:
            less = less_than_before(run) if counted.done else ""
            close_run(by=KEEPER, run_id=run.pk, words=in_a_row(*notes[:3], less))
    run.refresh_from_db()
    return {"state": run.state, "new": run.new, "changed": run.changed, "refused": run.refused}


def bulletins_of(name: str, data: bytes, mapping: Mapping | None) -> Iterator[Bulletin | Refused]:
    """Recalls and enforcement reports are two sources, which one case joins."""
    return read(data, name=name, mapping=mapping, today=timezone.localdate(), join=False)


class _Counted:
    """What of a run was taken in and asked, written down as it goes on."""

    def __init__(self, run: Run, fetcher: Fetcher) -> None:
        self.run, self.fetcher = run, fetcher
        self.requests = self.received = self.done = 0
        self.last: list[Bulletin | Refused] = []

    def take(self, found: Iterable[Bulletin | Refused]) -> None:
        self.last = []
        for some in batches(found):
            take_in(by=KEEPER, run_id=self.run.pk, bulletins=some)
            self.last = some
            self.done += len(some)
            report_progress(self.done, 0, str(self.run.source))

    def refuse_unread(self, name: str) -> None:
        """A file that could not be read at all ends the run and is asked for again. Raises Unusable."""
        if len(self.last) == 1 and isinstance(one := self.last[0], Refused) and one.where == name:
            raise Unusable(one.words)

    def keep(self, cursor: dict[str, Any] | None) -> None:
        requests, received = self.fetcher.requests, self.fetcher.received_bytes
        keep_place(
            by=KEEPER, run_id=self.run.pk, cursor=cursor, requests=requests - self.requests,
            bytes_read=received - self.received,
        )  # fmt: skip
        self.requests, self.received = requests, received


def batches(found: Iterable[Bulletin | Refused]) -> Iterator[list[Bulletin | Refused]]:
    """Some at a time: each is one change."""
    left = iter(found)
    while some := list(islice(left, BATCH)):
        yield some


@operation()
def keep_place(*, by: Any, run_id: int, cursor: dict[str, Any] | None, requests: int = 0, bytes_read: int = 0) -> None:
    """Write down where a run has come to; ``cursor`` None leaves the place as it is."""
    authorize_everywhere(by, SOURCES)
    run = Run.objects.get(pk=run_id)
    if cursor is not None:
        Source.objects.filter(pk=run.source_id).update(cursor=cursor)
    if requests or bytes_read:
        Run.objects.filter(pk=run_id).update(requests=F("requests") + requests, bytes_read=F("bytes_read") + bytes_read)


@operation()
def close_run(
    *, by: Any, run_id: int, failed: str = "", words: str = "", soon: bool = False, wait_seconds: int = 0
) -> Run:
    """End a run and say when the source is asked next. ``soon``: a fault that may pass is tried again before the usual
    time, with pauses that double; never before the source itself allows it."""
    authorize_everywhere(by, SOURCES)
    run = finish_run(by=by, run_id=run_id, failed=failed, words=words)
    source: Source = lock(Source.objects, run.source_id)
    usual = timedelta(hours=source.every_hours)
    pause = min(usual, FIRST_PAUSE * 2 ** min(source.failures - 1, 10)) if failed and soon else usual
    pause = max(pause, timedelta(seconds=wait_seconds))
    Source.objects.filter(pk=source.pk).update(next_run_at=timezone.now() + pause if source.is_on else None)
    if failed and source.failures in TELL_AFTER:
        publish(SourceFailed(source_id=source.pk, times=source.failures))
    return run


def feed_of(source: Source) -> Feed:
    if source.kind == SourceKind.OPENFDA:
        return Feed.OPENFDA_FILES if urlsplit(source.url).path.endswith("download.json") else Feed.OPENFDA
    return Feed.CSAF if source.kind == SourceKind.CSAF else Feed.FILE


def plan_of(source: Source) -> Plan:
    only = str(source.options.get("only", ""))
    return Plan(source.url, timezone.localdate(), only=only, key=settings.OPENFDA_KEY)


def mapping_of(source: Source) -> Mapping | None:
    return load_mapping(source.mapping) if source.mapping else None
