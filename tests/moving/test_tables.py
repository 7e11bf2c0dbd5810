"""A new house's tables come from the models at once; the migrations, one after the other, lead to the same."""

import json
import re

from .houses import new_house

MIGRATED = "import django; django.setup(); from django.core.management import call_command; call_command('migrate')"
TABLES = """
import json
import django; django.setup()
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
found = {}
def kind(code):
    if not isinstance(code, int) or code < 16384:
        return str(code)
    cursor.execute("SELECT format_type(%s, NULL)", [code])  # made in this database: its number is of this one only
    return cursor.fetchone()[0]
with connection.cursor() as cursor:
    look = connection.introspection
    for table in look.table_names(cursor):
        if table.startswith("auth_"):  # Django's groups, which nobody uses here
            continue
        columns = {
            one.name: [kind(one.type_code), one.display_size, one.null_ok, one.default, one.collation]
            for one in look.get_table_description(cursor, table)
        }
        rules = sorted(json.dumps(about, sort_keys=True) for about in look.get_constraints(cursor, table).values())
        found[table] = [columns, look.get_primary_key_columns(cursor, table), rules]
    if connection.vendor == "sqlite":
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type != 'table'")
    else:
        cursor.execute(
            "SELECT conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace AND contype != 'n'"
            " UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
            " UNION ALL SELECT tgrelid::regclass || ' ' || tgname, pg_get_triggerdef(oid) FROM pg_trigger"
            " WHERE NOT tgisinternal"
        )
    found["also"] = dict(cursor.fetchall())
found["applied"] = sorted(map(list, MigrationRecorder(connection).applied_migrations()))
print(json.dumps(found, sort_keys=True))
"""


def tables_of(house):
    done = house.python("-c", TABLES)
    assert done.returncode == 0, done.stderr
    # A column whose type was once changed: PostgreSQL writes the same condition in another way.
    return json.loads(re.sub(r"\('(\w+)'::character varying\)::text", r"'\1'::text", done.stdout))


def test_a_new_house_has_the_tables_that_the_migrations_make(tmp_path):
    new, migrated = new_house(tmp_path / "new"), new_house(tmp_path / "migrated")
    new.must("init")
    migrated.home.mkdir()
    done = migrated.python("-c", MIGRATED)
    assert done.returncode == 0, done.stderr
    ours, theirs = tables_of(new), tables_of(migrated)
    assert ours.keys() == theirs.keys()
    assert ours["also"].items() ^ theirs["also"].items() == set()
    assert [name for name, about in ours.items() if about != theirs[name]] == []
    assert len(ours["applied"]) > 60
