"""What citizens may without a token: follow a case by its code, judge it by its secret."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Field, Schema

from diwan.kernel.api.routes import Shown
from diwan.kernel.api.shapes import Prose, Sent
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.policies import Actor
from diwan.kernel.requests import marked_device
from diwan.services.actions.ratings import Judgement, link_of, rate, require_open
from diwan.services.models import RatingLink
from diwan.services.queries.definitions import definition_of
from diwan.services.queries.following import Followed, followed, public_name
from diwan.services.rules.codes import written_code
from diwan.services.rules.definition import RatingQuestion, RatingRule

from .cases import Phase
from .filing import tracked
from .routing import routes

Stars = Annotated[int, Field(strict=True, ge=1, le=5)]


class StageShape(Schema):
    """A step as the applicant sees it."""

    name: dict[str, str]
    place: Literal["behind", "here", "ahead"]
    at: datetime | None
    said: str


class MissingShape(Schema):
    """Something that the office waits for."""

    text: dict[str, str]
    paper: str
    question: str


class GivenShape(Schema):
    """What the applicant gets; `url` is where it is fetched."""

    name: str
    url: str


class FollowedShape(Schema):
    """A case as its applicant follows it; nobody who works on it is named. `url` is its page."""

    code: str
    service_id: UUID
    service_name: dict[str, str]
    unit_id: UUID
    unit_name: dict[str, str]
    responsible: dict[str, str] = Field(description="The post that answers for it: the head's.")
    phase: Phase
    state_name: dict[str, str]
    filed_at: datetime
    promised_at: datetime | None
    ended_at: datetime | None
    stages: list[StageShape]
    missing: list[MissingShape]
    missing_words: str
    waits_until: datetime | None = Field(
        description="Until when what is missing is waited for; the case is closed then."
    )
    outputs: list[GivenShape]
    may_reopen: bool
    url: str


class QuestionShape(Schema):
    """A question that the service adds to the judgement."""

    key: str
    name: dict[str, str]
    kind: Literal["stars", "yesno", "text"]


class JudgementAsked(Schema):
    """What may be said of a case, and until when."""

    service_name: dict[str, str]
    open: bool
    closed_because: str
    expires_at: datetime
    promise: bool
    visits: bool
    papers: bool
    words: bool
    questions: list[QuestionShape]


class JudgementSent(Sent):
    """The citizen's judgement; what the service does not ask is left aside."""

    stars: Stars
    promise_kept: Annotated[bool, Field(strict=True)] | None = None
    visits: Annotated[int, Field(strict=True, ge=0, le=99)] | None = None
    papers_once: Annotated[bool, Field(strict=True)] | None = None
    words: Prose = ""
    answers: dict[str, Annotated[bool, Field(strict=True)] | Stars | Prose] = Field(
        {}, max_length=50, description="To the service's own questions, by their keys."
    )


class JudgementShape(Schema):
    """The judgement as it was taken."""

    stars: int
    at: datetime


@routes.one("/follow/{code}", FollowedShape, anybody=True)
def follow_case(actor: Actor, code: str, request: HttpRequest) -> Shown:
    """Where a case is, for whoever has its tracking code.

    A wrong code and one that nobody has get the same answer; after some of them it takes a while.
    """
    case = tracked(actor, request, code)
    if case is None:
        raise NotFound
    return Shown(_followed(followed(case, actor.at), actor))


def _followed(shown: Followed, actor: Actor) -> FollowedShape:
    case = shown.case
    state = next((one for one in shown.definition.states if one.key == case.state), None)
    copied = ("service_id", "unit_id", "phase", "filed_at", "promised_at", "ended_at")
    told: dict[str, Any] = {name: getattr(case, name) for name in copied}
    stages = [
        {"name": dict(one.name), "place": one.place, "at": one.at, "said": one.said}
        for one in shown.stages
    ]
    missing = [
        {"text": dict(one.text), "paper": one.paper, "question": one.question}
        for one in shown.missing
    ]
    outputs = [
        {"name": one.name, "url": reverse("services:output", args=[case.code, one.pk])}
        for one in shown.outputs
    ]
    return FollowedShape.model_validate(
        {
            **told,
            "code": written_code(case.code),
            "service_name": dict(case.service.name),
            "unit_name": dict(shown.unit_name),
            "responsible": dict(shown.head),
            "state_name": dict(public_name(state)),
            "stages": stages,
            "missing": missing,
            "missing_words": shown.missing_words,
            "waits_until": shown.waits_until,
            "outputs": outputs,
            "may_reopen": shown.may_reopen(actor.at),
            "url": reverse("services:followed", args=[case.code]),
        }
    )


@routes.one("/ratings/{secret}", JudgementAsked, anybody=True)
def get_rating(actor: Actor, secret: str) -> Shown:
    """What the one who holds the secret of a rating is asked."""
    link = link_of(secret)
    rule = definition_of(link.case.version).rating
    copied = ("promise", "visits", "papers", "words")
    questions = [
        {"key": one.key, "name": dict(one.name), "kind": one.kind} for one in rule.questions
    ]
    why = _closed_because(link, actor)
    return Shown(
        JudgementAsked.model_validate(
            {
                **{name: getattr(rule, name) for name in copied},
                "service_name": dict(link.case.service.name),
                "open": not why,
                "closed_because": why,
                "expires_at": link.expires_at,
                "questions": questions,
            }
        )
    )


def _closed_because(link: RatingLink, actor: Actor) -> str:
    try:
        require_open(link, actor.at)
    except Refused as refusal:
        return str(refusal)
    return ""


@routes.say("/ratings/{secret}", JudgementShape)
def make_rating(actor: Actor, secret: str, body: JudgementSent, request: HttpRequest) -> Shown:
    """Judge a case, once; a second one is a 409. Offices don't judge their own work: a 422."""
    link = link_of(secret)
    said = Judgement(
        stars=body.stars,
        promise_kept=body.promise_kept,
        visits=body.visits,
        papers_once=body.papers_once,
        words=body.words,
        answers=_answers(definition_of(link.case.version).rating, body),
    )
    row = rate(actor, link, said, staff=marked_device(request))
    return Shown(JudgementShape(stars=row.stars, at=row.at))


KINDS = {"stars": int, "yesno": bool, "text": str}


def _answers(rule: RatingRule, body: JudgementSent) -> dict[str, Any]:
    """The answers to the service's own questions. Raises Refused for one that does not fit."""
    known = {one.key: one for one in rule.questions}
    for key, value in body.answers.items():
        if not _fits(known.get(key), value):
            raise Refused(_("The service does not ask this, or not so."), field=f"answers/{key}")
    return dict(body.answers)


def _fits(question: RatingQuestion | None, value: object) -> bool:
    return question is not None and type(value) is KINDS[question.kind]
