from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TestingConfig(AppConfig):
    name = "wardwright.apps.testing"
    label = "testing"
    verbose_name = _("Procedures and test instruments")

    def ready(self) -> None:
        from wardwright.web.nav import nav_entry
        from wardwright.web.slots import panel

        from . import events, jobs, lines, permissions, search, subscribers  # noqa: F401 - declared by being imported

        nav_entry("plan", _("Procedures"), "procedures", permission=permissions.VIEW, order=40)
        nav_entry("plan", _("Safety limits"), "limits", permission=permissions.VIEW, order=45)
        nav_entry("plan", _("Test instruments"), "instruments", permission=permissions.VIEW, order=50)
        nav_entry("plan", _("Analysers' files"), "result-files", permission=permissions.VIEW, order=52)
        nav_entry("plan", _("Image quality"), "imaging-runs", permission=permissions.VIEW, order=55)
        nav_entry("safety", _("Wrong instruments"), "lookbacks", permission=permissions.VIEW, order=60)
        panel(
            "asset", "readings", _("Readings and trends"), "asset-readings-panel", permission=permissions.VIEW, order=30
        )
        panel(
            "instrument", "lookbacks", _("Looking back"), "instrument-lookbacks", permission=permissions.VIEW, order=20
        )
        panel(
            "asset", "instrument", _("Test instrument"), "asset-instrument-panel", permission=permissions.VIEW, order=25
        )
        panel(
            "asset-menu", "instrument", _("Use as a test instrument"), "use-as-instrument",
            permission=permissions.INSTRUMENTS,
        )  # fmt: skip
        panel(
            "instrument", "course", _("How it reads"), "instrument-course-panel", permission=permissions.VIEW, order=10
        )
        panel("device-model", "readings", _("Readings"), "model-readings-panel", permission=permissions.VIEW, order=30)
        nav_entry("insight", _("Compare readings"), "compare-readings", permission=permissions.VIEW, order=40)
        panel(
            "instrument", "connection", _("Read over a wire"), "instrument-connection", permission=permissions.VIEW,
            order=15,
        )  # fmt: skip
        panel("instrument", "documents", _("Documents"), "instrument-documents", permission=permissions.VIEW)
        panel("asset", "imaging", _("Image quality"), "asset-imaging-panel", permission=permissions.VIEW, order=35)
        panel("imaging-run", "documents", _("Documents"), "imaging-run-documents", permission=permissions.VIEW)
