from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "wardwright.platform.jobs"
    label = "jobs"

    def ready(self) -> None:
        from wardwright.platform.events.registry import set_delivery

        from . import builtin

        set_delivery(builtin.deliver_events)
