"""A step without a deadline of its own is due when the promise is."""

from typing import Any

from django.db import migrations, models
from django.db.models import F


def owe(apps: Any, _schema_editor: Any) -> None:
    running = apps.get_model("services", "Case").objects.filter(phase__in=("open", "waiting"))
    running.filter(due_at=None).update(due_at=F("promised_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0005_unit_calendars"),
        ("services", "0006_closing_papers"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("phase", "open")), fields=["promised_at"], name="case_broken"
            ),
        ),
        migrations.RunPython(owe, migrations.RunPython.noop),
    ]
