"""Who is on call: turns, clashes, swaps, hand-over, and what the desk and the portal tell."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.factories import make_department, make_person, make_site, make_user

from wardwright.apps.helpdesk import operations, queries
from wardwright.apps.helpdesk.models import Shift
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.core.errors import Denied, Invalid, NotNow

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"


@pytest.fixture
def rota(system):
    return operations.make_rota(by=system, name="Nights", site_id=make_site().pk, phone="4444")


@pytest.fixture
def people(rota):
    return [make_person(name=name, site=rota.site) for name in ("Ann", "Ben")]


def turns(rota, people, start, **more):
    return operations.plan_shifts(
        by=more.pop("by"), rota_id=rota.pk, person_ids=[p.pk for p in people], from_at=start, **more
    )


def test_people_take_turns_at_the_same_hour_also_when_the_clock_changes(system, rota, people, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    with timezone.override("Europe/Berlin"):
        start = timezone.make_aware(datetime(2026, 10, 19, 8))
        turns(rota, people, start, by=system, days_each=7, rounds=2)
        shifts = list(Shift.objects.order_by("from_at").values_list("person__name", "from_at"))
    assert [name for name, _at in shifts] == ["Ann", "Ben", "Ann", "Ben"]
    assert [at.hour for _name, at in shifts] == [6, 7, 7, 7]  # UTC: summer time ends on 25 October


def test_two_are_never_on_call_in_one_rota_at_once(system, rota, people):
    now = timezone.now()
    turns(rota, people, now, by=system, days_each=7)
    with pytest.raises(Invalid, match="Ann is on call from"):
        operations.add_shift(by=system, rota_id=rota.pk, person_id=people[1].pk, from_at=now + timedelta(days=6),
                             until_at=now + timedelta(days=8))  # fmt: skip
    with pytest.raises(Invalid):
        turns(rota, people, now - timedelta(days=10), by=system, days_each=7)
    assert Shift.objects.count() == 2


def test_somebody_who_services_nothing_is_not_on_call(system, rota):
    nurse = make_person(tier="none", site=rota.site)
    with pytest.raises(Invalid, match="services devices"):
        turns(rota, [nurse], timezone.now(), by=system)


def test_a_shift_is_handed_on_by_who_has_it_with_a_reason(system, rota, people):
    ann, ben = people
    ann.user = make_user(permissions=["helpdesk.view", "directory.view"], scope=("site", rota.site_id))
    from tests.factories import writes

    writes(lambda: ann.save())()
    turns(rota, people, timezone.now() - timedelta(hours=1), by=system)
    mine, his = Shift.objects.order_by("from_at")
    with pytest.raises(Invalid):
        operations.swap_shift(by=ann.user, shift_id=mine.pk, person_id=ben.pk, reason=" ")
    swapped = operations.swap_shift(by=ann.user, shift_id=mine.pk, person_id=ben.pk, reason="Child is ill")
    assert (swapped.person_id, swapped.instead_of_id, swapped.swap_reason) == (ben.pk, ann.pk, "Child is ill")
    with pytest.raises(Denied):
        operations.swap_shift(by=ann.user, shift_id=his.pk, person_id=ann.pk, reason="I want it")
    assert AuditChange.objects.get(operation="helpdesk.swap_shift").reason == "Child is ill"


def test_what_is_handed_over_is_shown_to_the_next(system, rota, people):
    now = timezone.now()
    turns(rota, people, now - timedelta(days=8), by=system, days_each=7)
    before, current = Shift.objects.order_by("from_at")
    operations.write_handover(by=system, shift_id=before.pk, text="Loaner stands in room 4")
    assert queries.handover_for([current]) == {current.pk: before}
    client = Client()
    client.force_login(make_user(permissions=["helpdesk.view"]), backend=BACKEND)
    for address in ("/requests/", "/on-call/", f"/on-call/{rota.pk}/"):
        page = client.get(address).content.decode()
        assert ["Loaner stands in room 4" in page, "Ben" in page] == [True, True], address


def test_another_ones_handover_is_not_written(rota, people, system):
    turns(rota, people, timezone.now() - timedelta(hours=1), by=system)
    with pytest.raises(Denied, match="somebody else"):
        operations.write_handover(
            by=make_user(permissions=["helpdesk.view"]), shift_id=Shift.objects.first().pk, text="x"
        )


def test_only_a_shift_that_has_not_begun_is_taken_out(system, rota, people):
    turns(rota, people, timezone.now() - timedelta(hours=1), by=system)
    current, later = Shift.objects.order_by("from_at")
    with pytest.raises(NotNow):
        operations.drop_shift(by=system, shift_id=current.pk, reason="wrong")
    operations.drop_shift(by=system, shift_id=later.pk, reason="planned twice")
    assert list(Shift.objects.all()) == [current]


def test_a_rota_of_a_department_answers_for_what_is_part_of_it(system):
    site = make_site()
    clinic = make_department(site=site)
    ward, other = make_department(site=site, parent=clinic), make_department(site=site)
    rota = operations.make_rota(by=system, name="Clinic", site_id=site.pk, department_id=clinic.pk)
    now = timezone.now()
    operations.add_shift(by=system, rota_id=rota.pk, person_id=make_person(site=site).pk, from_at=now,
                         until_at=now + timedelta(hours=8))  # fmt: skip
    assert [queries.is_on_call(site.pk, place.pk, now) for place in (clinic, ward, other)] == [True, True, False]
    operations.change_rota(by=system, rota_id=rota.pk, is_active=False)
    assert queries.is_on_call(site.pk, ward.pk, now) is False


def test_the_portal_says_that_somebody_is_on_call_and_not_who(system, pump, alarm):
    rota = operations.make_rota(by=system, name="Nights", site_id=pump.site_id)
    person, now = make_person(name="Ann Secret", site=pump.site), timezone.now()
    operations.add_shift(
        by=system, rota_id=rota.pk, person_id=person.pk, from_at=now, until_at=now + timedelta(hours=1)
    )
    page = Client().get(f"/r/{pump.code}?s={alarm.pk}&h=no&c=yes").content.decode()
    assert ("Somebody is on call now" in page, "Secret" in page) == (True, False)
