"""What a record is joined with, in both directions, and joining it with another.

The other record is named by its official number or by words, without a script: one match is taken,
several come back to choose from. What the actor may not see is neither shown nor found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from diwan.kernel import exchange, links, search
from diwan.kernel.errors import NotFound, Refused, Sentence
from diwan.kernel.exchange import Card, Ref
from diwan.kernel.links import JOINING, Verb
from diwan.kernel.models import Link
from diwan.kernel.policies import Actor
from diwan.kernel.search import Asked
from diwan.ui.components import Tag
from diwan.ui.finding import choices
from diwan.ui.show import show_digits, show_local, show_number
from diwan.ui.trails import COMMON_FIELDS

SHOWN = 12


@dataclass(frozen=True)
class Relation:
    """A verb in one direction: `outgoing` where this record is its source."""

    verb: Verb
    outgoing: bool

    @property
    def name(self) -> str:
        """As forms and the audit name it."""
        return self.verb.value if self.outgoing else JOINING[self.verb].backwards

    @property
    def words(self) -> Sentence:
        """As pages say it."""
        return COMMON_FIELDS[self.name]


# What carries a record out comes first: it says whether it is done.
RELATIONS = tuple(
    Relation(verb, outgoing) for outgoing in (False, True) for verb in Verb if verb in JOINING
)
BY_NAME = {relation.name: relation for relation in RELATIONS}


@dataclass(frozen=True)
class Joined:
    """One record that this one is joined with."""

    card: Card
    kind: Sentence
    tag: Tag | None
    part_url: str = ""


@dataclass(frozen=True)
class Group:
    """All records of one relation; `summary` says how many of them are done."""

    heading: Sentence
    rows: Sequence[Joined]
    summary: str = ""


@dataclass(frozen=True)
class Linked:
    """What stands on a record's page. `join_url` is where another is joined, for who may."""

    groups: Sequence[Group]
    join_url: str = ""


def linked_on(actor: Actor, ref: Ref, *, writes: bool) -> Linked:
    """What a record is joined with, as far as `actor` may see it; `writes`: may write the record.

    One question for the links, and for those there are one a kind.
    """
    rows: dict[Relation, list[tuple[Link, Ref]]] = {relation: [] for relation in RELATIONS}
    for link in links.links_of(ref):
        if link.verb in JOINING:
            outgoing = (link.source_kind, link.source_id) == (ref.kind, ref.id)
            other = _target(link) if outgoing else Ref(link.source_kind, link.source_id)
            rows[Relation(Verb(link.verb), outgoing)].append((link, other))
    others = [other for found in rows.values() for _link, other in found]
    cards = exchange.cards(others, actor) if others else {}
    done = links.settled_of(cards)
    groups = []
    for relation, found in rows.items():
        joining = JOINING[relation.verb]
        mine = writes and (relation.outgoing or joining.by_target or joining.by_both)
        shown = [
            Joined(
                cards[other],
                _kind(other),
                _tag(cards[other], done),
                _part_url(link, ref, mine=mine),
            )
            for link, other in found
            if other in cards
        ]
        groups.append(Group(relation.words, shown, _summary(relation, shown, done)))
    url = reverse("ui:join", args=[ref.kind, ref.id]) if writes else ""
    return Linked([group for group in groups if group.rows], url)


def _target(link: Link) -> Ref:
    return Ref(link.target_kind, link.target_id)


def _summary(relation: Relation, rows: Sequence[Joined], done: dict[Ref, bool]) -> str:
    """How much of what carries a record out is done."""
    counted = [done[row.card.ref] for row in rows if row.card.ref in done]
    if not counted or relation != Relation(Verb.CARRIES_OUT, outgoing=False):
        return ""
    words = ngettext("%(done)s of %(n)s is done", "%(done)s of %(n)s are done", len(counted))
    return words % {"done": show_number(sum(counted)), "n": show_number(len(counted))}


def _kind(ref: Ref) -> Sentence:
    subject = exchange.subject_of(ref.kind)
    return subject.name if subject else ""


def _tag(card: Card, done: dict[Ref, bool]) -> Tag | None:
    return Tag(str(card.state), "done" if done.get(card.ref) else "quiet") if card.state else None


def _part_url(link: Link, ref: Ref, *, mine: bool) -> str:
    return reverse("ui:part", args=[ref.kind, ref.id, link.pk]) if mine else ""


class JoinForm(forms.Form):
    """How a record is joined with which other."""

    relation = forms.ChoiceField(
        label=gettext_lazy("This record"),
        choices=[("", gettext_lazy("Choose…")), *((each.name, each.words) for each in RELATIONS)],
    )
    words = forms.CharField(
        label=gettext_lazy("The other record"),
        max_length=200,
        help_text=gettext_lazy("Its official number, or words of its title."),
    )
    target = forms.ChoiceField(
        label=gettext_lazy("Which one?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Several records are called so; choose the one that is meant.")
        },
    )

    def __init__(self, data: Any, *, actor: Actor, ref: Ref) -> None:
        super().__init__(data)
        self.found: dict[str, Card] = {}
        words = str(self.data.get("words", "")).strip() if self.is_bound else ""
        if words:
            self.found = {_key(card): card for card in candidates(actor, ref, words)}
        if len(self.found) > 1:
            choices(self, "target", [(key, _label(card)) for key, card in self.found.items()])
        else:
            del self.fields["target"]

    def clean(self) -> dict[str, Any]:
        """Find the one that is meant; several are offered."""
        data = super().clean() or self.cleaned_data
        if "words" not in data:
            return data
        if not self.found:
            sentence = _(
                "Nothing that can be linked and that you may see is called so; write its official "
                "number or other words of its title."
            )
            self.add_error("words", sentence)
        elif len(self.found) == 1:
            data["card"] = next(iter(self.found.values()))
        elif data.get("target"):
            data["card"] = self.found[data["target"]]
        return data

    def ends(self, ref: Ref) -> tuple[Ref, Verb, Ref]:
        """Source, verb and target, seen from `ref`."""
        relation = BY_NAME[self.cleaned_data["relation"]]
        other: Ref = self.cleaned_data["card"].ref
        pair = (ref, other) if relation.outgoing else (other, ref)
        return pair[0], relation.verb, pair[1]


def candidates(actor: Actor, ref: Ref, words: str) -> list[Card]:
    """The records that may be meant by a number or some words, the best of each kind first."""
    found: list[Card] = []
    for kind in links.linkable_kinds():
        hits = search.find(Asked(words, kind=kind, size=SHOWN, literal=True), actor).hits
        found += [hit.card for hit in hits if hit.ref != ref]
    return found[:SHOWN]


def _key(card: Card) -> str:
    return f"{card.ref.kind}:{card.ref.id}"


def _label(card: Card) -> str:
    parts = [show_digits(card.number), show_local(card.title), _kind(card.ref)]
    return " · ".join(str(part) for part in parts if part)


def record_to_join(actor: Actor, kind: str, pk: UUID) -> Card:
    """The record whose page is asked for. Raises NotFound, and Forbidden for who may not write."""
    ref = Ref(kind, pk)
    declared = links.linkable(kind)
    card = exchange.cards([ref], actor).get(ref)
    if declared is None or card is None:
        raise NotFound
    declared.require_write(pk, actor)
    return card


def not_theirs(card: Card) -> Refused:
    """The refusal where a link would be another's word."""
    sentence = _("That is for those to say who may write “%(title)s”; ask them to link it.")
    return Refused(sentence % {"title": show_local(card.title)}, field="words")
