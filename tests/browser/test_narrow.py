"""The whole way on a small phone, 320 px wide; that every page fits there, test_axe.py sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from .stories import MEHREGAN, stage
from .test_way_fa import whole
from .visitors import Visit
from .way import Way

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 320, "height": 640}


def test_the_whole_way(visit: Visit, tmp_path: Path) -> None:
    whole(Way(stage(MEHREGAN, tmp_path, None), visit, tmp_path, viewport=PHONE))
