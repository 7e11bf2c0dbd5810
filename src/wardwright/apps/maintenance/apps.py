from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MaintenanceConfig(AppConfig):
    name = "wardwright.apps.maintenance"
    label = "maintenance"
    verbose_name = _("Maintenance")

    def ready(self) -> None:
        from wardwright.web.nav import nav_entry
        from wardwright.web.slots import panel

        from . import events, exchange, jobs, labels, lines, permissions, search, subscribers  # noqa: F401 - declared by being imported

        nav_entry("day", _("My day"), "home", order=10, key="m")
        nav_entry("work", _("Work"), "work", permission=permissions.VIEW, order=10, key="w")
        nav_entry("work", _("Board"), "work-board", permission=permissions.VIEW, order=15, key="b")
        nav_entry("work", _("Calendar"), "work-calendar", permission=permissions.VIEW, order=17, key="c")
        nav_entry("work", _("Forecast"), "work-forecast", permission=permissions.VIEW, order=18)
        nav_entry("work", _("Report a problem"), "report-problem", permission=permissions.REPORT, order=30)
        nav_entry("work", _("Certificates"), "certificates-missing", permission=permissions.VIEW, order=60)
        nav_entry("plan", _("Plans"), "plans", permission=permissions.VIEW, order=20)
        nav_entry("plan", _("Inclusion rules"), "rules", permission=permissions.VIEW, order=25)
        nav_entry("insight", _("Compliance"), "compliance", permission=permissions.REPORTS, order=20)
        nav_entry("settings", _("Failure codes"), "failure-codes", permission=permissions.VIEW, order=60)
        nav_entry("settings", _("Service hours"), "service-hours", permission=permissions.VIEW, order=62)
        panel("work-order", "documents", _("Documents"), "work-order-documents", permission=permissions.VIEW)
        panel("result-file", "work", _("What came of it"), "file-work", permission=permissions.VIEW)
        panel("test-record", "work", _("What came of it"), "record-work", permission=permissions.VIEW)
        panel("lookback", "retests", _("Testing again"), "lookback-retests", permission=permissions.VIEW)
        panel("asset", "work", _("What is due"), "asset-work-panel", permission=permissions.VIEW, order=20)
        panel(
            "asset-action",
            "report-problem",
            _("Report a problem"),
            "report-asset-problem",
            permission=permissions.REPORT,
        )
