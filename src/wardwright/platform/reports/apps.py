from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "wardwright.platform.reports"
    label = "reports"
    verbose_name = _("Reports and views")

    def ready(self) -> None:
        from . import jobs, permissions  # noqa: F401 - declared by being imported

        # Every process knows every report: pages, API, command line and the mails in the night.
        autodiscover_modules("reports")
