"""Saved views of lists and reports, and who gets which of them by mail when."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.models import Grant, Role
from wardwright.platform.access.scope import reach
from wardwright.platform.core.models import AuditedQuerySet, VersionedModel


def _sees_all(by: Any) -> bool:
    found = reach(by, "access.manage")
    return found is not None and found.everything


class SavedViewQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> SavedViewQuerySet:
        """One's own, those shared with a role one has, and all for those who manage access: people leave."""
        if _sees_all(by):
            return self
        grants = Grant.objects.filter(user_id=by.id or -1).exclude(expires_at__lt=timezone.now())
        return self.filter(models.Q(owner_id=by.id or -1) | models.Q(role__in=grants.values("role_id")))


class SavedView(VersionedModel):
    """A list or report (``source``) with its filters, columns and period (``query``, as in an address)."""

    name = models.CharField(_("name"), max_length=80)
    source = models.CharField(max_length=80)
    query = models.CharField(max_length=2000, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey(
        Role, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("shared with the role")
    )
    is_active = models.BooleanField(default=True)
    objects = SavedViewQuerySet.as_manager()

    class Meta:
        db_table = "reports_saved_view"
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Rhythm(models.TextChoices):
    DAILY = "daily", _("every day")
    WEEKLY = "weekly", _("every Monday")
    MONTHLY = "monthly", _("on the first of each month")


class Attach(models.TextChoices):
    NOTHING = "", _("nothing, only the first rows")
    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"
    PDF = "pdf", "PDF"


class MailScheduleQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> MailScheduleQuerySet:
        """What one gets oneself, what goes out of one's own views, and all for those who manage access."""
        if _sees_all(by):
            return self
        return self.filter(models.Q(user_id=by.id or -1) | models.Q(view__owner_id=by.id or -1))


class MailSchedule(VersionedModel):
    """A saved view that one person gets by mail, computed as that person. ``said`` tells how the last time went."""

    view = models.ForeignKey(SavedView, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    rhythm = models.CharField(_("how often"), max_length=8, choices=Rhythm.choices, default=Rhythm.WEEKLY)
    at_hour = models.PositiveSmallIntegerField(_("hour of the day"), default=6)
    attach = models.CharField(_("file"), max_length=4, choices=Attach.choices, default=Attach.CSV, blank=True)
    next_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True, blank=True)
    said = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    objects = MailScheduleQuerySet.as_manager()

    class Meta:
        db_table = "reports_mail_schedule"
        indexes = [models.Index(fields=["next_at"], name="reports_mail_due", condition=models.Q(is_active=True))]

    def __str__(self) -> str:
        return f"{self.view} → {self.user}"
