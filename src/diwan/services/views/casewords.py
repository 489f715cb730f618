"""How cases are spoken of on the pages of the office: their state, until when, with whom."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from diwan.directory.public import PostCard
from diwan.kernel.errors import NotFound
from diwan.kernel.text import isolate
from diwan.services.models import Case
from diwan.services.queries.clocks import Clocks
from diwan.services.queries.definitions import definition_of
from diwan.services.rules.codes import first_signs, written_code
from diwan.services.rules.definition import State
from diwan.ui.components import Tag
from diwan.ui.show import show_clock, show_day_short, show_local, show_number

PHASE_TONES = {"open": "new", "waiting": "quiet", "done": "done", "refused": "quiet"}


def state_of(case: Case) -> State:
    """The state of a case in its version's flow. Raises NotFound where the flow has none such."""
    try:
        return definition_of(case.version).state(case.state)
    except KeyError as error:
        raise NotFound from error


def state_words(case: Case) -> str:
    """What the office calls the state of a case."""
    try:
        return show_local(definition_of(case.version).state(case.state).name)
    except KeyError:
        return case.state


def code_words(case: Case, *, whole: bool = True) -> str:
    """The tracking code, which stays together in any text.

    Whoever has all of it may do what the applicant may: who has no right to help the applicant is
    told its first signs alone.
    """
    return isolate(written_code(case.code) if whole else first_signs(case.code))


def due_words(case: Case, due_at: datetime | None, clocks: Clocks) -> str:
    """Until when, in working time: by how much it is late, or how much is left."""
    if due_at is None:
        return _("no deadline")
    days = clocks.days_left(case, due_at)
    if due_at < clocks.at:
        if days < 0:
            words = ngettext("%(n)s working day late", "%(n)s working days late", -days)
            return words % {"n": show_number(-days)}
        return _("late since %(time)s") % {"time": _moment(case, due_at, clocks)}
    if clocks.day(case, due_at) == clocks.day(case, clocks.at):
        return _("until %(time)s today") % {"time": show_clock(due_at)}
    words = ngettext("%(n)s working day left", "%(n)s working days left", days)
    left = words % {"n": show_number(days)}
    return left if days else _("until %(day)s") % {"day": show_day_short(due_at)}


def _moment(case: Case, at: datetime, clocks: Clocks) -> str:
    today = clocks.day(case, at) == clocks.day(case, clocks.at)
    return show_clock(at) if today else show_day_short(at)


def due_tag(case: Case, clocks: Clocks) -> Tag:
    """How a case stands in time, as a tag with its tone."""
    if case.phase == Case.Phase.WAITING:
        days = clocks.days_left(case, case.state_since_at)
        words = ngettext("waits for %(n)s working day", "waits for %(n)s working days", -days)
        label = words % {"n": show_number(-days)} if days else _("waits since today")
        return Tag(label, "quiet")
    if case.phase != Case.Phase.OPEN:
        return Tag(str(case.get_phase_display()), PHASE_TONES.get(case.phase, "quiet"))
    label = due_words(case, case.due_at, clocks)
    if case.due_at is None:
        return Tag(label, "quiet")
    if case.due_at < clocks.at:
        return Tag(label, "late")
    near = clocks.day(case, case.due_at) == clocks.day(case, clocks.at)
    return Tag(label, "due" if near else "new")


def broken(case: Case, at: datetime) -> bool:
    """Whether the day promised to the applicant is over."""
    return case.ended_at is None and case.promised_at is not None and case.promised_at < at


def post_words(card: PostCard | None) -> str:
    """A post and who holds it now."""
    if card is None:
        return pgettext("case", "nobody yet")
    name = isolate(show_local(card.name))
    if not card.holders:
        words = _("%(post)s (vacant)")
        return words % {"post": name}
    return _("%(post)s: %(who)s") % {
        "post": name,
        "who": isolate(show_local(card.holders[0].name)),
    }
