"""Dissents: what a member who was outvoted wishes to have in the minutes."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from diwan.councils.models import Attendance, Ballot, Dissent, Recusal, Resolution, Vote
from diwan.councils.queries.attendance import CAME
from diwan.councils.queries.bylaws import bylaws_of
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.policies import Actor
from diwan.kernel.text import clean

from .room import (
    about_person,
    about_seat,
    require_unsealed,
    seat_name,
    take_meeting,
    tell,
)


@transaction.atomic
def note_dissent(
    actor: Actor, resolution: Resolution, attendance: Attendance, text: str
) -> Dissent:
    """Keep for the minutes why a member who was outvoted is against; a second text replaces it.

    Raises NotFound, Forbidden, Refused (nothing was decided, was not there, had no vote, voted in
    favour).
    """
    meeting, through = take_meeting(actor, resolution.meeting_id)
    require_unsealed(meeting)
    row = Attendance.objects.filter(meeting=meeting, pk=attendance.pk).first()
    if row is None:
        raise NotFound
    row.meeting = meeting
    _require_dissenter(resolution, row)
    words = clean(text)
    if not words:
        raise Refused(_("The note is missing. Write in a few words why."), field="text")
    before = Dissent.objects.filter(resolution=resolution, attendance=row).first()
    dissent, _created = Dissent.objects.update_or_create(
        resolution=resolution, attendance=row, defaults={"text": words, "at": actor.at}
    )
    tell(
        actor,
        "note_dissent",
        meeting,
        through=through,
        changes={"text": [None, resolution.text], **about_seat(row)},
        personal={"dissent": [before and before.text, words], **about_person(row)},
    )
    return dissent


def _require_dissenter(resolution: Resolution, row: Attendance) -> None:
    """Only who could have voted dissents from what was decided, and not who voted in favour."""
    name = {"name": seat_name(row)}
    last = Vote.objects.filter(resolution=resolution, closed_at__isnull=False).last()
    if last is None and resolution.state != Resolution.State.ADOPTED:
        raise Refused(_("Nothing has been decided on this draft yet. A dissent comes after it."))
    if not row.votes:
        raise Refused(
            _("%(name)s has no vote in this body: their word is heard, not counted.") % name
        )
    if row.status not in CAME:
        raise Refused(_("%(name)s was not at this meeting. Write down who dissented there.") % name)
    if Recusal.objects.filter(item__isnull=False, item=resolution.item_id, attendance=row).exists():
        raise Refused(_("%(name)s has stepped out of this item and does not vote on it.") % name)
    if row.status == Attendance.Status.DEPUTY and not bylaws_of(row.meeting.body).deputies_vote:
        raise Refused(
            _("A deputy came for %(name)s, and deputies do not vote in this body.") % name
        )
    voted = last and last.ballots.filter(attendance=row, choice=Ballot.Choice.FOR).exists()
    if voted:
        raise Refused(_("%(name)s voted in favour of it.") % name)
