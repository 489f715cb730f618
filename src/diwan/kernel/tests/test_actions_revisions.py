"""Two editors of one record: one writes, the other is told, and nothing of theirs stays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections, transaction

from diwan.kernel import audit, revisions
from diwan.kernel.errors import Conflict
from diwan.kernel.exchange import Ref
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor
from diwan.kernel.tests.factories import a_ref, a_user


def wrote(ref: Ref, verb: str = "rename", actor: Actor | None = None) -> str:
    """One write of a record; the revision it leaves."""
    with transaction.atomic():
        return str(audit.record(actor or a_user(), verb, ref).pk)


@pytest.mark.django_db
def test_the_revision_is_the_newest_entry() -> None:
    ref, other, untouched = a_ref(), a_ref(), a_ref()
    assert revisions.revision_of(ref) == ""
    first, second, foreign = wrote(ref), wrote(ref), wrote(other)
    assert revisions.revision_of(ref) == second
    assert revisions.revisions_of(ref.kind, [ref.id, other.id, untouched.id]) == {
        ref.id: second,
        other.id: foreign,
        untouched.id: "",
    }
    assert [str(entry.pk) for entry in revisions.since(ref, first)] == [second]
    assert revisions.since(ref, "").count() == 2
    assert not revisions.since(ref, "no revision").exists()


@pytest.mark.django_db
def test_what_is_expected_goes_through_with_several_entries_of_ones_own() -> None:
    ref = a_ref()
    with revisions.expecting(ref, ""):
        wrote(ref)
        last = wrote(ref)
    with revisions.expecting(ref, last):
        wrote(a_ref())  # another record asks nothing
    assert AuditEntry.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_who_looked_at_an_older_state_is_told_and_leaves_nothing() -> None:
    ref, beside = a_ref(), a_ref()
    seen = wrote(ref)
    newest = wrote(ref)

    def both() -> None:
        with revisions.expecting(ref, seen):
            wrote(beside)
            wrote(ref)

    with pytest.raises(Conflict) as told:
        both()
    assert isinstance(told.value, revisions.Overtaken)
    assert (told.value.ref, told.value.expected) == (ref, seen)
    assert revisions.revision_of(ref) == newest
    assert revisions.revision_of(beside) == ""


@pytest.mark.django_db(transaction=True)
def test_an_action_that_leaves_no_entry_is_asked_at_its_end() -> None:
    ref, beside = a_ref(), a_ref()
    wrote(ref)
    with pytest.raises(Conflict), revisions.expecting(ref, ""):
        wrote(beside)
    assert revisions.revision_of(beside) == ""


@pytest.mark.django_db
def test_an_error_of_the_block_is_its_own_and_the_expectation_ends_with_it() -> None:
    ref = a_ref()
    wrote(ref)
    with pytest.raises(ValueError, match="another"), revisions.expecting(ref, ""):
        raise ValueError("another matter")
    wrote(ref)
    assert AuditEntry.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_editors_at_the_same_moment_exactly_one_writes() -> None:
    ref = a_ref()
    seen = wrote(ref)
    together = Barrier(4)

    def save(_editor: int) -> bool:
        together.wait()
        try:
            with revisions.expecting(ref, seen):
                wrote(ref)
        except Conflict:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(4) as pool:
        saved = list(pool.map(save, range(4)))
    assert sum(saved) == 1
    assert AuditEntry.objects.count() == 2
