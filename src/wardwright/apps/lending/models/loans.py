"""What wards ask for, what they have, and how it was cleaned afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.models import Asset, DeviceType
from wardwright.apps.directory.models import Department, Room, Site
from wardwright.apps.lending.states import REQUEST_MEANING, UNMET, CleanMethod, Custody, RequestState
from wardwright.platform.access.models import User
from wardwright.platform.access.scope import Scope, scope_q
from wardwright.platform.core.models import AuditedModel, AuditedQuerySet, VersionedModel

from .kits import Kit
from .pools import VIEW, Holding, OfDeviceQuerySet, Pool

#: How long before it is needed a device is picked.
PICK_AHEAD = timedelta(hours=12)


class OfWardQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> Self:
        return self.filter(scope_q(by, VIEW, site="site_id", department="department_id"))


class LoanRequestQuerySet(OfWardQuerySet):
    def unmet(self) -> Self:
        return self.filter(state__in=UNMET)

    def to_pick(self, now: datetime) -> Self:
        """Those for which devices are to be taken off the shelf now or soon."""
        return self.unmet().filter(issued__lt=models.F("quantity"), from_at__lte=now + PICK_AHEAD)

    def with_names(self) -> Self:
        return self.select_related("pool", "site", "department", "room", "device_type", "kit", "asset")


class LoanRequest(VersionedModel):
    """A ward needs so many of a type, one device, or a kit, from a moment on. ``is_reserved`` promises it.

    ``issued`` counts what was picked for it and not put back, ``delivered`` what the ward got. ``asked_by`` is the
    log-in that asked for its ward; None where the library wrote it down.
    """

    number = models.CharField(_("number"), max_length=20, unique=True)
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="+", verbose_name=_("library"))
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", verbose_name=_("ward"))
    room = models.ForeignKey(
        Room, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("room"), db_index=False
    )
    device_type = models.ForeignKey(
        DeviceType, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("type")
    )
    kit = models.ForeignKey(
        Kit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("kit"), db_index=False
    )
    asset = models.ForeignKey(
        Asset, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("this device")
    )
    quantity = models.PositiveSmallIntegerField(_("how many"), default=1)
    issued = models.PositiveSmallIntegerField(default=0)
    delivered = models.PositiveSmallIntegerField(default=0)
    from_at = models.DateTimeField(_("needed from"))
    until_at = models.DateTimeField(_("needed until"), null=True, blank=True)
    is_reserved = models.BooleanField(_("reserved"), default=False)
    is_urgent = models.BooleanField(_("urgent"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=RequestState.choices, default=RequestState.OPEN)
    note = models.CharField(_("note"), max_length=200, blank=True)
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_by_name = models.CharField(_("asked by"), max_length=120, blank=True)
    filled_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by_name = models.CharField(max_length=120, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)
    objects = LoanRequestQuerySet.as_manager()

    class Meta:
        db_table = "lending_request"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(device_type__isnull=False, kit__isnull=True)
                | models.Q(device_type__isnull=True, kit__isnull=False),
                name="lending_request_of_one_thing",
            )
        ]
        indexes = [
            models.Index(fields=["site", "from_at", "id"], name="lending_request_site"),
            models.Index(fields=["from_at", "id"], name="lending_request_from"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def what(self) -> str:
        return str(self.kit or self.device_type)

    @property
    def meaning(self) -> str:
        return REQUEST_MEANING[RequestState(self.state)]

    @property
    def state_label(self) -> str:
        return str(RequestState(self.state).label)

    @property
    def is_unmet(self) -> bool:
        return self.state in UNMET

    @property
    def to_pick(self) -> int:
        return max(0, self.quantity - self.issued) if self.is_unmet else 0

    @property
    def to_deliver(self) -> int:
        return max(0, self.issued - self.delivered)

    def scope(self) -> Scope:
        return Scope(self.site_id, self.department_id)


class LoanQuerySet(OfWardQuerySet):
    def running(self) -> Self:
        """Picked or on a ward: not back yet."""
        return self.filter(collected_at=None, put_back_at=None)

    def overdue(self, now: datetime) -> Self:
        return self.running().filter(due_at__lt=now)

    def to_collect(self, now: datetime) -> Self:
        """On a ward, and no longer needed or past the agreed end."""
        return self.running().filter(
            models.Q(ready_at__isnull=False) | models.Q(due_at__lt=now), delivered_at__isnull=False
        )

    def with_names(self) -> Self:
        return self.select_related(
            "asset__device_type", "asset__device_model__maker", "site", "department", "room", "pool", "loan_request"
        )


class Loan(VersionedModel):
    """One device with one ward, from being picked to being back and checked. Its moments say how far it is."""

    audit_subject = "asset_id"

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+", verbose_name=_("device"))
    holding = models.ForeignKey(Holding, on_delete=models.PROTECT, related_name="+", db_index=False)
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="+", db_index=False)
    loan_request = models.ForeignKey(LoanRequest, on_delete=models.PROTECT, related_name="+")
    kit = models.ForeignKey(Kit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", verbose_name=_("ward"))
    room = models.ForeignKey(
        Room, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("room"), db_index=False
    )
    due_at = models.DateTimeField(_("back by"), null=True, blank=True)
    picked_at = models.DateTimeField(_("picked"))
    picked_by_name = models.CharField(max_length=120, blank=True)
    put_back_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    delivered_by_name = models.CharField(max_length=120, blank=True)
    taken_by_name = models.CharField(_("taken by"), max_length=120, blank=True)
    ready_at = models.DateTimeField(_("no longer needed"), null=True, blank=True)
    ready_by_name = models.CharField(max_length=120, blank=True)
    collected_at = models.DateTimeField(_("back"), null=True, blank=True)
    collected_by_name = models.CharField(max_length=120, blank=True)
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    checked_by_name = models.CharField(max_length=120, blank=True)
    failed_checks = models.JSONField(default=list, blank=True)
    missing = models.JSONField(_("missing accessories"), default=list, blank=True)
    fault = models.CharField(_("fault"), max_length=300, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    objects = LoanQuerySet.as_manager()

    class Meta:
        db_table = "lending_loan"
        constraints = [
            models.UniqueConstraint(
                fields=["asset"],
                condition=models.Q(collected_at=None, put_back_at=None),
                name="lending_loan_running_once",
            )
        ]
        indexes = [
            models.Index(fields=["site", "picked_at", "id"], name="lending_loan_site"),
            models.Index(fields=["picked_at", "id"], name="lending_loan_picked"),
        ]

    def __str__(self) -> str:
        return f"{self.asset_id} {self.picked_at:%Y-%m-%d}"

    @property
    def is_running(self) -> bool:
        return self.collected_at is None and self.put_back_at is None

    @property
    def is_overdue(self) -> bool:
        return self.is_running and self.due_at is not None and self.due_at < timezone.now()

    @property
    def state(self) -> tuple[str, Any]:
        """Meaning and words."""
        if self.put_back_at:
            return "out", _("put back")
        if self.collected_at:
            return ("ok", _("back and checked")) if self.checked_at else ("due", _("back, not checked"))
        if self.is_overdue:
            return "late", _("overdue")
        if self.ready_at:
            return "due", Custody.WAITING.label
        return ("info", Custody.OUT.label) if self.delivered_at else ("info", Custody.PICKED.label)

    def scope(self) -> Scope:
        return Scope(self.site_id, self.department_id)


class Cleaning(AuditedModel):
    """How a device was made fit for the next patient, by whom and when."""

    audit_subject = "asset_id"

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    holding = models.ForeignKey(Holding, on_delete=models.PROTECT, related_name="+", db_index=False)
    method = models.CharField(_("method"), max_length=10, choices=CleanMethod.choices)
    started_at = models.DateTimeField(_("begun"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    by_name = models.CharField(_("by"), max_length=120, blank=True)
    objects = OfDeviceQuerySet.as_manager()

    class Meta:
        db_table = "lending_cleaning"

    def __str__(self) -> str:
        return f"{self.asset_id} {self.get_method_display()}"
