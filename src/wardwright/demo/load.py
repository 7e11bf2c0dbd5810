"""Loading the demo hospital: the house, then its devices in chunks, then the desk as it looks this morning."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset, AssetMove, MergeCandidate, StatusPeriod
from wardwright.apps.maintenance.models import Attempt, Labour, Part, Schedule, StepResult, WorkOrder
from wardwright.apps.testing.models import Measurement
from wardwright.kernel.said import say
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.audit.operation import operation
from wardwright.platform.audit.sealing import seal_pending
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import NotNow
from wardwright.platform.numbering.numbers import take_numbers
from wardwright.platform.search.spelling import learn_words
from wardwright.platform.signatures.models import Signature

from .analysers import make_analyser_file
from .bench import set_the_bench
from .catalogue import make_catalogue, make_companies
from .counts import make_counts
from .course import live
from .desk import open_the_desk
from .documents import make_documents
from .door import make_door
from .facts import World
from .fleet import Unit, units
from .history import Writer
from .leaving import make_leaving
from .lending import make_lending
from .lives import Life
from .meters import make_house_rule, make_meter_plan
from .notices import make_notices
from .people import make_people
from .places import make_places
from .programme import calibrations, codes, levels, make_programme
from .store import Ids
from .today import set_the_desk
from .views import make_views

Progress = Callable[[int, int, str], None]
HISTORY_DAYS = 913  # 30 months
CHUNK = 250
# Up to here the whole history is kept with every reading, numbered in the order of its days; above it only the last
# visit of a device keeps its steps and readings, if it was in the last four months, and numbers run chunk by chunk.
FULL_HISTORY = 20_000


def is_demo() -> bool:
    """Whether this house was filled by `load_demo`, to the end."""
    return AuditChange.objects.filter(operation="demo.set_the_desk").exists()


def is_half_loaded() -> bool:
    """Whether a load was interrupted: it commits chunk by chunk, so that its time grows with the devices only.

    (SQLite keeps a journal for each statement inside a savepoint, which makes one long transaction of many changes
    slower with every row.)
    """
    return AuditChange.objects.filter(operation="demo.make_places").exists() and not is_demo()


def load_demo(
    *, seed: int, assets: int, progress: Progress = lambda done, total, words: None, today: date | None = None
) -> dict[str, int]:
    """Fill an empty, prepared house with a hospital group of ``assets`` devices and 30 months of their history.

    The same seed, number and day make the same rows, but for the ids and moments of the audit trail. Returns how many
    rows were made, by kind.

    Raises:
        NotNow: when the house has devices already, or no roles yet.
    """
    if is_half_loaded():
        raise NotNow(
            _("Loading the demo hospital was interrupted, and what is there is not complete."),
            _("Remove the folder of this house (or choose another with WARDWRIGHT_HOME) and start again."),
        )
    if Asset.objects.exists():
        raise NotNow(
            _("This house already has devices; the demo hospital is for an empty one."),
            _("Choose another folder with WARDWRIGHT_HOME and run `wardwright demo` there."),
        )
    by, total = System("Demo"), assets + max(20, assets // 20)
    today = today or date.today()
    progress(0, total, _("buildings, people, catalogue"))
    world = _world(by, seed, assets, today)
    _devices(by, world, assets, lambda done: progress(done, total, _("devices and their history")))
    progress(assets, total, _("this morning's desk"))
    make_house_rule(by=by, today=today)
    make_meter_plan(by=by, seed=seed, today=today)
    make_documents(by=by, today=today)
    make_counts(by=by, today=today)
    make_leaving(by=by, today=today)
    open_the_desk(by=by, seed=seed, today=today)
    make_views(by=by)
    make_door(by=by, today=today)
    make_lending(by=by, seed=seed, today=today)
    make_analyser_file(by=by, today=today)
    set_the_bench(by=by, today=today)
    make_notices(by=by, today=today)
    overnight = set_the_desk(by=by, seed=seed, today=today)
    progress(assets, total, _("sealing the audit trail"))
    seal_pending()
    learn_words()
    progress(total, total, _("ready"))
    return {**_counts(), "requests_overnight": overnight}


def _world(by: System, seed: int, assets: int, today: date) -> World:
    sites = make_places(by=by, assets=assets, seed=seed)
    companies = make_companies(by=by)
    make_people(by=by, sites=sites, assets=assets, seed=seed)
    types = make_catalogue(by=by, companies=companies, seed=seed, today=today)
    make_programme(by=by, types=types, sites=sites, seed=seed, today=today)
    return World(
        seed, today, HISTORY_DAYS, sites, types, codes(), levels(),
        [row.pk for name, row in sorted(companies.items()) if row.is_supplier and "Leasing" not in name],
        companies["Helix Leasing"].pk, {row.pk: row.name for row in companies.values()}, assets <= FULL_HISTORY,
        calibrations(),
    )  # fmt: skip


def _devices(by: System, world: World, assets: int, report: Callable[[int], None]) -> None:
    """All devices in chunks of one change each."""
    writer, done = Writer(world, Ids()), 0
    for lives in _lives(world, assets, writer):
        write_chunk(by=by, writer=writer, lives=lives)
        done += len(lives)
        report(done)
    finish_devices(by=by, writer=writer)


def _lives(world: World, assets: int, writer: Writer) -> Iterable[list[Life]]:
    """Chunks of simulated devices, numbered; a house that fits into memory is numbered as a whole."""
    fleet = units(world, assets)
    if world.full_history:
        everything = [live(world, unit) for unit in fleet]
        writer.number(everything)
        yield from (everything[at : at + CHUNK] for at in range(0, len(everything), CHUNK))
        return
    while chunk := _next(fleet):
        lives = [live(world, unit) for unit in chunk]
        writer.number(lives)
        yield lives


def _next(fleet: Iterable[Unit]) -> list[Unit]:
    return list(islice(fleet, CHUNK))


@operation()
def write_chunk(*, by: Any, writer: Writer, lives: list[Life]) -> None:
    """Write some devices with everything that happened to them."""
    authorize(by, "access.manage")
    for life in lives:
        writer.add(life)
    writer.flush()


@operation()
def finish_devices(*, by: Any, writer: Writer) -> None:
    """Let numbers go on after the demo's, and ask about the devices that may have been entered twice."""
    authorize(by, "access.manage")
    writer.ids.release()
    take_numbers("asset", max(writer.asset_ids.values()))
    for year, last in sorted(writer.numbers.last.items()):
        take_numbers(f"work-order-{year}", last)
    for left_id, right_id in writer.duplicates[:200]:
        left, right = Asset.objects.get(pk=left_id), Asset.objects.get(pk=right_id)
        MergeCandidate.objects.create(
            kind="asset",
            left_id=left.pk,
            right_id=right.pk,
            left_name=str(left),
            right_name=str(right),
            score=88,
            why=say("Same model, and serial numbers that differ in one character."),
            source="register",
        )


def _counts() -> dict[str, int]:
    """How many rows of each kind are in the house."""
    kinds = {
        "assets": Asset, "moves": AssetMove, "status_periods": StatusPeriod, "schedules": Schedule,
        "work_orders": WorkOrder, "results": StepResult, "measurements": Measurement,
        "attempts": Attempt, "labour": Labour, "parts": Part,
        "signatures": Signature,
    }  # fmt: skip
    return {name: model._base_manager.count() for name, model in kinds.items()}
