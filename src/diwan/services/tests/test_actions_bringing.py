"""What is brought: only what was asked for, and the case goes with the answers."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from django.utils import translation

from diwan.kernel.errors import Refused
from diwan.kernel.models import AuditEntry, Notice
from diwan.kernel.policies import Actor
from diwan.services.actions.applicants import bring
from diwan.services.actions.given import Asked, GivenFile
from diwan.services.actions.steps import return_case
from diwan.services.models import Applicant, Case
from diwan.services.rules.definition import Paper
from diwan.services.rules.formtree import Form, Node

from .factories import FORM, case, service, variant
from .office import Office, make_office

pytestmark = pytest.mark.django_db
ANYBODY = Actor.anonymous


def asking(office: Office) -> Case:
    """A case of a form that asks for a number and a picture, with its name in lists."""
    phone = Node("phone", "/data/phone", "question", "text", {"en": "Mobile"}, applicant="phone")
    deed = Node("deed", "/data/deed", "question", "image", {"en": "Deed"})
    form: Form = replace(FORM, nodes=(*FORM.nodes, phone, deed))
    papers = (Paper("deed", {"en": "Title deed"}, question="deed"),)
    made = service(office.unit, variant("asking", papers=papers, cased="name"), form)
    return case(made, title="سارا بهاری")


def paper(question: str = "") -> GivenFile:
    """A file to bring."""
    return GivenFile("deed.pdf", io.BytesIO(b"%PDF-1.4\n%%EOF\n"), question)


def test_nothing_is_taken_that_was_not_asked() -> None:
    office = make_office()
    one = asking(office)
    return_case(office.clerk.actor, one, [Asked(question="phone")])
    with translation.override("en"):
        with pytest.raises(Refused, match=r"no question “.*trees"):
            bring(ANYBODY(), one, {"trees": "200", "phone": "09121111111"})
        with pytest.raises(Refused, match="not asked"):
            bring(ANYBODY(), one, {}, [paper("/data/deed")])
    one.answers.refresh_from_db()
    assert one.answers.answers["trees"] == "2"
    assert bring(ANYBODY(), one, {"phone": "09121111111"}, [paper()]).phase == "open"


def test_who_asks_and_what_it_is_called_go_with_the_answers() -> None:
    office = make_office()
    one = asking(office)
    asked = [Asked(question="name"), Asked(question="phone"), Asked(paper="deed")]
    return_case(office.clerk.actor, one, asked)
    given = {"name": "سارا دریا", "phone": "۰۹۱۲ ۵۵۵ ۵۵۵۵"}
    bring(ANYBODY(), one, given, [paper("/data/deed")])
    one = Case.objects.get(pk=one.pk)
    who = Applicant.objects.get(case=one)
    assert (one.title, who.name, who.phone) == ("سارا دریا", "سارا دریا", "09125555555")
    assert "دریا" in who.search
    # The file is the answer to its question, where the office looks for it.
    assert one.answers.answers["deed"] == one.files.get().name
    entry = AuditEntry.objects.get(subject_id=one.pk, verb="resume")
    told: dict[str, Any] = {row.field: row.value for row in entry.personal.all()}
    assert told["phone"] == ["09120000000", "09125555555"]
    assert [label["en"] for label in told["answers"][1]] == ["Full name", "Mobile", "Deed"]
    Notice.objects.all().delete()
    return_case(office.clerk.actor, one, [Asked(question="trees")])
    assert "9125555555" in Notice.objects.get(user_id=None).address
