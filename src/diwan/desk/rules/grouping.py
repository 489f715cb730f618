"""How a desk is laid out: what is late first, then what this week asks for, then the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol, TypeVar

from diwan.kernel.urgency import Group

from .week import Week


class Placeable(Protocol):
    """What the layout must know of an item; `kernel.exchange.DeskItem` has it."""

    @property
    def due(self) -> date | None:
        """Last day on which it is in time."""
        ...

    @property
    def late_days(self) -> int:
        """Working days that it is late, 0 when in time."""
        ...

    @property
    def redated(self) -> int:
        """How often it was given a new date."""
        ...

    @property
    def since_at(self) -> datetime | None:
        """When it reached the desk."""
        ...


T = TypeVar("T", bound=Placeable)


def group_of(item: Placeable, week: Week, since: datetime | None = None) -> Group:
    """Say where one item lies. Lateness comes before the week, and both before being new.

    New is what arrived after `since`; without one what arrived in the last working days.
    """
    if item.late_days > 0:
        return Group.LATE
    if item.due is not None and item.due < week.until:
        return Group.WEEK
    if is_new(item, week, since):
        return Group.NEW
    return Group.UNDATED if item.due is None else Group.LATER


def is_new(item: Placeable, week: Week, since: datetime | None = None) -> bool:
    """True if an item is newly arrived."""
    if item.since_at is None:
        return False
    return item.since_at > since if since else item.since_at.date() >= week.new_since


def grouped(
    items: Iterable[T], week_for: Callable[[T], Week], since: datetime | None = None
) -> Mapping[Group, Sequence[T]]:
    """Lay items out; every group is there, empty or sorted.

    `week_for` gives the week of the country that an item belongs to. `since_at` must already be
    in that country's zone, so that its date is the day on which people there got it.
    """
    laid: dict[Group, list[T]] = {group: [] for group in Group}
    for item in items:
        laid[group_of(item, week_for(item), since)].append(item)
    return {group: sorted(found, key=_ORDER[group]) for group, found in laid.items()}


def _by_lateness(item: Placeable) -> tuple[object, ...]:
    return (-item.late_days, -item.redated, item.due or date.max, _arrival(item))


def _by_due(item: Placeable) -> tuple[object, ...]:
    return (item.due or date.max, -item.redated, _arrival(item))


def _by_arrival(item: Placeable) -> tuple[object, ...]:
    return (_arrival(item),)


def _newest_first(item: Placeable) -> tuple[object, ...]:
    return (-_arrival(item), item.due or date.max)


def _arrival(item: Placeable) -> float:
    """Seconds since 1970; what came nobody knows when counts as the oldest."""
    return item.since_at.timestamp() if item.since_at else float("-inf")


def order_in(group: Group) -> Callable[[Placeable], tuple[object, ...]]:
    """What the items of a group are sorted by."""
    return _ORDER[group]


_ORDER: Mapping[Group, Callable[[Placeable], tuple[object, ...]]] = {
    Group.LATE: _by_lateness,
    Group.WEEK: _by_due,
    Group.NEW: _newest_first,
    Group.LATER: _by_due,
    Group.UNDATED: _by_arrival,
}
