"""The documents of test instruments, and whether the certificate of the last calibration is among them."""

from __future__ import annotations

from typing import Any

from wardwright.platform.attachments.models import CERTIFICATES, Attachment
from wardwright.platform.attachments.models import DocumentKind as Kind
from wardwright.platform.attachments.owners import owner

from ..models import Instrument
from ..permissions import INSTRUMENTS, VIEW
from ..queries import has_certificate


def settle_certificate(by: Any, instrument_id: int) -> None:
    """Within an open and authorized change: a certificate that came is no longer chased, one withdrawn is again."""
    row = Instrument.objects.select_for_update(of=("self",)).get(pk=instrument_id)
    there = Attachment.objects.of(Instrument._meta.db_table, row.pk).filter(kind__in=CERTIFICATES)
    # A calibration that was recorded before certificates were kept here is not chased.
    asked = row.certificate_missing or there.exists()
    missing = asked and row.calibrated_on is not None and not has_certificate(row)
    if row.certificate_missing != missing:
        row.certificate_missing = missing
        row.save(update_fields=["certificate_missing"])


INSTRUMENT_DOCUMENTS = owner(
    "instrument", Instrument, view=VIEW, add=INSTRUMENTS, changed=settle_certificate, subject="asset_id",
    kinds=(Kind.CALIBRATION, Kind.USER_MANUAL, Kind.SERVICE_MANUAL, Kind.INVOICE, Kind.OTHER),
)  # fmt: skip
