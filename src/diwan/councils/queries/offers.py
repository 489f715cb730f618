"""What the exchange offers a meeting's agenda, and what its secretary left aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Subquery
from django.urls import reverse

from diwan.councils.constants import AGENDA_ITEM, PROPOSAL
from diwan.councils.models import AgendaDrop, AgendaItem, Body, Meeting, Proposal
from diwan.kernel.countries import country
from diwan.kernel.exchange import AgendaPoint, AgendaQuestion, Ref, Weight, agenda_points
from diwan.kernel.links import Verb, targets_of
from diwan.kernel.policies import Actor, Confidentiality
from diwan.kernel.working import today_in


@dataclass(frozen=True)
class Offers:
    """What a meeting should look at and does not yet, and what its secretary left aside."""

    points: Sequence[AgendaPoint]
    aside: Sequence[AgendaDrop]


def offers_for(
    actor: Actor, meeting: Meeting, items: Sequence[AgendaItem], *, kind: str = ""
) -> Offers:
    """What is offered to a meeting; `items` is its agenda. With `kind` such records alone.

    What was left aside is offered again to the next meeting, unless it is settled until then.
    """
    code = meeting.body.unit.country
    last = _held_before(meeting).values("date")[:1]
    body = Body.objects.filter(pk=meeting.body_id).annotate(last=Subquery(last))
    rows = list(body.values_list("last", "oversights__unit_id"))
    found = cast("list[tuple[date | None, UUID | None]]", rows)  # one, where it oversees nothing
    question = AgendaQuestion(
        actor,
        meeting.body_id,
        meeting.date or today_in(code, actor.at),
        since_at=_morning_of(found[0][0], code),
        overseen=frozenset(unit for _last, unit in found if unit is not None),
        unit_id=meeting.body.unit_id,
    )
    linked = targets_of(AGENDA_ITEM, [item.pk for item in items], Verb.ABOUT)
    aside = list(AgendaDrop.objects.filter(meeting=meeting))
    there = {ref for refs in linked.values() for ref in refs}
    there |= {Ref(drop.kind, drop.record) for drop in aside}
    points = agenda_points(question, kind=kind)
    return Offers([one for one in points if one.ref not in there], aside)


def offered(
    actor: Actor, meeting: Meeting, items: Sequence[AgendaItem], *, kind: str = ""
) -> list[AgendaPoint]:
    """What this meeting should look at and does not yet; `items` is its agenda."""
    return list(offers_for(actor, meeting, items, kind=kind).points)


def point_of(proposal: Proposal, why: str) -> AgendaPoint:
    """A proposal as an agenda is offered it; `proposal` with its body.

    What members wish stands in their own circle; on the agenda it is as open as the body's own
    meetings are.
    """
    return AgendaPoint(
        ref=Ref(PROPOSAL, proposal.pk),
        text=proposal.text,
        url=f"{reverse('councils:proposals', args=[proposal.body_id])}#{proposal.pk}",
        weight=Weight.PROPOSED,
        why=why,
        confidentiality=Confidentiality(proposal.body.confidentiality),
    )


def last_met(meeting: Meeting) -> datetime | None:
    """The beginning of the day on which the body last met before this meeting, where it sits."""
    day = _held_before(meeting).values_list("date", flat=True).first()
    return _morning_of(day, meeting.body.unit.country)


def _held_before(meeting: Meeting) -> QuerySet[Meeting]:
    """The held meetings of the body before this one, the latest first."""
    held = Meeting.objects.filter(
        body=meeting.body_id, state=Meeting.State.HELD, date__isnull=False
    ).exclude(pk=meeting.pk)
    if meeting.date is not None:
        held = held.filter(date__lt=meeting.date)
    return held.order_by("-date")


def _morning_of(day: date | None, code: str) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), ZoneInfo(country(code).timezone))
