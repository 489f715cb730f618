"""From which day a resolution binds, whatever was objected and answered."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from diwan.councils.rules.objections import (
    HELD_UP,
    Binding,
    Outcome,
    binds_since,
    last_day,
    may_object,
    state_of,
)

days = st.dates(date(2026, 1, 1), date(2028, 12, 31))
outcomes = st.lists(st.sampled_from(Outcome), max_size=4)


@given(st.one_of(st.none(), days), outcomes, days)
def test_it_binds_exactly_when_nothing_stands_in_the_way(
    binding: date | None, said: list[Outcome], today: date
) -> None:
    state = state_of(binding, said, today)
    if binding is None:
        assert state is Binding.PLAIN
        return
    rejected = all(outcome is Outcome.REJECTED for outcome in said)
    assert (state is Binding.BINDS) == (rejected and today >= binding)
    assert (state in HELD_UP) == (state is not Binding.BINDS)
    assert (state is Binding.VOID) == (Outcome.ACCEPTED in said)


@given(days, outcomes, days)
def test_nobody_objects_once_it_could_bind(binding: date, said: list[Outcome], today: date) -> None:
    if may_object(binding, said, today):
        assert today <= last_day(binding) < binding
        assert state_of(binding, said, today) in (Binding.OPEN, Binding.OBJECTED)
    else:
        assert today >= binding or Outcome.ACCEPTED in said


def test_the_last_day_and_the_first() -> None:
    binding = date(2026, 12, 3)
    assert may_object(binding, [], binding - timedelta(days=1))
    assert not may_object(binding, [], binding)
    assert not may_object(None, [], binding)
    assert binds_since(binding, []) == binding
    assert binds_since(binding, [date(2026, 11, 30), date(2026, 12, 20)]) == date(2026, 12, 20)
