"""Names and texts apart in the index, so that names are found quickly among a million texts.

What is asked for among names never goes through the texts' lists, and short beginnings of words
have lists of their own. A later migration that remakes `kernel_searchrecord` on SQLite must make
the triggers again (`make`).
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

PREFIXES = {"names": "2 3 4 5 6 8", "texts": "2 3 4 5"}
ADDED = """INSERT INTO {table} (rowid, terms)
    SELECT new.id, new.terms WHERE new.tier = '{tier}';"""
REMOVED = """INSERT INTO {table} ({table}, rowid, terms)
    SELECT 'delete', old.id, old.terms WHERE old.tier = '{tier}';"""
FILLED = """INSERT INTO {table} (rowid, terms)
    SELECT id, terms FROM kernel_searchrecord WHERE tier = '{tier}'"""


def sqlite() -> list[str]:
    statements = [
        *(f"DROP TRIGGER kernel_search_{name}" for name in ("added", "removed", "changed")),
        "DROP TABLE kernel_searchfts",
    ]
    added, removed = [], []
    for tier, prefixes in PREFIXES.items():
        table = f"kernel_search{tier}"
        statements.append(
            f"""CREATE VIRTUAL TABLE {table} USING fts5(
                terms, content='', columnsize=0, detail='none', prefix='{prefixes}',
                tokenize="ascii tokenchars '_^=#'"
            )"""
        )
        names = {"table": table, "tier": tier[0]}
        added.append(ADDED.format(**names))
        removed.append(REMOVED.format(**names))
        statements.append(FILLED.format(**names))
    for name, when, what in (
        ("added", "INSERT", added),
        ("removed", "DELETE", removed),
        ("changed", "UPDATE", removed + added),
    ):
        statements.append(
            f"""CREATE TRIGGER kernel_search_{name} AFTER {when} ON kernel_searchrecord
            BEGIN {" ".join(what)} END"""
        )
    return statements


POSTGRESQL = (
    "DROP INDEX kernel_search_words",
    "DROP INDEX kernel_search_newest",
    "CREATE INDEX kernel_search_names ON kernel_searchrecord USING gin (words) WHERE tier = 'n'",
    "CREATE INDEX kernel_search_texts ON kernel_searchrecord USING gin (words) WHERE tier = 't'",
    "CREATE INDEX kernel_search_closed ON kernel_searchrecord USING gin (words) WHERE reach = 'x'",
    "CREATE INDEX kernel_search_newest ON kernel_searchrecord (tier, id)",
    "CREATE INDEX kernel_search_newest_closed ON kernel_searchrecord (tier, id) WHERE reach = 'x'",
)


def make(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else sqlite():
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0007_files_as_given"),
    ]

    operations = [
        migrations.RunPython(make),
    ]
