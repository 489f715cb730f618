"""A desk's items as cards: where each comes from, how it stands, and its one next step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diwan.desk.queries import Desk
from diwan.desk.rules.week import Week
from diwan.kernel.calendars import weekday_name
from diwan.kernel.exchange import DeskItem, Waiting
from diwan.kernel.reader import current
from diwan.kernel.urgency import Group
from diwan.ui.components import Card, Step, Tag
from diwan.ui.show import show_day_short, show_number, show_percent
from diwan.ui.templatetags.ui import local

TONES = {
    Group.LATE: "late",
    Group.WEEK: "due",
    Group.NEW: "new",
    Group.LATER: "quiet",
    Group.UNDATED: "quiet",
}


@dataclass(frozen=True)
class Section:
    """A group of cards under its heading."""

    title: str
    count: int
    tone: str
    cards: Sequence[Card]


def group_title(group: Group) -> str:
    """The heading of a group."""
    return {
        Group.LATE: _("Late"),
        Group.WEEK: _("This week"),
        Group.NEW: _("Newly arrived"),
        Group.LATER: _("Later"),
        Group.UNDATED: _("Without a date"),
    }[group]


def waiting_title(waiting: Waiting) -> str:
    """The heading of what waits for a secretary for one reason."""
    return {
        Waiting.DECIDE: _("Requests for a new date"),
        Waiting.CLOSE: _("Reported done: your word on the proof"),
        Waiting.CONFIRM: _("Records to confirm"),
        Waiting.ASSIGN: _("Actions that nobody owes yet"),
        Waiting.SIGN: _("To sign"),
        Waiting.PREPARE: _("To prepare"),
        Waiting.LOOK: _("Late below you"),
        Waiting.VACANT: _("Vacant posts"),
        Waiting.DO: _("To do"),
    }[waiting]


@dataclass
class Dealer:
    """Makes cards; only the first of a page has its step filled."""

    desk: Desk
    name_posts: bool = False
    name_units: bool = False
    dealt: int = 0

    def sections(self) -> Iterator[Section]:
        """The groups that hold anything, in the desk's order."""
        for group in Group:
            items = self.desk.groups[group]
            if items:
                cards = [self.card(item, group) for item in items]
                yield Section(group_title(group), self.desk.count(group), TONES[group], cards)

    def waiting(self, kinds: Sequence[Waiting]) -> Iterator[Section]:
        """The reasons for which anything waits, in the order of `kinds`."""
        groups = {id(item): group for group in Group for item in self.desk.groups[group]}
        for kind in kinds:
            items = sorted(self.desk.waiting(kind), key=_longest_wait)
            if items:
                cards = [self.card(item, groups[id(item)]) for item in items]
                count = sum(item.count for item in items)
                yield Section(waiting_title(kind), count, _strongest(cards), cards)

    def cards(self, *, vacant: bool) -> list[Card]:
        """The vacant posts alone, or all but these, in the desk's order."""
        return [
            self.card(item, group)
            for group, items in self.desk.groups.items()
            for item in items
            if (item.waiting is Waiting.VACANT) is vacant
        ]

    def card(self, item: DeskItem, group: Group) -> Card:
        """One item."""
        self.dealt += 1
        step = (
            Step(str(item.step), item.step_url, filled=self.dealt == 1) if item.step_url else None
        )
        return Card(
            title=local(item.title),
            url=item.url,
            tone="due" if item.waiting is Waiting.VACANT else TONES[group],
            meta=tuple(self._meta(item)),
            tag=_tag(item, group, self.desk.week_of(item)),
            step=step,
        )

    def _meta(self, item: DeskItem) -> Iterator[str]:
        if item.source:
            yield str(item.source)
        post = self.desk.posts.get(item.post_id) if item.post_id else None
        if self.name_posts and post is not None and item.waiting is not Waiting.VACANT:
            yield local(post.name)
            if self.name_units:
                yield local(post.unit_name)
        if item.state:
            yield str(item.state)
        if item.progress:
            yield _("%(percent)s done") % {"percent": show_percent(item.progress)}
        if item.redated:
            times = ngettext("re-dated once", "re-dated %(n)s times", item.redated)
            yield times % {"n": show_number(item.redated)}


def _longest_wait(item: DeskItem) -> tuple[int, float]:
    """The most late first, then who has waited the longest."""
    return (-item.late_days, item.since_at.timestamp() if item.since_at else 0)


def _tag(item: DeskItem, group: Group, week: Week) -> Tag | None:
    if item.waiting is Waiting.CLOSE and item.since_at:
        day = {"day": show_day_short(item.since_at)}
        return Tag(_("reported on %(day)s") % day, TONES[group], "calendar")
    if group is Group.LATE:
        days = ngettext("%(n)s working day late", "%(n)s working days late", item.late_days)
        return Tag(days % {"n": show_number(item.late_days)}, "late")
    if item.due is None:
        return Tag(_("new"), "new") if group is Group.NEW else None
    return Tag(_due(item, week), TONES[group], "" if group is Group.WEEK else "calendar")


def _due(item: DeskItem, week: Week) -> str:
    due = item.due or week.today
    if due == week.today:
        return _("due today")
    if due == week.today + timedelta(days=1):
        return _("due tomorrow")
    if week.today < due < week.until:
        return _("by %(day)s") % {"day": weekday_name(due.weekday(), current().language)}
    return _("due %(day)s") % {"day": show_day_short(due)}


def _strongest(cards: Sequence[Card]) -> str:
    tones = {card.tone for card in cards}
    return next((tone for tone in ("late", "due", "new") if tone in tones), "quiet")
