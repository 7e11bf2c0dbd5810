from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ReportsConfig(AppConfig):
    name = "wardwright.platform.reports"
    label = "reports"

    def ready(self) -> None:
        from . import jobs, permissions  # noqa: F401 - declared by being imported

        # Every process knows every report: pages, API, command line and the mails in the night.
        autodiscover_modules("reports")
