"""What an office does for the applicant over the API: brings, withdraws, reopens."""

from __future__ import annotations

from uuid import UUID

from ninja import Field, Schema
from ninja.files import UploadedFile

from diwan.kernel.api.asking import Guard
from diwan.kernel.api.handlers import read_part
from diwan.kernel.api.routes import Shown
from diwan.kernel.api.shapes import Prose, Reason, Sent
from diwan.kernel.policies import Actor
from diwan.services.actions import applicants
from diwan.services.constants import CASE
from diwan.services.models import Case
from diwan.services.queries.definitions import form_of

from .cases import CaseLine
from .routing import refuse_unknown, routes
from .sent import Answers, Withdrawing, files_of, unknown_in
from .steps import Step, taken


class Brought(Sent):
    """What was asked for: answers, words; files as a form."""

    answers: Answers = {}
    words: Prose = ""


class BroughtForm(Schema):
    """The same as JSON in a field of a form, files beside it."""

    brought: Prose = Field("{}", description="`Brought` as JSON; answers name their files.")


class CaseReopening(Sent):
    """Why it should be looked at again."""

    reason: Reason


@routes.step(Step + "bring", CaseLine, CASE)
def bring_for_applicant(actor: Actor, guard: Guard, id: UUID, body: Brought) -> Shown:  # noqa: A002 - the address's own word
    """Bring what was asked for; the clock runs again."""
    return taken(actor, guard, id, lambda case: _bring(actor, case, body, []))


@routes.step(Step + "bring/with-files", CaseLine, CASE)
def bring_files_for_applicant(
    actor: Actor,
    guard: Guard,
    id: UUID,  # noqa: A002 - as above
    form: BroughtForm,
    files: list[UploadedFile],
) -> Shown:
    """Bring what was asked for with files, as a form: `brought` as JSON, and `files`."""
    body = read_part(Brought, form.brought, "brought")
    return taken(actor, guard, id, lambda case: _bring(actor, case, body, files))


@routes.step(Step + "withdraw", CaseLine, CASE)
def withdraw_case(actor: Actor, guard: Guard, id: UUID, body: Withdrawing) -> Shown:  # noqa: A002 - as above
    """Withdraw the case on the applicant's word."""
    return taken(actor, guard, id, lambda case: applicants.withdraw(actor, case, body.reason))


@routes.step(Step + "reopen", CaseLine, CASE)
def reopen_case(actor: Actor, guard: Guard, id: UUID, body: CaseReopening) -> Shown:  # noqa: A002 - as above
    """Begin a new round of an ended case; the earlier one stays readable."""
    return taken(actor, guard, id, lambda case: applicants.reopen(actor, case, body.reason))


def _bring(actor: Actor, case: Case, body: Brought, files: list[UploadedFile]) -> Case:
    form = form_of(case.version)
    refuse_unknown(list(unknown_in(form.nodes, body.answers)))
    given = files_of(files, form, body.answers)
    return applicants.bring(actor, case, body.answers, given, body.words)
