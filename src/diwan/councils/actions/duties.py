"""Adding what posts owe because of a resolution, naming their owners, mending their records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from diwan.councils.constants import ACTION, ACTION_FACT, RESOLUTION
from diwan.councils.models import Action, ActionEvent, Meeting, Resolution
from diwan.councils.policies import RESOLUTIONS
from diwan.councils.rules.dates import due_after, is_old
from diwan.councils.rules.keys import derived_key, fresh_key
from diwan.councils.rules.life import State, Verb
from diwan.directory.public import Post, PostPattern, Unit, UnitPattern, heads_of
from diwan.kernel import audit, search
from diwan.kernel.calendars import Calendar, Span
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import Fact, Ref, publish
from diwan.kernel.ids import new_id
from diwan.kernel.policies import Actor, Through
from diwan.kernel.text import search_key

from .fields import ActionFields
from .meetings import date_of
from .room import require_unsealed
from .steps import Taken, finish, take
from .writing import (
    checked_reason,
    checked_span,
    checked_text,
    due_columns,
    existing,
    require_all,
    today_of,
)


@dataclass(frozen=True)
class _Recipient:
    """One of those that an action is made for: who owes it, about which unit, and the key's end."""

    owner_id: UUID | None
    unit_id: UUID | None = None
    suffix: str = ""


@transaction.atomic
def add_action(actor: Actor, resolution: Resolution, fields: ActionFields) -> list[Action]:
    """Add what is owed because of an adopted resolution: one action, or one for each unit.

    Needs `text`. Actions of a meeting that is old or undated come in unconfirmed. Raises NotFound,
    Forbidden, Refused.
    """
    through = RESOLUTIONS.require(actor, "run", resolution)
    Meeting.objects.select_for_update().get(pk=resolution.meeting_id)  # nobody seals meanwhile
    rows = Resolution.objects.select_related("meeting__body__unit").select_for_update(of=("self",))
    resolution = rows.get(pk=resolution.pk)
    require_unsealed(resolution.meeting)
    if resolution.state != Resolution.State.ADOPTED:
        raise Refused(_("Adopt the resolution first; then its actions are added."))
    today = today_of(actor, resolution.meeting.body)
    text = checked_text(fields.get("text"), "text")
    old = is_old(date_of(resolution.meeting), today)
    common: dict[str, Any] = {
        "register_id": resolution.meeting.register_id,
        "resolution": resolution,
        "text": text,
        "search": search_key(*text.values()),
        "state": (State.UNCONFIRMED if old else State.OPEN).value,
        "arrived_at": actor.at,
        **_due(resolution, fields),
    }
    recipients = _recipients(actor, fields, today)
    actions = _made(resolution, fields, common, recipients)
    Action.objects.bulk_create(actions)
    _tell(actor, resolution, actions, through)
    return actions


@transaction.atomic
def assign(
    actor: Actor, action: Action, post_id: UUID, *, note: str = "", revision: int | None = None
) -> Action:
    """Name the post that owes an action. Raises NotFound, Forbidden, Conflict, Refused."""
    taken = take(actor, action, Verb.ASSIGN, revision=revision)
    post = existing(Post, post_id, "owner")
    if post is not None and post.pk == taken.action.owner_id:
        raise Refused(_("This post owes the action already."), field="owner")
    taken.set({"owner": post, "arrived_at": actor.at})
    _name_owner(taken)
    finish(taken, note=note)
    return taken.action


@transaction.atomic
def correct_action(
    actor: Actor,
    action: Action,
    fields: ActionFields,
    *,
    reason: str,
    revision: int | None = None,
) -> Action:
    """Mend a mistake in an action's record: its text, the unit it is about, its date as written.

    A new date for a duty is a re-dating, not a correction. What stands in sealed minutes is not
    mended before their correction is begun.
    """
    meetings = Meeting.objects.select_for_update(of=("self",))
    meeting = meetings.filter(resolutions__actions=action.pk).first()
    taken = take(actor, action, Verb.CORRECT, revision=revision)
    if meeting is not None:
        require_unsealed(meeting)
    why = checked_reason(reason)
    if "text" in fields:
        text = checked_text(fields["text"], "text")
        taken.set({"text": text})
        taken.action.search = search_key(*text.values())
    if "unit_id" in fields:
        taken.set({"unit": existing(Unit, fields["unit_id"], "unit")})
        if "unit" in taken.changes:
            unit_ids = [pair and pair.pk for pair in taken.changes["unit"]]
            taken.changes["unit"] = unit_ids
    if "due" in fields or "due_after" in fields:
        taken.set(_due(taken.action.resolution, fields))
    if taken.changes:
        finish(taken, reason=why)
    return taken.action


def _name_owner(taken: Taken) -> None:
    """The audit keeps the posts' identifiers, not the rows."""
    if "owner" in taken.changes:
        taken.changes["owner"] = [post and post.pk for post in taken.changes["owner"]]
    taken.changes.pop("arrived_at", None)


def _due(resolution: Resolution, fields: ActionFields) -> dict[str, Any]:
    """The due date: as stated, or counted from the meeting in the body's calendar."""
    span = checked_span(fields.get("due_after", ""), "due_after")
    stated = fields.get("due")
    if span and stated is not None:
        raise Refused(_("Give a date or a span after the meeting, not both."), field="due")
    if span:
        calendar = Calendar(resolution.meeting.body.calendar)
        stated = due_after(date_of(resolution.meeting), Span.parse(span), calendar)
    return {**due_columns(stated), "due_after": span}


def _recipients(actor: Actor, fields: ActionFields, day: date) -> list[_Recipient]:
    """Those that an action is made for. Raises Refused where there is none."""
    pattern = existing(UnitPattern, fields.get("each_pattern_id"), "each_unit")
    unit_ids = list(dict.fromkeys(fields.get("each_unit_ids") or ()))
    if pattern is None and not unit_ids:
        return [_single(actor, fields)]
    require_all(Unit, unit_ids)
    units = Unit.objects.existing(day)
    units = units.filter(pattern=pattern) if pattern else units.filter(pk__in=unit_ids)
    found = list(units.order_by("key").values_list("pk", "key"))
    if not found:
        raise Refused(_("None of these units exists today. Choose others."), field="each_unit")
    owners = _owners(actor, fields, [pk for pk, _key in found])
    head = f"{pattern.key}-" if pattern else ""
    return [_Recipient(owners.get(pk), pk, key.removeprefix(head)) for pk, key in found]


def _single(actor: Actor, fields: ActionFields) -> _Recipient:
    unit = existing(Unit, fields.get("unit_id"), "unit")
    owner = existing(Post, fields.get("owner_id"), "owner")
    if owner is None and unit is not None and fields.get("owner_heads"):
        heads = heads_of([unit.pk], actor.at).get(unit.pk, [])
        return _Recipient(heads[0] if heads else None, unit.pk)
    return _Recipient(owner.pk if owner else None, unit.pk if unit else None)


def _owners(actor: Actor, fields: ActionFields, unit_ids: list[UUID]) -> dict[UUID, UUID]:
    """Which post owes the action of each unit; a unit without such a post waits for one."""
    pattern = existing(PostPattern, fields.get("owner_pattern_id"), "owner")
    if pattern is not None:
        posts = Post.objects.filter(pattern=pattern, unit_id__in=unit_ids)
        return dict(posts.order_by("-key").values_list("unit_id", "pk"))
    if fields.get("owner_heads"):
        return {unit: posts[0] for unit, posts in heads_of(unit_ids, actor.at).items()}
    owner = existing(Post, fields.get("owner_id"), "owner")
    return dict.fromkeys(unit_ids, owner.pk) if owner else {}


def _made(
    resolution: Resolution,
    fields: ActionFields,
    common: dict[str, Any],
    recipients: list[_Recipient],
) -> list[Action]:
    last = resolution.actions.aggregate(n=Max("position"))["n"]
    first = 0 if last is None else last + 1
    many = bool(fields.get("each_pattern_id") or fields.get("each_unit_ids"))
    key = fresh_key("a", new_id())
    actions = []
    for index, recipient in enumerate(recipients):
        id_ = new_id()
        action = Action(
            id=id_,
            key=derived_key(key, recipient.suffix, id_) if many else key,
            position=first + index,
            group=key if many else "",
            group_pattern_id=fields.get("each_pattern_id"),
            owner_id=recipient.owner_id,
            unit_id=recipient.unit_id,
            **common,
        )
        actions.append(action)
    return actions


def _tell(actor: Actor, resolution: Resolution, actions: list[Action], through: Through) -> None:
    """Events, facts and the one audit entry of what was added."""
    ActionEvent.objects.bulk_create(
        ActionEvent(
            action=action,
            verb=Verb.ADD.value,
            at=actor.at,
            post_id=through.post_id,
            user_id=actor.user_id,
            after=action.state,
            progress=0,
        )
        for action in actions
    )
    first = actions[0]
    ref, verb = Ref(ACTION, first.pk), Verb.ADD.value
    changes: dict[str, list[Any]] = {"text": [None, first.text], "due": [None, first.due]}
    if len(actions) > 1:
        ref, verb = Ref(RESOLUTION, resolution.pk), "add_actions"
        changes["actions"] = [0, len(actions)]
    else:
        changes["owner"] = [None, first.owner_id]
    audit.record(actor, verb, ref, changes=changes, through=through)
    search.stale(ACTION, [action.pk for action in actions])
    for action in actions:
        data = {"after": action.state}
        publish(Fact(f"{ACTION_FACT}{Verb.ADD}", Ref(ACTION, action.pk), actor, actor.at, data))
