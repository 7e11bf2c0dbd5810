"""From events to messages: whatever is published becomes one delivery for each webhook that wants it, or none."""

from __future__ import annotations

import json
import secrets
from typing import Any

from django.db import connection
from django.utils import timezone

from wardwright.platform.jobs.backend import insert_jobs

from .jobs import deliver
from .models import Delivery

EVERY_EVENT = "*"
#: Texts that are codes or days. Any other text may name a person and stays here: the receiver asks the API for it.
CODES = {
    "status", "before", "after", "out_reason", "kind", "verdict", "state", "fields", "decision", "scope", "severity",
    "clock", "outcome",
}  # fmt: skip


def feed(event: str, payloads: list[dict[str, Any]]) -> None:
    """Within the change that published: the messages exist exactly if it commits."""
    with connection.cursor() as cursor:  # rides on every change; the object mapper would take four times as long
        cursor.execute("SELECT id, events FROM notify_webhook WHERE is_active")
        wanted = [(pk, json.loads(events)) for pk, events in cursor.fetchall()]
    hooks = [pk for pk, events in wanted if event in events or EVERY_EVENT in events]
    if hooks:
        enqueue([new_delivery(pk, event, payload) for pk in hooks for payload in payloads])


def new_delivery(webhook_id: int, event: str, payload: dict[str, Any]) -> Delivery:
    key = f"evt_{secrets.token_hex(12)}"
    return Delivery(webhook_id=webhook_id, key=key, event=event, payload=sayable(payload), made_at=timezone.now())


def enqueue(deliveries: list[Delivery]) -> None:
    made = Delivery.objects.bulk_create(deliveries, batch_size=500)
    insert_jobs(deliver, [[one.pk] for one in made])


def sayable(payload: dict[str, Any]) -> dict[str, Any]:
    """The ids, numbers, codes and days of an event."""
    return {name: value for name, value in payload.items() if _is_sayable(name, value)}


def _is_sayable(name: str, value: Any) -> bool:
    if value is None or isinstance(value, int | float):
        return True
    if isinstance(value, list | tuple):
        return all(isinstance(one, int | float) for one in value)
    return isinstance(value, str) and (name in CODES or name.endswith(("_on", "_at")))
