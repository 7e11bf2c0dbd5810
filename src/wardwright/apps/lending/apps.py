from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LendingConfig(AppConfig):
    name = "wardwright.apps.lending"
    label = "lending"
    verbose_name = _("Equipment library")

    def ready(self) -> None:
        from wardwright.web.nav import nav_entry
        from wardwright.web.slots import panel

        from . import events, jobs, lines, permissions, reports, subscribers  # noqa: F401 - declared by being imported

        nav_entry("devices", _("Equipment library"), "library", permission=permissions.VIEW, order=22, key="e")
        nav_entry("devices", _("On my ward"), "ward-equipment", permission=permissions.ASK, order=24)
        panel("asset", "library", _("Equipment library"), "asset-library-panel", permission=permissions.VIEW, order=30)
