from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "wardwright.apps.notices"
    label = "notices"
    verbose_name = _("Notices")

    def ready(self) -> None:
        from . import events, jobs, permissions, subscribers  # noqa: F401 - declared by being imported
