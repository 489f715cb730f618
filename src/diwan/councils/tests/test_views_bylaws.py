"""The page of a body's rules, and what of them stands beside the body."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from diwan.councils.actions.bylaws import change_bylaws
from diwan.councils.constants import BODY
from diwan.councils.models import Bylaws
from diwan.councils.queries.bylaws import bylaws_of, is_written
from diwan.directory.tests.factories import PostFactory, Staff, staff
from diwan.kernel import audit
from diwan.kernel.errors import Forbidden, Refused
from diwan.kernel.exchange import Ref

from .factories import Council, council, seat

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

FORM: dict[str, Any] = {
    "quorum": "two_thirds",
    "majority": "absolute",
    "majority_of": "seats",
    "deputies_vote": "on",
    "signatures": "۳",
    "objection_days": "0",
    "escalate_after": "5",
    "escalate_levels": "2",
    "signers": "members_present",
}


def client_of(who: Staff) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(who.user)
    return client


def address(made: Council) -> str:
    return reverse("councils:bylaws", args=[made.body.pk])


def test_the_page_says_what_each_rule_comes_to_for_this_body() -> None:
    made = council()
    for _ in range(4):
        seat(made.body, staff(made.member.post.unit), "member")
    text = client_of(made.secretary).get(address(made)).content.decode()
    assert "7 seats vote: 4 must be in the room, and 4 votes carry" in text
    assert "two thirds of the seats that vote (5 of 7)" in text
    assert "written none of its own" in text


def test_rules_are_written_and_stand_beside_the_body() -> None:
    made = council()
    client = client_of(made.secretary)
    answer = client.post(address(made), FORM)
    assert answer.status_code == 302
    rules = bylaws_of(made.body)
    assert is_written(rules)
    assert (rules.quorum, rules.signatures, rules.escalate_levels) == ("two_thirds", 3, 2)
    page = client.get(answer["location"]).content.decode()
    assert "two thirds (2 of 3)" in page
    assert "more than half of all seats that vote" in page
    entry = audit.trail(Ref(BODY, made.body.pk)).get(verb="change_bylaws")
    assert entry.changes["quorum"] == ["majority", "two_thirds"]
    assert entry.changes["written"] == [False, True]
    # Written again unchanged: no second entry.
    client.post(address(made), FORM)
    assert audit.trail(Ref(BODY, made.body.pk)).count() == 1


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"quorum": "number"}, "Say how many seats must be in the room"),
        ({"objection_days": "14"}, "Say which posts may object"),
        ({"signatures": "0"}, "greater than or equal to 1"),
        ({"quorum": "half"}, "half is not one of"),
    ],
)
def test_what_cannot_be_a_rule_is_said_and_nothing_is_written(
    wrong: dict[str, str], why: str
) -> None:
    made = council()
    answer = client_of(made.secretary).post(address(made), FORM | wrong)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not Bylaws.objects.exists()


def test_objectors_have_days_and_days_have_objectors() -> None:
    made = council()
    actor = made.secretary.actor
    post = PostFactory.create(unit=made.body.unit)
    rules = change_bylaws(
        actor, made.body, {"objection_days": 14, "objector_ids": [post.pk], "quorum": "none"}
    )
    assert list(rules.objectors.all()) == [post]
    with pytest.raises(Refused, match="within how many days"):
        change_bylaws(actor, made.body, {"objection_days": 0})
    with pytest.raises(Refused, match="from 0 to 365"):
        change_bylaws(actor, made.body, {"objection_days": 400})
    assert bylaws_of(made.body).objection_days == 14
    with pytest.raises(Forbidden):
        change_bylaws(made.member.actor, made.body, {"quorum": "none"})
