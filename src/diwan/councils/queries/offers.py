"""What the exchange offers a meeting's agenda, and what stands on it already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from diwan.councils.constants import AGENDA_ITEM
from diwan.councils.models import AgendaItem, Meeting
from diwan.kernel.countries import country
from diwan.kernel.exchange import AgendaPoint, AgendaQuestion, agenda_points
from diwan.kernel.links import Verb, targets_of
from diwan.kernel.policies import Actor
from diwan.kernel.working import today_in


def offered(actor: Actor, meeting: Meeting, items: Sequence[AgendaItem]) -> list[AgendaPoint]:
    """What this meeting should look at and does not yet; `items` is its agenda."""
    code = meeting.body.unit.country
    day = meeting.date or today_in(code, actor.at)
    question = AgendaQuestion(actor, meeting.body_id, day, since_at=last_met(meeting))
    linked = targets_of(AGENDA_ITEM, [item.pk for item in items], Verb.ABOUT)
    there = {ref for refs in linked.values() for ref in refs}
    return [point for point in agenda_points(question) if point.ref not in there]


def last_met(meeting: Meeting) -> datetime | None:
    """The beginning of the day on which the body last met before this meeting, where it sits."""
    held = Meeting.objects.filter(
        body=meeting.body_id, state=Meeting.State.HELD, date__isnull=False
    ).exclude(pk=meeting.pk)
    if meeting.date is not None:
        held = held.filter(date__lt=meeting.date)
    day = held.order_by("-date").values_list("date", flat=True).first()
    if day is None:
        return None
    zone = ZoneInfo(country(meeting.body.unit.country).timezone)
    return datetime.combine(day, time(), zone)
