"""From an imported Persian meeting to a closed action, through the pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from .stories import MEHREGAN, QOM, stage
from .visitors import Visit
from .way import Way

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def whole(way: Way) -> None:
    """Confirm, begin, say how far it is, report, close."""
    way.confirm()
    way.begin()
    way.progress()
    way.report()
    way.close()


def test_qom(visit: Visit, tmp_path: Path, shared: Path) -> None:
    whole(Way(stage(QOM, tmp_path, shared), visit, tmp_path))


def test_the_sample(visit: Visit, tmp_path: Path) -> None:
    whole(Way(stage(MEHREGAN, tmp_path, None), visit, tmp_path))
