"""Members' proposals: signatures, the way onto an agenda, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from diwan.accounts.tests.factories import sign_in
from diwan.councils.actions import agenda, proposals
from diwan.councils.constants import PROPOSAL
from diwan.councils.models import AgendaItem, Bylaws, Endorsement, Meeting, Membership, Proposal
from diwan.councils.provides.desk_proposals import proposal_items
from diwan.councils.queries.offers import offered
from diwan.councils.queries.proposals import proposals_of
from diwan.directory.tests.factories import (
    HoldingFactory,
    PostFactory,
    Staff,
    UnitFactory,
    staff,
)
from diwan.kernel import audit
from diwan.kernel.errors import Forbidden, NotFound, Refused
from diwan.kernel.exchange import DeskItem, DeskQuestion, Ref, Weight

from .factories import (
    BodySeatUserFactory,
    Council,
    MembershipFactory,
    council,
    meeting_of,
    seat,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
TEXT = {"fa": "پل تازه", "en": "A new bridge"}


@pytest.fixture
def made() -> Council:
    found = council()
    Bylaws.objects.create(body=found.body, signatures=2)
    return found


def planned(made: Council) -> Meeting:
    day = timezone.now().date() + timedelta(days=7)
    return meeting_of(made.body, state="planned", date=day)


def bridge(made: Council) -> Proposal:
    return proposals.propose(made.member.actor, made.body, {"text": TEXT, "grounds": "It floods."})


def verbs(proposal: Proposal) -> list[str]:
    return [entry.verb for entry in reversed(audit.trail(Ref(PROPOSAL, proposal.pk)))]


def test_the_proposers_own_signature_is_the_first(made: Council) -> None:
    proposal = bridge(made)
    (found,) = proposals_of(made.chair.actor, made.body).open
    assert (found.proposal, found.needed, found.lacking) == (proposal, 2, 1)
    assert [one.seat for one in found.signers] == [made.member.post.pk]
    proposals.endorse(made.chair.actor, proposal)
    found_now = proposals_of(made.chair.actor, made.body)
    assert (found_now.open[0].lacking, found_now.ready) == (0, 1)
    assert verbs(proposal) == ["propose", "endorse"]


def test_a_seat_signs_once(made: Council) -> None:
    proposal = bridge(made)
    with pytest.raises(Refused, match="signs once"):
        proposals.endorse(made.member.actor, proposal)
    proposals.endorse(made.chair.actor, proposal)
    with pytest.raises(Refused, match="signs once"):
        proposals.endorse(made.chair.actor, proposal)
    assert Endorsement.objects.count() == 2


def test_only_members_propose_and_sign(made: Council) -> None:
    proposal = bridge(made)
    for who in (made.adviser, made.guest):
        with pytest.raises((Forbidden, NotFound)):
            proposals.propose(who.actor, made.body, {"text": TEXT})
        with pytest.raises(NotFound):
            proposals.endorse(who.actor, proposal)
    stranger = staff(UnitFactory.create())
    with pytest.raises(Forbidden):
        proposals.propose(stranger.actor, made.body, {"text": TEXT})
    # Who runs the body without a seat in it needs none: the agenda is theirs.
    clerk = staff(made.body.unit, "secretary")
    with pytest.raises(Refused, match="Only a member's seat"):
        proposals.propose(clerk.actor, made.body, {"text": TEXT})
    assert Proposal.objects.count() == 1


def test_a_named_seat_signs_as_itself(made: Council) -> None:
    named = MembershipFactory.create(
        body=made.body, post=None, seat={"en": "The people's delegate"}, role="member"
    )
    delegate = staff(UnitFactory.create(register=made.body.register))
    BodySeatUserFactory.create(lineage=named.lineage, user=delegate.user)
    proposal = bridge(made)
    assert proposals.endorse(delegate.actor, proposal).seat == named.lineage
    (found,) = proposals_of(delegate.actor, made.body).open
    assert found.signers[1].name == {"en": "The people's delegate"}


def test_who_holds_two_seats_signs_with_each(made: Council) -> None:
    second = PostFactory.create(unit=made.chair.post.unit)
    HoldingFactory.create(post=second, person=made.chair.person)
    seat(made.body, Staff(made.chair.user, made.chair.person, second, made.chair.holding), "member")
    proposal = bridge(made)
    proposals.endorse(made.chair.actor, proposal)
    proposals.endorse(made.chair.actor, proposal, seat=second.pk)
    with pytest.raises(Refused, match="signs once"):
        proposals.endorse(made.chair.actor, proposal)


def test_a_signature_is_taken_back_and_a_proposal_withdrawn(made: Council) -> None:
    proposal = bridge(made)
    proposals.endorse(made.chair.actor, proposal)
    with pytest.raises(Refused, match="Withdraw the proposal"):
        proposals.take_back(made.member.actor, proposal)
    with pytest.raises(Refused, match="has not signed"):
        proposals.take_back(made.secretary.actor, proposal)
    proposals.take_back(made.chair.actor, proposal)
    with pytest.raises(Refused, match="Only the seat that made"):
        proposals.withdraw(made.chair.actor, proposal)
    proposals.withdraw(made.member.actor, proposal)
    with pytest.raises(Refused, match="settled"):
        proposals.endorse(made.chair.actor, proposal)
    assert verbs(proposal)[-2:] == ["take_back", "withdraw"]


def test_the_secretary_declines_with_a_reason(made: Council) -> None:
    proposal = bridge(made)
    with pytest.raises(Refused, match="reason is missing"):
        proposals.decline(made.secretary.actor, proposal, answer="  ")
    with pytest.raises(Forbidden):
        proposals.decline(made.member.actor, proposal, answer="No.")
    proposals.decline(made.secretary.actor, proposal, answer="It is another council's matter.")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.answered_at is None) == ("declined", False)


def test_who_left_the_body_does_not_count_any_more(made: Council, client: Client) -> None:
    proposal, meeting = bridge(made), planned(made)
    proposals.endorse(made.chair.actor, proposal)
    assert [point.ref.id for point in offered(made.secretary.actor, meeting, [])] == [proposal.pk]
    today = timezone.now().date()
    Membership.objects.filter(post=made.chair.post).update(until=today)
    (found,) = proposals_of(made.member.actor, made.body).open
    assert [one.seated for one in found.signers] == [True, False]
    assert found.lacking == 1
    assert offered(made.secretary.actor, meeting, []) == []
    with pytest.raises(Refused, match="1 of the 2 signatures"):
        proposals.take(made.secretary.actor, proposal, meeting)
    sign_in(client, made.member.user)
    page = client.get(reverse("councils:proposals", args=[made.body.pk])).content.decode()
    assert "(no member any more)" in page
    # Who stands in the body by a pattern or a unit counts by today's rows, too.
    head = staff(made.member.post.unit, "head")
    MembershipFactory.create(body=made.body, post=None, unit=head.post.unit, role="member")
    proposals.endorse(head.actor, proposal)
    assert proposals.take(made.secretary.actor, proposal, meeting).meeting == meeting


def test_without_signatures_it_is_not_offered_and_not_taken(made: Council) -> None:
    proposal, meeting = bridge(made), planned(made)
    assert offered(made.secretary.actor, meeting, []) == []
    with pytest.raises(Refused, match="1 of the 2 signatures"):
        proposals.take(made.secretary.actor, proposal, meeting)
    assert not AgendaItem.objects.exists()


def test_what_is_signed_goes_onto_an_agenda_and_waits_again_when_taken_off(made: Council) -> None:
    proposal, meeting = bridge(made), planned(made)
    proposals.endorse(made.chair.actor, proposal)
    actor = made.secretary.actor
    (point,) = offered(actor, meeting, [])
    assert (point.weight, point.why) == (Weight.PROPOSED, "2 members propose it.")
    item = agenda.add_point(actor, meeting, point)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.item, item.text) == ("taken", item, TEXT)
    assert item.confidentiality == meeting.confidentiality
    assert offered(actor, meeting, [item]) == []
    with pytest.raises(Refused, match="settled"):
        proposals.take(actor, proposal, planned(made))
    with pytest.raises(Refused, match="Ask the secretary"):
        proposals.withdraw(made.member.actor, proposal)
    agenda.remove_item(actor, item)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.item) == ("open", None)
    taken = proposals.take(actor, proposal, meeting)
    assert verbs(proposal) == ["propose", "endorse", "take", "untake", "take"]
    # The meeting was called off: the next one is offered the item, with the proposal behind it.
    Meeting.objects.filter(pk=meeting.pk).update(state="cancelled")
    later = planned(made)
    (left,) = offered(actor, later, [])
    moved = agenda.add_point(actor, later, left)
    proposal.refresh_from_db()
    assert (taken.pk != moved.pk, proposal.item) == (True, moved)


def test_a_proposal_to_a_meeting_does_not_go_around_the_signatures(made: Council) -> None:
    meeting = planned(made)
    proposed = proposals.propose_item(made.member.actor, meeting, TEXT)
    assert isinstance(proposed, Proposal)
    assert not AgendaItem.objects.exists()
    assert isinstance(proposals.propose_item(made.secretary.actor, meeting, TEXT), AgendaItem)
    Bylaws.objects.update(signatures=1)
    meeting = Meeting.objects.get(pk=meeting.pk)
    assert isinstance(proposals.propose_item(made.member.actor, meeting, TEXT), AgendaItem)


def test_only_a_planned_meeting_of_the_same_body_takes_it(made: Council) -> None:
    proposal = bridge(made)
    proposals.endorse(made.chair.actor, proposal)
    with pytest.raises(Refused, match="still to come"):
        proposals.take(made.secretary.actor, proposal, meeting_of(made.body))
    other = council(made.body.unit)
    seat(other.body, made.secretary, "secretary")
    with pytest.raises(NotFound):
        proposals.take(made.secretary.actor, proposal, planned(other))


def test_a_dissolved_body_is_proposed_nothing(made: Council) -> None:
    made.body.until = date(2026, 1, 1)
    made.body.save()
    with pytest.raises(Refused, match="dissolved"):
        bridge(made)


def test_the_secretarys_desk_says_what_is_ready(made: Council) -> None:
    def desk(who: Staff) -> list[DeskItem]:
        question = DeskQuestion(actor=who.actor, at=timezone.now(), as_secretary=True)
        return list(proposal_items(question))

    first, second = bridge(made), bridge(made)
    proposals.endorse(made.chair.actor, first)
    (item,) = desk(made.secretary)
    assert (item.count, item.title["en"]) == (
        1,
        f"1 proposal to \u2068{made.body.name['en']}\u2069 has its signatures",
    )
    assert desk(made.member) == []
    proposals.endorse(made.chair.actor, second)
    assert desk(made.secretary)[0].count == 2
    for each in (first, second):
        proposals.decline(made.secretary.actor, each, answer="No.")
    assert desk(made.secretary) == []
