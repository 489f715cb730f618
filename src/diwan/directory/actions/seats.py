"""No more hold a post than it has seats: asked before every write, under a lock on the post.

SQLite begins each transaction as its only writer; PostgreSQL locks the post's row and, for posts
with one seat, has an exclusion constraint besides.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diwan.directory.models import Holding, Post, PostVersion
from diwan.directory.queries.names import shown_instant, shown_person, shown_post
from diwan.directory.rules.seats import ALWAYS_SINCE, ALWAYS_UNTIL, Term, overfull_at
from diwan.kernel.errors import Refused
from diwan.kernel.working import today_in
from diwan.ui.show import show_number

from .base import day_start
from .lines import Line


def locked_post(post_id: UUID) -> Post:
    """The post's row, locked until the transaction ends: appointments come one after another."""
    return (
        Post.objects.select_for_update(of=("self",), no_key=True)
        .select_related("unit")
        .get(pk=post_id)
    )


def check_seats(
    post: Post, *, adding: Holding | None = None, instead_of: Holding | None = None
) -> None:
    """Raise Refused, naming post, instant and holders, where more hold it than it has seats.

    `adding` is a holding about to be stored, `instead_of` the one it takes the place of: asked
    before the write, so that the sentence can name who holds the seat.
    """
    known = Holding.objects.known().filter(post=post, kind=Holding.Kind.FULL)
    rows = [row for row in known if instead_of is None or row.pk != instead_of.pk]
    if adding is not None and adding.kind == Holding.Kind.FULL:
        rows.append(adding)
    held = [Term(row.since_at or ALWAYS_SINCE, row.until_at or ALWAYS_UNTIL) for row in rows]
    at = overfull_at(held, seat_terms(post))
    if at is None:
        return
    names = [shown_person(row.person_id) for row in rows if _held_at(row, at)]
    raise Refused(seats_sentence(post, at, names), field="post")


def _held_at(row: Holding, at: datetime) -> bool:
    return (row.since_at or ALWAYS_SINCE) <= at < (row.until_at or ALWAYS_UNTIL)


def seats_sentence(post: Post, at: datetime, names: list[str]) -> str:
    """Who would hold the post at once, from when, and what would be right."""
    country = post.unit.country
    day = date.min if at == ALWAYS_SINCE else today_in(country, at)
    seats = next(
        (
            s.values["seats"]
            for s in Line(PostVersion, post.pk).stretches
            if s.since <= day < s.until
        ),
        1,
    )
    when = _("the beginning of the record") if at == ALWAYS_SINCE else shown_instant(at, country)
    return ngettext(
        "“%(post)s” has %(seats)s seat, but from %(when)s on these would hold it fully: %(names)s. "
        "End a holding first, or appoint as acting.",
        "“%(post)s” has %(seats)s seats, but from %(when)s on these would hold it fully: "
        "%(names)s. End a holding first, or appoint as acting.",
        seats or 1,
    ) % {
        "post": shown_post(post.pk, day),
        "seats": show_number(seats or 1),
        "when": when,
        "names": _(", ").join(names),
    }


def seat_terms(post: Post) -> list[Term]:
    """How many seats the post had when, by the instants at which its days begin."""
    country = post.unit.country
    return [
        Term(
            since=ALWAYS_SINCE if s.since == date.min else day_start(s.since, country),
            until=ALWAYS_UNTIL if s.until == date.max else day_start(s.until, country),
            seats=s.values["seats"],
        )
        for s in Line(PostVersion, post.pk).stretches
    ]


def is_single(post: Post, since_at: datetime | None, until_at: datetime | None) -> bool:
    """True if the post has one seat at some time within [since_at, until_at)."""
    since, until = since_at or ALWAYS_SINCE, until_at or ALWAYS_UNTIL
    return any(
        term.seats == 1 and term.since < until and since < term.until for term in seat_terms(post)
    )


def refresh_single(post: Post) -> None:
    """Repeat on the post's holdings whether it has one seat, after its seats changed."""
    for row in Holding.objects.known().filter(post=post):
        single = is_single(post, row.since_at, row.until_at)
        if row.single != single:
            Holding.objects.filter(pk=row.pk).update(single=single)


@contextmanager
def seat_taken_refused(post: Post, at: datetime | None) -> Iterator[None]:
    """Turn the database's refusal of a second full holder into the sentence for the form."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "holding_one_full" not in str(error):
            raise
        raise Refused(seats_sentence(post, at or ALWAYS_SINCE, []), field="post") from error
