"""What the actions in the room share: the locked meeting, and what it must not be any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diwan.councils.constants import MEETING
from diwan.councils.models import AgendaItem, Attendance, Meeting, Resolution
from diwan.councils.policies import MEETINGS
from diwan.councils.queries.attendance import is_held_as_planned, is_reopened, is_sealed
from diwan.councils.rules.quorum import Standing
from diwan.directory.public import post_names
from diwan.kernel import audit
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor, Through
from diwan.kernel.text import isolate, local
from diwan.ui.show import show_number


def take_meeting(actor: Actor, meeting_id: UUID) -> tuple[Meeting, Through]:
    """The meeting, locked until the transaction ends, and the right to run it.

    Whatever is written in the room waits for this lock: two tablets cannot write past each other.
    Raises NotFound, Forbidden.
    """
    rows = Meeting.objects.select_related("body__unit").select_for_update(of=("self",))
    meeting = rows.filter(pk=meeting_id).first()
    if meeting is None:
        raise NotFound
    return meeting, MEETINGS.require(actor, "run", meeting)


def require_unsealed(meeting: Meeting) -> None:
    """Raise Refused where the minutes are signed or wait for signatures."""
    if meeting.signed_at is not None:
        raise Refused(
            _(
                "The minutes of this meeting are signed, and what they say stands. Begin a "
                "correction of the minutes first."
            )
        )
    if is_sealed(meeting):
        raise Refused(
            _(
                "The minutes of this meeting are sealed and wait for signatures. Withdraw them "
                "first."
            )
        )


def require_in_session(meeting: Meeting) -> None:
    """Raise Refused unless the meeting is open in the room, or is being recorded from paper."""
    require_unsealed(meeting)
    if meeting.state == Meeting.State.CANCELLED:
        raise Refused(_("This meeting was called off. Plan another one."))
    if meeting.closed_at is not None:
        raise Refused(_("This meeting has been closed. What was decided in it stands."))
    if meeting.state == Meeting.State.PLANNED and meeting.opened_at is None:
        raise Refused(_("Open the meeting first."))


def require_agenda_open(meeting: Meeting, *, words: bool = False) -> None:
    """Raise Refused where the agenda is what the meeting dealt with, and no plan any more.

    A meeting that was recorded from paper, or came with a register, is mended until its minutes
    are sealed. That of a closed one, or of one that was held as it was planned, stands; only the
    `words` of its items are mended while its signed minutes are being corrected, with a reason.
    """
    require_unsealed(meeting)
    if words and is_reopened(meeting):
        return
    if is_held_as_planned(meeting):
        raise Refused(
            _(
                "This meeting was held, and its agenda is what people were asked to. Put it on the "
                "agenda of the next one."
            )
        )
    if meeting.closed_at is not None:
        raise Refused(
            _(
                "This meeting has been closed, and its agenda is what it dealt with. Put it on "
                "the agenda of the next one."
            )
        )


def require_untouched(item: AgendaItem) -> None:
    """Raise Refused where something was decided on an item, or somebody stepped out of it."""
    if item.votes.exists():
        raise Refused(_("This item was put to the vote and stays on the agenda."))
    if item.resolutions.filter(state=Resolution.State.ADOPTED).exists():
        raise Refused(_("A resolution was adopted under this item, and it stays on the agenda."))
    if item.recusals.exists():
        raise Refused(
            _("Somebody has stepped out of this item. Take that back before it is taken off.")
        )


def require_no_open_vote(meeting: Meeting) -> None:
    """Raise Refused while something is being voted on."""
    vote = meeting.votes.filter(closed_at__isnull=True).first()
    if vote is not None:
        raise Refused(
            _("“%(question)s” is still being voted on. Close or cancel that vote first.")
            % {"question": said(vote.question)}
        )


def require_same_meeting(meeting: Meeting, row: Attendance | AgendaItem) -> None:
    """Raise Refused where somebody or something belongs to another meeting."""
    if row.meeting_id != meeting.pk:
        raise Refused(_("This belongs to another meeting. Choose again."))


def seat_name(row: Attendance) -> str:
    """Who sits there, for a sentence: the name, else the post's."""
    name = row.name
    if not name and row.post_id:
        day = row.meeting.date
        if day is None:
            return _("a seat")
        name = post_names([row.post_id], day).get(row.post_id, {})
    return said(name) if name else _("a seat")


def about_seat(row: Attendance) -> dict[str, Any]:
    """Which seat an entry of the trail speaks of: by its post, so that no name stands there."""
    return {"seat": [None, row.post_id]} if row.post_id else {}


def by_seat(said: Iterable[tuple[str, Attendance]]) -> dict[str, Any]:
    """Seats by what was said of them: by their posts, or by themselves where they have none."""
    told: dict[str, Any] = {}
    for word, row in said:
        told.setdefault(word, [None, []])[1].append(row.post_id or row.pk)
    return told


def about_person(row: Attendance) -> dict[str, Any]:
    """The same for who sits there without a post: a name, kept apart from the entry."""
    return {} if row.post_id else {"seat": [None, row.name]}


def said(text: Mapping[str, str]) -> str:
    """A text for a sentence: in the reader's language, isolated from its direction."""
    return isolate(local(text, get_language() or "en")[0])


def no_quorum(room: Standing) -> str:
    """Why nothing can be decided: the quorum, of how many, and who was there."""
    return _("Quorum is %(needed)s of %(seats)s seats; %(present)s were in the room.") % {
        "needed": show_number(room.needed),
        "seats": show_number(room.deciding),
        "present": show_number(room.present),
    }


def tell(
    actor: Actor,
    verb: str,
    meeting: Meeting,
    *,
    through: Through,
    changes: Mapping[str, Any] | None = None,
    personal: Mapping[str, Any] | None = None,
) -> None:
    """What was done in the room stands in the meeting's trail."""
    ref = Ref(MEETING, meeting.pk)
    audit.record(actor, verb, ref, changes=changes, personal=personal, through=through)
