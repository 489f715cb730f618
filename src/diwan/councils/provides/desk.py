"""What councils puts on desks: duties of posts and units, and what waits for a secretary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from diwan.councils.constants import ACTION, BODY, MEETING
from diwan.councils.models import Action, Body, DateRequest, Meeting
from diwan.councils.policies import ACTIONS, served_bodies
from diwan.councils.queries.bodies import next_meetings
from diwan.councils.queries.lateness import Clock
from diwan.councils.queries.titles import in_languages, meeting_title, source_line
from diwan.councils.rules.life import OWED, SETTLED, State
from diwan.kernel.errors import Sentence
from diwan.kernel.exchange import DeskItem, DeskQuestion, Ref, Waiting
from diwan.kernel.text import isolate, local, to_digits

CHUNK = 500
PLAN_AHEAD = timedelta(days=30)
"""A secretary is reminded to plan so long before the rule's date."""


def desk_items(question: DeskQuestion) -> Iterator[DeskItem]:
    """Answer what a desk asks."""
    clock = Clock(question.at)
    if question.post_ids or question.unit_ids:
        yield from _duties(question, clock)
    if question.as_secretary:
        yield from _to_decide(question, clock)
        yield from _to_close(question, clock)
        yield from _to_confirm(question)
        yield from _to_assign(question, clock)
        yield from _to_hold(question, clock)
        yield from _to_plan(question, clock)


@dataclass(frozen=True)
class _Row:
    """An action and what an item shows of its surroundings."""

    action: Action
    granted: int
    asked: bool
    waits_for_parts: bool


def _duties(question: DeskQuestion, clock: Clock) -> Iterator[DeskItem]:
    """What the posts owe, or all posts of the units; reported ones wait for the secretary."""
    owed = Q(owner_id__in=question.post_ids) | Q(owner__unit_id__in=question.unit_ids)
    rows = Action.objects.filter(owed, state__in=OWED)
    for row in _loaded(ACTIONS.which(question.actor, "see", rows)):
        step, page = _step_of(row)
        state = gettext_lazy("new date asked for") if row.asked else ""
        yield _item(row, clock, Waiting.DO, step=step, page=page, state=state)


def _loaded(rows: QuerySet[Action]) -> list[_Row]:
    """Actions with all that an item shows, in three questions however many."""
    actions = list(
        rows.select_related("resolution__body__unit", "owner").order_by("due", "arrived_at", "key")
    )
    ids = [action.pk for action in actions]
    granted: Counter[UUID] = Counter()
    asked: set[UUID] = set()
    waiting: set[UUID | None] = set()
    for part in (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)):
        requests = DateRequest.objects.filter(action_id__in=part)
        for action_id, state in requests.values_list("action_id", "state"):
            granted[action_id] += state == DateRequest.State.GRANTED
            asked |= {action_id} if state == DateRequest.State.ASKED else set()
        parts = Action.objects.filter(parent_id__in=part).exclude(state__in=SETTLED)
        waiting.update(parts.values_list("parent_id", flat=True))
    return [_Row(a, granted[a.pk], a.pk in asked, a.pk in waiting) for a in actions]


def _step_of(row: _Row) -> tuple[Sentence, str]:
    """The one next step of the owner, in plain words, and the page where it is taken."""
    if row.waits_for_parts:
        return gettext_lazy("See how the parts stand"), ""
    if row.action.state == State.OPEN:
        return gettext_lazy("Start"), "start"
    return gettext_lazy("Attach proof and report done"), "report"


def _item(
    row: _Row,
    clock: Clock,
    waiting: Waiting,
    *,
    step: Sentence,
    page: str,
    state: Sentence = "",
) -> DeskItem:
    action = row.action
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
        redated=row.granted,
        progress=action.progress,
        since_at=action.arrived_at,
    )


def _served(question: DeskQuestion) -> QuerySet[Action]:
    bodies = served_bodies(question.actor)
    return Action.objects.filter(resolution__body__in=bodies.values("pk"))


def _to_decide(question: DeskQuestion, clock: Clock) -> Iterator[DeskItem]:
    asked = DateRequest.objects.filter(state=DateRequest.State.ASKED).values("action_id")
    step = gettext_lazy("Answer the request for a new date")
    for row in _loaded(_served(question).filter(pk__in=asked)):
        state = gettext_lazy("new date asked for")
        yield _item(row, clock, Waiting.DECIDE, step=step, page="answer-date", state=state)


def _to_close(question: DeskQuestion, clock: Clock) -> Iterator[DeskItem]:
    step = gettext_lazy("Judge the proof")
    for row in _loaded(_served(question).filter(state=State.DONE)):
        item = _item(row, clock, Waiting.CLOSE, step=step, page="close")
        # The owner is done: what counts now is how long the proof has waited.
        done_at = row.action.done_at
        yield replace(item, due=None, late_days=0, progress=None, since_at=done_at)


def _to_assign(question: DeskQuestion, clock: Clock) -> Iterator[DeskItem]:
    step = gettext_lazy("Name the post that owes it")
    for row in _loaded(_served(question).filter(state__in=OWED, owner__isnull=True)):
        state = gettext_lazy("nobody's yet")
        yield _item(row, clock, Waiting.ASSIGN, step=step, page="assign", state=state)


def _to_confirm(question: DeskQuestion) -> Iterator[DeskItem]:
    """One item a meeting, however many actions: old records do not flood desks."""
    waiting = (
        _served(question)
        .filter(state=State.UNCONFIRMED)
        .order_by()
        .values("resolution__meeting_id")
        .annotate(count=Count("pk"), first_at=Min("arrived_at"))
    )
    counts = {row["resolution__meeting_id"]: row for row in waiting}
    meetings = Meeting.objects.select_related("body").in_bulk(list(counts))
    for meeting_id, row in counts.items():
        meeting = meetings[meeting_id]
        count = row["count"]
        url = reverse("councils:meeting", args=[meeting_id])
        yield DeskItem(
            ref=Ref(MEETING, meeting_id),
            post_id=None,
            unit_id=meeting.body.unit_id,
            waiting=Waiting.CONFIRM,
            title=in_languages(partial(_confirm_title, count), _ALL),
            url=url,
            step=gettext_lazy("Confirm them in one go"),
            step_url=reverse("councils:confirm", args=[meeting_id]),
            source=local(meeting_title(meeting), get_language() or "en")[0],
            state=Action.State.UNCONFIRMED.label,
            since_at=row["first_at"],
            count=count,
        )


_ALL = {"fa": "", "ar": "", "en": ""}


def _confirm_title(count: int, language: str) -> str:
    return ngettext(
        "%(n)s action of an imported record to confirm",
        "%(n)s actions of an imported record to confirm",
        count,
    ) % {"n": to_digits(count, language)}


def _to_hold(question: DeskQuestion, clock: Clock) -> Iterator[DeskItem]:
    """Planned meetings whose day has come: were they held?"""
    bodies = served_bodies(question.actor)
    rows = Meeting.objects.filter(
        body__in=bodies.values("pk"),
        state=Meeting.State.PLANNED,
        date__lte=question.at.date() + timedelta(days=1),
    )
    for meeting in rows.select_related("body__unit").order_by("date", "key"):
        code = meeting.body.unit.country
        today = clock.today(code)
        if meeting.date is None or meeting.date > today:
            continue
        url = reverse("councils:meeting", args=[meeting.pk])
        yield DeskItem(
            ref=Ref(MEETING, meeting.pk),
            post_id=None,
            unit_id=meeting.body.unit_id,
            waiting=Waiting.PREPARE,
            title=meeting_title(meeting),
            url=url,
            step=gettext_lazy("Say that it was held and write its minutes"),
            step_url=reverse("councils:hold_meeting", args=[meeting.pk]),
            state=Meeting.State.PLANNED.label,
            due=meeting.date,
            late_days=max(0, clock.work(code).working_days_between(meeting.date, today)),
        )


def _to_plan(question: DeskQuestion, clock: Clock) -> Iterator[DeskItem]:
    """Recurring bodies whose next meeting is near, or overdue by their rule, and not planned."""
    bodies = served_bodies(question.actor).exclude(every="").select_related("unit")
    rows = {body.pk: body for body in bodies}
    for body_id, found in next_meetings(rows.values(), question.at).items():
        body = rows[body_id]
        today = clock.today(body.unit.country)
        if found.planned is not None or found.rule is None:
            continue
        if not found.rule.missed and found.rule.day > today + PLAN_AHEAD:
            continue
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
            due=found.rule.day,
        )


def _plan_title(body: Body, language: str) -> str:
    return _("The next meeting of %(body)s") % {"body": isolate(local(body.name, language)[0])}
