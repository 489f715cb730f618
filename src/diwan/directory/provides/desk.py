"""What the directory puts on desks: vacant posts for heads, handovers for both sides."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Q, Window
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from diwan.directory.constants import HANDOVER, LANGUAGES, POST, UNIT, Role
from diwan.directory.models import Handover
from diwan.directory.policies import authority_of, below
from diwan.directory.queries.names import TextMap, person_names, post_names
from diwan.directory.queries.posts import PostCard, post_cards
from diwan.directory.queries.signing import own_person, waits_for_signature
from diwan.directory.queries.vacancy import vacant_in
from diwan.kernel.exchange import DeskItem, DeskQuestion, Ref, Waiting
from diwan.kernel.text import local
from diwan.kernel.working import today_in
from diwan.ui.show import show_moment, show_number

SHOWN_APART = 3  # more vacant posts than these stand on a desk as one item


def in_all_languages(make: Callable[[], str]) -> TextMap:
    """The same words in every language, for a title."""
    found = {}
    for language in LANGUAGES:
        with translation.override(language):
            found[language] = make()
    return found


def vacant_posts_below(question: DeskQuestion) -> list[DeskItem]:
    """Posts of the asked units that nobody holds: each its own item while they are few.

    An imported register may have hundreds; they are one item that leads to the list of them.
    """
    if not question.unit_ids and not question.under_ids:
        return []
    day = authority_of(question.actor).day
    units = Q(unit_id__in=question.unit_ids)
    if question.under_ids:
        units |= Q(unit_id__in=below(question.under_ids, day))
    vacant = vacant_in(units, question.at, day).order_by("post_id")
    rows = list(vacant.values_list("post_id", Window(Count("post_id")))[:SHOWN_APART])
    count = rows[0][1] if rows else 0
    if count > SHOWN_APART:
        return [_many_vacant(question, count)]
    cards = post_cards([pk for pk, _count in rows], question.at)
    return [_vacant(cards[pk]) for pk, _count in rows]


def _vacant(card: PostCard) -> DeskItem:
    return DeskItem(
        ref=Ref(POST, card.post_id),
        post_id=card.post_id,
        unit_id=card.unit_id,
        waiting=Waiting.VACANT,
        title=card.name,
        url=reverse("directory:post", args=[card.post_id]),
        step=gettext_lazy("Appoint somebody"),
        step_url=reverse("directory:appoint", args=[card.post_id]),
        source=local(card.unit_name, translation.get_language() or "en")[0],
        state=gettext_lazy("vacant"),
    )


def _many_vacant(question: DeskQuestion, count: int) -> DeskItem:
    headed = authority_of(question.actor).units(Role.HEAD)
    asked = question.under_ids or question.unit_ids
    unit_id: UUID = min(headed & asked or asked)
    url = f"{reverse('directory:posts')}?{urlencode({'state': 'vacant', 'unit': unit_id})}"
    return DeskItem(
        ref=Ref(UNIT, unit_id),
        post_id=None,
        unit_id=unit_id,
        waiting=Waiting.VACANT,
        title=in_all_languages(
            lambda: (
                ngettext("%(n)s vacant post", "%(n)s vacant posts", count)
                % {"n": show_number(count)}
            )
        ),
        url=url,
        step=gettext_lazy("See vacant posts"),
        step_url=url,
        state=gettext_lazy("vacant"),
        count=count,
    )


def handovers_at_hand(question: DeskQuestion) -> list[DeskItem]:
    """Handovers of the asked posts still to come, and sheets that wait for the own signature.

    Who hands over and holds no post any more finds the sheet among what waits for their word.
    """
    person_id = _signer(question)
    if not question.post_ids and person_id is None:
        return []
    posts = list(question.post_ids)
    wanted = Q(from_post__in=posts) | Q(to_post__in=posts)
    wanted &= Q(at__gt=question.at)
    if person_id is not None:
        wanted |= waits_for_signature(person_id, question.at)
    rows = list(
        Handover.objects.filter(wanted)
        .select_related("from_post__unit", "to_post__unit")
        .order_by("at", "pk")
    )
    if not rows:
        return []
    names = post_names({row.from_post_id for row in rows}, question.at.date())
    people = person_names({row.to_person_id for row in rows if row.to_person_id})
    return [
        _to_sign(row, person_id, names)
        if row.settled_at is not None and row.at is not None and row.at <= question.at
        else _to_come(row, question, names, people)
        for row in rows
    ]


def _signer(question: DeskQuestion) -> UUID | None:
    """Whose signatures are asked for: the actor's, on the desk of all their posts, once."""
    held = frozenset(authority_of(question.actor).post_ids)
    if held:
        return own_person(question.actor) if question.post_ids >= held else None
    return own_person(question.actor) if question.as_secretary else None


def _to_sign(row: Handover, person_id: UUID | None, names: dict[UUID, TextMap]) -> DeskItem:
    """The sheet on the desk of one side."""
    takes = row.to_person_id == person_id
    post_id = row.to_post_id if takes else row.from_post_id
    return DeskItem(
        ref=Ref(HANDOVER, row.pk),
        post_id=post_id,
        unit_id=row.to_post.unit_id if takes else row.from_post.unit_id,
        waiting=Waiting.SIGN,
        title=handover_title(names.get(row.from_post_id, {})),
        url=reverse("directory:handover", args=[row.pk]),
        step=gettext_lazy("Sign the handover sheet"),
        step_url=reverse("directory:sign_handover", args=[row.pk]),
        state=_("passed on %(when)s") % {"when": show_moment(row.at)},
        since_at=row.settled_at,
    )


def _to_come(
    row: Handover,
    question: DeskQuestion,
    names: dict[UUID, TextMap],
    people: dict[UUID, TextMap],
) -> DeskItem:
    url = reverse("directory:handover", args=[row.pk])
    post_id = row.from_post_id if row.from_post_id in question.post_ids else row.to_post_id
    language = translation.get_language() or "en"
    successor = people.get(row.to_person_id, {}) if row.to_person_id else {}
    return DeskItem(
        ref=Ref(HANDOVER, row.pk),
        post_id=post_id,
        unit_id=row.from_post.unit_id,
        waiting=Waiting.PREPARE,
        title=handover_title(names.get(row.from_post_id, {})),
        url=url,
        step=gettext_lazy("Prepare the handover"),
        step_url=url,
        source=_("to %(person)s") % {"person": local(successor, language)[0]} if successor else "",
        state=_("passes on %(when)s") % {"when": show_moment(row.at)} if row.at else "",
        due=today_in(row.from_post.unit.country, row.at) if row.at else None,
        since_at=row.made_at,
    )


def handover_title(post_name: TextMap) -> TextMap:
    """“Handover: Director”, in every language, the post's name in the nearest to it."""

    def title() -> str:
        post = local(post_name, translation.get_language() or "en")[0]
        return _("Handover: %(post)s") % {"post": post}

    return in_all_languages(title)
