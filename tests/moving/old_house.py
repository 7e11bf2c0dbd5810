"""Run in a process of its own: makes a house as version 0.1.0 had it, with its tables, triggers and some rows."""

import django

django.setup()

from django.db import connection  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402
from django.utils import timezone  # noqa: E402

from wardwright.platform.audit import triggers  # noqa: E402
from wardwright.platform.audit.operation import open_change  # noqa: E402
from wardwright.platform.audit.sealing import seal_pending  # noqa: E402
from wardwright.platform.core.change import System  # noqa: E402
from wardwright.platform.moving.canon import LEFT_OUT, carried  # noqa: E402

RELEASED = [
    ("access", "0002_grant_once"), ("assets", "0002_register_indexes"), ("attachments", "0001_initial"),
    ("audit", "0002_reasoned"), ("core", "0001_initial"), ("directory", "0003_room_once"), ("exchange", "0001_initial"),
    ("jobs", "0001_initial"), ("maintenance", "0003_rules_and_meters"), ("numbering", "0001_initial"),
    ("signatures", "0001_initial"), ("testing", "0001_initial"),
]  # fmt: skip

executor = MigrationExecutor(connection)
executor.migrate([node for node in executor.loader.graph.leaf_nodes() if node[0] in LEFT_OUT] + RELEASED)
executor.loader.build_graph()
apps = executor.loader.project_state(RELEASED).apps
now = {model._meta.db_table: model for model in triggers.audited_models()}
then = [model for model in carried(apps) if model._meta.db_table in now]
for model in then:
    for name in ("audit_subject", "audit_exclude"):
        setattr(model, name, getattr(now[model._meta.db_table], name, () if name == "audit_exclude" else None))
with connection.cursor() as cursor:
    for statement in triggers._postgresql(then) if connection.vendor == "postgresql" else triggers._sqlite(then):
        if "audit_key" not in statement:
            cursor.execute(statement)


def make(label, **values):
    model = apps.get_model(label)
    names = {field.name for field in model._meta.concrete_fields}
    moments = {name: timezone.now() for name in ("created_at", "updated_at", "reported_at") if name in names}
    return model.objects.create(**moments, **values)


with open_change("old.write", System("version 0.1.0")):
    site = make("directory.Site", code="OLD", name="Old hospital")
    maker = make("directory.Company", name="Old maker", key="old maker", is_maker=True)
    kind = make("assets.DeviceType", name="Old pump", key="old pump")
    model = make("assets.DeviceModel", maker=maker, name="P1", key="p1", device_type=kind)
    for number in range(3):
        asset = make(
            "assets.Asset", tag=f"OLD-{number}", site=site, device_type=kind, device_model=model,
            search_text=f"old {number} pump", usage_hours="12.5", external_ids={"cmms": number},
        )  # fmt: skip
    make("maintenance.WorkOrder", number="WO-1", kind="planned", title="Yearly", asset=asset, site=site)
seal_pending()
with open_change("old.write", System("version 0.1.0")):
    make("directory.Department", site=site, name="Not sealed yet")
