"""Invitations in each reader's words, with the event for their calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from diwan.councils.actions.invitations import invite_when_due
from diwan.councils.actions.replying import KEPT_DAYS, forget_replies
from diwan.councils.constants import INVITED
from diwan.councils.models import Meeting
from diwan.councils.queries.agenda import agenda_of, papers_of
from diwan.councils.queries.calendar import stamps_of
from diwan.councils.queries.titles import meeting_title
from diwan.councils.queries.told import news_for
from diwan.kernel import ics, jobs, notices
from diwan.kernel.calendars import show_date
from diwan.kernel.countries import country
from diwan.kernel.errors import Sentence
from diwan.kernel.notices import Telling, Words
from diwan.kernel.reader import current
from diwan.kernel.retention import declare_retention
from diwan.kernel.text import isolate, to_digits
from diwan.ui.show import show_clock, show_local, show_weekday_day

MEETINGS = "councils.meetings"
ITEMS_TOLD = 40

CHANGED: Mapping[str, Sentence] = {
    "date": gettext_lazy("the day"),
    "starts": gettext_lazy("the beginning"),
    "ends": gettext_lazy("the end"),
    "place": gettext_lazy("the place"),
    "agenda": gettext_lazy("the agenda"),
}


def declare_invitations() -> None:
    """Declare the notice and its group, and look every minute whose hour has come."""
    notices.declare_group(MEETINGS, gettext_lazy("Invitations to meetings"))
    label = gettext_lazy("an invitation to a meeting")
    notices.declare_kind(INVITED, label=label, write=_write, group=MEETINGS)
    jobs.every_minute("councils.invitations", invite_when_due)
    label = gettext_lazy("answers to invitations")
    declare_retention("councils.replies", label, KEPT_DAYS, forget_replies)


def _write(telling: Telling) -> Words | None:
    if telling.card is None:
        return None
    found = Meeting.objects.select_related("body__unit").filter(pk=telling.ref.id).first()
    if found is None or found.date is None:
        return None
    method = ics.Method(telling.data["method"])
    off = found.state == Meeting.State.CANCELLED
    if off is not (method is ics.Method.CANCEL):
        return None  # it was called off, or is on again, before this one was sent: another tells it
    news: list[str] | None = []
    if not off and telling.data.get("changed"):
        news = news_for(telling.actor, found, telling.data["number"], telling.data["changed"])
    if news is None:
        return None  # what changed is not for this reader to know
    title = show_local(meeting_title(found))
    lines = [*_when(found), *_news(news)]
    if not off:
        lines += [
            *_agenda(telling, found, papers=True),
            _("Say on the meeting's page whether you come."),
        ]
    return Words(
        subject=_subject(news, off=off) % {"title": title},
        lines=lines,
        step=_("See the meeting"),
        files=[_event(telling, found, method)] if "@" in telling.address else [],
    )


def _subject(news: Sequence[str], *, off: bool) -> str:
    if off:
        return _("Called off: %(title)s")
    if news:
        return _("Changed: %(title)s")
    return _("Invitation: %(title)s")


def _when(found: Meeting) -> Iterator[str]:
    """Day, hours and place; the day also as the body's own calendar names it."""
    own = country(found.body.unit.country).calendar
    day = show_weekday_day(found.date)
    assert found.date is not None  # noqa: S101 - asked by who calls
    if own is not current().calendar:
        day += f" ({isolate(show_date(found.date, own, current().language))})"
    yield _("Day: %(day)s") % {"day": day}
    if found.starts and found.ends:
        hours = {"since": show_clock(found.starts), "until": show_clock(found.ends)}
        yield _("Time: %(since)s to %(until)s") % hours
    elif found.starts:
        yield _("Time: from %(since)s") % {"since": show_clock(found.starts)}
    if found.place:
        yield _("Place: %(place)s") % {"place": isolate(show_local(found.place))}


def _news(news: Sequence[str]) -> Iterator[str]:
    changed = [str(CHANGED[name]) for name in news if name in CHANGED]
    if changed:
        comma = "، " if current().language in ("fa", "ar") else ", "
        yield _("Changed since the last invitation: %(what)s.") % {"what": comma.join(changed)}


def _agenda(telling: Telling, found: Meeting, *, papers: bool = False) -> Iterator[str]:
    """The items that the reader may see, with links to their papers."""
    rows = agenda_of(telling.actor, found)
    if not rows:
        return
    yield _("Agenda:")
    language = current().language
    for number, item in enumerate(rows[:ITEMS_TOLD], start=1):
        yield f"{to_digits(number, language)}. {isolate(show_local(item.text))}"
        for paper in papers_of(item) if papers else ():
            address = f"{settings.DIWAN_ADDRESS}{reverse('councils:paper', args=[paper.id])}"
            yield _("Paper: %(name)s – %(address)s") % {
                "name": isolate(paper.name),
                "address": address,
            }
    if len(rows) > ITEMS_TOLD:
        more = len(rows) - ITEMS_TOLD
        text = ngettext("and %(n)s more item", "and %(n)s more items", more)
        yield text % {"n": to_digits(more, language)}


def _event(telling: Telling, found: Meeting, method: ics.Method) -> tuple[str, str, bytes]:
    """The part for the calendar: the same identity in every round, so that nothing doubles."""
    assert found.date is not None and telling.card is not None  # noqa: PT018, S101 - see above
    zone = ZoneInfo(country(found.body.unit.country).timezone)
    start: date | datetime = found.date
    end: date | datetime | None = found.date + timedelta(days=1)
    if found.starts is not None:
        start = datetime.combine(found.date, found.starts, zone)
        end = datetime.combine(found.date, found.ends, zone) if found.ends else None
    written, sequence = stamps_of([found.pk]).get(found.pk, (telling.actor.at, 0))
    url = f"{settings.DIWAN_ADDRESS}{telling.card.url}"
    cancelled = method is ics.Method.CANCEL
    event = ics.CalendarEvent(
        uid=str(found.pk),
        summary=show_local(meeting_title(found)),
        start=start,
        end=end,
        stamp=written,
        sequence=sequence,
        status=ics.Status.CANCELLED if cancelled else ics.Status.CONFIRMED,
        location=show_local(found.place) if found.place else "",
        description="\n".join([*_agenda(telling, found), url]) if not cancelled else url,
        url=url,
    )
    content = ics.invitation_text(
        method,
        event,
        organizer=notices.sender(),
        attendee=telling.address,
        name=show_local(found.body.name),
    )
    return "invitation.ics", f"text/calendar; method={method.value}", content
