"""What the room's page says: who is here, are we enough, which item, how was it voted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from diwan.councils.models import AgendaItem, Attendance
from diwan.councils.models.bodies import Role
from diwan.councils.queries.attendance import CAME
from diwan.councils.queries.room import Session, Stage
from diwan.councils.rules.quorum import Standing
from diwan.kernel.text import isolate
from diwan.ui.components import Tag
from diwan.ui.show import show_number

from .conduct_facts import Names, is_guest

Status = Attendance.Status
ICONS = {
    Status.PRESENT: "check",
    Status.DEPUTY: "users",
    Status.EXCUSED: "mail",
    Status.ABSENT: "x",
}
MINUTE = 60


def answer(session: Session) -> str:
    """The heading: are we enough?"""
    standing = session.standing
    if session.stage is Stage.PLAN:
        return _("Nobody has been called yet")
    counts = {
        "present": show_number(standing.present),
        "seats": show_number(standing.seats),
        "missing": show_number(standing.missing),
    }
    return _sentence(standing, over=session.stage is Stage.OVER) % counts


def _sentence(standing: Standing, *, over: bool) -> str:
    if not standing.needed:
        if over:
            return _("%(present)s of %(seats)s were here")
        return _("%(present)s of %(seats)s are here")
    if standing.met:
        if over:
            return _("%(present)s of %(seats)s were here; there was a quorum")
        return _("%(present)s of %(seats)s are here; there is a quorum")
    if over:
        return ngettext(
            "%(present)s of %(seats)s were here; %(missing)s was wanting to a quorum",
            "%(present)s of %(seats)s were here; %(missing)s were wanting to a quorum",
            standing.missing,
        )
    return ngettext(
        "%(present)s of %(seats)s are here; %(missing)s is wanting to a quorum",
        "%(present)s of %(seats)s are here; %(missing)s are wanting to a quorum",
        standing.missing,
    )


@dataclass(frozen=True)
class Chair:
    """One seat of the picture; the quorum is reached with the one that is `last` of it."""

    look: str
    last: bool = False


def picture(session: Session) -> list[Chair]:
    """The seats that vote in a row, the filled ones first."""
    standing = session.standing
    free = standing.seats - standing.present
    looks = ["in"] * standing.present + ["out"] * free
    return [Chair(look, last=n == standing.needed) for n, look in enumerate(looks, 1)]


def counts(session: Session) -> list[Tag]:
    """How many came themselves, by deputies, are excused or absent, or were not called."""
    rows = [row for row in session.room.rows if not is_guest(row)]
    many = {status: sum(row.status == status for row in rows) for status in Status}
    told = [
        Tag(f"{status.label}: {show_number(many[status])}", tone, icon)
        for status, tone, icon in (
            (Status.PRESENT, "done", "check"),
            (Status.DEPUTY, "done", "users"),
            (Status.EXCUSED, "quiet", "mail"),
            (Status.ABSENT, "late", "x"),
            (Status.EXPECTED, "due", ""),
        )
        if many[status]
    ]
    guests = sum(is_guest(row) and row.status in CAME for row in session.room.rows)
    if guests:
        words = ngettext("%(n)s guest", "%(n)s guests", guests)
        told.append(Tag(words % {"n": show_number(guests)}, "quiet"))
    return told


@dataclass(frozen=True)
class Pick:
    """One of the big buttons beside a name."""

    value: str
    label: str
    icon: str
    chosen: bool = False
    url: str = ""


@dataclass(frozen=True)
class SeatRow:
    """A seat of the list: who sits there, whether they are in the room, and what can be said."""

    row: Attendance
    who: str
    post: str
    role: str
    deputy: str
    announced: str
    inside: bool
    tag: Tag
    picks: Sequence[Pick]
    edit_url: str


def seat_rows(session: Session, names: Names) -> list[SeatRow]:
    """Everybody in the order of the table."""
    return [_seat_row(row, session, names) for row in session.room.rows]


def _seat_row(row: Attendance, session: Session, names: Names) -> SeatRow:
    inside = session.room.is_in(row, session.at)
    url = reverse("councils:attendance", args=[row.pk])
    role = str(Role(row.role).label)
    if not row.votes and not is_guest(row):
        role = _("%(role)s, without a vote") % {"role": role}
    who, post = names.who(row), names.post(row)
    return SeatRow(
        row=row,
        who=who,
        post="" if post == who else post,
        role=role,
        deputy=names.deputy(row),
        announced=_announced(row),
        inside=inside,
        tag=_seat_tag(row, inside=inside),
        picks=_picks(row, url),
        edit_url=url,
    )


def _announced(row: Attendance) -> str:
    """Whom they send, as they said beforehand, until it is said who came."""
    name = getattr(row, "announced", None)
    return isolate(name) if name and row.status == Status.EXPECTED else ""


def _seat_tag(row: Attendance, *, inside: bool) -> Tag:
    status = Status(row.status)
    if status in CAME:
        if not inside:
            return Tag(_("has left the room"), "due")
        return Tag(str(status.label), "done", ICONS[status])
    tones = {Status.EXCUSED: "quiet", Status.ABSENT: "late", Status.EXPECTED: "due"}
    return Tag(str(status.label), tones[status], ICONS.get(status, ""))


def _picks(row: Attendance, url: str) -> list[Pick]:
    """Present, deputy (who needs a name, and so a page), excused, absent."""
    return [
        Pick(
            status.value,
            pgettext("attendance", "a deputy") if status is Status.DEPUTY else str(status.label),
            ICONS[status],
            chosen=row.status == status,
            url=f"{url}?status=deputy" if status is Status.DEPUTY else "",
        )
        for status in ICONS
    ]


@dataclass(frozen=True)
class Clock:
    """How long an item has been under discussion, against the time it was given (minutes)."""

    words: str
    spent: int
    given: int
    over: bool


def clock_of(item: AgendaItem, session: Session) -> Clock | None:
    """The clock of the item under discussion; None where nobody opened it."""
    if item.opened_at is None or item.closed_at is not None:
        return None
    spent = max(0, int((session.at - item.opened_at).total_seconds() // MINUTE))
    given = item.minutes_planned or 0
    over = bool(given) and spent > given
    shown = {"spent": show_number(spent), "given": show_number(given)}
    if over:
        shown["more"] = show_number(spent - given)
        words = ngettext(
            "%(spent)s of %(given)s minutes: %(more)s minute over",
            "%(spent)s of %(given)s minutes: %(more)s minutes over",
            spent - given,
        )
    elif given:
        words = ngettext("%(spent)s of %(given)s minute", "%(spent)s of %(given)s minutes", given)
    else:
        words = ngettext("%(spent)s minute so far", "%(spent)s minutes so far", spent)
    return Clock(words % shown, min(spent, given) if given else 0, given, over)


@dataclass(frozen=True)
class ItemLine:
    """A line of the agenda in the room."""

    item: AgendaItem
    number: int
    tag: Tag | None
    current: bool
    may_open: bool
    url: str


def item_lines(session: Session) -> list[ItemLine]:
    """The agenda in its order, with what has been looked at."""
    page = reverse("councils:room", args=[session.meeting.pk])
    return [
        ItemLine(
            item=item,
            number=number,
            tag=_item_tag(item, session),
            current=session.item is not None and item.pk == session.item.pk,
            may_open=session.stage is Stage.OPEN,
            url=f"{page}?item={item.pk}#item" if session.on_paper and session.deciding else "",
        )
        for number, item in enumerate(session.items, 1)
    ]


def _item_tag(item: AgendaItem, session: Session) -> Tag | None:
    if item.opened_at is None:
        decided = any(one.vote.item_id == item.pk for one in session.votes)
        return Tag(_("voted on"), "done") if decided else None
    if item.closed_at is None:
        return Tag(_("under discussion"), "new")
    return Tag(_("finished"), "done")


def item_number(session: Session) -> int:
    """The place on the agenda of the item under discussion; 0 where there is none."""
    ids = [item.pk for item in session.items]
    return ids.index(session.item.pk) + 1 if session.item else 0


def item_quorum(session: Session) -> Tag | None:
    """Whether enough may decide this item, where somebody stepped out of it."""
    standing = session.standing_here
    if not standing.recused:
        return None
    shown = {
        "present": show_number(standing.present),
        "seats": show_number(standing.deciding),
        "needed": show_number(standing.needed),
    }
    words = _("On this item %(present)s of %(seats)s decide; quorum is %(needed)s") % shown
    return Tag(words, "done" if standing.met else "late", "" if standing.met else "x")


def seat_choices(rows: Sequence[Attendance], names: Names) -> list[tuple[str, str]]:
    """Seats for a list to choose from."""
    return [("", _("Choose…")), *((str(row.pk), names.both(row)) for row in rows)]
