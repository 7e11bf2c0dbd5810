"""Who may see, write and approve procedures, and keep test instruments."""

from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.guardrails import guardrail
from wardwright.platform.access.permissions import permission

VIEW = permission("testing.view", _("See procedures and test instruments"))
WRITE = permission("testing.write", _("Write procedures"))
APPROVE = permission("testing.approve", _("Approve procedures"))
INSTRUMENTS = permission("testing.instruments", _("Keep test instruments"))
CONCLUDE = permission("testing.conclude", _("Sign what came of a wrong test instrument"))
REPORTS = permission("testing.reports", _("See readings compared by who took them"))
IMAGING = permission("testing.imaging", _("Analyse phantom images and read dose reports"))
BASELINES = permission("testing.baselines", _("Set up image quality: baselines, limits and reference levels"))
RESULTS = permission("testing.results", _("Take in analysers' files, which answers and closes planned work"))

LOOSER_LIMIT = guardrail("testing.looser-limit", _("A limit of our own is not looser than the standard's"))
RESULT_IN_DATE = guardrail(
    "testing.result-in-date", _("An analyser's record is taken in only if it was in calibration at the test")
)
