"""Both sides sign the sheet: who, when, once each, what they saw; and what two posts at once do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from diwan.directory.actions.erasing import erase_person
from diwan.directory.actions.handovers import (
    HandoverPlan,
    add_need,
    hand_over,
    settle_handovers,
)
from diwan.directory.actions.holdings import end_holding
from diwan.directory.actions.signing import sign_handover
from diwan.directory.constants import TO_SIGN
from diwan.directory.models import Handover, HandoverSignature, Holding
from diwan.directory.policies import authority_of
from diwan.directory.provides.desk import handovers_at_hand
from diwan.directory.queries.signing import holds, standing_of
from diwan.kernel.errors import Conflict, Forbidden, NotFound, Refused
from diwan.kernel.exchange import DeskQuestion, Ref, Waiting
from diwan.kernel.models import AuditEntry, Notice
from diwan.kernel.notices import Telling
from diwan.kernel.notices.kinds import kind_of

from .factories import HandoverFactory, PostFactory, Staff, UnitFactory, staff, system

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def sides() -> tuple[Staff, Staff]:
    """Who hands over, with the role of a head, and who takes over from another post."""
    unit = UnitFactory.create()
    return staff(unit, "head"), staff(unit)


def passed(sides: tuple[Staff, Staff], *, ago: timedelta = timedelta(hours=1)) -> Handover:
    """A handover whose instant came a while ago."""
    old, new = sides
    plan = HandoverPlan(old.post, timezone.now() - ago, old.person, new.person)
    return hand_over(system(), plan)


def shown(handover: Handover) -> str:
    """The checksum of the sheet as the page shows it."""
    return standing_of(Handover.objects.get(pk=handover.pk)).sha256


def test_each_side_signs_once_and_then_the_sheet_is_closed(sides: tuple[Staff, Staff]) -> None:
    old, new = sides
    handover = passed(sides)
    sign_handover(old.actor, handover, shown(handover), note="  The keys are with the porter ")
    with pytest.raises(Refused, match="signs once"):
        sign_handover(old.actor, handover, shown(handover))
    need = add_need(new.actor, handover, {"en": "A printer"})
    sign_handover(new.actor, handover, shown(handover))
    standing = standing_of(Handover.objects.get(pk=handover.pk))
    first, second = standing.signatures
    assert (first.side, first.note) == ("outgoing", "The keys are with the porter")
    assert standing.closed
    assert standing.added_after(first) == [need]
    assert standing.added_after(second) == []
    again = Handover.objects.get(pk=handover.pk)
    assert holds(again, standing, first)
    assert holds(again, standing, second)
    with pytest.raises(Conflict, match="nothing is added"):
        add_need(system(), handover, {"en": "Too late"})
    assert AuditEntry.objects.filter(subject_id=handover.pk, verb="sign").count() == 2


def test_only_the_two_sign_and_nobody_for_them(sides: tuple[Staff, Staff]) -> None:
    old, _new = sides
    handover = passed(sides)
    above = staff(UnitFactory.create(register=old.post.register), "head")
    colleague = staff(old.post.unit, "head")
    with pytest.raises(Forbidden, match="themselves"):
        sign_handover(colleague.actor, handover, shown(handover))
    with pytest.raises(Forbidden, match="themselves"):
        sign_handover(system(), handover, shown(handover))
    with pytest.raises(NotFound):
        sign_handover(above.actor, handover, shown(handover))
    assert not HandoverSignature.objects.exists()


def test_what_was_not_seen_is_not_signed(sides: tuple[Staff, Staff]) -> None:
    old, new = sides
    handover = passed(sides)
    seen = shown(handover)
    add_need(old.actor, handover, {"en": "A printer"})
    with pytest.raises(Conflict, match="Read it again"):
        sign_handover(new.actor, handover, seen)
    with pytest.raises(Refused, match="500"):
        sign_handover(new.actor, handover, shown(handover), note="x" * 501)
    assert not HandoverSignature.objects.exists()


def test_a_foretaste_is_signed_only_when_it_has_been_written(sides: tuple[Staff, Staff]) -> None:
    old, new = sides
    at = timezone.now() + timedelta(hours=2)
    handover = hand_over(system(), HandoverPlan(old.post, at, old.person, new.person))
    with pytest.raises(Refused, match="Sign it after that"):
        sign_handover(new.actor, handover, shown(handover))
    settle_handovers(at)
    written = Handover.objects.get(pk=handover.pk)
    sign_handover(new.actor_at(at), written, shown(written))
    assert HandoverSignature.objects.get().side == "incoming"


def asked(who: Staff) -> list[bool]:
    """The notices by which somebody was asked to sign: had the other side done so?"""
    rows = Notice.objects.filter(user_id=who.user.pk, kind=TO_SIGN).order_by("pk")
    return [row.data["other"] for row in rows]


def test_both_are_asked_to_sign_when_the_sheet_is_written_and_by_the_others_signature(
    sides: tuple[Staff, Staff],
) -> None:
    old, new = sides
    at = timezone.now() + timedelta(hours=2)
    handover = hand_over(system(), HandoverPlan(old.post, at, old.person, new.person))
    assert (asked(old), asked(new)) == ([], [])
    settle_handovers(at)
    sign_handover(new.actor_at(at), Handover.objects.get(pk=handover.pk), shown(handover))
    assert (asked(old), asked(new)) == ([False, True], [False])
    last = Notice.objects.filter(user_id=old.user.pk, kind=TO_SIGN).latest("pk")
    kind = kind_of(TO_SIGN)
    assert kind is not None
    words = kind.write(Telling(Ref(last.ref_kind, last.ref_id), last.data, None))
    assert words is not None
    assert "waits for your signature" in words.subject
    assert words.lines[-1] == "The other side has signed it."


def test_rights_have_passed_whoever_signs(sides: tuple[Staff, Staff]) -> None:
    old, new = sides
    passed(sides)
    assert old.post.pk in authority_of(new.actor).post_ids
    assert old.post.pk not in authority_of(old.actor).post_ids


def waiting(who: Staff, *, days: int = 0) -> list[Waiting]:
    """Why handovers stand on somebody's desk, in all their posts."""
    actor = who.actor_at(timezone.now() + timedelta(days=days))
    held = frozenset(authority_of(actor).post_ids)
    own = DeskQuestion(actor=actor, at=actor.at, post_ids=held)
    word = DeskQuestion(actor=actor, at=actor.at, as_secretary=True)
    return [item.waiting for question in (own, word) for item in handovers_at_hand(question)]


def test_an_unsigned_sheet_stands_on_both_desks_for_thirty_days(
    sides: tuple[Staff, Staff],
) -> None:
    old, new = sides
    handover = passed(sides)
    # Who handed over holds no post any more: it waits for their word.
    assert waiting(old) == waiting(new) == [Waiting.SIGN]
    assert waiting(new, days=31) == []
    sign_handover(old.actor, handover, shown(handover))
    assert (waiting(old), waiting(new)) == ([], [Waiting.SIGN])


def test_a_handover_out_of_an_older_record_has_no_sheet_to_sign() -> None:
    who = staff(UnitFactory.create())
    handover = HandoverFactory.create(from_post=who.post, from_person=who.person, sheet={})
    with pytest.raises(Refused, match="on paper"):
        sign_handover(who.actor, handover, shown(handover))
    assert waiting(who) == []


def test_a_vacant_side_need_not_sign(sides: tuple[Staff, Staff]) -> None:
    old, _new = sides
    handover = hand_over(
        system(), HandoverPlan(old.post, timezone.now() - timedelta(hours=1), old.person)
    )
    sign_handover(old.actor, handover, shown(handover))
    assert standing_of(handover).closed


def test_an_erased_person_leaves_the_signature_whole(sides: tuple[Staff, Staff]) -> None:
    old, new = sides
    deputy = staff(old.post.unit)
    handover = passed(sides)
    sign_handover(new.actor, handover, shown(handover))
    end_holding(system(), deputy.holding, at=timezone.now())
    assert deputy.person.name["en"] not in str(handover.sheet), "the sheet names no people"
    erase_person(system(), old.person, reason="asked for by the person")
    row = Handover.objects.get(pk=handover.pk)
    standing = standing_of(row)
    assert holds(row, standing, standing.signatures[0])


def test_two_swap_their_posts_on_one_day() -> None:
    unit = UnitFactory.create()
    first, second = staff(unit, "head"), staff(unit, "secretary")
    at = timezone.now()
    one = hand_over(system(), HandoverPlan(first.post, at, first.person, second.person))
    two = hand_over(system(), HandoverPlan(second.post, at, second.person, first.person))
    holders = dict(Holding.objects.at(at).values_list("post_id", "person_id"))
    assert holders == {first.post.pk: second.person.pk, second.post.pk: first.person.pk}
    for who in (first, second):
        for handover in (one, two):
            sign_handover(who.actor, handover, shown(handover))
    assert standing_of(one).closed
    assert standing_of(two).closed


def test_somebody_takes_two_posts_over_at_once_and_a_chain_of_three() -> None:
    unit = UnitFactory.create()
    a, b, c = (staff(unit) for _ in range(3))
    at = timezone.now() + timedelta(days=1)
    for gives, takes in ((a, b), (b, c), (c, a)):
        hand_over(system(), HandoverPlan(gives.post, at, gives.person, takes.person))
    extra = PostFactory.create(unit=unit)
    hand_over(system(), HandoverPlan(extra, at, None, a.person))
    held = Holding.objects.at(at).filter(person=a.person).values_list("post_id", flat=True)
    assert set(held) == {c.post.pk, extra.pk}
    settle_handovers(at)
    assert not Handover.objects.filter(settled_at__isnull=True).exists()


def test_who_takes_the_duties_into_another_post_of_their_own_signs_once() -> None:
    unit = UnitFactory.create()
    who, target = staff(unit), PostFactory.create(unit=unit)
    plan = HandoverPlan(who.post, timezone.now(), who.person, who.person, target)
    handover = hand_over(system(), plan)
    made = sign_handover(who.actor, handover, shown(handover))
    assert [one.side for one in made] == ["outgoing", "incoming"]
    assert standing_of(handover).closed
