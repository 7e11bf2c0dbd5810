"""Days on which somebody is not there: asked for by themselves, or entered and decided by who leads them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from wardwright.platform.access.scope import allowed, authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.change import require_change
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Invalid, NotNow
from wardwright.platform.core.values import cleaned, reachable
from wardwright.platform.core.words import day_words

from ..models import Absence, Person
from ..permissions import ABSENCES, VIEW
from ..queries import person_of
from ..states import ABSENCE_TRANSITIONS, AbsenceKind, AbsenceState

MOST_DAYS = 366
FIELDS = ("kind", "first_on", "last_on", "note")


@operation()
def ask_absence(*, by: Any, first_on: date, last_on: date, kind: str = "holiday", note: str = "") -> Absence:
    """Ask for days off for oneself. Illness is not asked for but told: it holds at once.

    Raises:
        Invalid: for days out of order, more than a year, or days that are asked for already; or when no person of the
        staff belongs to this log-in.
    """
    authorize(by, VIEW)
    person = person_of(by)
    if person is None:
        raise Invalid(
            _("No person of the staff belongs to your log-in."), _("Whoever keeps the list of people can join the two.")
        )
    row = _kept(person, kind=kind, first_on=first_on, last_on=last_on, note=note)
    row.state = AbsenceState.AGREED if row.kind == AbsenceKind.SICK else AbsenceState.ASKED
    row.save(force_insert=True)
    return row


@operation()
def enter_absence(
    *, by: Any, person_id: int, first_on: date, last_on: date, kind: str = "holiday", note: str = ""
) -> Absence:
    """Enter somebody's days away; they are agreed with it. Raises Invalid as ``ask_absence``."""
    authorize(by, ABSENCES)
    person = reachable(Person.objects.visible_to(by), person_id, "person_id")
    if person is None:
        raise Invalid(_("Say who is away."), fields={"person_id": _("Choose somebody from the list.")})
    authorize(by, ABSENCES, person)
    row = _kept(person, kind=kind, first_on=first_on, last_on=last_on, note=note)
    row.state = AbsenceState.AGREED
    row.save(force_insert=True)
    return row


def _kept(person: Person, **values: Any) -> Absence:
    row = Absence(person=person)
    for name, value in cleaned(row, values, FIELDS).items():
        setattr(row, name, value)
    if not row.first_on <= row.last_on < row.first_on + timedelta(days=MOST_DAYS):
        words = _("Choose a last day that is not before the first, and at most a year later.")
        raise Invalid(_("The days are out of order."), fields={"last_on": words})
    lock(Person.objects, person.pk)  # two requests for the same days come one after the other
    standing = Absence.objects.filter(person=person, state__in=(AbsenceState.ASKED, AbsenceState.AGREED))
    other = standing.filter(first_on__lte=row.last_on, last_on__gte=row.first_on).order_by("first_on").first()
    if other is not None:
        words = _("From %(first)s to %(last)s is in the list already.") % {
            "first": day_words(other.first_on),
            "last": day_words(other.last_on),
        }
        raise Invalid(words, _("Withdraw that one first, or choose other days."), fields={"first_on": words})
    return row


@operation()
def decide_absence(
    *, by: Any, absence_id: int, agreed: bool, answer: str = "", expected_version: int | None = None
) -> Absence:
    """Agree to days that were asked for, or decline them; whoever declines says why.

    Raises:
        Invalid: for a refusal without a word. NotNow: when it is decided or withdrawn already. StaleEdit. Denied.
    """
    row = lock(Absence.objects.select_related("person"), absence_id)
    authorize(by, ABSENCES, row)
    good = cleaned(row, {"answer": answer}, ("answer",))
    if not agreed and not good["answer"]:
        words = _("Say why not, in a few words.")
        raise Invalid(words, fields={"answer": words})
    return _moved(row, AbsenceState.AGREED if agreed else AbsenceState.DECLINED, expected_version, **good)


@operation()
def withdraw_absence(*, by: Any, absence_id: int, expected_version: int | None = None) -> Absence:
    """The days are not taken after all: by who asked for them, or by who decides. Raises NotNow, StaleEdit, Denied."""
    row = lock(Absence.objects.select_related("person"), absence_id)
    if by.id is not None and row.person.user_id == by.id and not allowed(by, ABSENCES, row):
        require_change().authorized = True  # everybody's own affair: it needs no permission
    else:
        authorize(by, ABSENCES, row)
    return _moved(row, AbsenceState.WITHDRAWN, expected_version)


def _moved(row: Absence, state: AbsenceState, expected_version: int | None, **values: Any) -> Absence:
    if state not in ABSENCE_TRANSITIONS[row.state]:
        raise NotNow(
            _("These days are %(state)s.") % {"state": row.get_state_display()},
            _("Reload the page to see what changed meanwhile."),
        )
    apply_edit(row, {"state": state, **values}, expected_version=expected_version)
    return row
