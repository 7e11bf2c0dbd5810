"""What a step asks for, and the life of a procedure's version."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StepKind(models.TextChoices):
    CHECK = "check", _("check")
    READING = "reading", _("reading")
    CHOICE = "choice", _("choice")
    PHOTO = "photo", _("photo")
    SIGNATURE = "signature", _("signature")


class Section(models.TextChoices):
    """The order of work on the ward: visual → safety → function → performance."""

    VISUAL = "visual", _("visual")
    SAFETY = "safety", _("safety")
    FUNCTION = "function", _("function")
    PERFORMANCE = "performance", _("performance")
    FINISH = "finish", _("finish")


class Outcome(models.TextChoices):
    PASS = "pass", _("pass")
    FAIL = "fail", _("fail")
    NOT_APPLICABLE = "na", _("not applicable")
    SKIPPED = "skipped", _("skipped")


class VersionState(models.TextChoices):
    DRAFT = "draft", _("draft")
    APPROVED = "approved", _("approved")
    RETIRED = "retired", _("replaced")


VERSION_TRANSITIONS: dict[str, frozenset[str]] = {
    VersionState.DRAFT: frozenset({VersionState.APPROVED}),
    VersionState.APPROVED: frozenset({VersionState.RETIRED}),
    VersionState.RETIRED: frozenset(),
}
