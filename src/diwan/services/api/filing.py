"""Filing a case over the API, and its files."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Field, Schema
from ninja.files import UploadedFile

from diwan.directory.public import Post, Unit, authority_of
from diwan.kernel.api import problems
from diwan.kernel.api.asking import Guard, key_of
from diwan.kernel.api.handlers import read_part
from diwan.kernel.api.problems import Fault, Problem
from diwan.kernel.api.routes import Shown
from diwan.kernel.api.shapes import Id, Line, Prose, Sent
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor
from diwan.kernel.requests import address_of
from diwan.services.actions.attaching import attach
from diwan.services.actions.filing import NOBODY_SAID, file_case
from diwan.services.actions.limits import TooMuch, count_filing
from diwan.services.actions.tries import WINDOW, Look, TooManyTries, case_of_code, look_for
from diwan.services.constants import CASE
from diwan.services.models import Case, CaseFile, Service, ServiceVersion
from diwan.services.queries.casepage import find_case
from diwan.services.queries.definitions import definition_of, form_of
from diwan.services.queries.following import public_name, unit_of
from diwan.services.rules.codes import written_code
from diwan.services.rules.flow import main_way

from .catalogue import CostShape
from .routing import refuse_unknown, routes, service_seen, told
from .sent import Answers, ApplicantSent, Language, files_for, files_of, unknown_in


class CaseSent(Sent):
    """A case to be filed."""

    unit_id: Id = Field(description="One of the units that offer the service.")
    answers: Answers
    language: Language | None = Field(None, description="The applicant's; by default the asked.")
    applicant: ApplicantSent | None = None
    about: Line = Field("", description="The tracking code of the case a complaint is about.")
    instance_id: Line = Field(
        "",
        max_length=100,
        description="OpenRosa's, for a post: the same one is the same case, whoever sent it first.",
    )


class CaseForm(Schema):
    """The case as JSON in a field of a form, its files beside it."""

    case: Prose = Field(description="`CaseSent` as JSON; answers name the files that belong to it.")


class ReceiptShape(Schema):
    """The receipt: what the applicant is given. `url` is the page on which it is followed."""

    id: UUID
    code: str = Field(description="The tracking code: whoever has it can see the case.")
    service_id: UUID
    unit_id: UUID
    unit_name: dict[str, str]
    responsible: dict[str, str] = Field(description="The post that answers for it: the head's.")
    state_name: dict[str, str]
    steps: list[dict[str, str]]
    costs: list[CostShape]
    filed_at: datetime
    promised_at: datetime | None
    url: str


class CaseFileShape(Schema):
    """A file of a case; its content is at `/cases/{id}/files/{file}`."""

    id: UUID
    name: str
    question: str
    by_applicant: bool
    output: bool = Field(description="What the applicant gets.")
    size: int | None
    media_type: str | None
    at: datetime


class FilesShape(Schema):
    """The files that were added; what the case had already is not among them."""

    files: list[CaseFileShape]


class ForQuestion(Schema):
    """Which question the files answer."""

    question: Line = Field("", description="Its path, such as /data/deed; empty for none.")


@routes.make("/services/{uuid:id}/cases", ReceiptShape)
def make_case(actor: Actor, id: UUID, body: CaseSent, request: HttpRequest) -> Shown:  # noqa: A002 - the address's own word
    """File a case. The same Idempotency-Key is the same case, for good.

    What is wrong with an answer stands in `errors`: where (`pointer`), a word (`code`), a sentence.
    """
    return _filed(actor, id, body, request, [])


@routes.make("/services/{uuid:id}/cases/with-files", ReceiptShape)
def make_case_with_files(
    actor: Actor,
    id: UUID,  # noqa: A002 - as above
    form: CaseForm,
    files: list[UploadedFile],
    request: HttpRequest,
) -> Shown:
    """File a case with its files, as a form: `case` as JSON, and `files`, at most 20.

    A file belongs to the question whose answer is its name.
    """
    return _filed(actor, id, read_part(CaseSent, form.case, "case"), request, files)


def _filed(
    actor: Actor,
    service_id: UUID,
    sent: CaseSent,
    request: HttpRequest,
    files: list[UploadedFile],
) -> Shown:
    service, version = service_seen(actor, service_id)
    if sent.instance_id and actor.post_id is None:
        sentence = _("Only a post files under an instance; the Idempotency-Key is enough here.")
        raise Refused(sentence, field="instance_id")
    _count(actor, request, files)
    form = form_of(version)
    refuse_unknown(list(unknown_in(form.nodes, sent.answers)))
    with told(version):
        case = file_case(
            actor,
            version,
            _unit(sent.unit_id),
            sent.answers,
            channel=Case.Channel.API,
            language=sent.language or "",
            applicant=sent.applicant.fields() if sent.applicant else NOBODY_SAID,
            files=files_of(files, form, sent.answers),
            key=f"api:{actor.user_id}:{key_of(request, required=True)}",
            about=_about(actor, request, service, sent.about),
            filed_by=Post.objects.filter(pk=actor.post_id).first() if actor.post_id else None,
            instance_id=sent.instance_id,
        )
    _require_own(actor, case, sent.instance_id)
    return Shown(_receipt(case, version, actor), Ref(CASE, case.pk), at=f"follow/{case.code}")


def _count(actor: Actor, request: HttpRequest, files: list[UploadedFile]) -> None:
    """Count what somebody sends who works nowhere. Raises Problem where it is too much."""
    try:
        count_filing(actor, address_of(request), sum(file.size or 0 for file in files))
    except TooMuch as refusal:
        raise Problem(
            problems.TOO_MANY, refusal.sentence, headers={"Retry-After": "3600"}
        ) from refusal


def _require_own(actor: Actor, case: Case, instance_id: str) -> None:
    """Raise NotFound for a submission that somebody else filed: its code is not for others."""
    if instance_id and case.filed_by_id not in authority_of(actor).post_ids:
        raise NotFound


def _unit(unit_id: UUID) -> Unit:
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        raise Refused(
            _("There is no such unit. Ask for the units that offer the service."), field="unit"
        )
    return unit


def _about(actor: Actor, request: HttpRequest, service: Service, code: str) -> Case | None:
    """The case that a complaint is about. Raises Refused, Problem after too many wrong codes."""
    if not code:
        return None
    if service.kind != Service.Kind.COMPLAINT:
        raise Refused(_("Only a complaint is about another case."), field="about")
    try:
        look = look_for(address_of(request), code, actor.at)
    except TooManyTries as refusal:
        raise _wait(refusal) from refusal
    if look.case is None:
        raise Missed(look)
    return look.case


def tracked(actor: Actor, request: HttpRequest, code: str) -> Case | None:
    """The case of a tracking code; a miss is counted. Raises Problem after too many."""
    try:
        return case_of_code(address_of(request), code, actor.at)
    except TooManyTries as refusal:
        raise _wait(refusal) from refusal


def _wait(refusal: TooManyTries) -> Problem:
    wait = str(int(WINDOW.total_seconds()))
    return Problem(problems.TOO_MANY, refusal.sentence, headers={"Retry-After": wait})


class Missed(Problem):
    """A code that is wrong, counted when it is answered: a refusal undoes all that was before."""

    def __init__(self, look: Look) -> None:
        """Like any slip until there were too many; then a wait."""
        self.look = look
        words = _("No case has this code. Compare it with your receipt, sign by sign.")
        if look.shut:
            wait = _wait(TooManyTries())
            super().__init__(wait.kind, wait.detail, headers=wait.headers)
        else:
            fault = Fault(words, pointer="/about")
            super().__init__(problems.REFUSED, words, faults=[fault])

    def response(self) -> HttpResponse:
        """The answer, and the miss."""
        self.look.count()
        return super().response()


def _receipt(case: Case, version: ServiceVersion, actor: Actor) -> ReceiptShape:
    definition = definition_of(version)
    unit_name, head = unit_of(case, actor.at)
    state = next((one for one in definition.states if one.key == case.state), None)
    return ReceiptShape.model_validate(
        {
            "id": case.pk,
            "code": written_code(case.code),
            "service_id": case.service_id,
            "unit_id": case.unit_id,
            "unit_name": dict(unit_name),
            "responsible": dict(head),
            "state_name": dict(public_name(state)),
            "steps": [dict(public_name(one)) for one in main_way(definition)],
            "costs": [
                {name: getattr(one, name) for name in CostShape.model_fields}
                for one in definition.costs
            ],
            "filed_at": case.filed_at,
            "promised_at": case.promised_at,
            "url": reverse("services:followed", args=[case.code]),
        }
    )


@routes.step("/cases/{uuid:id}/files", FilesShape, CASE)
def attach_case_files(
    actor: Actor,
    guard: Guard,
    id: UUID,  # noqa: A002 - as above
    form: ForQuestion,
    files: list[UploadedFile],
) -> Shown:
    """Send files of a filing after it, as a form with `files`: for the post that filed the case.

    Those that it has already are passed over, so they can be sent again.
    """
    case = find_case(actor, id)
    with guard:
        given = files_for(files, form_of(case.version), form.question)
        made = attach(actor, case, given)
    shown = [file_shape(one) for one in made]
    return Shown(FilesShape(files=shown), Ref(CASE, case.pk))


def file_shape(one: CaseFile) -> CaseFileShape:
    """A file of a case."""
    blob = one.file.blob
    copied = ("name", "question", "by_applicant", "output", "at")
    return CaseFileShape.model_validate(
        {
            **{name: getattr(one, name) for name in copied},
            "id": one.pk,
            "size": blob.size if blob else None,
            "media_type": blob.media_type if blob else None,
        }
    )
