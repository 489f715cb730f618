"""When a post ends, what it still owed moves to the post that takes it over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from diwan.councils.constants import ACTION, ACTION_FACT
from diwan.councils.models import Action, ActionEvent, Escalation
from diwan.councils.rules.life import UNSETTLED, Verb
from diwan.directory.public import POST
from diwan.kernel import audit
from diwan.kernel.exchange import Fact, Ref, publish
from diwan.kernel.policies import Actor


@transaction.atomic
def reassign_duties(actor: Actor, post_id: UUID, becomes: UUID | None) -> int:
    """Move a post's unsettled actions to another one, in one audited action; returns how many.

    It follows from the end of the post, which somebody with the right to it decided: no right of
    the councils is asked. Without a successor the duties stay where they are, seen as vacant.
    """
    if becomes is None or becomes == post_id:
        return 0
    rows = Action.objects.select_for_update(of=("self",)).filter(
        owner_id=post_id, state__in=UNSETTLED
    )
    moved = list(rows.values_list("pk", "state", "round", "progress"))
    if not moved:
        return 0
    ids = [row[0] for row in moved]
    Action.objects.filter(owner_id=post_id, state__in=UNSETTLED).update(
        owner_id=becomes, arrived_at=actor.at, revision=F("revision") + 1
    )
    # Other heads stand above the new owner: what went up comes down, and begins anew.
    Escalation.objects.filter(action__in=ids, ended_at__isnull=True).update(ended_at=actor.at)
    ActionEvent.objects.bulk_create(
        ActionEvent(
            action_id=pk,
            round=round_,
            verb=Verb.REASSIGN.value,
            at=actor.at,
            post_id=actor.post_id,
            user_id=actor.user_id,
            before=state,
            after=state,
            progress=progress,
        )
        for pk, state, round_, progress in moved
    )
    changes: dict[str, list[Any]] = {"becomes": [None, becomes], "duties": [0, len(ids)]}
    audit.record(actor, "pass_on", Ref(POST, post_id), changes=changes)
    for pk in ids:
        data = {"from": post_id, "to": becomes}
        publish(Fact(f"{ACTION_FACT}{Verb.REASSIGN}", Ref(ACTION, pk), actor, actor.at, data))
    return len(ids)


def on_post_ended(fact: Fact) -> None:
    """Listen to the directory: the fact tells the post and what it becomes."""
    reassign_duties(fact.actor, fact.ref.id, fact.data.get("becomes"))
