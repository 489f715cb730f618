"""OParl's Body, Organization, LegislativeTerm, Membership and Person, as everybody may see them.

A unit at the top that hosts an open body, itself or below, is a Body; an open body of ours an
Organization. Who sits in a seat is told where the body lets it (`OpenBody.people`); elsewhere the
membership names role and post, and nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from uuid import UUID

from django.conf import settings

from diwan.councils.public import OpenBody, OpenSeat, OpenTerm, open_bodies, open_seats
from diwan.directory.public import Sitting, sittings_of, tops_of, units_for
from diwan.interop.models import PublishedObject
from diwan.interop.rules.oparl import OF_BODY, Kind, Object, shown_day
from diwan.kernel.calendars import Precision
from diwan.kernel.policies import Actor

from .oparl_shown import (
    Shown,
    derived,
    earliest,
    exact,
    latest,
    list_url,
    page_url,
    root,
    said,
    speaking,
    thing,
    url_of,
    zone_of,
)


@dataclass(frozen=True)
class Place:
    """A seat, and who sits or sat there where that is told; `record` is its identifier."""

    record: UUID
    body: OpenBody
    seat: OpenSeat
    sitting: Sitting | None
    since: date | None
    until: date | None


@dataclass(frozen=True)
class Council:
    """An open body with its top unit and its places."""

    body: OpenBody
    top: UUID
    places: Sequence[Place]


def councils(ids: Iterable[UUID] | None = None) -> list[Council]:
    """Those of these bodies (or of all) that are open to everybody, in few questions."""
    bodies = open_bodies(Actor.anonymous(), ids)
    tops = tops_of(body.unit_id for body in bodies)
    known = {body.id: body for body in bodies}
    seats = open_seats(bodies)
    told = {seat.post_id for seat in seats if seat.post_id and known[seat.body_id].people}
    sittings = sittings_of(told)
    places: dict[UUID, list[Place]] = defaultdict(list)
    for seat in seats:
        body = known[seat.body_id]
        places[body.id] += _places(body, seat, sittings)
    return [Council(body, tops.get(body.unit_id, body.unit_id), places[body.id]) for body in bodies]


def _places(
    body: OpenBody, seat: OpenSeat, sittings: Mapping[UUID, Sequence[Sitting]]
) -> Iterator[Place]:
    """One place a seat; one for each who sat there where people are told."""
    since, until = exact(seat.since), exact(seat.until)
    if not body.people or seat.post_id is None:
        yield Place(derived(seat.lineage, seat.post_id), body, seat, None, since, until)
        return
    zone = zone_of(body.country)
    for sitting in sittings.get(seat.post_id, ()):
        began = _day(sitting.since_at, sitting.since_precision, zone)
        ended = _day(sitting.until_at, sitting.until_precision, zone)
        first, last = latest([since, began]), earliest([until, ended])
        if first is None or last is None or first < last:
            record = derived(seat.lineage, seat.post_id, sitting.lineage)
            yield Place(record, body, seat, sitting, first, last)


def _day(at: datetime | None, precision: str, zone: tzinfo) -> date | None:
    return at.astimezone(zone).date() if at and precision == Precision.DAY else None


def shown_of_bodies(found: Iterable[Council]) -> Iterator[Shown]:
    """The objects of bodies: the Organization, its terms and memberships."""
    for council in found:
        body = council.body
        with speaking(body.language):
            yield Shown(
                kind=Kind.ORGANIZATION,
                record=body.id,
                source=body.id,
                top=council.top,
                organization=body.id,
                content=_organization(council),
            )
            for term in body.terms:
                content = _term(body, term, council.top)
                yield Shown(Kind.TERM, term.lineage, body.id, council.top, content, body.id)
            for place in council.places:
                yield Shown(
                    kind=Kind.MEMBERSHIP,
                    record=place.record,
                    source=body.id,
                    top=council.top,
                    organization=body.id,
                    person=place.sitting.person_id if place.sitting else None,
                    content=membership(place),
                )


def _organization(council: Council) -> Object:
    body = council.body
    seats = {(place.seat.lineage, place.seat.post_id): place.seat for place in council.places}
    return thing(
        Kind.ORGANIZATION,
        body.id,
        body=url_of(Kind.BODY, council.top),
        name=said(body.name, body.language),
        shortName=body.code,
        organizationType="Gremium",
        classification=body.kind,
        subOrganizationOf=url_of(Kind.ORGANIZATION, body.parent_id) if body.parent_id else None,
        membership=[url_of(Kind.MEMBERSHIP, place.record) for place in council.places],
        post=sorted({seat.role_label for seat in seats.values()}),
        meeting=list_url(Kind.ORGANIZATION, body.id, "meeting"),
        consultation=list_url(Kind.ORGANIZATION, body.id, "consultation"),
        startDate=shown_day(exact(body.since)),
        endDate=shown_day(exact(body.until)),
        web=page_url("councils:body", body.language, body.id),
    )


def _term(body: OpenBody, term: OpenTerm, top: UUID) -> Object:
    return thing(
        Kind.TERM,
        term.lineage,
        body=url_of(Kind.BODY, top),
        name=f"{said(body.name, body.language)} · {term.number}",
        startDate=shown_day(exact(term.since)),
        endDate=shown_day(exact(term.until)),
    )


def membership(place: Place) -> Object:
    """A Membership: the role and the post, with the person where that is told."""
    seat, body = place.seat, place.body
    name = said(seat.name, body.language)
    sitting = place.sitting
    return thing(
        Kind.MEMBERSHIP,
        place.record,
        person=url_of(Kind.PERSON, sitting.person_id) if sitting else None,
        organization=url_of(Kind.ORGANIZATION, body.id),
        role=f"{seat.role_label} · {name}" if name else seat.role_label,
        votingRight=seat.votes,
        startDate=shown_day(place.since),
        endDate=shown_day(place.until),
    )


def shown_of_people(
    found: Iterable[Council], wanted: Collection[UUID] | None = None
) -> Iterator[Shown]:
    """The Persons who sit or sat in these bodies where that is told; or these of them alone."""
    seats: dict[UUID, list[tuple[Council, Place, Sitting]]] = defaultdict(list)
    for council in found:
        for place in council.places:
            sitting = place.sitting
            if sitting and (wanted is None or sitting.person_id in wanted):
                seats[sitting.person_id].append((council, place, sitting))
    for person_id, rows in seats.items():
        council, _place, sitting = rows[0]
        language = council.body.language
        with speaking(language):
            content = thing(
                Kind.PERSON,
                person_id,
                body=url_of(Kind.BODY, council.top),
                name=said(sitting.name, language),
                formOfAddress=sitting.honorific,
                membership=[membership(place) for _council, place, _sitting in rows],
            )
        yield Shown(Kind.PERSON, person_id, person_id, council.top, content, person=person_id)


def shown_of_tops(ids: Iterable[UUID]) -> Iterator[Shown]:
    """The Bodies: units at the top with an Organization that is in the index and still open."""
    rows = PublishedObject.objects.filter(
        kind=Kind.ORGANIZATION, top__in=set(ids), deleted_at__isnull=True
    )
    hosted: dict[UUID, list[OpenBody]] = defaultdict(list)
    tops = dict(rows.values_list("record", "top"))
    for body in open_bodies(Actor.anonymous(), tops):
        hosted[tops[body.id]].append(body)
    languages = {pk: bodies[0].language for pk, bodies in hosted.items()}
    for unit in units_for(Actor.anonymous(), hosted):
        terms = [_term(body, term, unit.id) for body in hosted[unit.id] for term in body.terms]
        lists = {name: list_url(Kind.BODY, unit.id, name) for name in OF_BODY}
        content = thing(
            Kind.BODY,
            unit.id,
            system=root(),
            name=said(unit.name, languages[unit.id]),
            classification=unit.kind,
            license=settings.DIWAN_OPEN_LICENSE,
            web=page_url("councils:bodies", languages[unit.id]),
            **lists,
        ) | {"legislativeTerm": terms}
        yield Shown(Kind.BODY, unit.id, unit.id, unit.id, content)
