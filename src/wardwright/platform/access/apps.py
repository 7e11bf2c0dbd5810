from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "wardwright.platform.access"
    label = "access"
