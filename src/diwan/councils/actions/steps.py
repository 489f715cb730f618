"""One step in the life of an action: taken under a lock, checked by the table, and told.

Every action on a duty goes through `take` (right, revision, state) and `finish` (row, event, audit
entry, fact), so that none can leave one of them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from diwan.councils.constants import ACTION, ACTION_FACT, STEP_DONE
from diwan.councils.models import Action, ActionEvent, DateRequest
from diwan.councils.policies import ACTIONS
from diwan.councils.rules import life
from diwan.councils.rules.life import State, Verb
from diwan.kernel import audit
from diwan.kernel.errors import Conflict, NotFound, Refused
from diwan.kernel.exchange import Fact, Ref, publish
from diwan.kernel.policies import Actor, Through
from diwan.kernel.text import clean
from diwan.ui.show import show_number

from . import escalating


@dataclass
class Taken:
    """An action that is locked for one step: who takes it, by which right, and how it stood."""

    actor: Actor
    verb: Verb
    action: Action
    through: Through
    before: State
    changes: dict[str, list[Any]] = field(default_factory=dict)

    def set(self, values: Mapping[str, Any]) -> None:
        """Set columns, remembering what they were."""
        before = audit.values_of(self.action, list(values))
        for name, pair in audit.differences(before, dict(values)).items():
            self.changes[name] = pair
            setattr(self.action, name, pair[1])


def locked(action_id: UUID) -> Action:
    """The action, locked until the transaction ends. Raises NotFound."""
    rows = Action.objects.select_for_update(of=("self",))
    found = rows.select_related("resolution__body__unit", "resolution__meeting").filter(
        pk=action_id
    )
    action = found.first()
    if action is None:
        raise NotFound
    return action


def take(actor: Actor, action: Action, verb: Verb, *, revision: int | None) -> Taken:
    """Lock an action for a step. Raises NotFound, Forbidden, Conflict, Refused."""
    row = locked(action.pk)
    step = life.STEPS[verb]
    through = ACTIONS.require(actor, step.right.value, row)
    if revision is not None and revision != row.revision:
        raise Conflict(_changed_sentence(row, revision))
    state = State(row.state)
    if state not in step.sources:
        raise Refused(wrong_state(state, step))
    if step.owner and row.owner_id is None:
        raise Refused(_("Nobody owes this action yet. Its secretary names a post first."))
    if step.settles:
        require_settled_parts(row)
    return Taken(actor, verb, row, through, state)


def finish(taken: Taken, *, note: str = "", reason: str = "") -> ActionEvent:
    """Write the step: the row with its new state and revision, an event, the audit, the fact."""
    action, actor = taken.action, taken.actor
    taken.set({"state": life.after(taken.before, taken.verb).value})
    action.revision += 1
    action.save()
    event = ActionEvent.objects.create(
        action=action,
        round=action.round,
        verb=taken.verb.value,
        at=actor.at,
        post_id=taken.through.post_id,
        user_id=actor.user_id,
        before=taken.before.value,
        after=action.state,
        progress=action.progress,
        note=reason or clean(note),
    )
    ref = Ref(ACTION, action.pk)
    audit.record(
        actor,
        taken.verb.value,
        ref,
        changes=taken.changes,
        reason=event.note,
        through=taken.through,
    )
    data = {"before": taken.before.value, "after": action.state}
    publish(Fact(f"{ACTION_FACT}{taken.verb}", ref, actor, actor.at, data))
    escalating.follow(taken)
    follow_parts(action.parent_id)
    return event


def follow_parts(parent_id: UUID | None) -> None:
    """Work out the progress of what was passed down from its parts, and so on upward.

    It is derived, so it leaves no event and disturbs nobody who has the page open.
    """
    while parent_id is not None:
        parent = Action.objects.select_for_update(of=("self",)).get(pk=parent_id)
        parts = [(State(s), p) for s, p in parent.children.values_list("state", "progress")]
        progress = life.progress_of_children(parts)
        if parent.state != State.DOING or progress in (None, parent.progress):
            return
        Action.objects.filter(pk=parent_id).update(progress=progress)
        parent_id = parent.parent_id


def require_settled_parts(action: Action) -> None:
    """Raise Refused while something that was passed down is neither closed nor dropped."""
    states = [State(state) for state in action.children.values_list("state", flat=True)]
    waiting = sum(state not in life.SETTLED for state in states)
    if waiting:
        raise Refused(
            _(
                "%(waiting)s of the %(all)s parts that were passed down are still open. "
                "Wait until all of them are closed or dropped."
            )
            % {"waiting": show_number(waiting), "all": show_number(len(states))}
        )


def refuse_open_requests(taken: Taken) -> None:
    """A request for a new date is settled with its action."""
    DateRequest.objects.filter(action=taken.action, state=DateRequest.State.ASKED).update(
        state=DateRequest.State.REFUSED,
        answered_at=taken.actor.at,
        answered_post_id=taken.through.post_id,
    )


def wrong_state(state: State, step: life.Step) -> str:
    """The sentence for a step that does not follow: how it stands, and what the step is for."""
    labels = {s: str(Action.State(s).label) for s in State}
    wanted = _(" or ").join(labels[s] for s in State if s in step.sources)
    return _("This action is %(state)s; the step is for one that is %(wanted)s.") % {
        "state": labels[state],
        "wanted": wanted,
    }


def _changed_sentence(action: Action, revision: int) -> str:
    """What happened since the page was made, in the order it happened."""
    count = max(1, action.revision - revision)
    verbs = list(action.events.order_by("-at", "-id").values_list("verb", flat=True)[:count])
    steps = _(", ").join(str(STEP_DONE.get(verb, verb)) for verb in reversed(verbs))
    return _(
        "Meanwhile somebody else was quicker: %(steps)s. Look at the action as it stands now, "
        "and repeat your step if it is still right."
    ) % {"steps": steps or "…"}
