"""The life of an absence."""

from django.db import models
from django.utils.translation import pgettext_lazy


class AbsenceKind(models.TextChoices):
    HOLIDAY = "holiday", pgettext_lazy("absence", "holiday")
    SICK = "sick", pgettext_lazy("absence", "sick")
    TRAINING = "training", pgettext_lazy("absence", "training")
    OTHER = "other", pgettext_lazy("absence", "other")


class AbsenceState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("absence", "asked for")
    AGREED = "agreed", pgettext_lazy("absence", "agreed")
    DECLINED = "declined", pgettext_lazy("absence", "declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("absence", "withdrawn")


#: Only what is agreed takes hours from the plan of work. Illness is not asked for: it is agreed from the start.
ABSENCE_TRANSITIONS: dict[str, frozenset[str]] = {
    AbsenceState.ASKED: frozenset({AbsenceState.AGREED, AbsenceState.DECLINED, AbsenceState.WITHDRAWN}),
    AbsenceState.AGREED: frozenset({AbsenceState.WITHDRAWN}),
    AbsenceState.DECLINED: frozenset(),
    AbsenceState.WITHDRAWN: frozenset(),
}
