"""Mails that are due: composed as their reader, then put into the outbox."""

from __future__ import annotations

import logging
from datetime import timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from wardwright.platform.access.models import User
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Refused
from wardwright.platform.jobs.backend import enqueue_once
from wardwright.platform.jobs.recurring import every
from wardwright.platform.notify.mail.outbox import Attached, is_on

from . import files, operations
from .models import MailSchedule
from .sheet import Sheet
from .sources import source_for
from .words import cell_words

log = logging.getLogger("wardwright.reports")
ROWS_IN_MAIL = 15
BY = System("scheduled mails")


@every(timedelta(minutes=5))
@task()
def send_due_views() -> int:
    """Ask for each mail that is due, once."""
    if not is_on():
        return 0
    due = MailSchedule.objects.filter(is_active=True, next_at__lte=timezone.now()).values_list("pk", flat=True)
    for pk in due:
        enqueue_once(send_one_view, f"mail-schedule:{pk}", pk)
    return len(due)


@task()
def send_one_view(mail_schedule_id: int) -> str:
    """Compose one due mail with what its reader may see today, and hand it to the outbox; returns what was noted."""
    schedule = MailSchedule.objects.select_related("view", "user").filter(pk=mail_schedule_id, is_active=True).first()
    if schedule is None or schedule.next_at > timezone.now():
        return ""
    user = User.objects.get(pk=schedule.user_id)
    with translation.override(user.language or settings.LANGUAGE_CODE):
        values, said = _composed(schedule, user)
    operations.note_sent(by=BY, mail_schedule_id=schedule.pk, due_at=schedule.next_at, said=said, **values)
    return said


def _composed(schedule: MailSchedule, user: User) -> tuple[dict[str, Any], str]:
    """The mail, or nothing and the reason why."""
    try:
        refusal = operations.refusal_of(schedule.view, user) or ("" if user.email else _("There is no e-mail address."))
        if refusal:
            return {}, _("Not sent: %(why)s") % {"why": refusal}
        sheet = source_for(schedule.view.source).sheet(user, schedule.view.query)
    except Refused as error:
        return {}, _("Not sent: %(why)s") % {"why": error}
    return {**mail_of(sheet, schedule.view.name), "attached": _files(sheet, schedule.attach)}, _("Sent.")


def mail_of(sheet: Sheet, name: str) -> dict[str, str]:
    """Subject, text and HTML: the figures, the first rows, and the link to the page."""
    rows = list(islice(sheet.rows(), ROWS_IN_MAIL + 1))
    shown = [
        [cell_words(cell, column) for cell, column in zip(row, sheet.columns, strict=True)]
        for row in rows[:ROWS_IN_MAIL]
    ]
    context = {
        "sheet": sheet,
        "name": name,
        "heads": [column.heading for column in sheet.columns],
        "rows": shown,
        "more": len(rows) > ROWS_IN_MAIL,
        "house": settings.HOUSE_NAME,
    }
    return {
        "subject": f"{name}: {sheet.title}" if name != sheet.title else sheet.title,
        "text": render_to_string("reports/mail.txt", context),
        "html": render_to_string("reports/mail.html", context),
    }


def _files(sheet: Sheet, attach: str) -> list[Attached]:
    if not attach:
        return []
    return [Attached(f"{sheet.key}.{attach}", files.MEDIA_TYPES[attach], files.WRITERS[attach](sheet))]
