"""What the test instruments put on the Monday page."""

from django.utils.translation import gettext_lazy as _

from wardwright.web.lines import listed, monday_line

from .lookback_tables import LOOKBACKS
from .permissions import VIEW
from .tables import CALIBRATIONS, INSTRUMENTS

monday_line(
    "upkeep", "calibration-ended", _("Test instruments that must not be used"), listed(INSTRUMENTS, state="ended"),
    permission=VIEW, order=40, meaning="late",
    detail=_("Past their calibration, never calibrated, or left out of tolerance"),
)  # fmt: skip
monday_line(
    "upkeep", "lookbacks-open", _("Looks back not concluded"), listed(LOOKBACKS, state="open"),
    permission=VIEW, order=35, meaning="late", detail=_("A test instrument was wrong; devices may be in doubt"),
)  # fmt: skip
monday_line(
    "upkeep", "calibration-certificates", _("Calibrations without a certificate"),
    listed(INSTRUMENTS, state="uncertified"), permission=VIEW, order=30,
)  # fmt: skip
monday_line(
    "first", "instruments-found-out", _("Test instruments found out of tolerance"),
    listed(CALIBRATIONS, result="lately"),
    permission=VIEW, order=70, meaning="late", quiet=True,
    detail=_("Within the month: what they measured before is in doubt"),
)  # fmt: skip
