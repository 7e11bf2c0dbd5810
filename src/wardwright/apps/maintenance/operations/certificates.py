"""Certificates that work must leave: whether one is due is decided at closing; it is chased until it is attached."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.permissions import CLOSE, PERFORM, VIEW
from wardwright.apps.maintenance.states import CERTIFICATE_TRANSITIONS, Certificate, Kind, Verdict, WorkState
from wardwright.apps.testing.models import Instrument
from wardwright.platform.attachments.models import CERTIFICATES, Attachment
from wardwright.platform.attachments.models import DocumentKind as Document
from wardwright.platform.attachments.owners import owner
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.errors import NotNow

from .common import save, take_order


def certificate_of(order: WorkOrder) -> Certificate:
    """Whether the work that ends now leaves a certificate, and whether it is there already."""
    if not _is_due(order):
        return Certificate.NONE
    return Certificate.KEPT if _is_there(order) else Certificate.MISSING


def _is_due(order: WorkOrder) -> bool:
    """Done by a company, by a procedure that leaves one, or planned work on a test instrument: its calibration."""
    if order.verdict == Verdict.NOT_DONE:
        return False
    if order.provider_id is not None:
        return True
    if order.procedure_version is not None and order.procedure_version.needs_certificate:
        return True
    planned = order.kind in (Kind.PLANNED, Kind.INSPECTION)
    return planned and Instrument.objects.filter(asset_id=order.asset_id, is_active=True).exists()


def _is_there(order: WorkOrder) -> bool:
    found = Attachment.objects.of(WorkOrder._meta.db_table, order.pk).in_force()
    return found.filter(kind__in=CERTIFICATES).exists()


def settle_certificate(by: Any, work_order_id: int) -> None:
    """Within an open and authorized change: what was added or withdrawn may be the certificate of finished work."""
    order = WorkOrder.objects.select_for_update(of=("self",)).get(pk=work_order_id)
    if order.state != WorkState.CLOSED or not CERTIFICATE_TRANSITIONS[order.certificate]:
        return
    now = Certificate.KEPT if _is_there(order) else Certificate.MISSING
    if now in CERTIFICATE_TRANSITIONS[order.certificate]:
        order.certificate = now
        save(order)


@operation(needs_reason=True)
def waive_certificate(*, by: Any, work_order_id: int, reason: str, expected_version: int | None = None) -> WorkOrder:
    """Stop chasing a certificate that will not come, with the reason.

    Raises:
        NotNow: when none is missing.
    """
    order = take_order(by, work_order_id, CLOSE, expected_version)
    if Certificate.WAIVED not in CERTIFICATE_TRANSITIONS[order.certificate]:
        raise NotNow(_("No certificate is missing here."), _("Reload the page to see what changed meanwhile."))
    order.certificate = Certificate.WAIVED
    return save(order)


def _of_model(order: Any) -> list[tuple[str, int]]:
    return [("device-model", order.asset.device_model_id)]


WORK_DOCUMENTS = owner(
    "work-order", WorkOrder, view=VIEW, add=PERFORM, subject="asset_id", beside=_of_model, changed=settle_certificate,
    kinds=(Document.CERTIFICATE, Document.CALIBRATION, Document.REPORT, Document.PHOTO, Document.INVOICE,
           Document.OTHER),
)  # fmt: skip
