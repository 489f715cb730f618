"""Late actions go up the tree of posts by the rule of their body, and come down again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from diwan.councils.constants import ACTION, ACTION_ESCALATED
from diwan.councils.models import Action, Escalation
from diwan.councils.queries.escalations import Rule, chain_above, late_by_rule, rules_of, told_of
from diwan.councils.rules.escalation import goes_up, next_post
from diwan.councils.rules.life import OWED, State
from diwan.directory.public import users_of_posts
from diwan.kernel import audit, notices
from diwan.kernel.countries import country as country_of
from diwan.kernel.errors import Forbidden
from diwan.kernel.exchange import Fact, Ref, publish
from diwan.kernel.policies import Actor

if TYPE_CHECKING:
    from .steps import Taken

CHUNK = 50
Chains = dict[UUID, list[UUID]]


def escalate(actor: Actor, country: str) -> int:
    """Take what is late enough in a country to the heads above; the system's alone.

    Each part is a transaction of its own, and what went up stays so: asked again on the same day
    it finds nothing. Returns how many actions went up.
    """
    if not actor.is_system:
        raise Forbidden
    count, chains = 0, Chains()
    for rule in rules_of(country, actor.at):
        ids = list(late_by_rule(rule).order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), CHUNK):
            count += _take_up(actor, rule, ids[start : start + CHUNK], chains)
    return count


@transaction.atomic
def _take_up(actor: Actor, rule: Rule, ids: Sequence[UUID], chains: Chains) -> int:
    rows = Action.objects.select_for_update(of=("self",)).filter(
        pk__in=ids, state__in=OWED, due__lte=rule.late_enough, owner__isnull=False
    )
    actions = {row.pk: row for row in rows.select_related("owner__unit", "resolution__body")}
    told = told_of(actions.values())
    made = [
        found
        for pk, action in actions.items()
        if (found := _next(actor, rule, action, told[pk], chains)) is not None
    ]
    Escalation.objects.bulk_create(made)
    entries = [
        (Ref(ACTION, one.action_id), {"escalated_to": [None, str(one.post_id)]}) for one in made
    ]
    if entries:
        audit.record_all(actor, "escalate", entries)
    _tell(actor, made)
    return len(made)


def _next(
    actor: Actor, rule: Rule, action: Action, told: Sequence[Escalation], chains: Chains
) -> Escalation | None:
    """The step up of one action today, None where there is none."""
    assert action.owner is not None  # noqa: S101 - asked for with an owner and a date
    assert action.due is not None  # noqa: S101
    # Whoever got it when it was late already has the days of the rule, too.
    level = goes_up(
        due=max(action.due, _day(action.arrived_at, rule)),
        last=max((_day(one.at, rule) for one in told), default=None),
        reached=max((one.level for one in told), default=0),
        levels=rule.levels,
        late_enough=rule.late_enough,
    )
    if level is None:
        return None
    if action.owner_id not in chains:
        chains[action.owner.pk] = chain_above(action.owner, actor.at)
    post_id = next_post(chains[action.owner.pk], {one.post_id for one in told})
    if post_id is None:
        return None
    return Escalation(action=action, level=level, due=action.due, post_id=post_id, at=actor.at)


def _day(at: datetime, rule: Rule) -> date:
    return at.astimezone(ZoneInfo(country_of(rule.country).timezone)).date()


def _tell(actor: Actor, made: Sequence[Escalation]) -> None:
    """The fact of each, and a notice to who holds the post asked."""
    users = users_of_posts((one.post_id for one in made), actor.at) if made else {}
    for one in made:
        ref = Ref(ACTION, one.action_id)
        data = {"level": one.level, "post": one.post_id}
        publish(Fact(ACTION_ESCALATED, ref, actor, actor.at, data))
        once, found = str(one.pk), users.get(one.post_id, [])
        notices.tell(ACTION_ESCALATED, found, ref, {}, once=once)


def follow(taken: Taken) -> None:
    """Keep what went up in step with the action: nobody has to look at what is not owed any more.

    What was sent back, still due on the same day, stands before them again. Another owner has
    other heads: it begins anew. Part of the calling step.
    """
    action = taken.action
    owed = State(action.state) in OWED
    if owed == (taken.before in OWED) and not {"due", "owner"} & taken.changes.keys():
        return
    rows = Escalation.objects.filter(action=action)
    if owed and action.due is not None:
        current = Q(due=action.due, at__gte=action.arrived_at)
        rows.filter(current, ended_at__isnull=False).update(ended_at=None)
        rows = rows.exclude(current)
    rows.filter(ended_at__isnull=True).update(ended_at=taken.actor.at)
