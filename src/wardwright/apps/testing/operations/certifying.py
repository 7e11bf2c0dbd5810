"""A calibration that the person responsible has looked at and approved."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from wardwright.apps.testing.models import Calibration
from wardwright.apps.testing.permissions import INSTRUMENTS
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import lock
from wardwright.platform.core.errors import NotNow
from wardwright.platform.signatures.models import Meaning
from wardwright.platform.signatures.signing import sign, signatures_of


@operation()
def sign_calibration(*, by: Any, calibration_id: int, password: str) -> Calibration:
    """Approve a calibration by signature: every entry, every point and what the instrument was compared with.

    Raises:
        NotNow: withdrawn, or signed by this person already and nothing has changed since. Invalid: a wrong password.
    """
    row = lock(Calibration.objects.select_related("instrument"), calibration_id)
    authorize(by, INSTRUMENTS, row)
    if row.withdrawn_at is not None:
        raise NotNow(_("This calibration was withdrawn."), _("Approve the one that was recorded in its place."))
    if any(one.signature.signer_id == by.id and not one.superseded for one in signatures_of(row)):
        raise NotNow(_("You have signed this calibration already."), _("Print its certificate."))
    sign(row, by=by, meaning=Meaning.APPROVED, password=password, subject_id=row.instrument.asset_id)
    return row
