"""The plain things of the sample before they are rows: registers, units, posts, people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from .office import Office
from .wording import Texts, Wording


@dataclass(eq=False)
class RegisterPlan:
    """One register, the office hours it keeps and the sentences it speaks."""

    id: UUID
    key: str
    language: str
    country: str
    told: dict[str, Any]
    office: Office
    wording: Wording
    units: list[UnitPlan] = field(default_factory=list)
    people: list[PersonPlan] = field(default_factory=list)
    partners: list[tuple[UUID, str, Texts]] = field(default_factory=list)
    unit_patterns: dict[str, UUID] = field(default_factory=dict)
    post_patterns: dict[tuple[str, str], UUID] = field(default_factory=dict)
    documents: list[UUID] = field(default_factory=list)


@dataclass(eq=False)
class PersonPlan:
    """An invented person with the user who acts for them."""

    id: UUID
    key: str
    user_id: UUID | None
    login: str
    label: str
    name: Texts
    honorific: str


@dataclass(eq=False)
class Tenure:
    """A person in a post from an instant (None: before the record) to an instant (None: still)."""

    person: PersonPlan
    since_at: datetime | None
    until_at: datetime | None = None
    kind: str = "full"

    def holds(self, at: datetime) -> bool:
        """True if it holds at that instant."""
        begun = self.since_at is None or self.since_at <= at
        return begun and (self.until_at is None or at < self.until_at)


@dataclass(eq=False)
class PostPlan:
    """A post, who held it when, and what becomes of it."""

    id: UUID
    key: str
    unit: UnitPlan
    spec: str
    name: Texts
    roles: tuple[str, ...]
    pattern: UUID | None = None
    tenures: list[Tenure] = field(default_factory=list)
    handed_at: list[datetime] = field(default_factory=list)

    def holder(self, at: datetime) -> PersonPlan | None:
        """Who acts in the post at that instant: a deputy before the holder on leave."""
        found = None
        for tenure in self.tenures:
            if tenure.holds(at):
                if tenure.kind == "deputy":
                    return tenure.person
                found = tenure.person
        return found


@dataclass(eq=False)
class UnitPlan:
    """A unit and its changes. `place` is how sentences call it."""

    id: UUID
    key: str
    register: RegisterPlan
    spec: str
    kind: str
    name: Texts
    place: str
    parent: UnitPlan | None
    province: str = ""
    pattern: UUID | None = None
    posts: list[PostPlan] = field(default_factory=list)
    children: list[UnitPlan] = field(default_factory=list)
    bodies: tuple[str, ...] = ()
    pace: float = 1.0
    founded: date | None = None
    renamed: tuple[date, Texts] | None = None
    moved: tuple[date, UnitPlan] | None = None
    merged: tuple[date, UnitPlan] | None = None

    @property
    def head(self) -> PostPlan | None:
        """The post with the role head."""
        return self.with_role("head")

    def with_role(self, role: str) -> PostPlan | None:
        """The first post with a role."""
        return next((post for post in self.posts if role in post.roles), None)

    def open_at(self, at: datetime) -> bool:
        """True if the unit exists at that instant."""
        office = self.register.office
        begun = self.founded is None or office.midnight(self.founded) <= at
        return begun and (self.merged is None or at < office.midnight(self.merged[0]))

    def above_at(self, at: datetime) -> UnitPlan | None:
        """The unit under which it stands at that instant."""
        if self.moved and self.register.office.midnight(self.moved[0]) <= at:
            return self.moved[1]
        return self.parent


@dataclass(frozen=True)
class Hand:
    """Who does something: a person through a post, the house itself (a label alone), or a citizen.

    A citizen is nobody of the house: without a label.
    """

    label: str
    person: PersonPlan | None = None
    post: PostPlan | None = None

    @property
    def post_id(self) -> UUID | None:
        """The post's identifier."""
        return self.post.id if self.post else None

    @property
    def user_id(self) -> UUID | None:
        """The user's identifier."""
        return self.person.user_id if self.person else None


def hand_of(post: PostPlan | None, at: datetime) -> Hand | None:
    """Who acts for a post at an instant: its holder, or the nearest head above who is there."""
    unit = post.unit if post else None
    while post is not None or unit is not None:
        person = post.holder(at) if post else None
        if post is not None and person is not None:
            return Hand(person.label, person, post)
        unit = unit.above_at(at) if unit and (post is None or post is unit.head) else unit
        post = unit.head if unit else None
    return None
