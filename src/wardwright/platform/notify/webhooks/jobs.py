"""Delivering: tried again with growing pauses for about a day, and then given up."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from wardwright import __version__
from wardwright.platform.jobs.recurring import every

from .models import Delivery, DeliveryState
from .outside import Failed, Refused, post
from .signing import HEADER, secret_of, signature

PAUSES = tuple(timedelta(minutes=n) for n in (1, 5, 15, 60, 120, 240, 360, 600))  # 23 hours in all
KEEP_DAYS = 30


@task()
def deliver(delivery_id: int) -> str:
    """Send one message; a second run of the same job sends nothing that was taken already."""
    row = Delivery.objects.select_related("webhook").filter(pk=delivery_id, state=DeliveryState.WAITING).first()
    if row is None:
        return "nothing to send"
    if not row.webhook.is_active:
        return _end(row, DeliveryState.FAILED, None, _("The webhook is not active."))
    try:
        status, answer = _send(row)
    except Refused as error:
        row.attempts += 1
        return _end(row, DeliveryState.FAILED, None, str(error))
    except Failed as error:
        status, answer = None, str(error)
    row.attempts += 1
    if status is not None and 200 <= status < 300:
        return _end(row, DeliveryState.DELIVERED, status, answer)
    if row.attempts > len(PAUSES):
        return _end(row, DeliveryState.FAILED, status, answer)
    return _again(row, status, answer)


def body_of(row: Delivery) -> bytes:
    """The message as it is sent."""
    return orjson.dumps({"id": row.key, "event": row.event, "at": row.made_at, "data": row.payload})


def _send(row: Delivery) -> tuple[int, str]:
    body, now = body_of(row), int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"Wardwright/{__version__}",
        "Wardwright-Event": row.event,
        HEADER: signature(secret_of(row.webhook_id, row.webhook.salt), body, now),
    }
    return post(row.webhook.address, body, headers)


def _again(row: Delivery, status: int | None, answer: str) -> str:
    row.next_at = timezone.now() + PAUSES[row.attempts - 1]
    _note(row, status, answer)
    with transaction.atomic():
        row.save()
        deliver.using(run_after=row.next_at).enqueue(row.pk)
    return "to be tried again"


def _end(row: Delivery, state: DeliveryState, status: int | None, answer: str) -> str:
    row.state, row.done_at, row.next_at = state, timezone.now(), None
    _note(row, status, answer)
    row.save()
    return str(state)


def _note(row: Delivery, status: int | None, answer: str) -> None:
    row.status = status
    row.answer = "".join(sign if sign.isprintable() else " " for sign in answer)[:300]


@every(timedelta(days=1))
@task(priority=-50)
def forget_deliveries() -> dict[str, Any]:
    """The log goes back a month."""
    old = Delivery.objects.filter(done_at__lt=timezone.now() - timedelta(days=KEEP_DAYS))
    return {"deliveries": old.delete()[0]}
