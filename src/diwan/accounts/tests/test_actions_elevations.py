"""Elevation: asked for with password and reason, ends by itself, each step written down."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from diwan.accounts import actions
from diwan.accounts.models import Elevation
from diwan.accounts.queries import running_elevation
from diwan.accounts.tests.factories import (
    PASSWORD,
    ElevationFactory,
    UserFactory,
    actor_of,
)
from diwan.kernel import jobs
from diwan.kernel.errors import Conflict, NotFound, Refused
from diwan.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db
WHY = "to move the units of the north"


def test_an_elevation_is_timed_explained_and_written_down() -> None:
    user = UserFactory.create(may_elevate=True)
    actor = actor_of(user)
    elevation = actions.elevate(actor, password=PASSWORD, reason=WHY, minutes=15)
    assert elevation.until_at - elevation.since_at == timedelta(minutes=15)
    entry = AuditEntry.objects.get(subject_id=user.pk)
    assert (entry.verb, entry.reason) == ("elevate", WHY)
    assert entry.elevation_id == elevation.pk


def test_it_gives_rights_to_its_user_until_its_time_and_no_longer() -> None:
    elevation = ElevationFactory.create()
    at, user_id = elevation.since_at, elevation.user_id
    assert running_elevation(user_id, elevation.pk, at) == elevation
    assert running_elevation(user_id, str(elevation.pk), elevation.until_at) is None
    assert running_elevation(UserFactory.create().pk, elevation.pk, at) is None
    assert running_elevation(user_id, "nonsense", at) is None
    elevation.user.may_elevate = False
    elevation.user.save(update_fields=["may_elevate"])
    assert running_elevation(user_id, elevation.pk, at) is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"password": "wrong"}, "password"),
        ({"reason": "  "}, "reason"),
        ({"minutes": 600}, "minutes"),
    ],
)
def test_what_is_missing_is_refused_at_its_field(given: dict[str, object], field: str) -> None:
    actor = actor_of(UserFactory.create(may_elevate=True))
    asked = {"password": PASSWORD, "reason": WHY, "minutes": 30} | given
    with pytest.raises(Refused) as refusal:
        actions.elevate(actor, **asked)  # type: ignore[arg-type]  # of the right types above
    assert refusal.value.field == field
    assert not Elevation.objects.exists()


def test_who_is_no_administrator_does_not_learn_of_it() -> None:
    with pytest.raises(NotFound):
        actions.elevate(actor_of(UserFactory.create()), password=PASSWORD, reason=WHY, minutes=15)


def test_a_second_one_takes_the_place_of_the_first() -> None:
    user = UserFactory.create(may_elevate=True)
    first = actions.elevate(actor_of(user), password=PASSWORD, reason=WHY, minutes=15)
    later = actor_of(user, at=timezone.now() + timedelta(minutes=1))
    second = actions.elevate(later, password=PASSWORD, reason=WHY, minutes=60)
    assert list(Elevation.objects.running(later.at)) == [second]
    assert Elevation.objects.get(pk=first.pk).ended_at == later.at


def test_it_can_be_ended_before_its_time_by_its_user() -> None:
    elevation = ElevationFactory.create()
    actor = actor_of(elevation.user, elevation_id=elevation.pk)
    actions.end_elevation(actor)
    with pytest.raises(Conflict):
        actions.end_elevation(actor)
    with pytest.raises(Conflict):
        actions.end_elevation(actor_of(elevation.user))
    verbs = AuditEntry.objects.filter(subject_id=elevation.user_id).values_list("verb", flat=True)
    assert list(verbs) == ["end_elevation"]


def test_the_minute_tick_writes_off_what_ran_out_once() -> None:
    elevation = ElevationFactory.create()
    over = elevation.until_at + timedelta(seconds=5)
    assert jobs.run_ticks(elevation.since_at) == []
    assert not AuditEntry.objects.exists()
    jobs.run_ticks(over)
    jobs.run_ticks(over)
    elevation.refresh_from_db()
    assert elevation.ended_at == elevation.until_at
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor_kind) == ("end_elevation", "system")


def test_the_database_wants_a_reason_and_an_end() -> None:
    user = UserFactory.create()
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        Elevation.objects.create(user=user, reason="", until_at=now + timedelta(hours=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Elevation.objects.create(user=user, reason="x", since_at=now, until_at=now)
