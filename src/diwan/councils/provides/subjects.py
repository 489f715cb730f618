"""The room's records as strangers show them, and what was done to them as sentences say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from diwan.councils.constants import (
    ACTION,
    BODY,
    MEETING,
    MEMBERSHIP,
    RESOLUTION,
    STEP_DONE,
)
from diwan.councils.models import Action, Body, Meeting, Membership, Objection, Resolution
from diwan.councils.models.bodies import Reset, Role
from diwan.councils.policies import ACTIONS, BODIES, MEETINGS, MEMBERSHIPS, RESOLUTIONS
from diwan.councils.queries.titles import meeting_title
from diwan.kernel.calendars import Calendar
from diwan.kernel.errors import Sentence
from diwan.kernel.exchange import Card, Ref
from diwan.kernel.policies import Actor, Confidentiality

from . import veiling
from .conduct import (
    BYLAWS_CHOICES,
    BYLAWS_FIELDS,
    BYLAWS_KINDS,
    CONDUCT_CHOICES,
    CONDUCT_FIELDS,
    CONDUCT_KINDS,
    CONDUCT_VERBS,
)
from .minutes import MINUTES_FIELDS, MINUTES_VERBS

POST = "directory.post"
CONFIDENTIALITY: Mapping[str, Sentence] = {c.value: c.label for c in Confidentiality}
CALENDARS: Mapping[str, Sentence] = {
    Calendar.JALALI.value: _("Jalali"),
    Calendar.HIJRI.value: _("Hijri"),
    Calendar.GREGORIAN.value: _("Gregorian"),
}
PRECISIONS: Mapping[str, Sentence] = {
    "day": _("day"),
    "month": _("month"),
    "year": _("year"),
    "fiscal": _("fiscal year"),
    "unknown": _("unknown"),
}


class BodySubject:
    """Bodies."""

    kind = BODY
    name: Sentence = _("body")
    verbs: Mapping[str, Sentence] = {
        "make": _("founded the body"),
        "change": _("changed the body"),
        "correct": _("corrected the body's record"),
        "dissolve": _("dissolved the body"),
        "start_term": _("began a term"),
        "oversee": _("changed what the body oversees"),
        "change_bylaws": _("wrote the body's rules"),
        "import": _("read the body from a file"),
    }
    fields: Mapping[str, Sentence] = {
        **BYLAWS_FIELDS,
        "mandate": _("Mandate"),
        "parent": _("Above it"),
        "term_years": _("Years of a term"),
        "every": _("Meets every"),
        "every_on": _("Meets on"),
        "notice_hours": _("Invitations go out so many hours before"),
        "code": _("Code"),
        "pattern": _("Pattern of numbers"),
        "reset": _("Numbers begin again"),
        "since_precision": _("How exact"),
        "since_calendar": _("Calendar of the date"),
        "until_precision": _("How exact"),
        "until_calendar": _("Calendar of the date"),
        "term": _("Term"),
        "oversees": _("Oversees"),
        "cancelled": _("Meetings called off"),
    }
    choices: Mapping[str, Mapping[str, Sentence]] = {
        **BYLAWS_CHOICES,
        "reset": {choice.value: choice.label for choice in Reset},
        "calendar": CALENDARS,
        "since_calendar": CALENDARS,
        "until_calendar": CALENDARS,
        "since_precision": PRECISIONS,
        "until_precision": PRECISIONS,
        "confidentiality": CONFIDENTIALITY,
    }
    kinds: Mapping[str, str] = {"parent": BODY, **BYLAWS_KINDS}

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of bodies that the actor may see."""
        rows = BODIES.which(actor, "see", Body.objects.filter(pk__in=ids))
        return {body.pk: body_card(body, actor) for body in rows}

    veiled = staticmethod(veiling.of_body)


class MembershipSubject:
    """Seats in bodies, known by their lineage."""

    kind = MEMBERSHIP
    name: Sentence = _("membership")
    verbs: Mapping[str, Sentence] = {
        "add": _("gave a seat in the body"),
        "end": _("ended the membership"),
        "correct": _("corrected the record of the membership"),
        "join": _("accepted the invitation to the seat"),
        "leave": _("ended somebody's acting through the seat"),
        "import": _("read the membership from a file"),
    }
    fields: Mapping[str, Sentence] = {
        "role": _("Role"),
        "body": _("Body"),
        "user": _("User"),
        "post": _("Post"),
        "post_pattern": _("Posts of a pattern"),
        "unit": _("Unit"),
        "partner": _("Partner"),
        "seat": _("Seat"),
        "position": _("Place in the list"),
    }
    choices: Mapping[str, Mapping[str, Sentence]] = {
        "role": {role.value: role.label for role in Role},
        "since_calendar": CALENDARS,
        "until_calendar": CALENDARS,
        "since_precision": PRECISIONS,
        "until_precision": PRECISIONS,
    }
    kinds: Mapping[str, str] = {"user": "accounts.user"}

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of the seats of these lineages whose body the actor may read."""
        rows = Membership.objects.known().filter(lineage__in=ids).select_related("body")
        return {
            row.lineage: Card(
                ref=Ref(MEMBERSHIP, row.lineage),
                title=row.body.name,
                url=reverse("councils:body", args=[row.body_id]),
                state=Role(row.role).label,
            )
            for row in MEMBERSHIPS.which(actor, "see", rows)
        }


class MeetingSubject:
    """Meetings; what was done to their agenda and statements stands in their trail."""

    kind = MEETING
    name: Sentence = _("meeting")
    verbs: Mapping[str, Sentence] = {
        "plan": _("planned the meeting"),
        "record": _("recorded the meeting"),
        "change": _("changed the plan"),
        "hold": _("said that the meeting was held"),
        "cancel": _("called the meeting off"),
        "invite": _("sent the invitations"),
        "uninvite": _("told the invited that it is off"),
        "reply": _("noted whether a seat will be filled"),
        "correct": _("corrected the meeting's record"),
        "add_item": _("put something on the agenda"),
        "propose_item": _("proposed something for the agenda"),
        "change_item": _("changed an agenda item"),
        "order_items": _("ordered the agenda"),
        "remove_item": _("took something off the agenda"),
        "add_paper": _("laid papers before the meeting"),
        "remove_paper": _("took a paper back"),
        "drop_point": _("left aside what was offered for the agenda"),
        "take_back_drop": _("offered again what was left aside"),
        "add_statement": _("wrote down a statement"),
        "correct_statement": _("corrected a statement"),
        "remove_statement": _("took out a statement"),
        "confirm_actions": _("confirmed actions of the imported record"),
        "import": _("read the meeting from a file"),
        **CONDUCT_VERBS,
        **MINUTES_VERBS,
    }
    fields: Mapping[str, Sentence] = {
        **CONDUCT_FIELDS,
        **MINUTES_FIELDS,
        "people": _("People told"),
        "answer": _("Answer"),
        "deputy": _("Comes in place"),
        "note": _("A word to the secretary"),
        "date": _("Date"),
        "date_precision": _("How exact"),
        "date_calendar": _("Calendar of the date"),
        "starts": _("From (time)"),
        "ends": _("Until (time)"),
        "place": _("Place"),
        "chair": _("Chair"),
        "named_posts": _("Named posts"),
        "guests": _("Guests"),
        "agenda": _("Agenda"),
        "minutes_planned": _("Minutes planned"),
        "paper": _("Papers"),
        "reason": _("Reason"),
        "statement": _("Statement"),
        "speaker": _("Speaker"),
        "about": _("About"),
        "items_raised": _("Items that became as confidential"),
        "follows": _("Records that took the date"),
        "open": _("Open"),
        "done": _("Already done"),
        "drop": _("Dropped"),
        "actions": _("Actions"),
    }
    choices: Mapping[str, Mapping[str, Sentence]] = {
        **CONDUCT_CHOICES,
        "state": {state.value: state.label for state in Meeting.State},
        "date_calendar": CALENDARS,
        "date_precision": PRECISIONS,
        "confidentiality": CONFIDENTIALITY,
    }
    kinds: Mapping[str, str] = {"chair": POST, "speaker": POST, **CONDUCT_KINDS}

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of meetings that the actor may see."""
        rows = Meeting.objects.filter(pk__in=ids).select_related("body")
        return {row.pk: meeting_card(row) for row in MEETINGS.which(actor, "see", rows)}

    veiled = staticmethod(veiling.of_meeting)


class ResolutionSubject:
    """Resolutions."""

    kind = RESOLUTION
    name: Sentence = _("resolution")
    verbs: Mapping[str, Sentence] = {
        "draft": _("drafted the resolution"),
        "change": _("changed the draft"),
        "remove": _("threw the draft away"),
        "adopt": _("had the resolution adopted"),
        "correct": _("corrected the resolution's record"),
        "add_actions": _("added an action for each unit"),
        "object": _("objected to the resolution"),
        "answer_objection": _("answered an objection"),
        "import": _("read the resolution from a file"),
    }
    fields: Mapping[str, Sentence] = {
        "every": _("Again every"),
        "named_posts": _("Named posts"),
        "about": _("About"),
        "together_with": _("Together with"),
        "actions": _("Actions"),
        "item": _("Agenda item"),
        "binding_date": _("First day on which it binds"),
        "objectors": _("Posts that may object"),
        "objector": _("Who objects"),
        "objection": _("Objection"),
        "outcome": _("The body's answer"),
    }
    choices: Mapping[str, Mapping[str, Sentence]] = {
        "outcome": {outcome.value: outcome.label for outcome in Objection.Outcome},
        "kind": {kind.value: kind.label for kind in Resolution.Kind},
        "state": {state.value: state.label for state in Resolution.State},
        "confidentiality": CONFIDENTIALITY,
    }
    kinds: Mapping[str, str] = {"objector": POST, "objectors": POST}

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of resolutions that the actor may see."""
        rows = Resolution.objects.filter(pk__in=ids)
        return {row.pk: resolution_card(row) for row in RESOLUTIONS.which(actor, "see", rows)}

    veiled = staticmethod(veiling.of_resolution)


class ActionSubject:
    """Actions."""

    kind = ACTION
    name: Sentence = _("action")
    verbs: Mapping[str, Sentence] = {
        **STEP_DONE,
        "escalate": _("took it up to the head above, because it was late"),
        "import": _("read the action from a file"),
    }
    fields: Mapping[str, Sentence] = {
        "owner": _("Owner"),
        "unit": _("About the unit"),
        "due_precision": _("How exact"),
        "due_calendar": _("Calendar of the date"),
        "due_after": _("After the meeting"),
        "asked": _("Date asked for"),
        "parts": _("Parts passed down"),
        "round": _("Round"),
        "reason": _("Reason"),
        "done_at": _("Reported done"),
        "closed_at": _("Settled"),
        "closed_by_id": _("Settled by"),
        "owner_id": _("Owner"),
        "escalated_to": _("Came up to"),
    }
    choices: Mapping[str, Mapping[str, Sentence]] = {
        "state": {state.value: state.label for state in Action.State},
        "due_calendar": CALENDARS,
        "due_precision": PRECISIONS,
    }
    kinds: Mapping[str, str] = {
        "owner": POST,
        "owner_id": POST,
        "closed_by_id": POST,
        "escalated_to": POST,
        "unit": "directory.unit",
    }

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of actions that the actor may see, with the number they come from."""
        rows = Action.objects.filter(pk__in=ids).select_related("resolution")
        return {row.pk: action_card(row) for row in ACTIONS.which(actor, "see", rows)}


def body_card(body: Body, actor: Actor) -> Card:
    """A body as strangers show it."""
    dissolved = body.until is not None and body.until <= actor.at.date()
    return Card(
        ref=Ref(BODY, body.pk),
        title=body.name,
        url=reverse("councils:body", args=[body.pk]),
        state=_("dissolved") if dissolved else "",
        number=body.code,
    )


def meeting_card(meeting: Meeting) -> Card:
    """A meeting as strangers show it; its body should be loaded."""
    return Card(
        ref=Ref(MEETING, meeting.pk),
        title=meeting_title(meeting),
        url=reverse("councils:meeting", args=[meeting.pk]),
        state=Meeting.State(meeting.state).label,
        number="" if meeting.number is None else str(meeting.number),
    )


def resolution_card(resolution: Resolution) -> Card:
    """A resolution as strangers show it."""
    return Card(
        ref=Ref(RESOLUTION, resolution.pk),
        title=resolution.text,
        url=reverse("councils:resolution", args=[resolution.pk]),
        state=Resolution.State(resolution.state).label,
        number=resolution.number,
    )


def action_card(action: Action) -> Card:
    """An action as strangers show it; its resolution should be loaded."""
    return Card(
        ref=Ref(ACTION, action.pk),
        title=action.text,
        url=reverse("councils:action", args=[action.pk]),
        state=Action.State(action.state).label,
        number=action.resolution.number,
    )
