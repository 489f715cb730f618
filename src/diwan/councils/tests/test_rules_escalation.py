"""Late actions go up level by level: never before their day, never two levels on one day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from diwan.councils.rules.escalation import goes_up, late_enough, next_post
from diwan.kernel.worktime import DEFAULTS, WorkCalendar

days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
calendars = st.sampled_from([DEFAULTS["IR"], DEFAULTS["EG"]])


@given(days, st.integers(1, 20), calendars)
def test_late_enough_is_the_last_day_that_is(today: date, after: int, work: WorkCalendar) -> None:
    last = late_enough(today, after, work)
    assert work.working_days_between(last, today) >= after
    assert work.working_days_between(last + timedelta(days=1), today) < after


@given(days, st.integers(1, 6), st.integers(1, 4), calendars, st.data())
def test_levels_come_one_by_one_and_each_has_its_days(
    due: date, after: int, levels: int, work: WorkCalendar, data: st.DataObject
) -> None:
    """However often the worker stood still: who was asked gets the days of the rule."""
    told: list[date] = []
    today = due
    for stop in data.draw(st.lists(st.integers(1, 25), min_size=1, max_size=30)):
        today += timedelta(days=stop)
        for _twice in range(2):
            level = goes_up(
                due=due,
                last=told[-1] if told else None,
                reached=len(told),
                levels=levels,
                late_enough=late_enough(today, after, work),
            )
            if level is not None:
                assert level == len(told) + 1
                told.append(today)
    assert len(told) <= levels
    for before, then in zip([due, *told], told, strict=False):
        assert work.working_days_between(before, then) >= after
    overdue = work.working_days_between(due, today)
    assert bool(told) or overdue < after


def test_every_working_day_looked_at_gives_each_level_on_its_day() -> None:
    work, due = DEFAULTS["IR"], date(2026, 11, 21)
    told: list[date] = []
    for offset in range(30):
        today = due + timedelta(days=offset)
        last = told[-1] if told else None
        edge = late_enough(today, 3, work)
        if goes_up(due=due, last=last, reached=len(told), levels=2, late_enough=edge):
            told.append(today)
    assert [work.working_days_between(due, day) for day in told] == [3, 6]


@given(st.permutations(["a", "b", "c", "d"]), st.sets(st.sampled_from("abcdx")))
def test_nobody_is_asked_twice(chain: list[str], asked: set[str]) -> None:
    found = next_post(chain, asked)
    assert found not in asked
    assert (found is None) == (set(chain) <= asked)
