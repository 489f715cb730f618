"""Cases over the API: lists, one with its story, its files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, Schema

from diwan.kernel import files
from diwan.kernel.api.paging import Ordered, Page, page_of
from diwan.kernel.api.routes import Raw, Shown
from diwan.kernel.api.shapes import Id, Instant, Line
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor
from diwan.services.constants import CASE
from diwan.services.models import Applicant, Case, Inquiry
from diwan.services.policies import CASES, owed_to
from diwan.services.queries.casepage import CONTENT, CaseSheet, case_file, case_sheet
from diwan.services.queries.definitions import definition_of
from diwan.services.queries.story import StoryLine
from diwan.services.rules.codes import read_code, written_code
from diwan.services.rules.definition import StepAction

from .filing import CaseFileShape, file_shape
from .routing import routes

Channel = Literal["online", "counter", "phone", "api", "collect", "open311"]
Phase = Literal["open", "waiting", "done", "refused", "withdrawn"]


class CaseLine(Schema):
    """A case. `code` is empty for who may not act for its applicant."""

    id: UUID
    code: str
    service_id: UUID
    service_code: str
    version_id: UUID
    unit_id: UUID = Field(description="Where it was filed, and which answers for it.")
    at_unit_id: UUID = Field(description="Where its step lies.")
    post_id: UUID | None = Field(description="The post that took the step.")
    channel: Channel
    language: str
    state: str
    state_name: dict[str, str]
    role: str
    phase: Phase
    late: bool
    title: str
    filed_at: datetime
    promised_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None
    on_time: bool | None
    returned: int
    reopened: int
    visits: int


class ApplicantShape(Schema):
    """Who asks, as far as they said."""

    name: str
    phone: str
    email: str
    identity: str
    on_behalf: str


class StoryShape(Schema):
    """One thing that happened to the case. `words` are a sentence of the asked language."""

    at: datetime
    kind: str
    words: str
    text: str
    unit_id: UUID | None
    post_id: UUID | None
    missing: list[str]
    file_ids: list[UUID]


class InquiryShape(Schema):
    """What another department was asked; its case's step waits for the answer."""

    id: UUID
    case_id: UUID
    unit_id: UUID
    question: str
    asked_at: datetime
    due_at: datetime | None
    opinion: Literal["agrees", "objects", "says", ""]
    answer: str
    answered_at: datetime | None
    withdrawn_at: datetime | None


class RelatedShape(Schema):
    """Another case beside it; `forward` where this one stands in the relation to the other."""

    case_id: UUID
    relation: Literal["about", "duplicate", "follows", "together"]
    forward: bool


class CaseActionShape(Schema):
    """A step that the caller may take now."""

    key: str
    name: dict[str, str]
    to: str = Field(description="The state it leads to.")
    requires: list[str] = Field(
        description="`note`, `said`, `file`, `output`, or paths of questions to be answered."
    )
    pauses: bool = Field(description="The applicant is asked; the clock stands still meanwhile.")


class CaseShape(CaseLine):
    """A case with everything around it, and what the caller may do."""

    applicant: ApplicantShape | None = Field(description="null once it was erased.")
    answers: dict[str, Any]
    files: list[CaseFileShape]
    missing: list[dict[str, Any]] = Field(description="What the applicant is to bring.")
    missing_words: str
    inquiries: list[InquiryShape]
    related: list[RelatedShape]
    story: list[StoryShape]
    actions: list[CaseActionShape]
    rights: list[str]


class AskedCases(Ordered):
    """What cases are narrowed to."""

    service: Id | None = None
    unit: Id | None = Field(None, description="Filed at this unit.")
    at_unit: Id | None = Field(None, description="Lying at this unit.")
    phase: Literal["open", "waiting", "done", "refused", "withdrawn", ""] = ""
    state: Line = Field("", description="A state of the workbook.")
    channel: Literal["online", "counter", "phone", "api", "collect", "open311", ""] = ""
    late: Literal["true", ""] = Field("", description="Whose step or promise is over.")
    owed: Literal["true", ""] = Field("", description="Whose step one's own posts owe.")
    code: Line = Field("", description="A tracking code.")
    filed_since: Instant | None = None
    ended_since: Instant | None = None


@routes.many("/cases", CaseLine)
def list_cases(actor: Actor, asked: AskedCases) -> Page[CaseLine]:
    """Cases that the caller may see."""
    rows = CASES.which(actor, "see", _light(Case.objects.all()))
    exact = {
        "service_id": asked.service,
        "unit_id": asked.unit,
        "at_unit_id": asked.at_unit,
        "phase": asked.phase,
        "state": asked.state,
        "channel": asked.channel,
        "filed_at__gte": asked.filed_since,
        "ended_at__gte": asked.ended_since,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if asked.late:
        rows = rows.filter(pk__in=Case.objects.late(actor.at).values("pk"))
    if asked.owed:
        rows = rows.filter(owed_to(actor), phase=Case.Phase.OPEN)
    if asked.code:
        rows = rows.filter(code=read_code(asked.code) or "")
    return page_of(rows, asked, lambda found: _lines(found, actor))


def _light(rows: QuerySet[Case]) -> QuerySet[Case]:
    return rows.select_related("service", "version").defer("service__search", *CONTENT)


def _lines(rows: Iterable[Case], actor: Actor) -> list[CaseLine]:
    found = list(rows)
    among = Case.objects.filter(pk__in=[row.pk for row in found])
    helped = set(CASES.which(actor, "help", among).values_list("pk", flat=True))
    return [CaseLine.model_validate(_facts(row, actor, coded=row.pk in helped)) for row in found]


def _facts(row: Case, actor: Actor, *, coded: bool) -> dict[str, Any]:
    copied = [name for name in CaseLine.model_fields if hasattr(row, name)]
    state = next((one for one in definition_of(row.version).states if one.key == row.state), None)
    over = [at for at in (row.due_at, row.promised_at) if at is not None and at < actor.at]
    return {
        **{name: getattr(row, name) for name in copied},
        "code": written_code(row.code) if coded else "",
        "service_code": row.service.code,
        "state_name": dict(state.name) if state else {},
        "late": row.phase == Case.Phase.OPEN and bool(over),
    }


@routes.one("/cases/{uuid:id}", CaseShape)
def get_case(actor: Actor, id: UUID) -> Shown:  # noqa: A002 - the address's own word
    """One case with its story, its files, and what the caller may do with it."""
    return Shown(_case(case_sheet(actor, id), actor), Ref(CASE, id))


def _case(sheet: CaseSheet, actor: Actor) -> CaseShape:
    row = sheet.case
    coded = CASES.may(actor, "help", row)
    kept = getattr(row, "answers", None)
    return CaseShape.model_validate(
        {
            **_facts(row, actor, coded=coded),
            "applicant": _applicant(sheet.applicant),
            "answers": kept.answers if kept else {},
            "files": [file_shape(one) for one in sheet.files],
            "missing": list(sheet.pause.asked) if sheet.pause else [],
            "missing_words": sheet.pause.words if sheet.pause else "",
            "inquiries": [inquiry_shape(one) for one in sheet.inquiries],
            "related": [
                {"case_id": one.case.pk, "relation": one.verb, "forward": one.forward}
                for one in sheet.related
            ],
            "story": [_told(line) for line in sheet.story],
            "actions": actions_of(sheet.actions),
            "rights": sorted(sheet.rights),
        }
    )


def actions_of(actions: Sequence[StepAction]) -> list[CaseActionShape]:
    """Steps, as they are answered."""
    return [
        CaseActionShape(
            key=one.key,
            name=dict(one.name),
            to=one.to,
            requires=list(one.requires),
            pauses=one.pauses,
        )
        for one in actions
    ]


def _applicant(row: Applicant | None) -> ApplicantShape | None:
    if row is None or row.erased_at is not None:
        return None
    names = ApplicantShape.model_fields
    return ApplicantShape.model_validate({name: getattr(row, name) for name in names})


def _told(line: StoryLine) -> StoryShape:
    copied = ("at", "kind", "words", "text", "unit_id", "post_id")
    told = {name: getattr(line, name) for name in copied}
    file_ids = [one.pk for one in line.files]
    return StoryShape.model_validate({**told, "missing": list(line.missing), "file_ids": file_ids})


def inquiry_shape(row: Inquiry) -> InquiryShape:
    """An inquiry."""
    names = InquiryShape.model_fields
    return InquiryShape.model_validate({name: getattr(row, name) for name in names})


def shown_line(actor: Actor, case_id: UUID) -> Shown:
    """A case as it stands after a step, even where the step took it out of the caller's sight."""
    row = _light(Case.objects.filter(pk=case_id)).get()
    return Shown(_lines([row], actor)[0], Ref(CASE, row.pk))


@routes.one("/cases/{uuid:id}/files/{uuid:file}", None)
def get_case_file(actor: Actor, id: UUID, file: UUID, request: HttpRequest) -> Raw:  # noqa: A002 - as above
    """The content of a file of a case; its ETag is its SHA-256."""
    return Raw(files.answer_with(request, case_file(actor, id, file)))
