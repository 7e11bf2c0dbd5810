"""Who may see requests, work at the desk, and plan who is on call."""

from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.permissions import permission

VIEW = permission("helpdesk.view", _("See requests for help and who is on call"))
DESK = permission("helpdesk.desk", _("Work at the desk: take, ask back, merge, assign and close requests"))
TILES = permission("helpdesk.tiles", _("Write the symptoms that the portal offers"))
ROTA = permission("helpdesk.rota", _("Plan who is on call"))
