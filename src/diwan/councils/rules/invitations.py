"""When invitations go out, and what must be told again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

NOTICE_HOURS = 72
"""What is demanded where the body says nothing else."""
MOST_HOURS = 60 * 24
MORNING = time(8, 0)
"""From when a meeting counts whose hour is not known."""
CALM = timedelta(minutes=10)
"""A plan that somebody still writes at is not told yet."""
TOLD = ("date", "starts", "ends", "place", "agenda")


def begins(day: date, starts: time | None, zone: ZoneInfo) -> datetime:
    """The instant from which the demanded time is counted back."""
    return datetime.combine(day, starts or MORNING, zone)


def goes_out(day: date, starts: time | None, zone: ZoneInfo, hours: int) -> datetime:
    """The instant at which the invitations of a meeting go out.

    >>> goes_out(date(2026, 11, 25), time(10), ZoneInfo("Asia/Tehran"), 72).isoformat()
    '2026-11-22T10:00:00+03:30'
    """
    return begins(day, starts, zone) - timedelta(hours=hours)


def changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Which of `TOLD` stand otherwise than they were told.

    >>> roads, bridges = {"text": {"en": "Roads"}}, {"text": {"en": "Bridges"}}
    >>> changed({"place": "Hall 1", "agenda": [roads]}, {"place": "Hall 2", "agenda": [roads]})
    ['place']
    >>> changed({"agenda": [roads, bridges]}, {"agenda": [bridges, roads]})
    ['agenda']
    """
    found = [name for name in TOLD[:-1] if before.get(name) != now.get(name)]
    same = _texts(before.get("agenda")) == _texts(now.get("agenda"))
    return found if same else [*found, "agenda"]


def _texts(agenda: Any) -> list[Any]:
    """What an agenda said, in its order: its times, papers, levels and guests are no news."""
    return [one.get("text", one) for one in agenda or ()]


def newly_invited(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether guests come to the items now who did not when they were told.

    >>> newly_invited({"agenda": [{"guests": ["a"]}]}, {"agenda": [{"guests": ["a", "b"]}]})
    True
    """
    return bool(_guests(now) - _guests(before))


def _guests(told: Mapping[str, Any]) -> set[Any]:
    return {guest for one in told.get("agenda") or () for guest in one.get("guests", ())}
