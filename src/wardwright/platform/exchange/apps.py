from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "wardwright.platform.exchange"
    label = "exchange"

    def ready(self) -> None:
        from wardwright.platform.attachments.verify import refers

        from . import permissions  # noqa: F401 - declared by being imported
        from .models import stored_files

        refers("import", stored_files)
