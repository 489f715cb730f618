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
from diwan.directory.models import Holding, Person, Post
from diwan.kernel.errors import Refused

from .factories import HoldingFactory, PersonFactory, PostFactory, system

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
