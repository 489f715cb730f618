"""Visitors for the browser tests, each with cookies of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext
from pytest_django.live_server_helper import LiveServer

from .visitors import Visit, Visitor


@pytest.fixture
def visit(live_server: LiveServer, new_context: Callable[..., BrowserContext]) -> Iterator[Visit]:
    """Make a visitor: `visit("fa")`; more arguments go to the browser's context.

    At the end nobody's console may have complained: no error, no breach of the content policy.
    """
    visitors: list[Visitor] = []

    def make(language: str, **options: Any) -> Visitor:
        options.setdefault("viewport", {"width": 1280, "height": 900})
        page = new_context(**options).new_page()
        page.set_default_timeout(30_000)
        visitors.append(Visitor(page, live_server.url, language))
        return visitors[-1]

    yield make
    assert [text for visitor in visitors for text in visitor.complaints] == []
