"""Counting a room or a department: what is expected, what is seen, what is missing.

Several people may count together: each device is one line, and whoever comes second changes nothing.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.directory.models import Department, Room
from wardwright.platform.access.scope import Scope, authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import lock
from wardwright.platform.core.errors import Invalid, NotFound, NotNow
from wardwright.platform.core.values import reachable
from wardwright.platform.core.words import number_words
from wardwright.platform.events.registry import publish, publish_all

from ..events import AssetNotLocated, CountClosed
from ..models import Asset, CountLine, CycleCount, NotLocated
from ..permissions import MOVE
from ..queries import figures_of_count
from ..states import HERE, CountState, LineState, Status
from .locating import mark_located, next_look
from .moving import move_asset

MOST = 2000
NOT_THERE = (Status.ORDERED, Status.RETIRED, Status.DISPOSED)


@operation()
def start_count(*, by: Any, room_id: int | None = None, department_id: int | None = None, note: str = "") -> CycleCount:
    """Begin to count a room or a department, or go on with the count of it that is open.

    What the register expects there is fixed now: devices that are ordered, retired or disposed of are not expected.

    Raises:
        Invalid: when not exactly one place is named, or it has more than 2,000 devices.
    """
    authorize(by, MOVE)
    room = reachable(Room.objects.visible_to(by), room_id, "room_id")
    department = reachable(Department.objects.visible_to(by), department_id, "department_id")
    if (room is None) == (department is None):
        words = _("Choose a room or a department, one of the two.")
        raise Invalid(words, fields={"room_id": words})
    place = room or department
    authorize(by, MOVE, Scope(place.site_id, department.pk if department else None))
    lock(type(place).objects, place.pk)  # two people who begin at the same moment count together
    here = {"room": room} if room else {"department": department}
    open_one = CycleCount.objects.filter(**here, state=CountState.OPEN).first()
    if open_one is not None:
        return open_one
    expected = list(Asset.objects.filter(**here).exclude(status__in=NOT_THERE).order_by("pk")[: MOST + 1])
    if len(expected) > MOST:
        words = _("More than %(n)s devices are registered here.") % {"n": number_words(MOST)}
        raise Invalid(words, _("Count it room by room."), fields={"department_id": words})
    count = CycleCount.objects.create(
        site_id=place.site_id, **here, started_by_name=str(by)[:120], note=note[:300], expected=len(expected)
    )
    CountLine.objects.bulk_create((CountLine(count=count, asset=asset) for asset in expected), batch_size=500)
    return count


@operation()
def count_asset(*, by: Any, count_id: int, asset_id: int) -> CountLine:
    """A device was seen in the place that is counted: on its line, or as one that was not expected.

    Seeing it again changes nothing. The device counts as seen now, and a search for it ends.

    Raises:
        NotNow: when the count is closed.
    """
    count = _open(by, count_id)
    asset = lock(Asset.objects, asset_id)
    authorize(by, MOVE, asset)
    line = CountLine.objects.filter(count=count, asset=asset).first()
    if line is not None and line.state in HERE:
        return line
    if asset.status == Status.DISPOSED:
        raise NotNow(_("%(tag)s was disposed of.") % {"tag": asset.tag}, _("Check the number on the device."))
    now = timezone.now()
    line = line or CountLine(count=count, asset=asset, expected=False)
    line.state = LineState.SEEN if line.expected else LineState.FOUND
    line.seen_at, line.seen_by_name = now, str(by)[:120]
    line.save()
    Asset.objects.filter(pk=asset.pk).update(last_seen_at=now, inventoried_on=timezone.localdate(now))
    mark_located(by, [asset.pk])
    return line


@operation()
def uncount_asset(*, by: Any, count_id: int, asset_id: int) -> CycleCount:
    """Take a line back that was marked by mistake; that the device was seen somewhere stays recorded.

    Raises:
        NotFound: when the device was not marked in this count.
    """
    count = _open(by, count_id)
    line = _line(count, asset_id)
    authorize(by, MOVE, line.asset)
    if line.expected:
        line.state, line.seen_at, line.seen_by_name = LineState.WAITING, None, ""
        line.save()
    else:
        line.delete()
    return count


@operation()
def move_counted(*, by: Any, count_id: int, asset_id: int) -> CountLine:
    """The register follows what was seen: a device that was found here belongs here from now on."""
    count = _open(by, count_id)
    line = _line(count, asset_id)
    move_asset(
        by=by, asset_id=asset_id, room_id=count.room_id, department_id=count.department_id, note=_("Found in a count")
    )
    line.state = LineState.SEEN if line.expected else LineState.MOVED
    line.save()
    return line


@operation()
def note_counted(*, by: Any, count_id: int, asset_id: int, note: str = "") -> CountLine:
    """A device that was found here belongs elsewhere and stays registered there."""
    count = _open(by, count_id)
    line = _line(count, asset_id)
    authorize(by, MOVE, line.asset)
    line.state, line.note = LineState.SEEN if line.expected else LineState.NOTED, note[:200]
    line.save()
    return line


@operation()
def close_count(*, by: Any, count_id: int, note: str = "") -> CycleCount:
    """End the count: what was expected and not seen is not located, and is looked for from now on.

    A device that the register has elsewhere by now, because somebody moved it meanwhile, is not missing.

    Raises:
        NotNow: when it is closed already.
    """
    count = _open(by, count_id)
    waiting = CountLine.objects.filter(count=count, state=LineState.WAITING)
    gone = ~Q(asset__room_id=count.room_id) if count.room_id else ~Q(asset__department_id=count.department_id)
    gone |= Q(asset__status__in=NOT_THERE)
    elsewhere = list(waiting.filter(gone).values_list("pk", flat=True))
    CountLine.objects.filter(pk__in=elsewhere).update(state=LineState.ELSEWHERE)
    missing = list(waiting.order_by("asset_id").values_list("asset_id", flat=True))
    waiting.update(state=LineState.MISSING)
    _look_for(count, missing)
    for name, value in figures_of_count(count).items():
        setattr(count, name, value)
    count.state, count.closed_at, count.closed_by_name = CountState.CLOSED, timezone.now(), str(by)[:120]
    count.note = note[:300] or count.note
    count.version += 1
    count.save()
    publish(CountClosed(count_id=count.pk, expected=count.expected, missing=count.missing))
    return count


def _look_for(count: CycleCount, missing: list[int]) -> None:
    today = timezone.localdate()
    known = NotLocated.objects.filter(asset_id__in=missing, located_at=None)
    searched = list(known.values_list("asset_id", flat=True))
    for row in known:
        row.looks += 1
        row.looked_on, row.next_look_on = today, next_look(row.looks, today)
        row.save(update_fields=["looks", "looked_on", "next_look_on"])
    new = sorted(set(missing) - set(searched))
    NotLocated.objects.bulk_create(
        NotLocated(asset_id=pk, since_on=today, count=count, looked_on=today, next_look_on=next_look(1, today))
        for pk in new
    )
    publish_all(AssetNotLocated(asset_id=pk, count_id=count.pk) for pk in new)


def _open(by: Any, count_id: int) -> CycleCount:
    count = lock(CycleCount.objects, count_id)
    authorize(by, MOVE, count)
    if count.state != CountState.OPEN:
        raise NotNow(_("This count is closed."), _("Begin a new one of the same place."))
    return count


def _line(count: CycleCount, asset_id: int) -> CountLine:
    line = CountLine.objects.filter(count=count, asset_id=asset_id, state__in=HERE).select_related("asset").first()
    if line is None:
        raise NotFound(_("This device was not seen in this count."), _("Scan it first."))
    return line
