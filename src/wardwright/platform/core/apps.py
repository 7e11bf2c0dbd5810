from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "wardwright.platform.core"
    label = "core"
