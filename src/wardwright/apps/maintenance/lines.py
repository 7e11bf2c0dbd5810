"""What maintenance puts on the Monday page."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wardwright.web.lines import Opens, listed, monday_line
from wardwright.web.tables import by_id

from . import queries
from .permissions import VIEW
from .tables import WORK


def _certificates(by: Any, site: str) -> int:
    rows = queries.certificates_missing(by)
    return (by_id("site_id")(rows, site) if site else rows).count()


monday_line(
    "first", "weekend-emergent", _("Emergent repairs since the weekend began"),
    listed(WORK, kind="corrective", priority="1", reported="weekend"),
    permission=VIEW, order=10, meaning="info", detail=_("since Friday, 16:00, finished ones too"),
)  # fmt: skip
monday_line(
    "first", "life-support", _("Life-support devices past their date"), listed(WORK, due="late", life="yes"),
    permission=VIEW, order=30, meaning="late", detail=_("Must be zero"),
)  # fmt: skip
monday_line(
    "first", "emergent", _("Emergent repairs not finished"),
    listed(WORK, kind="corrective", priority="1", state="unfinished"), permission=VIEW, order=40, meaning="late",
)  # fmt: skip
monday_line(
    "first", "late", _("Late work"), listed(WORK, due="late"), permission=VIEW, order=50, meaning="late",
    detail=_("past its due date and not finished"),
)  # fmt: skip
monday_line(
    "first", "out-of-compliance", _("Out of compliance"), listed(WORK, due="out"), permission=VIEW, order=60,
    meaning="late", detail=_("past the window and the grace of the plan"),
)  # fmt: skip
monday_line(
    "work", "repairs-untaken", _("Repairs taken by nobody"),
    listed(WORK, kind="corrective", state="unfinished", person="none"), permission=VIEW, order=20,
)  # fmt: skip
monday_line(
    "work", "week-untaken", _("Due this week and taken by nobody"), listed(WORK, due="week", person="none"),
    permission=VIEW, order=30,
)  # fmt: skip
monday_line(
    "work", "parts", _("Waiting for parts more than 7 days"), listed(WORK, state="parts-long"),
    permission=VIEW, order=40,
)  # fmt: skip
monday_line(
    "work", "company-promises", _("Promises of companies not kept"), listed(WORK, promise="missed", doer="company"),
    permission=VIEW, order=50, meaning="late", detail=_("not answered or not finished in time"),
)  # fmt: skip
monday_line(
    "work", "to-verify", _("Repairs to verify"), listed(WORK, state="to_verify"), permission=VIEW, order=60,
    detail=_("before the device returns to its ward"),
)  # fmt: skip
monday_line(
    "upkeep", "certificates", _("Certificates missing"),
    Opens(_certificates, lambda site: f"{reverse('certificates-missing')}?site={site}"),
    permission=VIEW, order=20, detail=_("of work by companies, and where the procedure asks for one"),
)  # fmt: skip
