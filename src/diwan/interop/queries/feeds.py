"""Calendar feeds: whose they are, and what stands in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from diwan.councils.public import MEETING, CalendarMeeting, calendar_of, stamps_of
from diwan.directory.public import authority_of
from diwan.interop.constants import FEED_AHEAD, FEED_BEFORE
from diwan.interop.models import CalendarFeed
from diwan.kernel.calendars import show_date
from diwan.kernel.countries import country
from diwan.kernel.errors import NotFound
from diwan.kernel.exchange import DeskItem, DeskQuestion, Waiting, desk_items
from diwan.kernel.ics import CalendarEvent, Status
from diwan.kernel.policies import Actor
from diwan.kernel.reader import current
from diwan.kernel.text import local
from diwan.ui.show import show_local

STATUS: Mapping[str, Status] = {
    "planned": Status.CONFIRMED,
    "held": Status.CONFIRMED,
    "cancelled": Status.CANCELLED,
    "by_rule": Status.TENTATIVE,
}
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
"""The stamp of what has no writing of its own: it must not change from reading to reading."""


def own_feeds(actor: Actor) -> QuerySet[CalendarFeed]:
    """The feeds of the actor's user; none for a token of one post."""
    if actor.user_id is None or actor.narrow is not None:
        return CalendarFeed.objects.none()
    return CalendarFeed.objects.filter(user_id=actor.user_id).select_related("body").order_by("id")


def own_feed(actor: Actor, feed_id: UUID, *, lock: bool = False) -> CalendarFeed:
    """One of them. Raises NotFound."""
    rows = CalendarFeed.objects.select_for_update() if lock else CalendarFeed.objects
    found = rows.filter(pk__in=own_feeds(actor).values("pk"), pk=feed_id).first()
    if found is None:
        raise NotFound
    return found


def feed_by_token(token: str) -> CalendarFeed:
    """The feed with this address, of a user who may still sign in. Raises NotFound."""
    found = CalendarFeed.objects.filter(token=token, user__is_active=True)
    feed = found.select_related("user", "body").first()
    if feed is None:
        raise NotFound
    return feed


def events_of(actor: Actor, body_id: UUID | None, address: str) -> Iterator[CalendarEvent]:
    """What stands in the actor's calendar, in the active reader's language.

    `address` is where this installation is reached, without a slash at its end. One's own calendar
    also has the days on which what one's posts owe is due.
    """
    today = actor.at.date()
    meetings = calendar_of(
        actor, since=today - FEED_BEFORE, until=today + FEED_AHEAD, body_id=body_id
    )
    stamps = stamps_of(meeting.ref.id for meeting in meetings if meeting.ref.kind == MEETING)
    for meeting in meetings:
        stamp, sequence = stamps.get(meeting.ref.id, (BEGINNING, 0))
        yield _meeting_event(meeting, address, stamp, sequence)
    if body_id is None:
        for item in _owed(actor):
            yield _due_event(item, address)


def _meeting_event(
    meeting: CalendarMeeting, address: str, stamp: datetime, sequence: int
) -> CalendarEvent:
    zone = ZoneInfo(country(meeting.country).timezone)
    start: date | datetime = meeting.day
    end: date | datetime | None = meeting.day + timedelta(days=1)
    if meeting.starts is not None:
        start = datetime.combine(meeting.day, meeting.starts, zone)
        end = datetime.combine(meeting.day, meeting.ends, zone) if meeting.ends else None
    url = f"{address}/{current().language}/councils/" + (
        f"bodies/{meeting.body_id}/" if meeting.by_rule else f"meetings/{meeting.ref.id}/"
    )
    own = country(meeting.country).calendar
    lines = [show_date(meeting.day, own, current().language, style="weekday"), url]
    if meeting.by_rule:
        lines.insert(0, _("By the body's rule; it has not been planned yet."))
    return CalendarEvent(
        uid=f"{meeting.ref.id}-{meeting.day:%Y%m%d}" if meeting.by_rule else str(meeting.ref.id),
        summary=show_local(meeting.title),
        start=start,
        end=end,
        stamp=stamp,
        sequence=sequence,
        status=STATUS[meeting.state],
        location=show_local(meeting.place) if meeting.place else "",
        description="\n".join(lines),
        url=url,
        category=show_local(meeting.body),
        transparent=meeting.by_rule or meeting.state == "cancelled",
    )


def _owed(actor: Actor) -> list[DeskItem]:
    held = frozenset(authority_of(actor).post_ids)
    if not held:
        return []
    items = desk_items(DeskQuestion(actor=actor, at=actor.at, post_ids=held))
    dated = [item for item in items if item.due is not None and item.waiting is Waiting.DO]
    return sorted(dated, key=lambda item: (item.due or date.max, str(item.ref.id)))


def _due_event(item: DeskItem, address: str) -> CalendarEvent:
    assert item.due is not None  # noqa: S101 - asked for by due
    title = local(item.title, current().language)[0]
    return CalendarEvent(
        uid=f"{item.ref.id}-due",
        summary=_("Due: %(title)s") % {"title": title},
        start=item.due,
        end=item.due + timedelta(days=1),
        stamp=item.since_at or BEGINNING,
        description="\n".join(filter(None, [str(item.source), address + item.url])),
        url=address + item.url,
        category=_("Due dates"),
        transparent=True,
    )
