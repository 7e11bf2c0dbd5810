from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "wardwright.platform.jobs"
    label = "jobs"
    verbose_name = _("Background jobs")

    def ready(self) -> None:
        from wardwright.platform.events.registry import set_delivery

        from . import builtin

        set_delivery(builtin.deliver_events)
