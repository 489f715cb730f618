"""What is late enough to go up the tree of posts, what went up already, and who stands above."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import DateTimeField, Exists, F, OuterRef, QuerySet, UUIDField, Value
from django.db.models.functions import Cast

from diwan.councils.models import Action, Bylaws, Escalation
from diwan.councils.rules.escalation import late_enough
from diwan.councils.rules.life import OWED
from diwan.directory.public import Post, heads_above, post_cards
from diwan.kernel.countries import country as country_of
from diwan.kernel.working import today_in, work_calendar

from .binding import not_binding


@dataclass(frozen=True)
class Rule:
    """The rule of some bodies of a country on a day; `late_enough` as in `rules.escalation`."""

    country: str
    after: int
    levels: int
    today: date
    late_enough: date

    @property
    def since(self) -> datetime:
        """Who was asked from this instant on still has days of the rule."""
        zone = ZoneInfo(country_of(self.country).timezone)
        return datetime.combine(self.late_enough + timedelta(days=1), time(), zone)


def rules_of(country: str, at: datetime) -> Iterator[Rule]:
    """The different rules that bodies of a country have written, as they hold at an instant."""
    today, work = today_in(country, at), work_calendar(country)
    written = Bylaws.objects.filter(
        body__unit__country=country, escalate_after__gt=0, escalate_levels__gt=0
    )
    columns = written.order_by("escalate_after", "escalate_levels")
    for after, levels in columns.values_list("escalate_after", "escalate_levels").distinct():
        yield Rule(country, after, levels, today, late_enough(today, after, work))


def late_by_rule(rule: Rule) -> QuerySet[Action]:
    """Owed actions that may go up today: late enough, and nobody got or was asked it too lately."""
    bodies = Bylaws.objects.filter(
        body__unit__country=rule.country,
        escalate_after=rule.after,
        escalate_levels=rule.levels,
    )
    told = Escalation.objects.filter(
        action=OuterRef("pk"), due=OuterRef("due"), at__gte=OuterRef("arrived_at")
    )
    return Action.objects.filter(
        ~not_binding(rule.today, "resolution_id"),
        ~Exists(told.filter(level__gte=rule.levels)),
        ~Exists(told.filter(at__gte=rule.since)),
        state__in=OWED,
        due__lte=rule.late_enough,
        arrived_at__lt=rule.since,
        owner__isnull=False,
        resolution__body__in=bodies.values("body"),
    )


def told_of(actions: Iterable[Action]) -> dict[UUID, list[Escalation]]:
    """To whom each went up of the owner and the date that it has now, the lowest level first."""
    known = {action.pk: action for action in actions}
    found: dict[UUID, list[Escalation]] = {pk: [] for pk in known}
    rows = Escalation.objects.filter(action__in=list(known)).order_by("level", "at")
    for row in rows:
        action = known[row.action_id]
        if row.due == action.due and row.at >= action.arrived_at:
            found[row.action_id].append(row)
    return found


def chain_above(owner: Post, at: datetime) -> list[UUID]:
    """The held posts of heads above a post, one a unit, the nearest first.

    A head's own unit is not above it; a post that nobody holds is passed over.
    """
    heads = heads_above(owner.unit_id, at, country=owner.unit.country)
    cards = post_cards(heads, at)
    passed = {owner.unit_id} if owner.pk in heads else set()
    chain = []
    for pk in heads:
        card = cards[pk]
        if card.holders and card.unit_id not in passed and pk != owner.pk:
            chain.append(pk)
            passed.add(card.unit_id)
    return chain


def came_up_to(post_ids: Iterable[UUID]) -> QuerySet[Action]:
    """Owed actions that went up to some posts: `up_to` which, `up_at` when; one row for each."""
    rows = Action.objects.filter(
        escalations__post__in=list(post_ids), escalations__ended_at__isnull=True, state__in=OWED
    )
    return rows.annotate(up_to=F("escalations__post"), up_at=F("escalations__at"))


def up_now(action: str) -> QuerySet[Escalation]:
    """What went up of the action at the way `action`, and has not come down: for a subquery."""
    return Escalation.objects.filter(action=OuterRef(action), ended_at__isnull=True)


def nobodys(actions: QuerySet[Action]) -> QuerySet[Action]:
    """Actions as such, with the columns of `came_up_to` empty: to be joined with those."""
    return actions.annotate(
        up_to=Cast(Value(None), UUIDField()), up_at=Cast(Value(None), DateTimeField())
    )
