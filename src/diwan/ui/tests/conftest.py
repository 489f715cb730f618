"""The ui is tested alone: without the addresses and contexts of the rooms above it."""

from __future__ import annotations

import copy

import pytest
from pytest_django import Settings

DJANGO = "django."


@pytest.fixture(autouse=True)
def alone(settings: Settings) -> None:
    """Leave only Django's own context processors, and one address."""
    templates = copy.deepcopy(settings.TEMPLATES)
    options = templates[0]["OPTIONS"]
    options["context_processors"] = [
        name
        for name in options["context_processors"]
        if name.startswith(DJANGO) and "auth" not in name and "messages" not in name
    ]
    settings.TEMPLATES = templates
    settings.ROOT_URLCONF = "diwan.ui.tests.addresses"
