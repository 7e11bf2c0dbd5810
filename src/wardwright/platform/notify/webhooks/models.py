"""Webhooks: which other system is told about which events, and what became of each message."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.scope import Scope, reach
from wardwright.platform.core.models import AuditedQuerySet, VersionedModel

from .permissions import WEBHOOKS


class WebhookQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> WebhookQuerySet:
        """Events come from every site, so webhooks are for those who manage them without a limit."""
        found = reach(by, WEBHOOKS)
        return self if found and found.everything else self.none()


class Webhook(VersionedModel):
    """Another system that is told about some events. Its secret is derived and stored nowhere: ``salt`` renews it."""

    name = models.CharField(_("name"), max_length=80)
    address = models.CharField(_("address"), max_length=500)
    events = models.JSONField(_("events"), default=list)
    salt = models.CharField(max_length=32, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    stopped_at = models.DateTimeField(null=True)
    stopped_why = models.CharField(max_length=300, blank=True)
    objects = WebhookQuerySet.as_manager()

    class Meta:
        db_table = "notify_webhook"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def scope(self) -> Scope:
        return Scope()


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("given up")


class DeliveryQuerySet(models.QuerySet):
    def visible_to(self, by: Any) -> DeliveryQuerySet:
        found = reach(by, WEBHOOKS)
        return self if found and found.everything else self.none()


class Delivery(models.Model):
    """One message to one webhook: tried until it is taken, for about a day. A log, kept for a month."""

    id = models.BigAutoField(primary_key=True)
    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=40)
    event = models.CharField(max_length=80)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    objects = DeliveryQuerySet.as_manager()

    class Meta:
        db_table = "notify_delivery"
        indexes = [
            models.Index(fields=["webhook", "-id"], name="notify_of_webhook"),
            models.Index(fields=["done_at"], name="notify_done"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.key}"
