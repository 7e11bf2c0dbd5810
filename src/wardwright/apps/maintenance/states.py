"""The life of a plan and of a work order, and what each state means."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PlanState(models.TextChoices):
    PROPOSED = "proposed", _("proposed")
    ACTIVE = "active", _("active")
    PAUSED = "paused", _("paused")
    RETIRED = "retired", _("retired")


PLAN_TRANSITIONS: dict[str, frozenset[str]] = {
    PlanState.PROPOSED: frozenset({PlanState.ACTIVE, PlanState.RETIRED}),
    PlanState.ACTIVE: frozenset({PlanState.PAUSED, PlanState.RETIRED}),
    PlanState.PAUSED: frozenset({PlanState.ACTIVE, PlanState.RETIRED}),
    PlanState.RETIRED: frozenset(),
}


class RuleState(models.TextChoices):
    DRAFT = "draft", _("draft")
    ACTIVE = "active", _("in force")
    ASIDE = "aside", _("not in force")


#: One rule is in force at a time: putting another in force sets it aside. A rule set aside may come back as it was.
RULE_TRANSITIONS: dict[str, frozenset[str]] = {
    RuleState.DRAFT: frozenset({RuleState.ACTIVE}),
    RuleState.ACTIVE: frozenset({RuleState.ASIDE}),
    RuleState.ASIDE: frozenset({RuleState.ACTIVE}),
}


class Strategy(models.TextChoices):
    """CMS S&C 14-07: the maker's activities and frequencies, or an alternate programme that must be identifiable."""

    MAKER = "maker", _("as the maker recommends")
    AEM = "aem", _("alternate programme (AEM)")
    LAW = "law", _("required by law")
    NONE = "none", _("no planned maintenance (run to failure)")


class IntervalKind(models.TextChoices):
    MONTHS = "months", _("months")
    WEEKS = "weeks", _("weeks")
    DAYS = "days", _("days")
    METER = "meter", _("hours of use")
    SEASONAL = "seasonal", _("fixed months of the year")


class Basis(models.TextChoices):
    FIXED = "fixed", _("fixed: counted from the last due date")
    FLOATING = "floating", _("floating: counted from the last completion")


class AppliesTo(models.TextChoices):
    ASSET = "asset", _("one device")
    MODEL = "model", _("a model")
    TYPE = "type", _("a device type")
    FILTER = "filter", _("a filter")


class AnchorFrom(models.TextChoices):
    """Where the start of a schedule's series comes from."""

    GIVEN = "given", _("given with the schedule")
    LAST_DONE = "last_done", _("the last maintenance on record")
    ACCEPTED = "accepted", _("the day of acceptance")
    INSTALLED = "installed", _("the day of installation")
    PURCHASED = "purchased", _("the day of purchase")
    SPREAD = "spread", _("spread over the interval, because no recent date is on record")


class Kind(models.TextChoices):
    PLANNED = "planned", _("planned maintenance")
    CORRECTIVE = "corrective", _("repair")
    INSPECTION = "inspection", _("inspection")
    INCOMING = "incoming", _("incoming inspection")
    CORRECTION = "correction", _("correction by a notice")


class WorkState(models.TextChoices):
    OPEN = "open", pgettext_lazy("work order", "open")
    ASSIGNED = "assigned", _("assigned")
    IN_PROGRESS = "in_progress", _("in progress")
    ON_HOLD = "on_hold", _("waiting")
    TO_VERIFY = "to_verify", _("repaired, to be verified")
    CLOSED = "closed", pgettext_lazy("work order", "closed")
    CANCELLED = "cancelled", _("cancelled")


WORK_TRANSITIONS: dict[str, frozenset[str]] = {
    WorkState.OPEN: frozenset(
        {WorkState.ASSIGNED, WorkState.IN_PROGRESS, WorkState.ON_HOLD, WorkState.CLOSED, WorkState.CANCELLED}
    ),
    WorkState.ASSIGNED: frozenset(
        {WorkState.OPEN, WorkState.IN_PROGRESS, WorkState.ON_HOLD, WorkState.CLOSED, WorkState.CANCELLED}
    ),
    WorkState.IN_PROGRESS: frozenset({WorkState.ON_HOLD, WorkState.TO_VERIFY, WorkState.CLOSED, WorkState.CANCELLED}),
    WorkState.ON_HOLD: frozenset({WorkState.OPEN, WorkState.ASSIGNED, WorkState.IN_PROGRESS, WorkState.CANCELLED}),
    WorkState.TO_VERIFY: frozenset({WorkState.IN_PROGRESS, WorkState.CLOSED}),
    WorkState.CLOSED: frozenset(),
    WorkState.CANCELLED: frozenset(),
}
UNFINISHED = (WorkState.OPEN, WorkState.ASSIGNED, WorkState.IN_PROGRESS, WorkState.ON_HOLD, WorkState.TO_VERIFY)


class Priority(models.IntegerChoices):
    """WHO 2025, table 6: emergent 2 days, urgent 7, routine 30, long-term 90 (STANDARDS.md 15.9)."""

    EMERGENT = 1, _("emergent")
    URGENT = 2, _("urgent")
    ROUTINE = 3, _("routine")
    LONG_TERM = 4, _("long-term")


class HoldReason(models.TextChoices):
    PARTS = "parts", _("waiting for parts")
    VENDOR = "vendor", _("waiting for the vendor")
    IN_USE = "in_use", _("device in use")
    NOT_LOCATED = "not_located", _("device not located")
    APPROVAL = "approval", _("waiting for approval")
    OTHER = "other", _("other")


class Verdict(models.TextChoices):
    PASS = "pass", _("pass")
    PASS_MINOR_FIX = "pass_minor_fix", _("pass with a minor fix")
    FAIL_SAFE = "fail_safe", _("failed but safe to use")
    FAIL_UNSAFE = "fail_unsafe", _("failed and unsafe")
    REPAIRED = "repaired", _("repaired")
    NOT_REPAIRED = "not_repaired", _("not repaired")
    NOT_DONE = "not_done", _("not done")


#: How an ending looks; the other verdicts are good ones.
VERDICT_MEANING = {
    Verdict.FAIL_SAFE: "due",
    Verdict.FAIL_UNSAFE: "late",
    Verdict.NOT_REPAIRED: "late",
    Verdict.NOT_DONE: "out",
}


class Certificate(models.TextChoices):
    """Whether the work leaves a certificate, and where it is. Decided when the work is closed."""

    NONE = "", _("none is due")
    MISSING = "missing", _("missing")
    KEPT = "kept", _("attached")
    WAIVED = "waived", _("not needed after all")


#: What was missing comes or is given up; what was withdrawn is missing again.
CERTIFICATE_TRANSITIONS: dict[str, frozenset[str]] = {
    Certificate.NONE: frozenset(),
    Certificate.MISSING: frozenset({Certificate.KEPT, Certificate.WAIVED}),
    Certificate.KEPT: frozenset({Certificate.MISSING}),
    Certificate.WAIVED: frozenset(),
}


class AttemptKind(models.TextChoices):
    IN_USE = "in_use", _("in use")
    NOT_LOCATED = "not_located", _("not located")
    REFUSED = "refused", _("access refused")


class CodeKind(models.TextChoices):
    PROBLEM = "problem", _("problem")
    CAUSE = "cause", _("cause")
    ACTION = "action", _("action")


class SafetyVerdict(models.TextChoices):
    """What the safety test within an order came to."""

    PASS = "pass", _("passed")
    PASS_WITH_OBSERVATION = "pass_with_observation", _("passed with observation")
    INCOMPLETE = "incomplete", _("incomplete")
    FAIL = "fail", _("failed")


SAFETY_MEANING: dict[str, str] = {
    SafetyVerdict.PASS: "ok",
    SafetyVerdict.PASS_WITH_OBSERVATION: "due",
    SafetyVerdict.INCOMPLETE: "due",
    SafetyVerdict.FAIL: "late",
}
