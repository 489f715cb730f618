"""The headings of the desks: each is the answer to the question one opens the page with."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diwan.desk.queries import Desk, UnitDesk
from diwan.desk.rules.words import number_in_words
from diwan.kernel.calendars import weekday_name
from diwan.kernel.reader import current
from diwan.ui.show import show_weekday_day


def words(n: int, *, feminine: bool = False) -> str:
    """Write a number as the reader's sentences want it; `feminine` is the Arabic noun's gender."""
    return number_in_words(n, current().language, feminine=feminine)


def sentence(text: str) -> str:
    """Begin a sentence with a capital, where the script has one."""
    return text[:1].upper() + text[1:]


def own_heading(desk: Desk) -> str:
    """What is late and what this week asks for."""
    if not desk.total:
        return _("Nothing waits for you")
    late, week = desk.late, desk.week
    parts = {"late": _late(late), "week": _this_week(week)}
    if late and week:
        return sentence(_("%(late)s and %(week)s") % parts)
    if late:
        return sentence(_("%(late)s, nothing else for this week") % parts)
    if week:
        return sentence(_("Nothing late; %(week)s") % parts)
    return _("Nothing late and nothing for this week")


def unit_heading(desk: UnitDesk, vacant: int) -> str:
    """What stands still below a head, and how many posts nobody holds."""
    late = desk.late
    parts = {"late": _late(late), "vacant": _vacant(vacant)}
    if late and vacant:
        return sentence(_("In your unit: %(late)s and %(vacant)s") % parts)
    if late:
        return sentence(_("In your unit: %(late)s") % parts)
    if vacant:
        return sentence(_("In your unit nothing is late; %(vacant)s") % parts)
    return _("In your unit nothing is late and no post is vacant")


def word_heading(desk: Desk) -> str:
    """How much waits for a secretary's word."""
    n = desk.total
    if not n:
        return _("Nothing waits for your word")
    text = ngettext("%(n)s thing waits for your word", "%(n)s things wait for your word", n)
    return sentence(text % {"n": words(n)})


def day(desk: Desk) -> str:
    """The day it is."""
    return show_weekday_day(desk.own_week.today)


def lead(desk: Desk | UnitDesk) -> str:
    """The day, and what has arrived since the last working day."""
    today = desk.own_week.today
    parts = [show_weekday_day(today)]
    if desk.arrived:
        yesterday = desk.own_week.yesterday
        new = ngettext(
            "%(n)s thing has arrived since %(day)s",
            "%(n)s things have arrived since %(day)s",
            desk.arrived,
        )
        if yesterday == today - timedelta(days=1):
            named = _("yesterday")
        else:
            named = weekday_name(yesterday.weekday(), current().language)
        parts.append(new % {"n": words(desk.arrived), "day": named})
    return " · ".join(parts)


def _late(n: int) -> str:
    return ngettext("%(n)s thing late", "%(n)s things late", n) % {"n": words(n)}


def _this_week(n: int) -> str:
    return ngettext("%(n)s thing for this week", "%(n)s things for this week", n) % {"n": words(n)}


def _vacant(n: int) -> str:
    text = ngettext("%(n)s vacant post", "%(n)s vacant posts", n)
    return text % {"n": words(n, feminine=True)}
