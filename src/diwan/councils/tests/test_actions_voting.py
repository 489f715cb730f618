"""Votes: who may, how they are counted, what stays of them, and what is refused."""

from __future__ import annotations

import pytest

from diwan.councils.actions.attending import close_meeting, leave, mark
from diwan.councils.actions.dissents import note_dissent
from diwan.councils.actions.items import recuse
from diwan.councils.actions.voting import (
    TAKEN_BACK,
    Count,
    VoteFields,
    cancel_vote,
    cast,
    close_vote,
    open_vote,
    recast,
)
from diwan.councils.models import Ballot, Bylaws, Dissent, Meeting, Vote
from diwan.directory.tests.factories import Staff
from diwan.kernel.errors import Refused
from diwan.kernel.models import AuditEntry, PersonalValue

from .conduct import Session, session
from .factories import AgendaItemFactory, MeetingFactory, ResolutionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

ROLL: VoteFields = {"question": {"en": "Shall we?"}, "method": "roll_call"}
HANDS: VoteFields = {"question": {"en": "Shall we?"}, "method": "show_of_hands"}


def full(members: int = 4) -> Session:
    """A room in which all members and the secretary are present."""
    room = session(members)
    room.come(*room.members, room.council.secretary)
    return room


def say(room: Session, vote: Vote, **choices: str) -> None:
    """Members by their place (m0, m1, …) say something."""
    cast(room.at(2), vote, {room.row(room.members[int(m[1:])]).pk: c for m, c in choices.items()})


def test_a_roll_call_is_counted_and_keeps_what_it_was_counted_by() -> None:
    room = full()
    vote = open_vote(room.at(1), room.meeting, ROLL)
    say(room, vote, m0="for", m1="for", m2="against")
    say(room, vote, m0="for", m3="abstain")  # a second tablet sends the chair's word again
    leave(room.at(3), room.row(room.members[0]))  # voted, and went
    vote = close_vote(room.at(4), vote)
    assert (vote.in_favour, vote.against, vote.abstained) == (2, 1, 1)
    assert (vote.seats, vote.present, vote.needed, vote.threshold) == (5, 5, 3, 2)
    assert vote.carried is True
    Bylaws.objects.create(
        body=room.council.body, quorum="two_thirds", majority="two_thirds", majority_of="seats"
    )
    mark(room.at(5), room.row(room.members[3]), "present", note="Came by train.")
    vote.refresh_from_db()
    assert (vote.needed, vote.threshold, vote.majority, vote.carried) == (3, 2, "simple", True)
    with pytest.raises(Refused, match="its result stands"):
        close_vote(room.at(6), vote)


@pytest.mark.parametrize(
    ("rule", "of", "count", "threshold", "carried"),
    [
        ("simple", "present", Count(2, 2, 1), 3, False),
        ("absolute", "present", Count(2, 1, 2), 3, False),
        ("two_thirds", "present", Count(4, 1), 4, True),
        ("absolute", "seats", Count(3, 0), 3, True),
        ("simple", "present", Count(0, 0, 5), 1, False),
    ],
)
def test_the_bodys_majority_decides(
    rule: str, of: str, count: Count, threshold: int, *, carried: bool
) -> None:
    room = full()
    Bylaws.objects.create(body=room.council.body, majority=rule, majority_of=of)
    vote = close_vote(room.at(2), open_vote(room.at(1), room.meeting, HANDS), count)
    assert (vote.threshold, vote.carried) == (threshold, carried)


def test_a_resolution_is_put_to_the_vote_by_the_bodys_rule_or_a_stricter_one() -> None:
    room = full()
    Bylaws.objects.create(body=room.council.body, majority="absolute", majority_of="seats")
    row = ResolutionFactory.create(meeting=room.meeting, state="draft")
    fields: VoteFields = {"method": "secret", "resolution_id": row.pk}
    for rule, of in (("simple", "seats"), ("absolute", "present"), ("two_thirds", "present")):
        with pytest.raises(Refused, match="easier than the rules of the body"):
            open_vote(room.at(1), room.meeting, {**fields, "majority": rule, "majority_of": of})
    vote = open_vote(room.at(1), room.meeting, {**fields, "majority": "two_thirds"})
    assert close_vote(room.at(2), vote, Count(3, 2)).threshold == 4
    # How to go on is asked by any rule.
    open_vote(room.at(3), room.meeting, {**HANDS, "majority": "simple"})


def test_who_has_no_vote_here_is_told_why_and_nobodys_is_written() -> None:
    room = full(5)
    item = AgendaItemFactory.create(meeting=room.meeting)
    chair, out, away, deputised, _last = room.members
    adviser = room.council.adviser
    recuse(room.at(), item, room.row(out), reason="The land is the member's own.")
    leave(room.at(1), room.row(away))
    mark(room.at(1), room.row(deputised), "deputy", deputy_name={"en": "Somebody"})
    Bylaws.objects.create(body=room.council.body, deputies_vote=False)
    vote = open_vote(room.at(1), room.meeting, {**ROLL, "item_id": item.pk})
    cases: list[tuple[Staff, str]] = [
        (out, "has stepped out of this item"),
        (away, "is not in the room"),
        (deputised, "deputies do not vote"),
        (adviser, "has no vote in this body"),
    ]
    for who, why in cases:
        with pytest.raises(Refused, match=why):
            cast(room.at(2), vote, {room.row(chair).pk: "for", room.row(who).pk: "for"})
    assert not Ballot.objects.exists()
    with pytest.raises(Refused, match="does not exist"):
        cast(room.at(2), vote, {room.row(chair).pk: "perhaps"})


def test_a_seat_has_one_ballot_until_it_is_taken_back() -> None:
    room = full()
    vote = open_vote(room.at(1), room.meeting, ROLL)
    say(room, vote, m0="for")
    with pytest.raises(Refused, match="has already voted: for"):
        say(room, vote, m0="against", m1="against")
    assert [ballot.choice for ballot in vote.ballots.all()] == ["for"]
    say(room, vote, m0=TAKEN_BACK)
    say(room, vote, m0="against")
    assert [ballot.choice for ballot in vote.ballots.all()] == ["against"]
    recast(room.at(2), vote, room.row(room.members[0]).pk, "for")
    assert [ballot.choice for ballot in vote.ballots.all()] == ["for"]
    with pytest.raises(Refused, match="and so was there"):
        mark(room.at(3), room.row(room.members[0]), "absent")
    leave(room.at(3), room.row(room.members[0]))
    with pytest.raises(Refused, match="is not in the room"):
        recast(room.at(4), vote, room.row(room.members[0]).pk, "against")
    assert [ballot.choice for ballot in vote.ballots.all()] == ["for"]  # said before they went


def test_no_more_votes_are_counted_than_may_vote() -> None:
    room = full()
    leave(room.at(), room.row(room.members[0]))
    vote = open_vote(room.at(1), room.meeting, {**HANDS, "method": "secret"})
    with pytest.raises(Refused, match="5 votes were counted, but only 4"):
        close_vote(room.at(2), vote, Count(3, 1, 1))
    for wrong in (None, Count(-1, 0, 0)):
        with pytest.raises(Refused, match="Enter how many"):
            close_vote(room.at(2), vote, wrong)
    with pytest.raises(Refused, match="Nobody is named"):
        say(room, vote, m1="for")
    assert close_vote(room.at(2), vote, Count(3, 1)).carried


def test_one_vote_at_a_time_and_none_without_quorum() -> None:
    room = full()
    vote = open_vote(room.at(1), room.meeting, ROLL)
    for refused in (
        lambda: open_vote(room.at(2), room.meeting, ROLL),
        lambda: close_meeting(room.at(2), room.meeting),
    ):
        with pytest.raises(Refused, match="still being voted on"):
            refused()
    say(room, vote, m0="for")
    cancel_vote(room.at(2), vote)
    assert not Vote.objects.exists()
    for who in room.members[:3]:
        leave(room.at(3), room.row(who))
    with pytest.raises(Refused, match="Quorum is 3 of 5 seats; 2 were in the room"):
        open_vote(room.at(4), room.meeting, ROLL)


def test_a_vote_that_loses_its_quorum_waits_or_is_broken_off() -> None:
    room = full()
    vote = open_vote(room.at(1), room.meeting, HANDS)
    for who in room.members[:3]:
        leave(room.at(2), room.row(who))
    with pytest.raises(Refused, match="Quorum is 3 of 5"):
        close_vote(room.at(3), vote, Count(2, 0))
    vote.refresh_from_db()
    assert vote.closed_at is None


def test_what_is_voted_on_belongs_to_the_meeting_and_is_a_draft() -> None:
    room = full()
    draft = ResolutionFactory.create(meeting=room.meeting, state="draft")
    vote = open_vote(room.at(1), room.meeting, {"method": "roll_call", "resolution_id": draft.pk})
    assert vote.question == draft.text
    cancel_vote(room.at(1), vote)
    elsewhere = ResolutionFactory.create(meeting=MeetingFactory.create(), state="draft")
    item = AgendaItemFactory.create()
    adopted = ResolutionFactory.create(meeting=room.meeting)
    wrong: list[tuple[VoteFields, str]] = [
        ({"method": "roll_call", "resolution_id": elsewhere.pk}, "another meeting"),
        ({"method": "roll_call", "item_id": item.pk}, "another meeting"),
        ({"method": "roll_call", "resolution_id": adopted.pk}, "has been adopted"),
        ({"method": "roll_call"}, "text is missing"),
        ({"method": "dice", "question": {"en": "?"}}, "does not exist"),
        ({**ROLL, "majority": "most"}, "does not exist"),
    ]
    for fields, why in wrong:
        with pytest.raises(Refused, match=why):
            open_vote(room.at(2), room.meeting, fields)
    assert not Vote.objects.exists()


def test_a_draft_is_voted_on_under_its_own_item_alone() -> None:
    room = full()
    own, other = (AgendaItemFactory.create(meeting=room.meeting) for _ in range(2))
    recuse(room.at(), own, room.row(room.members[1]), reason="The land is the member's own.")
    row = ResolutionFactory.create(meeting=room.meeting, state="draft", item=own)
    fields: VoteFields = {"method": "roll_call", "resolution_id": row.pk}
    with pytest.raises(Refused, match="Take that item up first"):
        open_vote(room.at(1), room.meeting, {**fields, "item_id": other.pk})
    vote = open_vote(room.at(1), room.meeting, {**fields, "item_id": None})
    with pytest.raises(Refused, match="has stepped out of this item"):
        say(room, vote, m1="for")
    cancel_vote(room.at(2), vote)
    # One that was prepared for no item belongs to the one under which it is voted on.
    loose = ResolutionFactory.create(meeting=room.meeting, state="draft")
    fields = {"method": "roll_call", "resolution_id": loose.pk, "item_id": own.pk}
    assert open_vote(room.at(3), room.meeting, fields).item == own
    loose.refresh_from_db()
    assert loose.item == own
    entry = AuditEntry.objects.get(subject_id=loose.pk)
    assert (entry.verb, entry.changes["item"]) == ("change", [None, own.text])


def test_nothing_is_voted_on_before_and_after_the_meeting() -> None:
    room = session(opened=False)
    with pytest.raises(Refused, match="Open the meeting first"):
        open_vote(room.at(), room.meeting, HANDS)
    room = full()
    vote = open_vote(room.at(1), room.meeting, HANDS)
    close_vote(room.at(2), vote, Count(3, 0))
    close_meeting(room.at(3), room.meeting)
    with pytest.raises(Refused, match="has been closed"):
        open_vote(room.at(4), room.meeting, HANDS)
    Meeting.objects.update(state=Meeting.State.CANCELLED, closed_at=None)
    with pytest.raises(Refused, match="called off"):
        open_vote(room.at(4), room.meeting, HANDS)


def test_who_voted_on_an_item_does_not_step_out_of_it_afterwards() -> None:
    room = full()
    item = AgendaItemFactory.create(meeting=room.meeting)
    vote = open_vote(room.at(1), room.meeting, {**ROLL, "item_id": item.pk})
    say(room, vote, m0="for")
    with pytest.raises(Refused, match="has already voted on this item"):
        recuse(room.at(2), item, room.row(room.members[0]), reason="Too late.")
    with pytest.raises(Refused, match="put to the vote"):
        recuse(room.at(2), item, room.row(room.members[1]), reason="Too late.")


def test_a_dissent_is_of_who_could_vote_and_was_outvoted() -> None:
    room = full()
    draft = ResolutionFactory.create(meeting=room.meeting, state="draft")
    fields: VoteFields = {"method": "roll_call", "resolution_id": draft.pk}
    vote = open_vote(room.at(1), room.meeting, fields)
    with pytest.raises(Refused, match="Nothing has been decided"):
        note_dissent(room.at(1), draft, room.row(room.members[2]), "Too early.")
    say(room, vote, m0="for", m1="for", m2="against")
    close_vote(room.at(2), vote)
    against, absent = room.row(room.members[2]), room.row(room.members[3])
    mark(room.at(3), absent, "excused")
    note_dissent(room.at(3), draft, against, "It costs too much.")
    note_dissent(room.at(4), draft, against, "It costs far too much.")
    assert Dissent.objects.get().text == "It costs far too much."
    for row, text, why in (
        (room.row(room.members[0]), "But.", "voted in favour"),
        (absent, "But.", "was not at this meeting"),
        (room.row(room.council.adviser), "But.", "has no vote"),
        (against, "  ", "note is missing"),
    ):
        with pytest.raises(Refused, match=why):
            note_dissent(room.at(5), draft, row, text)
    assert Dissent.objects.count() == 1
    told = PersonalValue.objects.filter(field="dissent").order_by("pk")
    assert [one.value for one in told] == [
        [None, "It costs too much."],
        ["It costs too much.", "It costs far too much."],
    ]


def test_who_had_no_vote_on_it_does_not_dissent() -> None:
    room = full()
    item = AgendaItemFactory.create(meeting=room.meeting)
    out, deputised = room.members[1:3]
    recuse(room.at(), item, room.row(out), reason="The land is the member's own.")
    mark(room.at(), room.row(deputised), "deputy", deputy_name={"en": "Somebody"})
    Bylaws.objects.create(body=room.council.body, deputies_vote=False)
    adopted = ResolutionFactory.create(meeting=room.meeting, item=item)
    for who, why in ((out, "stepped out of this item"), (deputised, "deputies do not vote")):
        with pytest.raises(Refused, match=why):
            note_dissent(room.at(5), adopted, room.row(who), "But.")
    assert note_dissent(room.at(5), adopted, room.row(room.members[0]), "But.").text == "But."
