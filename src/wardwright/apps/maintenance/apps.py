from django.apps import AppConfig


class MaintenanceConfig(AppConfig):
    name = "wardwright.apps.maintenance"
    label = "maintenance"

    def ready(self) -> None:
        from . import exchange  # noqa: F401 - declared by being imported
