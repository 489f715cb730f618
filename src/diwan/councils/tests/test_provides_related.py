"""A unit's bodies and a post's seats on the directory's pages."""

from __future__ import annotations

import pytest

from diwan.councils.tests.factories import BodyFactory, MembershipFactory
from diwan.directory.public import POST, UNIT
from diwan.directory.tests.factories import PostFactory, UnitFactory, staff
from diwan.kernel.exchange import Ref, related
from diwan.kernel.policies import Actor, Confidentiality

pytestmark = pytest.mark.django_db


def titles(ref: Ref, actor: Actor) -> list[str]:
    return [card.title["fa"] for group in related(ref, actor) for card in group.cards]


def test_a_unit_shows_its_bodies_to_who_may_see_them() -> None:
    unit = UnitFactory.create()
    reader = staff(unit, "officer").actor
    BodyFactory.create(unit=unit, name={"fa": "شورا"}, confidentiality=Confidentiality.PUBLIC)
    BodyFactory.create(unit=unit, name={"fa": "کمیته محرمانه"}, confidentiality="body")
    BodyFactory.create(name={"fa": "شورای جای دیگر"})
    assert titles(Ref(UNIT, unit.pk), reader) == ["شورا"]
    assert titles(Ref(UNIT, UnitFactory.create().pk), reader) == []


def test_a_post_shows_the_bodies_it_sits_in_and_its_role() -> None:
    post = PostFactory.create()
    body = BodyFactory.create(name={"fa": "شورا"}, confidentiality=Confidentiality.PUBLIC)
    MembershipFactory.create(body=body, post=post, role="chair")
    (group,) = related(Ref(POST, post.pk), Actor.anonymous())
    (card,) = group.cards
    assert card.title["fa"] == "شورا"
    assert str(card.state) in {"chair", "رئیس"}
