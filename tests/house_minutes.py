"""Minutes of the house's body in each state that its pages ask for."""

from __future__ import annotations

from typing import Any

from diwan.councils.actions.minutes import begin_correction, seal_minutes, sign_minutes
from diwan.councils.models import Body, Meeting, MinutesVersion
from diwan.councils.tests.factories import MeetingFactory
from diwan.directory.tests.factories import Staff


def minuted(body: Body, secretary: Staff) -> dict[str, Any]:
    """One meeting whose minutes wait, one whose are signed, one whose are being corrected."""
    _waits, sealed = _sealed(body, secretary, number=21)
    signed, version = _sealed(body, secretary, number=22)
    sign_minutes(secretary.actor, version)
    opened, version = _sealed(body, secretary, number=23)
    sign_minutes(secretary.actor, version)
    begin_correction(secretary.actor, opened, reason="تالار نادرست است")
    return {
        "sealed": sealed.pk,
        "code": sealed.code,
        "signed_meeting": signed.pk,
        "corrected": opened.pk,
    }


def _sealed(body: Body, secretary: Staff, *, number: int) -> tuple[Meeting, MinutesVersion]:
    """An imported record: its minutes need no attendance. The secretary chaired, and signs once."""
    meeting = MeetingFactory.create(body=body, number=number, imported=True, chair=secretary.post)
    return meeting, seal_minutes(secretary.actor, meeting)
