"""Who may sit where: one seat a post, deputies without a seat of their own, voters were there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from diwan.councils.models import (
    AgendaItem,
    Attendance,
    Ballot,
    Meeting,
    Presence,
    Recusal,
    Resolution,
    Vote,
)
from diwan.councils.queries.attendance import CAME
from diwan.directory.public import Post, holders_of
from diwan.kernel.errors import Refused
from diwan.ui.show import show_number

from .fields import Text
from .room import said, seat_name
from .writing import checked_choice, checked_text, existing


def require_was_there(row: Attendance, status: str) -> None:
    """Raise Refused where who voted is said to have been away."""
    if status in CAME or not Ballot.objects.filter(attendance=row).exists():
        return
    raise Refused(
        _("%(name)s has voted in this meeting, and so was there. Write down when they left.")
        % {"name": seat_name(row)}
    )


def require_many(meeting: Meeting, changed: list[Attendance], statuses: Mapping[UUID, str]) -> None:
    """Raise Refused where one of the changes could not be made alone."""
    for status in {statuses[row.pk] for row in changed}:
        checked_choice(status, Attendance.Status.values, "status")
        if status == Attendance.Status.DEPUTY:
            raise Refused(_("Say which deputy came: a post, or a name."), field="deputy")
    away = [row for row in changed if statuses[row.pk] not in CAME]
    for ballot in Ballot.objects.filter(attendance__in=away).select_related("attendance")[:1]:
        ballot.attendance.meeting = meeting
        require_was_there(ballot.attendance, Attendance.Status.ABSENT)
    for row in changed:
        row.meeting = meeting
    require_none_deputising(meeting, [row for row in changed if statuses[row.pk] in CAME])


def require_as_counted(meeting: Meeting) -> None:
    """Raise Refused where more were counted in a decision than came by what is marked now.

    What was counted stands; what is marked can be mended until the minutes are sealed.
    """
    votes = Vote.objects.filter(meeting=meeting, closed_at__isnull=False)
    taken = Resolution.objects.filter(meeting=meeting, present__isnull=False)
    counted = [(row.question, row.present, row.item_id, row.closed_at) for row in votes]
    counted += [(row.text, row.present or 0, row.item_id, row.adopted_at) for row in taken]
    if not counted:
        return
    rows = Attendance.objects.filter(meeting=meeting, votes=True, status__in=CAME)
    came = set(rows.values_list("pk", flat=True))
    out = list(Recusal.objects.filter(item__meeting=meeting))
    for text, present, item_id, at in counted:
        gone = {row.attendance_id for row in out if row.item_id == item_id and at and row.at <= at}
        marked = len(came - gone)
        if present > marked:
            raise Refused(
                _(
                    "“%(text)s” was decided with %(present)s in the room who may vote, but only "
                    "%(marked)s are marked as having come. Mend the attendance first."
                )
                % {
                    "text": said(text),
                    "present": show_number(present),
                    "marked": show_number(marked),
                }
            )


def require_none_deputising(meeting: Meeting, rows: list[Attendance]) -> None:
    """Raise Refused where somebody would sit in their own seat and in another's."""
    posts: dict[UUID | None, Attendance] = {row.post_id: row for row in rows if row.post_id}
    others = Attendance.objects.filter(meeting=meeting, deputy_post__in=list(posts))
    for other in others[:1]:
        raise Refused(
            _("%(name)s sits here as a deputy for another seat. Change that seat first.")
            % {"name": seat_name(posts[other.deputy_post_id])}
        )


def arrive(row: Attendance, meeting: Meeting, at: datetime) -> None:
    """Who is written down while the meeting is open came then."""
    if meeting.opened_at is not None and meeting.closed_at is None:
        Presence.objects.create(attendance=row, since_at=at)


def arrive_late(meeting: Meeting, rows: list[Attendance], at: datetime) -> None:
    """Who is said to be there after an open meeting dealt with something came at this instant.

    Before, whoever is there was there from the beginning: names are called while people sit down.
    """
    if not rows or meeting.opened_at is None or meeting.closed_at is not None:
        return
    items = AgendaItem.objects.filter(meeting=meeting, opened_at__isnull=False)
    if items.exists() or meeting.votes.exists():
        Presence.objects.bulk_create(Presence(attendance=row, since_at=at) for row in rows)


def deputy_of(
    meeting: Meeting,
    row: Attendance,
    status: str,
    post_id: UUID | None,
    name: Text | None,
) -> tuple[Post | None, Text | None]:
    """Who came for a seat. Raises Refused where nobody is named, or who has a seat already."""
    if status != Attendance.Status.DEPUTY:
        if status == Attendance.Status.PRESENT:
            require_none_deputising(meeting, [row])
        return None, None
    post = existing(Post, post_id, "deputy")
    if post is None and not (name and any(name.values())):
        raise Refused(_("Say which deputy came: a post, or a name."), field="deputy")
    if post is None:
        return None, checked_text(name, "deputy")
    rows = Attendance.objects.filter(meeting=meeting)
    if rows.filter(seat=post.pk).exists():
        raise Refused(
            _("This post sits at this meeting itself. A deputy is somebody without a seat there."),
            field="deputy",
        )
    if rows.filter(deputy_post=post).exclude(pk=row.pk).exists():
        raise Refused(
            _("This post is a deputy for another seat already. Nobody sits in two."),
            field="deputy",
        )
    return post, checked_text(name, "deputy") if name and any(name.values()) else None


def seat_holder(row: Attendance, post_id: UUID, at: datetime) -> None:
    """Write down who holds a post at an instant, where no name was given."""
    holders = holders_of([post_id], at).get(post_id, ())
    if holders and not row.name:
        row.person_id, row.name = holders[0].person_id, dict(holders[0].name)
