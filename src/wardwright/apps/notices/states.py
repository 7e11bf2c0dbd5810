"""The life of a case and of one device in it, and what each state means."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    RECALL = "recall", _("recall")
    FIELD_SAFETY_NOTICE = "field_safety_notice", _("field safety notice")
    LETTER = "letter", _("maker's letter")
    SECURITY_ADVISORY = "security_advisory", _("security advisory")


class Severity(models.TextChoices):
    """21 CFR 7.3(m): I reasonable probability of serious harm or death, II temporary or remote, III unlikely. A
    security advisory has the rating of its highest CVSS base score instead."""

    CLASS_I = "I", _("class I")
    CLASS_II = "II", _("class II")
    CLASS_III = "III", _("class III")
    CRITICAL = "critical", _("critical")
    HIGH = "high", pgettext_lazy("severity", "high")
    MEDIUM = "medium", _("medium")
    LOW = "low", pgettext_lazy("severity", "low")
    UNCLASSIFIED = "unclassified", _("not classified")


#: The graver first. What is not classified may be anything, and stands before what is known to be slight.
GRAVITY = {
    Severity.CLASS_I: 0,
    Severity.CRITICAL: 1,
    Severity.CLASS_II: 2,
    Severity.HIGH: 3,
    Severity.UNCLASSIFIED: 4,
    Severity.MEDIUM: 5,
    Severity.CLASS_III: 6,
    Severity.LOW: 7,
}
SEVERITY_MEANING = {one: "late" if at < 2 else "due" if at < 5 else "info" for one, at in GRAVITY.items()}


class SourceKind(models.TextChoices):
    OPENFDA = "openfda", _("openFDA recalls")
    CSAF = "csaf", _("CSAF provider")
    LISTED = "listed", _("a list at an address")
    FILES = "files", _("files brought by hand")
    LETTERS = "letters", _("letters typed in")


class RunState(models.TextChoices):
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", pgettext_lazy("run", "failed")


RUN_MEANING = {RunState.RUNNING: "info", RunState.DONE: "ok", RunState.FAILED: "late"}


class ScopeState(models.TextChoices):
    """Who read which devices a notice means."""

    PROPOSED = "proposed", _("read by the program")
    CONFIRMED = "confirmed", _("confirmed by a person")
    CORRECTED = "corrected", _("corrected by a person")


SCOPE_MEANING = {ScopeState.PROPOSED: "due", ScopeState.CONFIRMED: "ok", ScopeState.CORRECTED: "ok"}


class CaseState(models.TextChoices):
    NEW = "new", _("to be decided")
    OPEN = "open", _("being dealt with")
    CLOSED = "closed", _("closed")
    NONE_OWNED = "none_owned", _("none owned")
    DISMISSED = "dismissed", _("not for us")
    MERGED = "merged", _("joined to another")


CASE_TRANSITIONS: dict[str, frozenset[str]] = {
    CaseState.NEW: frozenset({CaseState.OPEN, CaseState.NONE_OWNED, CaseState.DISMISSED, CaseState.MERGED}),
    CaseState.OPEN: frozenset({CaseState.CLOSED, CaseState.MERGED}),
    CaseState.CLOSED: frozenset({CaseState.OPEN}),
    CaseState.NONE_OWNED: frozenset({CaseState.NEW, CaseState.OPEN, CaseState.DISMISSED, CaseState.MERGED}),
    CaseState.DISMISSED: frozenset({CaseState.NEW, CaseState.MERGED}),
    CaseState.MERGED: frozenset(),
}
CASE_MEANING = {
    CaseState.NEW: "due",
    CaseState.OPEN: "info",
    CaseState.CLOSED: "ok",
    CaseState.NONE_OWNED: "ok",
    CaseState.DISMISSED: "out",
    CaseState.MERGED: "out",
}
RUNNING = (CaseState.NEW, CaseState.OPEN)
ASIDE = (CaseState.NONE_OWNED, CaseState.DISMISSED)


class Standing(models.TextChoices):
    """What the rules say of one device (kernel.matching)."""

    CONFIRMED = "confirmed", _("affected")
    MODEL_ONLY = "model_only", _("model fits, unit not known")
    REVIEW = "review", _("to be looked at")
    EXCLUDED = "excluded", _("not among the units meant")
    GONE = "gone", _("no longer found")


STANDING_MEANING = {
    Standing.CONFIRMED: "late",
    Standing.MODEL_ONLY: "due",
    Standing.REVIEW: "due",
    Standing.EXCLUDED: "ok",
    Standing.GONE: "out",
}
UNSURE = (Standing.MODEL_ONLY, Standing.REVIEW)


class Decision(models.TextChoices):
    """What a person says of one device; while open, the rules' answer counts."""

    OPEN = "open", _("not decided")
    AFFECTED = "affected", _("affected")
    CLEARED = "cleared", _("not affected")


class Outcome(models.TextChoices):
    """What was done about one device."""

    NONE = "", _("nothing yet")
    CORRECTED = "corrected", _("corrected")
    INSTRUCTED = "instructed", _("users instructed")
    RETURNED = "returned", _("returned to the maker")
    REPLACED = "replaced", pgettext_lazy("device", "replaced")
    DISCARDED = "discarded", _("taken out of use for good")
    NOT_FOUND = "not_found", _("could not be found")
    NO_ACTION = "no_action", _("no action needed")


class CheckResult(models.TextChoices):
    """The effectiveness check some time after a case was closed."""

    NONE = "", _("not done yet")
    EFFECTIVE = "effective", _("effective")
    NOT_EFFECTIVE = "not_effective", _("not effective")


class Clock(models.TextChoices):
    TRIAGE = "triage", _("decide")
    LOCATE = "locate", _("locate")
    CLOSE = "close", _("close")
