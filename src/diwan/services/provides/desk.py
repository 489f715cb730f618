"""What cases put on desks: what a post owes, what its unit is asked, what is late below a head.

Nobody reads thousands of cards: of a desk's cases the most urgent stand for themselves and the rest
as one; what is late below a head is one item a unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db.models import (
    Count,
    DateTimeField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    UUIDField,
    Value,
)
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from diwan.directory.public import (
    POST,
    UNIT,
    Role,
    authority_of,
    post_cards,
    unit_names,
)
from diwan.kernel.exchange import DeskItem, DeskQuestion, Ref, Waiting, declare_desk
from diwan.kernel.policies import ActorKind
from diwan.kernel.text import isolate
from diwan.kernel.working import today_in, work_calendar
from diwan.kernel.worktime import WorkCalendar
from diwan.services.constants import CASE, LANGUAGES
from diwan.services.models import Case, Inquiry
from diwan.services.policies import CASES, WORKING, apart_for
from diwan.services.queries.behind import Alone, late_and_alone, late_units
from diwan.services.queries.clocks import Clocks
from diwan.services.queries.definitions import definition_of
from diwan.services.queries.owing import without_holder_there
from diwan.services.rules.codes import first_signs, written_code
from diwan.ui.show import show_local, show_number

SHOWN = 20
"""So many cases of a desk stand each for itself."""
UNITS_SHOWN = 10
MOST = 1_000
"""Cases are counted no farther."""
REST = UUID(int=0)
WORK_ROLES = frozenset(str(role) for role in WORKING)


def declare_desks() -> None:
    """Declare what the room puts on desks."""
    declare_desk(cases_at_hand)
    declare_desk(late_below)
    declare_desk(vacant_below)


def cases_at_hand(question: DeskQuestion) -> Iterator[DeskItem]:
    """The cases that the asked posts owe, and those about which their units are asked.

    A post owes what it took, and what nobody took of a role of its own where it lies.
    """
    posts = working_posts(question)
    if not posts:
        return
    owed = _as_seen(question, Case.objects.filter(_owed(posts), phase=Case.Phase.OPEN))
    mine = _loaded(owed).order_by().annotate(**_NOT_ASKED)
    asked = _as_seen(question, _asked_about(posts))
    both = mine.union(_loaded(asked).order_by(), all=True)
    rows = list(both.order_by(F("due_at").asc(nulls_last=True), "id")[: SHOWN + 1])
    clocks = Clocks(rows, question.at)
    for case in rows[:SHOWN]:
        owner = _owner(case, posts)
        if vars(case)["asked_unit"] is not None:
            item = _asked_item(case, clocks, posts)
        elif owner is not None:
            item = _item(case, clocks, owner)
        else:
            continue
        yield item if question.actor.kind is ActorKind.USER else _as_kept(item, case)
    if len(rows) > SHOWN:
        count = owed.order_by()[: MOST + SHOWN].count() - SHOWN
        yield replace(_the_rest(max(1, count), posts), readable=_own(question))


def _as_seen(question: DeskQuestion, rows: QuerySet[Case]) -> QuerySet[Case]:
    """What own posts owe one sees, but complaints about it; of what others owe, what one may."""
    if _own(question):
        return rows.filter(apart_for(question.actor))
    return CASES.which(question.actor, "see", rows)


def _own(question: DeskQuestion) -> bool:
    return question.post_ids <= frozenset(authority_of(question.actor).post_ids)


_NOT_ASKED = {
    "asked_unit": Cast(Value(None), UUIDField()),
    "asked_due": Cast(Value(None), DateTimeField()),
    "asked_at": Cast(Value(None), DateTimeField()),
}


def _asked_about(posts: Iterable[Working]) -> QuerySet[Case]:
    """The cases about which the units of these posts are asked, with what is asked first."""
    asked = Inquiry.objects.filter(
        unit__in={post.unit_id for post in posts},
        answered_at__isnull=True,
        withdrawn_at__isnull=True,
    ).order_by()
    first = asked.filter(case=OuterRef("pk")).order_by(F("due_at").asc(nulls_last=True), "pk")
    return Case.objects.filter(pk__in=asked.values("case_id")).annotate(
        asked_unit=Subquery(first.values("unit_id")[:1], output_field=UUIDField()),
        asked_due=Subquery(first.values("due_at")[:1]),
        asked_at=Subquery(first.values("asked_at")[:1]),
    )


def _asked_item(case: Case, clocks: Clocks, posts: Iterable[Working]) -> DeskItem:
    """What another unit asks of one of theirs."""
    told = vars(case)
    post = next(post for post in posts if post.unit_id == told["asked_unit"])
    due: datetime | None = told["asked_due"]
    url = reverse("services:case", args=[case.pk])
    return DeskItem(
        ref=Ref(CASE, case.pk),
        post_id=post.post_id,
        unit_id=post.unit_id,
        waiting=Waiting.DECIDE,
        title=_title(case),
        url=url,
        step=gettext_lazy("Answer what is asked"),
        step_url=url,
        source=isolate(first_signs(case.code)),
        state=gettext_lazy("another unit asks"),
        due=clocks.day(case, due) if due else None,
        late_days=_late_days(case, due, clocks),
        since_at=told["asked_at"],
        readable=True,
    )


def late_below(question: DeskQuestion) -> Iterator[DeskItem]:
    """What is late below a head, one item a unit; what posts owe that nobody holds, one a post."""
    heads, units = _headed(question)
    if not units:
        return
    authority = authority_of(question.actor)
    asked = (units, authority.day, question.at, UNITS_SHOWN + 1)
    rows, alone = late_and_alone(*asked) if question.under_ids else (late_units(*asked), [])
    work = work_calendar(authority.held[0].country)
    yield from (_alone(one, work) for one in alone)
    names = unit_names({row.unit_id for row in rows}, authority.day) if rows else {}
    for row in rows[:UNITS_SHOWN]:
        due = today_in(work.country, row.since_at)
        item = _look(row.unit_id, partial(_late_words, row.count), heads)
        yield replace(
            item,
            source=show_local(names.get(row.unit_id, {})),
            due=due,
            late_days=max(1, work.working_days_between(due, authority.day)),
            count=row.count,
        )
    if len(rows) > UNITS_SHOWN:
        yield _look(REST, lambda: _("Late cases in further units"), heads)


def _alone(one: Alone, work: WorkCalendar) -> DeskItem:
    """Cases of a post that nobody holds; in a head's desk they stand under that post."""
    due = today_in(work.country, one.due_at) if one.due_at else None
    item = _look(one.unit_id, partial(_vacant_words, one.count), {one.unit_id: one.post_id})
    url = f"{reverse('services:work')}?whose=below"
    return replace(
        item,
        ref=Ref(POST, one.post_id),
        url=url,
        step=gettext_lazy("See the work list"),
        step_url=url,
        state=gettext_lazy("vacant"),
        due=due,
        count=one.count,
    )


def vacant_below(question: DeskQuestion) -> Iterator[DeskItem]:
    """Cases of a head's own units that nobody can work on: no post with their role is held."""
    heads, _units = _headed(question)
    if not heads:
        return
    open_ = Case.objects.filter(
        at_unit__in=list(heads), phase=Case.Phase.OPEN, post__isnull=True
    ).order_by()
    counted = open_.values_list("at_unit_id", "role").annotate(count=Count("pk"))
    counts = {(unit_id, role): count for unit_id, role, count in counted}
    country = authority_of(question.actor).held[0].country
    nobodys = without_holder_there(counts, country, question.at) if counts else set()
    for unit_id in sorted({unit for unit, _role in nobodys}):
        count = sum(n for place, n in counts.items() if place in nobodys and place[0] == unit_id)
        item = _look(unit_id, partial(_vacant_words, count), heads)
        url = f"{reverse('services:work')}?whose=unit"
        yield replace(
            item,
            waiting=Waiting.VACANT,
            state=gettext_lazy("vacant"),
            step=gettext_lazy("See the work list"),
            url=url,
            step_url=url,
            count=count,
        )


@dataclass(frozen=True)
class Working:
    """A post that handles cases: where it stands, and for what."""

    post_id: UUID
    unit_id: UUID
    roles: frozenset[str]


def working_posts(question: DeskQuestion) -> list[Working]:
    """The asked posts that handle cases; one's own are known, others' are asked for once."""
    memo = question.actor.memo.setdefault("services.working_posts", {})
    key = (question.post_ids, question.at)
    if key not in memo:
        memo[key] = _found_posts(question)
    found: list[Working] = memo[key]
    return found


def _found_posts(question: DeskQuestion) -> list[Working]:
    held = {held.post_id: held for held in authority_of(question.actor).held}
    if question.post_ids <= set(held):
        found = [(held[pk].unit_id, pk, held[pk].roles) for pk in question.post_ids]
    else:
        cards = post_cards(question.post_ids, question.at).values()
        found = [(card.unit_id, card.post_id, card.roles) for card in cards if not card.ended]
    return [
        Working(post_id, unit_id, roles & WORK_ROLES)
        for unit_id, post_id, roles in sorted(found, key=lambda row: row[1])
        if roles & WORK_ROLES
    ]


def _owed(posts: Iterable[Working]) -> Q:
    units: dict[str, set[UUID]] = {}
    for post in posts:
        for role in post.roles:
            units.setdefault(role, set()).add(post.unit_id)
    owed = Q(post__in=[post.post_id for post in posts])
    for role, found in units.items():
        owed |= Q(post__isnull=True, role=role, at_unit__in=found)
    return owed


def _loaded(rows: QuerySet[Case]) -> QuerySet[Case]:
    return rows.select_related("service", "version").defer(
        "version__definition", "version__form", "version__xform"
    )


def _owner(case: Case, posts: Iterable[Working]) -> Working | None:
    """On whose desk it stands: the post that took it, else the first that may."""
    if case.post_id is not None:
        return next((post for post in posts if post.post_id == case.post_id), None)
    there = (post for post in posts if post.unit_id == case.at_unit_id)
    return next((post for post in there if case.role in post.roles), None)


def _item(case: Case, clocks: Clocks, owner: Working) -> DeskItem:
    url = reverse("services:case", args=[case.pk])
    state = definition_of(case.version).state(case.state)
    return DeskItem(
        ref=Ref(CASE, case.pk),
        post_id=owner.post_id,
        unit_id=case.at_unit_id,
        waiting=Waiting.DO,
        title=_title(case),
        url=url,
        step=gettext_lazy("Work on the case"),
        step_url=url,
        source=isolate(written_code(case.code)),
        state=show_local(state.name),
        due=clocks.day(case, case.due_at) if case.due_at else None,
        late_days=_late_days(case, case.due_at, clocks),
        since_at=case.state_since_at,
        readable=True,
    )


def _as_kept(item: DeskItem, case: Case) -> DeskItem:
    """As a sheet keeps it for ever: no word of the applicant's, and no code that opens the case."""
    return replace(item, title=case.service.name, source=isolate(first_signs(case.code)))


def _late_days(case: Case, due_at: datetime | None, clocks: Clocks) -> int:
    """Working days since it was due; at least one where its hour has passed."""
    if due_at is None or due_at >= clocks.at:
        return 0
    return max(1, -clocks.days_left(case, due_at))


def _title(case: Case) -> Mapping[str, str]:
    """The service, and what the workbook calls the case; never the applicant's name."""
    name: Mapping[str, str] = case.service.name
    if not case.title:
        return name
    return {language: f"{text} · {isolate(case.title)}" for language, text in name.items()}


def _the_rest(count: int, posts: Iterable[Working]) -> DeskItem:
    url = reverse("services:work")
    first = next(iter(posts))
    return DeskItem(
        ref=Ref(CASE, REST),
        post_id=first.post_id,
        unit_id=first.unit_id,
        waiting=Waiting.DO,
        title=_in_all_languages(lambda: _rest_words(count)),
        url=url,
        step=gettext_lazy("See the work list"),
        step_url=url,
        count=count,
    )


def _rest_words(count: int) -> str:
    words = ngettext("%(n)s more case", "%(n)s more cases", count)
    return words % {"n": show_number(count)}


def _headed(question: DeskQuestion) -> tuple[Mapping[UUID, UUID], set[UUID]]:
    """The units that are asked about as a head's: of asked posts that are one, or named."""
    authority = authority_of(question.actor)
    heads = {
        held.unit_id: held.post_id
        for held in authority.held
        if Role.HEAD in held.roles and held.post_id in question.post_ids
    }
    named = question.under_ids | question.unit_ids
    seen = {pk for pk in named if pk in authority.units(Role.HEAD)}
    others = named - seen
    if others and authority.units(Role.HEAD):
        reached = authority.below(Role.HEAD).filter(descendant_id__in=others)
        seen |= {row["descendant_id"] for row in reached}
    return heads, {*heads, *seen}


def _look(unit_id: UUID, words: Callable[[], str], heads: Mapping[UUID, UUID]) -> DeskItem:
    """An item that stands for many cases of a unit."""
    url = reverse("services:late")
    return DeskItem(
        ref=Ref(UNIT, unit_id),
        post_id=heads.get(unit_id) or next(iter(heads.values()), None),
        unit_id=None if unit_id == REST else unit_id,
        waiting=Waiting.LOOK,
        title=_in_all_languages(words),
        url=url,
        step=gettext_lazy("See what is late"),
        step_url=url,
        state=gettext_lazy("late"),
        readable=True,
    )


def _vacant_words(count: int) -> str:
    words = ngettext(
        "%(n)s case for which nobody holds a post",
        "%(n)s cases for which nobody holds a post",
        count,
    )
    return words % {"n": show_number(count)}


def _late_words(count: int) -> str:
    return ngettext("%(n)s late case", "%(n)s late cases", count) % {"n": show_number(count)}


def _in_all_languages(make: Callable[[], str]) -> dict[str, str]:
    found = {}
    for language in LANGUAGES:
        with translation.override(language):
            found[language] = make()
    return found
