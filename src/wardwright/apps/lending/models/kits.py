"""Devices and accessories that go out together."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.models import Asset, DeviceType
from wardwright.platform.access.scope import Scope
from wardwright.platform.core.models import AuditedQuerySet, VersionedModel

from .pools import OfPoolQuerySet, Pool, _near


class Kit(VersionedModel):
    """A named set, such as a difficult-airway trolley. It goes out only when everything it needs is there and fit."""

    pool = models.ForeignKey(
        Pool, on_delete=models.PROTECT, related_name="+", verbose_name=_("library"), db_index=False
    )
    name = models.CharField(_("name"), max_length=80)
    note = models.CharField(_("note"), max_length=200, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    objects = OfPoolQuerySet.as_manager()

    class Meta:
        db_table = "lending_kit"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["pool", "name"], name="lending_kit_once")]

    def __str__(self) -> str:
        return self.name

    def scope(self) -> Scope:
        return self.pool.scope()


class KitPartQuerySet(AuditedQuerySet):
    def visible_to(self, by: object) -> Self:
        return self.filter(_near(by, "kit__pool__site_id"))


class KitPart(VersionedModel):
    """One place in a kit: for a device of a type, or for an accessory that is there or not."""

    kit = models.ForeignKey(Kit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("what"), max_length=80)
    device_type = models.ForeignKey(
        DeviceType,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("type"),
        db_index=False,
    )
    asset = models.ForeignKey(
        Asset, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("device")
    )
    is_there = models.BooleanField(_("is there"), default=True)
    is_required = models.BooleanField(_("needed"), default=True)
    objects = KitPartQuerySet.as_manager()

    class Meta:
        db_table = "lending_kit_part"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["asset"], condition=models.Q(asset__isnull=False), name="lending_kit_part_asset_once"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def scope(self) -> Scope:
        return self.kit.scope()
