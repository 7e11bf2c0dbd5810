from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "wardwright.platform.access"
    label = "access"
    verbose_name = _("Access")

    def ready(self) -> None:
        from . import builtin  # noqa: F401

        # Every process knows every permission and guardrail, whichever pages it has imported: "*" in a role means all.
        autodiscover_modules("permissions")
