"""Who may let somebody look without a log-in."""

from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.permissions import permission

MAKE = permission("links.make", _("Let a visitor look for some days, by a link"))
