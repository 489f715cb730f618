"""What the room's tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from diwan.directory.constants import POST_ENDED
from diwan.kernel import exchange
from diwan.kernel.exchange import Fact


@pytest.fixture
def english() -> Iterator[None]:
    """Sentences in English, days in the Gregorian calendar."""
    with translation.override("en"):
        yield


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> list[Fact]:
    """The facts of ended posts that are told during the test; nobody else listens."""
    facts: list[Fact] = []
    monkeypatch.setitem(exchange.facts._listeners, POST_ENDED, [facts.append])
    return facts
