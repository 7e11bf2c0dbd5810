from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HelpdeskConfig(AppConfig):
    name = "wardwright.apps.helpdesk"
    label = "helpdesk"
    verbose_name = _("Help desk")

    def ready(self) -> None:
        from wardwright.web.nav import nav_entry

        from . import events, jobs, lines, permissions, search, subscribers  # noqa: F401 - declared by being imported

        nav_entry("work", _("Requests"), "requests", permission=permissions.VIEW, order=5, key="r")
        nav_entry("work", _("On call"), "rotas", permission=permissions.VIEW, order=40)
        nav_entry("settings", _("Symptoms of the portal"), "symptoms", permission=permissions.VIEW, order=61)
