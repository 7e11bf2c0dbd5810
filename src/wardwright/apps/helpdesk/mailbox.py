"""Reading the mailbox of the desk over IMAP, with what Python brings along."""

from __future__ import annotations

import imaplib
import logging
import ssl
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.conf import settings

from wardwright.platform.access.limits import Limit, spend
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Refused, TooOften

from .operations import receive_mail
from .operations.mailing import MAX_MESSAGE_BYTES, read_mail

log = logging.getLogger("wardwright.helpdesk")
MAILBOX = System("mailbox")
FROM_SENDER = Limit(20, 3600)
TIMEOUT_SECONDS = 30
MOST_AT_ONCE = 50


@dataclass
class Counts:
    """What one look into the mailbox did."""

    requests: int = 0
    ignored: int = 0
    refused: int = 0


def read_mailbox() -> Counts:
    """Make requests of the unread messages and mark them as read.

    ``MAIL_IN_URL`` is ``imaps://user:password@host/FOLDER`` (or ``imap://`` inside the machine). A message that cannot
    become a request is marked as well and named in the log, so that it does not stand in the way of the others; when
    the connection breaks, what was not marked comes again and is known by its id.
    """
    parts = urlsplit(settings.MAIL_IN_URL)
    counts = Counts()
    with _connected(parts.scheme, parts.hostname or "", parts.port) as box:
        box.login(unquote(parts.username or ""), unquote(parts.password or ""))
        status, _data = box.select(_quoted(unquote(parts.path.strip("/")) or "INBOX"))
        if status != "OK":
            raise imaplib.IMAP4.error("the folder of WARDWRIGHT_MAIL_IN_URL cannot be opened")
        _status, found = box.uid("SEARCH", "UNSEEN")
        for uid in (found[0] or b"").split()[:MOST_AT_ONCE]:
            _take(box, uid.decode(), counts)
    return counts


def _connected(scheme: str, host: str, port: int | None) -> imaplib.IMAP4:
    if scheme == "imaps":
        return imaplib.IMAP4_SSL(host, port or 993, ssl_context=ssl.create_default_context(), timeout=TIMEOUT_SECONDS)
    return imaplib.IMAP4(host, port or 143, timeout=TIMEOUT_SECONDS)


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "").replace('"', "") + '"'


def _take(box: imaplib.IMAP4, uid: str, counts: Counts) -> None:
    raw = _content(box, uid)
    if raw is None:
        counts.refused += 1
    else:
        _receive(raw, counts)
    box.uid("STORE", uid, "+FLAGS", r"(\Seen)")


def _content(box: imaplib.IMAP4, uid: str) -> bytes | None:
    """The message, unless it is larger than anybody should send."""
    _status, sizes = box.uid("FETCH", uid, "(RFC822.SIZE)")
    size = int("".join(c for c in str(sizes[0]).rsplit("SIZE", 1)[-1] if c.isdecimal()) or 0)
    if size > MAX_MESSAGE_BYTES:
        log.warning("mail %s of %d bytes is too large and was left in the mailbox", uid, size)
        return None
    _status, answer = box.uid("FETCH", uid, "(BODY.PEEK[])")
    return next((part[1] for part in answer if isinstance(part, tuple)), None)


def _receive(raw: bytes, counts: Counts) -> None:
    mail = read_mail(raw)
    if mail is None:
        counts.ignored += 1
        return
    try:
        spend(f"mail {mail.sender.lower()}", FROM_SENDER)
    except TooOften:
        counts.refused += 1
        log.warning("more than %d mails within an hour from %r: left in the mailbox", FROM_SENDER.most, mail.sender)
        return
    try:
        made = receive_mail(by=MAILBOX, raw=raw)
    except Refused as error:
        counts.refused += 1
        log.warning("mail %r became no request: %s", mail.message_id, error.message)
        return
    counts.requests += made is not None
