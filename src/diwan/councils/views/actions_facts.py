"""What is said of one action: who owes it, until when, how late, where it comes from, its life."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from diwan.councils.constants import STEP_DONE
from diwan.councils.models import Action, ActionEvent, DateRequest, Escalation
from diwan.councils.queries.duties import ActionSheet, due_of
from diwan.councils.queries.lateness import clock_of
from diwan.councils.rules.life import OWED, SETTLED, State, Verb
from diwan.councils.rules.objections import HELD_UP, Binding
from diwan.directory.public import PostCard, unit_names
from diwan.kernel.calendars import PartialDate
from diwan.kernel.dated import stated
from diwan.kernel.models import StoredFile
from diwan.kernel.policies import Actor
from diwan.kernel.reader import current
from diwan.kernel.text import isolate
from diwan.ui.components import Event, Pair, Tag
from diwan.ui.show import (
    show_day,
    show_local,
    show_moment,
    show_number,
    show_partial,
    show_percent,
    show_size,
)
from diwan.ui.templatetags.ui import local

from .shared import due_words, holder_words, late_words, number_of, post_words, state_tag, today_of

TONES = {
    Verb.CLOSE: "done",
    Verb.SETTLE: "done",
    Verb.REPORT: "due",
    Verb.RETURN: "late",
    Verb.REFUSE_DATE: "late",
    Verb.DROP: "quiet",
    Verb.DISMISS: "quiet",
    Verb.ASK_DATE: "due",
    Verb.RE_DATE: "due",
    Verb.GRANT_DATE: "due",
}


def standing_sentence(sheet: ActionSheet, actor: Actor) -> str:
    """How an action stands, in one sentence: the answer under what is owed."""
    action = sheet.action
    state = State(action.state)
    if state is State.UNCONFIRMED:
        return _("It came in with an old record and waits for the secretary's confirmation.")
    if state is State.CLOSED:
        return _("Closed on %(day)s") % {"day": show_day(action.closed_at)}
    if state is State.DROPPED:
        words = {"day": show_day(action.closed_at), "reason": isolate(action.reason)}
        return _("Dropped on %(day)s: %(reason)s") % words
    owner = owner_sentence(sheet)
    if state is State.DONE:
        return _("Reported done; the secretary looks at the proof now. %(owner)s") % {
            "owner": owner
        }
    today = today_of(actor, sheet.resolution.body)
    when = due_words(sheet.due, today)
    return pgettext("how an action stands", "%(when)s; %(owner)s") % {"when": when, "owner": owner}


def suspended_sentence(sheet: ActionSheet) -> str:
    """Why nobody is reminded of it, where its resolution does not bind; else nothing."""
    if sheet.binding not in HELD_UP or State(sheet.action.state) in SETTLED:
        return ""
    if sheet.binding is Binding.VOID:
        return _(
            "Suspended: the body accepted an objection, so its resolution does not bind. The "
            "secretary drops the action, or the body resolves anew."
        )
    if sheet.binding is Binding.OBJECTED:
        return _("Suspended: its resolution was objected to, and the body has not answered yet.")
    day = {"day": show_day(sheet.resolution.binding_date)}
    return _("Suspended: its resolution binds from %(day)s on, unless somebody objects.") % day


def owner_sentence(sheet: ActionSheet) -> str:
    """Who must act now."""
    card = sheet.owner
    if card is None:
        return _("Nobody owes it yet.")
    if card.holders:
        words = {"post": post_words(card), "who": holder_words(card)}
        return _("owed by %(post)s: %(who)s") % words
    if sheet.head is not None:
        words = {"post": post_words(card), "head": post_words(sheet.head)}
        return _("owed by %(post)s, which is vacant; %(head)s stands above it") % words
    return _("owed by %(post)s, which is vacant") % {"post": post_words(card)}


def facts_of(sheet: ActionSheet) -> list[Pair]:
    """The facts beside an action."""
    return list(_facts(sheet))


def _facts(sheet: ActionSheet) -> Iterator[Pair]:
    action, owner = sheet.action, sheet.owner
    post_url = reverse("directory:post", args=[owner.post_id]) if owner else ""
    yield Pair(_("Owed by"), local(owner.name) if owner else _("nobody yet"), post_url)
    if owner is not None:
        yield Pair(_("Held now by"), holder_words(owner))
    yield Pair(_("Due"), due_line(sheet.due))
    if sheet.late_days:
        yield Pair(_("Late"), late_words(sheet.late_days))
    if sheet.redated:
        times = ngettext("once", "%(n)s times", sheet.redated) % {"n": show_number(sheet.redated)}
        yield Pair(_("Re-dated"), times)
    up = [one.post_id for one in sheet.escalations if one.ended_at is None]
    if up:
        yield Pair(_("Came up to"), _(", ").join(post_words(sheet.posts.get(pk)) for pk in up))
    if action.progress or State(action.state) in OWED:
        yield Pair(_("Progress"), show_percent(action.progress))
    if sheet.unit_name:
        yield Pair(_("About"), local(sheet.unit_name))
    body = sheet.resolution.body
    yield Pair(_("Resolution"), number_of(sheet.resolution), _resolution_url(sheet))
    yield Pair(_("Body"), local(body.name))
    meeting = sheet.meeting
    held = stated(meeting.date, meeting.date_precision, meeting.date_calendar)
    url = reverse("councils:meeting", args=[meeting.pk]) if sheet.sees_meeting else ""
    yield Pair(_("Meeting"), show_partial(held) if held else _("date unknown"), url)


def _resolution_url(sheet: ActionSheet) -> str:
    if not sheet.sees_resolution:
        return ""
    return reverse("councils:resolution", args=[sheet.resolution.pk])


def _short(due: PartialDate | None) -> str:
    """A due date in the reader's calendar."""
    if due is None:
        return _("no date")
    return show_day(due.last_day) if due.first_day == due.last_day else show_partial(due)


def due_line(due: PartialDate | None) -> str:
    """A due date, with what was stated where the reader's calendar is another one."""
    shown = _short(due)
    if due is not None and due.first_day == due.last_day and due.calendar is not current().calendar:
        own = due.show(current().language, due.calendar)
        return shown if own == shown else f"{shown} ({isolate(own)})"
    return shown


@dataclass(frozen=True)
class ProofRow:
    """A proof file: when it was attached; without content where only its name is known."""

    name: str
    url: str
    size: str
    at: str
    round: int


def proof_rows(sheet: ActionSheet) -> list[ProofRow]:
    """The files that this reader may open, the latest first."""
    return [
        _proof_row(stored, event)
        for event in reversed(sheet.events)
        for stored in sheet.proofs.get(event.pk, ())
    ]


def _proof_row(stored: StoredFile, event: ActionEvent) -> ProofRow:
    blob = stored.blob
    return ProofRow(
        name=stored.name,
        url=reverse("councils:proof", args=[stored.pk]) if blob else "",
        size=show_size(blob.size) if blob else _("only its name is known"),
        at=show_moment(stored.added_at),
        round=event.round,
    )


def timeline_of(sheet: ActionSheet) -> list[Event]:
    """What happened, the latest first; where a new round began the earlier one is told."""
    asked = {request.asked_at: request for request in sheet.requests}
    answered = {request.answered_at: request for request in sheet.requests}
    rounds = {row.number: row for row in sheet.rounds}
    events: list[Event] = []
    shown_round = 1
    for event in sheet.events:
        if event.round != shown_round:
            row = rounds.get(event.round - 1)
            words = {"n": show_number(event.round)}
            day = row.reopened_at if row else event.at
            events.append(Event(day, _("Round %(n)s begins") % words, tone="new"))
            shown_round = event.round
        request = asked.get(event.at) if event.verb == Verb.ASK_DATE else answered.get(event.at)
        events.append(_event(sheet, event, request))
    went_up = [_went_up(sheet, one) for one in sheet.escalations]
    # Of the same instant the steps stay as they were taken.
    return sorted([*events, *went_up], key=_when)[::-1]


def _when(event: Event) -> datetime:
    assert isinstance(event.when, datetime)  # noqa: S101 - every event of an action has an instant
    return event.when


def _went_up(sheet: ActionSheet, one: Escalation) -> Event:
    words = {"post": post_words(sheet.posts.get(one.post_id))}
    due = _("due %(day)s") % {"day": show_day(one.due)}
    return Event(one.at, _("It was late and came up to %(post)s") % words, text=due, tone="late")


DATES = (Verb.ASK_DATE, Verb.GRANT_DATE, Verb.REFUSE_DATE, Verb.RE_DATE)


def _event(sheet: ActionSheet, event: ActionEvent, request: DateRequest | None) -> Event:
    verb = event.verb
    did = str(STEP_DONE.get(verb, verb))
    parts = []
    if request is not None and verb in {each.value for each in DATES}:
        parts.append(_from_to(request))
    elif verb in (Verb.PROGRESS, Verb.ATTACH) and event.progress is not None:
        parts.append(_("%(percent)s done") % {"percent": show_percent(event.progress)})
    if event.note:
        parts.append(isolate(event.note))
    files = sheet.proofs.get(event.pk, ())
    if files:
        count = ngettext("%(n)s proof file", "%(n)s proof files", len(files))
        parts.append(count % {"n": show_number(len(files))})
    post = sheet.posts.get(event.post_id) if event.post_id else None
    user = sheet.users.get(event.user_id, "") if event.user_id else ""
    subject = isolate(show_local(post.name)) if post else isolate(user or _("Diwan"))
    return Event(
        event.at,
        pgettext("somebody did something", "%(who)s %(did)s") % {"who": subject, "did": did},
        text=" · ".join(parts),
        who=user if post else "",
        tone=_tone(verb),
    )


def _tone(verb: str) -> str:
    return next((tone for each, tone in TONES.items() if each.value == verb), "new")


def _from_to(request: DateRequest) -> str:
    before = stated(request.from_due, request.from_precision, request.from_calendar)
    after = stated(request.to_due, request.to_precision, request.to_calendar)
    return _("from %(before)s to %(after)s") % {
        "before": isolate(_short(before)),
        "after": isolate(_short(after)),
    }


def request_words(request: DateRequest) -> str:
    """What a request asks for."""
    return _from_to(request)


@dataclass(frozen=True)
class DutyRow:
    """An action in a list: of a resolution, or a part of what was passed down."""

    action: Action
    url: str
    about: Mapping[str, str]
    owner: PostCard | None
    holder: str
    due: PartialDate | None
    tag: Tag


def about_names(actions: Sequence[Action], actor: Actor) -> dict[UUID, Mapping[str, str]]:
    """The unit that each action is about, where one text was made for many units."""
    units = [action.unit_id for action in actions if action.unit_id and action.group]
    names = unit_names(units, actor.at.date())
    return {
        action.pk: names[action.unit_id]
        for action in actions
        if action.unit_id is not None and action.unit_id in names
    }


def duty_rows(
    actions: Sequence[Action], posts: Mapping[UUID, PostCard], actor: Actor
) -> list[DutyRow]:
    """Rows for `councils/parts/duties.html`."""
    names = about_names(actions, actor)
    rows, clock = [], clock_of(actor)
    for action in actions:
        owner = posts.get(action.owner_id) if action.owner_id else None
        rows.append(
            DutyRow(
                action=action,
                url=reverse("councils:action", args=[action.pk]),
                about=names.get(action.pk, {}),
                owner=owner,
                holder=holder_words(owner),
                due=due_of(action),
                tag=state_tag(action, clock.late_days(action)),
            )
        )
    return rows
