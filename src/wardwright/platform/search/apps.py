from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SearchConfig(AppConfig):
    name = "wardwright.platform.search"
    label = "search"

    def ready(self) -> None:
        from . import indexes

        post_migrate.connect(indexes.install_after_migrate, dispatch_uid="wardwright-search")
