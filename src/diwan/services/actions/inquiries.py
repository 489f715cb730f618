"""Other departments are asked within a step, several at once; the step waits for all of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from diwan.directory.public import UnitVersion, authority_of, day_in
from diwan.kernel import audit
from diwan.kernel.errors import Conflict, Forbidden, NotFound, Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor, Through
from diwan.kernel.text import clean
from diwan.services.constants import CASE
from diwan.services.models import Case, Inquiry
from diwan.services.policies import CASES, WORKING

from .flowing import locked, require_running, turn, written
from .telling_asked import tell_answered, tell_asked

MOST_UNITS = 20


@transaction.atomic
def ask(
    actor: Actor,
    case: Case,
    unit_ids: Collection[UUID],
    question: str,
    *,
    due: datetime | None = None,
) -> list[Inquiry]:
    """Ask one or more departments; the case's clock goes on, the step waits for all answers.

    Raises NotFound, Forbidden, Refused without a question or a department, or for one that is
    asked already, does not exist or is the very unit where the case lies.
    """
    at = turn(actor, case, "ask")
    require_running(at)
    words, units = clean(question), set(unit_ids)
    _require_said(words, units)
    _require_others(actor, at.case, units)
    if due is not None and due <= actor.at:
        raise Refused(_("Choose a day to come by which the answer is needed."), field="due")
    made = [
        Inquiry(
            case=at.case,
            step=at.open_step,
            unit_id=unit_id,
            question=words,
            asked_at=actor.at,
            asked_by_id=at.through.post_id,
            due_at=due,
        )
        for unit_id in sorted(units)
    ]
    Inquiry.objects.bulk_create(made)
    at.changes["asked_units"] = [None, sorted(units)]
    at.personal["question"] = [None, words]
    written(at, "ask")
    tell_asked(actor, at.case, made)
    return made


@transaction.atomic
def answer(actor: Actor, inquiry: Inquiry, opinion: str, text: str) -> Inquiry:
    """Answer for a department that was asked: by somebody who works there.

    Raises NotFound, Forbidden; Conflict where it was answered or taken back meanwhile; Refused
    without an opinion, or without words where it objects or informs.
    """
    row = _locked(inquiry)
    through = _answers_for(actor, row)
    if row.answered_at is not None:
        raise Conflict(_("Somebody else of your department has answered this inquiry meanwhile."))
    if row.withdrawn_at is not None:
        raise Conflict(_("This inquiry was taken back meanwhile; no answer is needed."))
    words = clean(text)
    if opinion not in Inquiry.Opinion.values:
        raise Refused(_("Choose what your department says."), field="opinion")
    if not words and opinion != Inquiry.Opinion.AGREES:
        raise Refused(_("Write the answer: an objection needs its reasons."), field="text")
    row.opinion, row.answer, row.answered_at = opinion, words, actor.at
    row.by_post_id = through.post_id
    row.save(update_fields=["opinion", "answer", "answered_at", "by_post"])
    audit.record(
        actor,
        "answer",
        Ref(CASE, row.case_id),
        changes={"answering_unit": [None, row.unit_id], "opinion": [None, opinion]},
        personal={"answer": [None, words]} if words else {},
        through=through,
    )
    tell_answered(actor, row)
    return row


@transaction.atomic
def withdraw_inquiry(actor: Actor, inquiry: Inquiry) -> Inquiry:
    """Take an inquiry back: the step does not wait for it any more. Raises as `ask`, Conflict."""
    row = _locked(inquiry)
    at = turn(actor, row.case, "ask")
    if row.answered_at is not None:
        raise Conflict(_("The department has answered meanwhile; read its answer."))
    if row.withdrawn_at is None:
        row.withdrawn_at = actor.at
        row.save(update_fields=["withdrawn_at"])
        at.changes["asked_units"] = [row.unit_id, None]
        written(at, "withdraw_inquiry")
    return row


def _locked(inquiry: Inquiry) -> Inquiry:
    """The inquiry, its case locked before it, as every action on a case locks it first."""
    locked(Case(pk=inquiry.case_id))
    rows = Inquiry.objects.select_for_update(of=("self",)).select_related("case__service")
    found = rows.filter(pk=inquiry.pk).first()
    if found is None:
        raise NotFound
    return found


def _answers_for(actor: Actor, inquiry: Inquiry) -> Through:
    """The post of the asked department by which the actor answers. Raises NotFound, Forbidden.

    What was taken back this moment they may see no more: they are told so, and not that it is gone.
    """
    if actor.elevated:
        return Through(elevation_id=actor.elevation_id)
    words = {str(role) for role in WORKING}
    held = [
        post.post_id
        for post in authority_of(actor).held
        if post.unit_id == inquiry.unit_id and post.roles & words
    ]
    if not held or inquiry.withdrawn_at is None:
        CASES.demand(actor, "see", inquiry.case)
    if not held:
        raise Forbidden
    return Through(post_id=actor.post_id if actor.post_id in held else held[0])


def _require_said(words: str, units: set[UUID]) -> None:
    if not words:
        raise Refused(_("Write what the department is asked."), field="question")
    if not units:
        raise Refused(_("Choose at least one department."), field="units")
    if len(units) > MOST_UNITS:
        raise Refused(_("Ask at most 20 departments at once."), field="units")


def _require_others(actor: Actor, case: Case, units: set[UUID]) -> None:
    if case.at_unit_id in units:
        raise Refused(_("The case lies with this unit: ask another one."), field="units")
    day = day_in(case.service.country, actor)
    there = UnitVersion.objects.as_of(day).filter(
        unit_id__in=units, unit__country=case.service.country
    )
    if set(there.values_list("unit_id", flat=True)) != units:
        raise Refused(_("Choose departments that exist today."), field="units")
    open_ = Inquiry.objects.filter(case=case, answered_at=None, withdrawn_at=None)
    if open_.filter(unit_id__in=units).exists():
        raise Refused(_("A department that you chose is asked already."), field="units")
