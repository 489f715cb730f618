"""Rounds of invitations, and how long before a meeting they go out."""

import django.db.models.deletion
from django.db import migrations, models

import diwan.kernel.ids


class Migration(migrations.Migration):
    dependencies = [("councils", "0006_every_on")]

    operations = [
        migrations.AddField(
            model_name="body",
            name="notice_hours",
            field=models.PositiveSmallIntegerField(default=72),
        ),
        migrations.AddConstraint(
            model_name="body",
            constraint=models.CheckConstraint(
                condition=models.Q(("notice_hours__lte", 1440)),
                name="body_notice_within_two_months",
            ),
        ),
        migrations.CreateModel(
            name="Invitation",
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
                ("number", models.PositiveSmallIntegerField()),
                (
                    "method",
                    models.CharField(
                        choices=[("REQUEST", "invitation"), ("CANCEL", "cancellation")],
                        default="REQUEST",
                        max_length=7,
                    ),
                ),
                ("told", models.JSONField(default=dict)),
                ("people", models.PositiveIntegerField(default=0)),
                ("at", models.DateTimeField()),
                ("by", models.UUIDField(null=True)),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="councils.meeting",
                    ),
                ),
            ],
            options={
                "ordering": ["meeting", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("meeting", "number"), name="invitation_number_once"
                    )
                ],
            },
        ),
    ]
