"""The tables of a new house."""

from __future__ import annotations

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


class _None:
    """Stands for the setting that names each app's migrations: no app has any, but the one that makes SQL functions."""

    def __contains__(self, app_label: str) -> bool:
        return app_label != "procrastinate"

    def __getitem__(self, app_label: str) -> None:
        return None


def make_tables() -> None:
    """Make the tables of an empty database from the models as they are, and note every migration as applied.

    The migrations lead to the same tables (tests/moving/test_tables.py), step by step and many times slower: Django
    builds its picture of all models anew at each step. Killed half-way, it is simply called again: tables that are
    there are passed over.
    """
    known = MigrationLoader(None).disk_migrations
    usual = settings.MIGRATION_MODULES
    settings.MIGRATION_MODULES = _None()
    try:
        call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    finally:
        settings.MIGRATION_MODULES = usual
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    applied = recorder.migration_qs
    unnoted = known.keys() - recorder.applied_migrations().keys()
    applied.bulk_create(applied.model(app=app, name=name) for app, name in sorted(unnoted))
