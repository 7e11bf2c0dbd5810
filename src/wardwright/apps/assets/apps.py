from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssetsConfig(AppConfig):
    name = "wardwright.apps.assets"
    label = "assets"
    verbose_name = _("Devices")

    def ready(self) -> None:
        from . import events, exchange, lines, permissions, search  # noqa: F401 - declared by being imported

        self._pages()
        self._visitors()

    @staticmethod
    def _pages() -> None:
        from wardwright.web.nav import nav_entry
        from wardwright.web.slots import panel

        from .permissions import IMPORT, MERGE, RETIRE, VIEW

        nav_entry("devices", _("Devices"), "devices", permission=VIEW, order=10)
        nav_entry("devices", _("Device types"), "device-types", permission=VIEW, order=20)
        nav_entry("devices", _("Models"), "device-models", permission=VIEW, order=30)
        nav_entry("devices", _("Counts"), "counts", permission=VIEW, order=32)
        nav_entry("devices", _("Not located"), "not-located", permission=VIEW, order=34)
        nav_entry("devices", _("Leaving"), "leaving-devices", permission=RETIRE, order=36)
        nav_entry("devices", _("Imports"), "imports", permission=IMPORT, order=40)
        nav_entry("devices", _("Similar names"), "merge-queue", permission=MERGE, order=50)
        for slot in ("asset", "device-model", "device-type"):
            panel(slot, "documents", _("Documents"), f"{slot}-documents", permission=VIEW, order=60)
        nav_entry("settings", _("Sheets and labels"), "label-formats", permission=VIEW, order=70)
        panel("company", "models", _("Models"), "company-models", permission=VIEW, order=20)
        panel("department", "devices", _("Devices"), "department-devices", permission=VIEW, order=20)

    @staticmethod
    def _visitors() -> None:
        from wardwright.platform.links.permissions import MAKE
        from wardwright.platform.links.visiting import subjects_lie
        from wardwright.web.nav import nav_entry

        from .queries import place_of

        nav_entry("evidence", _("Visitors"), "visitor-links", permission=MAKE, order=80)
        subjects_lie(place_of)
