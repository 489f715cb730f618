"""What clerks do with a case over the API. Each step answers with the case as it stands then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field, Schema
from ninja.files import UploadedFile

from diwan.directory.public import Post
from diwan.kernel.api.asking import Guard
from diwan.kernel.api.handlers import read_part
from diwan.kernel.api.routes import Shown
from diwan.kernel.api.shapes import Id, Line, Prose, Reason, Sent
from diwan.kernel.errors import NotFound
from diwan.kernel.policies import Actor
from diwan.services.actions import steps
from diwan.services.actions.given import GivenFile, StepWords
from diwan.services.actions.linking import link
from diwan.services.constants import CASE
from diwan.services.models import Case
from diwan.services.queries.casepage import find_case
from diwan.services.queries.definitions import definition_of, form_of

from .cases import CaseLine, shown_line
from .routing import routes, told
from .sent import Answers, Missing, asked_of, office_files

Step = "/cases/{uuid:id}/"


class NothingMore(Sent):
    """Nothing but the step."""


class ToPost(Sent):
    """Who owes the step; null for nobody in particular."""

    post_id: Id | None


class StepSent(Sent):
    """A step out of the state in which the case is."""

    action: Line = Field(description="A key of the case's `actions`.")
    note: Prose = Field("", description="For the office alone.")
    said: Prose = Field("", description="For the applicant.")
    answers: Annotated[Answers, Field(description="To the questions that the office answers.")] = {}
    asked: Missing = Field([], description="Where the step pauses: everything that is missing.")
    expected_state: Line = Field("", description="The state that was looked at; a 409 if it moved.")


class StepWithFiles(StepSent):
    """The same, with files beside it."""

    outputs: list[Line] = Field([], max_length=20, description="Files that the applicant gets.")


class StepForm(Schema):
    """The step as JSON in a field of a form, its files beside it."""

    step: Prose = Field(description="`StepSent` as JSON, and `outputs`: names of files to hand on.")


class ReturnSent(Sent):
    """Everything that the applicant is to bring, at once."""

    asked: Missing = []
    said: Prose = ""
    note: Prose = ""
    expected_state: Line = ""


class NoteSent(Sent):
    """Words for the office alone."""

    text: Reason


class LinkSent(Sent):
    """How this case belongs with another."""

    other_id: Id
    verb: Literal["duplicate", "follows", "together"]


@routes.step(Step + "take", CaseLine, CASE)
def take_case(actor: Actor, guard: Guard, id: UUID, body: NothingMore) -> Shown:  # noqa: A002 - the address's own word
    """Take the case: one's post owes its step from now on."""
    del body
    return taken(actor, guard, id, lambda case: steps.take(actor, case))


@routes.step(Step + "put-back", CaseLine, CASE)
def put_case_back(actor: Actor, guard: Guard, id: UUID, body: NothingMore) -> Shown:  # noqa: A002 - as above
    """Put the case back: whoever has the step's role there may take it."""
    del body
    return taken(actor, guard, id, lambda case: steps.put_back(actor, case))


@routes.step(Step + "assign", CaseLine, CASE)
def assign_case(actor: Actor, guard: Guard, id: UUID, body: ToPost) -> Shown:  # noqa: A002 - as above
    """Name the post that owes the step; for heads."""
    return taken(actor, guard, id, lambda case: steps.assign(actor, case, _post(body.post_id)))


@routes.step(Step + "act", CaseLine, CASE)
def act_on_case(actor: Actor, guard: Guard, id: UUID, body: StepSent) -> Shown:  # noqa: A002 - as above
    """Take one of the case's `actions`."""
    return taken(actor, guard, id, lambda case: _act(actor, case, body, []))


@routes.step(Step + "act/with-files", CaseLine, CASE)
def act_on_case_with_files(
    actor: Actor,
    guard: Guard,
    id: UUID,  # noqa: A002 - as above
    form: StepForm,
    files: list[UploadedFile],
) -> Shown:
    """Take one of the case's `actions` with files, as a form: `step` as JSON, and `files`."""
    body = read_part(StepWithFiles, form.step, "step")
    return taken(
        actor,
        guard,
        id,
        lambda case: _act(actor, case, body, office_files(files, body.outputs)),
    )


@routes.step(Step + "return", CaseLine, CASE)
def return_case(actor: Actor, guard: Guard, id: UUID, body: ReturnSent) -> Shown:  # noqa: A002 - as above
    """Ask the applicant for everything that is missing; the clock stands still meanwhile."""

    def do(case: Case) -> object:
        asked = asked_of(body.asked, definition_of(case.version), form_of(case.version))
        return steps.return_case(
            actor, case, asked, body.said, note=body.note, expected_state=body.expected_state
        )

    return taken(actor, guard, id, do)


@routes.step(Step + "note", CaseLine, CASE)
def note_case(actor: Actor, guard: Guard, id: UUID, body: NoteSent) -> Shown:  # noqa: A002 - as above
    """Write something for the office alone."""
    return taken(actor, guard, id, lambda case: steps.add_note(actor, case, body.text))


@routes.step(Step + "visit", CaseLine, CASE)
def count_case_visit(actor: Actor, guard: Guard, id: UUID, body: NothingMore) -> Shown:  # noqa: A002 - as above
    """Count that the applicant had to come once more."""
    del body
    return taken(actor, guard, id, lambda case: steps.add_visit(actor, case))


@routes.step(Step + "link", CaseLine, CASE)
def link_case(actor: Actor, guard: Guard, id: UUID, body: LinkSent) -> Shown:  # noqa: A002 - as above
    """Say that it is the same request as another, follows from it, or belongs with it."""
    return taken(
        actor,
        guard,
        id,
        lambda case: link(actor, case, find_case(actor, body.other_id), body.verb),
    )


def taken(actor: Actor, guard: Guard, case_id: UUID, do: Callable[[Case], object]) -> Shown:
    """Take a step on a case that the caller may see, and answer with the case."""
    case = find_case(actor, case_id)
    with guard, told(case.version):
        do(case)
    return shown_line(actor, case_id)


def _act(actor: Actor, case: Case, body: StepSent, files: list[GivenFile]) -> Case:
    asked = asked_of(body.asked, definition_of(case.version), form_of(case.version))
    words = StepWords(body.note, body.said, body.answers, files, asked)
    return steps.act(actor, case, body.action, words, expected_state=body.expected_state)


def _post(post_id: UUID | None) -> Post | None:
    """The post to assign to. Raises NotFound."""
    if post_id is None:
        return None
    found = Post.objects.filter(pk=post_id).first()
    if found is None:
        raise NotFound
    return found
