"""The life of a request for help, where it came from, and what its sender reads."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestState(models.TextChoices):
    NEW = "new", _("new")
    ASKED = "asked", _("asked back")
    ORDERED = "ordered", _("work ordered")
    MERGED = "merged", _("merged into another")
    CLOSED = "closed", _("closed without work")


REQUEST_TRANSITIONS: dict[str, frozenset[str]] = {
    RequestState.NEW: frozenset({RequestState.ASKED, RequestState.ORDERED, RequestState.MERGED, RequestState.CLOSED}),
    RequestState.ASKED: frozenset({RequestState.NEW, RequestState.ORDERED, RequestState.MERGED, RequestState.CLOSED}),
    RequestState.ORDERED: frozenset(),
    RequestState.MERGED: frozenset(),
    RequestState.CLOSED: frozenset({RequestState.NEW}),
}
WAITING = (RequestState.NEW, RequestState.ASKED)


class Source(models.TextChoices):
    PORTAL = "portal", _("label scanned")
    PAGE = "page", _("logged in")
    MAIL = "mail", _("e-mail")
    PHONE = "phone", _("phone")


class Answer(models.TextChoices):
    """To a question of the portal; empty where it was not asked."""

    YES = "yes", _("yes")
    NO = "no", _("no")
    UNSURE = "unsure", _("not sure")


class NoteKind(models.TextChoices):
    QUESTION = "question", _("question")
    REPLY = "reply", _("answer")


class Stage(models.TextChoices):
    """What the sender of a request reads about it."""

    RECEIVED = "received", _("Received")
    ASKED = "asked", _("We have a question")
    TAKEN = "taken", _("Somebody is on it")
    PARTS = "parts", _("Waiting for parts")
    WAITING = "waiting", _("Waiting")
    CHECKED = "checked", _("Repaired, being checked")
    DONE = "done", _("Done")
    CLOSED = "closed", _("Closed")


STAGE_MEANING = {
    Stage.RECEIVED: "info",
    Stage.ASKED: "due",
    Stage.TAKEN: "info",
    Stage.PARTS: "due",
    Stage.WAITING: "due",
    Stage.CHECKED: "info",
    Stage.DONE: "ok",
    Stage.CLOSED: "out",
}
