"""Opening a table to the public, and closing it again: an elevated administrator's word."""

from __future__ import annotations

from django.db import transaction

from diwan.interop.constants import OPEN_TABLE
from diwan.interop.models import OpenedTable
from diwan.interop.queries.tables import table_id
from diwan.kernel import audit
from diwan.kernel.errors import NotFound
from diwan.kernel.exchange import Ref, open_table
from diwan.kernel.policies import Actor, Through


@transaction.atomic
def open_to_public(actor: Actor, key: str) -> bool:
    """Let the public have the table; False if it could already. Raises NotFound."""
    _require(actor, key)
    _row, made = OpenedTable.objects.get_or_create(
        key=key, defaults={"opened_at": actor.at, "opened_by": actor.user_id}
    )
    if made:
        _record(actor, "open_table", key, [False, True])
    return made


@transaction.atomic
def close_to_public(actor: Actor, key: str) -> bool:
    """Take the table from the public; False if it was closed. Raises NotFound."""
    _require(actor, key)
    gone, _rows = OpenedTable.objects.filter(key=key).delete()
    if gone:
        _record(actor, "close_table", key, [True, False])
    return bool(gone)


def _require(actor: Actor, key: str) -> None:
    if not actor.elevated or open_table(key) is None:
        raise NotFound


def _record(actor: Actor, verb: str, key: str, change: list[bool]) -> None:
    through = Through(elevation_id=actor.elevation_id)
    changes: dict[str, list[object]] = {"key": [key, key], "opened": [*change]}
    audit.record(actor, verb, Ref(OPEN_TABLE, table_id(key)), changes=changes, through=through)
