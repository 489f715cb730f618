"""What the trail of a meeting says of its room, and to whom."""

from __future__ import annotations

import pytest
from django.utils import translation
from django.utils.translation import gettext

from diwan.councils.actions.attending import add_guest
from diwan.councils.actions.items import recuse
from diwan.councils.actions.voting import VoteFields, cancel_vote, cast, close_vote, open_vote
from diwan.councils.constants import MEETING
from diwan.councils.models import Vote
from diwan.councils.provides.conduct import CONDUCT_FIELDS
from diwan.councils.provides.veiling import of_meeting
from diwan.directory.tests.factories import Staff, staff
from diwan.kernel import audit
from diwan.kernel.exchange import Ref

from .conduct import session
from .factories import AgendaItemFactory, ResolutionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_who_stepped_out_and_voted_how_is_for_the_members() -> None:
    room = session()
    room.come(*room.members)
    item = AgendaItemFactory.create(meeting=room.meeting)
    recuse(room.at(), item, room.row(room.members[1]), reason="A debt of their own.")
    vote = open_vote(room.at(1), room.meeting, {"method": "roll_call", "item_id": item.pk})
    cast(room.at(2), vote, {room.row(room.members[0]).pk: "for"})
    add_guest(room.at(2), room.meeting, {"en": "A guest"})
    entries = list(audit.trail(Ref(MEETING, room.meeting.pk)))

    def hidden(who: Staff) -> set[str]:
        veiled = of_meeting(entries, who.actor)
        return {entry.verb for entry in entries if entry.pk in veiled}

    conduct = {"mark_many", "recuse", "open_vote", "cast", "add_guest"}
    assert hidden(room.council.secretary) == set()
    assert hidden(room.council.member) == set()
    assert hidden(room.council.adviser) == conduct
    assert hidden(staff(room.council.body.unit)) == conduct  # the country's other staff
    # A resolution for named posts hides from a member what was said in the room.
    ResolutionFactory.create(meeting=room.meeting, confidentiality="named")
    assert hidden(room.council.member) == conduct
    # Reasons and guests' names stand apart from the entries, where retention reaches them.
    told = next(entry for entry in entries if entry.verb == "recuse")
    assert "A debt" not in str(told.changes)
    assert told.personal.filter(field="recusal").exists()


def test_a_roll_call_that_was_broken_off_names_nobody() -> None:
    room = session()
    room.come(*room.members)
    ask: VoteFields = {"question": {"en": "Dismiss the mayor?"}, "method": "roll_call"}

    def called() -> Vote:
        vote = open_vote(room.at(1), room.meeting, ask)
        cast(room.at(2), vote, {room.row(room.members[0]).pk: "for"})
        cast(room.at(3), vote, {room.row(room.members[1]).pk: "against"})
        return vote

    def told() -> str:
        trail = audit.trail(Ref(MEETING, room.meeting.pk))
        return " ".join(str(entry.changes) for entry in trail)

    first = called()
    cast(room.at(4), first, {room.row(room.members[0]).pk: ""})
    cancel_vote(room.at(5), first)
    assert not {"voted_for", "voted_against"} & set(told().replace("'", " ").split())
    # What was counted by names stays by names.
    close_vote(room.at(7), called())
    entry = audit.trail(Ref(MEETING, room.meeting.pk)).get(verb="close_vote")
    assert entry.changes["voted_for"] == [None, [str(room.members[0].post.pk)]]


def test_those_in_the_room_are_counted_and_the_rooms_page_is_named() -> None:
    """One English text, two things: the trail of a vote speaks of people, the page of a step."""
    for language in ("fa", "ar"):
        with translation.override(language):
            assert str(CONDUCT_FIELDS["present"]) != gettext("In the room")
            assert "حاضر" in str(CONDUCT_FIELDS["present"])
