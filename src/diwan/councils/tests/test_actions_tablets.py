"""Two tablets in one room at the same moment: one of them is told, on either database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from diwan.councils.actions.attending import close_meeting, leave
from diwan.councils.actions.minutes import seal_minutes
from diwan.councils.actions.statements import correct_statement
from diwan.councils.actions.voting import cast, close_vote, open_vote
from diwan.councils.models import Ballot, Meeting, MinutesVersion, Presence, Statement, Vote
from diwan.councils.queries.minutes_content import content_of
from diwan.councils.rules.minutes import differences
from diwan.kernel.errors import Refused

from .conduct import session
from .conducted import conducted

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts: Callable[[], object]) -> list[bool]:
    """Run all at once; which of them were not refused."""
    start = Barrier(len(acts))

    def try_it(act: Callable[[], object]) -> bool:
        start.wait()
        try:
            act()
        except Refused:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(try_it, acts))


def test_two_tablets_write_one_word_for_a_seat_and_open_one_vote() -> None:
    room = session()
    room.come(*room.members)
    fields = {"question": {"fa": "بپذیریم؟"}, "method": "roll_call"}

    def opening() -> object:
        return open_vote(room.at(1), Meeting.objects.get(pk=room.meeting.pk), fields)  # type: ignore[arg-type] # built by name

    assert sorted(together(opening, opening)) == [False, True]
    vote = Vote.objects.get()
    seat = room.row(room.members[0])

    def saying(choice: str) -> Callable[[], object]:
        return lambda: cast(room.at(2), vote, {seat.pk: choice})

    assert sorted(together(saying("for"), saying("against"))) == [False, True]
    assert Ballot.objects.count() == 1

    def counting() -> object:
        return close_vote(room.at(3), vote)

    assert sorted(together(counting, counting)) == [False, True]
    going = lambda: leave(room.at(4), seat)  # noqa: E731 – two of the same tap
    assert together(going, going) == [True, True]
    assert Presence.objects.count() == 1

    def closing() -> object:
        return close_meeting(room.at(5), room.meeting)

    assert sorted(together(closing, closing)) == [False, True]


def test_what_is_sealed_is_what_the_record_says() -> None:
    made = conducted()
    actor = made.secretary.actor
    statement = Statement.objects.get()

    def sealing() -> object:
        return seal_minutes(actor, Meeting.objects.get(pk=made.meeting.pk))

    def correcting() -> object:
        stale = Statement.objects.select_related("meeting").get(pk=statement.pk)
        return correct_statement(actor, stale, {"text": {"fa": "جز این"}}, reason="Misheard.")

    assert together(sealing, correcting)[0]
    version = MinutesVersion.objects.get()
    assert not differences(version.content, content_of(Meeting.objects.get(pk=made.meeting.pk)))
