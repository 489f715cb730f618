"""Desks whose items are known."""

import pytest

from diwan.kernel import exchange

from .offers import Offers


@pytest.fixture
def offers(monkeypatch: pytest.MonkeyPatch) -> Offers:
    """What the rooms offer in this test, instead of what they would."""
    found = Offers()
    monkeypatch.setattr(exchange.desk, "_desk", [found])
    return found
