"""A late action goes up by its body's rule: told once, seen above, and down again when settled."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from diwan.councils.actions.closing import return_
from diwan.councils.actions.dates import re_date
from diwan.councils.actions.duties import assign
from diwan.councils.actions.escalating import escalate
from diwan.councils.actions.reassigning import reassign_duties
from diwan.councils.actions.work import report_done
from diwan.councils.models import Action, Bylaws, Escalation, Objection
from diwan.councils.provides.escalating import look
from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.kernel import jobs
from diwan.kernel.errors import Forbidden
from diwan.kernel.exchange import DeskQuestion, Ref, Waiting, desk_items
from diwan.kernel.models import AuditEntry, Notice
from diwan.kernel.policies import Actor

from .factories import Council, council, duty, on, proof

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

SUNDAY = date(2026, 11, 22)
ADOPTED = datetime(2026, 11, 1, 8, tzinfo=UTC)


class Tree(NamedTuple):
    """A body with a rule of three days and two levels; who owes, and the heads above."""

    made: Council
    owner: Staff
    near: Staff
    top: Staff
    action: Action


def morning(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC).replace(hour=6)


@pytest.fixture
def tree() -> Tree:
    made = council()
    Bylaws.objects.create(body=made.body, escalate_after=3, escalate_levels=2)
    top_unit = UnitFactory.create(register=made.body.register)
    middle = UnitFactory.create(parent=top_unit)
    below = UnitFactory.create(parent=middle)
    near, top, owner = staff(middle, "head"), staff(top_unit, "head"), staff(below)
    action = duty(made.body, owner, due=SUNDAY, state="doing", arrived_at=ADOPTED)
    return Tree(made, owner, near, top, action)


def goes_up(day: date) -> list[tuple[int, object]]:
    """What a morning takes up: level and post."""
    before = set(Escalation.objects.values_list("pk", flat=True))
    with time_machine.travel(morning(day), tick=False):
        for _twice in range(2):
            look(datetime.now(UTC))
            jobs.work_off()
    rows = Escalation.objects.exclude(pk__in=before).order_by("level")
    return list(rows.values_list("level", "post_id"))


def on_desk(who: Staff, *, asks: Staff | None = None) -> list[Ref]:
    actor = (asks or who).actor
    question = DeskQuestion(actor=actor, at=actor.at, post_ids=frozenset({who.post.pk}))
    return [item.ref for item in desk_items(question) if item.waiting is Waiting.LOOK]


def test_it_goes_up_level_by_level_and_comes_down_when_reported(tree: Tree) -> None:
    ref = Ref("councils.action", tree.action.pk)
    assert goes_up(SUNDAY + timedelta(days=2)) == []
    wednesday = SUNDAY + timedelta(days=3)
    assert goes_up(wednesday) == [(1, tree.near.post.pk)]
    assert goes_up(wednesday + timedelta(days=1)) == []  # a day off
    assert goes_up(wednesday + timedelta(days=3)) == []
    told = Notice.objects.filter(kind="councils.action_escalated")
    assert [row.user_id for row in told] == [tree.near.user.pk]
    entry = AuditEntry.objects.get(verb="escalate")
    assert (entry.subject_id, entry.actor_kind) == (tree.action.pk, "system")
    assert on_desk(tree.near) == [ref]
    assert on_desk(tree.top) == []
    # On another's desk one sees no more than one may.
    assert on_desk(tree.near, asks=tree.made.secretary) == [ref]
    stranger = staff(UnitFactory.create(register=tree.made.body.register))
    tree.action.resolution.confidentiality = "body"
    tree.action.resolution.save()
    assert on_desk(tree.near, asks=stranger) == []
    assert goes_up(wednesday + timedelta(days=6)) == [(2, tree.top.post.pk)]
    assert goes_up(wednesday + timedelta(days=60)) == []  # no more levels than the body wants
    report_done(tree.owner.actor, tree.action, proofs=[proof()])
    assert not Escalation.objects.filter(ended_at=None).exists()
    assert on_desk(tree.near) == on_desk(tree.top) == []
    return_(tree.made.secretary.actor, tree.action, reason="A page is missing.")
    assert on_desk(tree.near) == on_desk(tree.top) == [ref]


def test_after_a_stop_the_levels_follow_one_another(tree: Tree) -> None:
    late = SUNDAY + timedelta(days=90)
    assert goes_up(late) == [(1, tree.near.post.pk)]
    assert goes_up(late + timedelta(days=1)) == []
    assert goes_up(late + timedelta(days=7)) == [(2, tree.top.post.pk)]


def test_a_new_date_begins_anew(tree: Tree) -> None:
    goes_up(SUNDAY + timedelta(days=3))
    re_date(tree.made.secretary.actor, tree.action, on("2026-12-12"), reason="Snow.")
    assert Escalation.objects.get().ended_at is not None
    assert goes_up(date(2026, 12, 14)) == []
    assert goes_up(date(2026, 12, 15)) == [(1, tree.near.post.pk)]
    assert Escalation.objects.count() == 2


@pytest.mark.parametrize("how", ["assigned", "passed on"])
def test_another_owner_has_the_days_of_the_rule_and_other_heads(tree: Tree, how: str) -> None:
    ref = Ref("councils.action", tree.action.pk)
    goes_up(SUNDAY + timedelta(days=3))
    assert on_desk(tree.near) == [ref]
    unit = UnitFactory.create(register=tree.made.body.register)
    other, head = staff(UnitFactory.create(parent=unit)), staff(unit, "head")
    sunday = SUNDAY + timedelta(days=14)
    with time_machine.travel(morning(sunday), tick=False):
        if how == "assigned":
            assign(tree.made.secretary.actor, tree.action, other.post.pk)
        else:
            reassign_duties(Actor.system("test"), tree.owner.post.pk, other.post.pk)
    assert on_desk(tree.near) == []
    assert goes_up(sunday + timedelta(days=1)) == []
    assert goes_up(sunday + timedelta(days=3)) == [(1, head.post.pk)]
    assert on_desk(head) == [ref]
    assert goes_up(sunday + timedelta(days=30)) == []  # nobody stands above that head
    # What is sent back stands before the heads of its owner alone.
    report_done(other.actor, Action.objects.get(), proofs=[proof()])
    return_(tree.made.secretary.actor, Action.objects.get(), reason="A page is missing.")
    assert (on_desk(tree.near), on_desk(head)) == ([], [ref])


def test_vacant_heads_are_passed_over_and_a_head_has_the_next_above(tree: Tree) -> None:
    tree.near.holding.delete()
    assert goes_up(SUNDAY + timedelta(days=3)) == [(1, tree.top.post.pk)]
    own = duty(tree.made.body, tree.top, due=SUNDAY, arrived_at=ADOPTED)
    assert goes_up(SUNDAY + timedelta(days=30)) == []  # nobody stands above the top
    assert not own.escalations.exists()


def test_what_does_not_bind_and_what_no_rule_asks_for_stays(tree: Tree) -> None:
    resolution = tree.action.resolution
    resolution.binding_date = SUNDAY + timedelta(days=40)
    resolution.save()
    assert goes_up(SUNDAY + timedelta(days=10)) == []
    Objection.objects.create(
        resolution=resolution, post=tree.top.post, text="No.", filed_at=morning(SUNDAY)
    )
    assert goes_up(SUNDAY + timedelta(days=50)) == []
    Objection.objects.update(outcome="rejected", answered_at=morning(SUNDAY))
    Bylaws.objects.update(escalate_after=0)
    assert goes_up(SUNDAY + timedelta(days=51)) == []
    Bylaws.objects.update(escalate_after=3)
    assert goes_up(SUNDAY + timedelta(days=52)) == [(1, tree.near.post.pk)]


def test_many_cost_no_more_questions_than_few_and_nobody_else_may_do_it(tree: Tree) -> None:
    with pytest.raises(Forbidden):
        escalate(tree.near.actor, "IR")
    counts = []
    for day in (3, 60):
        actor = Actor.system("test", at=morning(SUNDAY + timedelta(days=day)))
        with CaptureQueriesContext(connection) as asked:
            escalate(actor, tree.made.body.unit.country)
        counts.append(len([q for q in asked if q["sql"].startswith("SELECT")]))
        for _each in range(10):
            duty(tree.made.body, tree.owner, due=SUNDAY, arrived_at=ADOPTED)
    assert Escalation.objects.count() == 12
    assert counts[1] <= counts[0]
