"""Confirming what came in with an old record: open, already done, or dropped; all in one go."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diwan.councils.constants import ACTION, ACTION_FACT, MEETING
from diwan.councils.models import Action, ActionEvent, Meeting
from diwan.councils.policies import MEETINGS
from diwan.councils.rules.life import State, Verb, after
from diwan.directory.public import Post
from diwan.kernel import audit
from diwan.kernel.errors import Conflict, Refused
from diwan.kernel.exchange import Fact, Ref, publish
from diwan.kernel.policies import Actor, Through
from diwan.ui.show import show_number

from .fields import Answer, Choice
from .steps import finish, take
from .writing import checked_reason, due_columns, existing, require_all

VERBS = {Choice.OPEN: Verb.CONFIRM, Choice.DONE: Verb.SETTLE, Choice.DROP: Verb.DISMISS}
CHUNK = 500


@transaction.atomic
def confirm(actor: Actor, action: Action, answer: Answer, *, revision: int | None = None) -> Action:
    """Confirm one action. Raises NotFound, Forbidden, Conflict, Refused."""
    taken = take(actor, action, VERBS[answer.choice], revision=revision)
    existing(Post, answer.owner_id, "owner")
    taken.set(_values(actor, answer, taken.through))
    taken.changes.pop("arrived_at", None)
    finish(taken, reason=_reason(answer))
    return taken.action


@transaction.atomic
def confirm_many(actor: Actor, meeting: Meeting, answers: Mapping[UUID, Answer]) -> Counter[Choice]:
    """Confirm actions of one imported meeting in one go, as one audited batch.

    `answers` says what is to become of each; returns how many of each choice. Nothing is written
    where one of them cannot be. Raises NotFound, Forbidden, Conflict, Refused.
    """
    through = MEETINGS.require(actor, "run", meeting)
    if not answers:
        raise Refused(_("Choose at least one action to confirm."))
    waiting = _waiting(meeting, answers)
    require_all(Post, [a.owner_id for a in answers.values() if a.owner_id is not None])
    alike: dict[Answer, list[UUID]] = defaultdict(list)
    for id_ in waiting:
        alike[answers[id_]].append(id_)
    for answer, ids in alike.items():
        _reason(answer)
        values = _values(actor, answer, through)
        state = after(State.UNCONFIRMED, VERBS[answer.choice]).value
        for start in range(0, len(ids), CHUNK):
            rows = Action.objects.filter(pk__in=ids[start : start + CHUNK])
            rows.update(state=state, revision=F("revision") + 1, **values)
    _tell(actor, waiting, answers, through)
    counts = Counter(answer.choice for answer in answers.values())
    audit.record(
        actor,
        "confirm_actions",
        Ref(MEETING, meeting.pk),
        changes={
            **{choice.value: [0, n] for choice, n in sorted(counts.items())},
            "actions": [None, _told(waiting, answers)],
        },
        reason="; ".join(sorted({_reason(answer) for answer in alike} - {""})),
        through=through,
    )
    return counts


def _told(waiting: Mapping[UUID, tuple[str, int]], answers: Mapping[UUID, Answer]) -> str:
    """What became of each, in one line for the audit."""
    return "; ".join(f"{key}: {answers[id_].choice}" for id_, (key, _round) in waiting.items())


def _waiting(meeting: Meeting, answers: Mapping[UUID, Answer]) -> dict[UUID, tuple[str, int]]:
    """Key and round of the answered actions, locked. Raises Conflict where one waits no more."""
    rows = Action.objects.select_for_update(of=("self",)).filter(
        resolution__meeting=meeting, state=State.UNCONFIRMED
    )
    found = {
        pk: (key, round_)
        for pk, key, round_ in rows.order_by("position", "key").values_list("pk", "key", "round")
        if pk in answers
    }
    gone = len(answers) - len(found)
    if gone:
        raise Conflict(
            ngettext(
                "Meanwhile %(n)s of these actions was confirmed by somebody else. "
                "Look at the list again; nothing of yours was stored.",
                "Meanwhile %(n)s of these actions were confirmed by somebody else. "
                "Look at the list again; nothing of yours was stored.",
                gone,
            )
            % {"n": show_number(gone)}
        )
    return found


def _values(actor: Actor, answer: Answer, through: Through) -> dict[str, Any]:
    """The columns that an answer sets."""
    if answer.choice is not Choice.OPEN:
        return {
            "closed_at": actor.at,
            "closed_by_id": through.post_id,
            "reason": _reason(answer),
            **({"progress": 100} if answer.choice is Choice.DONE else {}),
        }
    values: dict[str, Any] = {"arrived_at": actor.at}
    if answer.due is not None:
        values |= due_columns(answer.due)
    if answer.owner_id is not None:
        values["owner_id"] = answer.owner_id
    return values


def _reason(answer: Answer) -> str:
    """The reason; one that is done or dropped needs it. Raises Refused."""
    return "" if answer.choice is Choice.OPEN else checked_reason(answer.reason)


def _tell(
    actor: Actor,
    waiting: Mapping[UUID, tuple[str, int]],
    answers: Mapping[UUID, Answer],
    through: Through,
) -> None:
    events = []
    for id_, (_key, round_) in waiting.items():
        answer = answers[id_]
        verb = VERBS[answer.choice]
        event = ActionEvent(
            action_id=id_,
            round=round_,
            verb=verb.value,
            at=actor.at,
            post_id=through.post_id,
            user_id=actor.user_id,
            before=State.UNCONFIRMED.value,
            after=after(State.UNCONFIRMED, verb).value,
            note=_reason(answer),
        )
        events.append(event)
    ActionEvent.objects.bulk_create(events, batch_size=CHUNK)
    for event in events:
        data = {"before": event.before, "after": event.after}
        ref = Ref(ACTION, event.action_id)
        publish(Fact(f"{ACTION_FACT}{event.verb}", ref, actor, actor.at, data))
