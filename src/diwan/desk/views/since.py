"""What changed since the reader was last here, in words and as cards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diwan.desk.queries import Changes, Desk
from diwan.kernel.calendars import weekday_name
from diwan.kernel.exchange import Change
from diwan.kernel.policies import Actor
from diwan.kernel.reader import current
from diwan.ui.components import Card, Tag
from diwan.ui.show import local_moment, show_clock, show_moment, show_number
from diwan.ui.templatetags.ui import code, local
from diwan.ui.trails import told_of

from .cards import Section
from .sentences import words


@dataclass(frozen=True)
class SinceThen:
    """The line under the heading, the list, and what is said where the list is not all."""

    words: str
    section: Section | None = None
    more: str = ""


def since_then(actor: Actor, changes: Changes, desk: Desk) -> SinceThen:
    """Tell of the changes; new things are counted on the desk, where they stand."""
    told = told_of([each.newest.entry for each in changes.told], actor)
    others = {each.newest.entry.pk: each.others for each in changes.told}
    marks = {each.newest.entry.pk: Change(each.newest.meaning) for each in changes.told}
    cards = [
        Card(
            title=local(each.card.title),
            url=each.card.url,
            tone=_TONES.get(marks[each.entry], "quiet"),
            meta=tuple(part for part in (code(each.card.number), _moment(each.at)) if part),
            note=_with_others(each.sentence, others[each.entry]),
            tag=_tag(marks[each.entry]),
        )
        for each in told
    ]
    section = Section(_title(changes), changes.records, "new", cards) if cards else None
    return SinceThen(_words(changes, desk), section, _more(changes, len(cards)))


_TONES = {Change.NEW: "new", Change.ANSWER: "new", Change.MOVED: "due", Change.REPORT: "due"}


def _tag(change: Change) -> Tag | None:
    label = {
        Change.NEW: _("new work"),
        Change.ANSWER: _("an answer"),
        Change.MOVED: _("date moved"),
        Change.REPORT: _("report or request"),
    }.get(change)
    return Tag(label, _TONES[change]) if label else None


def _with_others(sentence: str, others: int) -> str:
    if not others:
        return sentence
    more = ngettext("and %(n)s change before it", "and %(n)s changes before it", others)
    return f"{sentence} · {more % {'n': show_number(others)}}"


def _title(changes: Changes) -> str:
    if changes.since.first:
        return _("Changed in the last two working days")
    if changes.since.shortened:
        return _("Changed in the last thirty days")
    return _("Changed since your last visit")


def _more(changes: Changes, shown: int) -> str:
    """What to say where more changed than the list shows."""
    left = changes.records - shown
    if changes.beyond:
        return _("Only the newest changes of the house were looked through; there are older ones.")
    if left <= 0:
        return ""
    text = ngettext("%(n)s further record changed.", "%(n)s further records changed.", left)
    return text % {"n": show_number(left)}


def _words(changes: Changes, desk: Desk) -> str:
    """Since when, and how much of what."""
    if changes.since.last is None:
        return _("this is your first visit")
    when = _moment(changes.since.last)
    parts = _parts(changes, desk)
    if not parts:
        return _("since your last visit, %(when)s, nothing has changed") % {"when": when}
    if changes.beyond:
        parts.append(_("and more"))
    text = _("since your last visit, %(when)s: %(changes)s")
    return text % {"when": when, "changes": _(", ").join(parts)}


def _parts(changes: Changes, desk: Desk) -> list[str]:
    counts = changes.counts or {}
    parts = []
    if n := desk.arrived:
        text = ngettext("%(n)s new thing", "%(n)s new things", n)
        parts.append(text % {"n": words(n)})
    if n := counts.get(Change.REPORT, 0):
        text = ngettext("%(n)s report or request", "%(n)s reports or requests", n)
        parts.append(text % {"n": words(n)})
    if n := counts.get(Change.ANSWER, 0):
        text = ngettext("%(n)s answer", "%(n)s answers", n)
        parts.append(text % {"n": words(n)})
    if n := counts.get(Change.MOVED, 0):
        text = ngettext("%(n)s date moved", "%(n)s dates moved", n)
        parts.append(text % {"n": words(n)})
    if n := counts.get(Change.OTHER, 0):
        text = ngettext("%(n)s other change", "%(n)s other changes", n)
        parts.append(text % {"n": words(n)})
    return parts


def _moment(at: datetime) -> str:
    """An instant as one speaks of it: by the clock today and yesterday, with its day before."""
    moment, today = local_moment(at), current().today()
    if moment.date() == today:
        return _("today %(time)s") % {"time": show_clock(moment)}
    if moment.date() == today - timedelta(days=1):
        return _("yesterday %(time)s") % {"time": show_clock(moment)}
    if today - timedelta(days=6) <= moment.date() < today:
        day = weekday_name(moment.weekday(), current().language)
        parts = {"day": day, "time": show_clock(moment)}
        return _("%(day)s %(time)s") % parts
    return show_moment(at)
