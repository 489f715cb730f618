"""What members propose: who stands behind it, and how many signatures it still lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast
from uuid import UUID

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from diwan.councils.models import Body, Bylaws, Endorsement, Meeting, Membership, Proposal
from diwan.councils.policies import PROPOSALS, day_of
from diwan.councils.rules.proposals import lacking
from diwan.directory.public import PostCard, post_cards
from diwan.kernel.policies import Actor

from .own_seats import VOTING, OwnSeat, own_seats

SETTLED_SHOWN = 30
OPEN_SHOWN = 100


def proposing_seats(actor: Actor, body: Body) -> list[OwnSeat]:
    """The actor's seats in a body that propose and sign; advisers, observers and guests do not."""
    return [seat for seat in own_seats(actor, body, day_of(actor)) if seat.votes]


def still_seated(day: date) -> Exists:
    """True of a signature whose seat still decides in the body on a day.

    Of a unit's seat the head signed: it counts while the post is one of that unit.
    """
    seats = Membership.objects.as_of(day).filter(
        Q(post=OuterRef("post"))
        | Q(post_pattern=OuterRef("post__pattern"))
        | Q(unit=OuterRef("post__unit"))
        | Q(lineage=OuterRef("seat")),
        body=OuterRef("proposal__body"),
        role__in=VOTING,
    )
    return Exists(seats)


def with_signatures(rows: QuerySet[Proposal], day: date) -> QuerySet[Proposal]:
    """Proposals with how many signed (`signed`) and how many their body demands (`needed`).

    Signatures of seats that left the body stay under it, and do not count.
    """
    given = Endorsement.objects.filter(still_seated(day), proposal=OuterRef("pk"))
    signed = given.order_by().values("proposal")
    needed = Bylaws.objects.filter(body=OuterRef("body")).values("signatures")
    return rows.annotate(
        signed=Coalesce(
            Subquery(signed.annotate(n=Count("pk")).values("n")), 0, output_field=IntegerField()
        ),
        needed=Coalesce(Subquery(needed), 1, output_field=IntegerField()),
    )


def ready(day: date) -> QuerySet[Proposal]:
    """Proposals that have gathered their signatures and wait for the secretary's word."""
    rows = Proposal.objects.filter(state=Proposal.State.OPEN)
    return with_signatures(rows, day).filter(Q(signed__gte=F("needed")))


def with_ready(bodies: QuerySet[Body], day: date) -> QuerySet[Body]:
    """Bodies with how many proposals wait for their secretary (`ready_of`); no question more."""
    rows = Proposal.objects.filter(body=OuterRef("pk"), pk__in=ready(day).values("pk"))
    counted = rows.order_by().values("body").annotate(n=Count("pk")).values("n")
    return bodies.annotate(
        ready=Coalesce(Subquery(counted), 0, output_field=IntegerField()),
    )


def ready_of(body: Body) -> int:
    """How many proposals wait for the secretary, of a body of `with_ready`."""
    return cast("int", getattr(body, "ready"))  # noqa: B009 - a column of the question


def signed_of(proposal: Proposal) -> int:
    """How many signed a proposal of `with_signatures`."""
    return cast("int", getattr(proposal, "signed"))  # noqa: B009 - a column of the question


def needed_of(proposal: Proposal) -> int:
    """How many signatures its body demands, of a proposal of `with_signatures`."""
    return cast("int", getattr(proposal, "needed"))  # noqa: B009 - as above


@dataclass(frozen=True)
class Signer:
    """Who signed: a post with who holds it now, or a named seat; `seated`: it still decides."""

    seat: UUID
    name: Mapping[str, str]
    card: PostCard | None = None
    seated: bool = True


@dataclass(frozen=True)
class Proposed:
    """A proposal, who signed it (the proposer first), and what it still lacks."""

    proposal: Proposal
    signers: Sequence[Signer]
    needed: int

    @property
    def signed(self) -> int:
        """The signatures that count."""
        return sum(signer.seated for signer in self.signers)

    @property
    def lacking(self) -> int:
        """The signatures that are still lacking."""
        return lacking(self.signed, self.needed)


@dataclass(frozen=True)
class Proposals:
    """What is proposed to a body: what still gathers or waits, and what was settled lately."""

    open: Sequence[Proposed]
    settled: Sequence[Proposed]

    @property
    def ready(self) -> int:
        """How many wait for the secretary's word."""
        return sum(not each.lacking for each in self.open)


def proposals_of(actor: Actor, body: Body) -> Proposals:
    """What the actor may see of a body's proposals, those with the most signatures first."""
    rows = with_signatures(Proposal.objects.filter(body=body), day_of(actor))
    rows = PROPOSALS.which(actor, "see", rows)
    rows = rows.select_related("item__meeting__body")
    still = Q(state=Proposal.State.OPEN)
    open_ = list(rows.filter(still).order_by(F("signed").desc(), "made_at", "pk")[:OPEN_SHOWN])
    settled = list(rows.exclude(still).order_by("-made_at", "-pk")[:SETTLED_SHOWN])
    signers = _signers([*open_, *settled], actor)
    found = {
        row.pk: Proposed(row, signers.get(row.pk, ()), needed_of(row)) for row in [*open_, *settled]
    }
    return Proposals([found[row.pk] for row in open_], [found[row.pk] for row in settled])


def _signers(rows: Iterable[Proposal], actor: Actor) -> dict[UUID, list[Signer]]:
    """Who signed each of the proposals, in the order in which they did."""
    given = Endorsement.objects.filter(proposal__in=[row.pk for row in rows])
    signatures = list(given.annotate(seated=still_seated(day_of(actor))))
    cards = post_cards({one.post_id for one in signatures if one.post_id}, actor.at)
    named = seat_names({one.seat for one in signatures if not one.post_id})
    found: dict[UUID, list[Signer]] = defaultdict(list)
    for one in signatures:
        card = cards.get(one.post_id) if one.post_id else None
        name = card.name if card else named.get(one.seat, {})
        found[one.proposal_id].append(Signer(one.seat, name, card, one.seated))
    return found


def seat_names(lineages: Iterable[UUID]) -> dict[UUID, Mapping[str, str]]:
    """What named seats and partners' seats are called; no question where there are none."""
    wanted = set(lineages)
    if not wanted:
        return {}
    rows = Membership.objects.known().filter(lineage__in=wanted).select_related("partner")
    return {row.lineage: row.partner.name if row.partner else row.seat or {} for row in rows}


def meetings_to_come(body: Body) -> list[Meeting]:
    """The planned meetings of a body, the soonest first."""
    rows = Meeting.objects.filter(body=body, state=Meeting.State.PLANNED)
    return list(rows.select_related("body__unit").order_by("date", "starts", "pk")[:20])
