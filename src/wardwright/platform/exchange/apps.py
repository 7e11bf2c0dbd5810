from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "wardwright.platform.exchange"
    label = "exchange"
    verbose_name = _("Imports")

    def ready(self) -> None:
        from wardwright.platform.attachments.verify import refers

        from . import permissions  # noqa: F401 - declared by being imported
        from .models import stored_files

        refers("import", stored_files)
