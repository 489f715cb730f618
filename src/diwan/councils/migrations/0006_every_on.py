"""The day on which a recurring body meets."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("councils", "0005_owed")]

    operations = [
        migrations.AddField(
            model_name="body",
            name="every_on",
            field=models.CharField(blank=True, default="", max_length=20),
            preserve_default=False,
        ),
    ]
