"""How a device leaves for good: what data it held and how they were removed, which way it went, and to whom."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.states import NO_SANITISATION, DataHeld, DisposalRoute, SanitisationMethod
from wardwright.apps.directory.models import Company
from wardwright.platform.access.models import User
from wardwright.platform.attachments.models import Attachment
from wardwright.platform.core.models import VersionedModel

from .devices import Asset, OfAssetQuerySet


class Disposal(VersionedModel):
    """One device on its way out. Recorded and verified by two people; the method in the terms of NIST SP 800-88."""

    audit_subject = "asset_id"

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+", db_index=False)
    data_held = models.CharField(
        _("holds patient or network data"), max_length=8, choices=DataHeld.choices, default=DataHeld.UNKNOWN
    )
    method = models.CharField(
        _("how the data were removed"), max_length=8, choices=SanitisationMethod.choices, blank=True, default=""
    )
    sanitised_on = models.DateField(_("removed on"), null=True, blank=True)
    sanitised_by_name = models.CharField(_("removed by"), max_length=120, blank=True)
    sanitisation_note = models.CharField(_("tool and result"), max_length=300, blank=True)
    evidence = models.ForeignKey(
        Attachment, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("evidence"),
        db_index=False,
    )  # fmt: skip
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    verified_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    verified_by_name = models.CharField(_("checked by"), max_length=120, blank=True)
    verified_at = models.DateTimeField(_("checked"), null=True)
    route = models.CharField(_("where it goes"), max_length=12, choices=DisposalRoute.choices, blank=True, default="")
    receiver = models.ForeignKey(
        Company, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("receiver"),
        db_index=False,
    )  # fmt: skip
    certificate_no = models.CharField(_("certificate or receipt"), max_length=80, blank=True)
    proceeds_cents = models.BigIntegerField(_("proceeds (cents)"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    left_on = models.DateField(_("left the house"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    objects = OfAssetQuerySet.as_manager()

    class Meta:
        db_table = "assets_disposal"
        constraints = [models.UniqueConstraint(fields=["asset"], name="assets_disposal_once")]

    def __str__(self) -> str:
        return str(self.asset)

    @property
    def needs_sanitising(self) -> bool:
        """Whether data may still be on it. What was lost or stolen is out of reach."""
        return self.data_held != DataHeld.NO and not self.method and self.route not in NO_SANITISATION

    @property
    def needs_checking(self) -> bool:
        return bool(self.method) and self.verified_at is None

    @property
    def is_data_loss(self) -> bool:
        """It is gone with data that may be on it: more than a matter of devices."""
        return self.data_held != DataHeld.NO and not self.method and self.route in NO_SANITISATION
