"""Procrastinate's tables in a test database that is made from models: theirs need types and functions beside them."""

from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.db import connection
from django.db.models.signals import pre_migrate


class DeliveryTables(AppConfig):
    name = "tests"

    def ready(self) -> None:
        pre_migrate.connect(make_tables, sender=apps.get_app_config("jobs"))  # sent for apps with models only


def make_tables(**_: Any) -> None:
    from procrastinate.schema import SchemaManager

    if "procrastinate" in settings.MIGRATION_MODULES:  # pytest's --no-migrations names every app
        with connection.cursor() as cursor:
            cursor.execute(SchemaManager.get_schema())
