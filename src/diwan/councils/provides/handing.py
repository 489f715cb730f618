"""What councils lays on a handover sheet: seats that pass with the post, and what is in the air."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from diwan.councils.constants import BODY, MEETING, MEMBERSHIP, PROPOSAL, RESOLUTION
from diwan.councils.models import Membership, MinutesVersion, Proposal, Resolution
from diwan.councils.models.bodies import Role
from diwan.councils.policies import seats_of, served_ids
from diwan.councils.queries.bodies import NextMeeting, next_meetings
from diwan.councils.queries.titles import meeting_title
from diwan.kernel.exchange import (
    HandoverLine,
    HandoverQuestion,
    HandoverSection,
    Ref,
    declare_handover,
)
from diwan.kernel.text import local
from diwan.ui.show import show_day, show_number


def seats(question: HandoverQuestion) -> Iterator[HandoverLine]:
    """The seats in bodies that pass with the post, and when each body meets next."""
    mine = seats_of(question.actor).memberships
    rows = list(
        Membership.objects.filter(pk__in=mine)
        .select_related("body__unit")
        .order_by("body__register__key", "body__key", "position", "pk")
    )
    meets = next_meetings({row.body for row in rows}, question.at)
    for row in rows:
        yield HandoverLine(
            ref=Ref(MEMBERSHIP, row.lineage),
            title=row.body.name,
            url=reverse("councils:body", args=[row.body_id]),
            source=Role(row.role).label,
            state=_meets(meets[row.body_id], question.at),
        )


def _meets(meeting: NextMeeting, at: datetime) -> str:
    day = meeting.day
    if day is None or day < at.date():
        return ""
    words = _("meets on %(day)s") if meeting.planned else _("by its rule it meets on %(day)s")
    return words % {"day": show_day(day)}


def drafts(question: HandoverQuestion) -> Iterator[HandoverLine]:
    """Drafts in the bodies that the post serves, which no meeting has adopted yet."""
    rows = Resolution.objects.filter(
        state=Resolution.State.DRAFT, body__in=served_ids(question.actor)
    )
    for row in rows.select_related("body", "meeting__body").order_by("meeting__date", "pk"):
        yield HandoverLine(
            ref=Ref(RESOLUTION, row.pk),
            title=row.text,
            url=reverse("councils:resolution", args=[row.pk]),
            source=_here(meeting_title(row.meeting)),
            state=Resolution.State.DRAFT.label,
        )


def proposals(question: HandoverQuestion) -> Iterator[HandoverLine]:
    """What the post proposed to bodies and what has no answer yet."""
    rows = Proposal.objects.filter(post=question.post_id, state=Proposal.State.OPEN)
    for row in rows.select_related("body").annotate(signed=Count("endorsements")):
        count = row.signed
        words = ngettext("%(n)s signature", "%(n)s signatures", count)
        yield HandoverLine(
            ref=Ref(PROPOSAL, row.pk),
            title=row.text,
            url=reverse("councils:proposals", args=[row.body_id]),
            source=_here(row.body.name),
            state=words % {"n": show_number(count)},
        )


def unsigned_minutes(question: HandoverQuestion) -> Iterator[HandoverLine]:
    """Minutes of the bodies that the post serves which are sealed and wait for signatures."""
    rows = MinutesVersion.objects.filter(
        state=MinutesVersion.State.SEALED, meeting__body__in=served_ids(question.actor)
    )
    for row in rows.select_related("meeting__body").order_by("sealed_at", "pk"):
        yield HandoverLine(
            ref=Ref(MEETING, row.meeting_id),
            title=meeting_title(row.meeting),
            url=reverse("councils:minutes", args=[row.meeting_id]),
            state=MinutesVersion.State.SEALED.label,
        )


def _here(text: dict[str, str]) -> str:
    return local(text, get_language() or "en")[0]


def declare_sections() -> None:
    """Declare what councils lays on a sheet."""
    told = (
        ("seats", gettext_lazy("Seats in bodies that pass with the post"), 10, seats),
        ("drafts", gettext_lazy("Drafts that wait for a meeting's decision"), 20, drafts),
        ("proposals", gettext_lazy("The post's proposals that have no answer yet"), 25, proposals),
        ("minutes", gettext_lazy("Minutes that wait for signatures"), 30, unsigned_minutes),
    )
    for key, name, place, lines in told:
        declare_handover(HandoverSection(f"{BODY}.{key}", name, place, lines))
