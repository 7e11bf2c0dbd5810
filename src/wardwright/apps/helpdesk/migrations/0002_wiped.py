from django.db import migrations


class Migration(migrations.Migration):
    """A column called ``clean`` hid the method of that name that every model has."""

    dependencies = [("helpdesk", "0001_initial")]

    operations = [migrations.RenameField(model_name="request", old_name="clean", new_name="wiped")]
