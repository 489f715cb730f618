"""The life of an action, step by step: the same actions as the pages', in the same order.

Every step demands If-Match and answers with the action as it stands after it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, BinaryIO, Literal, cast
from uuid import UUID

from ninja import Field, UploadedFile

from diwan.councils.actions import closing, confirming, dates, duties, passing, work
from diwan.councils.actions.fields import ActionFields, Answer, Choice, Part, Proof
from diwan.councils.constants import ACTION
from diwan.councils.models import Action, DateRequest
from diwan.councils.queries.duties import find_action
from diwan.kernel.api.asking import Guard
from diwan.kernel.api.routes import Shown
from diwan.kernel.api.shapes import Id, Prose, Reason, Sent, SentDate, Texts
from diwan.kernel.errors import NotFound
from diwan.kernel.policies import Actor

from .reading import action_of
from .routing import files_routes, routes
from .shapes import ActionShape

Step = "/actions/{uuid:id}/"


class Note(Sent):
    """A step with a note, if there is one."""

    note: Prose = ""


class Because(Sent):
    """A step with its reason."""

    reason: Reason


class Confirmation(Sent):
    """What an imported action is: open (with a new date and owner), done already, or dropped."""

    choice: Literal["open", "done", "drop"]
    due: SentDate | None = None
    owner_id: Id | None = None
    reason: Prose = Field("", description="Needed for done and drop.")


class Assignment(Sent):
    """The post that is to owe it."""

    post_id: Id
    note: Prose = ""


class ProgressSent(Sent):
    """How far it is, in hundredths."""

    progress: Annotated[int, Field(strict=True, ge=0, le=100)]
    note: Prose = ""


class Reopening(Sent):
    """Why, and by when."""

    reason: Reason
    due: SentDate | None = None


class NewDate(Sent):
    """A new date and why."""

    to: SentDate
    reason: Reason


class DateAnswer(Sent):
    """Whether the new date is granted; a refusal says why in its note."""

    grant: Annotated[bool, Field(strict=True)]
    note: Prose = ""


class PartSent(Sent):
    """What one post gets; text and date are the whole's where none are given."""

    post_id: Id
    text: Texts | None = None
    due: SentDate | None = None


class PassingDown(Sent):
    """The parts, one for each post."""

    parts: Annotated[list[PartSent], Field(min_length=1, max_length=500)]
    note: Prose = ""


class Correction(Sent):
    """What was written wrongly, with the reason; what is left out stays."""

    reason: Reason
    text: Texts | None = None
    unit_id: Id | None = None
    due: SentDate | None = None


def _taken(actor: Actor, guard: Guard, pk: UUID, step: Callable[[Action], object]) -> Shown:
    """Find the action, take the step while it stands as expected, and show how it stands then."""
    action = find_action(actor, pk)
    with guard:
        step(action)
    return action_of(actor, pk)


@routes.step(Step + "confirm", ActionShape, ACTION)
def confirm_action(actor: Actor, guard: Guard, id: UUID, body: Confirmation) -> Shown:  # noqa: A002 - the address's own word
    """Say what an imported action is."""
    answer = Answer(
        choice=Choice(body.choice),
        due=body.due.stated() if body.due else None,
        owner_id=body.owner_id,
        reason=body.reason,
    )
    return _taken(actor, guard, id, lambda action: confirming.confirm(actor, action, answer))


@routes.step(Step + "assign", ActionShape, ACTION)
def assign_action(actor: Actor, guard: Guard, id: UUID, body: Assignment) -> Shown:  # noqa: A002 - as above
    """Name the post that owes it."""
    return _taken(
        actor, guard, id, lambda action: duties.assign(actor, action, body.post_id, note=body.note)
    )


@routes.step(Step + "start", ActionShape, ACTION)
def start_action(actor: Actor, guard: Guard, id: UUID, body: Note) -> Shown:  # noqa: A002 - as above
    """Say that the work has begun."""
    return _taken(actor, guard, id, lambda action: work.start(actor, action, note=body.note))


@routes.step(Step + "progress", ActionShape, ACTION)
def progress_action(actor: Actor, guard: Guard, id: UUID, body: ProgressSent) -> Shown:  # noqa: A002 - as above
    """Say how far it is."""
    return _taken(
        actor,
        guard,
        id,
        lambda action: work.set_progress(actor, action, body.progress, note=body.note),
    )


@files_routes.step(Step + "proofs", ActionShape, ACTION)
def attach_proofs(
    actor: Actor,
    guard: Guard,
    id: UUID,  # noqa: A002 - as above
    form: Note,
    files: list[UploadedFile],
) -> Shown:
    """Attach files that prove the work, as a form with the field `files`.

    PDF, pictures, office files and text; at most 25 MB each.
    """
    return _taken(
        actor,
        guard,
        id,
        lambda action: work.attach_proof(actor, action, _proofs(files), note=form.note),
    )


@routes.step(Step + "report", ActionShape, ACTION)
def report_action(actor: Actor, guard: Guard, id: UUID, body: Note) -> Shown:  # noqa: A002 - as above
    """Report the work done; its proofs were attached before."""
    return _taken(actor, guard, id, lambda action: work.report_done(actor, action, note=body.note))


@routes.step(Step + "return", ActionShape, ACTION)
def return_action(actor: Actor, guard: Guard, id: UUID, body: Because) -> Shown:  # noqa: A002 - as above
    """Send a report back for more work."""
    return _taken(
        actor, guard, id, lambda action: closing.return_(actor, action, reason=body.reason)
    )


@routes.step(Step + "close", ActionShape, ACTION)
def close_action(actor: Actor, guard: Guard, id: UUID, body: Note) -> Shown:  # noqa: A002 - as above
    """Accept the proof: the duty is settled."""
    return _taken(actor, guard, id, lambda action: closing.close(actor, action, note=body.note))


@routes.step(Step + "drop", ActionShape, ACTION)
def drop_action(actor: Actor, guard: Guard, id: UUID, body: Because) -> Shown:  # noqa: A002 - as above
    """Give the duty up."""
    return _taken(actor, guard, id, lambda action: closing.drop(actor, action, reason=body.reason))


@routes.step(Step + "reopen", ActionShape, ACTION)
def reopen_action(actor: Actor, guard: Guard, id: UUID, body: Reopening) -> Shown:  # noqa: A002 - as above
    """Begin a new round of a settled action; the earlier one stays readable."""
    due = body.due.stated() if body.due else None
    return _taken(
        actor, guard, id, lambda action: closing.reopen(actor, action, reason=body.reason, due=due)
    )


@routes.step(Step + "ask-date", ActionShape, ACTION)
def ask_action_date(actor: Actor, guard: Guard, id: UUID, body: NewDate) -> Shown:  # noqa: A002 - as above
    """Ask for a new date, as its owner."""
    to = body.to.stated()
    return _taken(
        actor, guard, id, lambda action: dates.ask_date(actor, action, to, reason=body.reason)
    )


@routes.step(Step + "answer-date", ActionShape, ACTION)
def answer_action_date(actor: Actor, guard: Guard, id: UUID, body: DateAnswer) -> Shown:  # noqa: A002 - as above
    """Grant or refuse the new date that was asked for; 404 where none waits."""

    def answer(action: Action) -> None:
        request = action.date_requests.filter(state=DateRequest.State.ASKED).first()
        if request is None:
            raise NotFound
        dates.answer_date(actor, request, grant=body.grant, note=body.note)

    return _taken(actor, guard, id, answer)


@routes.step(Step + "re-date", ActionShape, ACTION)
def re_date_action(actor: Actor, guard: Guard, id: UUID, body: NewDate) -> Shown:  # noqa: A002 - as above
    """Give it a new date, as the secretary."""
    to = body.to.stated()
    return _taken(
        actor, guard, id, lambda action: dates.re_date(actor, action, to, reason=body.reason)
    )


@routes.step(Step + "pass-down", ActionShape, ACTION)
def pass_action_down(actor: Actor, guard: Guard, id: UUID, body: PassingDown) -> Shown:  # noqa: A002 - as above
    """Make parts of it for posts of units below; the whole stays the owner's."""
    parts = [
        Part(
            part.post_id,
            text=part.text.texts() if part.text else None,
            due=part.due.stated() if part.due else None,
        )
        for part in body.parts
    ]
    return _taken(
        actor, guard, id, lambda action: passing.pass_down(actor, action, parts, note=body.note)
    )


@routes.step("/actions/{uuid:id}", ActionShape, ACTION, method="PATCH")
def correct_action(actor: Actor, guard: Guard, id: UUID, body: Correction) -> Shown:  # noqa: A002 - as above
    """Mend a mistake in its record; a new date for a duty is a re-dating instead."""
    fields: ActionFields = {}
    if body.text is not None:
        fields["text"] = body.text.texts()
    if "unit_id" in body.model_fields_set:
        fields["unit_id"] = body.unit_id
    if "due" in body.model_fields_set:
        fields["due"] = body.due.stated() if body.due else None
    return _taken(
        actor,
        guard,
        id,
        lambda action: duties.correct_action(actor, action, fields, reason=body.reason),
    )


def _proofs(files: list[UploadedFile]) -> list[Proof]:
    return [
        Proof(file.name or "", cast("BinaryIO", file.file))
        for file in files
        if file.file is not None
    ]
