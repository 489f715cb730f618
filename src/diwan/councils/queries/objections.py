"""What was objected to a resolution, who may still object, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from diwan.councils.models import Objection, Resolution
from diwan.councils.policies import OBJECTIONS
from diwan.councils.rules.objections import Binding, Outcome, binds_since, may_object, state_of
from diwan.directory.public import PostCard, authority_of, post_cards
from diwan.kernel.countries import country
from diwan.kernel.policies import Actor
from diwan.kernel.working import today_in


@dataclass(frozen=True)
class Bindingness:
    """How a resolution with days for objections stands for an actor.

    `since` is the day from which it binds, where it does. `free` are the posts for which the actor
    may object now; `answers`: the actor answers for the body. `posts` has all cards.
    """

    state: Binding
    binding_date: date
    since: date | None
    objections: Sequence[Objection]
    posts: Mapping[UUID, PostCard]
    free: Sequence[UUID]
    answers: bool


def bindingness_of(actor: Actor, resolution: Resolution) -> Bindingness | None:
    """How it stands, None where nobody may ever object; `resolution` with its body and unit."""
    if resolution.binding_date is None or resolution.state != Resolution.State.ADOPTED:
        return None
    found = list(resolution.objections.order_by("filed_at", "pk"))
    outcomes = [Outcome(row.outcome) for row in found]
    today = today_in(resolution.body.unit.country, actor.at)
    state = state_of(resolution.binding_date, outcomes, today)
    answers = OBJECTIONS.may(actor, "answer", resolution)
    free: list[UUID] = []
    if may_object(resolution.binding_date, outcomes, today):
        said = {row.post_id for row in found}
        free = [pk for pk in posts_free_to(actor, resolution, answers=answers) if pk not in said]
    return Bindingness(
        state=state,
        binding_date=resolution.binding_date,
        since=_since(resolution, found) if state is Binding.BINDS else None,
        objections=found,
        posts=post_cards({*free, *(row.post_id for row in found)}, actor.at),
        free=free,
        answers=answers,
    )


def posts_free_to(actor: Actor, resolution: Resolution, *, answers: bool) -> list[UUID]:
    """The posts for which an actor may object: one's own; for who answers, all that may."""
    posts = objectors_of(resolution)
    if answers:
        return posts
    own = set(authority_of(actor).post_ids)
    return [pk for pk in posts if pk in own]


def objectors_of(resolution: Resolution) -> list[UUID]:
    """The posts that may object to a resolution since its adoption, in a lasting order."""
    return sorted(resolution.objectors.values_list("pk", flat=True))


def _since(resolution: Resolution, found: Sequence[Objection]) -> date:
    assert resolution.binding_date is not None  # noqa: S101 - asked by the caller
    zone = ZoneInfo(country(resolution.body.unit.country).timezone)
    answered = [_day(row.answered_at, zone) for row in found if row.answered_at is not None]
    return binds_since(resolution.binding_date, answered)


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
