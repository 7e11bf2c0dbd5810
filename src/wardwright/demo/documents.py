"""Pictures of types, manuals of models, certificates of work: a few, so that the pages about documents are alive."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset, DeviceModel, DeviceType
from wardwright.apps.assets.operations import ASSET_DOCUMENTS, MODEL_DOCUMENTS, TYPE_DOCUMENTS
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.operations import WORK_DOCUMENTS
from wardwright.apps.maintenance.states import Certificate, Verdict, WorkState
from wardwright.apps.testing.models import Instrument
from wardwright.apps.testing.operations import INSTRUMENT_DOCUMENTS
from wardwright.platform.access.scope import authorize
from wardwright.platform.attachments.models import DocumentKind
from wardwright.platform.attachments.operations import add_documents
from wardwright.platform.attachments.owners import Owner
from wardwright.platform.attachments.store import put
from wardwright.platform.audit.operation import operation
from wardwright.platform.paper.typeset import picture, typeset

SHAPES = {
    "Infusion pump": "pump", "Syringe pump": "syringe", "Patient monitor": "monitor",
    "Intensive-care ventilator": "ventilator",
}  # fmt: skip
CHASED_DAYS = 150
OWED = 7


@operation()
def make_documents(*, by: Any, today: date) -> None:
    """A picture and two manuals for the commonest types; certificates of what companies did lately, some missing."""
    authorize(by, "access.manage")
    for name, shape in SHAPES.items():
        kind = DeviceType.objects.filter(name=name).first()
        if kind is None:
            continue
        drawing = picture("demo/paper/device.typ", {"shape": shape}, ppi=120)
        _add(by, TYPE_DOCUMENTS, kind.pk, DocumentKind.PICTURE, f"{name}.png", drawing)
        model = DeviceModel.objects.filter(device_type=kind).select_related("maker").order_by("pk").first()
        if model is not None:
            _manuals(by, model)
    _certificates(by, today)
    newest = Asset.objects.filter(status="in_service", accepted_on__isnull=False).order_by("-accepted_on", "pk").first()
    if newest is not None:
        page = _sheet(_("Acceptance report"), newest.tag, _("Complete, undamaged, tested; handed over to the ward."))
        name = f"acceptance {newest.tag}.pdf"
        _add(by, ASSET_DOCUMENTS, newest.pk, DocumentKind.REPORT, name, page, dated_on=newest.accepted_on)


def _add(by: Any, owner: Owner, owner_id: int, kind: DocumentKind, name: str, data: bytes, **facts: Any) -> None:
    files = [{"sha256": put(data), "name": name}]
    add_documents(by=by, owner=owner.key, owner_id=owner_id, files=files, kind=kind, **facts)


def _sheet(title: str, subtitle: str, *lines: str) -> bytes:
    return typeset("demo/paper/sheet.typ", {"title": title, "subtitle": subtitle, "lines": list(lines)})


def _manuals(by: Any, model: DeviceModel) -> None:
    for kind, title in (
        (DocumentKind.USER_MANUAL, _("Instructions for use")),
        (DocumentKind.SERVICE_MANUAL, _("Service manual")),
    ):
        page = _sheet(title, f"{model.maker.name} {model.name}", _("A page that stands for the maker's manual."))
        _add(by, MODEL_DOCUMENTS, model.pk, kind, f"{model.name} {title}.pdf", page, caption=title, language="en",
             revision="3.2")  # fmt: skip


def _certificates(by: Any, today: date) -> None:
    """Of the latest work by companies every third certificate has come; one calibration waits for its own."""
    done = WorkOrder.objects.filter(
        state=WorkState.CLOSED, provider__isnull=False, closed_at__date__gte=today - timedelta(days=CHASED_DAYS)
    ).exclude(verdict=Verdict.NOT_DONE)
    orders = list(done.select_related("provider", "asset").order_by("-closed_at", "-pk")[: OWED * 3 // 2])
    WorkOrder.objects.filter(pk__in=[order.pk for order in orders]).update(certificate=Certificate.MISSING)
    for order in orders[::3]:
        page = _sheet(_("Certificate of service"), str(order.provider), f"{order.asset.tag} · {order.number}")
        _add(by, WORK_DOCUMENTS, order.pk, DocumentKind.CERTIFICATE, f"certificate {order.number}.pdf", page,
             dated_on=order.closed_at.date() if order.closed_at else None)  # fmt: skip
    instruments = list(Instrument.objects.exclude(calibrated_on=None).order_by("pk")[:2])
    for row in instruments[:1]:
        page = _sheet(_("Calibration certificate"), str(row), _("Found within tolerance."))
        _add(by, INSTRUMENT_DOCUMENTS, row.pk, DocumentKind.CALIBRATION, f"calibration {row.serial}.pdf", page,
             dated_on=row.calibrated_on, valid_until_on=row.calibration_due_on)  # fmt: skip
    Instrument.objects.filter(pk__in=[row.pk for row in instruments[1:]]).update(certificate_missing=True)
