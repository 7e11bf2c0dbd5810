"""Who may have other systems told what happens here."""

from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.permissions import permission

WEBHOOKS = permission("notify.webhooks", _("Manage webhooks to other systems"))
