"""One action with everything: who owes it, how it stands, what happened, what may be done next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db.models import Exists, OuterRef

from diwan.accounts.public import user_names
from diwan.councils.constants import ACTION_EVENT
from diwan.councils.models import (
    Action,
    ActionEvent,
    DateRequest,
    Escalation,
    Meeting,
    Resolution,
    Round,
)
from diwan.councils.policies import ACTIONS, MEETINGS, RESOLUTIONS
from diwan.councils.rules import life
from diwan.councils.rules.life import Right, State, Verb
from diwan.councils.rules.objections import Binding
from diwan.directory.public import (
    PostCard,
    Role,
    below,
    head_above,
    post_cards,
    posts_of_units,
    unit_names,
)
from diwan.kernel import files
from diwan.kernel.calendars import PartialDate
from diwan.kernel.dated import stated
from diwan.kernel.errors import NotFound
from diwan.kernel.models import StoredFile
from diwan.kernel.policies import Actor, Confidentiality
from diwan.kernel.remembering import memory
from diwan.kernel.working import today_in

from .binding import binding_of
from .lateness import Clock, clock_of

PREFERRED = (
    Verb.GRANT_DATE,
    Verb.CLOSE,
    Verb.CONFIRM,
    Verb.START,
    Verb.REPORT,
)
"""The one next step is the first of these that may be taken; before all, an owner is named."""


@dataclass(frozen=True)
class ActionSheet:
    """Everything of one action that this actor may see.

    `posts` are the cards, as they are now, of every post that events, requests and parts name;
    `users` the names of those who acted. `steps` are what the actor may do now, `next_step` the one
    to show first. `head` is the nearest head above a vacant owner.
    """

    action: Action
    resolution: Resolution
    meeting: Meeting
    sees_resolution: bool
    sees_meeting: bool
    owner: PostCard | None
    head: PostCard | None
    unit_name: Mapping[str, str]
    due: PartialDate | None
    late_days: int
    redated: int
    events: Sequence[ActionEvent]
    rounds: Sequence[Round]
    requests: Sequence[DateRequest]
    waiting_request: DateRequest | None
    escalations: Sequence[Escalation]
    binding: Binding
    proofs: Mapping[UUID, Sequence[StoredFile]]
    proofs_hidden: bool
    parent: Action | None
    parts: Sequence[Action]
    posts: Mapping[UUID, PostCard]
    users: Mapping[UUID, str]
    steps: Sequence[Verb]
    next_step: Verb | None


def find_action(actor: Actor, action_id: UUID) -> Action:
    """The action, with its resolution, meeting and body. Raises NotFound where it is not seen."""
    known = memory("councils.actions")
    if known is not None and (actor, action_id) in known:
        return cast("Action", known[actor, action_id])
    rows = Action.objects.filter(pk=action_id).select_related(
        "resolution__meeting", "resolution__body__unit", "resolution__body__register", "parent"
    )
    found = ACTIONS.find(actor, rows.select_related("owner", "unit").annotate(**_around(actor)))
    if not found:
        raise NotFound
    if known is not None:
        known[actor, action_id] = found[0]
    return found[0]


def _around(actor: Actor) -> dict[str, Exists]:
    """What stands around an action, as columns: what of it may be seen, what is in its way."""
    resolution = Resolution.objects.filter(pk=OuterRef("resolution_id"))
    meeting = Meeting.objects.filter(pk=OuterRef("resolution__meeting_id"))
    return {
        "sees_resolution": Exists(RESOLUTIONS.which(actor, "see", resolution)),
        "sees_meeting": Exists(MEETINGS.which(actor, "see", meeting)),
        **_in_the_way(),
    }


def _in_the_way() -> dict[str, Exists]:
    parts = Action.objects.filter(parent=OuterRef("pk"))
    requests = DateRequest.objects.filter(action=OuterRef("pk"))
    return {
        "has_parts": Exists(parts),
        "has_open_parts": Exists(parts.exclude(state__in=life.SETTLED)),
        "has_requests": Exists(requests),
        "is_asked": Exists(requests.filter(state=DateRequest.State.ASKED)),
        "went_up": Exists(Escalation.objects.filter(action=OuterRef("pk"))),
    }


def action_sheet(actor: Actor, action_id: UUID) -> ActionSheet:
    """Everything of one action. Raises NotFound where the actor may not see it."""
    action = find_action(actor, action_id)
    events = list(action.events.all())
    requests = list(action.date_requests.all()) if _told(action, "has_requests") else []
    parts = _parts(actor, action) if _told(action, "has_parts") else []
    escalations = list(action.escalations.all()) if _told(action, "went_up") else []
    named = _posts_named(action, events, requests, parts)
    posts = post_cards(named | {one.post_id for one in escalations}, actor.at)
    owner = posts.get(action.owner_id) if action.owner_id else None
    proofs = _proofs(actor, action, events)
    steps = steps_for(actor, action)
    return ActionSheet(
        action=action,
        resolution=action.resolution,
        meeting=action.resolution.meeting,
        sees_resolution=_told(action, "sees_resolution"),
        sees_meeting=_told(action, "sees_meeting"),
        owner=owner,
        head=_head_of_vacant(owner, actor.at),
        unit_name=_unit_name(action, actor.at),
        due=due_of(action),
        late_days=clock_of(actor).late_days(action),
        redated=sum(request.state == DateRequest.State.GRANTED for request in requests),
        events=events,
        rounds=list(action.rounds.all()) if action.round > 1 else [],
        requests=requests,
        waiting_request=_waiting(requests),
        escalations=escalations,
        binding=binding_of(action.resolution, actor.at),
        proofs=proofs.readable,
        proofs_hidden=proofs.hidden,
        parent=_parent(actor, action),
        parts=parts,
        posts=posts,
        users=user_names([event.user_id for event in events if event.user_id]),
        steps=steps,
        next_step=next_step(action, steps),
    )


def _told(action: Action, column: str) -> bool:
    """What one of the columns of `_around` says."""
    return bool(getattr(action, column))


def _parts(actor: Actor, action: Action) -> list[Action]:
    """What was passed down and the actor may see."""
    rows = ACTIONS.which(actor, "see", action.children.all())
    return list(rows.select_related("resolution__body__unit").order_by("position", "key"))


def _parent(actor: Actor, action: Action) -> Action | None:
    """The whole of which this is a part, where the actor may see it."""
    parent = action.parent
    return parent if parent is not None and ACTIONS.may(actor, "see", parent) else None


def due_of(action: Action) -> PartialDate | None:
    """The due date as it was stated."""
    return stated(action.due, action.due_precision, action.due_calendar)


def late_days(action: Action, at: datetime) -> int:
    """By how many working days of its body's country an action is late at an instant."""
    return Clock(at).late_days(action)


def steps_for(actor: Actor, action: Action) -> list[Verb]:
    """The steps that the actor may take now: by right, by state, and by what each needs."""
    state = State(action.state)
    found: list[Verb] = []
    for right in (Right.RUN, Right.WORK):
        if ACTIONS.may(actor, right.value, action):
            found += life.steps_from(state, right)
    if not found:
        return []
    hindered = _hindered(action)
    return [verb for verb in life.STEPS if verb in found and verb not in hindered]


def next_step(action: Action, steps: Sequence[Verb]) -> Verb | None:
    """The one step to show first of those that may be taken, None where nothing is to be done."""
    if action.owner_id is None and Verb.ASSIGN in steps and State(action.state) in life.OWED:
        return Verb.ASSIGN
    return next((verb for verb in PREFERRED if verb in steps), None)


def _hindered(action: Action) -> set[Verb]:
    """Steps that the state would allow, but for something that is missing or in the way."""
    hindered: set[Verb] = set()
    if action.owner_id is None:
        hindered |= {verb for verb, step in life.STEPS.items() if step.owner}
    if not hasattr(action, "has_parts"):
        action = Action.objects.select_related("parent").annotate(**_in_the_way()).get(pk=action.pk)
    if _told(action, "has_parts"):
        hindered.add(Verb.PROGRESS)
    if _told(action, "has_open_parts"):
        hindered |= {verb for verb, step in life.STEPS.items() if step.settles}
    asked = _told(action, "is_asked")
    hindered |= {Verb.ASK_DATE} if asked else {Verb.GRANT_DATE, Verb.REFUSE_DATE}
    if action.parent is not None and State(action.parent.state) not in life.OWED:
        hindered.add(Verb.REOPEN)
    return hindered


def posts_below(action: Action, at: datetime) -> list[PostCard]:
    """Posts that the owner may pass a part to: in units below, and beside but not the head."""
    if action.owner is None:
        return []
    owner_id, own = action.owner.pk, action.owner.unit_id
    day = today_in(action.resolution.body.unit.country, at)
    units = below([own], day).values_list("descendant_id", flat=True)
    busy = {owner_id}
    if getattr(action, "has_parts", True):
        parts = action.children.exclude(state=State.DROPPED)
        busy |= set(parts.values_list("owner_id", flat=True))
    ids = [pk for pk in posts_of_units(units, day) if pk not in busy]
    cards = post_cards([*ids, owner_id], at)  # the page names the owner, too
    return [
        cards[pk]
        for pk in ids
        if pk in cards and not (cards[pk].unit_id == own and Role.HEAD in cards[pk].roles)
    ]


def proofs_of_round(action: Action) -> list[StoredFile]:
    """The files attached in the present round; whoever asks works on the action or judges it."""
    events = ActionEvent.objects.filter(action=action, round=action.round)
    return files.files_of(ACTION_EVENT, events.values_list("pk", flat=True))


def proof_file(actor: Actor, file_id: UUID) -> StoredFile:
    """A proof that the actor may read. Raises NotFound for every other file."""
    found = StoredFile.objects.select_related("blob").filter(pk=file_id, subject_kind=ACTION_EVENT)
    stored = found.first()
    event = ActionEvent.objects.filter(pk=stored.subject_id).first() if stored else None
    if stored is None or event is None:
        raise NotFound
    ACTIONS.require(actor, "see", event.action)
    if not _open(stored) and not ACTIONS.may(actor, "proof", event.action):
        raise NotFound
    return stored


@dataclass(frozen=True)
class _Proofs:
    readable: Mapping[UUID, Sequence[StoredFile]]
    hidden: bool


def _proofs(actor: Actor, action: Action, events: Sequence[ActionEvent]) -> _Proofs:
    """Files by event that the actor may read, and whether there are others."""
    stored = files.files_of(ACTION_EVENT, [event.pk for event in events])
    everything = bool(stored) and ACTIONS.may(actor, "proof", action)
    readable: dict[UUID, list[StoredFile]] = defaultdict(list)
    for file in stored:
        if everything or _open(file):
            readable[file.subject_id].append(file)
    return _Proofs(readable, hidden=sum(map(len, readable.values())) < len(stored))


def _open(file: StoredFile) -> bool:
    """Open files are read by whoever sees the action, the others by those who work or judge it."""
    return file.confidentiality in (Confidentiality.PUBLIC, Confidentiality.INTERNAL)


def _waiting(requests: Sequence[DateRequest]) -> DateRequest | None:
    return next((r for r in requests if r.state == DateRequest.State.ASKED), None)


def _posts_named(
    action: Action,
    events: Sequence[ActionEvent],
    requests: Sequence[DateRequest],
    parts: Sequence[Action],
) -> set[UUID]:
    named = [action.owner_id, action.closed_by_id]
    named += [event.post_id for event in events]
    named += [part.owner_id for part in parts]
    for request in requests:
        named += [request.asked_post_id, request.answered_post_id]
    return {post_id for post_id in named if post_id is not None}


def _head_of_vacant(owner: PostCard | None, at: datetime) -> PostCard | None:
    if owner is None or owner.holders:
        return None
    head = head_above(owner.unit_id, at, country=owner.country)
    return post_cards([head], at)[head] if head and head != owner.post_id else None


def _unit_name(action: Action, at: datetime) -> Mapping[str, str]:
    if action.unit is None:
        return {}
    day = today_in(action.unit.country, at)
    return unit_names([action.unit.pk], day).get(action.unit.pk, {})
