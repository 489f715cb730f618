"""Rosters as lists to take along: who is entitled, and by which post or seat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from diwan.interop.queries.tables import line_of
from diwan.kernel import exchange
from diwan.kernel.errors import NotFound
from diwan.kernel.exchange import Entitled
from diwan.kernel.policies import Actor
from diwan.ui.show import show_local


def roster_of(actor: Actor, key: str, record_id: UUID) -> Sequence[Entitled]:
    """The people of a roster. Raises NotFound where it is not there or may not be seen."""
    found = exchange.roster(key)
    if found is None:
        raise NotFound
    return found.members(actor, record_id)


def csv_of_roster(people: Sequence[Entitled]) -> Iterator[str]:
    """The roster as CSV in the reader's language, a line at a time."""
    yield line_of([_("Name"), _("Post or seat"), _("Role")])
    for one in people:
        yield line_of([show_local(one.name), show_local(one.why), str(one.role)])
