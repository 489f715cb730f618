"""What is said of an agenda as a whole: its time, and what is offered to it, by why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from diwan.councils.models import AgendaItem, Meeting
from diwan.councils.rules.agenda import load_of
from diwan.kernel.errors import Sentence
from diwan.kernel.exchange import AgendaPoint, Weight
from diwan.ui.components import Tag
from diwan.ui.show import show_number

SHOWN = 8
"""So many offers of one sort stand open on the page; the others fold out."""

WHY: Mapping[Weight, tuple[Sentence, str]] = {
    Weight.LATE: (gettext_lazy("Late"), "late"),
    Weight.WAITING: (gettext_lazy("Waits for the body's word"), "due"),
    Weight.PROPOSED: (gettext_lazy("Proposed by members"), "new"),
    Weight.UNDECIDED: (gettext_lazy("Left over from a meeting that was called off"), "due"),
    Weight.SERVED: (gettext_lazy("Services that citizens wait for"), "due"),
    Weight.OVERSEEN: (gettext_lazy("In the units that the body oversees"), "due"),
    Weight.OPEN: (pgettext_lazy("offers", "Still open"), "quiet"),
}


@dataclass(frozen=True)
class OfferGroup:
    """Offers with the same reason, the longest due first; `more` of them fold out."""

    title: str
    tone: str
    points: Sequence[AgendaPoint]
    more: Sequence[AgendaPoint]

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.points) + len(self.more)


def offer_groups(points: Iterable[AgendaPoint]) -> list[OfferGroup]:
    """What is offered, by why, the most urgent group first."""
    rows = list(points)
    found = []
    for weight in sorted(WHY, reverse=True):
        mine = [point for point in rows if point.weight == weight]
        if mine:
            title, tone = WHY[weight]
            found.append(OfferGroup(str(title), tone, mine[:SHOWN], mine[SHOWN:]))
    return found


def load_words(meeting: Meeting, items: Sequence[AgendaItem]) -> Tag | None:
    """How much of the planned hours the items take; None where none of them has a time."""
    load = load_of(meeting.starts, meeting.ends, [item.minutes_planned for item in items])
    if not load.taken:
        return None
    taken = ngettext("%(n)s minute", "%(n)s minutes", load.taken) % {"n": show_number(load.taken)}
    if load.there is None:
        words = taken
    else:
        there = ngettext("%(n)s minute", "%(n)s minutes", load.there)
        shown = {"taken": taken, "there": there % {"n": show_number(load.there)}}
        words = _("%(taken)s of %(there)s") % shown
    if load.without:
        without = ngettext("%(n)s item without a time", "%(n)s items without a time", load.without)
        words = f"{words} · {without % {'n': show_number(load.without)}}"
    return Tag(words, "late" if load.over else "quiet")
