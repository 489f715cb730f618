"""Parts are found by their whole; an index of all that has none misled SQLite's planner."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [("councils", "0002_indexes")]

    operations = [
        migrations.AlterField(
            model_name="action",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="children",
                to="councils.action",
            ),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(
                condition=models.Q(("parent__isnull", False)),
                fields=["parent"],
                name="action_by_parent",
            ),
        ),
    ]
