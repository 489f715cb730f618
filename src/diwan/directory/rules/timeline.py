"""One record through time, in plain Python: stretches that follow one another.

A stretch holds from a day to a day. A *change* at a day is put into the stretches that are there:
it holds until the same thing was changed again later. So a renaming that somebody enters late, for
a day before a move, renames the unit on both sides of the move and leaves the move as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any


@dataclass(frozen=True)
class Stretch:
    """`values` held within [since, until); `row` is the stored row it comes from, None if new.

    `since_as` and `until_as` say how the two days were stated (precision, calendar, event); nothing
    here looks into them.
    """

    values: Mapping[str, Any]
    since: date = date.min
    until: date = date.max
    row: Any = None
    since_as: Any = None
    until_as: Any = None


class NothingHeld(ValueError):
    """There is no stretch on `day`."""

    def __init__(self, day: date) -> None:
        super().__init__(f"nothing held on {day}")
        self.day = day


class LaterChange(ValueError):
    """A change dated `day` stands in the way."""

    def __init__(self, day: date) -> None:
        super().__init__(f"a later change on {day}")
        self.day = day


def held_on(line: list[Stretch], day: date) -> Stretch:
    """The stretch that holds `day`. Raises NothingHeld."""
    for stretch in line:
        if stretch.since <= day < stretch.until:
            return stretch
    raise NothingHeld(day)


def change(
    line: list[Stretch], on: date, values: Mapping[str, Any], *, dated: Any = None
) -> list[Stretch]:
    """The line with `values` holding from `on`, each until it was changed again later.

    Raises NothingHeld where the record did not exist on that day.
    """
    before = held_on(line, on)
    found: list[Stretch] = []
    still = dict(values)
    end = before.until
    for stretch in sorted(line, key=lambda s: s.since):
        if stretch.until <= on:
            found.append(stretch)
            continue
        if stretch.since > end:
            still = {}
        found += _changed(stretch, on, still, before, dated)
        still = {k: v for k, v in still.items() if stretch.values[k] == before.values[k]}
        end = stretch.until
    return _merged(found)


def _changed(
    stretch: Stretch, on: date, values: Mapping[str, Any], before: Stretch, dated: Any
) -> list[Stretch]:
    new = {k: v for k, v in values.items() if stretch.values[k] == before.values[k]}
    if not new or all(stretch.values[k] == v for k, v in new.items()):
        return [stretch]
    after = replace(stretch, values={**stretch.values, **new})
    if stretch.since >= on:
        return [after]
    return [
        replace(stretch, until=on, until_as=dated),
        replace(after, since=on, row=None, since_as=dated),
    ]


def replace_value(
    line: list[Stretch], on: date, name: str, values: tuple[Any, Any], *, dated: Any = None
) -> list[Stretch]:
    """The line with `name` turned from `values[0]` into `values[1]` wherever it held from `on`."""
    old, new = values
    found: list[Stretch] = []
    for stretch in sorted(line, key=lambda s: s.since):
        if stretch.until <= on or stretch.values[name] != old:
            found.append(stretch)
            continue
        after = replace(stretch, values={**stretch.values, name: new})
        if stretch.since >= on:
            found.append(after)
        else:
            found.append(replace(stretch, until=on, until_as=dated))
            found.append(replace(after, since=on, row=None, since_as=dated))
    return _merged(found)


def end(line: list[Stretch], on: date, *, dated: Any = None) -> list[Stretch]:
    """The line ended at `on`, the first day on which the record is no more.

    Raises NothingHeld where it did not exist the day before, LaterChange where a later stretch
    begins on or after that day.
    """
    last = held_on(line, on - date.resolution) if on > date.min else held_on(line, on)
    later = [s.since for s in line if s.since >= on]
    if later:
        raise LaterChange(min(later))
    return [
        replace(s, until=on, until_as=dated) if s is last else s
        for s in sorted(line, key=lambda s: s.since)
    ]


class Collision(ValueError):
    """A corrected stretch would reach over the stretch beside it on `day`."""

    def __init__(self, day: date) -> None:
        super().__init__(f"another stretch is in the way on {day}")
        self.day = day


def correct(line: list[Stretch], wrong: Stretch, right: Stretch) -> list[Stretch]:
    """The line with `right` in the place of `wrong`.

    Where a stretch adjoined the wrong one it goes on adjoining it: its end or beginning moves, too.
    Raises Collision where nothing would be left of it, or a stretch apart would be overlapped.
    """
    found: list[Stretch] = []
    for stretch in sorted(line, key=lambda s: s.since):
        if stretch is wrong:
            found.append(right)
        elif stretch.until == wrong.since and right.since != wrong.since:
            found.append(replace(stretch, until=right.since, until_as=right.since_as))
        elif stretch.since == wrong.until and right.until != wrong.until:
            found.append(replace(stretch, since=right.until, since_as=right.until_as))
        else:
            found.append(stretch)
    for stretch in found:
        if stretch.since >= stretch.until:
            raise Collision(stretch.since)
    for one, two in pairwise(found):
        if two.since < one.until:
            raise Collision(two.since)
    return _merged(found)


def _merged(line: list[Stretch]) -> list[Stretch]:
    """Adjoining stretches of equal values made one: the earlier row goes on."""
    found: list[Stretch] = []
    for stretch in line:
        last = found[-1] if found else None
        if last and last.until == stretch.since and dict(last.values) == dict(stretch.values):
            found[-1] = replace(last, until=stretch.until, until_as=stretch.until_as)
        else:
            found.append(stretch)
    return found
