"""Many cases at once: what is the same for all of them is asked once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from diwan.services.models import Case
from diwan.services.rules.definition import StepAction
from diwan.services.rules.formtree import Node

from .factories import FORM, SIMPLE, case, service, variant
from .office import at, make_office

pytestmark = pytest.mark.django_db
SESSION = Node(
    "session",
    "/data/session",
    "question",
    "integer",
    {"fa": "شماره جلسه", "ar": "رقم الجلسة", "en": "Session"},
    constraint=". > 0",
    constraint_message={"fa": "از یک", "ar": "من واحد", "en": "From one"},
    by="office",
)


def test_a_session_that_admits_many_is_named_once_for_all() -> None:
    office = make_office()
    review = SIMPLE.state("review")
    admit = StepAction("admit", SIMPLE.name, "done", requires=("session",), batch=True)
    paper = StepAction("paper", SIMPLE.name, "done", requires=("output",), batch=True)
    states = [one for one in SIMPLE.states if one.key != "review"]
    ways = replace(review, actions=(admit, paper))
    definition = variant("admission", states=(states[0], ways, *states[1:]))
    of = service(office.unit, definition, replace(FORM, nodes=(*FORM.nodes, SESSION)))
    rows = [case(of, state="review", role="officer") for _number in range(2)]
    client = office.client(office.officer)
    chosen = {
        "case": [str(one.pk) for one in rows],
        "do": f"{of.current_id}:review:admit",
    }
    assert "شماره جلسه" in client.get(at("batch"), chosen).content.decode()
    for wrong in ("", "0"):
        client.post(at("batch"), {**chosen, "answer:/data/session": wrong})
        assert not Case.objects.filter(state="done").exists()
    client.post(at("batch"), {**chosen, "answer:/data/session": "۱۲"})
    assert [row.answers.answers["session"] for row in Case.objects.filter(state="done")] == [
        "12",
        "12",
    ]
    listed = client.get(at("work")).content.decode()
    assert ":paper" not in listed, "a paper of its own is given to each case by itself"
