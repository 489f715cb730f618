"""What stands before a meeting of the house: a proposal, a paper, and what was left aside."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

from django.utils import timezone

from diwan.councils.actions.fields import Proof
from diwan.councils.actions.papers import add_papers
from diwan.councils.actions.proposals import propose
from diwan.councils.models import AgendaDrop, Body, Meeting
from diwan.directory.tests.factories import Staff


def before_a_meeting(
    body: Body, meeting_id: UUID, *, member: Staff, secretary: Staff, **_others: Staff
) -> dict[str, Any]:
    """A member's proposal, a paper of the planned meeting's item, and what it left aside."""
    meeting = Meeting.objects.get(pk=meeting_id)
    proposal = propose(member.actor, body, {"text": {"fa": "پیشنهاد", "ar": "اقتراح"}})
    paper = Proof("گزارش.txt", io.BytesIO("گزارش".encode()))
    aside = AgendaDrop.objects.create(
        meeting=meeting,
        kind="councils.action",
        record=meeting.pk,
        text={"fa": "کنار", "ar": "جانب"},
        reason="بعد",
        at=timezone.now(),
    )
    laid = add_papers(secretary.actor, meeting.agenda.get(), [paper])
    return {"proposal": proposal.pk, "paper": laid[0].pk, "aside": aside.pk}
