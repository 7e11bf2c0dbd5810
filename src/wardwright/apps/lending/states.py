"""The round of a device through the library, the life of a request, and what each state means."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Custody(models.TextChoices):
    """Where a device of the library is in its round. Whether it works is the register's status, not this."""

    READY = "ready", _("clean and ready")
    PICKED = "picked", _("picked")
    OUT = "out", _("on a ward")
    WAITING = "waiting", _("to be collected")
    DIRTY = "dirty", _("to be cleaned")
    CLEANING = "cleaning", _("being cleaned")
    LEFT = "left", _("left the library")


#: Dirty devices are picked only past the guardrail ``lending.clean-first``. A ready device that turns up on a ward was
#: used without having been booked out, and is dirty.
TRANSITIONS: dict[str, frozenset[str]] = {
    Custody.READY: frozenset({Custody.PICKED, Custody.DIRTY, Custody.LEFT}),
    Custody.PICKED: frozenset({Custody.OUT, Custody.READY, Custody.DIRTY}),
    Custody.OUT: frozenset({Custody.WAITING, Custody.DIRTY, Custody.LEFT}),
    Custody.WAITING: frozenset({Custody.OUT, Custody.DIRTY, Custody.LEFT}),
    Custody.DIRTY: frozenset({Custody.CLEANING, Custody.READY, Custody.PICKED, Custody.LEFT}),
    Custody.CLEANING: frozenset({Custody.READY, Custody.DIRTY, Custody.PICKED, Custody.LEFT}),
    Custody.LEFT: frozenset(),
}
MEANING = {
    Custody.READY: "ok",
    Custody.PICKED: "info",
    Custody.OUT: "info",
    Custody.WAITING: "due",
    Custody.DIRTY: "due",
    Custody.CLEANING: "due",
    Custody.LEFT: "out",
}
UNCLEAN = (Custody.DIRTY, Custody.CLEANING)
LENT = (Custody.PICKED, Custody.OUT, Custody.WAITING)


class RequestState(models.TextChoices):
    OPEN = "open", _("waiting")
    PARTLY = "partly", _("partly delivered")
    FILLED = "filled", _("delivered")
    CANCELLED = "cancelled", _("cancelled")
    REFUSED = "refused", _("refused")


REQUEST_TRANSITIONS: dict[str, frozenset[str]] = {
    RequestState.OPEN: frozenset(
        {RequestState.PARTLY, RequestState.FILLED, RequestState.CANCELLED, RequestState.REFUSED}
    ),
    RequestState.PARTLY: frozenset({RequestState.FILLED, RequestState.CANCELLED, RequestState.REFUSED}),
    RequestState.FILLED: frozenset(),
    RequestState.CANCELLED: frozenset(),
    RequestState.REFUSED: frozenset(),
}
REQUEST_MEANING = {
    RequestState.OPEN: "due",
    RequestState.PARTLY: "due",
    RequestState.FILLED: "ok",
    RequestState.CANCELLED: "out",
    RequestState.REFUSED: "late",
}
UNMET = (RequestState.OPEN, RequestState.PARTLY)


class CleanMethod(models.TextChoices):
    """How a device was made fit for the next patient; which one it needs is said with its type."""

    CLEAN = "clean", _("wiped with detergent")
    DISINFECT = "disinfect", _("wiped with disinfectant")
    WASH = "wash", _("washed and disinfected by machine")
    UV = "uv", _("disinfected by ultraviolet light")
    STERILISE = "sterilise", _("sterilised")
