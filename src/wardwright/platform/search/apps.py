from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class SearchConfig(AppConfig):
    name = "wardwright.platform.search"
    label = "search"

    def ready(self) -> None:
        from . import indexes, jobs, names  # noqa: F401 - jobs are declared by being imported

        connection_created.connect(names.prepare_connection, dispatch_uid="wardwright-search-connection")
        post_migrate.connect(indexes.install_after_migrate, dispatch_uid="wardwright-search")
