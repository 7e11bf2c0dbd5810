"""What a register of devices says about maintenance: intervals, last and next services, and visits in repeated
columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import zip_longest
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.kernel.due.rules import Every, Unit
from wardwright.kernel.due.series import nth
from wardwright.kernel.said import Said, say, say_n
from wardwright.kernel.tabular.values import Interval, heading_unit, is_blank, parse_interval
from wardwright.kernel.tabular.vocabulary import heading_key
from wardwright.platform.exchange.plan import CHANGED, NEW, SAME, Difference, Plan, Progress
from wardwright.platform.exchange.sheet import Sheet, SheetGroup
from wardwright.platform.exchange.targets import Context, Extension, ImportField, extend_target

from .operations.importing import Wanted, write_schedules
from .queries import interval_words
from .queries.importing import ListedSchedule, listed_schedules
from .states import IntervalKind

FIELDS = (
    ImportField("service_interval", gettext_lazy("service interval"), "interval"),
    ImportField("last_service_on", gettext_lazy("last service on"), "date"),
    ImportField("next_service_on", gettext_lazy("next service on"), "date"),
)
_DONE = frozenset(
    heading_key(word)
    for word in (
        "done",
        "completed",
        "complete",
        "finished",
        "closed",
        "pass",
        "passed",
        "ok",
        "yes",
        "performed",
        "realizado",
        "realizada",
        "hecho",
        "cumplido",
        "fait",
        "faite",
        "effectue",
        "termine",
        "erledigt",
        "durchgefuhrt",
        "feito",
        "realizado",
        "concluido",
        "fatto",
        "eseguito",
        "hoan thanh",
        "da hoan thanh",
        "da lam",
        "完成",
        "已完成",
        "تم",
        "منجز",
        "gedaan",
        "yapildi",
        "selesai",
        "выполнено",
        "wykonano",
    )
)


class SchedulePlanner:
    """Adds schedules to the devices of a register, in the same change."""

    def prepare(self, sheet: Sheet, plan: Plan, context: Context) -> None:
        default = _default_interval(sheet, plan, context)
        doubts: Counter[str] = Counter()
        wanted = {
            i: found
            for i, code in enumerate(plan.codes)
            if code in (NEW, SAME, CHANGED) and (found := _row(sheet, i, default, doubts))
        }
        plan.notes += [_DOUBTS[doubt](count) for doubt, count in sorted(doubts.items()) if count]
        plan.data["schedules"] = wanted
        plan.data["schedule changes"] = _compare(plan, wanted)
        new, stop = plan.data["schedule changes"]["new"], plan.data["schedule changes"]["stop"]
        count = sum(len(found) for i, found in wanted.items() if plan.codes[i] == NEW) + len(new)
        if count:
            plan.created["schedule"] = count
        if stop:
            plan.created["stopped schedule"] = len(stop)

    def apply(self, sheet: Sheet, plan: Plan, context: Context, progress: Progress) -> None:
        changes = plan.data["schedule changes"]
        fresh = [
            (plan.object_ids[i], w)
            for i, found in plan.data["schedules"].items()
            if plan.codes[i] == NEW
            for w in found
        ]
        pairs = [(pk, w) for pk, w in [*fresh, *changes["new"]] if pk is not None]
        progress(0, len(pairs), _("Schedules"))
        _made, plans = write_schedules(pairs, changes["changed"], changes["stop"], context.file_name)
        if plans:
            plan.created["plan"] = plans
        progress(len(pairs), len(pairs), _("Schedules"))


# What the rows ask for -----------------------------------------------------------------------------------------------


def _default_interval(sheet: Sheet, plan: Plan, context: Context) -> Interval | None:
    """The interval of rows that only say when they were served last: chosen, or said by the file's name, sheet or
    title."""
    chosen = context.defaults.get("interval_months")
    if chosen:
        return Interval(months=int(chosen))
    if "service_interval" in sheet.values or not {"last_service_on", "next_service_on"} & sheet.values.keys():
        return None
    titles = [
        str(cell) for row in sheet.table.set_aside if row.kind == "title" for cell in row.cells if isinstance(cell, str)
    ]
    stem = sheet.table.filename.rsplit(".", 1)[0].replace("_", " ").replace("-", " ")
    for text in (
        sheet.heading("last_service_on"),
        sheet.heading("next_service_on"),
        stem,
        sheet.table.sheet or "",
        *titles[:5],
    ):
        found = interval_said(text)
        if found and found.months:
            words = say_n("every month", "every {n} months", n=found.months)
            plan.notes.append(say("The service interval ({words}) was read from “{text}”.", words=words, text=text))
            return found
    return None


def interval_between(last: date | None, following: date | None) -> Interval | None:
    """The interval that two dates of a row say: whole months, give or take five days; None for anything else."""
    if last is None or following is None or not 25 <= (following - last).days <= 366 * 5 + 5:
        return None
    months = round((following - last).days / 30.44)
    exact = abs((nth(Every(months, Unit.MONTHS), last, 1) - following).days) <= 5
    return Interval(months=months) if exact else None


def interval_said(text: str) -> Interval | None:
    """The interval that a title or a file's name says in words; a number counts only beside its unit, since the number
    in "ward 3" or "list 2026" says no months."""
    words = text.split()
    said = [
        word
        for word, after in zip_longest(words, words[1:], fillvalue="")
        if not any(c.isdecimal() for c in word) or (word.isdecimal() and heading_unit(after))
    ]
    found = parse_interval(" ".join(said)) if said else None
    return found or next((i for word in said if len(word) > 4 and (i := parse_interval(word))), None)


_DOUBTS: dict[str, Callable[[int], Said]] = {
    "assumed": lambda n: say_n(
        "{n} device has a date for its next service but no interval: a yearly one is assumed.",
        "{n} devices have a date for their next service but no interval: a yearly one is assumed.",
        n=n,
    ),
    "no date": lambda n: say_n(
        "{n} device has a service interval but no date to count from: it gets no schedule.",
        "{n} devices have a service interval but no date to count from: they get no schedule.",
        n=n,
    ),
    "no interval": lambda n: say_n(
        "{n} device has a date of its last service but no interval: it gets no schedule.",
        "{n} devices have a date of their last service but no interval: they get no schedule.",
        n=n,
    ),
}


def _row(sheet: Sheet, i: int, default: Interval | None, doubts: Counter[str]) -> list[Wanted]:
    """The schedules that a row asks for. Without an interval its last and next date say one; a next date alone is kept
    with a yearly one, so that nothing due is lost."""
    if sheet.groups:
        found = _season(sheet.groups, i) or [w for group in sheet.groups if (w := _visit(group, i))]
        if found:
            return found
    column = sheet.values.get("service_interval")
    last, following = sheet.column("last_service_on")[i], sheet.column("next_service_on")[i]
    interval = (column[i] if column else None) or interval_between(last, following) or default
    if interval is None:
        if following is None:
            doubts["no interval"] += last is not None
            return []
        doubts["assumed"] += 1
        interval = Interval(months=12)
    if not interval.planned:
        return []
    kind, count = (IntervalKind.MONTHS, interval.months) if interval.months else (IntervalKind.DAYS, interval.days)
    if following is not None:
        return [Wanted("", kind, count, back(following, kind, count), None, last)]
    start = last or sheet.column("installed_on")[i] or sheet.column("purchased_on")[i]
    doubts["no date"] += start is None
    return [Wanted("", kind, count, start, None, last)] if start else []


def _visit(group: SheetGroup, i: int) -> Wanted | None:
    """One visit a year in the column group: met when it says so, else still due on its day."""
    done, due, day = (group.values[role][i] if role in group.values else None for role in ("done", "due", "date"))
    status = group.values["status"][i] if "status" in group.values else None
    planned = due or day
    finished = done or (day if status and heading_key(str(status)) in _DONE else None)
    if finished is not None:
        return Wanted(group.label[:60], IntervalKind.MONTHS, 12, planned or finished, planned or finished, finished)
    if planned is None:
        return None
    return Wanted(group.label[:60], IntervalKind.MONTHS, 12, back(planned, IntervalKind.MONTHS, 12))


def _season(groups: list[SheetGroup], i: int) -> list[Wanted]:
    """Marks in month columns: a plan of fixed months."""
    if not groups[0].is_month or "mark" not in groups[0].values:
        return []
    months = tuple(
        g.order for g in groups if g.is_month and not is_blank(g.values["mark"][i] if "mark" in g.values else None)
    )
    return [Wanted("", IntervalKind.SEASONAL, 1, timezone.localdate(), None, None, months)] if months else []


def back(on: date, kind: str, count: int) -> date:
    """The day one interval before ``on``."""
    return nth(Every(count, Unit(str(kind))), on, -1)


# What is there already -----------------------------------------------------------------------------------------------


def _compare(plan: Plan, wanted: dict[int, list[Wanted]]) -> dict[str, list[Any]]:
    """New, changed and stopped schedules of devices that are in the register already; their rows become changed."""
    rows = {
        plan.object_ids[i]: i for i in wanted if plan.codes[i] in (SAME, CHANGED) and plan.object_ids[i] is not None
    }
    there: dict[int, list[ListedSchedule]] = {}
    for schedule in listed_schedules(pk for pk in rows if pk is not None):
        there.setdefault(schedule.asset_id, []).append(schedule)
    changes: dict[str, list[Any]] = {"new": [], "changed": [], "stop": []}
    for asset_id, i in rows.items():
        for one in wanted[i]:
            _one(plan, i, asset_id, one, [s for s in there.get(asset_id or 0, []) if s.label == one.label], changes)
    return changes


def _one(
    plan: Plan, i: int, asset_id: Any, one: Wanted, known: list[ListedSchedule], changes: dict[str, list[Any]]
) -> None:
    same = next((s for s in known if s.interval_kind == one.kind and s.interval == one.interval), None)
    label = one.label or say("service")
    if same is None:
        changes["new"].append((asset_id, one))
        changes["stop"] += [s.id for s in known if s.is_active]
        before = ", ".join(_every(s.interval, s.interval_kind) for s in known)
        plan.differ(i, [Difference(label, before, _every(one.interval, one.kind))])
    elif one.kind != IntervalKind.SEASONAL and _is_news(one, same):
        changes["changed"].append((same.id, one))
        plan.differ(
            i, [Difference(label, str(same.last_done_on or same.anchor_on), str(one.last_done_on or one.anchor_on))]
        )


def _every(count: int, kind: str) -> str:
    return str(IntervalKind.SEASONAL.label) if kind == IntervalKind.SEASONAL else interval_words(count, kind)


def _is_news(one: Wanted, known: ListedSchedule) -> bool:
    """Whether the register knows of later work than the house does; older dates change nothing."""
    if one.last_done_on and (known.last_done_on is None or one.last_done_on > known.last_done_on):
        return True
    return known.last_done_on is None and one.anchor_on > known.anchor_on


extend_target(
    "assets",
    Extension(
        "maintenance",
        FIELDS,
        SchedulePlanner(),
        frozenset({"maintenance_schedule", "maintenance_plan"}),
        takes_groups=True,
    ),
)
