"""How a meeting went, as its record says it: who came, who stepped out, how it was voted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Aggregate, F, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat

from diwan.councils.models import Attendance, Ballot, Meeting, Vote


@dataclass(frozen=True)
class Voted:
    """A vote; `said` is what each seat said where names were called."""

    vote: Vote
    said: Mapping[UUID, str]


@dataclass(frozen=True)
class Conduct:
    """Who came (`rows`), who stepped out of which item and why, votes, and dissents with words.

    `recused` and `dissents` are by item and by resolution, then by seat (its attendance).
    """

    rows: Sequence[Attendance] = ()
    recused: Mapping[UUID, Mapping[UUID, str]] = field(default_factory=dict)
    votes: Sequence[Voted] = ()
    dissents: Mapping[UUID, Mapping[UUID, str]] = field(default_factory=dict)

    @property
    def post_ids(self) -> set[UUID]:
        """The posts that it names."""
        named = {row.post_id for row in self.rows} | {row.deputy_post_id for row in self.rows}
        return {pk for pk in named if pk is not None}

    @property
    def at_large(self) -> bool:
        """Whether something was voted on that names neither an item nor a resolution."""
        return any(_at_large(one.vote) for one in self.votes)

    def only(
        self, items: Collection[UUID], resolutions: Collection[UUID], *, whole: bool
    ) -> Conduct:
        """What belongs to these items and resolutions, or to the meeting as a whole.

        Unless these are all of the meeting's (`whole`), what was voted on at large is left out:
        it cannot be told from what is kept from the reader.
        """
        return Conduct(
            self.rows,
            {pk: seats for pk, seats in self.recused.items() if pk in items},
            [
                one
                for one in self.votes
                if _of(one.vote, items, resolutions) and (whole or not _at_large(one.vote))
            ],
            {pk: notes for pk, notes in self.dissents.items() if pk in resolutions},
        )


def _at_large(vote: Vote) -> bool:
    return vote.item_id is None and vote.resolution_id is None


def _of(vote: Vote, items: Collection[UUID], resolutions: Collection[UUID]) -> bool:
    item = vote.item_id is None or vote.item_id in items
    return item and (vote.resolution_id is None or vote.resolution_id in resolutions)


# Two questions, each with what hangs on its rows joined to them: the page has others to ask.


def conduct_of(meeting: Meeting) -> Conduct:
    """How a meeting went, in two questions; one where nobody took attendance."""
    joined = Attendance.objects.filter(meeting=meeting).annotate(
        out_of=F("recusals__item"),
        out_why=F("recusals__reason"),
        against=F("dissents__resolution"),
        words=F("dissents__text"),
    )
    rows: dict[UUID, Attendance] = {}
    recused: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    dissents: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    for row in joined.order_by("position", "id"):
        rows[row.pk] = row
        if row.out_of is not None:
            recused[row.out_of][row.pk] = row.out_why
        if row.against is not None:
            dissents[row.against][row.pk] = row.words
    if not rows:
        return Conduct()
    closed = Vote.objects.filter(meeting=meeting, closed_at__isnull=False)
    return Conduct(list(rows.values()), recused, votes_of(closed), dissents)


class _Listed(Aggregate):
    """Texts of many rows in one, apart by commas; each database calls it by a name of its own."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, ',')"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """SQLite's name for it."""
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **extra)


def votes_of(rows: QuerySet[Vote]) -> list[Voted]:
    """Votes in their order with what was said in them, in one question.

    The ballots come as one text a vote: sixty votes of two hundred seats are twelve thousand.
    """
    ballot = Concat(Cast("attendance_id", TextField()), Value(":"), F("choice"))
    ballots = Ballot.objects.filter(vote=OuterRef("pk")).order_by().values("vote")
    told = rows.annotate(ballots_told=Subquery(ballots.annotate(all=_Listed(ballot)).values("all")))
    return [Voted(vote, _read(vote.ballots_told)) for vote in told.order_by("opened_at", "id")]


def _read(told: str | None) -> dict[UUID, str]:
    pairs = (pair.split(":", 1) for pair in told.split(",")) if told else ()
    return {UUID(seat): choice for seat, choice in pairs}
