"""Small attachments of a notice."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0008_search_in_tiers")]

    operations = [
        migrations.AddField(
            model_name="notice", name="files", field=models.JSONField(default=list)
        ),
    ]
