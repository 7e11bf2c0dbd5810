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


class CalibrationResult(models.TextChoices):
    """How an instrument was found, or left, at a calibration."""

    IN_TOLERANCE = "in_tolerance", _("in tolerance")
    OUT = "out", _("out of tolerance")
    UNKNOWN = "unknown", _("not recorded")


#: How each looks on a page.
RESULT_MEANING = {CalibrationResult.IN_TOLERANCE: "ok", CalibrationResult.OUT: "late", CalibrationResult.UNKNOWN: "out"}


class Fitness(models.TextChoices):
    """Whether a test instrument may judge a device, and if not, why not."""

    USABLE = "usable", _("may be used")
    UNUSED = "unused", _("not in use")
    OUT = "out", _("left out of tolerance")
    NEVER = "never", _("never calibrated")
    ENDED = "ended", _("calibration ended")


class MeasurementSource(models.TextChoices):
    """What a measurement came from."""

    STEP = "step", _("a step of work")
    FILE = "file", _("an analyser's file")
    LIVE = "live", _("a live instrument")
    IMAGING = "imaging", _("an image analysis")


class LineEnd(models.TextChoices):
    """What ends a line to and from an instrument."""

    LF = "lf", _("line feed")
    CRLF = "crlf", _("carriage return and line feed")
    CR = "cr", _("carriage return")


class Graded(models.TextChoices):
    """What a reading came to under its decision rule (ILAC-G8:2019, non-binary)."""

    PASS = "pass", _("pass")
    MARGINAL_PASS = "cond_pass", _("pass, within the uncertainty of the limit")
    MARGINAL_FAIL = "cond_fail", _("fail, within the uncertainty of the limit")
    FAIL = "fail", _("fail")
    NO_LIMIT = "none", _("no limit")


#: How each looks on a page, and which of them lie beyond the limits.
GRADED_MEANING = {
    Graded.PASS: "ok", Graded.MARGINAL_PASS: "due", Graded.MARGINAL_FAIL: "late", Graded.FAIL: "late",
    Graded.NO_LIMIT: "info",
}  # fmt: skip
BEYOND = frozenset({Graded.MARGINAL_FAIL, Graded.FAIL})


class LookbackState(models.TextChoices):
    OPEN = "open", _("being worked on")
    CONCLUDED = "concluded", _("concluded")


LOOKBACK_TRANSITIONS: dict[str, frozenset[str]] = {
    LookbackState.OPEN: frozenset({LookbackState.CONCLUDED}),
    LookbackState.CONCLUDED: frozenset(),
}


class VerdictChange(models.TextChoices):
    """What looking back makes of a verdict; the first matters most (kernel.metrology.lookback.Change)."""

    MISSED_FAULT = "missed_fault", _("passed, should have failed")
    DOUBTFUL = "doubtful", _("in doubt")
    FALSE_ALARM = "false_alarm", _("failed, should have passed")


class ItemDecision(models.TextChoices):
    OPEN = "open", _("not decided")
    VERIFY = "verify", _("test it again")
    ACCEPT = "accept", _("no action needed")


class SafetyTest(models.TextChoices):
    """The tests of the table of limits."""

    PROTECTIVE_EARTH = "protective_earth", _("protective earth resistance")
    INSULATION = "insulation", _("insulation resistance")
    EQUIPMENT_LEAKAGE = "equipment_leakage", _("equipment leakage")
    APPLIED_PART_LEAKAGE = "applied_part_leakage", _("applied part leakage")
    EARTH_LEAKAGE = "earth_leakage", _("earth leakage")
    TOUCH_CURRENT = "touch_current", _("touch current")
    PATIENT_LEAKAGE = "patient_leakage", _("patient leakage")
    PATIENT_LEAKAGE_DC = "patient_leakage_dc", _("patient leakage, direct current")
    PATIENT_AUXILIARY = "patient_auxiliary", _("patient auxiliary current")
    PATIENT_AUXILIARY_DC = "patient_auxiliary_dc", _("patient auxiliary current, direct current")
    TOTAL_PATIENT_LEAKAGE = "total_patient_leakage", _("total patient leakage")
    TOTAL_PATIENT_LEAKAGE_DC = "total_patient_leakage_dc", _("total patient leakage, direct current")
    MAINS_ON_APPLIED_PART = "mains_on_applied_part", _("mains on the applied part")
    RECEPTACLE_RETENTION = "receptacle_retention", _("retention of the receptacle")


class Method(models.TextChoices):
    """How leakage is measured."""

    NONE = "none", _("any method")
    DIRECT = "direct", _("direct")
    DIFFERENTIAL = "differential", _("differential")
    ALTERNATIVE = "alternative", _("alternative")


class Condition(models.TextChoices):
    """Under which condition it is measured."""

    NONE = "none", _("any condition")
    NORMAL = "NC", _("normal condition")
    SINGLE_FAULT = "SFC", _("single fault")


class EquipmentKind(models.TextChoices):
    """Which kind of equipment a limit is for."""

    USUAL = "", _("usual equipment")
    WITH_CORD = "with_cord", _("with its cord")
    WITHOUT_CORD = "without_cord", _("without its cord")
    FIXED_CORD = "fixed_cord", _("with a fixed cord")
    CORD_ALONE = "cord_alone", _("the cord alone")
    PERMANENTLY_INSTALLED = "permanently_installed", _("permanently installed")
    SYSTEM = "system", _("a system with a multiple socket")
    MOBILE_XRAY = "mobile_xray", _("mobile X-ray")
    PATIENT_VICINITY = "patient_vicinity", _("in the patient's vicinity")
    DOCUMENTED_SCHEDULE = "documented_schedule", _("with a documented schedule of tests")


class PartType(models.TextChoices):
    """The types of applied parts."""

    NONE = "none", _("no applied part")
    B = "B", _("type B")
    BF = "BF", _("type BF")
    CF = "CF", _("type CF")


class ImagingKind(models.TextChoices):
    """The analyses of phantom images (kernel.imaging.ANALYSES)."""

    CATPHAN = "catphan", _("CT or cone-beam CT, CatPhan")
    ACR_CT = "acr_ct", _("CT, ACR phantom")
    ACR_MRI = "acr_mri", _("MRI, ACR phantom")
    PLANAR = "planar", _("Planar X-ray")


class ImagingState(models.TextChoices):
    WAITING = "waiting", _("being analysed")
    DONE = "done", _("analysed")
    FAILED = "failed", _("not analysed")


IMAGING_TRANSITIONS: dict[str, frozenset[str]] = {
    ImagingState.WAITING: frozenset({ImagingState.DONE, ImagingState.FAILED}),
    ImagingState.DONE: frozenset(),
    ImagingState.FAILED: frozenset({ImagingState.WAITING}),
}


class FileState(models.TextChoices):
    """How far an analyser's file has come."""

    MAPPING = "mapping", _("columns to be named")
    REVIEW = "review", _("to be looked at")
    DONE = "done", _("done")


FILE_TRANSITIONS: dict[str, frozenset[str]] = {
    FileState.MAPPING: frozenset({FileState.REVIEW, FileState.DONE}),
    FileState.REVIEW: frozenset({FileState.MAPPING, FileState.DONE}),
    FileState.DONE: frozenset({FileState.REVIEW}),
}
FILE_MEANING = {FileState.MAPPING: "due", FileState.REVIEW: "due", FileState.DONE: "ok"}


class RecordState(models.TextChoices):
    """What becomes of one record of an analyser's file."""

    GOOD = "good", _("good")
    LOOK = "look", _("needs a look")
    REFUSED = "refused", _("refused")
    TAKEN = "taken", _("taken in")
    LEFT_OUT = "left_out", _("left out")


#: Until somebody has decided, a record may move between the three.
WAITING_RECORDS = (RecordState.GOOD, RecordState.LOOK, RecordState.REFUSED)
_WAITING = frozenset({*WAITING_RECORDS, RecordState.LEFT_OUT})
RECORD_TRANSITIONS: dict[str, frozenset[str]] = {
    RecordState.GOOD: _WAITING | {RecordState.TAKEN},
    RecordState.LOOK: _WAITING,
    RecordState.REFUSED: _WAITING | {RecordState.TAKEN},
    RecordState.TAKEN: frozenset(),
    RecordState.LEFT_OUT: frozenset(WAITING_RECORDS),
}
RECORD_MEANING = {
    RecordState.GOOD: "ok", RecordState.LOOK: "due", RecordState.REFUSED: "late", RecordState.TAKEN: "ok",
    RecordState.LEFT_OUT: "out",
}  # fmt: skip
