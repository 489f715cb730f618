"""The one index. Each database holds the words in its own kind of index over the same terms.

Made here because Django knows neither: an FTS5 table kept by triggers on SQLite, a generated
column with a GIN index on PostgreSQL. A later migration that remakes `kernel_searchrecord` on
SQLite must make the triggers again (`make`). Nothing is filled here: the first minute tick does.
"""

import django.utils.timezone
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQLITE = (
    # Only which record holds which word is kept (`detail`, `content`): it is all that is asked.
    """CREATE VIRTUAL TABLE kernel_searchfts USING fts5(
        terms, content='', columnsize=0, detail='none', prefix='2 3 4',
        tokenize="ascii tokenchars '_^=#'"
    )""",
    """CREATE TRIGGER kernel_search_added AFTER INSERT ON kernel_searchrecord BEGIN
        INSERT INTO kernel_searchfts (rowid, terms) VALUES (new.id, new.terms);
    END""",
    """CREATE TRIGGER kernel_search_removed AFTER DELETE ON kernel_searchrecord BEGIN
        INSERT INTO kernel_searchfts (kernel_searchfts, rowid, terms)
        VALUES ('delete', old.id, old.terms);
    END""",
    """CREATE TRIGGER kernel_search_changed AFTER UPDATE OF id, terms ON kernel_searchrecord BEGIN
        INSERT INTO kernel_searchfts (kernel_searchfts, rowid, terms)
        VALUES ('delete', old.id, old.terms);
        INSERT INTO kernel_searchfts (rowid, terms) VALUES (new.id, new.terms);
    END""",
)
POSTGRESQL = (
    """ALTER TABLE kernel_searchrecord ADD COLUMN words tsvector
        GENERATED ALWAYS AS (array_to_tsvector(string_to_array(terms, ' '))) STORED""",
    "CREATE INDEX kernel_search_words ON kernel_searchrecord USING gin (words)",
    "CREATE INDEX kernel_search_newest ON kernel_searchrecord (tier, id)",
)


def make(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement, params=None)


def unmake(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor != "postgresql":
        editor.execute("DROP TABLE kernel_searchfts")


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0004_once"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchBuild",
            fields=[
                ("version", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("kind", models.CharField(blank=True, max_length=60)),
                ("after", models.UUIDField(null=True)),
                ("begun_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("done_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SearchStale",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=60)),
                ("ref_id", models.UUIDField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="SearchRecord",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=60)),
                ("ref_id", models.UUIDField()),
                ("tier", models.CharField(max_length=1)),
                ("reach", models.CharField(max_length=8)),
                ("number", models.CharField(blank=True, max_length=60)),
                ("titles", models.TextField(blank=True)),
                ("terms", models.TextField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "ref_id"), name="search_record_once")
                ],
            },
        ),
        migrations.RunPython(make, unmake),
    ]
