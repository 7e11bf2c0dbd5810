from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "wardwright.platform.audit"
    label = "audit"
    verbose_name = _("Audit trail")

    def ready(self) -> None:
        from . import triggers

        connection_created.connect(triggers.prepare_connection, dispatch_uid="wardwright-connection")
        post_migrate.connect(triggers.install_after_migrate, dispatch_uid="wardwright-triggers")
