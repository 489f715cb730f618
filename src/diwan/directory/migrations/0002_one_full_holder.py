"""PostgreSQL forbids two full holders of a post with one seat; SQLite leaves it to the action."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forbid_two(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    # A trusted extension since PostgreSQL 13: the database's owner may make it.
    schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    schema_editor.execute(
        "ALTER TABLE directory_holding ADD CONSTRAINT holding_one_full "
        "EXCLUDE USING gist (post_id WITH =, tstzrange(since_at, until_at) WITH &&) "
        "WHERE (kind = 'full' AND single AND superseded_at IS NULL)"
    )


def allow_two(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE directory_holding DROP CONSTRAINT holding_one_full")


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]

    operations = [migrations.RunPython(forbid_two, allow_two)]
