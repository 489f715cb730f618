"""What was given to the applicant holds as long as the round that gave it."""

from __future__ import annotations

import io

import pytest
from django.test import Client

from diwan.kernel.policies import Actor
from diwan.services.actions.applicants import reopen
from diwan.services.actions.given import GivenFile, StepWords
from diwan.services.actions.steps import act
from diwan.services.models import Case
from diwan.services.queries.outputs import outputs_of
from diwan.services.queries.story import story_of

from .factories import case
from .office import at, make_office

pytestmark = pytest.mark.django_db


def given(name: str) -> StepWords:
    """A paper for the applicant."""
    paper = GivenFile(name, io.BytesIO(b"%PDF-1.4\n%%EOF\n"), output=True)
    return StepWords(said="به این شرح", files=[paper])


def names(one: Case) -> list[str]:
    """What the applicant may fetch now."""
    return [file.name for file in outputs_of(Case.objects.get(pk=one.pk))]


def test_what_an_earlier_round_gave_holds_no_more(client: Client) -> None:
    office = make_office()
    clerk, officer = office.clerk, office.officer
    one = case(office.service)
    act(clerk.actor, one, "forward", given("note.pdf"))
    act(officer.actor, one, "grant", given("licence.pdf"))
    assert names(one) == ["note.pdf", "licence.pdf"]
    licence = one.files.get(name="licence.pdf")
    assert client.get(at("output", one.code, licence.pk)).status_code == 200
    reopen(Actor.anonymous(), one, "نادرست است")
    assert names(one) == []
    act(clerk.actor, one, "forward", given("second.pdf"))
    act(officer.actor, one, "refuse", given("reasons.pdf"))
    # Not granted: only what came with that very step.
    assert names(one) == ["reasons.pdf"]
    assert client.get(at("output", one.code, licence.pk)).status_code == 404
    assert "licence.pdf" not in client.get(at("followed", one.code)).content.decode()
    one.refresh_from_db()
    told = [file.name for line in story_of(one, public=True) for file in line.files]
    assert told == ["reasons.pdf"]
    page = office.client(officer).get(at("case", one.pk)).content.decode()
    assert page.count("دیگر معتبر نیست") == 3
    assert "licence.pdf" in page
