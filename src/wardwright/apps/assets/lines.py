"""What the register puts on the Monday page."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wardwright.web.lines import Opens, monday_line

from .permissions import MERGE
from .queries import open_candidates

monday_line(
    "upkeep", "similar-names", _("Names that may be the same"),
    Opens(lambda by, site: open_candidates(by).count(), lambda site: reverse("merge-queue")),
    permission=MERGE, order=10, detail=_("They spoil every report until somebody decides"),
)  # fmt: skip
