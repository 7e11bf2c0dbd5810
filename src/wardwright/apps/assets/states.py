"""The life of a device: its statuses, conditions and the one table of allowed transitions."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    ORDERED = "ordered", _("ordered")
    RECEIVED = "received", _("received, not yet accepted")
    IN_SERVICE = "in_service", _("in service")
    OUT_OF_SERVICE = "out_of_service", _("out of service")
    QUARANTINED = "quarantined", _("quarantined")
    IN_STORE = "in_store", _("in store")
    RETIRED = "retired", _("retired")
    DISPOSED = "disposed", _("disposed of")


TRANSITIONS: dict[str, frozenset[str]] = {
    Status.ORDERED: frozenset({Status.RECEIVED, Status.DISPOSED}),
    Status.RECEIVED: frozenset(
        {Status.IN_SERVICE, Status.IN_STORE, Status.OUT_OF_SERVICE, Status.QUARANTINED, Status.RETIRED}
    ),
    Status.IN_SERVICE: frozenset({Status.OUT_OF_SERVICE, Status.QUARANTINED, Status.IN_STORE, Status.RETIRED}),
    Status.OUT_OF_SERVICE: frozenset({Status.IN_SERVICE, Status.QUARANTINED, Status.IN_STORE, Status.RETIRED}),
    Status.QUARANTINED: frozenset({Status.OUT_OF_SERVICE, Status.IN_SERVICE, Status.RETIRED}),
    Status.IN_STORE: frozenset({Status.IN_SERVICE, Status.OUT_OF_SERVICE, Status.QUARANTINED, Status.RETIRED}),
    Status.RETIRED: frozenset({Status.DISPOSED, Status.IN_STORE}),
    Status.DISPOSED: frozenset(),
}

MEANING = {
    Status.ORDERED: "info",
    Status.RECEIVED: "due",
    Status.IN_SERVICE: "ok",
    Status.OUT_OF_SERVICE: "out",
    Status.QUARANTINED: "quarantine",
    Status.IN_STORE: "info",
    Status.RETIRED: "out",
    Status.DISPOSED: "out",
}
MAINTAINED = (Status.IN_SERVICE, Status.OUT_OF_SERVICE, Status.QUARANTINED, Status.IN_STORE)


class Condition(models.IntegerChoices):
    """WHO inventory and maintenance information systems 2025: condition codes 1–5 (STANDARDS.md 15.7)."""

    ACTIVE = 1, _("active")
    BROKEN = 2, _("broken, can be repaired")
    STORED = 3, _("stored")
    FOR_PARTS = 4, _("retired, kept for parts")
    DISPOSED = 5, _("disposed of")


#: The condition that goes with a status; a device that only waits for its maintenance is not broken.
CONDITION_OF = {
    Status.IN_SERVICE: Condition.ACTIVE,
    Status.OUT_OF_SERVICE: Condition.BROKEN,
    Status.IN_STORE: Condition.STORED,
    Status.RETIRED: Condition.FOR_PARTS,
    Status.DISPOSED: Condition.DISPOSED,
}
NEEDS_REASON = (Status.OUT_OF_SERVICE, Status.QUARANTINED, Status.RETIRED, Status.DISPOSED)


class OutReason(models.TextChoices):
    """Why a device is out of service (WHO inventory 2011, minimum data)."""

    CALIBRATION_DUE = "calibration_due", _("calibration due")
    MAINTENANCE_DUE = "maintenance_due", _("maintenance due")
    UNDER_REPAIR = "under_repair", _("under repair")
    AWAITING_PARTS = "awaiting_parts", _("awaiting spare parts")
    FAILED_TEST = "failed_test", _("failed a safety or performance test")
    BEYOND_REPAIR = "beyond_repair", _("beyond repair")
    OTHER = "other", _("other")


NOT_BROKEN = (OutReason.CALIBRATION_DUE, OutReason.MAINTENANCE_DUE)


class Ownership(models.TextChoices):
    OWNED = "owned", _("owned")
    LEASED = "leased", _("leased")
    RENTED = "rented", _("rented")
    LOANED = "loaned", _("on loan from the maker")
    PATIENT = "patient", _("owned by a patient")
    DONATED = "donated", _("donated")


class ElectricalClass(models.TextChoices):
    CLASS_I = "I", _("class I")
    CLASS_II = "II", _("class II")
    INTERNAL = "IP", _("internally powered")
    NONE = "none", _("not electrical")
    UNKNOWN = "", _("not known")


class PartKind(models.TextChoices):
    COMPONENT = "component", _("component of")
    ACCESSORY = "accessory", _("accessory of")
    MEMBER = "member", _("part of the system")


class CountState(models.TextChoices):
    OPEN = "open", _("being counted")
    CLOSED = "closed", _("closed")


COUNT_MEANING = {CountState.OPEN: "due", CountState.CLOSED: "ok"}


class LineState(models.TextChoices):
    """What a count found out about one device."""

    WAITING = "waiting", _("not seen yet")
    SEEN = "seen", _("seen")
    FOUND = "found", _("here, but not expected")
    MOVED = "moved", _("moved here")
    NOTED = "noted", _("left where it belongs")
    ELSEWHERE = "elsewhere", _("moved away meanwhile")
    MISSING = "missing", _("not located")


LINE_MEANING = {
    LineState.WAITING: "due",
    LineState.SEEN: "ok",
    LineState.FOUND: "due",
    LineState.MOVED: "ok",
    LineState.NOTED: "info",
    LineState.ELSEWHERE: "info",
    LineState.MISSING: "late",
}
HERE = (LineState.SEEN, LineState.FOUND, LineState.MOVED, LineState.NOTED)


class DataHeld(models.TextChoices):
    """Whether patient or network data are, or may be, on a device."""

    YES = "yes", _("yes")
    NO = "no", _("no")
    UNKNOWN = "unknown", _("not known")


class SanitisationMethod(models.TextChoices):
    """How data are removed, in the terms of NIST SP 800-88 (the wording here is ours, and not verified)."""

    CLEAR = "clear", _("clear: overwritten or reset by the device's own means")
    PURGE = "purge", _("purge: beyond recovery in a laboratory, the medium stays usable")
    DESTROY = "destroy", _("destroy: the medium was shredded, crushed or burnt")


class DisposalRoute(models.TextChoices):
    OWNER = "owner", _("back to its owner")
    SOLD = "sold", _("sold")
    DONATED = "donated", _("donated")
    PARTS = "parts", _("taken apart for parts")
    RECYCLED = "recycled", _("recycled (WEEE)")
    DESTROYED = "destroyed", _("destroyed")
    LOST = "lost", _("lost")
    STOLEN = "stolen", _("stolen")


NO_SANITISATION = (DisposalRoute.LOST, DisposalRoute.STOLEN)
