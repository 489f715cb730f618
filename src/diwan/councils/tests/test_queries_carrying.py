"""A resolution's standing follows from its actions and from what is linked to carry it out."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from diwan.councils.constants import ACTION, RESOLUTION
from diwan.councils.models import Action, Escalation, Resolution
from diwan.councils.provides.linking import settled_resolutions
from diwan.councils.queries.carrying import marked
from diwan.councils.queries.register import RegisterFilter, Standing, register
from diwan.councils.queries.rows import rows_of
from diwan.directory.tests.factories import system
from diwan.kernel import links
from diwan.kernel.exchange import Ref
from diwan.kernel.links import Verb

from .factories import Council, council, duty, resolution_of

pytestmark = pytest.mark.django_db


def carries(made: Council, carrier: Action | Resolution, target: Resolution) -> None:
    kind = ACTION if isinstance(carrier, Action) else RESOLUTION
    links.join(system(), Ref(kind, carrier.pk), Verb.CARRIES_OUT, Ref(RESOLUTION, target.pk))


def standings(made: Council) -> dict[Resolution, Standing]:
    """By the rows of the register; and its filters say the same."""
    actor = made.member.actor
    rows = rows_of(actor, list(marked(register(actor))))
    found = {row.resolution: row.standing for row in rows}
    for standing in (Standing.DONE, Standing.NOTHING):
        told = set(register(actor, RegisterFilter(standing=standing)))
        assert told == {one for one, stands in found.items() if stands is standing}
    still = set(register(actor, RegisterFilter(standing=Standing.OPEN)))
    assert still == {
        one for one, stands in found.items() if stands in (Standing.OPEN, Standing.LATE)
    }
    return found


def test_what_is_linked_counts_as_what_is_owed() -> None:
    made = council()
    other = council()
    decided, announced, plain = (resolution_of(made.body) for _ in range(3))
    duty(made.body, made.member, resolution=decided, state="closed")
    assert standings(made) == {
        decided: Standing.DONE,
        announced: Standing.NOTHING,
        plain: Standing.NOTHING,
    }
    work = duty(made.body, made.member, resolution=plain, state="doing")
    carries(made, work, decided)
    carries(made, work, announced)
    assert settled_resolutions([decided.pk, announced.pk]) == set()
    assert standings(made) == dict.fromkeys((decided, announced, plain), Standing.OPEN)
    Action.objects.filter(pk=work.pk).update(state="closed")
    assert settled_resolutions([decided.pk, announced.pk]) == {decided.pk, announced.pk}
    assert standings(made) == dict.fromkeys((decided, announced, plain), Standing.DONE)
    # Also another resolution, by its own actions; one that may not be seen tells nothing.
    below = resolution_of(made.body)
    duty(made.body, made.member, resolution=below)
    carries(made, below, announced)
    hidden = resolution_of(other.body, confidentiality="named")
    carries(made, duty(other.body, other.member, resolution=hidden), decided)
    assert settled_resolutions([announced.pk]) == set()
    found = standings(made)
    assert (found[announced], found[decided]) == (Standing.OPEN, Standing.DONE)


def test_rows_ask_nothing_where_nothing_is_linked_and_count_what_went_up() -> None:
    made = council()
    resolution = resolution_of(made.body)
    action = duty(made.body, made.member, resolution=resolution, due=date(2026, 1, 3))
    resolution_of(made.body)
    actor = made.secretary.actor
    listed = list(marked(register(actor)))
    with CaptureQueriesContext(connection) as asked:
        rows_of(actor, listed)
    assert not any("kernel_link" in query["sql"] for query in asked)
    Escalation.objects.create(
        action=action, level=1, due=date(2026, 1, 3), post=made.chair.post, at=actor.at
    )
    assert {row.resolution: row.came_up for row in rows_of(actor, listed)}[resolution] == 1
    Escalation.objects.update(ended_at=actor.at)
    assert sum(row.came_up for row in rows_of(actor, listed)) == 0
