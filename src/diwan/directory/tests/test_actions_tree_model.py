"""The tree's answers as of any day against a slow plain model, under random changes.

The model keeps, for every unit, what it was on each single day of a short calendar, and applies
each change day by day. The room must answer the same for every day: names, parents, and who stood
below whom; and whatever it refuses must leave everything as it was.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diwan.directory.actions.closing import Children, close_unit
from diwan.directory.actions.units import (
    NewUnit,
    UnitCorrection,
    correct_unit,
    found_unit,
    move_unit,
    rename_unit,
)
from diwan.directory.models import Register, Unit, UnitPath, UnitVersion
from diwan.kernel.errors import Refused

from .factories import RegisterFactory, system

FIRST = date(2000, 1, 1)
DAYS = 8
NAMES = "abc"


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


@dataclass
class Plain:
    """What each unit was on each day: (name, parent number) or None."""

    days: list[dict[int, tuple[str, int | None]]] = field(
        default_factory=lambda: [{} for _ in range(DAYS)]
    )

    def sound(self) -> bool:
        """True if on every day every parent is there and nobody stands under themselves."""
        return all(
            parent is None or (parent in today and self._rises(today, unit))
            for today in self.days
            for unit, (_name, parent) in today.items()
        )

    @staticmethod
    def _rises(today: dict[int, tuple[str, int | None]], unit: int) -> bool:
        seen = set()
        above: int | None = unit
        while above is not None:
            if above in seen:
                return False
            seen.add(above)
            above = today[above][1] if above in today else None
        return True

    def below(self, number: int, unit: int) -> set[int]:
        """The unit and all that stood below it on a day."""
        today = self.days[number]
        found = {unit} if unit in today else set()
        while True:
            more = {u for u, (_n, parent) in today.items() if parent in found} - found
            if not more:
                return found
            found |= more

    def set_from(self, unit: int, number: int, index: int, value: Any) -> bool:
        """A change from a day on, until the same thing was changed later; False if not there."""
        if unit not in self.days[number]:
            return False
        old = self.days[number][unit][index]
        for today in self.days[number:]:
            if unit not in today or today[unit][index] != old:
                break
            name, parent = today[unit]
            today[unit] = (value, parent) if index == 0 else (name, value)
        return True

    def parent_replaced(self, unit: int, number: int, new: int | None) -> None:
        """From a day on whatever stood under the unit stands under `new`."""
        for today in self.days[number:]:
            for child, (name, parent) in list(today.items()):
                if parent == unit:
                    today[child] = (name, new)


commands = st.one_of(
    st.tuples(
        st.just("found"), st.integers(0, DAYS - 1), st.integers(0, 5), st.sampled_from(NAMES)
    ),
    st.tuples(
        st.just("rename"), st.integers(0, DAYS - 1), st.integers(0, 5), st.sampled_from(NAMES)
    ),
    st.tuples(st.just("move"), st.integers(0, DAYS - 1), st.integers(0, 5), st.integers(0, 5)),
    st.tuples(st.just("close"), st.integers(1, DAYS - 1), st.integers(0, 5), st.booleans()),
    st.tuples(
        st.just("correct"), st.integers(0, DAYS - 1), st.integers(0, 5), st.sampled_from(NAMES)
    ),
)


START: list[tuple[str, int, int, Any]] = [
    ("found", 0, 0, "a"),
    ("found", 0, 0, "a"),
    ("found", 0, 2, "b"),
    ("found", 1, 2, "b"),
    ("found", 0, 1, "a"),
]


class Run:
    """The same commands to the room and to the plain model."""

    def __init__(self) -> None:
        self.register: Register = RegisterFactory.create()
        self.units: list[Unit] = []
        self.plain = Plain()

    def obey(self, command: tuple[str, int, int, Any]) -> None:
        verb, number, which, value = command
        if verb != "found" and not self.units:
            return
        before = deepcopy(self.plain.days)
        fits = getattr(self, f"_plain_{verb}")(number, which, value) and self.plain.sound()
        try:
            with transaction.atomic():
                getattr(self, f"_room_{verb}")(number, which, value)
        except Refused:
            assert not fits or self._says_nothing_new(before), command
            self.plain.days = before
            return
        assert fits, command

    def _says_nothing_new(self, before: list[dict[int, tuple[str, int | None]]]) -> bool:
        """The room refuses what would change nothing; the model just does it."""
        return before == self.plain.days

    def _unit(self, which: int) -> int:
        return which % len(self.units)

    def _plain_found(self, number: int, which: int, name: str) -> bool:
        parent = self._unit(which) if self.units and which else None
        for today in self.plain.days[number:]:
            today[len(self.units)] = (name, parent)
        return True

    def _room_found(self, number: int, which: int, name: str) -> None:
        parent = self.units[self._unit(which)] if self.units and which else None
        new = NewUnit({"en": name}, "office", day(number), parent, self.register)
        self.units.append(found_unit(system(), new))

    def _plain_rename(self, number: int, which: int, name: str) -> bool:
        return self.plain.set_from(self._unit(which), number, 0, name)

    def _room_rename(self, number: int, which: int, name: str) -> None:
        rename_unit(system(), self.units[self._unit(which)], on=day(number), name={"en": name})

    def _plain_move(self, number: int, which: int, under: int) -> bool:
        parent = self._unit(under) if under else None
        return self.plain.set_from(self._unit(which), number, 1, parent)

    def _room_move(self, number: int, which: int, under: int) -> None:
        parent = self.units[self._unit(under)] if under else None
        move_unit(system(), self.units[self._unit(which)], on=day(number), parent=parent)

    def _plain_close(self, number: int, which: int, up: bool) -> bool:  # noqa: FBT001 # a drawn value
        unit = self._unit(which)
        days = self.plain.days
        if unit not in days[number - 1] or (
            unit in days[number] and self._turns_after(unit, number)
        ):
            return False
        if unit not in days[number]:
            return False
        if any(parent == unit for today in days[number:] for _n, parent in today.values()):
            if not up:
                return False
            self.plain.parent_replaced(unit, number, days[number - 1][unit][1])
        for today in days[number:]:
            today.pop(unit, None)
        return True

    def _turns_after(self, unit: int, number: int) -> bool:
        """True if a change of the unit is dated on the day of its closing or later."""
        days = self.plain.days[number - 1 :]
        told = [today.get(unit) for today in days]
        while told and told[-1] is None:
            told.pop()
        return any(one != told[0] for one in told)

    def _room_close(self, number: int, which: int, up: bool) -> None:  # noqa: FBT001 # a drawn value
        children = Children.TO_PARENT if up else None
        close_unit(system(), self.units[self._unit(which)], on=day(number), children=children)

    def _version(self, number: int, which: int) -> UnitVersion | None:
        unit = self.units[self._unit(which)]
        return UnitVersion.objects.as_of(day(number)).filter(unit=unit).first()

    def _plain_correct(self, number: int, which: int, name: str) -> bool:
        version = self._version(number, which)
        if version is None:
            return False
        unit = self._unit(which)
        for index, today in enumerate(self.plain.days):
            if (version.since or date.min) <= day(index) < (version.until or date.max):
                today[unit] = (name, today[unit][1])
        return True

    def _room_correct(self, number: int, which: int, name: str) -> None:
        version = self._version(number, which)
        if version is None:
            raise Refused("nothing to correct")
        correct_unit(system(), version, UnitCorrection(name={"en": name}), reason="a slip")

    def compare(self) -> None:
        numbers: dict[UUID, int] = {unit.pk: n for n, unit in enumerate(self.units)}
        for number, today in enumerate(self.plain.days):
            rows = UnitVersion.objects.as_of(day(number))
            told = {
                numbers[row.unit_id]: (
                    row.name["en"],
                    numbers[row.parent_id] if row.parent_id else None,
                )
                for row in rows
            }
            assert told == today
            paths = UnitPath.objects.on(day(number)).values_list("ancestor_id", "descendant_id")
            pairs = {(numbers[a], numbers[d]) for a, d in paths}
            assert pairs == {(a, d) for a in today for d in self.plain.below(number, a)}


@pytest.mark.django_db(transaction=False)
@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(commands, min_size=5, max_size=24))
def test_every_day_is_answered_as_by_the_plain_model(
    english: None, ended: object, orders: list[tuple[str, int, int, Any]]
) -> None:
    sid = transaction.savepoint()
    try:
        run = Run()
        for order in [*START, *orders]:
            run.obey(order)
        run.compare()
    finally:
        transaction.savepoint_rollback(sid)
