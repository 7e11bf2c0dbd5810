"""Who may read reports, keep views and have them sent to others. Each report asks for the right to its rows as well."""

from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.permissions import permission

VIEW = permission("reports.view", _("See reports and figures"))
SAVE = permission("reports.save", _("Save views and have them sent to oneself"))
SHARE = permission("reports.share", _("Share saved views with a role and have them sent to others"))
