from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotifyConfig(AppConfig):
    name = "wardwright.platform.notify.webhooks"
    label = "webhooks"
    verbose_name = _("Webhooks")

    def ready(self) -> None:
        from wardwright.platform.events.registry import add_tap

        from . import watching  # noqa: F401 - declared by being imported
        from .feeding import feed

        add_tap(feed)
