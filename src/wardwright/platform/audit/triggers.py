"""The database's own half of the audit: it refuses writes outside an operation and records every touched row.

On SQLite the triggers ask ``ww_change_id()``, a function registered on each connection; on PostgreSQL the setting
``app.change_id`` of the transaction. Any other client (a shell, another program) has neither and is refused.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BinaryField, Field, Model

from wardwright.platform.core.change import current_change
from wardwright.platform.core.models import AuditedModel

APPEND_ONLY = ("audit_change", "audit_record", "audit_seal", "audit_leaf", "audit_key")


def audited_models() -> list[type[Model]]:
    """Every concrete audited model, and the automatic through table of each of their many-to-many fields."""
    found: dict[str, type[Model]] = {}
    for model in apps.get_models(include_auto_created=True):
        owner = model._meta.auto_created or model
        if isinstance(owner, type) and issubclass(owner, AuditedModel) and not model._meta.proxy:
            found[model._meta.db_table] = model
    return [found[name] for name in sorted(found)]


def audited_fields(model: type[Model]) -> list[Field]:
    """The columns that are recorded, in the table's order."""
    excluded = getattr(model, "audit_exclude", ())
    return [field for field in model._meta.concrete_fields if field.name not in excluded]


def hidden_columns(model: type[Model]) -> list[str]:
    """The columns that are not recorded; a name that is no field is a column the database derives by itself."""
    columns = {field.name: field.column or field.name for field in model._meta.concrete_fields}
    return [columns.get(name, name) for name in getattr(model, "audit_exclude", ())]


def prepare_connection(connection: Any, **_: Any) -> None:
    """Register the function that SQLite's triggers ask for the open change."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("ww_change_id", 0, _open_change_id)


def _open_change_id() -> int | None:
    change = current_change()
    return change.id if change else None


def install_after_migrate(using: str = DEFAULT_DB_ALIAS, app_config: Any = None, **_: Any) -> None:
    """Put every trigger in place anew, once, after the last app has migrated."""
    if app_config is None or app_config.label != "audit":
        return
    connection = connections[using]
    if "audit_record" in connection.introspection.table_names():
        install(connection)


def install(connection: Any) -> None:
    """Create or replace all triggers on the tables that exist."""
    tables = set(connection.introspection.table_names())
    models = [model for model in audited_models() if model._meta.db_table in tables]
    statements = _postgresql(models) if connection.vendor == "postgresql" else _sqlite(models)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


# SQLite ---------------------------------------------------------------------------------------------------------


def row_json_sqlite(model: type[Model], row: str) -> str:
    """The SQL that writes ``row`` (NEW, OLD or a table alias) as JSON text, the same for triggers and verification."""
    return "json_object(" + ", ".join(f"'{f.column}', {_value(f, row)}" for f in audited_fields(model)) + ")"


def _value(field: Field, row: str) -> str:
    column = f'{row}."{field.column}"'
    return f"hex({column})" if isinstance(field, BinaryField) else column


def _difference_sqlite(model: type[Model], keep: str) -> str:
    arms = " UNION ALL ".join(
        f'SELECT \'{f.column}\' AS k, {_value(f, keep)} AS v WHERE OLD."{f.column}" IS NOT NEW."{f.column}"'
        for f in audited_fields(model)
    )
    return f"(SELECT json_group_object(k, v) FROM ({arms}))"


def _sqlite(models: list[type[Model]]) -> list[str]:
    statements: list[str] = []
    for model in models:
        table = model._meta.db_table
        subject = getattr(model, "audit_subject", None)
        differs = " OR ".join(f'OLD."{f.column}" IS NOT NEW."{f.column}"' for f in audited_fields(model))
        shapes = (
            ("i", "INSERT", "NEW", "", "NULL", row_json_sqlite(model, "NEW")),
            (
                "u",
                "UPDATE",
                "NEW",
                f"WHEN {differs}",
                _difference_sqlite(model, "OLD"),
                _difference_sqlite(model, "NEW"),
            ),
            ("d", "DELETE", "OLD", "", row_json_sqlite(model, "OLD"), "NULL"),
        )
        for letter, verb, row, when, before, after in shapes:
            name = f"ww_audit_{letter}_{table}"
            subject_value = f'{row}."{subject}"' if subject else "NULL"
            statements.append(f'DROP TRIGGER IF EXISTS "{name}"')
            statements.append(
                f'CREATE TRIGGER "{name}" AFTER {verb} ON "{table}" {when} BEGIN '
                f"SELECT RAISE(ABORT, 'wardwright: {verb} on {table} outside an operation')"
                " WHERE ww_change_id() IS NULL; "
                "INSERT INTO audit_record (change_id, table_name, row_id, kind, before, after, subject_id) "
                f"VALUES (ww_change_id(), '{table}', {row}.id, '{letter.upper()}', {before}, {after}, {subject_value});"
                " END"
            )
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            name = f"ww_append_{verb.lower()}_{table}"
            statements.append(f'DROP TRIGGER IF EXISTS "{name}"')
            statements.append(
                f'CREATE TRIGGER "{name}" BEFORE {verb} ON "{table}" BEGIN '
                f"SELECT RAISE(ABORT, 'wardwright: {table} is append-only'); END"
            )
    return statements


# PostgreSQL -----------------------------------------------------------------------------------------------------

# One function for each table, so that it names its columns: comparing two rows as jsonb took five times as long.
_CAPTURE = """
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
  change text := current_setting('app.change_id', true);
  b jsonb := '{{}}';
  a jsonb := '{{}}';
BEGIN
  IF change IS NULL OR change = '' THEN
    RAISE EXCEPTION 'wardwright: % on % outside an operation', TG_OP, TG_TABLE_NAME;
  END IF;
  IF TG_OP = 'INSERT' THEN
    INSERT INTO audit_record (change_id, table_name, row_id, kind, before, after, subject_id)
    VALUES (change::bigint, TG_TABLE_NAME, NEW.id, 'I', NULL, {new_row}, {new_subject});
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO audit_record (change_id, table_name, row_id, kind, before, after, subject_id)
    VALUES (change::bigint, TG_TABLE_NAME, OLD.id, 'D', {old_row}, NULL, {old_subject});
  ELSE
{differences}
    IF a = '{{}}' THEN RETURN NULL; END IF;
    INSERT INTO audit_record (change_id, table_name, row_id, kind, before, after, subject_id)
    VALUES (change::bigint, TG_TABLE_NAME, NEW.id, 'U', b::text, a::text, {new_subject});
  END IF;
  RETURN NULL;
END $body$
"""

_DIFFERENCE = """
    IF OLD.{column} IS DISTINCT FROM NEW.{column} THEN
      b := b || jsonb_build_object('{name}', OLD.{column}); a := a || jsonb_build_object('{name}', NEW.{column});
    END IF;"""

_APPEND = """
CREATE OR REPLACE FUNCTION ww_append_only() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN RAISE EXCEPTION 'wardwright: % is append-only', TG_TABLE_NAME; END $body$
"""

_NO_TRUNCATE = """
CREATE OR REPLACE FUNCTION ww_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN RAISE EXCEPTION 'wardwright: % is audited and cannot be emptied', TG_TABLE_NAME; END $body$
"""


def _postgresql(models: list[type[Model]]) -> list[str]:
    statements = [_APPEND, _NO_TRUNCATE]

    def put(name: str, table: str, when: str, action: str) -> None:
        statements.append(f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"')
        statements.append(f'CREATE TRIGGER "{name}" {when} ON "{table}" {action}')

    for model in models:
        table = model._meta.db_table
        statements.append(_capture(model))
        capture = f'FOR EACH ROW EXECUTE FUNCTION "{_function(table)}"()'
        put("ww_audit", table, "AFTER INSERT OR UPDATE OR DELETE", capture)
        put("ww_no_truncate", table, "BEFORE TRUNCATE", "FOR EACH STATEMENT EXECUTE FUNCTION ww_no_truncate()")
    for table in APPEND_ONLY:
        put("ww_append", table, "BEFORE UPDATE OR DELETE", "FOR EACH ROW EXECUTE FUNCTION ww_append_only()")
        put("ww_no_truncate", table, "BEFORE TRUNCATE", "FOR EACH STATEMENT EXECUTE FUNCTION ww_no_truncate()")
    return statements


def _function(table: str) -> str:
    """The name of a table's own function, within PostgreSQL's 63 characters."""
    return f"ww_audit_{table}"[:63]


def _capture(model: type[Model]) -> str:
    """The function that records the changes of one table."""
    subject = getattr(model, "audit_subject", None)
    columns = [field.column for field in audited_fields(model)]

    def row_json(row: str) -> str:
        if not hidden_columns(model):
            return f"row_to_json({row})::text"
        kept = ", ".join(f'{row}."{column}"' for column in columns)
        return f"(SELECT row_to_json(kept_row)::text FROM (SELECT {kept}) kept_row)"

    return _CAPTURE.format(
        function=f'"{_function(model._meta.db_table)}"',
        new_row=row_json("NEW"),
        old_row=row_json("OLD"),
        new_subject=f'NEW."{subject}"' if subject else "NULL",
        old_subject=f'OLD."{subject}"' if subject else "NULL",
        differences="".join(_DIFFERENCE.format(column=f'"{column}"', name=column) for column in columns),
    )
