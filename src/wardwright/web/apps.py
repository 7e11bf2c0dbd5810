from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "wardwright.web"
    label = "web"

    def ready(self) -> None:
        from wardwright.platform.access.builtin import MANAGE
        from wardwright.platform.audit import permissions as audit
        from wardwright.platform.jobs import permissions as jobs
        from wardwright.platform.notify.webhooks.permissions import WEBHOOKS
        from wardwright.platform.reports import permissions as reports

        from . import finders  # noqa: F401 - declared by being imported
        from .nav import nav_entry

        nav_entry("evidence", _("Audit trail"), "audit", permission=audit.VIEW, order=90)
        nav_entry("insight", _("Reports"), "reports", permission=reports.VIEW, order=10)
        nav_entry("insight", _("Saved views"), "saved-views", permission=reports.SAVE, order=15)
        nav_entry("settings", _("Background jobs"), "jobs", permission=jobs.VIEW, order=70)
        nav_entry("settings", _("Guardrails"), "guardrails", permission=MANAGE, order=60)
        nav_entry("settings", _("Webhooks"), "webhooks", permission=WEBHOOKS, order=65)
        nav_entry("settings", _("System"), "system", permission=MANAGE, order=90)
