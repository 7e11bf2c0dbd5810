"""Where test instruments are reached, and who must answer there."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from wardwright.apps.testing.live.reach import checked_address
from wardwright.apps.testing.models import Instrument, InstrumentConnection
from wardwright.apps.testing.permissions import INSTRUMENTS
from wardwright.kernel.scpi import mismatch, parse_identity
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.errors import Invalid, NotFound
from wardwright.platform.core.values import cleaned
from wardwright.platform.core.words import error_words, said_words

from .calibrations import lock_instrument

CONNECTION_FIELDS = ("resource", "line_end", "baud", "timeout_ms")


@operation()
def connect_instrument(*, by: Any, instrument_id: int, **values: Any) -> Instrument:
    """Say where an instrument is reached; ``values`` are named as in CONNECTION_FIELDS.

    At another address whoever answered at the one before is not confirmed any more.

    Raises:
        Invalid: an address that is none, or of a machine that is no instrument.
    """
    instrument = lock_instrument(instrument_id)
    authorize(by, INSTRUMENTS, instrument)
    row = InstrumentConnection.objects.filter(instrument=instrument).first()
    row = row or InstrumentConnection(instrument=instrument)
    before = row.resource
    for name, value in cleaned(row, values, CONNECTION_FIELDS).items():
        setattr(row, name, value)
    row.resource = checked_address(row.resource).text
    if row.resource != before:
        row.identity = ""
    row.save()
    return instrument


@operation()
def confirm_identity(*, by: Any, instrument_id: int, identity: str) -> Instrument:
    """Say that what answers ``*IDN?`` with ``identity`` is this instrument. From then on nothing else is read.

    Raises:
        Invalid: it is no identity, or has another serial number than the registered one.
    """
    instrument = lock_instrument(instrument_id)
    authorize(by, INSTRUMENTS, instrument)
    row = InstrumentConnection.objects.filter(instrument=instrument).first()
    if row is None:
        raise NotFound(_("This instrument has no connection."), _("Say first where it is reached."))
    try:
        found = parse_identity(identity)
    except ValueError as error:
        raise Invalid(error_words(error), fields={"identity": error_words(error)}) from error
    wrong = mismatch(found, serial=instrument.serial, expected=found)
    if wrong:
        words = said_words(wrong)
        raise Invalid(
            words, _("Check the address, or correct the serial number of the instrument."), fields={"identity": words}
        )
    row.identity = str(found)[:200]
    row.save()
    return instrument


@operation()
def disconnect_instrument(*, by: Any, instrument_id: int) -> Instrument:
    """Forget where an instrument is reached. It is read by people again."""
    instrument = lock_instrument(instrument_id)
    authorize(by, INSTRUMENTS, instrument)
    InstrumentConnection.objects.filter(instrument=instrument).delete()
    return instrument
