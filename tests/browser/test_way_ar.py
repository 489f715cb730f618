"""From an imported Arabic meeting to a closed action, through the pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from .stories import EGYPT, NAKHEEL, stage
from .test_way_fa import whole
from .visitors import Visit
from .way import Way

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_egypt(visit: Visit, tmp_path: Path, shared: Path) -> None:
    whole(Way(stage(EGYPT, tmp_path, shared), visit, tmp_path))


def test_the_sample(visit: Visit, tmp_path: Path) -> None:
    whole(Way(stage(NAKHEEL, tmp_path, None), visit, tmp_path))
