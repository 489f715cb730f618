"""The small pictures beside a desk: how the actions go over time, and what meeting comes next."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import gettext as _

from diwan.councils.public import DutyStanding, duty_standing, month_ends, seat_meeting
from diwan.desk.queries import Desk, UnitDesk
from diwan.directory.public import authority_of, below
from diwan.kernel.policies import Actor
from diwan.kernel.reader import current
from diwan.ui.show import show_number

from .lateness import Lateness, lateness

MONTHS = 12
MANY = 10_000
KEPT_SECONDS = 600


@dataclass(frozen=True)
class Progress:
    """How many actions are closed of all; `curve` counts them month by month, `words` says it."""

    total: int
    closed: int
    curve: tuple[int, ...]
    words: str

    @property
    def share(self) -> int:
        """Hundredths that are closed."""
        return round(100 * self.closed / self.total)


@dataclass(frozen=True)
class Coming:
    """A meeting to come of a body in which the reader sits."""

    name: Mapping[str, str]
    day: date
    clock: time | None
    url: str
    note: str


@dataclass(frozen=True)
class Pictures:
    """What stands beside a desk; nothing is drawn where nothing can be said."""

    progress: Progress | None = None
    meeting: Coming | None = None
    lateness: Lateness | None = None


def beside_own(actor: Actor, desk: Desk) -> Pictures:
    """How the actions of one's own posts go, and one's next meeting."""
    standing = duty_standing(post_ids=authority_of(actor).post_ids, month_ends=_ends(desk))
    return Pictures(_progress(standing), _meeting(actor))


def beside_unit(actor: Actor, desk: UnitDesk) -> Pictures:
    """How the actions of all posts below a head go, and which units are late; or below one unit."""
    return Pictures(_progress(_standing_below(actor, desk)), lateness=lateness(desk))


def _standing_below(actor: Actor, desk: UnitDesk) -> DutyStanding:
    """How all actions below the desk's units stand; of very many the count may be a bit old.

    A year's share moves by less than a hundredth in these minutes, and all of them are read for it.
    """
    day, ends = authority_of(actor).day, _ends(desk)
    named = ",".join(sorted(str(pk) for pk in desk.unit_ids))
    key = f"desk.standing:{hashlib.sha256(f'{named} {day} {ends}'.encode()).hexdigest()}"
    known: DutyStanding | None = cache.get(key)
    if known is None:
        known = duty_standing(unit_ids=below(desk.unit_ids, day), month_ends=ends)
        if known.total > MANY:
            cache.set(key, known, KEPT_SECONDS)
    return known


def beside_word(actor: Actor) -> Pictures:
    """A secretary's next meeting."""
    return Pictures(meeting=_meeting(actor))


def _ends(desk: Desk | UnitDesk) -> list[datetime]:
    reader = current()
    return month_ends(desk.own_week.today, reader.calendar, reader.timezone, months=MONTHS)


def _progress(standing: DutyStanding) -> Progress | None:
    if not standing.total:
        return None
    curve = standing.closed_by_month
    words = _("from %(first)s to %(last)s") % {
        "first": show_number(curve[0]),
        "last": show_number(curve[-1]),
    }
    # A line along the bottom says nothing that the number above it doesn't.
    return Progress(standing.total, standing.closed, curve if curve[-1] else (), words)


def _meeting(actor: Actor) -> Coming | None:
    coming = seat_meeting(actor)
    if coming is None:
        return None
    if coming.meeting_id is not None:
        url = reverse("councils:meeting", args=[coming.meeting_id])
        return Coming(coming.name, coming.day, coming.starts, url, "")
    url = reverse("councils:body", args=[coming.body_id])
    return Coming(coming.name, coming.day, None, url, _("by the body's rule, not planned yet"))
