"""Sending what waits in the outbox by SMTP, with growing pauses for about two days."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from django_tasks import task

from wardwright.platform.jobs.recurring import every

from .models import Mail, MailState

log = logging.getLogger("wardwright.mail")
TIMEOUT_SECONDS = 20
MOST_ATTEMPTS = 20
LONGEST_PAUSE = timedelta(hours=4)
AT_ONCE = 100
KEEP_DAYS = 30


@dataclass(frozen=True)
class Server:
    """A mail server from its address: ``smtps://`` speaks TLS from the first byte, ``smtp://`` turns it on by STARTTLS
    and refuses without it, unless the address ends in ``?tls=off`` (a relay on the same machine)."""

    host: str
    port: int
    user: str
    password: str
    tls: str

    def __repr__(self) -> str:
        return f"Server({self.host}:{self.port}, tls={self.tls})"


def server_of(url: str) -> Server:
    """Raises ImproperlyConfigured for an address of another kind."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ImproperlyConfigured("WARDWRIGHT_MAIL_URL must look like smtp://user:password@host:587 (or smtps://…).")
    off = parse_qs(parts.query).get("tls") == ["off"]
    tls = "all" if parts.scheme == "smtps" else "off" if off else "start"
    port = parts.port or (465 if tls == "all" else 587)
    return Server(parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""), tls)


@contextmanager
def connection(server: Server) -> Iterator[smtplib.SMTP]:
    """An open, logged-in connection."""
    context = ssl.create_default_context()
    if server.tls == "all":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
    with smtp:
        if server.tls == "start":
            smtp.starttls(context=context)
        if server.user:
            smtp.login(server.user, server.password)
        yield smtp


@every(timedelta(minutes=2))
@task(priority=-10)
def deliver_mails() -> dict[str, int]:
    """Send what is due. A mail is marked before the next one is begun, so that a stop repeats at most one."""
    if not settings.MAIL_URL:
        return {"sent": 0}
    now = timezone.now()
    Mail.objects.exclude(state=MailState.WAITING).filter(made_at__lt=now - timedelta(days=KEEP_DAYS)).delete()
    waiting = list(Mail.objects.filter(state=MailState.WAITING, next_try_at__lte=now).order_by("next_try_at")[:AT_ONCE])
    sent = 0
    try:
        if waiting:
            with connection(server_of(settings.MAIL_URL)) as smtp:
                for mail in waiting:
                    sent += _deliver(smtp, mail)
    except (OSError, smtplib.SMTPException) as error:
        log.warning("The mail server cannot be reached: %s", error)
        for mail in waiting:
            if mail.state == MailState.WAITING and mail.next_try_at <= now:
                _later(mail, f"The mail server cannot be reached: {type(error).__name__}")
    return {"sent": sent}


#: The key of the recurring job, so that a mail in a hurry and the clock never ask for two deliveries at a time.
JOB_KEY = f"recurring:{deliver_mails.module_path}"


def _deliver(smtp: smtplib.SMTP, mail: Mail) -> int:
    sender = parseaddr(settings.MAIL_FROM)[1]
    try:
        smtp.sendmail(sender, [mail.to], bytes(mail.message))
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        _refused(mail, code, words)
    except smtplib.SMTPResponseException as error:
        _refused(mail, error.smtp_code, error.smtp_error)
    else:
        mail.state, mail.sent_at, mail.message, mail.error = MailState.SENT, timezone.now(), b"", ""
        mail.attempts += 1
        mail.save()
        return 1
    return 0


def _refused(mail: Mail, code: int, words: bytes | str) -> None:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    if code >= 500:
        mail.state, mail.error, mail.message = MailState.FAILED, f"{code} {text}"[:300], b""
        mail.attempts += 1
        mail.save()
    else:
        _later(mail, f"{code} {text}")


def _later(mail: Mail, why: str) -> None:
    mail.attempts += 1
    mail.error = why[:300]
    if mail.attempts >= MOST_ATTEMPTS:
        mail.state, mail.message = MailState.FAILED, b""
    mail.next_try_at = timezone.now() + min(LONGEST_PAUSE, timedelta(minutes=2**mail.attempts))
    mail.save()
