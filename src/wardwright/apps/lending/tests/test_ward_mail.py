"""Mail to the wards of the equipment library: to whom, when, in which language."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories import make_department, make_user

from wardwright.apps.lending import operations as ops
from wardwright.apps.lending.models import Loan, LoanRequest
from wardwright.platform.access.models import User
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System
from wardwright.platform.notify.mail.models import Mail


@pytest.fixture(autouse=True)
def mail_is_on(settings):
    settings.MAIL_URL = "smtp://127.0.0.1:1"


@pytest.fixture
def nurse(library):
    return of_ward(library, email="nora@ward.example", language="fr")


def late():
    """Every loan is past its end, and nobody was reminded yet."""
    with open_change("test", System("test")):
        Loan.objects.update(due_at=timezone.now() - timedelta(days=1))


def of_ward(library, permissions=("lending.view", "lending.ask"), **given):
    return make_user(permissions=[*permissions], scope=("department", library.ward.pk), **given)


def sent():
    """Address, subject and text of each, oldest first."""
    parsed = [message_from_bytes(bytes(mail.message), policy=SMTP) for mail in Mail.objects.order_by("pk")]
    return [(mail["To"], mail["Subject"], mail.get_content()) for mail in parsed]


def test_whoever_asked_reads_in_their_language_what_is_on_its_way(library, nurse):
    row = library.ask(2, by=nurse)
    assert (row.asked_by, sent()) == (nurse, [])
    ops.pick_devices(by=library.assistant, loan_request_id=row.pk, asset_ids=library.ids[:2])
    ops.deliver_request(by=library.assistant, loan_request_id=row.pk)
    ((to, subject, text),) = sent()
    assert (to, subject) == ("nora@ward.example", "En route vers ICU : Infusion pump")
    assert [words in text for words in ("P1, P2", "Pump library", "/library/ward/")] == [True] * 3


def test_over_the_counter_nobody_is_written_to(library, nurse):
    ops.issue_batch(
        by=library.assistant, pool_id=library.pool.pk, device_type_id=library.kind.pk,
        department_id=library.ward.pk, quantity=1,
    )  # fmt: skip
    assert (LoanRequest.objects.get().asked_by, sent()) == (None, [])


def test_a_reservation_is_told_to_the_log_ins_of_its_ward(library, nurse):
    of_ward(library, email="sister@ward.example")
    of_ward(library, email="")
    of_ward(library, email="no address")
    of_ward(library, email="left@ward.example", is_active=False)
    of_ward(library, email="reads@ward.example", permissions=["lending.view"])
    other = make_department(site=library.site)
    make_user(permissions=["lending.ask"], scope=("department", other.pk), email="other@ward.example")
    make_user(permissions=["*"], email="head@house.example")
    ops.reserve_equipment(
        by=library.assistant, pool_id=library.pool.pk, department_id=library.ward.pk,
        device_type_id=library.kind.pk, quantity=2, from_at=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    assert [(to, subject) for to, subject, _text in sent()] == [
        ("nora@ward.example", "Réservé pour ICU : 2 × Infusion pump"),
        ("sister@ward.example", "Reserved for ICU: 2 × Infusion pump"),
    ]


def test_what_is_past_its_end_is_one_mail_to_each_reader(library, nurse):
    library.lend(*library.pumps[:2], by=nurse, until_at=timezone.now() + timedelta(hours=1))
    before = len(sent())
    late()
    assert ops.remind_overdue(by=System("lending"))["mails"] == 1
    ((to, subject, text),) = sent()[before:]
    assert (to, subject) == ("nora@ward.example", "Merci de rendre ce dont vous n’avez plus besoin")
    assert [text.count(words) for words in ("P1 Infusion pump", "P2 Infusion pump", "P3")] == [1, 1, 0]
    assert ops.remind_overdue(by=System("lending"))["mails"] == 0


def remind_every_day(days):
    """The job of so many days in a row; returns on which of them each address was written to."""
    told = {}
    for day in range(1, days + 1):
        before = Mail.objects.count()
        ops.remind_overdue(by=System("lending"))
        for to, _subject, _text in sent()[before:]:
            told.setdefault(to, []).append(day)
        with open_change("test", System("test")):
            Loan.objects.exclude(reminded_at=None).update(reminded_at=timezone.now() - timedelta(days=1))
    return told


def test_a_ward_reads_on_the_first_day_three_days_later_and_once_a_week_the_library_every_day(library, nurse):
    ops.keep_pool(by=library.keeper, pool_id=library.pool.pk, email="library@house.example")
    library.lend(library.pumps[0], by=nurse, until_at=timezone.now() + timedelta(hours=1))
    late()
    told = remind_every_day(19)
    assert told == {"library@house.example": [*range(1, 20)], "nora@ward.example": [1, 4, 11, 18]}
    assert Loan.objects.get().reminders == 19


def test_a_new_end_that_passes_is_a_first_day(library, nurse):
    library.lend(library.pumps[0], by=nurse, until_at=timezone.now() + timedelta(hours=1))
    late()
    remind_every_day(2)
    ops.still_needed(by=nurse, loan_id=Loan.objects.get().pk, due_at=timezone.now() + timedelta(days=1))
    late()
    assert remind_every_day(4) == {"nora@ward.example": [1, 4]}


def test_what_the_ward_said_is_ready_it_is_not_asked_for(library, nurse):
    library.lend(*library.pumps[:2], by=nurse, until_at=timezone.now() + timedelta(hours=1))
    before = len(sent())
    ops.say_ready(by=nurse, loan_ids=[Loan.objects.get(asset=library.pumps[0]).pk])
    late()
    assert ops.remind_overdue(by=System("lending")) == {"loans": 2, "rentals": 0, "mails": 1}
    ((_to, _subject, text),) = sent()[before:]
    assert ["P1" in text, "P2" in text] == [False, True]


def test_a_house_without_mail_sends_none(library, nurse, settings):
    settings.MAIL_URL = ""
    library.lend(library.pumps[0], by=nurse)
    assert sent() == []


def test_who_left_is_not_written_to(library, nurse):
    row = library.ask(by=nurse)
    with open_change("test", System("test")):
        User.objects.filter(pk=nurse.pk).update(is_active=False)
    ops.pick_proposed(by=library.assistant, loan_request_id=row.pk)
    assert sent() == []


def test_more_loans_ask_no_more_queries(library, nurse):
    asked = []
    for pumps in (library.pumps[:1], library.pumps[1:]):
        library.lend(*pumps, by=nurse, until_at=timezone.now() + timedelta(hours=1))
        late()
        with CaptureQueriesContext(connection) as found:
            ops.remind_overdue(by=System("lending"))
        asked.append(len(found))
    assert asked[0] == asked[1]
