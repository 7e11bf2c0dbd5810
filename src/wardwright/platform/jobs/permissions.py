"""Who may see and retry background jobs."""

from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.permissions import permission

VIEW = permission("jobs.view", _("See background jobs"))
RETRY = permission("jobs.retry", _("Retry background jobs"))
