"""Webhooks where nothing is taken any more are stopped, and those who manage them are told so on their page."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db.models import Exists, OuterRef
from django_tasks import task

from wardwright.platform.core.change import System
from wardwright.platform.jobs.recurring import every

from .models import Delivery, DeliveryState, Webhook
from .operations import stop_webhook

log = logging.getLogger("wardwright.notify")


@every(timedelta(minutes=10))
@task(priority=-50)
def stop_silent_webhooks() -> dict[str, int]:
    """Stop each webhook that gave a message up and took none since that message was made."""
    taken = Delivery.objects.filter(
        webhook=OuterRef("webhook"), state=DeliveryState.DELIVERED, done_at__gte=OuterRef("made_at")
    )
    lost = Delivery.objects.filter(state=DeliveryState.FAILED, webhook__is_active=True).exclude(Exists(taken))
    newest = {row.webhook_id: row for row in lost.order_by("id") if _is_of_this_run(row)}
    for row in newest.values():
        stop_webhook(by=System("webhooks"), webhook_id=row.webhook_id, why=row.answer or str(row.status or ""))
        log.warning("Webhook %s was stopped: nothing was taken there since %s", row.webhook_id, row.made_at)
    return {"stopped": len(newest)}


def _is_of_this_run(row: Delivery) -> bool:
    """What was lost before somebody let the webhook go on, or changed it, is past."""
    webhook: Webhook = row.webhook
    return row.done_at is not None and row.done_at > webhook.updated_at
