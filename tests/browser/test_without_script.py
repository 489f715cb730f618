"""Without JavaScript the whole way works, a handover in the middle included."""

from __future__ import annotations

from pathlib import Path

import pytest

from .stories import MEHREGAN, NAKHEEL, Story, stage
from .test_handover_in_the_middle import finished
from .visitors import Visit
from .way import Way

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("story", [MEHREGAN, NAKHEEL], ids=lambda story: story.register)
def test_the_whole_way(story: Story, visit: Visit, tmp_path: Path) -> None:
    way = Way(stage(story, tmp_path, None), visit, tmp_path, java_script_enabled=False)
    finished(way)
