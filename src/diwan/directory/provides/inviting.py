"""A user is invited to act for a person of the register; a token is bound to a post of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from diwan.directory.actions.people import join
from diwan.directory.models import Person
from diwan.directory.policies import authority_of, person_policy
from diwan.directory.queries.names import person_names
from diwan.directory.queries.posts import post_cards
from diwan.kernel.errors import NotFound
from diwan.kernel.policies import Actor
from diwan.kernel.text import isolate
from diwan.ui.show import show_local


class PersonTarget:
    """People without a user; see `accounts.public.InvitationTarget`."""

    def label(self, target_id: UUID) -> Mapping[str, str]:
        """The person's name. Raises NotFound."""
        names = person_names([target_id])
        if target_id not in names:
            raise NotFound
        return names[target_id]

    def may_invite(self, actor: Actor, target_id: UUID) -> bool:
        """True for those above every post that the person holds, as long as nobody is joined."""
        people = Person.objects.filter(pk=target_id, user__isnull=True)
        return person_policy.which(actor, "invite", people).exists()

    def accept(self, actor: Actor, target_id: UUID, user_id: UUID) -> None:
        """Join the guest to the person. Raises Refused where one of them is joined already."""
        del actor  # the guest needs no right of their own; the acceptance is audited by accounts
        join(target_id, user_id)


def posts_for_tokens(actor: Actor) -> list[tuple[UUID, str]]:
    """The posts that the actor holds, each with its unit."""
    held = authority_of(actor).post_ids
    cards = post_cards(held, actor.at)
    return [
        (pk, f"{isolate(show_local(cards[pk].name))} · {isolate(show_local(cards[pk].unit_name))}")
        for pk in held
    ]
