"""Reminders of due dates: before, on the last working day, and when it is late; once each.

Counted in the working days of the body's country, told on its working mornings.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from diwan.councils.constants import ACTION
from diwan.councils.models import Action
from diwan.councils.queries.binding import not_binding
from diwan.councils.rules.life import OWED
from diwan.directory.public import users_of_posts
from diwan.kernel import jobs, notices
from diwan.kernel.errors import Sentence
from diwan.kernel.exchange import Ref
from diwan.kernel.notices import Telling, Words
from diwan.kernel.working import today_in, work_calendar
from diwan.kernel.worktime import WorkCalendar
from diwan.ui.show import show_local

from .mornings import ask_each_morning
from .notices import data_of, due_line, source_of

GROUP = "councils.reminders"
REMIND = "councils.remind"
DAYS_BEFORE = 2
SPAN = timedelta(days=30)
"""No rest between working days is longer."""
CHUNK = 500

KINDS: dict[str, tuple[Sentence, Sentence]] = {
    "before": (gettext_lazy("a date that comes near"), gettext_lazy("Due soon: %(title)s")),
    "on": (gettext_lazy("the last day of an action"), gettext_lazy("Last day: %(title)s")),
    "after": (gettext_lazy("an action that is late"), gettext_lazy("Late: %(title)s")),
}


def declare_reminders() -> None:
    """Declare the group and its kinds, and look every minute whether a day has begun."""
    notices.declare_group(GROUP, gettext_lazy("Reminders of due dates"))
    for name, (label, subject) in KINDS.items():
        write = partial(_write, subject)
        notices.declare_kind(f"councils.due_{name}", label=label, write=write, group=GROUP)
    jobs.every_minute("councils.reminders", look)


def look(at: datetime) -> None:
    """Ask for each country's reminders once a day, in its morning."""
    ask_each_morning(REMIND, at)


def dues_on(today: date, calendar: WorkCalendar) -> dict[date, str]:
    """The due days of which a working day reminds, and how: before, on or after.

    >>> from diwan.kernel.worktime import DEFAULTS
    >>> dues_on(date(2026, 11, 25), DEFAULTS["IR"])[date(2026, 11, 25)]
    'on'
    """
    found: dict[date, str] = {}
    for offset in range(-SPAN.days, SPAN.days + 1):
        due = today + timedelta(days=offset)
        if calendar.previous_working_day(due) == today:
            found[due] = "on"
        elif due > today and calendar.add_working_days(due, -DAYS_BEFORE) == today:
            found[due] = "before"
        elif due < today and calendar.add_working_days(due, 1) == today:
            found[due] = "after"
    return found


@jobs.job(REMIND, label=gettext_lazy("Reminders of due dates"))
def remind(country: str, day: str) -> int:
    """Tell the holders of owing posts; a reminder told before is not told again.

    Returns how many actions were told of. A day that has passed meanwhile is let go.
    """
    today = date.fromisoformat(day)
    if today != today_in(country, timezone.now()):
        return 0
    told = 0
    dues = dues_on(today, work_calendar(country))
    for rows in _in_parts(country, dues, today):
        users = users_of_posts((row.owner_id for row in rows if row.owner_id), timezone.now())
        with transaction.atomic():
            for row in rows:
                assert row.due is not None  # noqa: S101 - asked for by due
                which = dues[row.due]
                once = f"{row.pk}:{row.due}:{which}"
                to = users.get(row.owner_id, []) if row.owner_id else []
                ref = Ref(ACTION, row.pk)
                notices.tell(f"councils.due_{which}", to, ref, data_of(row), once=once)
        told += len(rows)
    return told


def _in_parts(country: str, dues: dict[date, str], today: date) -> Iterator[list[Action]]:
    """What is owed by then, in parts; nobody is reminded of what does not bind."""
    rows = Action.objects.filter(
        ~not_binding(today, "resolution_id"),
        state__in=OWED,
        due__in=list(dues),
        owner__isnull=False,
        resolution__body__unit__country=country,
    )
    ids = list(rows.order_by("id").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        part = Action.objects.filter(pk__in=ids[start : start + CHUNK])
        yield list(part.select_related("resolution__body"))


def _write(subject: Sentence, telling: Telling) -> Words | None:
    if telling.card is None:
        return None
    title = show_local(telling.card.title)
    lines = [source_of(telling.data), *due_line(telling.data)]
    return Words(str(subject) % {"title": title}, lines)
