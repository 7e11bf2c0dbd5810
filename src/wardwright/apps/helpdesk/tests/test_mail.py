"""Mail from a real IMAP server on the loopback becomes requests, each once, and nothing that a machine wrote."""

import imaplib
from email.message import EmailMessage

import pytest
from tests.factories import make_asset, make_site, make_user

from wardwright.apps.helpdesk import operations
from wardwright.apps.helpdesk.jobs import read_mail
from wardwright.apps.helpdesk.mailbox import FROM_SENDER, read_mailbox
from wardwright.apps.helpdesk.models import Request
from wardwright.apps.helpdesk.operations.mailing import device_named
from wardwright.apps.helpdesk.operations.mailing import read_mail as parsed
from wardwright.platform.attachments.models import Attachment

from .imap_server import Server

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"a picture"


@pytest.fixture
def box(settings):
    server = Server()
    settings.MAIL_IN_URL = server.url
    yield server.box
    server.shutdown()
    server.server_close()


def mail(text="It beeps", subject="Pump broken", sender="Nora <nora@ward.example>", **headers) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"] = sender, subject
    message["Message-ID"] = headers.pop("Message_ID", f"<{abs(hash((text, subject, sender)))}@ward.example>")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def test_a_mail_becomes_a_request_about_the_device_it_names(box, pump):
    box.add(mail(f"The pump {pump.tag} beeps.\nEven after a restart.").as_bytes())
    assert read_mail.func() == {"requests": 1, "ignored": 0, "refused": 0}
    request = Request.objects.get()
    assert (request.source, request.title, request.asset_id, request.reporter_name, request.reporter_email) == (
        "mail", "Pump broken", pump.pk, "Nora", "nora@ward.example",
    )  # fmt: skip
    assert (request.words, request.state, box.seen) == (
        f"The pump {pump.tag} beeps.\nEven after a restart.",
        "new",
        {1},
    )


@pytest.mark.parametrize("how", ["tag", "code", "serial", "address"])
def test_a_device_is_recognised_by_what_is_written_on_it(pump, how):
    text = {"tag": pump.tag.lower(), "code": pump.code.upper(), "serial": pump.serial,
            "address": f"https://help.example/r/{pump.code}"}[how]  # fmt: skip
    assert device_named(f"please come, {text}.") == pump


def test_several_devices_or_none_go_to_the_desk_unmatched(box, pump):
    other = make_asset()
    box.add(mail(f"{pump.tag} and {other.tag}").as_bytes())
    box.add(mail("no number", subject="Help").as_bytes())
    read_mailbox()
    assert list(Request.objects.values_list("asset_id", "site_id")) == [(None, None)] * 2
    by = make_user(permissions=["*"], scope=("site", pump.site_id))
    assert not Request.objects.visible_to(by).exists()


def test_unmatched_mail_belongs_to_the_site_of_the_mailbox(box, settings):
    site = make_site(code="NORTH")
    settings.MAIL_IN_SITE = "NORTH"
    box.add(mail("no number").as_bytes())
    read_mailbox()
    assert Request.objects.visible_to(make_user(permissions=["*"], scope=("site", site.pk))).count() == 1


def test_each_message_comes_once_even_when_the_line_breaks(box, pump):
    box.add(mail("one").as_bytes())
    box.breaks_at = "STORE"
    with pytest.raises((imaplib.IMAP4.abort, OSError)):
        read_mailbox()
    box.breaks_at = ""
    assert (Request.objects.count(), box.seen) == (1, set())
    read_mailbox()
    assert (Request.objects.count(), box.seen) == (1, {1})


@pytest.mark.parametrize(
    "message",
    [
        mail(Auto_Submitted="auto-replied"),
        mail(Precedence="bulk"),
        mail(Return_Path="<>"),
        mail(List_Id="<news.example>"),
        mail(sender="MAILER-DAEMON@mx.example"),
        mail(sender="nobody at all"),
    ],
    ids=["auto", "bulk", "bounce", "list", "daemon", "nobody"],
)
def test_what_no_person_wrote_is_ignored(box, message):
    box.add(message.as_bytes())
    assert (read_mailbox().ignored, Request.objects.count(), box.seen) == (1, 0, {1})


def test_pictures_are_kept_and_everything_else_is_left_out(box, pump):
    message = mail(pump.tag)
    message.add_attachment(PNG, maintype="application", subtype="octet-stream", filename="../../a.png")
    message.add_attachment(b"MZ\x90\x00evil", maintype="image", subtype="png", filename="b.png")
    message.add_attachment("<svg onload=alert(1)>", subtype="svg+xml", filename="c.svg")
    box.add(message.as_bytes())
    read_mailbox()
    assert list(Attachment.objects.values_list("name", "media_type")) == [("a.png", "image/png")]
    assert "2 attachments were left out" in Request.objects.get().words


def test_html_becomes_words_and_large_text_is_cut():
    message = mail("x")
    message.set_content("<style>p{}</style><p>The <b>alarm</b></p><script>alert(1)</script>", subtype="html")
    assert parsed(message.as_bytes()).text == "The alarm"
    assert len(parsed(mail("y" * 100_000).as_bytes()).text) == 4000


@pytest.mark.parametrize(
    "raw",
    [b"", b"\xff\xfe\x00", b"From: a@b.example\n\n\x00\x00",
     b"From: a@b.example\nContent-Type: text/plain; charset=no\n\nx",
     b"From: =?utf-8?b?////?= <a@b.example>\nSubject: =?x?q?=ff?=\n\nhi",
     b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n--x--"],
)  # fmt: skip
def test_broken_messages_break_nothing(box, raw):
    box.add(raw)
    box.add(mail("after it").as_bytes())
    read_mailbox()
    assert box.seen == {1, 2}
    assert Request.objects.filter(words="after it").count() == 1


def test_one_sender_cannot_flood_the_desk(box):
    for n in range(FROM_SENDER.most + 2):
        box.add(mail(f"number {n}").as_bytes())
    assert (read_mailbox().refused, Request.objects.count()) == (2, FROM_SENDER.most)


def test_an_answer_to_a_question_goes_to_its_request(box, system, pump):
    request = operations.receive_request(
        by=system, asset_id=pump.pk, title="Beeps", reporter_email="nora@ward.example", source="mail"
    )
    operations.ask_requester(by=system, request_id=request.pk, text="Which alarm?")
    box.add(mail("E 12", subject=f"Re: {request.ticket}", sender="eve@else.example").as_bytes())
    box.add(mail("E 12", subject=f"Re: {request.ticket}").as_bytes())
    read_mailbox()
    request.refresh_from_db()
    assert (request.state, Request.objects.count()) == ("new", 2)


def test_without_a_mailbox_nothing_is_asked(settings):
    settings.MAIL_IN_URL = ""
    assert read_mail.func() == {}


def test_a_wrong_password_is_an_error_without_the_password(box, settings):
    settings.MAIL_IN_URL = settings.MAIL_IN_URL.replace("secret%20word", "guess")
    with pytest.raises(imaplib.IMAP4.error) as error:
        read_mailbox()
    assert "guess" not in str(error.value)
