from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "wardwright.platform.notify.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        from wardwright.platform.events.registry import add_tap

        from . import watching  # noqa: F401 - declared by being imported
        from .feeding import feed

        add_tap(feed)
