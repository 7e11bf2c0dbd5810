"""The outbox against a real mail server on loopback: sent once, tried again, given up; nothing in it that injects."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import transaction
from django.utils import timezone

from wardwright.platform.core.errors import Invalid
from wardwright.platform.jobs.models import Job
from wardwright.platform.notify.mail import delivery
from wardwright.platform.notify.mail.models import Mail, MailState
from wardwright.platform.notify.mail.outbox import LARGEST_BYTES, Attached, queue_mail

from .smtp_peer import smtp_peer

pytestmark = pytest.mark.django_db


@pytest.fixture
def peer(settings):
    with smtp_peer() as found:
        settings.MAIL_URL, settings.MAIL_FROM = found.url, "Devices <devices@house.example>"
        yield found


def queue(**given):
    return queue_mail(**{"to": "ana@house.example", "subject": "Late work", "text": "Two are late.\n", **given})


def deliver() -> int:
    return delivery.deliver_mails.func()["sent"]


def later() -> None:
    Mail.objects.filter(state=MailState.WAITING).update(next_try_at=timezone.now())


def test_a_mail_arrives_whole_and_once(peer):
    row = queue(html="<p>Two are late.</p>", attached=[Attached("late.csv", "text/csv; charset=utf-8", b"a,b\r\n")])
    assert (deliver(), deliver()) == (1, 0)
    (taken,) = peer.taken
    assert (taken.sender, taken.to, taken.mail["Subject"]) == (
        "devices@house.example",
        ["ana@house.example"],
        "Late work",
    )
    assert taken.mail["Auto-Submitted"] == "auto-generated"
    assert taken.mail.get_body(("plain",)).get_content().strip() == "Two are late."
    assert [(part.get_filename(), part.get_payload(decode=True)) for part in taken.mail.iter_attachments()] == [
        ("late.csv", b"a,b\r\n")
    ]
    row.refresh_from_db()
    assert (row.state, bytes(row.message), row.attempts) == (MailState.SENT, b"", 1)


def test_asking_for_a_mail_asks_for_one_delivery(peer):
    queue()
    queue()
    assert Job.objects.filter(task=delivery.deliver_mails.module_path).count() == 1


def test_a_mail_exists_only_if_its_transaction_does(peer):
    with pytest.raises(RuntimeError), transaction.atomic():
        queue()
        raise RuntimeError
    assert Mail.objects.count() == 0


def test_a_server_that_is_away_is_tried_again_later_and_given_up_in_the_end(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.MAIL_URL = f"smtp://127.0.0.1:{free.getsockname()[1]}/?tls=off"
    row = queue()
    assert deliver() == 0
    row.refresh_from_db()
    assert (row.state, row.attempts, row.error) == (
        MailState.WAITING,
        1,
        "The mail server cannot be reached: ConnectionRefusedError",
    )
    assert row.next_try_at > timezone.now() + timedelta(minutes=1)
    for _ in range(delivery.MOST_ATTEMPTS - 1):
        later()
        deliver()
    row.refresh_from_db()
    assert (row.state, row.attempts, bytes(row.message)) == (MailState.FAILED, delivery.MOST_ATTEMPTS, b"")


def test_a_refused_address_fails_at_once_and_a_full_box_later_and_others_arrive(peer):
    peer.refuse = {"gone@house.example": "550 unknown", "full@house.example": "452 full"}
    gone, full, fine = queue(to="gone@house.example"), queue(to="full@house.example"), queue()
    assert deliver() == 1
    for row in (gone, full, fine):
        row.refresh_from_db()
    assert [gone.state, full.state, fine.state] == [MailState.FAILED, MailState.WAITING, MailState.SENT]
    assert (gone.error, full.error) == ("550 unknown", "452 full")
    peer.refuse = {}
    later()
    assert (deliver(), [one.to for one in peer.taken]) == (1, [["ana@house.example"], ["full@house.example"]])


def test_a_subject_cannot_smuggle_a_heading_and_an_address_is_one(peer):
    queue(subject="Late\r\nBcc: eve@evil.example\r\n\r\nwork")
    deliver()
    assert peer.taken[0].mail["Bcc"] is None
    assert peer.taken[0].mail["Subject"] == "Late Bcc: eve@evil.example work"
    for wrong in ("", "nobody", "a@b.example\r\nBcc: eve@evil.example", "a@b.example, c@d.example"):
        with pytest.raises(ValidationError):
            queue(to=wrong)
    assert Mail.objects.count() == 1


def test_a_file_that_is_too_large_is_left_out_with_a_word(peer):
    queue(attached=[Attached("all.csv", "text/csv", b"x" * (LARGEST_BYTES + 1))])
    deliver()
    assert list(peer.taken[0].mail.iter_attachments()) == []
    assert "too large" in peer.taken[0].mail.get_content()


def test_without_a_server_nothing_is_queued_and_nothing_fails(settings):
    settings.MAIL_URL = ""
    with pytest.raises(Invalid, match="sends no mail"):
        queue()
    assert (deliver(), Mail.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", ("mail.example", 587, "", "", "start")),
        ("smtp://a%40b:p%3Aw@mail.example:25/?tls=off", ("mail.example", 25, "a@b", "p:w", "off")),
        ("smtps://u:p@mail.example", ("mail.example", 465, "u", "p", "all")),
    ],
)
def test_the_address_of_a_server(url, expected):
    found = delivery.server_of(url)
    assert (found.host, found.port, found.user, found.password, found.tls) == expected
    assert "p:w" not in repr(found)


def test_an_address_of_another_kind_is_refused():
    with pytest.raises(ImproperlyConfigured, match="WARDWRIGHT_MAIL_URL"):
        delivery.server_of("http://mail.example")


def test_a_server_without_starttls_gets_no_mail_unless_allowed(peer, settings):
    settings.MAIL_URL = peer.url.replace("?tls=off", "")
    queue()
    assert (deliver(), peer.taken) == (0, [])
