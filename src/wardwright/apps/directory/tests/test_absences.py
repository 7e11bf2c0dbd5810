"""Days away: asked for, entered, decided and withdrawn; and whose they are to see."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from tests import factories

from wardwright.apps.directory import operations
from wardwright.apps.directory.models import Absence
from wardwright.apps.directory.states import ABSENCE_TRANSITIONS, AbsenceState
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.core.errors import Denied, Invalid, NotNow, StaleEdit

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 12, 7), date(2026, 12, 11)
DAYS = {"first_on": FIRST, "last_on": LAST}


@pytest.fixture
def site():
    return factories.make_site()


@pytest.fixture
def ana(site):
    """Somebody of the staff with a log-in."""
    user = factories.make_user(permissions=["directory.view"], scope=("site", site.pk))
    factories.make_person(site=site, user=user, name="Ana")
    return user


@pytest.fixture
def head(site):
    return factories.make_user(permissions=["directory.view", "directory.absences"], scope=("site", site.pk))


def test_one_asks_the_head_agrees_and_both_are_in_the_trail(ana, head):
    row = operations.ask_absence(by=ana, note="Skiing", **DAYS)
    assert (row.person.name, row.state, row.kind) == ("Ana", "asked", "holiday")
    row = operations.decide_absence(by=head, absence_id=row.pk, agreed=True)
    assert (row.state, row.version) == ("agreed", 2)
    names = list(AuditChange.objects.order_by("id").values_list("operation", flat=True))[-2:]
    assert names == ["directory.ask_absence", "directory.decide_absence"]


def test_illness_counts_at_once(ana):
    assert operations.ask_absence(by=ana, kind="sick", **DAYS).state == "agreed"


def test_what_is_entered_for_somebody_is_agreed(ana, head):
    person = operations.ask_absence(by=ana, **DAYS).person
    row = operations.enter_absence(
        by=head, person_id=person.pk, kind="training", first_on=date(2027, 1, 4), last_on=date(2027, 1, 4)
    )
    assert (row.state, row.kind) == ("agreed", "training")


def test_a_no_needs_a_word(ana, head):
    row = operations.ask_absence(by=ana, **DAYS)
    with pytest.raises(Invalid) as refused:
        operations.decide_absence(by=head, absence_id=row.pk, agreed=False)
    assert list(refused.value.fields) == ["answer"]
    row.refresh_from_db()
    assert row.state == "asked"
    row = operations.decide_absence(by=head, absence_id=row.pk, agreed=False, answer="The audit is in that week")
    assert (row.state, row.answer) == ("declined", "The audit is in that week")


@pytest.mark.parametrize(
    "days",
    [
        {"first_on": LAST, "last_on": FIRST},
        {"first_on": FIRST, "last_on": date(2028, 1, 1)},
        {"first_on": date(2026, 12, 11), "last_on": date(2026, 12, 20)},
        {"first_on": FIRST, "last_on": LAST, "kind": "idleness"},
    ],
    ids=["out of order", "more than a year", "asked for already", "no such kind"],
)
def test_days_that_cannot_be(ana, days):
    operations.ask_absence(by=ana, **DAYS)
    with pytest.raises(Invalid):
        operations.ask_absence(by=ana, **days)
    assert Absence.objects.count() == 1


def test_days_that_were_withdrawn_may_be_asked_for_again(ana):
    row = operations.ask_absence(by=ana, **DAYS)
    operations.withdraw_absence(by=ana, absence_id=row.pk)
    assert operations.ask_absence(by=ana, **DAYS).state == "asked"


def test_nobody_decides_or_enters_who_may_not(ana, site):
    row = operations.ask_absence(by=ana, **DAYS)
    elsewhere = factories.make_user(
        permissions=["directory.view", "directory.absences"], scope=("site", factories.make_site().pk)
    )
    for by in (ana, elsewhere):
        with pytest.raises(Denied):
            operations.decide_absence(by=by, absence_id=row.pk, agreed=True)
    with pytest.raises(Denied):
        operations.enter_absence(by=ana, person_id=row.person_id, first_on=date(2027, 1, 4), last_on=date(2027, 1, 4))
    other = factories.make_absence(person=factories.make_person(site=site))
    with pytest.raises(Denied):
        operations.withdraw_absence(by=ana, absence_id=other.pk)


def test_a_log_in_without_a_person_has_nobody_to_ask_for(head):
    with pytest.raises(Invalid):
        operations.ask_absence(by=head, **DAYS)


def test_an_answer_to_what_has_moved_on_is_refused(ana, head):
    row = operations.ask_absence(by=ana, **DAYS)
    operations.withdraw_absence(by=ana, absence_id=row.pk)
    with pytest.raises(NotNow):
        operations.decide_absence(by=head, absence_id=row.pk, agreed=True)
    again = operations.ask_absence(by=ana, **DAYS)
    with pytest.raises(StaleEdit):
        operations.decide_absence(by=head, absence_id=again.pk, agreed=True, expected_version=99)


def test_every_state_can_be_reached():
    assert {after for found in ABSENCE_TRANSITIONS.values() for after in found} == set(AbsenceState) - {"asked"}


def test_one_sees_ones_own_and_the_head_everybodys(ana, head, site):
    own = operations.ask_absence(by=ana, **DAYS)
    other = factories.make_absence(person=factories.make_person(site=site), kind="sick")
    far = factories.make_absence(person=factories.make_person(site=factories.make_site()))
    everything = factories.make_user(permissions=["*"])
    assert set(Absence.objects.visible_to(ana)) == {own}
    assert set(Absence.objects.visible_to(head)) == {own, other}
    assert set(Absence.objects.visible_to(everything)) == {own, other, far}
    assert set(Absence.objects.visible_to(factories.make_user(permissions=[]))) == set()


def test_the_pages_from_asking_to_the_answer(ana, head):
    mine, theirs = Client(), Client()
    mine.force_login(ana, backend="wardwright.platform.access.login.PasswordBackend")
    theirs.force_login(head, backend="wardwright.platform.access.login.PasswordBackend")
    answer = mine.post(reverse("ask-absence"), {"kind": "holiday", "first_on": "2026-12-07", "last_on": "2026-12-11"})
    row = Absence.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("absence", args=[row.pk]))
    assert mine.get(reverse("absence", args=[row.pk])).context["may_decide"] is False
    assert theirs.get(reverse("absences"), {"state": "asked"}).context["table"].ids == [row.pk]
    asked = theirs.get(reverse("decide-absence", args=[row.pk]))
    version = asked.context["form"].initial["expected_version"]
    theirs.post(reverse("decide-absence", args=[row.pk]), {"agreed": "yes", "expected_version": version})
    row.refresh_from_db()
    assert row.state == "agreed"
    person = theirs.get(reverse("person", args=[row.person_id]))
    assert (person.context["sees_absences"], person.context["absences"]) == (True, 1)
