"""Who may look at other people's import sessions; importing itself needs the permission of the target."""

from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.permissions import permission

SEE_ALL = permission("exchange.see_all", _("See everybody's imports"))
