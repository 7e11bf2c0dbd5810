"""Who may see and change sites, rooms, departments, companies and people."""

from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.permissions import permission

VIEW = permission("directory.view", _("See sites, departments, companies and people"))
CHANGE = permission("directory.change", _("Change sites, departments, companies and people"))
ABSENCES = permission("directory.absences", _("See, enter and decide absences"))
