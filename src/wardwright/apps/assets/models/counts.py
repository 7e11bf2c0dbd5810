"""Counting what stands in a room or department, and devices that were not located."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.states import COUNT_MEANING, CountState, LineState
from wardwright.apps.directory.models import Department, Room, Site
from wardwright.platform.access.scope import Scope, scope_q
from wardwright.platform.core.models import AuditedModel, AuditedQuerySet, VersionedModel

from .devices import Asset, OfAssetQuerySet


class CountQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> CountQuerySet:
        return self.filter(scope_q(by, "assets.view", site="site_id", department="department_id"))

    def with_names(self) -> CountQuerySet:
        return self.select_related("site", "department", "room")


class CycleCount(VersionedModel):
    """One count of one room or one department. The figures are written when it is closed."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", verbose_name=_("site"), db_index=False)
    department = models.ForeignKey(
        Department, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("department"), db_index=False
    )
    room = models.ForeignKey(
        Room, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("room"), db_index=False
    )
    state = models.CharField(_("state"), max_length=6, choices=CountState.choices, default=CountState.OPEN)
    started_by_name = models.CharField(_("begun by"), max_length=120, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    closed_by_name = models.CharField(_("closed by"), max_length=120, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    expected = models.PositiveIntegerField(_("expected"), default=0)
    seen = models.PositiveIntegerField(_("seen"), default=0)
    unexpected = models.PositiveIntegerField(_("not expected"), default=0)
    missing = models.PositiveIntegerField(_("not located"), default=0)
    objects = CountQuerySet.as_manager()

    class Meta:
        db_table = "assets_cycle_count"
        indexes = [models.Index(fields=["site", "-id"], name="assets_count_site")]
        constraints = [
            models.UniqueConstraint(
                fields=["room"], condition=models.Q(state="open", room__isnull=False), name="assets_count_room_once"
            ),
            models.UniqueConstraint(
                fields=["department"],
                condition=models.Q(state="open", department__isnull=False),
                name="assets_count_dept_once",
            ),
        ]

    def __str__(self) -> str:
        return self.place

    @property
    def place(self) -> str:
        """What is counted, in words; reads room or department."""
        return str(self.room or self.department or self.site)

    @property
    def meaning(self) -> str:
        return COUNT_MEANING[CountState(self.state)]

    @property
    def state_label(self) -> str:
        return str(CountState(self.state).label)

    @property
    def not_located_percent(self) -> float | None:
        """The share of the expected devices that were not located (lower is better); None where none was expected."""
        return round(100 * self.missing / self.expected, 1) if self.expected else None

    def scope(self) -> Scope:
        return Scope(self.site_id, self.department_id)

    def has(self, asset: Asset) -> bool:
        """Whether the register says that ``asset`` stands where this count is."""
        return asset.room_id == self.room_id if self.room_id else asset.department_id == self.department_id


class CountLine(AuditedModel):
    """One device of one count: expected there, or found there."""

    audit_subject = "asset_id"

    count = models.ForeignKey(CycleCount, on_delete=models.PROTECT, related_name="+", db_index=False)
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    expected = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=LineState.choices, default=LineState.WAITING)
    seen_at = models.DateTimeField(null=True)
    seen_by_name = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=200, blank=True)
    objects = OfAssetQuerySet.as_manager()

    class Meta:
        db_table = "assets_count_line"
        constraints = [models.UniqueConstraint(fields=["count", "asset"], name="assets_count_line_once")]

    def __str__(self) -> str:
        return f"{self.count_id}/{self.asset_id}"

    @property
    def state_label(self) -> str:
        return str(LineState(self.state).label)


class NotLocated(AuditedModel):
    """A device that could not be found: since when, how often it was looked for, and how the search ended."""

    audit_subject = "asset_id"

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+", db_index=False)
    since_on = models.DateField(_("not located since"))
    count = models.ForeignKey(CycleCount, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    looks = models.PositiveSmallIntegerField(_("times looked for"), default=1)
    looked_on = models.DateField(_("last looked for"))
    next_look_on = models.DateField(_("look again"), null=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    located_at = models.DateTimeField(null=True)
    located_by_name = models.CharField(max_length=120, blank=True)
    objects = OfAssetQuerySet.as_manager()

    class Meta:
        db_table = "assets_not_located"
        constraints = [
            models.UniqueConstraint(fields=["asset"], condition=models.Q(located_at=None), name="assets_search_once")
        ]
        indexes = [models.Index(fields=["since_on", "id"], name="assets_search_since")]

    def __str__(self) -> str:
        return f"{self.asset_id} {self.since_on}"
