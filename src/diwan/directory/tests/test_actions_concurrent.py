"""Two appointments at the same moment: one seat is taken by one, on either database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import translation

from diwan.directory.actions.holdings import appoint
from diwan.directory.actions.seats import seat_taken_refused
from diwan.directory.actions.units import move_unit
from diwan.directory.models import Holding, Person, Post, Unit, UnitPath
from diwan.kernel.errors import Refused

from .factories import (
    HoldingFactory,
    PersonFactory,
    PostFactory,
    RegisterFactory,
    UnitFactory,
    system,
)

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
APPLICANTS = 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seats", [1, 2])
def test_no_more_are_appointed_at_once_than_there_are_seats(seats: int) -> None:
    post = PostFactory.create(seats=seats)
    people = [PersonFactory.create(register=post.register) for _ in range(APPLICANTS)]
    together = Barrier(APPLICANTS)

    def try_it(person: Person) -> bool:
        together.wait()
        try:
            appoint(system(), person, Post.objects.get(pk=post.pk), since_at=AT)
        except Refused:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(APPLICANTS) as pool:
        taken = list(pool.map(try_it, people))
    assert sum(taken) == seats
    assert Holding.objects.known().filter(post=post).count() == seats


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_make_no_cycle() -> None:
    register = RegisterFactory.create()
    one, two = (UnitFactory.create(register=register) for _ in range(2))
    together = Barrier(2)

    def try_it(pair: tuple[Unit, Unit]) -> bool:
        together.wait()
        try:
            move_unit(system(), pair[0], on=AT.date(), parent=pair[1])
        except Refused:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(2) as pool:
        moved = list(pool.map(try_it, [(one, two), (two, one)]))
    assert sorted(moved) == [False, True]
    assert UnitPath.objects.filter(depth=1).count() == 1


@pytest.mark.django_db
def test_postgresql_refuses_a_second_holder_by_itself() -> None:
    first = HoldingFactory.create(since_at=AT)
    if connection.vendor != "postgresql":
        return  # SQLite has no such constraint: the action alone stands in the way there
    person = PersonFactory.create(register=first.post.register)
    with pytest.raises(IntegrityError), transaction.atomic():
        HoldingFactory.create(post=first.post, person=person, since_at=AT)
    with (
        translation.override("en"),
        pytest.raises(Refused, match="1 seat"),
        seat_taken_refused(first.post, AT),
    ):
        HoldingFactory.create(post=first.post, person=person, since_at=AT)
    HoldingFactory.create(post=first.post, person=person, since_at=AT, kind="acting")
