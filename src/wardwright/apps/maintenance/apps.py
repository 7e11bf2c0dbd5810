from django.apps import AppConfig


class MaintenanceConfig(AppConfig):
    name = "wardwright.apps.maintenance"
    label = "maintenance"

    def ready(self) -> None:
        from . import events, exchange, jobs, permissions, subscribers  # noqa: F401 - declared by being imported
