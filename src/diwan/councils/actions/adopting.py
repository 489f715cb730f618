"""When a resolution may be adopted: by the vote on it, and with the quorum of its moment."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from diwan.councils.models import Attendance, Meeting, Resolution, Vote
from diwan.councils.models.bylaws import Bylaws, Quorum
from diwan.councils.queries.attendance import room_of
from diwan.councils.queries.bylaws import bylaws_of, is_written
from diwan.councils.rules.quorum import Standing
from diwan.kernel.errors import Refused
from diwan.kernel.policies import Actor
from diwan.ui.show import show_number

from .room import no_quorum, require_unsealed


def require_adoptable(actor: Actor, resolution: Resolution) -> Standing | None:
    """How the room stood when it was taken; None where nobody wrote down who was there.

    Raises Refused, saying why, where the meeting could not have taken this resolution.

    A vote that was put must have carried; where none was (and the bylaws demand none), a quorum
    must have been in the room. Asked of meetings whose attendance was taken, and of bodies that
    have written bylaws; what came with an import is adopted as its record says.
    """
    meeting = resolution.meeting
    require_unsealed(meeting)
    if not _has_met(meeting):
        raise Refused(_("Say first that the meeting was held; then its resolutions are adopted."))
    vote = _carried_vote(resolution)
    if vote is not None:
        return Standing(vote.seats, vote.present, vote.recused, vote.needed)
    room = room_of(meeting)
    expected = Attendance.Status.EXPECTED
    taken = meeting.opened_at is not None or any(row.status != expected for row in room.rows)
    if not taken and (meeting.imported or not is_written(room.rules)):
        return None
    _require_vote(resolution.kind, room.rules)
    if not taken and room.rules.quorum == Quorum.NONE:
        return None
    if not taken:
        raise Refused(
            _(
                "This body decides with a quorum, and nobody has written down who was there. Take "
                "the attendance of the meeting first."
            )
        )
    standing = room.standing(resolution.item_id, _moment(resolution, actor.at))
    if not standing.met:
        raise Refused(
            _("%(why)s A resolution without quorum is not adopted.") % {"why": no_quorum(standing)}
        )
    return standing


def require_kind(resolution: Resolution, kind: str) -> None:
    """Raise Refused where what was only announced would become a decision that nobody voted on."""
    announced = Resolution.Kind.ANNOUNCED
    if resolution.kind != announced or kind == announced:
        return
    if resolution.state == Resolution.State.DRAFT or resolution.meeting.imported:
        return
    if _carried_vote(resolution) is None:
        _require_vote(kind, bylaws_of(resolution.body))


def _has_met(meeting: Meeting) -> bool:
    """It was held, or is open in the room."""
    open_ = meeting.opened_at is not None and meeting.state == Meeting.State.PLANNED
    return open_ or meeting.state == Meeting.State.HELD


def _carried_vote(resolution: Resolution) -> Vote | None:
    """Its last vote, where one was put; one that was counted had its quorum. Raises Refused."""
    vote = Vote.objects.filter(resolution=resolution).order_by("opened_at", "pk").last()
    if vote is None:
        return None
    if vote.closed_at is None:
        raise Refused(_("It is still being voted on. Count that vote first."))
    if not vote.carried:
        raise Refused(
            _(
                "The vote on it failed: %(in_favour)s in favour, and %(threshold)s were needed. "
                "What was not carried is not adopted."
            )
            % {
                "in_favour": show_number(vote.in_favour),
                "threshold": show_number(vote.threshold),
            }
        )
    return vote


def _require_vote(kind: str, rules: Bylaws) -> None:
    """What is only announced is no decision and needs no vote."""
    if rules.vote_needed and kind != Resolution.Kind.ANNOUNCED:
        raise Refused(
            _("This body adopts nothing without a vote. Put the resolution to the vote first.")
        )


def _moment(resolution: Resolution, now: datetime) -> datetime:
    """When it was taken: as its item ended, else now while they meet, else as they parted."""
    item = resolution.item
    if item is not None and item.closed_at is not None:
        return item.closed_at
    return resolution.meeting.closed_at or now
