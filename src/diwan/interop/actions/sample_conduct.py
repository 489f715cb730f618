"""How some of the sample's meetings went, so that a room's record can be looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import yaml

from diwan.councils.public import (
    AgendaItem,
    Attendance,
    Count,
    Meeting,
    add_guest,
    cast,
    close_vote,
    mark,
    mark_many,
    open_vote,
    recuse,
    take_attendance,
)
from diwan.kernel.countries import country
from diwan.kernel.policies import Actor

TEN = time(10)
BETWEEN = timedelta(minutes=20)


def conduct_sample(file: Path) -> int:
    """Take attendance and votes of the meetings that `file` tells of; how many meetings.

    They are written as if on the day, through the same actions as a secretary's.
    """
    told = yaml.safe_load(file.read_text(encoding="utf-8"))
    for one in told:
        meeting = Meeting.objects.select_related("body__unit").get(
            register__key=one["register"], key=one["meeting"]
        )
        _Told(meeting, one).write()
    return len(told)


@dataclass(frozen=True)
class _Told:
    """One meeting, and what is told of it."""

    meeting: Meeting
    words: Mapping[str, Any]

    def write(self) -> None:
        """Who came, who stepped out of what, what was voted on."""
        actor = self._actor(0)
        take_attendance(actor, self.meeting)
        seats = self._seats()
        self._come(actor, seats)
        for name in self.words.get("guests", ()):
            add_guest(actor, self.meeting, name)
        for out in self.words.get("recusals", ()):
            recuse(actor, self._item(out["item"]), seats[out["post"]], reason=out["reason"])
        for number, vote in enumerate(self.words.get("votes", ()), 1):
            self._vote(self._actor(number), vote, seats)

    def _actor(self, number: int) -> Actor:
        """The sample, so many items after the beginning of that day's meeting."""
        day = self.meeting.date
        if day is None:
            raise ValueError(f"{self.meeting.key} has no date")
        zone = ZoneInfo(country(self.meeting.body.unit.country).timezone)
        return Actor.system("sample", at=datetime.combine(day, TEN, zone) + number * BETWEEN)

    def _seats(self) -> dict[str, Attendance]:
        rows = Attendance.objects.filter(meeting=self.meeting).select_related("post")
        return {row.post.key if row.post else str(row.seat): row for row in rows}

    def _come(self, actor: Actor, seats: Mapping[str, Attendance]) -> None:
        statuses: dict[UUID, str] = {
            row.pk: Attendance.Status.PRESENT.value for row in seats.values()
        }
        for status in (Attendance.Status.EXCUSED, Attendance.Status.ABSENT):
            for key in self.words.get(status.value, ()):
                statuses[seats[key].pk] = status.value
        mark_many(actor, self.meeting, statuses)
        for key, name in self.words.get("deputies", {}).items():
            mark(actor, seats[key], Attendance.Status.DEPUTY.value, deputy_name=name)

    def _item(self, key: str) -> AgendaItem:
        return AgendaItem.objects.get(meeting=self.meeting, key=key)

    def _vote(self, actor: Actor, told: Mapping[str, Any], seats: Mapping[str, Attendance]) -> None:
        item = self._item(told["item"])
        vote = open_vote(
            actor,
            self.meeting,
            {"item_id": item.pk, "question": told["question"], "method": told["method"]},
        )
        if "count" in told:
            counted: Sequence[int] = told["count"]
            close_vote(actor, vote, Count(*counted))
            return
        said = {
            seats[key].pk: choice
            for choice in ("for", "against", "abstain")
            for key in told.get(choice, ())
        }
        cast(actor, vote, said)
        close_vote(actor, vote)
