"""Files brought by hand, for a hospital without internet: kept as they came, read in the background, each notice put
under the source that it would have come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from django_tasks import task

from wardwright.apps.notices.models import Run, Source
from wardwright.apps.notices.permissions import SOURCES
from wardwright.apps.notices.states import RunState, SourceKind
from wardwright.kernel.bulletins import Bulletin, Kind, Mapping, MappingError, Refused, mapping_from_words
from wardwright.kernel.bulletins.openfda import ISSUER, is_report
from wardwright.kernel.feeds.openfda import kind_of
from wardwright.kernel.said import say
from wardwright.platform.access.scope import authorize_everywhere
from wardwright.platform.attachments import store
from wardwright.platform.attachments.verify import refers
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Invalid, NotFound
from wardwright.platform.core.words import said_words
from wardwright.platform.jobs.progress import report_progress
from wardwright.platform.jobs.worker import when_given_up

from .fetching import KEEPER, batches, bulletins_of, mapping_of
from .taking_in import finish_run, house_source, less_than_before, start_run, take_in

MOST_FILES = 1000
MOST_BYTES = 300 * 1024 * 1024


def _kept_files() -> Iterable[tuple[int, str, str]]:
    for pk, kept in Run.objects.visible_to(System("files")).exclude(files=[]).values_list("pk", "files"):
        yield from ((pk, one["sha256"], one["name"]) for one in kept if isinstance(one, dict))


refers("file of notices", _kept_files)


def keep_files(uploaded: Iterable[Any]) -> list[dict[str, str]]:
    """What ``bring_files`` takes: uploaded files, kept. Raises Invalid where one is too large."""
    return [
        {"sha256": store.keep(file.chunks(), max_bytes=MOST_BYTES).sha256, "name": store.safe_name(file.name or "")}
        for file in uploaded
    ]


@operation()
def bring_files(*, by: Any, files: list[dict[str, str]], source_id: int | None = None) -> Run:
    """Take in kept files (``sha256`` and ``name`` of each) in the background. With ``source_id`` they are that
    source's, and read by its mapping; without, each notice goes where it would have come from.

    Raises:
        Invalid: no file, or too many. NotFound: a file that was not kept, a source that is not there.
    """
    run = open_run_of_files(by=by, files=files, source_id=source_id)
    read_brought_files.enqueue(run.pk)
    return run


@operation()
def open_run_of_files(*, by: Any, files: list[dict[str, str]], source_id: int | None = None) -> Run:
    """The run that files brought by hand are read in, for whoever reads them at once. Raises as ``bring_files``."""
    authorize_everywhere(by, SOURCES)
    if not 1 <= len(files) <= MOST_FILES:
        words = _("Choose from 1 to %(n)s files.") % {"n": MOST_FILES}
        raise Invalid(words, fields={"files": words})
    if not all(store.exists(one.get("sha256", "")) for one in files):
        raise NotFound(_("A file is not kept here."), _("Send it first."))
    if source_id is None:
        source_id = house_source(SourceKind.FILES).pk
    run = start_run(by=by, source_id=source_id)
    run.files = [{"sha256": one["sha256"], "name": one["name"][:240]} for one in files]
    run.save()
    return run


@task(priority=0)
def read_brought_files(run_id: int) -> dict[str, Any]:
    """Read the files of a run, and take them in."""
    run = Run.objects.select_related("source").filter(pk=run_id, state=RunState.RUNNING).first()
    return read_run(run) if run is not None else {}


@when_given_up(read_brought_files)
def end_lost_files(run_id: int, error: str) -> None:
    words = say("It was stopped by a fault in Wardwright ({error}). Report it.", error=error[:200])
    finish_run(by=KEEPER, run_id=run_id, failed=words)


def read_run(run: Run, mapping: Mapping | None = None) -> dict[str, Any]:
    """Read the files of a run at once; gives the numbers of all runs that came of it, by source."""
    mapping = mapping or mapping_of(run.source)
    homes = _Homes(run) if run.source.kind == SourceKind.FILES else None
    for some in batches(islice(_all(run, mapping), run.place, None)):
        take_batch(by=KEEPER, run_id=run.pk, parts=_sorted(some, homes, run.source_id))
        report_progress(run.place + len(some), 0, str(run.source))
        run.place += len(some)
    parts = list(Run.objects.filter(part_of=run).select_related("source").order_by("pk"))
    names = ", ".join(sorted(one.source.name for one in parts))
    words = say("Put under the sources that they are of: {names}.", names=names) if parts else ""
    for one in parts:
        finish_run(by=KEEPER, run_id=one.pk)
    finish_run(by=KEEPER, run_id=run.pk, words=words or less_than_before(run))
    return {"runs": [run.pk, *(one.pk for one in parts)]}


@operation()
def take_batch(*, by: Any, run_id: int, parts: dict[int, list[Bulletin | Refused]]) -> None:
    """Take in some records of files, by the source that each is of, and write down how far that is."""
    authorize_everywhere(by, SOURCES)
    run = Run.objects.get(pk=run_id)
    runs = {one.source_id: one.pk for one in Run.objects.filter(part_of=run)} | {run.source_id: run.pk}
    for source_id, part in parts.items():
        if source_id not in runs:
            runs[source_id] = start_run(by=by, source_id=source_id, part_of_id=run.pk).pk
        take_in(by=by, run_id=runs[source_id], bulletins=part)
    Run.objects.filter(pk=run.pk).update(place=F("place") + sum(map(len, parts.values())))


def _all(run: Run, mapping: Mapping | None) -> Iterator[Bulletin | Refused]:
    for one in run.files:
        yield from bulletins_of(one["name"], store.read(one["sha256"]), mapping)


def _sorted(some: Iterable[Bulletin | Refused], homes: _Homes | None, own: int) -> dict[int, list[Bulletin | Refused]]:
    found: dict[int, list[Bulletin | Refused]] = {}
    for one in some:
        home = homes.of(one) if homes is not None and isinstance(one, Bulletin) else own
        found.setdefault(home, []).append(one)
    return found


class _Homes:
    """Which source a notice would have come from: then it is known there when that source is switched on later."""

    def __init__(self, run: Run) -> None:
        self.own = run.source_id
        feeds = list(Source.objects.filter(kind__in=(SourceKind.OPENFDA, SourceKind.CSAF)).order_by("pk"))
        self.fda = {kind_of(one.url): one.pk for one in reversed(feeds) if one.kind == SourceKind.OPENFDA}
        self.csaf = [
            (str(one.options["only"]).casefold(), one.pk)
            for one in feeds
            if one.kind == SourceKind.CSAF and one.options.get("only")
        ]

    def of(self, one: Bulletin) -> int:
        if one.kind == Kind.RECALL and one.issuer == ISSUER:
            return self.fda.get("enforcement" if is_report(one) else "recall", self.own)
        if one.kind == Kind.SECURITY_ADVISORY:
            return next((pk for start, pk in self.csaf if one.ref.casefold().startswith(start)), self.own)
        return self.own


def mapping_or_refuse(text: str) -> Mapping:
    """A mapping that somebody wrote. Raises Invalid."""
    try:
        mapping = mapping_from_words(text)
        mapping.check()
    except MappingError as error:
        words = said_words(error.args[0])
        raise Invalid(words, fields={"mapping": words}) from None
    return mapping
