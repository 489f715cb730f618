"""New dates: asked by the owner with a reason, answered by the secretary. All are kept."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from diwan.councils.models import Action, DateRequest
from diwan.councils.rules.life import Verb
from diwan.kernel.calendars import Calendar, PartialDate, Precision
from diwan.kernel.errors import Refused
from diwan.kernel.policies import Actor
from diwan.kernel.text import clean

from .steps import Taken, finish, take
from .writing import checked_reason, due_columns, today_of


@transaction.atomic
def ask_date(
    actor: Actor,
    action: Action,
    to: PartialDate,
    *,
    reason: str,
    revision: int | None = None,
) -> DateRequest:
    """Ask for a new date. One request waits at a time. Raises NotFound, Forbidden, Refused."""
    taken = take(actor, action, Verb.ASK_DATE, revision=revision)
    why = checked_reason(reason)
    if open_request(taken.action) is not None:
        raise Refused(_("A request for a new date is waiting for its answer already."))
    _require_new(taken, to)
    request = DateRequest.objects.create(
        action=taken.action,
        reason=why,
        asked_at=actor.at,
        asked_post_id=taken.through.post_id,
        **_from(taken.action),
        **_to(to),
    )
    taken.changes["asked"] = [taken.action.due, to.last_day]
    finish(taken, reason=why)
    return request


@transaction.atomic
def answer_date(
    actor: Actor,
    request: DateRequest,
    *,
    grant: bool,
    note: str = "",
    revision: int | None = None,
) -> DateRequest:
    """Grant a request, or refuse it and say why. Raises NotFound, Forbidden, Conflict, Refused."""
    verb = Verb.GRANT_DATE if grant else Verb.REFUSE_DATE
    taken = take(actor, request.action, verb, revision=revision)
    answer = clean(note) if grant else checked_reason(note, "note")
    row = DateRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if row.state != DateRequest.State.ASKED:
        raise Refused(_("This request has been answered already."))
    row.state = (DateRequest.State.GRANTED if grant else DateRequest.State.REFUSED).value
    row.answered_at = actor.at
    row.answered_post_id = taken.through.post_id
    row.answer = answer
    row.save(update_fields=["state", "answered_at", "answered_post", "answer"])
    if grant:
        taken.set(_due(row))
    finish(taken, reason=answer)
    return row


@transaction.atomic
def re_date(
    actor: Actor,
    action: Action,
    to: PartialDate,
    *,
    reason: str,
    revision: int | None = None,
) -> DateRequest:
    """Give a new date on the secretary's own account, with the reason.

    A request that waits is thereby answered: granted where it asked for the same day.
    """
    taken = take(actor, action, Verb.RE_DATE, revision=revision)
    why = checked_reason(reason)
    if to.last_day == taken.action.due:
        raise Refused(_("It is due on that day already."), field="to")
    waiting = open_request(taken.action)
    answered = {"answered_at": actor.at, "answered_post_id": taken.through.post_id}
    if waiting is not None:
        same = waiting.to_due == to.last_day
        state = DateRequest.State.GRANTED if same else DateRequest.State.REFUSED
        DateRequest.objects.filter(pk=waiting.pk).update(state=state, answer=why, **answered)
    if waiting is None or waiting.to_due != to.last_day:
        waiting = DateRequest.objects.create(
            action=taken.action,
            reason=why,
            state=DateRequest.State.GRANTED,
            asked_at=actor.at,
            asked_post_id=taken.through.post_id,
            **answered,
            **_from(taken.action),
            **_to(to),
        )
    taken.set(due_columns(to))
    finish(taken, reason=why)
    waiting.refresh_from_db()
    return waiting


def open_request(action: Action) -> DateRequest | None:
    """The request that waits for an answer, if there is one."""
    return DateRequest.objects.filter(action=action, state=DateRequest.State.ASKED).first()


def _require_new(taken: Taken, to: PartialDate) -> None:
    if to.precision is Precision.UNKNOWN or to.last_day < today_of(
        taken.actor, taken.action.resolution.body
    ):
        raise Refused(_("The new date lies in the past. Ask for a later day."), field="to")
    if to.last_day == taken.action.due:
        raise Refused(_("It is due on that day already."), field="to")


def _from(action: Action) -> dict[str, Any]:
    return {
        "from_due": action.due,
        "from_precision": action.due_precision,
        "from_calendar": action.due_calendar,
    }


def _to(to: PartialDate) -> dict[str, Any]:
    return {
        "to_due": to.last_day,
        "to_precision": to.precision.value,
        "to_calendar": to.calendar.value,
    }


def _due(row: DateRequest) -> dict[str, Any]:
    precision, calendar = Precision(row.to_precision), Calendar(row.to_calendar)
    return due_columns(PartialDate(row.to_due, precision, calendar))
