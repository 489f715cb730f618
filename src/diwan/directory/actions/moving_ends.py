"""What hangs on a unit or a post ends with it; when that end is put right, it follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from diwan.directory.models import Holding, Post, PostVersion, Unit
from diwan.directory.queries.names import shown_day, shown_post
from diwan.directory.rules.timeline import Stretch
from diwan.kernel.errors import Refused

from .base import day_start
from .lines import Line
from .revise import revise, supersede


def end_with_unit(unit: Unit, last: Stretch, now: datetime) -> list[UUID]:
    """End the unit's posts and their holdings with the unit; returns the posts that ended.

    `last` is the unit's last stretch. Posts that had ended before stay as they are.
    """
    return _move(unit, date.max, last, now, reason="")


def move_ends(
    unit: Unit, old_end: date, last: Stretch, now: datetime, *, reason: str
) -> list[UUID]:
    """A unit's end was put right: posts and holdings that ended with it follow."""
    return _move(unit, old_end, last, now, reason=reason)


def _move(unit: Unit, old_end: date, last: Stretch, now: datetime, *, reason: str) -> list[UUID]:
    moved = []
    for post in Post.objects.select_for_update(of=("self",), no_key=True).filter(unit=unit):
        line = Line(PostVersion, post.pk)
        if not line.stretches or not (line.until == old_end or line.until > last.until):
            continue
        final = line.stretches[-1]
        if final.since >= last.until:
            raise Refused(
                _(
                    "The post “%(post)s” is told of only from %(day)s on, after that date. "
                    "Correct the post first."
                )
                % {"post": shown_post(post.pk, final.since), "day": shown_day(final.since)},
                field="on",
            )
        ended = replace(final, until=last.until, until_as=last.until_as)
        line.store([*line.stretches[:-1], ended], now, reason=reason)
        end_holdings(post, old_end, ended, now, reason=reason)
        moved.append(post.pk)
    return moved


def end_holdings(
    post: Post, old_end: date, last: Stretch, now: datetime, *, reason: str = ""
) -> None:
    """Holdings that ran to the post's old end, or beyond its new one, run to the new one.

    One that would begin only after that is withdrawn.
    """
    country = post.unit.country
    old = None if old_end == date.max else day_start(old_end, country)
    new = None if last.until == date.max else day_start(last.until, country)
    for row in Holding.objects.known().filter(post=post):
        beyond = new is not None and (row.until_at is None or row.until_at > new)
        if not beyond and row.until_at != old:
            continue
        if row.kind == Holding.Kind.DEPUTY and not beyond:
            continue  # a leave ends by its own date
        if new is not None and row.since_at is not None and row.since_at >= new:
            supersede(row, now, reason=reason or _("The post ends before."))
            continue
        precision, calendar, event = last.until_as or ("day", "gregorian", None)
        revise(
            row,
            now,
            reason=reason,
            until_at=new,
            until_precision=precision,
            until_calendar=calendar,
            until_event=event if new is not None else None,
        )
