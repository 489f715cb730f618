"""Which of the room's records can be joined with those of others, and who may say so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Count, Q

from diwan.councils.constants import ACTION, MEETING, RESOLUTION
from diwan.councils.models import Action, Meeting, Resolution
from diwan.councils.policies import ACTIONS, MEETINGS, RESOLUTIONS
from diwan.councils.rules.life import SETTLED, Right
from diwan.kernel import links
from diwan.kernel.errors import Forbidden, NotFound
from diwan.kernel.exchange import Ref
from diwan.kernel.links import Linkable, declare_linkable
from diwan.kernel.policies import Actor, Policy, Through


def _runs(policy: Policy[Any], rows: Callable[[], models.QuerySet[Any]]) -> Any:
    """Who runs the body of a record may join it with others."""

    def require(pk: UUID, actor: Actor) -> Through:
        return policy.require(actor, Right.RUN.value, _one(rows(), pk))

    return require


def _one(rows: models.QuerySet[Any], pk: UUID) -> Any:
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def write_action(pk: UUID, actor: Actor) -> Through:
    """Who works on an action may say what it is joined with, and who runs it."""
    action = _one(Action.objects.all(), pk)
    try:
        return ACTIONS.require(actor, Right.WORK.value, action)
    except Forbidden:
        return ACTIONS.require(actor, Right.RUN.value, action)


def closed_actions(ids: Sequence[UUID]) -> set[UUID]:
    """Actions that were done and judged so."""
    rows = Action.objects.filter(pk__in=ids, state=Action.State.CLOSED)
    return set(rows.values_list("pk", flat=True))


def settled_resolutions(ids: Sequence[UUID]) -> set[UUID]:
    """Resolutions that ask for something, all of which is settled: actions, and what is linked.

    Of a resolution that carries out another its own actions count alone: it goes no deeper.
    """
    carriers = links.sources_of(RESOLUTION, links.Verb.CARRIES_OUT, ids)
    every = [ref for refs in carriers.values() for ref in refs]
    done = links.settled_of(ref for ref in every if ref.kind != RESOLUTION)
    others = [ref.id for ref in every if ref.kind == RESOLUTION]
    own = _by_actions([*ids, *others])
    done |= {Ref(RESOLUTION, pk): own.get(pk, False) for pk in others}
    told = {pk: [done[ref] for ref in carriers.get(pk, ()) if ref in done] for pk in ids}
    return {pk for pk in ids if (pk in own or told[pk]) and own.get(pk, True) and all(told[pk])}


def _by_actions(ids: Sequence[UUID]) -> dict[UUID, bool]:
    """Of the resolutions that have actions, whether all of them are settled."""
    owed = Count("pk", filter=~Q(state__in=[state.value for state in SETTLED]))
    rows = Action.objects.filter(resolution__in=ids, parent=None).order_by()
    return {pk: not n for pk, n in rows.values_list("resolution").annotate(owed=owed)}


def held_meetings(ids: Sequence[UUID]) -> set[UUID]:
    """Meetings that were held."""
    rows = Meeting.objects.filter(pk__in=ids, state=Meeting.State.HELD)
    return set(rows.values_list("pk", flat=True))


def declare_linkables() -> None:
    """Declare them."""
    run_resolution = _runs(RESOLUTIONS, Resolution.objects.all)
    run_meeting = _runs(MEETINGS, Meeting.objects.all)
    declare_linkable(Linkable(ACTION, write_action, closed_actions))
    declare_linkable(Linkable(RESOLUTION, run_resolution, settled_resolutions))
    declare_linkable(Linkable(MEETING, run_meeting, held_meetings))
