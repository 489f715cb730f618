"""What the crossing tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from .kept import KeptHouse, around_a_module, kept_house


@pytest.fixture(scope="module")
def standing_house(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[KeptHouse]:
    """The house, made once for all tests of a module; none of them has a transaction of its own."""
    with around_a_module(django_db_blocker):
        with django_db_blocker.unblock():
            house = kept_house()
        yield house
