"""What a body's next meeting should look at.

Its resolutions' actions, what its members propose, what is late in the units that it oversees, and
what was left over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diwan.councils.constants import ACTION, AGENDA_ITEM
from diwan.councils.models import Action, ActionEvent, AgendaItem, DateRequest, Meeting, Resolution
from diwan.councils.policies import ACTIONS, AGENDA, PROPOSALS, day_of
from diwan.councils.queries.lateness import clock_of
from diwan.councils.queries.offers import point_of
from diwan.councils.queries.proposals import ready, signed_of
from diwan.councils.queries.titles import in_languages, meeting_title
from diwan.councils.rules.life import OWED, State
from diwan.directory.public import below
from diwan.kernel.exchange import AgendaPoint, AgendaQuestion, Ref, Weight
from diwan.kernel.policies import Confidentiality
from diwan.kernel.reader import current
from diwan.kernel.text import isolate, local, to_digits

MOST = 60
"""A meeting that should look at more than this should look at the register instead."""
MOST_OVERSEEN = 20
"""So many late actions of overseen units are offered, the longest late ones."""
OPEN_TO_STAFF = (Confidentiality.PUBLIC, Confidentiality.INTERNAL)


def agenda_points(question: AgendaQuestion) -> Iterator[AgendaPoint]:
    """Answer what a meeting's secretary asks."""
    yield from _unfinished(question)
    yield from _proposed(question)
    yield from _left_over(question)
    yield from _overseen(question)


def _unfinished(question: AgendaQuestion) -> Iterator[AgendaPoint]:
    """Open and reported actions of the body's resolutions, the longest due first."""
    clock = clock_of(question.actor)
    wanted = Action.objects.filter(
        resolution__body=question.body_id, state__in=[*OWED, State.DONE], parent=None
    )
    waits = DateRequest.objects.filter(action=OuterRef("pk"), state=DateRequest.State.ASKED)
    rows = ACTIONS.which(question.actor, "see", wanted).annotate(asked=Exists(waits))
    rows = rows.select_related("resolution__body__unit").order_by("due", "arrived_at", "pk")
    actions = list(rows[:MOST])
    asked = {action.pk for action in actions if action.asked}
    moves = _moves(actions, question.since_at)
    named = _named(actions)
    for action in actions:
        late = clock.late_days(action)
        yield AgendaPoint(
            ref=Ref(ACTION, action.pk),
            text=_as_item(action),
            url=reverse("councils:action", args=[action.pk]),
            weight=_weight(action, late, asked=action.pk in asked),
            why=_why(action, late, asked=action.pk in asked),
            moved="" if question.since_at is None else moves[action.pk],
            number=action.resolution.number,
            due=action.due,
            confidentiality=Confidentiality(action.resolution.confidentiality),
            named_post_ids=tuple(named.get(action.resolution_id, ())),
        )


def _named(actions: Sequence[Action]) -> Mapping[UUID, Sequence[UUID]]:
    """The posts that confidential resolutions name; no question where there are none."""
    ids = [a.resolution_id for a in actions if a.resolution.confidentiality == "named"]
    found: dict[UUID, list[UUID]] = defaultdict(list)
    if ids:
        rows = Resolution.objects.filter(pk__in=ids, named_posts__isnull=False)
        for resolution_id, post_id in rows.values_list("pk", "named_posts"):
            found[resolution_id].append(post_id)
    return found


def _weight(action: Action, late: int, *, asked: bool) -> Weight:
    if late:
        return Weight.LATE
    return Weight.WAITING if asked or action.state == State.DONE else Weight.OPEN


def _why(action: Action, late: int, *, asked: bool) -> str:
    """Why it is offered; digits in the reader's."""
    if action.state == State.DONE:
        return _("It was reported done; the proof waits for the body's word.")
    if late:
        sentence = _late_words(late)
        return f"{sentence} {_('A new date was asked for.')}" if asked else sentence
    if asked:
        return _("A new date was asked for.")
    if action.owner_id is None:
        return _("Nobody owes it yet.")
    return _("It is not finished yet.")


def _late_words(late: int) -> str:
    sentence = ngettext(
        "It is late by %(count)s working day.", "It is late by %(count)s working days.", late
    )
    return sentence % {"count": to_digits(late, current().language)}


def _moves(actions: Sequence[Action], since: datetime | None) -> Mapping[UUID, str]:
    """What became of each since the body last met, in words; one question."""
    steps: dict[UUID, list[ActionEvent]] = defaultdict(list)
    if since is not None:
        events = ActionEvent.objects.filter(action__in=actions, at__gte=since)
        for event in events.order_by("at", "pk"):
            steps[event.action_id].append(event)
    return {action.pk: _movement(steps[action.pk]) for action in actions}


def _movement(events: Sequence[ActionEvent]) -> str:
    events = [event for event in events if event.verb != "add"]  # its own beginning is no move
    if not events:
        return _("Nothing has moved since the last meeting.")
    before, after = events[0].before, events[-1].after
    if before and before != after:
        labels = {"before": Action.State(before).label, "after": Action.State(after).label}
        return _("Since the last meeting: from “%(before)s” to “%(after)s”.") % labels
    if any(event.verb in {"grant_date", "re_date"} for event in events):
        return _("Since the last meeting its date was moved.")
    done = [event.progress for event in events if event.progress]
    if done:
        percent = to_digits(done[-1], current().language)
        return _("Since the last meeting: progress to %(percent)s percent.") % {"percent": percent}
    return _("Since the last meeting something was reported about it.")


def _as_item(action: Action) -> dict[str, str]:
    """How the agenda says it, in each language of the action's own text."""
    number = action.resolution.number

    def sentence(language: str) -> str:
        parts = {
            "number": isolate(to_digits(number, language)),
            "text": local(action.text, language)[0],
        }
        if not number:
            return _("Follow-up: %(text)s") % parts
        return _("Follow-up of resolution %(number)s: %(text)s") % parts

    return in_languages(sentence, action.text)


def _proposed(question: AgendaQuestion) -> Iterator[AgendaPoint]:
    """What members propose and enough of them signed, the longest waiting first."""
    rows = ready(day_of(question.actor)).filter(body=question.body_id)
    rows = PROPOSALS.which(question.actor, "see", rows).select_related("body")
    for proposal in rows.order_by("made_at", "pk")[:MOST]:
        signed = signed_of(proposal)
        words = ngettext("%(n)s member proposes it.", "%(n)s members propose it.", signed)
        yield point_of(proposal, words % {"n": to_digits(signed, current().language)})


def _overseen(question: AgendaQuestion) -> Iterator[AgendaPoint]:
    """Late actions of other bodies' resolutions in the units that this body oversees.

    Of open resolutions alone: what another body keeps to itself, or to some posts, is not for the
    members of this one, whoever of them may see it by another right.
    """
    if not question.overseen:
        return
    clock = clock_of(question.actor)
    units = below(question.overseen, day_of(question.actor))
    wanted = Action.objects.filter(clock.late(), owner__unit__in=units, parent=None)
    wanted = wanted.filter(resolution__confidentiality__in=OPEN_TO_STAFF)
    wanted = wanted.exclude(resolution__body=question.body_id)
    rows = ACTIONS.which(question.actor, "see", wanted).select_related("resolution__body__unit")
    actions = list(rows.order_by("due", "arrived_at", "pk")[:MOST_OVERSEEN])
    for action in actions:
        late = clock.late_days(action)
        body = isolate(local(action.resolution.body.name, current().language)[0])
        words = {"why": _late_words(late), "body": body}
        yield AgendaPoint(
            ref=Ref(ACTION, action.pk),
            text=_as_item(action),
            url=reverse("councils:action", args=[action.pk]),
            weight=Weight.OVERSEEN,
            why=_("%(why)s It follows from a resolution of %(body)s.") % words,
            number=action.resolution.number,
            due=action.due,
            confidentiality=Confidentiality(action.resolution.confidentiality),
        )


def _left_over(question: AgendaQuestion) -> Iterator[AgendaPoint]:
    """Items of cancelled meetings since the last held one: they were never looked at."""
    wanted = AgendaItem.objects.filter(
        meeting__body=question.body_id, meeting__state=Meeting.State.CANCELLED
    )
    if question.since_at is not None:
        day = question.since_at.date()
        wanted = wanted.filter(Q(meeting__date__gte=day) | Q(meeting__date=None))
    rows = AGENDA.which(question.actor, "see", wanted).select_related("meeting__body")
    rows = rows.prefetch_related("named_posts")
    for item in rows.order_by("meeting__date", "position")[:MOST]:
        yield AgendaPoint(
            ref=Ref(AGENDA_ITEM, item.pk),
            text=item.text,
            url=reverse("councils:meeting", args=[item.meeting_id]),
            weight=Weight.UNDECIDED,
            confidentiality=Confidentiality(item.confidentiality),
            named_post_ids=tuple(post.pk for post in item.named_posts.all()),
            why=_("It stood on the agenda of a meeting that was cancelled: %(meeting)s.")
            % {"meeting": isolate(local(meeting_title(item.meeting), current().language)[0])},
        )
