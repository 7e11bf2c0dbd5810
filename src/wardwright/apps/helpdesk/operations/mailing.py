"""Requests that come by e-mail: what a message says, which device it names, and that each comes once."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr
from html.parser import HTMLParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wardwright.apps.assets.models import Asset, AssetCode
from wardwright.apps.directory.models import Site
from wardwright.apps.helpdesk.models import Request
from wardwright.apps.helpdesk.permissions import DESK
from wardwright.apps.helpdesk.queries import request_of_ticket
from wardwright.apps.helpdesk.states import RequestState, Source
from wardwright.platform.access.scope import Scope, authorize
from wardwright.platform.attachments.store import sniff
from wardwright.platform.audit.operation import operation

from .receiving import GONE, MAX_PHOTO_BYTES, SUFFIX, add_file, receive_request, reply_request

MAX_MESSAGE_BYTES = 25_000_000
MOST_PICTURES = 5
MOST_WORDS = 300
TEXT = 4000
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{3,58}[A-Za-z0-9]")
_TICKET = re.compile(r"\b([2-9a-hjkmnp-z]{4})-([2-9a-hjkmnp-z]{4})\b", re.IGNORECASE)
_BULK = ("bulk", "junk", "list", "auto_reply")
_ROBOTS = ("mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply", "do-not-reply")


@dataclass
class Mail:
    """What is kept of a message. ``left_out`` counts attachments that were no pictures, too large or too many."""

    message_id: str
    sender: str
    name: str
    subject: str
    text: str
    pictures: list[tuple[str, bytes]] = field(default_factory=list)
    left_out: int = 0


def read_mail(raw: bytes) -> Mail | None:
    """The message as a request; None for what no person wrote: answers by machine, lists, bounces, our own."""
    message: Any = BytesParser(policy=policy.default).parsebytes(raw)
    name, sender = parseaddr(_header(message, "From"))
    try:
        validate_email(sender)
    except ValidationError:
        return None
    if _is_automatic(message, sender):
        return None
    found = Mail(_id_of(message, raw), sender[:200], name[:120], _header(message, "Subject")[:200], _text(message))
    _pictures(message, found)
    return found


def _header(message: EmailMessage, name: str) -> str:
    try:
        value = str(message.get(name, "") or "")
    except (ValueError, LookupError, IndexError, AttributeError):  # a header that the parser cannot read
        return ""
    return " ".join(value.replace("\x00", "").split())


def _id_of(message: EmailMessage, raw: bytes) -> str:
    """The message's own id; one without it is known by its content."""
    return _header(message, "Message-ID")[:200] or f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _is_automatic(message: EmailMessage, sender: str) -> bool:
    """RFC 3834: Auto-Submitted other than "no"; and what bounces, lists and loops carry besides."""
    submitted = _header(message, "Auto-Submitted").lower()
    return (
        submitted not in ("", "no")
        or _header(message, "Precedence").lower() in _BULK
        or _header(message, "Return-Path") == "<>"
        or any(message.get(name) is not None for name in ("List-Id", "X-Auto-Response-Suppress", "X-Loop"))
        or sender.split("@")[0].lower() in _ROBOTS
    )


def _text(message: Any) -> str:
    """The plain text, or the words of the HTML; never its markup."""
    try:
        body = message.get_body(preferencelist=("plain", "html"))
        content = body.get_content() if body is not None else ""
    except (LookupError, ValueError, KeyError, AttributeError):  # an unknown character set, or a broken part
        return ""
    if body is not None and body.get_content_type() == "text/html":
        reader = _Words()
        reader.feed(str(content)[:200_000])
        content = " ".join(reader.words)
    lines = [line.rstrip() for line in str(content).replace("\x00", "").splitlines() if not line.startswith(">")]
    return "\n".join(lines).strip()[:TEXT]


class _Words(HTMLParser):
    """The words between the tags, without scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._skips = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._skips += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._skips -= tag in ("script", "style") and self._skips > 0

    def handle_data(self, data: str) -> None:
        if not self._skips and data.strip():
            self.words.append(" ".join(data.split()))


def _pictures(message: Any, found: Mail) -> None:
    for part in message.iter_attachments() if message.is_multipart() else ():
        try:
            data = part.get_payload(decode=True)
        except (ValueError, LookupError):
            data = None
        is_kept = isinstance(data, bytes) and len(data) <= MAX_PHOTO_BYTES and sniff(data) in SUFFIX
        if is_kept and len(found.pictures) < MOST_PICTURES:
            found.pictures.append((str(part.get_filename() or ""), data))
        else:
            found.left_out += 1


def device_named(text: str) -> Asset | None:
    """The one device whose number, label or serial number stands in the text; None for none or for several."""
    words = list(dict.fromkeys(_WORD.findall(text)))[:MOST_WORDS]
    whole = {part for word in words for part in (word, word.upper(), word.lower(), word.rsplit("/", 1)[-1].lower())}
    if not whole:
        return None
    rows = Asset.objects.exclude(status__in=GONE)
    ids = set(rows.filter(tag__in=whole).values_list("pk", flat=True)[:3])
    ids |= set(AssetCode.objects.filter(code__in=whole, is_active=True).values_list("asset_id", flat=True)[:3])
    if not ids:
        ids = set(rows.filter(serial__in=whole).values_list("pk", flat=True)[:3])
    return rows.filter(pk=ids.pop()).first() if len(ids) == 1 else None


@operation()
def receive_mail(*, by: Any, raw: bytes) -> Request | None:
    """Make a request of a message, or add it to the request whose ticket its subject names when that was asked back.

    Returns None for what no person wrote, and the request that is there already for a message that came before.
    """
    site = Site.objects.filter(code=settings.MAIL_IN_SITE).first() if settings.MAIL_IN_SITE else None
    authorize(by, DESK, Scope(site.pk if site else None))
    mail = read_mail(raw)
    if mail is None:
        return None
    known = Request.objects.filter(message_id=mail.message_id).first() or _answered_by(by, mail)
    if known is not None:
        return known
    asset = device_named(f"{mail.subject} {mail.text}")
    left_out = mail.left_out and ngettext(
        "%(n)s attachment was left out: only pictures are kept.",
        "%(n)s attachments were left out: only pictures are kept.",
        mail.left_out,
    ) % {"n": mail.left_out}
    request = receive_request(
        by=by,
        asset_id=asset.pk if asset else None,
        site_id=None if asset or site is None else site.pk,
        title=mail.subject or mail.text.split("\n")[0][:200] or _("(a mail without words)"),
        words="\n".join(part for part in (mail.text[:1800], left_out) if part),
        reporter_name=mail.name,
        reporter_email=mail.sender,
        source=Source.MAIL,
    )
    request.message_id = mail.message_id
    request.save()
    for name, data in mail.pictures:
        add_file(by, request, data, name)
    return request


def _answered_by(by: Any, mail: Mail) -> Request | None:
    """The request that this mail answers: its ticket in the subject, from whoever asked for help."""
    found = _TICKET.search(mail.subject)
    request = request_of_ticket(found[0]) if found else None
    if request is None or request.state != RequestState.ASKED or request.reporter_email.lower() != mail.sender.lower():
        return None
    return reply_request(by=by, request_id=request.pk, text=mail.text or mail.subject)
