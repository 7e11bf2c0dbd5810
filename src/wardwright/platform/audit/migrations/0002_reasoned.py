from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="auditchange",
            index=models.Index(
                fields=["-id"], name="audit_change_reasoned", condition=models.Q(("reason", ""), _negated=True)
            ),
        ),
    ]
