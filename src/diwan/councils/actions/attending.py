"""Who was there: opening a meeting in the room, taking attendance, coming and going, closing it.

Everything is written under the meeting's lock and stands in its trail. Attendance can be mended
until the minutes are sealed; a vote that was counted keeps the numbers it was counted by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from diwan.councils.constants import MEETING, MEETING_HELD
from diwan.councils.models import AgendaItem, Attendance, Meeting, Presence, Reply
from diwan.councils.models.bodies import Role
from diwan.councils.queries.attendance import CAME, SeatDraft, room_of, seats_for
from diwan.directory.public import Post
from diwan.kernel.countries import country
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.exchange import Fact, Ref, publish
from diwan.kernel.ids import new_id
from diwan.kernel.policies import Actor
from diwan.kernel.text import clean
from diwan.ui.show import show_day

from .fields import Text
from .room import (
    about_person,
    about_seat,
    by_seat,
    require_no_open_vote,
    require_unsealed,
    seat_name,
    take_meeting,
    tell,
)
from .seating import (
    arrive,
    arrive_late,
    deputy_of,
    require_many,
    require_none_deputising,
    require_was_there,
    seat_holder,
)
from .writing import checked_choice, checked_text, existing, require_alive, today_of

Status = Attendance.Status
PLAIN = frozenset(Status) - {Status.DEPUTY}
"""What can be said of a seat without naming somebody else."""


@transaction.atomic
def open_meeting(actor: Actor, meeting: Meeting) -> Meeting:
    """Open a planned meeting in the room, on its day; attendance is taken if it was not yet.

    Raises NotFound, Forbidden, Refused.
    """
    meeting, through = take_meeting(actor, meeting.pk)
    _require_openable(actor, meeting)
    meeting.opened_at = actor.at
    meeting.save(update_fields=["opened_at"])
    _added, changes = _expect(meeting)
    changes["opened_at"] = [None, actor.at]
    tell(actor, "open", meeting, through=through, changes=changes)
    return meeting


@transaction.atomic
def close_meeting(actor: Actor, meeting: Meeting) -> Meeting:
    """Close a meeting that is open: it was held, from and until the hours it really had.

    The item under discussion ends with it. Raises NotFound, Forbidden, Refused.
    """
    meeting, through = take_meeting(actor, meeting.pk)
    if meeting.closed_at is not None:
        raise Refused(_("This meeting has already been closed."))
    if meeting.opened_at is None:
        raise Refused(
            _("This meeting was not opened in the room. Say on its page that it was held.")
        )
    require_no_open_vote(meeting)
    running = Q(opened_at__isnull=False, closed_at__isnull=True)
    AgendaItem.objects.filter(running, meeting=meeting).update(closed_at=actor.at)
    before = {name: getattr(meeting, name) for name in ("starts", "ends", "state", "closed_at")}
    _write_hours(meeting, actor.at)
    meeting.state = Meeting.State.HELD.value
    meeting.closed_at = actor.at
    meeting.save(update_fields=list(before))
    changes = {name: [old, getattr(meeting, name)] for name, old in before.items()}
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    tell(actor, "close", meeting, through=through, changes=changes)
    publish(Fact(MEETING_HELD, Ref(MEETING, meeting.pk), actor, actor.at))
    return meeting


@transaction.atomic
def take_attendance(actor: Actor, meeting: Meeting) -> list[Attendance]:
    """Write down every seat that ought to be there, once; also for a meeting held on paper.

    Who has joined the body since is added, and who left it is taken out where nothing was said of
    their seat. Raises NotFound, Forbidden, Refused.
    """
    meeting, through = take_meeting(actor, meeting.pk)
    require_unsealed(meeting)
    _require_not_off(meeting)
    added, changes = _expect(meeting)
    if changes:
        tell(actor, "take_attendance", meeting, through=through, changes=changes)
    return added


@transaction.atomic
def mark(
    actor: Actor,
    attendance: Attendance,
    status: str,
    *,
    deputy_post_id: UUID | None = None,
    deputy_name: Text | None = None,
    note: str = "",
) -> Attendance:
    """Say how a seat was filled: for the whole meeting, or from now on once it is at work.

    A deputy is a post or, from outside, a name. Whoever came late `come_back`s instead. Raises
    NotFound, Forbidden, Refused.
    """
    meeting, through = take_meeting(actor, attendance.meeting_id)
    require_unsealed(meeting)
    _require_not_off(meeting)
    row = _locked(meeting, attendance.pk)
    checked_choice(status, Status.values, "status")
    before, earlier = row.status, _said_of(row)
    require_was_there(row, status)
    deputy = deputy_of(meeting, row, status, deputy_post_id, deputy_name)
    row.status, row.note = status, clean(note)[:300]
    row.deputy_post, row.deputy_name = deputy
    row.save(update_fields=["status", "note", "deputy_post", "deputy_name"])
    if status not in CAME:
        Presence.objects.filter(attendance=row).delete()
    elif before not in CAME:
        arrive_late(meeting, [row], actor.at)
    changes = {"status": [before, status], **about_seat(row)}
    personal = about_person(row)
    for name, value in _said_of(row).items():
        if value != earlier[name]:
            told = changes if name == "deputy_post" else personal
            told[name] = [earlier[name], value]
    tell(actor, "mark", meeting, through=through, changes=changes, personal=personal)
    return row


@transaction.atomic
def mark_many(actor: Actor, meeting: Meeting, statuses: Mapping[UUID, str]) -> list[Attendance]:
    """Say how many seats were filled, by identifier of their attendance; those that changed.

    A deputy who was named stays one; to name one use `mark`. Notes stay as they are. Raises
    NotFound, Forbidden, Refused, and then changes none.
    """
    meeting, through = take_meeting(actor, meeting.pk)
    require_unsealed(meeting)
    _require_not_off(meeting)
    rows = Attendance.objects.filter(meeting=meeting).in_bulk(list(statuses))
    if len(rows) != len(statuses):
        raise NotFound
    changed = [row for pk, row in rows.items() if row.status != statuses[pk]]
    require_many(meeting, changed, statuses)
    told = by_seat((f"marked_{statuses[row.pk]}", row) for row in changed)
    late = [row for row in changed if row.status not in CAME and statuses[row.pk] in CAME]
    for row in changed:
        row.status, row.deputy_post, row.deputy_name = statuses[row.pk], None, None
    for status in {row.status for row in changed}:
        same = Attendance.objects.filter(pk__in=[row.pk for row in changed if row.status == status])
        same.update(status=status, deputy_post=None, deputy_name=None)
    gone = [row.pk for row in changed if row.status not in CAME]
    Presence.objects.filter(attendance__in=gone).delete()
    arrive_late(meeting, late, actor.at)
    if changed:
        tell(actor, "mark_many", meeting, through=through, changes=told)
    return changed


@transaction.atomic
def add_guest(
    actor: Actor, meeting: Meeting, name: Text, *, post_id: UUID | None = None
) -> Attendance:
    """Write down a guest who is there: by name, or a post by whoever holds it (`name` may be {}).

    Raises NotFound, Forbidden, Refused.
    """
    meeting, through = take_meeting(actor, meeting.pk)
    require_unsealed(meeting)
    _require_not_off(meeting)
    post = existing(Post, post_id, "post")
    rows = Attendance.objects.filter(meeting=meeting)
    if post is not None and rows.filter(seat=post.pk).exists():
        raise Refused(
            _("This post has a seat at this meeting. Say there that it is present."), field="post"
        )
    last = rows.aggregate(n=Max("position"))["n"]
    guest = Attendance(
        meeting=meeting,
        seat=post.pk if post else new_id(),
        post=post,
        name=checked_text(name, "name") if not post or any(name.values()) else {},
        role=Role.GUEST,
        status=Status.PRESENT,
        position=0 if last is None else last + 1,
    )
    if post is not None:
        seat_holder(guest, post.pk, actor.at)
    guest.save(force_insert=True)
    arrive(guest, meeting, actor.at)
    tell(
        actor, "add_guest", meeting, through=through, changes=about_seat(guest),
        personal=about_person(guest),
    )  # fmt: skip
    return guest


@transaction.atomic
def remove_guest(actor: Actor, attendance: Attendance) -> None:
    """Take out a guest who was written down by mistake. Raises NotFound, Forbidden, Refused."""
    meeting, through = take_meeting(actor, attendance.meeting_id)
    require_unsealed(meeting)
    row = _locked(meeting, attendance.pk)
    if row.role != Role.GUEST or row.lineage is not None:
        raise Refused(_("Only a guest can be taken out. Mark this seat absent instead."))
    changes, personal = about_seat(row), about_person(row)
    row.delete()
    tell(actor, "remove_guest", meeting, through=through, changes=changes, personal=personal)


@transaction.atomic
def leave(actor: Actor, attendance: Attendance) -> Attendance:
    """Somebody leaves the room now. Nothing happens where they are outside already."""
    meeting, through = take_meeting(actor, attendance.meeting_id)
    _require_open(meeting)
    row = _locked(meeting, attendance.pk)
    if row.status not in CAME:
        raise Refused(
            _("%(name)s was not in the room. Mark who is present first.") % {"name": seat_name(row)}
        )
    spans = Presence.objects.filter(attendance=row)
    if not spans.exists():
        Presence.objects.create(
            attendance=row, since_at=meeting.opened_at or actor.at, until_at=actor.at
        )
    elif not spans.filter(until_at__isnull=True).update(until_at=actor.at):
        return row
    tell(
        actor, "leave", meeting, through=through, changes=about_seat(row),
        personal=about_person(row),
    )  # fmt: skip
    return row


@transaction.atomic
def come_back(actor: Actor, attendance: Attendance) -> Attendance:
    """Somebody comes in now: back, or late. Nothing happens where they are in the room."""
    meeting, through = take_meeting(actor, attendance.meeting_id)
    _require_open(meeting)
    row = _locked(meeting, attendance.pk)
    if room_of(meeting).is_in(row, actor.at):
        return row
    changes = about_seat(row)
    if row.status not in CAME:
        require_none_deputising(meeting, [row])
        changes["status"] = [row.status, Status.PRESENT.value]
        row.status = Status.PRESENT.value
        row.save(update_fields=["status"])
    Presence.objects.create(attendance=row, since_at=actor.at)
    tell(actor, "come_back", meeting, through=through, changes=changes, personal=about_person(row))
    return row


def _require_openable(actor: Actor, meeting: Meeting) -> None:
    require_unsealed(meeting)
    _require_not_off(meeting)
    if meeting.closed_at is not None or meeting.state == Meeting.State.HELD:
        raise Refused(_("This meeting has already been held. Plan the next one."))
    if meeting.opened_at is not None:
        raise Refused(_("This meeting is open already."))
    today = today_of(actor, meeting.body)
    require_alive(meeting.body, today)
    if meeting.date is not None and meeting.date != today:
        raise Refused(
            _(
                "This meeting is planned for %(day)s. Open it on that day, or change the day of "
                "the plan first."
            )
            % {"day": show_day(meeting.date)}
        )


def _require_not_off(meeting: Meeting) -> None:
    if meeting.state == Meeting.State.CANCELLED:
        raise Refused(_("This meeting was called off. Plan another one."))


def _require_open(meeting: Meeting) -> None:
    require_unsealed(meeting)
    if meeting.opened_at is None or meeting.closed_at is not None:
        raise Refused(
            _("Who comes and goes is written down while the meeting is open. Mark attendance.")
        )


def _write_hours(meeting: Meeting, at: datetime) -> None:
    """From and until when it was held, in the host country; past midnight no end can be said."""
    zone = ZoneInfo(country(meeting.body.unit.country).timezone)
    opened = meeting.opened_at.astimezone(zone) if meeting.opened_at else at
    closed = at.astimezone(zone)
    starts, ends = (one.time().replace(second=0, microsecond=0) for one in (opened, closed))
    same_day = opened.date() == closed.date()
    meeting.starts, meeting.ends = starts, ends if same_day and starts < ends else None


def _said_of(row: Attendance) -> dict[str, Any]:
    """What is said of a seat besides its status; None where nothing is."""
    return {
        "deputy_post": row.deputy_post_id,
        "deputy_name": row.deputy_name or None,
        "note": row.note or None,
    }


def _let_go(meeting: Meeting, drafts: Sequence[SeatDraft]) -> int:
    """Take out the seats of who is no member on the day, where nothing was said of them; how many.

    They would count among the seats of the quorum, and stand absent in the minutes.
    """
    of_the_day = [draft.seat for draft in drafts]
    rows = Attendance.objects.filter(meeting=meeting, status=Status.EXPECTED, lineage__isnull=False)
    silent = rows.exclude(seat__in=of_the_day).filter(
        recusals__isnull=True, ballots__isnull=True, dissents__isnull=True
    )
    gone = [row.pk for row in silent]
    Attendance.objects.filter(pk__in=gone).delete()
    return len(gone)


def _expect(meeting: Meeting) -> tuple[list[Attendance], dict[str, Any]]:
    """Add the seats that are not written down yet; with what the trail tells of it.

    Who said that they cannot come is excused; who left the body is let go.
    """
    drafts = seats_for(meeting)
    before = Attendance.objects.filter(meeting=meeting).count()
    gone = _let_go(meeting, drafts)
    added = _add(meeting, drafts)
    after = before - gone + len(added)
    return added, {"seats": [before or None, after]} if added or gone else {}


def _add(meeting: Meeting, drafts: Sequence[SeatDraft]) -> list[Attendance]:
    rows = Attendance.objects.filter(meeting=meeting)
    there = set(rows.values_list("seat", flat=True))
    last = rows.aggregate(n=Max("position"))["n"]
    first = 0 if last is None else last + 1
    missing = [draft for draft in drafts if draft.seat not in there]
    excuses = dict(
        Reply.objects.filter(meeting=meeting, answer=Reply.Answer.NO).values_list("seat", "note")
    )
    return Attendance.objects.bulk_create(
        Attendance(
            meeting=meeting,
            seat=draft.seat,
            lineage=draft.lineage,
            post_id=draft.post_id,
            person_id=draft.person_id,
            name=dict(draft.name),
            role=draft.role,
            votes=draft.votes,
            status=Status.EXCUSED if draft.seat in excuses else Status.EXPECTED,
            note=excuses.get(draft.seat, ""),
            position=position,
        )
        for position, draft in enumerate(missing, start=first)
    )


def _locked(meeting: Meeting, attendance_id: UUID) -> Attendance:
    """The row as it stands under the meeting's lock. Raises NotFound."""
    row = Attendance.objects.filter(meeting=meeting, pk=attendance_id).first()
    if row is None:
        raise NotFound
    row.meeting = meeting
    return row
