"""Users, invitations and elevations for tests; other rooms' tests may use them, too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.test import Client
from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction, Sequence, SubFactory
from factory.django import DjangoModelFactory, Password

from diwan.accounts.actions.checks import search_of
from diwan.accounts.constants import ELEVATION_SESSION_KEY
from diwan.accounts.models import Elevation, User
from diwan.kernel.policies import Actor

PASSWORD = "a quiet register 1405"


class UserFactory(DjangoModelFactory[User]):
    """A user with PASSWORD."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    login = Sequence(lambda n: f"user{n}@example.org")
    name = Sequence(lambda n: f"کاربر {n}")
    password = Password(PASSWORD)
    search = LazyAttribute(lambda user: search_of(user.name, user.login))


class ElevationFactory(DjangoModelFactory[Elevation]):
    """An elevation that began now and lasts half an hour."""

    class Meta:
        model = Elevation

    user = SubFactory(UserFactory, may_elevate=True)
    reason = "to try it"
    since_at = LazyFunction(timezone.now)
    until_at = LazyAttribute(lambda row: row.since_at + timedelta(minutes=30))


def actor_of(user: User, **more: Any) -> Actor:
    """The user as an actor; `more` may give post_id, elevation_id, at."""
    return Actor.user(user.pk, user.name, **more)


def elevated_actor(user: User | None = None) -> Actor:
    """An administrator during an elevation."""
    elevation = ElevationFactory.create(**({"user": user} if user else {}))
    return actor_of(elevation.user, elevation_id=elevation.pk)


def sign_in(client: Client, user: User, *, elevated: bool = False) -> UUID | None:
    """Sign a client in without its form; with `elevated` an elevation runs in its session."""
    client.force_login(user)
    if not elevated:
        return None
    User.objects.filter(pk=user.pk).update(may_elevate=True)
    elevation = ElevationFactory.create(user=user)
    session = client.session
    session[ELEVATION_SESSION_KEY] = str(elevation.pk)
    session.save()
    return elevation.pk
