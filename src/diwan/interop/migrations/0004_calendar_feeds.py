"""Secret addresses under which calendars read meetings."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import diwan.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("councils", "0006_every_on"),
        ("interop", "0003_webhooks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=diwan.kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("token", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("renewed_at", models.DateTimeField()),
                (
                    "body",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="councils.body",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("body__isnull", False)),
                        fields=("user", "body"),
                        name="one_feed_of_a_body",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("body__isnull", True)),
                        fields=("user",),
                        name="one_feed_of_all",
                    ),
                ],
            },
        ),
    ]
