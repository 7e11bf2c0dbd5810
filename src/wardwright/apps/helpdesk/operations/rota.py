"""Who is on call: rotas, their shifts, swaps with a reason, and the note for the next one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.directory.models import Department, Person, Site
from wardwright.apps.helpdesk.models import Rota, Shift
from wardwright.apps.helpdesk.permissions import ROTA, VIEW
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Denied, Invalid, NotNow
from wardwright.platform.core.values import cleaned, reachable, unique_or_invalid
from wardwright.platform.core.words import moment_words

OWN = ("name", "phone", "is_active")
LONGEST = timedelta(days=31)
MOST_SHIFTS = 200


@operation()
def make_rota(*, by: Any, name: str, site_id: int, department_id: int | None = None, phone: str = "") -> Rota:
    """A rota for a site, or for one of its departments with all that is part of it. Raises Invalid, Denied."""
    authorize(by, ROTA)
    site = reachable(Site.objects.visible_to(by), site_id, "site_id")
    if site is None:
        raise Invalid(_("Choose a site."), fields={"site_id": _("Choose one.")})
    department = reachable(Department.objects.visible_to(by).filter(site=site), department_id, "department_id")
    row = Rota(site=site, department=department)
    authorize(by, ROTA, row)
    for key, value in cleaned(row, {"name": name, "phone": phone}, OWN).items():
        setattr(row, key, value)
    with unique_or_invalid(row):
        row.save()
    return row


@operation()
def change_rota(*, by: Any, rota_id: int, expected_version: int | None = None, **values: Any) -> Rota:
    """Rename a rota, change its phone, or take it out of use. Raises Invalid, StaleEdit, Denied."""
    row = lock(Rota.objects, rota_id)
    authorize(by, ROTA, row)
    good = cleaned(row, values, OWN)
    with unique_or_invalid(row):
        apply_edit(row, good, expected_version=expected_version)
    return row


@operation()
def add_shift(*, by: Any, rota_id: int, person_id: int, from_at: datetime, until_at: datetime) -> Shift:
    """Put somebody on call from a moment until another.

    Raises:
        Invalid: for nobody who services devices, an end that is not after the beginning, more than a month, or a time
        that somebody has already.
    """
    rota = _rota(by, rota_id)
    return _add(rota, _person(by, rota, person_id), from_at, until_at)


@operation()
def plan_shifts(
    *, by: Any, rota_id: int, person_ids: list[int], from_at: datetime, days_each: int = 7, rounds: int = 1
) -> Rota:
    """Let people take turns: each ``days_each`` days in the order given, all of them ``rounds`` times.

    Whole days are counted on the wall clock, so that a shift that begins at 08:00 does so also after the clock changed.

    Raises:
        Invalid: as ``add_shift``; then none of the shifts is made.
    """
    rota = _rota(by, rota_id)
    people = [_person(by, rota, person_id) for person_id in person_ids]
    if not people or not 1 <= days_each <= LONGEST.days or not 1 <= rounds * len(people) <= MOST_SHIFTS:
        raise Invalid(
            _("Choose who takes turns, 1 to 31 days each, at most %(most)s shifts at once.") % {"most": MOST_SHIFTS},
            fields={"days_each": _("Enter a number of days, for example 7.")},
        )
    begins = timezone.localtime(from_at)
    for person in people * rounds:
        ends = timezone.make_aware(begins.replace(tzinfo=None) + timedelta(days=days_each))
        _add(rota, person, begins, ends)
        begins = timezone.localtime(ends)
    return rota


def _rota(by: Any, rota_id: int) -> Rota:
    rota = lock(Rota.objects, rota_id)
    authorize(by, ROTA, rota)
    return rota


def _person(by: Any, rota: Rota, person_id: int) -> Person:
    person = reachable(Person.objects.visible_to(by).filter(is_active=True), person_id, "person_id")
    if person is None or person.tier == Person.Tier.NONE:
        raise Invalid(
            _("Nobody who services devices has this number."), fields={"person_id": _("Choose somebody from the list.")}
        )
    return person


def _add(rota: Rota, person: Person, from_at: datetime, until_at: datetime) -> Shift:
    if not from_at < until_at <= from_at + LONGEST:
        words = _("A shift ends after it begins, and within a month.")
        raise Invalid(words, fields={"until_at": words})
    clash = Shift.objects.filter(rota=rota, from_at__lt=until_at, until_at__gt=from_at).select_related("person").first()
    if clash is not None:
        names = {
            "name": clash.person,
            "from": moment_words(clash.from_at),
            "until": moment_words(clash.until_at),
        }
        raise Invalid(
            _("%(name)s is on call from %(from)s until %(until)s.") % names,
            _("Choose another time, or swap that shift."),
            fields={"from_at": _("This time is taken.")},
        )
    return Shift.objects.create(rota=rota, person=person, from_at=from_at, until_at=until_at)


@operation(needs_reason=True)
def swap_shift(*, by: Any, shift_id: int, person_id: int, reason: str) -> Shift:
    """Somebody else takes a shift. Whoever has it may hand it on themselves; for others it needs the rota's planner.

    Raises:
        NotNow: when the shift is over. Invalid: for the same person or nobody who services devices. Denied.
    """
    shift = lock(Shift.objects.select_related("rota", "person"), shift_id)
    authorize(by, VIEW if _is_own(by, shift) else ROTA, shift)
    if shift.until_at <= timezone.now():
        raise NotNow(_("This shift is over."), _("Write the hand-over note instead."))
    person = _person(by, shift.rota, person_id)
    if person.pk == shift.person_id:
        raise Invalid(_("That is who has it already."), fields={"person_id": _("Choose somebody else.")})
    apply_edit(shift, {"instead_of_id": shift.person_id, "person_id": person.pk, "swap_reason": reason.strip()[:300]})
    return Shift.objects.select_related("rota", "person").get(pk=shift.pk)


@operation(needs_reason=True)
def drop_shift(*, by: Any, shift_id: int, reason: str) -> Shift:
    """Take a shift that has not begun out of the rota; nobody is on call then unless another is put in.

    Raises:
        NotNow: when it has begun.
    """
    shift = lock(Shift.objects.select_related("rota"), shift_id)
    authorize(by, ROTA, shift)
    if shift.from_at <= timezone.now():
        raise NotNow(_("This shift has begun."), _("Swap it instead."))
    shift.delete()
    shift.pk = shift_id
    return shift


@operation()
def write_handover(*, by: Any, shift_id: int, text: str, expected_version: int | None = None) -> Shift:
    """Write what the next one has to know; until the next shift ends it may be written further.

    Raises:
        Denied: for somebody who neither has this shift nor plans the rota.
    """
    shift = lock(Shift.objects.select_related("rota"), shift_id)
    if not _is_own(by, shift) and not by.is_system:
        _planner_or_denied(by, shift)
    authorize(by, VIEW, shift)
    values = {"handover": text.replace("\x00", "").strip()[:4000], "handed_over_at": timezone.now()}
    apply_edit(shift, values, expected_version=expected_version)
    return shift


def _planner_or_denied(by: Any, shift: Shift) -> None:
    try:
        authorize(by, ROTA, shift)
    except Denied:
        raise Denied(
            _("This is the hand-over of somebody else."), _("Write into your own shift, or ask who plans the rota.")
        ) from None


def _is_own(by: Any, shift: Shift) -> bool:
    return not by.is_system and Person.objects.filter(pk=shift.person_id, user_id=by.id).exists()
