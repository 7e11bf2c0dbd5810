from django.apps import AppConfig


class AssetsConfig(AppConfig):
    name = "wardwright.apps.assets"
    label = "assets"

    def ready(self) -> None:
        from . import events, exchange, permissions  # noqa: F401 - declared by being imported
