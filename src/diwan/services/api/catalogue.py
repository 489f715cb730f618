"""Services, what each is and asks, and where: open to everybody, as the catalogue is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from ninja import Field, Schema

from diwan.directory.public import UnitVersion, authority_of, day_in
from diwan.kernel.api.paging import Ordered, Page, page_of
from diwan.kernel.api.routes import Raw, Shown
from diwan.kernel.api.shapes import Id, Line
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor
from diwan.kernel.text import search_tokens
from diwan.services.constants import SERVICE
from diwan.services.models import Service, ServiceVersion
from diwan.services.policies.services import services
from diwan.services.queries.definitions import (
    definition_of,
    form_of,
    offering,
    services_offered,
)
from diwan.services.queries.following import public_name
from diwan.services.rules.definition import Deadline, Definition
from diwan.services.rules.flow import main_way
from diwan.services.rules.formschema import json_schema

from .routing import routes, service_seen

Kind = Literal["service", "complaint", "duty"]
DAYS = ("reopen_days", "waiting_days")


class ServiceLine(Schema):
    """A service. `url` is its page."""

    id: UUID
    code: str
    country: str
    kind: Kind
    audience: Literal["public", "staff"]
    state: Literal["draft", "open", "closed"]
    name: dict[str, str]
    summary: dict[str, str]
    events: list[str] = Field(description="Life events, such as `home` or `business`.")
    owner_id: UUID = Field(description="The unit that answers for it.")
    url: str


class Length(Schema):
    """A length of time."""

    amount: float
    unit: Literal["working_hours", "working_days", "calendar_days"]


class PaperShape(Schema):
    """Something that the applicant brings."""

    key: str
    name: dict[str, str]
    note: dict[str, str]
    required: bool
    question: str = Field(description="The question of the form that takes it, if one does.")


class LawShape(Schema):
    """A legal basis."""

    name: dict[str, str]
    url: str


class CostShape(Schema):
    """What it costs; `amount` is a decimal number, empty where it varies."""

    name: dict[str, str]
    amount: str
    currency: str


class ServiceShape(ServiceLine):
    """A service with all that its page says. `steps` are the plain way, as applicants read it."""

    version_id: UUID
    version: int
    description: dict[str, str]
    audience_text: dict[str, str]
    channels: list[str] = Field(description="By which ways it can be asked for; `api` is this one.")
    laws: list[LawShape]
    papers: list[PaperShape]
    costs: list[CostShape]
    output: dict[str, str]
    promise: Length | None = Field(description="From filing to the final answer.")
    steps: list[dict[str, str]]
    reopen_days: int
    waiting_days: int = Field(description="How long what is missing is waited for.")
    complaints: str = Field(description="The code of the service that takes complaints about it.")


class FormShape(Schema):
    """What the form asks: `answers_schema` is a JSON Schema (2020-12) of the answers."""

    version_id: UUID
    language: str
    languages: list[str]
    answers_schema: dict[str, Any]


class PlaceShape(Schema):
    """A unit where the service can be asked for."""

    id: UUID
    key: str
    country: str
    province: str
    name: dict[str, str]
    kind: str


class AskedServices(Ordered):
    """What services are narrowed to."""

    country: str = Field("", pattern="^([A-Z]{2})?$")
    code: Line = ""
    event: Line = Field("", description="A life event.")
    kind: Literal["service", "complaint", "duty", ""] = ""
    state: Literal["open", "closed", ""] = ""
    unit: Id | None = Field(None, description="Offered at this unit today.")
    q: Line = Field("", description="Everyday words; all of them are found.")


class AskedPlaces(Ordered):
    """What places are narrowed to."""

    q: Line = Field("", description="Words of the name.")


@routes.many("/services", ServiceLine, anybody=True)
def list_services(actor: Actor, asked: AskedServices) -> Page[ServiceLine]:
    """Services, open to everybody; with a token also what only offices may ask for."""
    rows = services.which(actor, "see", Service.objects.defer("search"))
    exact = {"country": asked.country, "code": asked.code, "kind": asked.kind, "state": asked.state}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if asked.event:
        there = rows.values_list("pk", "events")  # few: no database needs to look into the list
        rows = rows.filter(pk__in=[pk for pk, events in there if asked.event in events])
    if asked.unit:
        offered = services_offered(asked.unit, authority_of(actor).day)
        rows = rows.filter(pk__in=offered.values("pk"))
    for token in search_tokens(asked.q):
        rows = rows.filter(search__contains=token)
    return page_of(rows, asked, lambda found: [_line(row) for row in found])


def _line(row: Service) -> ServiceLine:
    return ServiceLine.model_validate(_facts(row))


def _facts(row: Service) -> dict[str, Any]:
    copied = ("code", "country", "kind", "audience", "state", "name", "summary", "events")
    page = f"{reverse('services:service', args=[row.code])}?country={row.country}"
    told = {name: getattr(row, name) for name in (*copied, "owner_id")}
    return {**told, "id": row.pk, "url": page}


@routes.one("/services/{uuid:id}", ServiceShape, anybody=True)
def get_service(actor: Actor, id: UUID) -> Shown:  # noqa: A002 - the address's own word
    """One service: what it is for, what to bring, what it costs, its steps and its promise."""
    row, version = service_seen(actor, id)
    return Shown(_shape(row, version, definition_of(version)), Ref(SERVICE, row.pk))


def _shape(row: Service, version: ServiceVersion, told: Definition) -> ServiceShape:
    copied = ("description", "audience_text", "output", "complaints", *DAYS)
    return ServiceShape.model_validate(
        {
            **_facts(row),
            **{name: getattr(told, name) for name in copied},
            "version_id": version.pk,
            "version": version.number,
            "channels": list(told.channels),
            "laws": [{"name": dict(one.name), "url": one.url} for one in told.laws],
            "papers": [
                {name: getattr(one, name) for name in PaperShape.model_fields}
                for one in told.papers
            ],
            "costs": [
                {name: getattr(one, name) for name in CostShape.model_fields} for one in told.costs
            ],
            "promise": length(told.target),
            "steps": [dict(public_name(state)) for state in main_way(told)],
        }
    )


def length(deadline: Deadline | None) -> Length | None:
    """A length of time, as it is answered."""
    return Length(amount=deadline.amount, unit=deadline.unit) if deadline else None


@routes.one("/services/{uuid:id}/form", FormShape, anybody=True)
def get_service_form(actor: Actor, id: UUID) -> Shown:  # noqa: A002 - as above
    """The form as JSON Schema, its words in the asked language.

    What the office itself answers is left out. Conditions between answers stand in `$comment`; they
    are worked out when the answers arrive.
    """
    _row, version = service_seen(actor, id)
    form = form_of(version)
    language = (get_language() or "")[:2]
    schema = json_schema(form, language if language in form.languages else "")
    return Shown(
        FormShape(
            version_id=version.pk,
            language=language if language in form.languages else form.languages[0],
            languages=list(form.languages),
            answers_schema=schema,
        )
    )


@routes.one("/services/{uuid:id}/xform", None)
def get_service_xform(actor: Actor, id: UUID) -> Raw:  # noqa: A002 - as above
    """The form as XForms has it (ODK XForms), what the office answers included."""
    _row, version = service_seen(actor, id)
    return Raw(HttpResponse(version.xform, content_type="text/xml; charset=utf-8"))


@routes.many("/services/{uuid:id}/units", PlaceShape, anybody=True)
def list_service_units(actor: Actor, id: UUID, asked: AskedPlaces) -> Page[PlaceShape]:  # noqa: A002 - as above
    """The units where it can be asked for today."""
    row, _version = service_seen(actor, id)
    rows = offering(row, day_in(row.country, actor)).select_related("unit")
    for token in search_tokens(asked.q):
        rows = rows.filter(search__contains=token)
    return page_of(rows, asked, _places, by="unit_id")


def _places(rows: Iterable[UnitVersion]) -> list[PlaceShape]:
    return [
        PlaceShape(
            id=row.unit_id,
            key=row.unit.key,
            country=row.unit.country,
            province=row.unit.province,
            name=row.name,
            kind=row.kind,
        )
        for row in rows
    ]
