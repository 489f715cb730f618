"""What the room's tests share."""

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture
def in_english() -> Iterator[None]:
    """Sentences in the source language, so that a test can name them."""
    with translation.override("en"):
        yield
