"""A request repeated acts once, on either database, also ten times at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import connections, transaction
from django.utils import timezone

from diwan.kernel import audit, once
from diwan.kernel.errors import Conflict
from diwan.kernel.models import AuditEntry, Claim
from diwan.kernel.policies import Actor
from diwan.kernel.tests.factories import a_ref, a_user

ASKED = once.fingerprint_of("POST", "/units/")


def ask(actor: Actor, key: str = "k", fingerprint: str = ASKED) -> Any:
    """A request that writes one entry and answers with its identifier."""
    with once.claim(actor, key, fingerprint) as claimed:
        if not claimed.repeated:
            claimed.keep({"id": audit.record(actor, "found", a_ref()).pk})
        return claimed.answer


@pytest.mark.django_db
def test_the_answer_of_the_first_time_is_that_of_every_time() -> None:
    actor = a_user()
    first = ask(actor)
    assert str(first["id"]) == ask(actor)["id"] == ask(actor)["id"]
    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db
def test_a_key_belongs_to_who_sent_it() -> None:
    ask(a_user())
    ask(a_user())
    ask(Actor.system("command line"))
    assert AuditEntry.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_key_that_was_used_for_something_else_is_refused() -> None:
    actor = a_user()
    ask(actor)
    with pytest.raises(Conflict):
        ask(actor, fingerprint=once.fingerprint_of("POST", "/units/", "another"))
    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_failed_or_kept_no_answer_may_be_sent_again() -> None:
    actor = a_user()

    def fail() -> None:
        with once.claim(actor, "k", ASKED):
            audit.record(actor, "found", a_ref())
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert not AuditEntry.objects.exists()
    with once.claim(actor, "k", ASKED) as claimed:
        assert not claimed.repeated
    assert not Claim.objects.exists()
    ask(actor)
    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db
def test_a_key_is_kept_for_a_day() -> None:
    actor = a_user()
    ask(actor)
    with time_machine.travel(timezone.now() + once.KEPT + timedelta(minutes=1)):
        ask(actor)
        assert AuditEntry.objects.count() == 2
        assert once.forget(timezone.now() - once.KEPT) == 0
        assert once.forget(timezone.now() + timedelta(minutes=1)) == 1


def test_the_parts_of_a_fingerprint_do_not_run_into_each_other() -> None:
    assert once.fingerprint_of("ab", "c") != once.fingerprint_of("a", "bc")


@pytest.mark.django_db(transaction=True)
def test_ten_at_the_same_moment_act_once_and_hear_the_same() -> None:
    actor = a_user()
    together = Barrier(10)

    def send(_click: int) -> str:
        together.wait()
        try:
            with transaction.atomic():
                return str(ask(actor)["id"])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        heard = set(pool.map(send, range(10)))
    assert len(heard) == 1
    assert AuditEntry.objects.count() == 1
