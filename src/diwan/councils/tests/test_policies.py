"""ACCESS.md's table, row by row and column by column, for each level of confidentiality."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from diwan.accounts.tests.factories import UserFactory
from diwan.councils.models import Action, Body, Meeting, Resolution
from diwan.councils.policies import (
    ACTIONS,
    AGENDA,
    BODIES,
    MEETINGS,
    MEMBERSHIPS,
    RESOLUTIONS,
    require_host,
    served_ids,
)
from diwan.directory.models import Post
from diwan.directory.tests.factories import (
    PartnerFactory,
    PostFactory,
    PostPatternFactory,
    RegisterFactory,
    Staff,
    UnitFactory,
    staff,
    system,
)
from diwan.kernel.errors import Forbidden, NotFound
from diwan.kernel.policies import Actor

from .factories import (
    AgendaItemFactory,
    BodyFactory,
    BodySeatUserFactory,
    MeetingFactory,
    MembershipFactory,
    council,
    duty,
    resolution_of,
    seat,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

LEVELS = ("public", "internal", "body", "named")
RUN = {"secretary", "chair", "host_secretary"}
OPEN_TO_STAFF = {"colleague", "clerk", "member", "adviser", "guest", "owner", "head_above"}
EVERYBODY = RUN | OPEN_TO_STAFF | {"host_head", "listed", "foreign", "anonymous"}
STAFF = EVERYBODY - {"foreign", "anonymous"}


@dataclass(frozen=True)
class House:
    """A body hosted in one unit, an action of it owed in another, and everybody around it."""

    body: Body
    meeting: Meeting
    resolution: Resolution
    action: Action
    other: Resolution
    people: dict[str, Callable[[], Actor]]

    def who(self, policy: Any, verb: str, record: Any) -> set[str]:
        """Those who may; asked both ways, which must agree."""
        found = set()
        rows = policy.model.objects.filter(pk=record.pk)
        for name, make in self.people.items():
            actor = make()
            may = policy.may(actor, verb, record)
            assert policy.which(actor, verb, rows).exists() is may, name
            if may:
                found.add(name)
        return found


def house(level: str) -> House:
    register = RegisterFactory.create()
    top = UnitFactory.create(register=register)
    host = UnitFactory.create(parent=top)
    owing_top = UnitFactory.create(register=register)
    owing = UnitFactory.create(parent=owing_top)
    made = council(host, confidentiality=level)
    owner = staff(owing)
    listed = staff(owing_top)
    people: dict[str, Staff] = {
        "secretary": made.secretary,
        "chair": made.chair,
        "member": made.member,
        "adviser": made.adviser,
        "guest": made.guest,
        "host_secretary": staff(top, "secretary"),
        "host_head": staff(top, "head"),
        "owner": owner,
        "head_above": staff(owing_top, "head"),
        "colleague": staff(owing),
        "clerk": staff(owing_top, "clerk"),
        "listed": listed,
        "foreign": staff(UnitFactory.create(register=RegisterFactory.create(country="EG"))),
    }
    meeting = MeetingFactory.create(body=made.body)
    meeting.named_posts.add(listed.post)
    resolution = resolution_of(made.body, meeting=meeting)
    resolution.named_posts.add(listed.post)
    actors: dict[str, Callable[[], Actor]] = {n: _actor(p) for n, p in people.items()}
    return House(
        body=made.body,
        meeting=meeting,
        resolution=resolution,
        action=duty(made.body, owner, resolution=resolution),
        other=resolution_of(made.body, meeting=meeting),
        people=actors | {"anonymous": Actor.anonymous},
    )


def _actor(who: Staff) -> Callable[[], Actor]:
    return lambda: who.actor


READERS = {
    "public": EVERYBODY,
    "internal": STAFF,
    "body": RUN | {"member", "host_head"},
    "named": RUN | {"listed"},
}
OWN = {"owner", "head_above"}


@pytest.mark.parametrize("level", LEVELS)
def test_meetings_and_minutes(level: str) -> None:
    found = house(level)
    assert found.who(MEETINGS, "run", found.meeting) == RUN
    assert found.who(MEETINGS, "read", found.meeting) == READERS[level]
    # The owner and the heads above see the title of the meeting, whatever its level.
    assert found.who(MEETINGS, "see", found.meeting) == READERS[level] | OWN


@pytest.mark.parametrize("level", LEVELS)
def test_resolutions(level: str) -> None:
    found = house(level)
    assert found.who(RESOLUTIONS, "run", found.resolution) == RUN
    assert found.who(RESOLUTIONS, "see", found.resolution) == READERS[level] | OWN
    # Their own resolution, not the meeting's other ones.
    others = READERS[level] - ({"listed"} if level == "named" else set())
    assert found.who(RESOLUTIONS, "see", found.other) == others


@pytest.mark.parametrize("level", LEVELS)
def test_actions(level: str) -> None:
    found = house(level)
    assert found.who(ACTIONS, "run", found.action) == RUN
    assert found.who(ACTIONS, "work", found.action) == OWN
    unit = {"colleague"} if level != "named" else set()
    # No action is the public's, not even a public resolution's.
    readers = READERS[level] - {"anonymous", "foreign"}
    assert found.who(ACTIONS, "see", found.action) == readers | OWN | unit
    member = {"member"} if level != "named" else {"listed"}
    adviser = {"adviser"} if level in ("public", "internal") else set()
    host = {"host_head"} if level != "named" else set()
    assert found.who(ACTIONS, "proof", found.action) == RUN | OWN | unit | member | adviser | host


@pytest.mark.parametrize("level", LEVELS)
def test_bodies(level: str) -> None:
    found = house(level)
    assert found.who(BODIES, "run", found.body) == RUN
    assert found.who(BODIES, "manage", found.body) == RUN | {"host_head"}
    by_level = {"public": EVERYBODY, "internal": STAFF}
    readers = by_level.get(level, RUN | {"host_head", "member"})
    assert found.who(BODIES, "read", found.body) == readers
    assert found.who(BODIES, "see", found.body) == readers | OWN | {"adviser", "guest"}
    membership = found.body.memberships.first()
    assert found.who(MEMBERSHIPS, "see", membership) == readers
    assert found.who(MEMBERSHIPS, "manage", membership) == RUN | {"host_head"}


def test_advisers_read_what_is_open_also_in_another_country() -> None:
    body = BodyFactory.create()
    abroad = staff(UnitFactory.create(register=RegisterFactory.create(country="EG")))
    assert not MEETINGS.may(abroad.actor, "read", meeting := MeetingFactory.create(body=body))
    seat(body, abroad, "observer")
    assert MEETINGS.may(abroad.actor, "read", meeting)
    Meeting.objects.update(confidentiality="body")
    assert not MEETINGS.may(abroad.actor, "see", meeting)


def test_guests_see_the_item_they_were_invited_to() -> None:
    found = house("body")
    guest = found.body.memberships.get(role="guest")
    mine = AgendaItemFactory.create(meeting=found.meeting)
    mine.guests.add(guest)
    other = AgendaItemFactory.create(meeting=found.meeting)
    assert found.who(AGENDA, "see", mine) == READERS["body"] | {"guest"}
    assert found.who(AGENDA, "see", other) == READERS["body"]
    assert "guest" in found.who(MEETINGS, "see", found.meeting)
    assert "guest" not in found.who(MEETINGS, "read", found.meeting)


def test_an_item_has_its_own_level() -> None:
    found = house("internal")
    item = AgendaItemFactory.create(meeting=found.meeting, confidentiality="named")
    item.named_posts.add(*found.meeting.named_posts.all())
    assert found.who(AGENDA, "see", item) == RUN | {"listed"}
    assert found.who(AGENDA, "run", item) == RUN


def test_drafts_are_for_those_who_run_the_body_and_its_members() -> None:
    found = house("public")
    draft = resolution_of(found.body, meeting=found.meeting, state="draft")
    assert found.who(RESOLUTIONS, "see", draft) == RUN | {"member"}


def test_signed_minutes_are_written_no_more() -> None:
    found = house("internal")
    Meeting.objects.update(signed_at=timezone.now())
    assert found.who(RESOLUTIONS, "run", found.resolution) == set()
    assert "secretary" in found.who(RESOLUTIONS, "see", found.resolution)


def test_without_a_secretary_the_chair_serves_and_without_both_the_hosts_head() -> None:
    host = UnitFactory.create()
    head, higher = staff(host, "head"), staff(UnitFactory.create(register=host.register), "head")
    chair = staff(UnitFactory.create(register=host.register))
    body = BodyFactory.create(unit=host)
    assert BODIES.may(head.actor, "run", body)
    assert body.pk in served_ids(head.actor)
    assert not BODIES.may(higher.actor, "run", body)
    seat(body, chair, "chair")
    assert not BODIES.may(head.actor, "run", body)
    assert body.pk in served_ids(chair.actor)
    seat(body, secretary := staff(UnitFactory.create(register=host.register)), "secretary")
    # The chair still runs it, but the desk's work is the secretary's.
    assert BODIES.may(chair.actor, "run", body)
    assert body.pk not in served_ids(chair.actor)
    assert body.pk in served_ids(secretary.actor)


def test_the_post_of_a_secretary_runs_bodies_hosted_below() -> None:
    top = UnitFactory.create()
    below = UnitFactory.create(parent=top)
    secretary = staff(top, "secretary")
    body = BodyFactory.create(unit=below)
    assert BODIES.may(secretary.actor, "run", body)
    assert not BODIES.may(secretary.actor, "run", BodyFactory.create())


def test_members_by_pattern_by_unit_and_by_invitation() -> None:
    register = RegisterFactory.create()
    body = BodyFactory.create(unit=UnitFactory.create(register=register), confidentiality="body")
    pattern = PostPatternFactory.create(register=register)
    instance = staff(UnitFactory.create(register=register))
    Post.objects.filter(pk=instance.post.pk).update(pattern=pattern)
    headed = UnitFactory.create(register=register)
    head, officer = staff(headed, "head"), staff(headed)
    user = UserFactory.create()
    partner = PartnerFactory.create(register=register)
    MembershipFactory.create(body=body, post=None, post_pattern=pattern)
    MembershipFactory.create(body=body, post=None, unit=headed)
    named = MembershipFactory.create(body=body, post=None, partner=partner)
    seated = BodySeatUserFactory.create(
        lineage=named.lineage, user=user, since_at=timezone.now() - timedelta(days=1)
    )
    invited = Actor.user(user.pk, "user")
    assert BODIES.may(instance.actor, "read", body)
    assert BODIES.may(head.actor, "read", body)
    assert not BODIES.may(officer.actor, "see", body)
    assert BODIES.may(invited, "read", body)
    seated.until_at = timezone.now() - timedelta(hours=1)
    seated.save()
    assert not BODIES.may(Actor.user(user.pk, "user"), "see", body)


def test_rights_end_with_the_membership_and_with_the_holding() -> None:
    body = BodyFactory.create(confidentiality="body")
    today = timezone.now().date()
    past = staff(UnitFactory.create(register=body.register))
    MembershipFactory.create(body=body, post=past.post, role="secretary", until=today)
    assert not BODIES.may(past.actor, "see", body)
    former = staff(UnitFactory.create(), until_at=timezone.now() - timedelta(hours=1))
    seat(body, former, "secretary")
    assert not BODIES.may(former.actor, "see", body)
    assert BODIES.may(former.actor_at(timezone.now() - timedelta(hours=2)), "run", body)


def test_the_audit_learns_which_post_gave_the_right() -> None:
    made = council()
    secretary = made.secretary
    second = staff(UnitFactory.create(register=made.body.register), user=secretary.user)
    meeting = MeetingFactory.create(body=made.body)
    actor = Actor.user(secretary.user.pk, "x", post_id=second.post.pk)
    assert MEETINGS.require(actor, "run", meeting).post_id == secretary.post.pk


def test_what_is_not_seen_is_not_found_and_what_is_seen_is_forbidden() -> None:
    found = house("internal")
    with pytest.raises(NotFound):
        MEETINGS.require(found.people["foreign"](), "run", found.meeting)
    with pytest.raises(Forbidden):
        MEETINGS.require(found.people["clerk"](), "run", found.meeting)
    assert MEETINGS.may(system(), "run", found.meeting)


def test_founding_a_body_belongs_to_heads_and_secretaries_over_the_unit() -> None:
    top = UnitFactory.create()
    unit = UnitFactory.create(parent=top)
    head = staff(top, "head")
    assert require_host(head.actor, unit.pk, "IR").post_id == head.post.pk
    with pytest.raises(Forbidden):
        require_host(staff(unit).actor, unit.pk, "IR")
    foreign = staff(UnitFactory.create(register=RegisterFactory.create(country="EG")), "head")
    with pytest.raises(NotFound):
        require_host(foreign.actor, unit.pk, "IR")


def test_a_head_sees_what_vacant_posts_below_owe() -> None:
    unit = UnitFactory.create()
    vacant = PostFactory.create(unit=UnitFactory.create(parent=unit))
    body = BodyFactory.create(confidentiality="body")
    made = resolution_of(body)
    owed = Action.objects.create(
        register=body.register, resolution=made, key="x", text={"en": "x"}, owner=vacant
    )
    assert ACTIONS.may(staff(unit, "head").actor, "work", owed)
