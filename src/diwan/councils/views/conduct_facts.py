"""How a meeting went, in words: who came, who stepped out, how was it voted, who dissented."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diwan.councils.models import Attendance, Ballot, Vote
from diwan.councils.models.bodies import Role
from diwan.councils.models.bylaws import Majority, MajorityOf
from diwan.councils.queries.attendance import CAME
from diwan.councils.queries.conduct import Conduct, Voted
from diwan.directory.public import PostCard
from diwan.kernel.text import isolate
from diwan.ui.components import Tag
from diwan.ui.show import show_local, show_number

from .shared import post_words

Status = Attendance.Status


@dataclass(frozen=True)
class Names:
    """How the seats of a meeting are called; without `people` by their posts alone."""

    cards: Mapping[UUID, PostCard]
    people: bool = True

    def post(self, row: Attendance) -> str:
        """The post of a seat with its unit; nothing where the seat is a name alone."""
        card = self.cards.get(row.post_id) if row.post_id else None
        return post_words(card) if card else ""

    def who(self, row: Attendance) -> str:
        """Who sat there: a person, else the post."""
        post = self.post(row)
        if row.name and (self.people or not post):
            return isolate(show_local(row.name)) if self._told(row) else _("a guest")
        return post or _("a seat")

    def both(self, row: Attendance) -> str:
        """Person and post."""
        who, post = self.who(row), self.post(row)
        if not post or who == post:
            return who
        return _("%(who)s (%(post)s)") % {"who": who, "post": post}

    def deputy(self, row: Attendance) -> str:
        """Who came for a seat; nothing where nobody did."""
        if row.status != Status.DEPUTY:
            return ""
        card = self.cards.get(row.deputy_post_id) if row.deputy_post_id else None
        if row.deputy_name and self.people:
            return isolate(show_local(row.deputy_name))
        return post_words(card) if card else _("a deputy")

    def _told(self, row: Attendance) -> bool:
        """A guest's name is for who is signed in; a named seat is no person's name."""
        return self.people or row.lineage is not None


def is_guest(row: Attendance) -> bool:
    """Whether somebody was written down who has no seat in the body."""
    return row.role == Role.GUEST


@dataclass(frozen=True)
class Group:
    """Those of one state: who, and what is said besides."""

    title: str
    people: Sequence[tuple[str, str]]


TITLES = (
    (Status.PRESENT, lambda n: ngettext("%(n)s present", "%(n)s present", n)),
    (Status.DEPUTY, lambda n: ngettext("%(n)s by a deputy", "%(n)s by deputies", n)),
    (Status.EXCUSED, lambda n: ngettext("%(n)s excused", "%(n)s excused", n)),
    (Status.ABSENT, lambda n: ngettext("%(n)s absent", "%(n)s absent", n)),
    (Status.EXPECTED, lambda n: ngettext("%(n)s not said", "%(n)s not said", n)),
)


def attendance_groups(
    rows: Sequence[Attendance], names: Names, *, notes: bool = False
) -> list[Group]:
    """Who was there and who was not; guests who came stand at the end."""
    seats = [row for row in rows if not is_guest(row)]
    found = []
    for status, words in TITLES:
        people = [_person(row, names, notes=notes) for row in seats if row.status == status]
        if people:
            found.append(Group(_counted(words, len(people)), people))
    guests = [_person(row, names, notes=notes) for row in rows if is_guest(row) and _came(row)]
    if guests:
        count = _counted(lambda n: ngettext("%(n)s guest", "%(n)s guests", n), len(guests))
        found.append(Group(count, guests))
    return found


def _counted(words: Any, n: int) -> str:
    return str(words(n)) % {"n": show_number(n)}


def _came(row: Attendance) -> bool:
    return row.status in CAME


def _person(row: Attendance, names: Names, *, notes: bool) -> tuple[str, str]:
    said = []
    deputy = names.deputy(row)
    if deputy:
        said.append(_("by %(deputy)s") % {"deputy": deputy})
    if notes and row.note:
        said.append(isolate(row.note))
    return names.both(row), _(", ").join(said)


@dataclass(frozen=True)
class Part:
    """One part of a vote's picture: where it begins and how wide it is, in hundredths."""

    name: str
    x: str
    width: str


@dataclass(frozen=True)
class VoteRow:
    """A closed vote: question, result, numbers in words and as a picture, names where called."""

    vote: Vote
    tag: Tag
    numbers: str
    rule: str
    quorum: str
    parts: Sequence[Part]
    need: str
    names: Sequence[tuple[str, str]]


def vote_rows(votes: Iterable[Voted], rows: Sequence[Attendance], names: Names) -> list[VoteRow]:
    """Votes in their order."""
    called = {row.pk: names.who(row) for row in rows}
    return [_vote_row(one.vote, one.said, called) for one in votes]


def _vote_row(vote: Vote, said: Mapping[UUID, str], called: Mapping[UUID, str]) -> VoteRow:
    whole = max(vote.present, vote.threshold, 1)
    tag = Tag(_("carried"), "done") if vote.carried else Tag(_("not carried"), "late", "x")
    return VoteRow(
        vote=vote,
        tag=tag,
        numbers=vote_numbers(vote),
        rule=rule_words(vote),
        quorum="" if vote.present >= vote.needed else _no_quorum(vote),
        parts=_parts(vote, whole),
        need=f"{100 * vote.threshold / whole:.2f}",
        names=_said(said, called),
    )


def vote_numbers(vote: Vote) -> str:
    """How many said what."""
    told = [
        (vote.in_favour, ngettext("%(n)s in favour", "%(n)s in favour", vote.in_favour)),
        (vote.against, ngettext("%(n)s against", "%(n)s against", vote.against)),
        (vote.abstained, ngettext("%(n)s abstained", "%(n)s abstained", vote.abstained)),
    ]
    silent = vote.present - vote.in_favour - vote.against - vote.abstained
    if silent:
        told.append((silent, ngettext("%(n)s said nothing", "%(n)s said nothing", silent)))
    return _(", ").join(words % {"n": show_number(n)} for n, words in told)


def rule_words(vote: Vote) -> str:
    """By which rule it was counted, and how many were needed."""
    words = {
        "method": str(Vote.Method(vote.method).label),
        "rule": majority_words(vote.majority, vote.majority_of),
        "n": show_number(vote.threshold),
    }
    said = ngettext(
        "%(method)s; %(rule)s: %(n)s vote was needed",
        "%(method)s; %(rule)s: %(n)s votes were needed",
        vote.threshold,
    )
    return said % words


def majority_words(majority: str, of: str) -> str:
    """A majority in words."""
    rule = str(Majority(majority).label)
    if majority == Majority.SIMPLE:
        return rule
    return _("%(share)s of %(whole)s") % {"share": rule, "whole": str(MajorityOf(of).label)}


def _no_quorum(vote: Vote) -> str:
    return _("No quorum: %(present)s were in the room, %(needed)s were needed.") % {
        "present": show_number(vote.present),
        "needed": show_number(vote.needed),
    }


def _parts(vote: Vote, whole: int) -> list[Part]:
    counted = (("for", vote.in_favour), ("against", vote.against), ("abstain", vote.abstained))
    parts, begun = [], 0
    for name, n in counted:
        if n:
            parts.append(Part(name, f"{100 * begun / whole:.2f}", f"{100 * n / whole:.2f}"))
        begun += n
    return parts


def _said(said: Mapping[UUID, str], called: Mapping[UUID, str]) -> list[tuple[str, str]]:
    """Who said what in a roll call, in the order of the table."""
    found = []
    for choice in Ballot.Choice:
        people = [who for pk, who in called.items() if said.get(pk) == choice]
        if people:
            found.append((str(choice.label), _(", ").join(people)))
    return found


@dataclass(frozen=True)
class ConductRows:
    """What a meeting's page shows of how it went.

    `out` is by agenda item: who stepped out, with the reason where it may be read; `by_item`,
    `by_resolution` and `others` are its votes; `dissents` by resolution.
    """

    groups: Sequence[Group]
    out: Mapping[UUID, Sequence[tuple[str, str]]]
    by_item: Mapping[UUID, Sequence[VoteRow]]
    by_resolution: Mapping[UUID, Sequence[VoteRow]]
    others: Sequence[VoteRow]
    dissents: Mapping[UUID, Sequence[tuple[str, str]]]


def conduct_rows(conduct: Conduct, names: Names, *, runs: bool) -> ConductRows:
    """How a meeting went, ready to be shown; reasons and notes only for who runs it."""
    seats = {row.pk: row for row in conduct.rows}
    rows = vote_rows(conduct.votes, conduct.rows, names)
    by_item: dict[UUID, list[VoteRow]] = {}
    by_resolution: dict[UUID, list[VoteRow]] = {}
    others = []
    for row in rows:
        if row.vote.resolution_id is not None:
            by_resolution.setdefault(row.vote.resolution_id, []).append(row)
        elif row.vote.item_id is not None:
            by_item.setdefault(row.vote.item_id, []).append(row)
        else:
            others.append(row)
    return ConductRows(
        groups=attendance_groups(conduct.rows, names, notes=runs),
        out={
            item: [(names.who(seats[pk]), isolate(why) if runs else "") for pk, why in out.items()]
            for item, out in conduct.recused.items()
        },
        by_item=by_item,
        by_resolution=by_resolution,
        others=others,
        dissents={
            pk: [(names.who(seats[seat]), text) for seat, text in notes.items()]
            for pk, notes in conduct.dissents.items()
        },
    )
