"""Which resolutions have something late is read from indexes alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [("councils", "0003_parts")]

    operations = [
        migrations.RemoveIndex(model_name="action", name="action_by_state"),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(fields=["state", "due", "resolution"], name="action_by_due"),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(fields=["resolution", "state", "due"], name="action_by_lateness"),
        ),
    ]
