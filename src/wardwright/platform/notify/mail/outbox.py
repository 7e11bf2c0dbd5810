"""Asking for a mail: it is written whole into the outbox, in the caller's transaction, and sent by a job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.platform.core.errors import Invalid
from wardwright.platform.jobs.backend import enqueue_once

from .delivery import JOB_KEY, deliver_mails
from .models import Mail

LARGEST_BYTES = 8_000_000


@dataclass(frozen=True)
class Attached:
    """A file to send along; ``media_type`` such as ``text/csv``."""

    name: str
    media_type: str
    data: bytes


def is_on() -> bool:
    """Whether the house has a mail server; without one nothing is sent, and pages say so."""
    return bool(settings.MAIL_URL)


def queue_mail(*, to: str, subject: str, text: str, html: str = "", attached: Sequence[Attached] = ()) -> Mail:
    """Put a mail into the outbox. Files that would make it too large are left out and named in the text.

    Raises:
        Invalid: when mail is off, or ``to`` is no address (django's ValidationError has the words).
    """
    if not is_on():
        raise Invalid(_("This house sends no mail."), _("Set WARDWRIGHT_MAIL_URL to the hospital's mail server."))
    validate_email(to)
    kept = [one for one in attached if len(one.data) <= LARGEST_BYTES]
    if len(kept) < len(attached):
        text += "\n" + _("A file was too large to send: open the page instead.") + "\n"
    subject = " ".join(subject.split())[:200]
    mail = Mail.objects.create(
        to=to, subject=subject, message=_message(to, subject, text, html, kept), next_try_at=timezone.now()
    )
    enqueue_once(deliver_mails, JOB_KEY)
    return mail


def _message(to: str, subject: str, text: str, html: str, attached: Sequence[Attached]) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = settings.MAIL_FROM, to, subject
    mail["Date"] = formatdate(localtime=False)
    mail["Message-ID"] = make_msgid(domain=urlsplit(settings.BASE_URL).hostname or "wardwright")
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday note answers
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    for one in attached:
        kind, _slash, detail = one.media_type.partition(";")[0].partition("/")
        mail.add_attachment(one.data, maintype=kind, subtype=detail, filename=one.name)
    return mail.as_bytes()
