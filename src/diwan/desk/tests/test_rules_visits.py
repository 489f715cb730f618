"""From when on changes are told, and how they are gathered and counted."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from diwan.desk.rules.visits import LONGEST, Happened, by_record, counted, since_of

NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
INSTANTS = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - the strategy adds the zone itself
    max_value=datetime(2030, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)
HAPPENED = st.lists(
    st.builds(Happened, st.integers(0, 5), st.sampled_from(["new", "answer"]), st.integers()),
    max_size=30,
)


@given(st.none() | INSTANTS, INSTANTS, INSTANTS)
@settings(max_examples=60, deadline=None)
def test_nothing_is_told_of_the_future_or_of_long_ago(
    last: datetime | None, now: datetime, first: datetime
) -> None:
    since = since_of(last, now, first)
    assert since.at <= now
    assert since.first == (last is None)
    if last is not None:
        assert now - LONGEST <= since.at
        assert since.shortened == (last < now - LONGEST)
        assert since.shortened or since.at == min(last, now)


def test_a_visit_is_told_from_its_instant_on() -> None:
    yesterday = NOW - timedelta(days=1)
    assert since_of(yesterday, NOW, NOW - LONGEST).at == yesterday
    assert since_of(None, NOW, yesterday).at == yesterday


@given(HAPPENED)
@settings(max_examples=60, deadline=None)
def test_each_record_stands_once_with_its_newest_change(happened: list[Happened[int]]) -> None:
    told = by_record(happened)
    often = Counter(each.record for each in happened)
    assert [each.newest.record for each in told] == list(often)
    assert all(each.others == often[each.newest.record] - 1 for each in told)
    for each in told:
        assert each.newest is next(h for h in happened if h.record == each.newest.record)
    for meaning, n in counted(happened).items():
        assert n == len({each.record for each in happened if each.meaning == meaning})
