"""How minutes say things: parties, quorum, votes, times. Everything out of a content alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from unicodedata import bidirectional
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from diwan.councils.models import Attendance, Ballot, Resolution, Vote
from diwan.councils.models.bodies import Role
from diwan.councils.models.bylaws import Majority, MajorityOf
from diwan.councils.rules.minutes import Content
from diwan.kernel.calendars import Calendar, show_date
from diwan.kernel.countries import country
from diwan.kernel.dated import stated
from diwan.kernel.erasing import ERASED_PERSON
from diwan.kernel.reader import current
from diwan.kernel.text import direction, isolate
from diwan.ui.show import (
    show_clock,
    show_digits,
    show_local,
    show_number,
    show_partial,
    show_weekday_day,
)

Row = Mapping[str, Any]


class Words:
    """The words of one content, in the active language."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.zone = ZoneInfo(country(content["country"]).timezone)
        self.shorts: dict[str, str] = {}

    def name(self, who: Row | None) -> str:
        """The person, as they were called then; empty where none is named."""
        token = who.get("person") if who else None
        if not token:
            return ""
        entry = self.content["people"].get(token)
        return show_local(entry.get("name", ERASED_PERSON)) if entry else ""

    def post(self, who: Row | None) -> str:
        """The post with its unit; empty where there is none."""
        if not who or not who["post"]:
            return ""
        post = isolate(show_local(who["post"]))
        if not who["unit"]:
            return post
        return _("%(post)s, %(unit)s") % {"post": post, "unit": isolate(show_local(who["unit"]))}

    def who(self, who: Row | None) -> str:
        """Person and post in one."""
        name, post = self.name(who), self.post(who)
        if name and post:
            return _("%(name)s (%(post)s)") % {"name": isolate(name), "post": post}
        return name or post or _("nobody named")

    def short(self, who: Row | None) -> str:
        """The person, else the post: for lists of many."""
        token = who["person"] if who else None
        if token and token in self.shorts:
            return self.shorts[token]
        name = self.name(who)
        said = apart(name) if name else self.post(who) or _("nobody named")
        if token:
            self.shorts[token] = said
        return said

    def day(self) -> str:
        """The weekday and the day, in the body's calendar and in the Gregorian one."""
        row = self.content["meeting"]
        if row["date"] is None:
            return _("date unknown")
        day = date.fromisoformat(row["date"])
        if row["precision"] != "day":
            return show_partial(stated(day, row["precision"], row["calendar"]))
        shown = show_weekday_day(day)
        if current().calendar is Calendar.GREGORIAN:
            return shown
        gregorian = show_date(day, Calendar.GREGORIAN, current().language)
        return _("%(day)s (%(other)s)") % {"day": shown, "other": isolate(gregorian)}

    def began(self) -> str:
        """When it began: as it was opened in the room, else as it was written down."""
        return self._hour("opened_at", "starts")

    def ended(self) -> str:
        """When it ended."""
        return self._hour("closed_at", "ends")

    def _hour(self, instant: str, clock: str) -> str:
        row = self.content["meeting"]
        if row[instant]:
            return show_clock(datetime.fromisoformat(row[instant]).astimezone(self.zone).time())
        return show_clock(time.fromisoformat(row[clock])) if row[clock] else ""

    def place(self) -> str:
        """Where."""
        return show_local(self.content["meeting"]["place"])

    def chaired_by(self) -> str:
        """Who chaired: the post that the meeting names, else the chair's seat."""
        chair = self.content["meeting"]["chair"]
        came = (Attendance.Status.PRESENT, Attendance.Status.DEPUTY)
        for row in self.content["attendance"]:
            if chair is None and row["role"] == Role.CHAIR and row["status"] in came:
                chair = row["deputy"] or row["who"]
        return self.who(chair) if chair else ""

    def quorum(self, row: Row | None) -> str:
        """The quorum of an item as it was certified."""
        if row is None:
            return ""
        deciding = row["seats"] - row["recused"]
        given = {
            "needed": show_number(row["needed"]),
            "seats": show_number(deciding),
            "present": show_number(row["present"]),
        }
        if not row["needed"]:
            return _("No quorum is demanded; %(present)s of %(seats)s in the room.") % given
        words = _("Quorum: %(needed)s of %(seats)s; %(present)s in the room.") % given
        if row["present"] < row["needed"]:
            return _("%(sentence)s There was no quorum.") % {"sentence": words}
        return words

    def vote(self, row: Row) -> str:
        """How a vote went, with the rule that it was counted by."""
        method = str(Vote.Method(row["method"]).label)
        counts = _("%(for)s for, %(against)s against, %(abstained)s abstained") % {
            "for": show_number(row["in_favour"]),
            "against": show_number(row["against"]),
            "abstained": show_number(row["abstained"]),
        }
        needed = ngettext(
            "%(n)s vote was needed (%(rule)s)", "%(n)s votes were needed (%(rule)s)",
            row["threshold"],
        ) % {"n": show_number(row["threshold"]), "rule": self.rule(row)}  # fmt: skip
        result = pgettext("vote", "carried") if row["carried"] else pgettext("vote", "not carried")
        return _("%(method)s: %(counts)s; %(needed)s. Result: %(result)s.") % {
            "method": method,
            "counts": counts,
            "needed": needed,
            "result": result,
        }

    def rule(self, row: Row) -> str:
        """The majority that was demanded."""
        majority = Majority(row["majority"])
        if majority is Majority.SIMPLE:
            return str(majority.label)
        return _("%(majority)s of %(whom)s") % {
            "majority": majority.label,
            "whom": MajorityOf(row["majority_of"]).label,
        }

    def ballots(self, row: Row) -> list[str]:
        """Who said what in a roll call, one line for each choice."""
        lines = []
        for choice in Ballot.Choice:
            names = [self.short(one["who"]) for one in row["ballots"] if one["choice"] == choice]
            if names:
                lines.append(
                    _("%(choice)s: %(names)s")
                    % {"choice": choice.label, "names": _(", ").join(names)}
                )
        return lines

    def number(self, row: Row) -> str:
        """A resolution's number with its kind."""
        return _("Resolution %(number)s (%(kind)s)") % {
            "number": isolate(show_digits(row["number"])),
            "kind": Resolution.Kind(row["kind"]).label,
        }

    def due(self, row: Row) -> str:
        """By when an action is owed."""
        if row["due"] is None:
            return _("no date")
        day = date.fromisoformat(row["due"])
        return show_partial(stated(day, row["due_precision"], row["due_calendar"]))

    def seated(self, row: Row) -> tuple[str, str, str]:
        """A line of the attendance: the name, the post, and what is said of it."""
        said = [str(Role(row["role"]).label)]
        if row["status"] == Attendance.Status.DEPUTY:
            sent = self.who(row["deputy"]) if row["deputy"] else _("not named")
            said.append(_("deputy: %(who)s") % {"who": sent})
        return self.name(row["who"]) or "—", self.post(row["who"]) or "—", " · ".join(said)


def apart(text: str) -> str:
    """The text, isolated only where some of it runs against the language it stands in.

    A long list of names is set in half the time without signs that change nothing.
    """
    other = {"L"} if direction(current().language) == "rtl" else {"R", "AL"}
    return isolate(text) if any(bidirectional(sign) in other for sign in text) else text
