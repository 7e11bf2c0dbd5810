"""Every write of webhooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.platform.access.scope import authorize_everywhere
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Invalid, NotNow
from wardwright.platform.core.values import cleaned
from wardwright.platform.events.registry import EVENTS, event_name, publish

from .events import WebhookStopped, WebhookTried
from .feeding import EVERY_EVENT, enqueue, new_delivery
from .jobs import deliver
from .models import Delivery, DeliveryState, Webhook
from .outside import Failed, Refused, addresses_of, parse
from .permissions import WEBHOOKS
from .signing import new_salt

FIELDS = ("name", "address", "is_active")


@operation()
def create_webhook(*, by: Any, name: str, address: str, events: Iterable[str]) -> Webhook:
    """Let another system be told about ``events`` (names, or ``*`` for all) at ``address``.

    Raises:
        Invalid: an address inside the network, an unknown event, or none.
    """
    authorize_everywhere(by, WEBHOOKS)
    row = Webhook(salt=new_salt(), events=_known(events))
    for field, value in cleaned(row, {"name": name, "address": address}, FIELDS).items():
        setattr(row, field, value)
    _check_address(row.address)
    row.save(force_insert=True)
    return row


@operation()
def change_webhook(
    *,
    by: Any,
    webhook_id: int,
    values: Mapping[str, Any] | None = None,
    events: Iterable[str] | None = None,
    expected_version: int | None = None,
) -> Webhook:
    """Change the name, address or events of a webhook, stop it or let it go on (``is_active``)."""
    authorize_everywhere(by, WEBHOOKS)
    row = lock(Webhook.objects, webhook_id)
    good = cleaned(row, values or {}, FIELDS)
    if "address" in good:
        _check_address(good["address"])
    if events is not None:
        good["events"] = _known(events)
    if good.get("is_active"):
        good |= {"stopped_at": None, "stopped_why": ""}
    apply_edit(row, good, expected_version=expected_version)
    return row


@operation()
def renew_webhook_secret(*, by: Any, webhook_id: int) -> Webhook:
    """A new secret; messages are signed with it from now on."""
    authorize_everywhere(by, WEBHOOKS)
    row = lock(Webhook.objects, webhook_id)
    apply_edit(row, {"salt": new_salt()})
    return row


@operation()
def stop_webhook(*, by: Any, webhook_id: int, why: str) -> Webhook:
    """Nothing was taken there for a long time: stop sending, and say so."""
    authorize_everywhere(by, WEBHOOKS)
    row = lock(Webhook.objects, webhook_id)
    apply_edit(row, {"is_active": False, "stopped_at": timezone.now(), "stopped_why": why[:300]})
    publish(WebhookStopped(webhook_id=row.pk))
    return row


@operation()
def try_webhook(*, by: Any, webhook_id: int) -> Delivery:
    """Send a message without news, to see whether it arrives."""
    authorize_everywhere(by, WEBHOOKS)
    row = lock(Webhook.objects, webhook_id)
    _refuse_inactive(row)
    delivery = new_delivery(row.pk, event_name(WebhookTried), asdict(WebhookTried(webhook_id=row.pk)))
    enqueue([delivery])
    return delivery


@operation()
def send_again(*, by: Any, delivery_id: int) -> Delivery:
    """Send a message that was given up or taken once more, with the same key."""
    authorize_everywhere(by, WEBHOOKS)
    row = lock(Delivery.objects, delivery_id)
    _refuse_inactive(row.webhook)
    if row.state == DeliveryState.WAITING:
        raise NotNow(_("This message is waiting already."), _("It is sent by itself."))
    row.state, row.attempts, row.status, row.answer, row.done_at = DeliveryState.WAITING, 0, None, "", None
    row.save()
    deliver.enqueue(row.pk)
    return row


def _refuse_inactive(row: Webhook) -> None:
    if not row.is_active:
        raise NotNow(_("This webhook is not active."), _("Let it go on first."))


def _known(events: Iterable[str]) -> list[str]:
    names = list(dict.fromkeys(str(name) for name in events))
    unknown = [name for name in names if name != EVERY_EVENT and name not in EVENTS]
    message = _("There is no event %(name)s.") % {"name": ", ".join(unknown)} if unknown else ""
    if not names:
        message = _("Choose at least one event.")
    if message:
        raise Invalid(message, fields={"events": message})
    return [EVERY_EVENT] if EVERY_EVENT in names else sorted(names)


def _check_address(address: str) -> None:
    try:
        addresses_of(parse(address))
    except (Refused, Failed) as error:
        message = str(error)
        raise Invalid(message, _("Give the address of a system outside."), fields={"address": message}) from None
