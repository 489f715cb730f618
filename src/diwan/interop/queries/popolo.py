"""Units, posts, people, memberships, meetings, motions and votes as Popolo 1.0, for whoever asks.

Who has signed in gets what the pages show them; everybody else what is open to all: open bodies
with the units that host them, seats by post, and people alone where their body names them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from uuid import UUID

from diwan.councils.public import OpenBody, OpenSeat, open_bodies, open_seats
from diwan.directory.public import (
    OpenPost,
    OpenUnit,
    Sitting,
    people_for,
    posts_for,
    province,
    sittings_of,
    tops_of,
    units_for,
)
from diwan.interop.rules.popolo import Object, day_of, document, filled, when
from diwan.kernel.policies import Actor, ActorKind

from .oparl_shown import derived, page_url, said, speaking, zone_of
from .popolo_meetings import Meetings

CHUNK = 400


def popolo(actor: Actor, language: str) -> Iterator[str]:
    """The whole document, in pieces; names in `language`, those in others beside them."""
    told = _Told(actor, language)
    meetings = Meetings(actor, language, {body.id for body in told.bodies}, told.named)
    yield from document(
        {
            "areas": told.areas(),
            "organizations": told.organizations(),
            "posts": told.posts(),
            "persons": told.persons(),
            "memberships": told.memberships(),
            "events": meetings.events(),
            "motions": meetings.motions(),
            "vote_events": meetings.vote_events(),
        }
    )


class _Told:
    """What stands still: areas, organizations, posts, people and memberships."""

    def __init__(self, actor: Actor, language: str) -> None:
        self.actor, self.language = actor, language
        self.staff = actor.kind is not ActorKind.ANONYMOUS
        self.bodies: list[OpenBody] = open_bodies(actor)

    @cached_property
    def units(self) -> Mapping[UUID, OpenUnit]:
        """The units that the actor may see; for everybody those that host something open."""
        if self.staff:
            return {unit.id: unit for unit in units_for(self.actor)}
        hosts = {body.unit_id for body in self.bodies}
        shown = hosts | set(tops_of(hosts).values())
        return {unit.id: unit for unit in units_for(self.actor, shown)}

    @cached_property
    def seats(self) -> Sequence[OpenSeat]:
        """The seats of the bodies."""
        return open_seats(self.bodies)

    @cached_property
    def people(self) -> Mapping[UUID, list[Sitting]]:
        """Who holds or held the posts of seats where that may be told."""
        naming = {body.id for body in self.bodies if body.people}
        return sittings_of(
            seat.post_id for seat in self.seats if seat.post_id and seat.body_id in naming
        )

    @property
    def named(self) -> set[UUID] | None:
        """The people who may be told to have been there; None for all."""
        if self.staff:
            return None
        return {one.person_id for some in self.people.values() for one in some}

    def _named(self, name: Mapping[str, str]) -> Object:
        """A name in the language asked for, and in the others."""
        shown = said(name, self.language)
        others = {code: said(name, code) for code in sorted(name) if name[code].strip()}
        return {
            "name": shown,
            "other_names": [
                {"name": text, "note": code} for code, text in others.items() if text != shown
            ],
        }

    def areas(self) -> Iterator[Object]:
        """The provinces of the units."""
        for code in sorted({unit.province for unit in self.units.values() if unit.province}):
            known = province(code)
            name = said(known.names, self.language) if known else code
            yield {"id": code, "name": name, "identifier": code, "classification": "province"}

    def organizations(self) -> Iterator[Object]:
        """Units, then bodies."""
        for unit in self.units.values():
            parent = unit.parent_id if unit.parent_id in self.units else None
            yield filled(
                {
                    "id": str(unit.id),
                    **self._named(unit.name),
                    "classification": unit.kind,
                    "parent_id": str(parent) if parent else None,
                    "area_id": unit.province,
                    "founding_date": when(unit.since),
                    "dissolution_date": when(unit.until),
                }
            )
        for body in self.bodies:
            yield self._body(body)

    def _body(self, body: OpenBody) -> Object:
        above = body.parent_id or (body.unit_id if body.unit_id in self.units else None)
        page = page_url("councils:body", self.language, body.id)
        return filled(
            {
                "id": str(body.id),
                **self._named(body.name),
                "classification": body.kind,
                "identifiers": [{"identifier": body.code, "scheme": "code"}],
                "parent_id": str(above) if above else None,
                "description": said(body.mandate, self.language),
                "founding_date": when(body.since),
                "dissolution_date": when(body.until),
                "sources": [{"url": page}],
            }
        )

    def posts(self) -> Iterator[Object]:
        """The posts that the actor may see; for everybody those that have a seat."""
        if self.staff:
            for post in posts_for(self.actor):
                yield self._post(post)
            return
        seated = {seat.post_id: seat for seat in self.seats if seat.post_id}
        for post_id, seat in seated.items():
            yield filled({"id": str(post_id), "label": said(seat.name, self.language)})

    def _post(self, post: OpenPost) -> Object:
        return filled(
            {
                "id": str(post.id),
                "label": said(post.name, self.language),
                "organization_id": str(post.unit_id) if post.unit_id in self.units else None,
                "start_date": when(post.since),
                "end_date": when(post.until),
            }
        )

    def persons(self) -> Iterator[Object]:
        """The people whom the actor may see; for everybody those whom an open body names."""
        if self.staff:
            for pk, name, honorific in people_for(self.actor):
                yield self._person(pk, name, honorific)
            return
        known = {one.person_id: one for some in self.people.values() for one in some}
        for one in known.values():
            yield self._person(one.person_id, one.name, one.honorific)

    def _person(self, pk: UUID, name: Mapping[str, str], honorific: str) -> Object:
        return filled({"id": str(pk), **self._named(name), "honorific_prefix": honorific})

    def memberships(self) -> Iterator[Object]:
        """Seats in bodies with who sits there; for staff also who holds which post of a unit."""
        known = {body.id: body for body in self.bodies}
        for seat in self.seats:
            yield from self._seat(seat, known[seat.body_id])
        if not self.staff:
            return
        some: list[OpenPost] = []
        for post in posts_for(self.actor):
            some.append(post)
            if len(some) == CHUNK:
                yield from self._holdings(some)
                some = []
        yield from self._holdings(some)

    def _seat(self, seat: OpenSeat, body: OpenBody) -> Iterator[Object]:
        with speaking(self.language):
            role = seat.role_label
        told = {
            "organization_id": str(body.id),
            "post_id": str(seat.post_id) if seat.post_id else None,
            "role": role,
            "label": said(seat.name, self.language),
        }
        sittings = self.people.get(seat.post_id, ()) if body.people and seat.post_id else ()
        zone = zone_of(body.country)
        for one in sittings:
            began = day_of(one.since_at, one.since_precision, zone)
            ended = day_of(one.until_at, one.until_precision, zone)
            since = max(filter(None, [when(seat.since), began]), default=None)
            until = min(filter(None, [when(seat.until), ended]), default=None)
            if since and until and since >= until:
                continue
            yield filled(
                {
                    "id": str(derived(seat.lineage, seat.post_id, one.lineage)),
                    "person_id": str(one.person_id),
                    **told,
                    "start_date": since,
                    "end_date": until,
                }
            )
        if not sittings:
            dates = {"start_date": when(seat.since), "end_date": when(seat.until)}
            yield filled({"id": str(derived(seat.lineage, seat.post_id)), **told, **dates})

    def _holdings(self, posts: Sequence[OpenPost]) -> Iterator[Object]:
        held = sittings_of(post.id for post in posts)
        for post in posts:
            unit = self.units.get(post.unit_id)
            for one in held.get(post.id, ()) if unit else ():
                zone = zone_of(unit.country if unit else "")
                yield filled(
                    {
                        "id": str(one.lineage),
                        "person_id": str(one.person_id),
                        "organization_id": str(post.unit_id),
                        "post_id": str(post.id),
                        "role": said(post.name, self.language),
                        "start_date": day_of(one.since_at, one.since_precision, zone),
                        "end_date": day_of(one.until_at, one.until_precision, zone),
                    }
                )
