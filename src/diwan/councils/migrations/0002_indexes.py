"""Indexes for half a million actions: what waits for a word, requests by state, meetings by day."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def undated_last(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """PostgreSQL reads the latest first and undated ones last only from an index in that order.

    SQLite reads the plain one backwards, and cannot make this one.
    """
    if editor.connection.vendor == "postgresql":
        editor.execute(
            "CREATE INDEX meeting_latest_first ON councils_meeting (date DESC NULLS LAST)"
        )


def drop_undated_last(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take it back."""
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX meeting_latest_first")


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [("councils", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="action",
            index=models.Index(fields=["state", "resolution"], name="action_by_standing"),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(
                condition=models.Q(("owner__isnull", True)),
                fields=["resolution"],
                name="action_unowned",
            ),
        ),
        migrations.AddIndex(
            model_name="daterequest",
            index=models.Index(fields=["state", "action"], name="date_request_by_state"),
        ),
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(fields=["date"], name="meeting_by_date"),
        ),
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(fields=["state", "date"], name="meeting_by_state"),
        ),
        migrations.RunPython(undated_last, drop_undated_last),
    ]
