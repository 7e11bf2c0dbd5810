"""The code on a device's label that anybody may scan."""

from __future__ import annotations

from django.db import models

from wardwright.platform.core.models import AuditedModel

from .devices import Asset, OfAssetQuerySet


class AssetCode(AuditedModel):
    """A random code that names a device to the world without saying anything about it; a lost one is replaced.

    Asset numbers run in order and would let a stranger walk the register, so the address on a label holds this.
    """

    audit_subject = "asset_id"

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=12, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    is_active = models.BooleanField(default=True)
    objects = OfAssetQuerySet.as_manager()

    class Meta:
        db_table = "assets_asset_code"
        constraints = [
            models.UniqueConstraint(fields=["asset"], name="assets_code_once", condition=models.Q(is_active=True))
        ]

    def __str__(self) -> str:
        return self.code
