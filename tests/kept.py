"""What many tests of a module only look at is made once for all of them.

It is made in a transaction around the module; each test runs in a savepoint of its own and leaves
nothing behind. Not for tests with `transaction=True`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie

from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from .house import PEOPLE, House, build


@contextmanager
def around_a_module(blocker: DjangoDbBlocker) -> Iterator[None]:
    """Whatever is written within the block is there until its end, and then gone."""
    around = transaction.atomic()
    around._from_testcase = True  # type: ignore[attr-defined] # as Django's own test cases say it
    with blocker.unblock():
        around.__enter__()
    try:
        yield
    finally:
        with blocker.unblock():
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@dataclass
class KeptHouse(House):
    """A house in which everybody has signed in already."""

    cookies: dict[str, SimpleCookie] = field(default_factory=dict)

    def client(self, who: str, *, csrf: bool = False) -> Client:
        """A browser in which `who` has signed in."""
        client = Client(enforce_csrf_checks=csrf)
        client.cookies = copy.deepcopy(self.cookies[who])
        return client


def kept_house() -> KeptHouse:
    """The house of `build`, with a session for each of its people."""
    made = build()
    cookies = {who: made.client(who).cookies for who in PEOPLE}
    return KeptHouse(people=made.people, staff=made.staff, ids=made.ids, cookies=cookies)
