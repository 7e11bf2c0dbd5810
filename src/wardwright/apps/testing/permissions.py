"""Who may see, write and approve procedures, and keep test instruments."""

from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.permissions import permission

VIEW = permission("testing.view", _("See procedures and test instruments"))
WRITE = permission("testing.write", _("Write procedures"))
APPROVE = permission("testing.approve", _("Approve procedures"))
INSTRUMENTS = permission("testing.instruments", _("Keep test instruments"))
