"""What the equipment library puts on My day of who runs it, and on the Monday page."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wardwright.web.lines import Opens, listed, monday_line
from wardwright.web.tables import by_id

from .permissions import HANDLE
from .queries import held
from .states import UNCLEAN
from .tables import LOANS, REQUESTS


def _unclean(by: Any, site: str) -> int:
    rows = held(by).filter(custody__in=UNCLEAN)
    return (by_id("pool__site_id")(rows, site) if site else rows).count()


monday_line(
    "library", "library-pick", _("Requests to pick devices for"), listed(REQUESTS, state="to-pick"),
    permission=HANDLE, order=10, detail=_("needed now or within 12 hours"), quiet=True,
)  # fmt: skip
monday_line(
    "library", "library-deliver", _("Devices to deliver"), listed(LOANS, state="picked"),
    permission=HANDLE, order=20, detail=_("picked, not on the ward yet"), quiet=True,
)  # fmt: skip
monday_line(
    "library", "library-collect", _("Devices to collect"), listed(LOANS, state="collect"),
    permission=HANDLE, order=30, detail=_("no longer needed, or past the agreed end"), quiet=True,
)  # fmt: skip
monday_line(
    "library", "library-clean", _("Devices to check and clean"),
    Opens(_unclean, lambda site: f"{reverse('library-round')}?site={site}#clean"),
    permission=HANDLE, order=40, quiet=True,
)  # fmt: skip
