from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "wardwright.apps.notices"
    label = "notices"
    verbose_name = _("Notices")

    def ready(self) -> None:
        from wardwright.web.nav import nav_entry
        from wardwright.web.slots import panel

        from . import events, jobs, lines, permissions, search, subscribers  # noqa: F401 - declared by being imported

        view = permissions.VIEW
        nav_entry("safety", _("Notices"), "notices", permission=view, order=10, key="n")
        nav_entry("safety", _("Board of notices"), "notice-board", permission=view, order=15)
        nav_entry("safety", _("Lots"), "supplies", permission=view, order=30)
        nav_entry("evidence", _("Searches for notices"), "notice-searches", permission=view, order=40)
        nav_entry("settings", _("Sources of notices"), "notice-sources", permission=view, order=63)
        nav_entry("settings", _("Times for notices"), "response-times", permission=view, order=64)
        panel("asset", "notices", _("Recalls and notices"), "asset-notices-panel", permission=view, order=12)
        panel("exposure", "documents", _("Documents"), "exposure-documents", permission=view)
