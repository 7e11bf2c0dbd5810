"""What notices put on the Monday page."""

from django.utils.translation import gettext_lazy as _

from wardwright.web.lines import listed, monday_line

from .permissions import VIEW
from .tables import CASES

monday_line(
    "first", "notices-late", _("Notices past their time"), listed(CASES, state="late"),
    permission=VIEW, order=35, meaning="late", detail=_("not decided, not located or not closed in time"),
)  # fmt: skip
monday_line(
    "first", "notices-class-one", _("Class I notices being dealt with"), listed(CASES, state="open", severity="I"),
    permission=VIEW, order=36, meaning="late", quiet=True,
)  # fmt: skip
monday_line(
    "work", "notices-new", _("Notices to be decided"), listed(CASES, state="new"), permission=VIEW, order=15,
    detail=_("something of ours may be meant, or a part was not understood"),
)  # fmt: skip
monday_line(
    "upkeep", "notices-check", _("Notices to be checked for effect"), listed(CASES, state="check"),
    permission=VIEW, order=30, quiet=True,
)  # fmt: skip
