"""A post changes hands while its duty is half done; the successor finishes it.

Duties and rights are derived from who holds the post, so they pass at the instant that was named:
now, or tomorrow morning. The sheet keeps what was open then, and both sides sign it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from diwan.directory.actions.handovers import settle_handovers
from diwan.directory.models import Handover

from .stories import EGYPT, MEHREGAN, NAKHEEL, QOM, stage
from .visitors import Visit
from .way import Way

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def finished(way: Way, *, at: datetime | None = None, sign: bool = False) -> None:
    """Half-way the post passes on; whoever left has lost it, whoever came finishes.

    With `sign` both put their names to the sheet on the way.
    """
    way.confirm()
    way.begin()
    way.progress()
    handover = way.hand_over(at)
    if at is None:
        _end(way, handover, sign=sign)
        return
    still = way.who("owner")
    still.go(way.address("councils:action", way.scene.action.pk))
    still.reads(way.scene.text)  # until the instant nothing has changed
    with time_machine.travel(at + timedelta(minutes=1)):
        settle_handovers(timezone.now())
        _end(way, handover, sign=sign)


def _end(way: Way, handover: Handover, *, sign: bool) -> None:
    way.is_gone()
    if sign:
        way.both_sign(handover)
    way.report("successor")
    players = way.scene.players
    alone = players["secretary"].login == players["owner"].login
    way.close("successor" if alone else "secretary")
    way.remains(handover)


def tomorrow() -> datetime:
    """In the morning, to the minute, as it can be written into the form."""
    day = timezone.now() + timedelta(days=1)
    return day.astimezone(UTC).replace(hour=5, minute=30, second=0, microsecond=0)


def test_qom_tomorrow_morning(visit: Visit, tmp_path: Path, shared: Path) -> None:
    finished(Way(stage(QOM, tmp_path, shared), visit, tmp_path), at=tomorrow())


def test_egypt_at_once(visit: Visit, tmp_path: Path, shared: Path) -> None:
    finished(Way(stage(EGYPT, tmp_path, shared), visit, tmp_path))


def test_the_persian_sample_at_once(visit: Visit, tmp_path: Path) -> None:
    finished(Way(stage(MEHREGAN, tmp_path, None), visit, tmp_path), sign=True)


def test_the_arabic_sample_tomorrow_morning(visit: Visit, tmp_path: Path) -> None:
    finished(Way(stage(NAKHEEL, tmp_path, None), visit, tmp_path), at=tomorrow(), sign=True)
