"""Passing a duty down: the owner makes parts of it for posts of units below."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from diwan.councils.constants import ACTION, ACTION_FACT
from diwan.councils.models import Action, ActionEvent
from diwan.councils.rules.keys import part_key
from diwan.councils.rules.life import State, Verb
from diwan.directory.public import PostCard, Role, UnitPath, post_cards
from diwan.kernel import search
from diwan.kernel.dated import stated
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import Fact, Ref, publish
from diwan.kernel.ids import new_id
from diwan.kernel.policies import Actor
from diwan.kernel.text import search_key

from .fields import Part
from .steps import Taken, finish, follow_parts, take
from .writing import checked_text, due_columns, today_of


@transaction.atomic
def pass_down(
    actor: Actor,
    action: Action,
    parts: Sequence[Part],
    *,
    note: str = "",
    revision: int | None = None,
) -> list[Action]:
    """Make a part for each named post of the owner's unit or a unit below; the whole stays owed.

    A part is due no later than the whole. Raises NotFound, Forbidden, Conflict, Refused.
    """
    taken = take(actor, action, Verb.PASS_DOWN, revision=revision)
    cards = _checked_posts(taken, [part.post_id for part in parts])
    first = taken.action.children.count()
    children = [
        _part(taken, part, cards[part.post_id], first + index) for index, part in enumerate(parts)
    ]
    taken.changes["parts"] = [first, first + len(children)]
    finish(taken, note=note)
    Action.objects.bulk_create(children)
    ActionEvent.objects.bulk_create(
        ActionEvent(
            action=child,
            verb=Verb.ADD.value,
            at=actor.at,
            post_id=taken.through.post_id,
            user_id=actor.user_id,
            after=child.state,
            progress=0,
        )
        for child in children
    )
    search.stale(ACTION, [child.pk for child in children])
    for child in children:
        data = {"after": child.state, "parent": action.pk}
        publish(Fact(f"{ACTION_FACT}{Verb.ADD}", Ref(ACTION, child.pk), actor, actor.at, data))
    follow_parts(taken.action.pk)
    return children


def _checked_posts(taken: Taken, ids: list[UUID]) -> dict[UUID, PostCard]:
    """Cards of the posts. Raises Refused where one may not be passed anything by this owner."""
    if not ids:
        raise Refused(_("Choose at least one post to pass it down to."), field="parts")
    if len(ids) != len(set(ids)):
        raise Refused(_("A post is named twice. Name each post once."), field="parts")
    busy = taken.action.children.filter(owner_id__in=ids).exclude(state=State.DROPPED)
    if busy.exists():
        raise Refused(_("One of these posts has a part of it already."), field="parts")
    cards = post_cards(ids, taken.actor.at)
    allowed = _may_take(taken.action, taken.actor, ids)
    if any(id_ not in cards or id_ not in allowed or cards[id_].ended for id_ in ids):
        raise Refused(
            _("A duty is passed down to posts of the owner's unit or of units below it."),
            field="parts",
        )
    return cards


def _may_take(action: Action, actor: Actor, ids: Sequence[UUID]) -> set[UUID]:
    """Those of the posts to which the owner may pass down: below, or beside but not the head."""
    if action.owner is None:
        return set()
    day = today_of(actor, action.resolution.body)
    own = action.owner.unit_id
    below = set(
        UnitPath.objects.on(day)
        .filter(ancestor_id=own, descendant__posts__in=list(ids))
        .values_list("descendant_id", flat=True)
    )
    return {
        card.post_id
        for card in post_cards(ids, actor.at).values()
        if card.unit_id in below
        and card.post_id != action.owner_id
        and not (card.unit_id == own and Role.HEAD in card.roles)
    }


def _part(taken: Taken, part: Part, card: PostCard, position: int) -> Action:
    whole = taken.action
    due = part.due or stated(whole.due, whole.due_precision, whole.due_calendar)
    if due is not None and whole.due is not None and due.last_day > whole.due:
        raise Refused(
            _("A part cannot be due later than the whole. Choose an earlier day."), field="due"
        )
    text = checked_text(part.text, "text") if part.text else whole.text
    id_ = new_id()
    return Action(
        id=id_,
        register_id=whole.register_id,
        resolution_id=whole.resolution_id,
        parent=whole,
        key=part_key(whole.key, position + 1, id_),
        position=position,
        text=text,
        search=search_key(*text.values()),
        owner_id=card.post_id,
        unit_id=card.unit_id,
        state=State.OPEN.value,
        arrived_at=taken.actor.at,
        **due_columns(due),
    )
