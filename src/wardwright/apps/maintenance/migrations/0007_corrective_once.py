from django.db import migrations, models


class Migration(migrations.Migration):
    """On PostgreSQL an earlier change of ``parent`` took this unique index with it: Django 5.2 drops every index of a
    column that loses its own and spares only those of ``Meta.indexes``."""

    dependencies = [("maintenance", "0006_planned_on")]

    operations = [
        migrations.RemoveConstraint(model_name="workorder", name="maintenance_corrective_once"),
        migrations.AddConstraint(
            model_name="workorder",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "corrective"), ("parent__isnull", False)),
                fields=("parent",),
                name="maintenance_corrective_once",
            ),
        ),
    ]
