from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TestingConfig(AppConfig):
    name = "wardwright.apps.testing"
    label = "testing"
    verbose_name = _("Procedures and test instruments")

    def ready(self) -> None:
        from wardwright.web.nav import nav_entry
        from wardwright.web.slots import panel

        from . import events, lines, permissions, search, subscribers  # noqa: F401 - declared by being imported

        nav_entry("plan", _("Procedures"), "procedures", permission=permissions.VIEW, order=40)
        nav_entry("plan", _("Test instruments"), "instruments", permission=permissions.VIEW, order=50)
        panel("instrument", "documents", _("Documents"), "instrument-documents", permission=permissions.VIEW)
