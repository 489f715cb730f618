"""Registers, units, posts, people and holdings for tests; other rooms' tests use them, too.

`UnitFactory.create(name=…, parent=…, since=…)` makes a unit with its first version and its paths,
`PostFactory.create(unit=…, roles=("head",))` a post with its version, `HoldingFactory.create(…)`
somebody in it; `staff(unit, "head")` makes a user in a new post. With `create` types are known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from factory.declarations import (
    LazyAttribute,
    LazyFunction,
    SelfAttribute,
    Sequence,
    SubFactory,
)
from factory.django import DjangoModelFactory

from diwan.accounts.models import User
from diwan.accounts.tests.factories import UserFactory
from diwan.directory.actions.tree import rebuild_paths
from diwan.directory.constants import roles_text
from diwan.directory.models import (
    Handover,
    Holding,
    Note,
    Partner,
    Person,
    Post,
    PostPattern,
    PostVersion,
    Register,
    Unit,
    UnitPattern,
    UnitVersion,
)
from diwan.kernel.policies import Actor
from diwan.kernel.text import search_key

SYSTEM_LABEL = "a test"


def system() -> Actor:
    """The actor of jobs: may everything."""
    return Actor.system(SYSTEM_LABEL)


class RegisterFactory(DjangoModelFactory[Register]):
    """An Iranian register in Persian; `country="EG", language="ar"` for an Egyptian one."""

    class Meta:
        model = Register

    key = Sequence(lambda n: f"register-{n}")
    language = "fa"
    country = "IR"
    recorded = date(2026, 11, 21)


class UnitVersionFactory(DjangoModelFactory[UnitVersion]):
    """A version alone: call `rebuild_paths` after making some."""

    class Meta:
        model = UnitVersion

    name = Sequence(lambda n: {"fa": f"واحد {n}", "en": f"Unit {n}"})
    kind = "office"
    search = LazyAttribute(lambda row: search_key(*row.name.values()))


class UnitFactory(DjangoModelFactory[Unit]):
    """A unit with one version. `name` (a text map), `kind`, `parent`, `since`, `until` go to it."""

    class Meta:
        model = Unit
        skip_postgeneration_save = True

    parent = None
    register = LazyAttribute(
        lambda unit: unit.parent.register if unit.parent else RegisterFactory.create()
    )
    key = Sequence(lambda n: f"unit-{n}")
    country = LazyAttribute(lambda unit: unit.register.country)

    @classmethod
    def _create(cls, model_class: type[Unit], *args: Any, **kwargs: Any) -> Unit:
        told = {k: kwargs.pop(k) for k in ("name", "kind", "since", "until") if k in kwargs}
        parent = kwargs.pop("parent")
        unit: Unit = super()._create(model_class, *args, **kwargs)
        UnitVersionFactory.create(unit=unit, parent=parent, **told)
        rebuild_paths([unit.pk])
        return unit


class PostFactory(DjangoModelFactory[Post]):
    """A post with one version. `name`, `roles`, `seats`, `since`, `until` go to it."""

    class Meta:
        model = Post
        skip_postgeneration_save = True

    unit = SubFactory(UnitFactory)
    register = LazyAttribute(lambda post: post.unit.register)
    key = Sequence(lambda n: f"post-{n}")

    @classmethod
    def _create(cls, model_class: type[Post], *args: Any, **kwargs: Any) -> Post:
        names = ("name", "roles", "seats", "since", "until")
        told = {k: kwargs.pop(k) for k in names if k in kwargs}
        post: Post = super()._create(model_class, *args, **kwargs)
        name = told.pop("name", {"fa": f"پست {post.key[5:]}", "en": f"Post {post.key[5:]}"})
        roles = roles_text(tuple(told.pop("roles", ("officer",))))
        search = search_key(*name.values())
        PostVersion.objects.create(post=post, name=name, roles=roles, search=search, **told)
        return post


class PersonFactory(DjangoModelFactory[Person]):
    """A person without a user; `user=UserFactory.create()` joins one."""

    class Meta:
        model = Person

    register = SubFactory(RegisterFactory)
    key = Sequence(lambda n: f"person-{n}")
    name = Sequence(lambda n: {"fa": f"شخص {n}", "en": f"Person {n}"})
    search = LazyAttribute(lambda person: search_key(*person.name.values()))


class HoldingFactory(DjangoModelFactory[Holding]):
    """Somebody in a post, fully and always; `since_at`, `until_at`, `kind` narrow it."""

    class Meta:
        model = Holding

    post = SubFactory(PostFactory)
    person = SubFactory(PersonFactory, register=SelfAttribute("..post.register"))
    single = LazyAttribute(
        lambda row: PostVersion.objects.known().filter(post=row.post, seats=1).exists()
    )


class PartnerFactory(DjangoModelFactory[Partner]):
    """An organisation outside the tree."""

    class Meta:
        model = Partner

    register = SubFactory(RegisterFactory)
    key = Sequence(lambda n: f"partner-{n}")
    name = Sequence(lambda n: {"fa": f"همکار {n}", "en": f"Partner {n}"})


class NoteFactory(DjangoModelFactory[Note]):
    """Something a report says of a unit."""

    class Meta:
        model = Note

    unit = SubFactory(UnitFactory)
    register = LazyAttribute(lambda note: note.unit.register)
    key = Sequence(lambda n: f"note-{n}")
    kind = "finding"
    text = Sequence(lambda n: {"fa": f"یافته {n}", "en": f"Finding {n}"})


class UnitPatternFactory(DjangoModelFactory[UnitPattern]):
    """A pattern alone: make its instances with `UnitFactory.create(pattern=…, province=…)`."""

    class Meta:
        model = UnitPattern

    register = SubFactory(RegisterFactory)
    key = Sequence(lambda n: f"pattern-{n}")
    name = {"fa": "اداره استان {province}", "en": "Office of {province}"}
    kind = "office"
    per = UnitPattern.Per.PROVINCE


class PostPatternFactory(DjangoModelFactory[PostPattern]):
    """A post of a patterned unit: make its instances with `PostFactory.create(pattern=…)`."""

    class Meta:
        model = PostPattern

    unit_pattern = SubFactory(UnitPatternFactory)
    register = LazyAttribute(lambda pattern: pattern.unit_pattern.register)
    key = Sequence(lambda n: f"post-pattern-{n}")
    name = {"fa": "دبیر استان", "en": "Provincial secretary"}
    roles = roles_text(("secretary",))


class HandoverFactory(DjangoModelFactory[Handover]):
    """A handover with a sheet on which nothing stands, already settled."""

    class Meta:
        model = Handover

    from_post = SubFactory(PostFactory)
    to_post = SelfAttribute("from_post")
    register = LazyAttribute(lambda row: row.from_post.register)
    from_person = SubFactory(PersonFactory, register=SelfAttribute("..register"))
    to_person = SubFactory(PersonFactory, register=SelfAttribute("..register"))
    key = Sequence(lambda n: f"handover-{n}")
    at = LazyFunction(timezone.now)
    settled_at = SelfAttribute("at")
    sheet = LazyFunction(lambda: {"made_at": "2026-11-21", "items": [], "sections": []})


@dataclass(frozen=True)
class Staff:
    """Somebody who can sign in and holds a post."""

    user: User
    person: Person
    post: Post
    holding: Holding

    @property
    def actor(self) -> Actor:
        """The user as an actor, now, acting from the post."""
        return self.actor_at(timezone.now())

    def actor_at(self, at: datetime) -> Actor:
        """The user as an actor at an instant."""
        return Actor.user(self.user.pk, self.user.name, post_id=self.post.pk, at=at)


def staff(unit: Unit, *roles: str, user: User | None = None, **holding: Any) -> Staff:
    """A user in a new post with these roles (none: an officer) in a unit."""
    account = user or UserFactory.create()
    post = PostFactory.create(unit=unit, roles=roles or ("officer",))
    person = Person.objects.filter(user=account).first() or PersonFactory.create(
        register=unit.register, user=account
    )
    held = HoldingFactory.create(post=post, person=person, **holding)
    return Staff(account, person, post, held)
