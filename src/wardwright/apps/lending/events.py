"""What happened in the equipment library, for the apps above."""

from __future__ import annotations

from dataclasses import dataclass

from wardwright.platform.events.registry import event


@event
@dataclass(frozen=True)
class EquipmentRequested:
    """A ward asked for ``quantity`` devices."""

    loan_request_id: int
    site_id: int
    department_id: int
    quantity: int


@event
@dataclass(frozen=True)
class DeviceLent:
    """A device was delivered to a ward."""

    loan_id: int
    asset_id: int
    department_id: int


@event
@dataclass(frozen=True)
class DeviceReturned:
    """A device came back to the library; ``loan_id`` is None for one that was never booked out."""

    asset_id: int
    loan_id: int | None


@event
@dataclass(frozen=True)
class DeviceFaultFound:
    """The check on return found a fault; the device is out of service until it was looked at."""

    loan_id: int
    asset_id: int
    fault: str


@event
@dataclass(frozen=True)
class LoanOverdue:
    """A loan is past its end, and the library is told so for the ``reminders``-th time."""

    loan_id: int
    asset_id: int
    department_id: int
    reminders: int


@event
@dataclass(frozen=True)
class RentalEnding:
    """A rented device must go back; ``until_on`` is an ISO date."""

    rental_id: int
    asset_id: int
    until_on: str


@event
@dataclass(frozen=True)
class PatientDeviceReceived:
    """A patient's own device came in with its patient."""

    patient_device_id: int
    site_id: int
    department_id: int
