"""What councils puts on desks: duties of posts and units, and what waits for a secretary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from diwan.councils.constants import ACTION, BODY, MEETING
from diwan.councils.models import Action, Body, DateRequest, Meeting
from diwan.councils.policies import ACTIONS, day_of, served_ids
from diwan.councils.policies.reach import NOBODY, among, any_of
from diwan.councils.queries.bodies import by_rule, meeting_days
from diwan.councils.queries.escalations import came_up_to, nobodys
from diwan.councils.queries.lateness import Clock
from diwan.councils.queries.standing import own_bodies
from diwan.councils.queries.titles import in_languages, meeting_title, source_line
from diwan.councils.rules.life import OWED, SETTLED, State
from diwan.directory.public import Role, authority_of, below
from diwan.kernel.errors import Sentence
from diwan.kernel.exchange import DeskItem, DeskQuestion, Ref, Waiting
from diwan.kernel.policies import Actor
from diwan.kernel.text import isolate, local, to_digits

from .minutes import to_sign, with_signing

REST = UUID(int=0)  # names no action: the rest of them
SHOWN = 60
"""So many actions of one kind stand on a desk each for itself, the most urgent ones."""
PLAN_AHEAD = timedelta(days=30)
"""A secretary is reminded to plan so long before the rule's date."""


def duties(question: DeskQuestion) -> Iterator[DeskItem]:
    """What the posts owe, or all posts of the units; reported ones wait for the secretary.

    And what went up to the posts because its owner is late; what stands below units is there.
    """
    if not question.post_ids:
        if question.unit_ids or question.under_ids:
            yield from duty_items(owed_for(question), Clock(question.at))
        return
    owed = _loaded(nobodys(owed_for(question)))  # the columns stand in the same order
    risen = _loaded(_as_seen(question, came_up_to(question.post_ids)))
    both = owed.order_by().union(risen.order_by(), all=True)
    yield from _items(both.order_by("due", "arrived_at", "key"), Clock(question.at))


def word_items(question: DeskQuestion) -> Iterator[DeskItem]:
    """What waits for a secretary: to answer, to judge, to assign, to confirm, to hold, to plan."""
    if question.as_secretary and served_ids(question.actor):
        clock = Clock(question.at)
        yield from _for_a_word(question, clock)
        yield from _of_meetings(question, clock)
        yield from _to_plan(question, clock)


def owed_for(question: DeskQuestion) -> QuerySet[Action]:
    """The actions that a question asks for, as far as the actor may see them."""
    actor = question.actor
    under = below(question.under_ids, day_of(actor)) if question.under_ids else None
    owed = any_of(
        among("owner", question.post_ids),
        among("owner__unit", question.unit_ids),
        NOBODY if under is None else Q(owner__unit__in=under),
    )
    return _as_seen(question, Action.objects.filter(owed, state__in=OWED))


def _as_seen(question: DeskQuestion, rows: QuerySet[Action]) -> QuerySet[Action]:
    """What one owes oneself one sees, and what is owed below units that one heads."""
    actor = question.actor
    own = question.post_ids <= frozenset(authority_of(actor).post_ids)
    if own and not question.unit_ids and _heads(actor, question.under_ids):
        return rows
    return ACTIONS.which(actor, "see", rows)


def _heads(actor: Actor, unit_ids: frozenset[UUID]) -> bool:
    """True if the actor heads these units, or units above each of them."""
    authority = authority_of(actor)
    others = unit_ids - authority.units(Role.HEAD)
    if not others:
        return True
    headed = authority.below(Role.HEAD).filter(descendant_id__in=others)
    return others <= {row["descendant_id"] for row in headed}


def duty_items(rows: QuerySet[Action], clock: Clock) -> Iterator[DeskItem]:
    """Owed actions that the actor may see as items for those who owe them."""
    yield from _items(_loaded(rows), clock)


def _items(loaded: Iterable[Action], clock: Clock) -> Iterator[DeskItem]:
    for action in loaded:
        if getattr(action, "up_to", None) is not None:
            yield _risen(action, clock)
            continue
        step, page = _step_of(action)
        state = gettext_lazy("new date asked for") if _said(action, "asked") else ""
        item = _item(action, clock, Waiting.DO, step=step, page=page, state=state)
        yield replace(item, readable=True)


def _loaded(rows: QuerySet[Action]) -> QuerySet[Action]:
    """Actions with all that an item shows, in one question however many."""
    requests = DateRequest.objects.filter(action=OuterRef("pk")).order_by()
    parts = Action.objects.filter(parent=OuterRef("pk")).exclude(state__in=SETTLED)
    return (
        rows.select_related("resolution__body__unit", "owner")
        .annotate(
            granted=how_often_redated(),
            asked=Exists(requests.filter(state=DateRequest.State.ASKED)),
            waits_for_parts=Exists(parts),
        )
        .order_by("due", "arrived_at", "key")
    )


def how_often_redated() -> Combinable:
    """How often an action was given a new date, as a column."""
    granted = DateRequest.objects.filter(action=OuterRef("pk"), state=DateRequest.State.GRANTED)
    counted = granted.order_by().values("action").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def _said(action: Action, column: str) -> int:
    """What one of the columns of `_loaded` says."""
    return int(getattr(action, column))


def _step_of(action: Action) -> tuple[Sentence, str]:
    """The one next step of the owner, in plain words, and the page where it is taken."""
    if _said(action, "waits_for_parts"):
        return gettext_lazy("See how the parts stand"), ""
    if action.state == State.OPEN:
        return gettext_lazy("Start"), "start"
    return gettext_lazy("Attach proof and report done"), "report"


def _item(
    action: Action,
    clock: Clock,
    waiting: Waiting,
    *,
    step: Sentence,
    page: str,
    state: Sentence = "",
) -> DeskItem:
    url = reverse("councils:action", args=[action.pk])
    language = get_language() or "en"
    resolution = action.resolution
    return DeskItem(
        ref=Ref(ACTION, action.pk),
        post_id=action.owner_id,
        unit_id=action.owner.unit_id if action.owner else resolution.body.unit_id,
        waiting=waiting,
        title=action.text,
        url=url,
        step=step,
        step_url=reverse("councils:action_step", args=[action.pk, page]) if page else url,
        source=source_line(resolution.number, resolution.body, language),
        state=state or Action.State(action.state).label,
        due=action.due,
        late_days=clock.late_days(action),
        redated=_said(action, "granted"),
        progress=action.progress,
        since_at=action.arrived_at,
    )


def _risen(action: Action, clock: Clock) -> DeskItem:
    """An action that went up to a head, who sees what is in its way."""
    step = gettext_lazy("See what is in its way")
    state = gettext_lazy("came up to you: the owner is late")
    item = _item(action, clock, Waiting.LOOK, step=step, page="", state=state)
    columns = vars(action)
    return replace(item, post_id=columns["up_to"], since_at=columns["up_at"], readable=True)


def _served(question: DeskQuestion) -> QuerySet[Action]:
    return Action.objects.filter(resolution__body__in=served_ids(question.actor))


def _waiting_ids(question: DeskQuestion) -> list[UUID]:
    """The actions that wait for a word, the longest due first and those without a date last.

    Each of the three sorts is few among many, and found by an index of its own; all of a busy
    secretary's are thousands, of which only the order is read.
    """
    served, bodies = _served(question), served_ids(question.actor)
    asked = DateRequest.objects.filter(
        state=DateRequest.State.ASKED, action__resolution__body__in=bodies
    )
    names = ("pk", "due", "arrived_at", "key")
    sorts = [
        served.filter(pk__in=asked.order_by().values("action")),
        served.filter(state=State.DONE),
        served.filter(state__in=OWED, owner__isnull=True),
    ]
    first, *others = (rows.order_by().values_list(*names) for rows in sorts)
    rows = list(first.union(*others))
    rows.sort(key=lambda row: (row[1] or date.max, *row[2:]))
    return [row[0] for row in rows]


def _for_a_word(question: DeskQuestion, clock: Clock) -> Iterator[DeskItem]:
    """Requests to answer, proofs to judge, actions without an owner: the most urgent in full."""
    ids = _waiting_ids(question)
    if len(ids) > SHOWN:
        yield _the_rest(len(ids) - SHOWN, Waiting.CLOSE)
    found = {row.pk: row for row in _loaded(Action.objects.filter(pk__in=ids[:SHOWN]))}
    for action in (found[pk] for pk in ids[:SHOWN]):
        if _said(action, "asked"):
            yield _item(
                action,
                clock,
                Waiting.DECIDE,
                step=gettext_lazy("Answer the request for a new date"),
                page="answer-date",
                state=gettext_lazy("new date asked for"),
            )
        if action.state == State.DONE:
            step = gettext_lazy("Judge the proof")
            item = _item(action, clock, Waiting.CLOSE, step=step, page="close")
            # The owner is done: what counts now is how long the proof has waited.
            yield replace(item, due=None, late_days=0, progress=None, since_at=action.done_at)
        elif action.owner_id is None and action.state in OWED:
            step = gettext_lazy("Name the post that owes it")
            state = gettext_lazy("nobody's yet")
            yield _item(action, clock, Waiting.ASSIGN, step=step, page="assign", state=state)


def _the_rest(count: int, waiting: Waiting) -> DeskItem:
    """One item for all that stands behind the most urgent: nobody reads thousands of cards."""
    url = f"{reverse('councils:register')}?standing=open"
    return DeskItem(
        ref=Ref(ACTION, REST),
        post_id=None,
        unit_id=None,
        waiting=waiting,
        title=in_languages(partial(_rest_title, count), _ALL),
        url=url,
        step=gettext_lazy("See them in the register"),
        step_url=url,
        count=count,
    )


def _rest_title(count: int, language: str) -> str:
    return ngettext("%(n)s more action", "%(n)s more actions", count) % {
        "n": to_digits(count, language)
    }


def _of_meetings(question: DeskQuestion, clock: Clock) -> Iterator[DeskItem]:
    """Records to confirm, meetings to hold, minutes to sign: all meetings are read at once."""
    unconfirmed = _served(question).filter(state=State.UNCONFIRMED).order_by()
    counted = unconfirmed.values_list("resolution__meeting_id")
    counts = {
        pk: (n, first) for pk, n, first in counted.annotate(n=Count("pk"), at=Min("arrived_at"))
    }
    oldest = sorted(counts, key=lambda pk: (counts[pk][1], pk))
    if len(oldest) > SHOWN:
        yield _the_rest(sum(counts[pk][0] for pk in oldest[SHOWN:]), Waiting.CONFIRM)
    soon = question.at.date() + timedelta(days=1)
    coming = Q(body__in=served_ids(question.actor), state=Meeting.State.PLANNED, date__lte=soon)
    rows = with_signing(coming | Q(pk__in=oldest[:SHOWN]), question.actor)
    meetings = {row.pk: row for row in rows.select_related("body__unit").order_by("date", "key")}
    yield from _to_confirm([(meetings[pk], *counts[pk]) for pk in oldest[:SHOWN]])
    yield from to_sign(meetings.values())
    planned = [row for row in meetings.values() if row.state == Meeting.State.PLANNED]
    yield from _to_hold(planned, clock)


def _to_confirm(found: Iterable[tuple[Meeting, int, datetime]]) -> Iterator[DeskItem]:
    """One item a meeting, however many actions: old records do not flood desks."""
    for meeting, count, first_at in found:
        yield DeskItem(
            ref=Ref(MEETING, meeting.pk),
            post_id=None,
            unit_id=meeting.body.unit_id,
            waiting=Waiting.CONFIRM,
            title=in_languages(partial(_confirm_title, count), _ALL),
            url=reverse("councils:meeting", args=[meeting.pk]),
            step=gettext_lazy("Confirm them in one go"),
            step_url=reverse("councils:confirm", args=[meeting.pk]),
            source=local(meeting_title(meeting), get_language() or "en")[0],
            state=Action.State.UNCONFIRMED.label,
            since_at=first_at,
            count=count,
        )


_ALL = {"fa": "", "ar": "", "en": ""}


def _confirm_title(count: int, language: str) -> str:
    return ngettext(
        "%(n)s action of an imported record to confirm",
        "%(n)s actions of an imported record to confirm",
        count,
    ) % {"n": to_digits(count, language)}


_HOLD = {
    True: gettext_lazy("Conduct the meeting"),
    False: gettext_lazy("Say that it was held and write its minutes"),
}


def _to_hold(planned: Iterable[Meeting], clock: Clock) -> Iterator[DeskItem]:
    """Planned meetings whose day has come: were they held?"""
    for meeting in planned:
        code = meeting.body.unit.country
        today = clock.today(code)
        if meeting.date is None or meeting.date > today:
            continue
        live = meeting.opened_at is not None or meeting.date == today
        yield DeskItem(
            ref=Ref(MEETING, meeting.pk),
            post_id=None,
            unit_id=meeting.body.unit_id,
            waiting=Waiting.PREPARE,
            title=meeting_title(meeting),
            url=reverse("councils:meeting", args=[meeting.pk]),
            step=_HOLD[live],
            step_url=reverse(f"councils:{'room' if live else 'hold_meeting'}", args=[meeting.pk]),
            state=Meeting.State.PLANNED.label,
            due=meeting.date,
            late_days=max(0, clock.work(code).working_days_between(meeting.date, today)),
        )


def _to_plan(question: DeskQuestion, clock: Clock) -> Iterator[DeskItem]:
    """Recurring bodies whose next meeting is near, or overdue by their rule, and not planned."""
    served = served_ids(question.actor)
    near = []
    for body in own_bodies(question.actor):
        if body.pk not in served or not body.every:
            continue
        days, today = meeting_days(body), clock.today(body.unit.country)
        rule = by_rule(body, days.last, today, clock.work(body.unit.country))
        if days.planned_id is not None or rule is None:
            continue
        if rule.missed or rule.day <= today + PLAN_AHEAD:
            near.append((rule.first, rule.day, body))
    near.sort(key=lambda found: (found[0], found[2].pk))
    if len(near) > SHOWN:
        yield _more_to_plan(len(near) - SHOWN)
    for _first, day, body in near[:SHOWN]:
        url = reverse("councils:body", args=[body.pk])
        yield DeskItem(
            ref=Ref(BODY, body.pk),
            post_id=None,
            unit_id=body.unit_id,
            waiting=Waiting.PREPARE,
            title=in_languages(partial(_plan_title, body), body.name),
            url=url,
            step=gettext_lazy("Plan it"),
            step_url=reverse("councils:plan_meeting", args=[body.pk]),
            state=gettext_lazy("by the body's rule"),
            due=day,
        )


def _more_to_plan(count: int) -> DeskItem:
    url = reverse("councils:bodies")
    return DeskItem(
        ref=Ref(BODY, REST),
        post_id=None,
        unit_id=None,
        waiting=Waiting.PREPARE,
        title=in_languages(partial(_more_title, count), _ALL),
        url=url,
        step=gettext_lazy("See the bodies"),
        step_url=url,
        count=count,
    )


def _more_title(count: int, language: str) -> str:
    return ngettext(
        "%(n)s more body whose meeting is to be planned",
        "%(n)s more bodies whose meetings are to be planned",
        count,
    ) % {"n": to_digits(count, language)}


def _plan_title(body: Body, language: str) -> str:
    return _("The next meeting of %(body)s") % {"body": isolate(local(body.name, language)[0])}
