"""What the directory lays on a handover sheet: who stands below, who stands in, earlier needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from diwan.directory.constants import POST, Role
from diwan.directory.models import Handover, Holding, UnitVersion
from diwan.directory.policies import authority_of, posts_in
from diwan.directory.queries.names import post_names, shown_instant
from diwan.directory.queries.posts import HolderCard, PostCard, post_cards
from diwan.kernel.errors import Sentence
from diwan.kernel.exchange import (
    HandoverLine,
    HandoverQuestion,
    HandoverSection,
    Ref,
    declare_handover,
)
from diwan.ui.show import show_local

HOLDING = "directory.holding"
NEED = "directory.need"
RECENT = timedelta(days=730)


def stand_below(question: HandoverQuestion) -> Iterator[HandoverLine]:
    """For a head: the other posts of the unit, and the heads of the units right below it."""
    authority = authority_of(question.actor)
    if question.unit_id not in authority.units(Role.HEAD):
        return
    under = UnitVersion.objects.as_of(authority.day).filter(parent=question.unit_id)
    units = list(under.order_by("unit_id").values_list("unit_id", flat=True))
    posts = posts_in([question.unit_id, *units])
    cards = post_cards(posts.keys() - {question.post_id}, question.at)
    place = {pk: number for number, pk in enumerate((question.unit_id, *units))}
    for card in sorted(cards.values(), key=lambda one: (place[one.unit_id], one.post_id)):
        own = card.unit_id == question.unit_id
        if not card.ended and (own or Role.HEAD in card.roles):
            yield _below(card)


def _below(card: PostCard) -> HandoverLine:
    return HandoverLine(
        ref=Ref(POST, card.post_id),
        title=card.name,
        url=reverse("directory:post", args=[card.post_id]),
        source=show_local(card.unit_name),
        state="" if card.holders else gettext_lazy("vacant"),
        people={holder.person_id: _how(holder, card.country) for holder in card.holders},
    )


def _how(holder: HolderCard, country: str) -> Sentence:
    """How somebody holds a post where it is not fully and for good."""
    if holder.kind == Holding.Kind.FULL and holder.until_at is None:
        return ""
    kind = Holding.Kind(holder.kind).label
    if holder.until_at is None:
        return kind
    until = shown_instant(holder.until_at, country)
    return _("%(how)s, until %(when)s") % {"how": kind, "when": until}


def stand_in(question: HandoverQuestion) -> Iterator[HandoverLine]:
    """Who stands in, now or later, for a leave of somebody who holds this post."""
    rows = (
        Holding.objects.known()
        .filter(post=question.post_id, kind=Holding.Kind.DEPUTY, until_at__gt=question.at)
        .select_related("post__unit")
        .order_by("since_at", "pk")
    )
    cards = post_cards([question.post_id], question.at)
    for row in rows:
        country = row.post.unit.country
        words = _("from %(since)s until %(until)s") % {
            "since": shown_instant(row.since_at, country) if row.since_at else "…",
            "until": shown_instant(row.until_at, country) if row.until_at else "…",
        }
        yield HandoverLine(
            ref=Ref(HOLDING, row.pk),
            title=cards[question.post_id].name,
            url=reverse("directory:post", args=[question.post_id]),
            people={row.person_id: words},
        )


def needed_before(question: HandoverQuestion) -> Iterator[HandoverLine]:
    """What was named as still needed when the post passed the time before.

    For a head also at the last handover of each other post of the unit, within two years.
    """
    passed = Q(to_post=question.post_id)
    if question.unit_id in authority_of(question.actor).units(Role.HEAD):
        recent = Q(at__gt=question.at - RECENT)
        passed |= Q(to_post__unit=question.unit_id) & recent
    rows = Handover.objects.filter(passed, at__lt=question.at).select_related("register")
    last: dict[UUID, Handover] = {}
    for row in rows.order_by("-at", "-pk").prefetch_related("needs"):
        last.setdefault(row.to_post_id, row)
    names = post_names(last, authority_of(question.actor).day)
    for row in sorted(last.values(), key=lambda one: one.to_post_id != question.post_id):
        yield from _needed(row, show_local(names.get(row.to_post_id, {})))


def _needed(row: Handover, post: str) -> Iterator[HandoverLine]:
    when = shown_instant(row.at, row.register.country) if row.at else ""
    for need in row.needs.all():
        yield HandoverLine(
            ref=Ref(NEED, need.pk),
            title=need.text,
            url=reverse("directory:handover", args=[row.pk]),
            source=post,
            state=_("named on %(when)s") % {"when": when},
        )


def declare_sections() -> None:
    """Declare what the directory lays on a sheet."""
    below = pgettext_lazy("handover sheet", "Who stands below")
    declare_handover(HandoverSection("directory.below", below, 50, stand_below))
    leave = gettext_lazy("Deputies during a leave")
    declare_handover(HandoverSection("directory.deputies", leave, 60, stand_in))
    needs = gettext_lazy("Named as needed at the handover before")
    declare_handover(HandoverSection("directory.needs", needs, 70, needed_before))
