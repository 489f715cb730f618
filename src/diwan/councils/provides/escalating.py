"""Late actions that go up: looked for each working morning, told, and shown on the desk above."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from diwan.councils.actions.escalating import escalate
from diwan.councils.constants import ACTION_ESCALATED
from diwan.councils.queries.lateness import Clock
from diwan.councils.rules.life import OWED, State
from diwan.kernel import jobs, notices
from diwan.kernel.notices import Telling, Words
from diwan.kernel.policies import Actor
from diwan.kernel.working import today_in, work_calendar
from diwan.ui.show import show_local, show_number

from .mornings import ask_each_morning
from .notices import action_with_names, data_of, due_line, source_of

GROUP = "councils.escalations"
ESCALATE = "councils.escalate"


def declare_escalations() -> None:
    """Declare the notice, and look every minute whether a day has begun."""
    notices.declare_group(GROUP, gettext_lazy("Late actions that come up to you"))
    label = gettext_lazy("a late action that comes up to you")
    notices.declare_kind(ACTION_ESCALATED, label=label, write=_write, group=GROUP)
    jobs.every_minute("councils.escalations", look)


def look(at: datetime) -> None:
    """Ask for each country's round once a day, in its morning."""
    ask_each_morning(ESCALATE, at)


@jobs.job(ESCALATE, label=gettext_lazy("Late actions go up"))
def go_up(country: str, day: str) -> int:
    """Take up what is late enough. On a day off nothing grows later; a day that passed is let go.

    Returns how many actions went up.
    """
    at = timezone.now()
    today = today_in(country, at)
    if date.fromisoformat(day) != today or not work_calendar(country).is_working_day(today):
        return 0
    return escalate(Actor.system("escalations", at=at), country)


def _write(telling: Telling) -> Words | None:
    """Nothing where it was done, or got another date, before anybody was told."""
    row = action_with_names(telling.ref.id)
    if telling.card is None or row is None or State(row.state) not in OWED:
        return None
    data = {**data_of(row), "due": row.due.isoformat() if row.due else None}
    days = Clock(timezone.now()).late_days(row)
    late = ngettext(
        "It is late by %(count)s working day.", "It is late by %(count)s working days.", days
    )
    lines = [source_of(data), *due_line(data), late % {"count": show_number(days)}]
    subject = _("Late, and comes up to you: %(title)s")
    title = show_local(telling.card.title)
    return Words(subject % {"title": title}, lines, step=_("See what is in its way"))
