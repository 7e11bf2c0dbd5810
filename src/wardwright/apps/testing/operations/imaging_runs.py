"""Series of phantom images: taken in without patient data, analysed in the background, their figures measurements."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from wardwright.apps.testing.events import ImagesAnalysed
from wardwright.apps.testing.models import ImagingFigure, ImagingLimit, ImagingRun, ImagingSetup, Measurement
from wardwright.apps.testing.permissions import IMAGING, VIEW
from wardwright.apps.testing.states import IMAGING_TRANSITIONS, Graded, ImagingState, MeasurementSource
from wardwright.kernel.imaging import PICTURE, SENT, SERIES, Bounds, ImagingRefused, quantity, warnings_of, work
from wardwright.kernel.limits import Limits, Outcome, judge
from wardwright.kernel.said import to_plain
from wardwright.platform.access.scope import allowed, authorize
from wardwright.platform.attachments import store
from wardwright.platform.attachments.models import DocumentKind as Kind
from wardwright.platform.attachments.operations import add_documents
from wardwright.platform.attachments.owners import owner
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.change import System
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Invalid, NotNow
from wardwright.platform.core.words import said_words
from wardwright.platform.events.registry import publish
from wardwright.platform.jobs.backend import enqueue_once
from wardwright.platform.jobs.worker import when_given_up

from .imaging import lock_setup
from .measuring import Gear, keep_measurements, measured

MACHINERY = System("imaging")
SIX = Decimal("0.000001")
_GRADED = {Outcome.PASS: Graded.PASS, Outcome.FAIL: Graded.FAIL}

RUN_DOCUMENTS = owner(
    "imaging-run", ImagingRun, view=VIEW, add=IMAGING, subject="asset_id", kinds=(Kind.REPORT, Kind.PICTURE, Kind.OTHER)
)


def bounds() -> Bounds:
    return Bounds(
        memory_mb=settings.IMAGING_MEMORY_MB, seconds=settings.IMAGING_SECONDS,
        unpacked_mb=settings.IMAGING_UNPACKED_MB,
    )  # fmt: skip


@contextmanager
def workplace(files: Iterable[Any] = ()) -> Iterator[Path]:
    """A folder that is gone afterwards, with the sent files under names of ours; never where files are kept."""
    with tempfile.TemporaryDirectory(prefix="wardwright-imaging-") as name:
        folder = Path(name)
        (folder / SENT).mkdir()
        for number, file in enumerate(files):
            with (folder / SENT / f"{number:05d}-{store.safe_name(file.name or '')[-60:]}").open("wb") as out:
                for chunk in file.chunks():
                    out.write(chunk)
        yield folder


def receive_series(by: Any, setup: ImagingSetup, files: Iterable[Any]) -> dict[str, Any]:
    """What ``send_series`` takes: the files checked, rid of patient data and kept. Nothing of them is stored before;
    nothing at all for somebody who may not send.

    Raises:
        Invalid: in words, for files that are no such series, or that are too large to keep.
    """
    if not allowed(by, IMAGING, setup):
        return {"sha256": "", "facts": {}}
    with workplace(files) as folder:
        try:
            facts = work("take_in", folder, {"kind": setup.kind}, bounds())
        except ImagingRefused as error:
            raise refused(error) from None
        with (folder / SERIES).open("rb") as packed:
            kept = store.keep(iter(lambda: packed.read(store.CHUNK_BYTES), b""))
    return {"sha256": kept.sha256, "facts": facts}


def refused(error: ImagingRefused) -> Invalid:
    words = said_words(error.message)
    return Invalid(words, said_words(error.way_forward), fields={"files": words})


@operation()
def send_series(*, by: Any, imaging_setup_id: int, sha256: str, facts: dict[str, Any]) -> ImagingRun:
    """Have a received series (``receive_series``) analysed by a worker; the same series again is the same run.

    Raises:
        Invalid: nothing was received. NotFound. Denied.
    """
    setup = lock_setup(imaging_setup_id)
    authorize(by, IMAGING, setup)
    there = ImagingRun.objects.filter(setup=setup, sha256=sha256).first()
    if there is not None:
        return there
    if not sha256 or not store.exists(sha256):
        raise Invalid(_("No series was received."), _("Choose the files again."))
    now = timezone.now()
    row = ImagingRun.objects.create(
        setup=setup, asset=setup.asset, sha256=sha256, phantom=setup.phantom, options=setup.options,
        series={**facts, "warnings": to_plain(warnings_of(facts, setup.asset.serial))},
        taken_at=moment_of(facts, now), sent_at=now, sent_by_name=str(by)[:120],
    )  # fmt: skip
    add_documents(
        by=by, owner=RUN_DOCUMENTS.key, owner_id=row.pk, kind=Kind.OTHER,
        files=[{"sha256": sha256, "name": f"series-{row.pk}.zip"}], caption=_("The series, without patient data"),
    )  # fmt: skip
    _ask(row, by)
    return row


def moment_of(facts: Mapping[str, Any], now: datetime) -> datetime:
    """When it was taken by the device's clock; one that is in the future is not believed."""
    try:
        said = timezone.make_aware(datetime.fromisoformat(facts.get("taken_at") or ""))
    except ValueError:
        return now
    return min(said, now)


def _ask(row: ImagingRun, by: Any) -> None:
    enqueue_once(analyse_series, f"imaging-run:{row.pk}", row.pk, by=by)


@operation()
def analyse_again(*, by: Any, imaging_run_id: int) -> ImagingRun:
    """Analyse a series once more that was not analysed, with the set-up as it is now.

    Raises:
        NotNow: when it is being analysed, or has figures already. NotFound. Denied.
    """
    row = _run(imaging_run_id)
    authorize(by, IMAGING, row)
    if ImagingState.WAITING not in IMAGING_TRANSITIONS[row.state]:
        raise NotNow(_("This series is analysed, or is being analysed."), _("Reload the page."))
    setup = row.setup
    apply_edit(
        row, {"state": ImagingState.WAITING, "problem": [], "phantom": setup.phantom, "options": setup.options}
    )  # fmt: skip
    _ask(row, by)
    return row


def _run(imaging_run_id: int) -> ImagingRun:
    return lock(ImagingRun.objects.select_related("setup__asset", "asset"), imaging_run_id)


@task(priority=-10)
def analyse_series(imaging_run_id: int) -> dict[str, Any]:
    """Analyse one series in a process of its own; running again after a kill does it again, or nothing."""
    row = ImagingRun.objects.visible_to(MACHINERY).select_related("setup").get(pk=imaging_run_id)
    if row.state != ImagingState.WAITING:
        return {"state": row.state}
    with workplace() as folder:
        with store.open_checked(row.sha256) as kept, (folder / SERIES).open("wb") as out:
            shutil.copyfileobj(kept, out)
        request = {"kind": row.setup.kind, "phantom": row.phantom, "options": row.options}
        try:
            found = work("analyse", folder, request, bounds())
        except ImagingRefused as error:
            fail_run(by=MACHINERY, imaging_run_id=imaging_run_id, problem=to_plain([error.message, error.way_forward]))
            return {"refused": str(error)}
        picture = store.put((folder / PICTURE).read_bytes()) if (folder / PICTURE).exists() else ""
    done = keep_figures(by=MACHINERY, imaging_run_id=imaging_run_id, found=found, picture=picture)
    return {"figures": len(found["figures"]), "failed": done.failed}


@when_given_up(analyse_series)
def run_given_up(imaging_run_id: int, *, error: str) -> None:
    """Nobody works on the series any more: the run says so, and can be asked for again."""
    if ImagingRun.objects.visible_to(MACHINERY).filter(pk=imaging_run_id, state=ImagingState.WAITING).exists():
        fail_run(by=MACHINERY, imaging_run_id=imaging_run_id, problem=[error[:300], ""])


@operation()
def fail_run(*, by: Any, imaging_run_id: int, problem: list[Any]) -> ImagingRun:
    """Write why a series was not analysed."""
    row = _run(imaging_run_id)
    authorize(by, IMAGING, row)
    if row.state == ImagingState.WAITING:
        apply_edit(row, {"state": ImagingState.FAILED, "problem": problem})
    return row


@operation()
def keep_figures(*, by: Any, imaging_run_id: int, found: dict[str, Any], picture: str = "") -> ImagingRun:
    """Keep what an analysis found (``kernel.imaging``): each figure a measurement, judged by the set-up's limits."""
    row = _run(imaging_run_id)
    authorize(by, IMAGING, row)
    if row.state != ImagingState.WAITING:
        return row
    held = {one.quantity: one for one in ImagingLimit.objects.filter(setup=row.setup)}
    readings = [_reading(row, one, held.get(one["quantity"])) for one in found["figures"]]
    keep_measurements(readings)
    ImagingFigure.objects.bulk_create(
        [ImagingFigure(run=row, measurement=one, position=n) for n, one in enumerate(readings, 1)]
    )
    if picture:
        add_documents(
            by=by, owner=RUN_DOCUMENTS.key, owner_id=row.pk, kind=Kind.PICTURE,
            files=[{"sha256": picture, "name": f"analysis-{row.pk}.png"}], caption=_("Where it measured"),
        )  # fmt: skip
    failed = sum(one.verdict == Graded.FAIL for one in readings)
    values = {name: found[name] for name in ("software", "notices", "not_found")}
    apply_edit(row, {**values, "state": ImagingState.DONE, "failed": failed})
    publish(ImagesAnalysed(run_id=row.pk, asset_id=row.asset_id, failed=failed))
    return row


def _reading(row: ImagingRun, figure: Mapping[str, Any], limit: ImagingLimit | None) -> Measurement:
    value = Decimal(repr(float(figure["value"]))).quantize(SIX)
    about = quantity(figure["quantity"])
    limits = limit.limits if limit else Limits()
    return measured(
        Gear({}, timezone.localdate(row.taken_at)),
        asset_id=row.asset_id, site_id=row.asset.site_id, source=MeasurementSource.IMAGING,
        quantity=figure["quantity"], name=str(about.words) if about else figure["quantity"], value=value,
        unit=figure["unit"], low=limits.low, high=limits.high, limit_source=_source(limit, limits),
        verdict=_GRADED.get(judge(value, limits).outcome, Graded.NO_LIMIT), taken_at=row.taken_at,
        taken_by_name=row.sent_by_name,
    )  # fmt: skip


def _source(limit: ImagingLimit | None, limits: Limits) -> str:
    if limit is None or (limits.low is None and limits.high is None):
        return ""
    return limit.source
