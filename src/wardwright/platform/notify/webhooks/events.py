"""What happens to webhooks themselves."""

from __future__ import annotations

from dataclasses import dataclass

from wardwright.platform.events.registry import event


@event
@dataclass(frozen=True)
class WebhookStopped:
    """Nothing was taken at a webhook for about a day: it is not active any more."""

    webhook_id: int


@event
@dataclass(frozen=True)
class WebhookTried:
    """Somebody sends a message to see whether it arrives."""

    webhook_id: int
