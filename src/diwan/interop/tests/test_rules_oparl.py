"""OParl's and Popolo's rules without a database."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diwan.interop.rules import oparl, popolo
from diwan.kernel.calendars import Calendar, PartialDate, Precision

INSTANTS = st.integers(631_152_000, 4_102_444_800).map(lambda s: datetime.fromtimestamp(s, UTC))
ZONES = st.sampled_from(["Asia/Tehran", "Africa/Cairo", "UTC", "Europe/Berlin"])
SHAPE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")


@given(INSTANTS, ZONES)
def test_an_instant_is_told_with_its_offset_and_read_again(at: datetime, zone: str) -> None:
    told = oparl.shown_at(at, ZoneInfo(zone))
    assert SHAPE.fullmatch(told)
    assert oparl.instant("created_since", told) == at
    assert oparl.instant("created_since", told.replace("+", " ")) == at


def test_an_offset_with_seconds_cannot_be_told_and_becomes_utc() -> None:
    odd = timezone(timedelta(hours=3, minutes=25, seconds=44))
    told = oparl.shown_at(datetime(1930, 1, 1, tzinfo=UTC), odd)
    assert told == "1930-01-01T00:00:00+00:00"


@given(st.text(max_size=30))
def test_whatever_is_asked_is_understood_or_refused(text: str) -> None:
    for name in (*oparl.TIMES, "limit", "after", "omit_internal"):
        refused, limit = "", 1
        try:
            limit = oparl.asked({name: text}).limit
        except oparl.BadFilter as bad:
            refused = bad.name
        assert refused in ("", name)
        assert 1 <= limit <= oparl.MOST


@given(
    st.one_of(st.none(), INSTANTS),
    st.integers(1, 300),
    st.sampled_from(["", "true", "0"]),
    st.integers(0, 10**9),
)
def test_the_address_of_a_page_asks_for_the_same(
    since: datetime | None, limit: int, omit: str, after: int
) -> None:
    given_ = {"limit": str(limit), "omit_internal": omit, "after": str(after)}
    if since is not None:
        given_["modified_since"] = oparl.shown_at(since, ZoneInfo("Asia/Tehran"))
    wanted = oparl.asked(given_)
    query = oparl.as_parameters(wanted, after=wanted.after).removeprefix("?")
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    again = {name: value.replace("%3A", ":").replace("%2B", "+") for name, _is, value in pairs}
    assert oparl.asked(again) == wanted


OBJECTS = st.dictionaries(
    st.sampled_from(["name", "order", "list"]),
    st.one_of(st.text(max_size=5), st.integers(), st.lists(st.text(max_size=3), max_size=2)),
)


@given(OBJECTS, OBJECTS)
def test_two_objects_have_the_same_digest_only_if_they_say_the_same(
    one: oparl.Object, other: oparl.Object
) -> None:
    assert (oparl.digest(one) == oparl.digest(other)) == (one == other)
    turned = dict(reversed(one.items()))
    assert oparl.digest(turned) == oparl.digest(one)


def test_what_is_embedded_is_stamped_and_left_out() -> None:
    item = {"id": "b", "type": f"{oparl.SCHEMA}AgendaItem"}
    meeting = {"id": "a", "type": f"{oparl.SCHEMA}Meeting", "agendaItem": [item], "name": "n"}
    stamps = {"a": ("1", "2"), "b": ("3", "4")}
    told = oparl.stamped(meeting, stamps)
    assert (told["modified"], told["agendaItem"][0]["modified"]) == ("2", "4")
    assert [one["id"] for one in oparl.embedded(meeting)] == ["a", "b"]
    assert oparl.without_internal(meeting) == {k: meeting[k] for k in ("id", "type", "name")}
    body = {"id": "a", "type": f"{oparl.SCHEMA}Body", "legislativeTerm": [item]}
    assert oparl.without_internal(body) == body


@given(INSTANTS)
def test_a_later_change_is_always_later(before: datetime) -> None:
    assert oparl.later(before, before) > before
    day = timedelta(days=1)
    assert oparl.later(before + day + timedelta(microseconds=9), before) == before + day


DAYS = st.dates(date(1990, 1, 1), date(2060, 1, 1))


@given(DAYS, st.sampled_from(list(Precision)), st.sampled_from(list(Calendar)))
def test_a_date_is_told_as_exactly_as_it_is_certain(
    day: date, precision: Precision, calendar: Calendar
) -> None:
    if precision is Precision.FISCAL and calendar is not Calendar.GREGORIAN:
        calendar = Calendar.GREGORIAN
    stated = PartialDate(day, precision, calendar)
    told = popolo.when(stated)
    if precision is Precision.UNKNOWN:
        assert told is None
        return
    assert told is not None
    assert DATE.fullmatch(told)
    assert stated.first_day.isoformat().startswith(told)
    if len(told) == 7:
        assert stated.last_day.isoformat().startswith(told)


@pytest.mark.parametrize("many", [0, 1, 3])
def test_a_document_in_pieces_is_one_document(many: int) -> None:
    made = [{"id": str(number), "name": "نام «۱»"} for number in range(many)]
    told = json.loads("".join(popolo.document({"persons": made})))
    assert list(told) == list(popolo.SECTIONS)
    assert told["persons"] == made
