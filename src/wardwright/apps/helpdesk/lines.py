"""What the desk puts on the Monday page."""

from django.utils.translation import gettext_lazy as _

from wardwright.web.lines import listed, monday_line

from .permissions import VIEW
from .tables import REQUESTS

monday_line(
    "first", "weekend-harm", _("Requests with a patient involved since the weekend began"),
    listed(REQUESTS, harm="involved", received="weekend"),
    permission=VIEW, order=20, meaning="late", detail=_("since Friday, 16:00; also where the sender was not sure"),
)  # fmt: skip
monday_line(
    "work", "requests-waiting", _("Requests that nobody has taken"), listed(REQUESTS, state="waiting"),
    permission=VIEW, order=10, detail=_("new, asked back, or ordered without a person"),
)  # fmt: skip
