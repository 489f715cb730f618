from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("councils", "0012_resolution_objectors"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="escalation", name="escalation_once"),
        migrations.AddConstraint(
            model_name="escalation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("action", "due", "level"),
                name="escalation_open_once",
            ),
        ),
    ]
