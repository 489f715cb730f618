"""The minutes as a sheet of ready words, in short and in long form: for the page and for paper.

The short form holds the decisions; the long one besides what each said and who voted how.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from diwan.councils.models import Attendance
from diwan.councils.models.bodies import Role
from diwan.councils.rules.minutes import Content
from diwan.kernel.calendars import Calendar
from diwan.kernel.countries import country
from diwan.kernel.reader import Reader, reading
from diwan.kernel.text import isolate
from diwan.ui.show import show_digits, show_local, show_number

from .minutes_words import Row, Words

Status = Attendance.Status
Sheet = dict[str, Any]


@contextmanager
def read_as(content: Content, language: str) -> Iterator[Reader]:
    """Say everything in a language, in the body's calendar and the country's time."""
    calendar = Calendar(content["body"]["calendar"])
    reader = Reader(language, calendar, country(content["country"]).timezone)
    with translation.override(language), reading(reader):
        yield reader


def sheet_of(content: Content, *, long: bool) -> Sheet:
    """The sheet in the active language: plain texts and lists of them, fit for JSON."""
    return _Sheet(content, Words(content), long=long).all()


def title_of(content: Content) -> str:
    """The heading of the minutes."""
    number = content["meeting"]["number"]
    if number is None:
        return _("Minutes of a meeting")
    return _("Minutes of meeting %(number)s") % {"number": show_digits(number)}


@dataclass
class _Sheet:
    content: Content
    words: Words
    long: bool

    def all(self) -> Sheet:
        """Everything of the sheet."""
        content = self.content
        known = {row["id"] for row in content["items"]}
        loose = [row for row in content["resolutions"] if row["item"] not in known]
        votes = [row for row in content["votes"] if self._loose(row, known)]
        return {
            "title": title_of(content),
            "body": show_local(content["body"]["name"]),
            "unit": show_local(content["body"]["unit"]),
            "long": self.long,
            "facts": [[term, detail] for term, detail in self._facts() if detail],
            "attendance_title": _("Who was there"),
            "attendance": list(self._attendance()),
            "items_title": _("Agenda and decisions"),
            "items": [self._item(place, row) for place, row in enumerate(content["items"], 1)],
            "loose_title": _("Further decisions") if known else _("Decisions"),
            "loose": {
                "resolutions": [self._resolution(row) for row in loose],
                "votes": [self._vote(row) for row in votes],
            },
            "statements_title": _("What was said"),
            "statements": self._statements() if self.long else [],
            "owed_words": [_("What is owed"), _("Owed by"), _("Due")],
            "nothing": "" if content["items"] or loose else _("Nothing was decided."),
        }

    def _loose(self, vote: Row, items: set[str]) -> bool:
        """A vote on neither an item nor a resolution of the sheet."""
        decided = {row["id"] for row in self.content["resolutions"]}
        return vote["item"] not in items and vote["resolution"] not in decided

    def _facts(self) -> list[tuple[str, str]]:
        row, words = self.content["meeting"], self.words
        number = show_number(row["number"]) if row["number"] is not None else ""
        secretary = [one for one in self.content["attendance"] if one["role"] == Role.SECRETARY]
        return [
            (_("Body"), show_local(self.content["body"]["name"])),
            (_("Unit"), show_local(self.content["body"]["unit"])),
            (_("Number"), number),
            (_("Date"), words.day()),
            (_("Began"), words.began()),
            (_("Ended"), words.ended()),
            (_("Place"), words.place()),
            (_("Chair"), words.chaired_by()),
            (_("Secretary"), words.who(secretary[0]["who"]) if secretary else ""),
        ]

    def _attendance(self) -> Iterator[Row]:
        """The groups of those who were there and who were not; guests by themselves."""
        rows = self.content["attendance"]
        asked = [row for row in rows if row["role"] == Role.GUEST]
        members = [row for row in rows if row["role"] != Role.GUEST]
        groups: list[tuple[str, Sequence[Row]]] = [
            (pgettext("minutes", "Present"), _of(members, Status.PRESENT)),
            (pgettext("minutes", "Represented by a deputy"), _of(members, Status.DEPUTY)),
            (pgettext("minutes", "Excused"), _of(members, Status.EXCUSED)),
            (pgettext("minutes", "Absent"), _of(members, Status.ABSENT)),
            (pgettext("minutes", "Not said yet"), _of(members, Status.EXPECTED)),
            (pgettext("minutes", "Invited"), _of(asked, Status.PRESENT, Status.DEPUTY)),
        ]
        for label, found in groups:
            if found:
                yield {
                    "title": _("%(group)s: %(n)s") % {"group": label, "n": show_number(len(found))},
                    "rows": [list(self.words.seated(row)) for row in found],
                }

    def _item(self, place: int, row: Row) -> Row:
        resolutions = [one for one in self.content["resolutions"] if one["item"] == row["id"]]
        decided = {one["id"] for one in resolutions}
        votes = [
            one
            for one in self.content["votes"]
            if one["item"] == row["id"] and one["resolution"] not in decided
        ]
        notes = [self.words.quorum(row["quorum"])]
        if row["recused"]:
            names = _(", ").join(self.words.short(one["who"]) for one in row["recused"])
            notes.append(_("Stepped out: %(names)s") % {"names": names})
        return {
            "title": _("%(place)s. %(text)s")
            % {"place": show_number(place), "text": show_local(row["text"])},
            "notes": [note for note in notes if note],
            "votes": [self._vote(one) for one in votes],
            "resolutions": [self._resolution(one) for one in resolutions],
        }

    def _vote(self, row: Row) -> Row:
        return {
            "question": show_local(row["question"]),
            "line": self.words.vote(row),
            "names": self.words.ballots(row) if self.long else [],
        }

    def _resolution(self, row: Row) -> Row:
        def own(part: str) -> list[Row]:
            return [one for one in self.content[part] if one["resolution"] == row["id"]]

        return {
            "number": self.words.number(row),
            "text": show_local(row["text"]),
            "votes": [self._vote(one) for one in own("votes")],
            "dissents": [
                _("%(who)s dissents: %(text)s")
                % {"who": self.words.short(one["who"]), "text": isolate(one["text"])}
                for one in own("dissents")
            ],
            "actions": [
                [
                    show_local(one["text"]),
                    self.words.who(one["owner"]) if one["owner"] else _("nobody yet"),
                    self.words.due(one),
                ]
                for one in own("actions")
            ],
        }

    def _statements(self) -> list[list[str]]:
        return [
            [self.words.who(row["who"]), show_local(row["text"])]
            for row in self.content["statements"]
        ]


def _of(rows: Sequence[Row], *statuses: str) -> list[Row]:
    return [row for row in rows if row["status"] in statuses]
