"""The outbox: a mail exists exactly if the transaction that asked for it committed."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.scope import reach


class MailState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    SENT = "sent", _("sent")
    FAILED = "failed", _("could not be sent")


class MailQuerySet(models.QuerySet):
    def visible_to(self, by: Any) -> MailQuerySet:
        """Mails belong to no site: all are for those who may see jobs everywhere, nobody else sees any."""
        found = reach(by, "jobs.view")
        return self if found and found.everything else self.none()


class Mail(models.Model):
    """One message to one address. ``message`` is the whole of it as sent (RFC 5322) and is dropped once it is sent."""

    id = models.BigAutoField(primary_key=True)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    message = models.BinaryField(default=b"")
    state = models.CharField(max_length=8, choices=MailState.choices, default=MailState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    error = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    objects = MailQuerySet.as_manager()

    class Meta:
        db_table = "mail_outbox"
        indexes = [models.Index(fields=["next_try_at"], name="mail_waiting", condition=models.Q(state="waiting"))]

    def __str__(self) -> str:
        return self.subject
