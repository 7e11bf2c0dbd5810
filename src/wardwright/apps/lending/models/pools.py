"""Stores that lend, the types they lend, and the devices they hold."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.models import Asset, DeviceType
from wardwright.apps.directory.models import Department, Room, Site
from wardwright.apps.lending.states import MEANING, CleanMethod, Custody
from wardwright.platform.access.scope import Scope, reach, scope_q
from wardwright.platform.core.models import AuditedQuerySet, VersionedModel

VIEW = "lending.view"


def _near(by: Any, site: str) -> models.Q:
    """Rows at the sites within reach, and at those of one's wards: a nurse asks the library of the house."""
    kept = scope_q(by, VIEW, site=site)
    found = reach(by, VIEW)
    if found is None or found.everything or not found.departments:
        return kept
    return kept | models.Q(
        **{f"{site}__in": Department._base_manager.filter(pk__in=sorted(found.departments)).values("site_id")}
    )


class PoolQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> Self:
        return self.filter(_near(by, "site_id"))


class Pool(VersionedModel):
    """A store that lends devices; ``room`` and ``department`` are where they stand when they are not out."""

    name = models.CharField(_("name"), max_length=80)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", verbose_name=_("site"))
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", verbose_name=_("department of the store")
    )
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="+", verbose_name=_("store"))
    email = models.EmailField(_("e-mail for reminders"), blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    objects = PoolQuerySet.as_manager()

    class Meta:
        db_table = "lending_pool"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="lending_pool_once")]

    def __str__(self) -> str:
        return self.name

    def scope(self) -> Scope:
        return Scope(site_id=self.site_id)


class OfPoolQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> Self:
        return self.filter(_near(by, "pool__site_id"))


class PoolType(VersionedModel):
    """A device type that a pool lends: how many there should be, and what is looked at when one comes back."""

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="+", db_index=False)
    device_type = models.ForeignKey(DeviceType, on_delete=models.PROTECT, related_name="+", verbose_name=_("type"))
    target = models.PositiveSmallIntegerField(
        _("target stock"), default=0, help_text=_("How many the library should own.")
    )
    par = models.PositiveSmallIntegerField(
        _("at least ready"), default=0, help_text=_("Fewer clean ones on the shelf are shown as too few.")
    )
    loan_days = models.PositiveSmallIntegerField(
        _("usual loan (days)"),
        null=True,
        blank=True,
        help_text=_("Empty: until it is no longer needed. Loans without an end never become overdue."),
    )
    checks = models.JSONField(_("quick checks on return"), default=list, blank=True)
    accessories = models.JSONField(_("accessories that come back with it"), default=list, blank=True)
    method = models.CharField(
        _("cleaned by"), max_length=10, choices=CleanMethod.choices, default=CleanMethod.DISINFECT
    )
    is_active = models.BooleanField(_("is lent"), default=True)
    objects = OfPoolQuerySet.as_manager()

    class Meta:
        db_table = "lending_pool_type"
        constraints = [models.UniqueConstraint(fields=["pool", "device_type"], name="lending_pool_type_once")]

    def __str__(self) -> str:
        return f"{self.device_type} · {self.pool}"

    def scope(self) -> Scope:
        return self.pool.scope()


class OfDeviceQuerySet(AuditedQuerySet):
    """Rows of a device, seen where the device is."""

    def visible_to(self, by: Any) -> Self:
        return self.filter(scope_q(by, VIEW, site="asset__site_id", department="asset__department_id"))


class HoldingQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> Self:
        """The devices of the libraries within reach; a ward sees those that are with it."""
        return self.filter(scope_q(by, VIEW, site="pool__site_id", department="asset__department_id"))

    def held(self) -> Self:
        return self.exclude(custody=Custody.LEFT)

    def with_names(self) -> Self:
        return self.select_related(
            "pool",
            "asset__device_type",
            "asset__device_model__maker",
            "asset__site",
            "asset__department",
            "asset__room",
        )


class Holding(VersionedModel):
    """A device of the library and where it is in its round. One that left keeps its row, for the figures."""

    audit_subject = "asset_id"

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+", verbose_name=_("device"))
    pool = models.ForeignKey(
        Pool, on_delete=models.PROTECT, related_name="+", verbose_name=_("library"), db_index=False
    )
    custody = models.CharField(_("state"), max_length=10, choices=Custody.choices, default=Custody.READY)
    since_at = models.DateTimeField(_("since"))
    joined_at = models.DateTimeField(_("in the library since"))
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    left_reason = models.CharField(max_length=200, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    objects = HoldingQuerySet.as_manager()

    class Meta:
        db_table = "lending_holding"
        constraints = [
            models.UniqueConstraint(fields=["asset"], condition=models.Q(left_at=None), name="lending_holding_once")
        ]
        indexes = [models.Index(fields=["pool", "custody"], name="lending_holding_pool")]

    def __str__(self) -> str:
        return f"{self.asset_id} {self.get_custody_display()}"

    @property
    def meaning(self) -> str:
        return MEANING[Custody(self.custody)]

    @property
    def custody_label(self) -> str:
        return str(Custody(self.custody).label)

    def scope(self) -> Scope:
        return Scope(site_id=self.pool.site_id)
