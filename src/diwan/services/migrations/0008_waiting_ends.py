"""A case does not wait for its applicant for ever."""

from datetime import timedelta

from django.db import migrations, models
from django.utils import timezone

HALF_A_YEAR, MONTH, NOTICE = timedelta(days=180), timedelta(days=30), timedelta(days=14)


def give_time(apps, _schema_editor):
    """Whoever is waited for now has half a year from when they were asked, a month at least."""
    soon = timezone.now() + MONTH
    pauses = apps.get_model("services", "CasePause").objects.filter(until_at=None)
    for pause in pauses.only("since_at").iterator():
        pause.ends_at = max(pause.since_at + HALF_A_YEAR, soon)
        pause.remind_at = pause.ends_at - NOTICE
        pause.save(update_fields=["ends_at", "remind_at"])


class Migration(migrations.Migration):
    dependencies = [
        ("services", "0007_due_by_promise"),
    ]

    operations = [
        migrations.AddField(
            model_name="casepause",
            name="ends_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="casepause",
            name="remind_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="casepause",
            index=models.Index(
                condition=models.Q(("until_at__isnull", True)),
                fields=["remind_at"],
                name="pause_to_remind",
            ),
        ),
        migrations.AddIndex(
            model_name="casepause",
            index=models.Index(
                condition=models.Q(("until_at__isnull", True)),
                fields=["ends_at"],
                name="pause_to_end",
            ),
        ),
        migrations.RunPython(give_time, migrations.RunPython.noop),
    ]
