"""What the test instruments put on the Monday page."""

from django.utils.translation import gettext_lazy as _

from wardwright.web.lines import listed, monday_line

from .permissions import VIEW
from .tables import INSTRUMENTS

monday_line(
    "upkeep", "calibration-ended", _("Test instruments past their calibration"), listed(INSTRUMENTS, state="ended"),
    permission=VIEW, order=40, meaning="late", detail=_("No device may be judged with them"),
)  # fmt: skip
monday_line(
    "upkeep", "calibration-certificates", _("Calibrations without a certificate"),
    listed(INSTRUMENTS, state="uncertified"), permission=VIEW, order=30,
)  # fmt: skip
