"""Lists are asked in ways that are quick among very many; the answers are those of plain ways."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from uuid import UUID

import pytest
from django.utils import timezone

from diwan.councils.models import Action, Body, Meeting, Resolution
from diwan.councils.policies import ACTIONS, BODIES, RESOLUTIONS
from diwan.councils.queries import meetings as meeting_queries
from diwan.councils.queries import register as register_queries
from diwan.councils.queries.bodies import (
    body_counts,
    members_of,
    with_counts,
)
from diwan.councils.queries.lateness import clock_of
from diwan.councils.queries.meetings import adopted_by_meeting, meetings_for, some_meetings
from diwan.councils.queries.register import RegisterFilter, Standing, register
from diwan.councils.rules.life import SETTLED, State
from diwan.directory.tests.factories import PostFactory, Staff, UnitFactory, staff
from diwan.kernel import links, search
from diwan.kernel.exchange import Ref
from diwan.kernel.links import Verb
from diwan.kernel.policies import Actor
from diwan.kernel.remembering import remembering

from .factories import (
    ActionFactory,
    BodyFactory,
    MeetingFactory,
    MembershipFactory,
    council,
    duty,
    meeting_of,
    resolution_of,
    seat,
)

pytestmark = pytest.mark.django_db
LONG_AGO = date(2026, 1, 5)


def readers() -> tuple[Staff, Staff, list[Actor]]:
    """Two owners, and everybody who sees a different part of what they owe."""
    top = UnitFactory.create()
    below = UnitFactory.create(parent=top)
    owner, other = staff(below), staff(UnitFactory.create())
    colleague, head = staff(below), staff(top, "head")
    return owner, other, [owner.actor, other.actor, colleague.actor, head.actor]


def house() -> list[Actor]:
    """Resolutions of every degree with actions in every state, owned by one, another or nobody."""
    owner, other, actors = readers()
    made = council()
    observer = staff(UnitFactory.create())
    seat(made.body, observer, "observer")
    states = [State.UNCONFIRMED, State.OPEN, State.DONE, State.CLOSED]
    for level, mine in product(("public", "internal", "body", "named"), (owner, other, None)):
        for state in states if mine else states[:2]:
            held = meeting_of(made.body, confidentiality=level)
            resolution = resolution_of(made.body, meeting=held, confidentiality=level)
            ActionFactory.create(
                resolution=resolution, owner=mine.post if mine else None, state=state, due=LONG_AGO
            )
    resolution_of(made.body)
    abroad = staff(UnitFactory.create(country="EG"))
    return [*actors, observer.actor, made.secretary.actor, abroad.actor]


def stands(actor: Actor, resolution: Resolution, standing: Standing) -> bool:
    """The same from the actions at hand, one by one."""
    rows = ACTIONS.which(actor, "see", Action.objects.filter(resolution=resolution))
    actions = list(rows.select_related("resolution__body__unit"))
    owed = [action for action in actions if action.state not in SETTLED]
    return {
        Standing.OPEN: bool(owed),
        Standing.LATE: any(clock_of(actor).late_days(action) for action in actions),
        Standing.DONE: bool(actions) and not owed,
        Standing.UNOWNED: any(action.owner_id is None for action in owed),
        Standing.UNCONFIRMED: any(action.state == State.UNCONFIRMED for action in actions),
        Standing.NOTHING: not actions,
    }[standing]


def test_how_a_resolution_stands_is_told_from_the_actions_one_may_see() -> None:
    for actor in house():
        seen = list(RESOLUTIONS.which(actor, "see", Resolution.objects.all()))
        for standing in Standing:
            found = {row.pk for row in register(actor, RegisterFilter(standing=standing))}
            assert found == {row.pk for row in seen if stands(actor, row, standing)}, standing


def test_a_body_at_hand_is_seen_as_the_policy_says() -> None:
    actors = house()
    BodyFactory.create(confidentiality="public")
    for level in ("internal", "body"):
        BodyFactory.create(confidentiality=level)
        BodyFactory.create(confidentiality=level, unit=UnitFactory.create(country="EG"))
    for actor, body in product(actors, Body.objects.select_related("unit")):
        assert BODIES.sees(actor, body) == BODIES.may(actor, "see", body)


def test_a_page_of_meetings_is_read_from_the_latest_on(monkeypatch: pytest.MonkeyPatch) -> None:
    made = council()
    today = timezone.now().date()
    for days in (3, 1, 1, 8, 5, 40, 2):
        MeetingFactory.create(body=made.body, date=today - timedelta(days))
    MeetingFactory.create(body=made.body, date=None, imported=True)
    rows = meetings_for(made.secretary.actor)
    monkeypatch.setattr(meeting_queries, "NEAR", (2, 4))
    for first, last in product(range(8), range(1, 10)):
        found = meeting_queries.read_latest(rows, first, last)
        assert found == list(rows[first:last])


def test_a_page_of_the_register_is_read_from_the_latest_on(monkeypatch: pytest.MonkeyPatch) -> None:
    made = council()
    today = timezone.now().date()
    for days in (3, 1, 1, 8, 5, 40):
        resolution_of(made.body, meeting=meeting_of(made.body, date=today - timedelta(days)))
    rows = register(made.secretary.actor)
    monkeypatch.setattr(register_queries, "NEAR", (2, 4))
    for first, last in product(range(7), range(1, 8)):
        assert register_queries.read_latest(rows, first, last) == list(rows[first:last])


def test_what_a_body_page_counts() -> None:
    made = council()
    today = timezone.now().date()
    days = [today - timedelta(n) for n in range(1, 4)]
    held = [meeting_of(made.body, date=day) for day in days]
    planned = Meeting.State.PLANNED
    later, waits = (meeting_of(made.body, date=today + timedelta(n), state=planned) for n in (9, 4))
    resolution_of(made.body, meeting=held[2])
    resolution_of(made.body, meeting=held[2])
    resolution_of(made.body, meeting=held[0], state="draft")
    actor = made.secretary.actor
    counted = body_counts(with_counts(Body.objects.filter(pk=made.body.pk), actor).get())
    assert (counted.waits_id, counted.meetings, counted.overseen) == (waits.pk, 5, 0)
    assert adopted_by_meeting(actor, made.body.pk) == {held[2].pk: 2}
    shown = some_meetings(actor, made.body.pk, latest=2, others=[held[1].pk])
    assert list(shown) == [later.pk, waits.pk, held[1].pk]


def test_the_head_of_a_unit_sits_by_the_post_that_leads_it() -> None:
    body = BodyFactory.create()
    unit = UnitFactory.create()
    PostFactory.create(unit=unit, roles=("officer",))
    head = PostFactory.create(unit=unit, roles=("head",))
    MembershipFactory.create(body=body, post=None, unit=unit, role="member")
    (member,) = members_of(body, timezone.now().date(), at=timezone.now())
    assert [card.post_id for card in member.posts] == [head.pk]


def test_links_are_read_once_while_a_page_is_made() -> None:
    body = BodyFactory.create()
    source, other = Ref("councils.resolution", body.pk), Ref("councils.statement", body.unit_id)
    target = Ref("councils.body", body.pk)
    links.set_links(source, Verb.ABOUT, [target])
    plain = links.targets_of_all([source, other], Verb.ABOUT)
    with remembering():
        assert links.targets_of_all([source, other], Verb.ABOUT) == plain
        assert links.targets(source, Verb.ABOUT) == plain[source] == [target]
        assert [link.target_id for link in links.links_of(source)] == [body.pk]
        assert links.targets(source, Verb.WITH) == []
        links.set_links(source, Verb.ABOUT, [])
        assert links.targets(source, Verb.ABOUT) == [target]
    assert links.targets(source, Verb.ABOUT) == []


def test_the_index_narrows_the_register_by_rare_words() -> None:
    """What begins a word of a text or an action seen; what begins none, anywhere."""
    made = council()
    named = resolution_of(made.body, text={"en": "Plant plane trees"})
    through = resolution_of(made.body, text={"en": "The park"})
    duty(made.body, made.member, resolution=through, text={"en": "Count the plane trees"})
    resolution_of(made.body, text={"en": "A biplane show"})

    def found(text: str) -> set[UUID]:
        rows = register(made.secretary.actor, RegisterFilter(text=text))
        return set(rows.values_list("pk", flat=True))

    scanned = found("plane")
    assert len(scanned) == 3  # without an index: also in the middle of a word
    search.rebuild()
    assert found("plane") == {named.pk, through.pk}
    assert found("plane park") == {through.pk}
    assert len(found("iplane")) == 1
    assert found("nowhere") == set()
