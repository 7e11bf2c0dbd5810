"""Who may see the library, ask for devices, hand them out and keep it; and its guardrails."""

from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.guardrails import guardrail
from wardwright.platform.access.permissions import permission

VIEW = permission("lending.view", _("See the equipment library"))
ASK = permission("lending.ask", _("Ask the equipment library for devices and give them back"))
HANDLE = permission("lending.handle", _("Pick, deliver, collect and clean devices of the library"))
KEEP = permission("lending.keep", _("Keep the equipment library: its stores, kits and rented devices"))

CLEAN_FIRST = guardrail("lending.clean-first", _("A device is cleaned before it is lent again"))
IN_DATE = guardrail("lending.maintenance-in-date", _("A device is not lent when its maintenance is overdue"))
