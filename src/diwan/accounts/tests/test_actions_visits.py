"""When somebody was last here, against a plain count of looks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diwan.accounts.actions.erasing import erase_user
from diwan.accounts.actions.visits import note_visit
from diwan.accounts.models import User, Visit
from diwan.accounts.queries import last_visit

from .factories import UserFactory, elevated_actor

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 22, 8, tzinfo=UTC)


def look(user: User, minutes: int) -> datetime | None:
    at = START + timedelta(minutes=minutes)
    since = last_visit(user.pk, at)
    cache.clear()
    note_visit(user.pk, at)
    return since


@given(gaps=st.lists(st.integers(1, 90), max_size=8))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_visit_ends_after_half_an_hour_without_a_look(gaps: list[int]) -> None:
    user = UserFactory.create()
    now = 0
    ended: int | None = None
    last: int | None = None
    for gap in [0, *gaps]:
        now += gap
        if last is not None and now - last > 30:
            ended = last
        expected = None if ended is None else START + timedelta(minutes=ended)
        assert look(user, now) == expected
        last = now


def test_one_process_writes_once_a_minute() -> None:
    user = UserFactory.create()
    assert note_visit(user.pk, START)
    assert not note_visit(user.pk, START + timedelta(seconds=5))
    assert Visit.objects.get().last_at == START


def test_a_look_that_arrives_late_turns_nothing_back() -> None:
    user = UserFactory.create()
    look(user, 10)
    look(user, 3)
    assert Visit.objects.get().last_at == START + timedelta(minutes=10)


def test_whose_data_were_erased_was_never_here() -> None:
    user = UserFactory.create()
    look(user, 0)
    erase_user(elevated_actor(), user.pk, reason="asked for it")
    assert not Visit.objects.exists()
