from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "wardwright.platform.exchange"
    label = "exchange"

    def ready(self) -> None:
        from . import permissions  # noqa: F401 - declared by being imported
