"""What posts owe is counted, for the head above them, from an index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [("councils", "0004_lateness")]

    operations = [
        migrations.AddIndex(
            model_name="action",
            index=models.Index(
                fields=["state", "owner", "due", "register", "arrived_at"], name="action_owed"
            ),
        )
    ]
