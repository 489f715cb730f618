"""Keeping `UnitPath`, the tree worked out, in step with the versions now believed.

Every action that writes unit versions ends with `rebuild_paths`, inside its transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from diwan.directory.models import Register, UnitPath, UnitVersion
from diwan.directory.queries.names import shown_day, shown_names
from diwan.directory.rules import tree
from diwan.kernel.errors import Refused

CHUNK = 500
ALL_AT_ONCE = 2000  # from so many units on, reading the whole tree is cheaper than asking for parts


@transaction.atomic
def rebuild_paths(unit_ids: Iterable[UUID]) -> None:
    """Work out anew the paths of these units and of everything ever below them.

    Raises Refused, naming units and day, where units would stand under one another.
    """
    wanted = set(unit_ids)
    lock_trees()
    edges = edges_around(wanted)
    below = wanted | _ever_below(edges, wanted)
    below |= set(_chunked_ids(UnitPath.objects.all(), "ancestor_id", wanted, "descendant_id"))
    try:
        paths = tree.paths_of(edges, sorted(below))
    except tree.CycleError as error:
        raise Refused(cycle_sentence(error), field="parent") from error
    for part in chunks(sorted(below), CHUNK):
        UnitPath.objects.filter(descendant_id__in=part).delete()
    UnitPath.objects.bulk_create(
        [
            UnitPath(
                ancestor_id=p.ancestor,
                descendant_id=p.descendant,
                depth=p.depth,
                since=p.since,
                until=p.until,
            )
            for p in paths
        ],
        batch_size=CHUNK,
    )


def lock_trees() -> None:
    """Let changes of the tree come one after another until the transaction ends.

    Two moves at once could each be sound and together a cycle. SQLite has but one writer anyway.
    """
    list(Register.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def cycle_sentence(error: tree.CycleError) -> str:
    """Which units would stand under one another, and from which day."""
    names = shown_names(error.units, error.day)
    return _(
        "On %(day)s these units would stand under one another: %(names)s. "
        "Choose a parent that does not stand below the unit."
    ) % {"day": shown_day(error.day), "names": " ← ".join(names)}


def edges_around(unit_ids: Iterable[UUID]) -> dict[UUID, list[tree.Edge]]:
    """Edges of the units, of all that ever stood below them, and of all ever above those."""
    start = set(unit_ids)
    if len(start) >= ALL_AT_ONCE:
        return tree.by_unit(_edges(UnitVersion.objects.known()))
    below = _closure(start, parents=False)
    whole = _closure(below, parents=True)
    known = UnitVersion.objects.known()
    rows = [e for part in chunks(whole, CHUNK) for e in _edges(known.filter(unit_id__in=part))]
    return tree.by_unit(rows)


def _closure(start: set[UUID], *, parents: bool) -> set[UUID]:
    """All units ever above (`parents`) or below `start`, itself included, level by level."""
    ask, give = ("unit_id", "parent_id") if parents else ("parent_id", "unit_id")
    found, level = set(start), set(start)
    while level:
        given = _chunked_ids(UnitVersion.objects.known(), ask, level, give)
        level = set(given) - found
        found |= level
    return found


def _ever_below(edges: dict[UUID, list[tree.Edge]], start: set[UUID]) -> set[UUID]:
    children: dict[UUID, set[UUID]] = {}
    for rows in edges.values():
        for edge in rows:
            if edge.parent is not None:
                children.setdefault(edge.parent, set()).add(edge.unit)
    found: set[UUID] = set()
    level = set(start)
    while level:
        level = {unit for parent in level for unit in children.get(parent, ())} - found
        found |= level
    return found


def _chunked_ids(queryset: Any, ask: str, ids: Iterable[UUID], give: str) -> list[UUID]:
    found: list[UUID] = []
    for part in chunks(ids, CHUNK):
        rows = queryset.filter(Q(**{f"{ask}__in": part}))
        found += [value for value in rows.values_list(give, flat=True) if value is not None]
    return found


def _edges(rows: Any) -> list[tree.Edge]:
    values = rows.values_list("unit_id", "parent_id", "since", "until")
    return [
        tree.Edge(unit, parent, since or date.min, until or date.max)
        for unit, parent, since, until in values
    ]


def chunks(ids: Iterable[UUID], size: int) -> Iterable[Sequence[UUID]]:
    """Parts of at most `size`, since databases take only so many parameters."""
    iterator = iter(ids)
    while part := list(islice(iterator, size)):
        yield part
