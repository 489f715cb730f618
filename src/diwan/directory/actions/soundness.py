"""The tree stays sound: nobody under themselves, nobody under a parent that is not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.utils.translation import gettext as _

from diwan.directory.queries.names import shown_day, shown_unit
from diwan.directory.rules import tree
from diwan.kernel.errors import Refused

from .tree import edges_around, lock_trees, rebuild_paths


@contextmanager
def keeping_sound(unit_ids: Iterable[UUID]) -> Iterator[None]:
    """Within the block versions of these units change; after it the paths are right again.

    Raises Refused where a unit would stand under itself, or under a parent that does not exist on
    some day. What was unsound before (an imported record may be) is not held against the change.
    """
    ids = set(unit_ids)
    lock_trees()
    before = _orphans(ids)
    yield
    try:
        new = _orphans(ids) - before
    except tree.OverlapError as error:
        raise Refused(
            _("On %(day)s this would be told twice of one unit. Choose another date.")
            % {"day": shown_day(error.day)},
            field="on",
        ) from error
    if new:
        orphan = min(new, key=lambda o: (o.day, o.unit.int))
        raise Refused(
            _(
                "On %(day)s “%(unit)s” would stand under “%(parent)s”, which does not exist then. "
                "Choose another date, or move the unit first."
            )
            % {
                "day": shown_day(orphan.day),
                "unit": shown_unit(orphan.unit, orphan.day),
                "parent": shown_unit(orphan.parent, orphan.day),
            },
            field="on",
        )
    rebuild_paths(ids)


def _orphans(ids: set[UUID]) -> set[tree.Orphan]:
    edges = edges_around(ids)
    return set(tree.orphans(edges, edges))
