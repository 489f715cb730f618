"""What the secretary says of the work: return, close, drop, reopen."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from diwan.councils.models import Action, Round
from diwan.councils.rules.life import OWED, State, Verb
from diwan.kernel.calendars import PartialDate
from diwan.kernel.errors import Refused
from diwan.kernel.policies import Actor

from .steps import finish, refuse_open_requests, take
from .writing import checked_reason, due_columns


@transaction.atomic
def return_(actor: Actor, action: Action, *, reason: str, revision: int | None = None) -> Action:
    """Send a report back for more work, with the reason; progress is what it was before it."""
    taken = take(actor, action, Verb.RETURN, revision=revision)
    why = checked_reason(reason)
    told = taken.action.events.filter(round=taken.action.round).exclude(verb=Verb.REPORT)
    last = told.order_by("-at", "-id").first()
    taken.set({"done_at": None, "progress": (last.progress if last else 0) or 0})
    finish(taken, reason=why)
    return taken.action


@transaction.atomic
def close(actor: Actor, action: Action, *, note: str = "", revision: int | None = None) -> Action:
    """Accept the proof: the duty is settled. Raises NotFound, Forbidden, Conflict, Refused."""
    taken = take(actor, action, Verb.CLOSE, revision=revision)
    taken.set({"closed_at": actor.at, "closed_by_id": taken.through.post_id})
    refuse_open_requests(taken)
    finish(taken, note=note)
    return taken.action


@transaction.atomic
def drop(actor: Actor, action: Action, *, reason: str, revision: int | None = None) -> Action:
    """Give a duty up, with the reason. Raises NotFound, Forbidden, Conflict, Refused."""
    taken = take(actor, action, Verb.DROP, revision=revision)
    why = checked_reason(reason)
    taken.set({"closed_at": actor.at, "closed_by_id": taken.through.post_id, "reason": why})
    refuse_open_requests(taken)
    finish(taken, reason=why)
    return taken.action


@transaction.atomic
def reopen(
    actor: Actor,
    action: Action,
    *,
    reason: str,
    due: PartialDate | None = None,
    revision: int | None = None,
) -> Action:
    """Begin a new round of a settled action, with the reason and a new date if one is given.

    The earlier round stays readable. A part is reopened only while the whole is still owed.
    """
    taken = take(actor, action, Verb.REOPEN, revision=revision)
    why = checked_reason(reason)
    row = taken.action
    if row.parent is not None and State(row.parent.state) not in OWED:
        raise Refused(
            _("This is a part of an action that is not being worked on. Reopen that one first.")
        )
    Round.objects.create(
        action=row,
        number=row.round,
        state=row.state,
        progress=row.progress,
        due=row.due,
        done_at=row.done_at,
        closed_at=row.closed_at,
        closed_by=row.closed_by_id,
        reason=row.reason,
        reopened_at=actor.at,
        reopened_reason=why,
    )
    cleared = {"progress": 0, "done_at": None, "closed_at": None, "closed_by_id": None}
    taken.set({**cleared, "reason": "", "round": row.round + 1, "arrived_at": actor.at})
    taken.changes.pop("arrived_at", None)
    if due is not None:
        taken.set(due_columns(due))
    finish(taken, reason=why)
    return row
