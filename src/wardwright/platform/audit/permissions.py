"""Who may read the trail."""

from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.permissions import permission

VIEW = permission("audit.view", _("Read the audit trail"))
