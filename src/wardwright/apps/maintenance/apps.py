from django.apps import AppConfig


class MaintenanceConfig(AppConfig):
    name = "wardwright.apps.maintenance"
    label = "maintenance"
