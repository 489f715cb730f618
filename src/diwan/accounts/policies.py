"""Who may what with users, and who may invite whom.

A user sees and changes their own account; everything else here is an elevated administrator's.
Whom somebody may invite is answered by the room that the invitation's target belongs to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from django.db.models import Q

from diwan.accounts.models import User
from diwan.kernel.errors import NotFound
from diwan.kernel.policies import Actor, Policy, Through

NOBODY = Q(pk__in=[])


class UserPolicy(Policy[User]):
    """See and change oneself; the rest is for an elevation."""

    model = User

    def scope(self, actor: Actor, verb: str) -> Q:
        """`see` and `change` reach oneself, `manage` and `make` nobody without elevation."""
        if verb in {"see", "change"} and actor.user_id is not None:
            return Q(pk=actor.user_id)
        return NOBODY


users = UserPolicy()


def require_elevation(actor: Actor) -> Through:
    """The running elevation. Raises NotFound without one: these pages are nobody else's."""
    if not actor.elevated:
        raise NotFound
    return Through(elevation_id=actor.elevation_id)


PostChoices = Callable[[Actor], Sequence[tuple[UUID, str]]]
_post_choices: list[PostChoices] = []


def declare_posts_for_tokens(choices: PostChoices) -> None:
    """Declare which posts a token may be bound to: identifier and name of those held."""
    if choices not in _post_choices:
        _post_choices.append(choices)


def posts_for_tokens(actor: Actor) -> list[tuple[UUID, str]]:
    """The posts to which the actor may bind a token."""
    return [choice for choices in _post_choices for choice in choices(actor)]


class InvitationTarget(Protocol):
    """What a room declares for a kind of record that a user can be invited to act for."""

    def label(self, target_id: UUID) -> Mapping[str, str]:
        """What the guest reads they are invited to, in its languages. Raises NotFound."""
        ...

    def may_invite(self, actor: Actor, target_id: UUID) -> bool:
        """True if `actor` may invite somebody to act for the record."""
        ...

    def accept(self, actor: Actor, target_id: UUID, user_id: UUID) -> None:
        """Join the user to the record, inside the acceptance's transaction.

        The invitation was checked before: `actor` is the guest and needs no right of their own.
        Raises Refused (nothing is stored then) where the record cannot take them any more.
        """
        ...


_targets: dict[str, InvitationTarget] = {}


def declare_invitation_target(kind: str, target: InvitationTarget) -> None:
    """Declare that users can be invited to act for records of `kind` (a subject kind)."""
    _targets[kind] = target


def target_of(kind: str) -> InvitationTarget:
    """What was declared for `kind`. Raises NotFound for a kind that nobody declared."""
    try:
        return _targets[kind]
    except KeyError as error:
        raise NotFound from error


def may_invite(actor: Actor, kind: str, target_id: UUID) -> bool:
    """True if `actor` may invite somebody to act for the record."""
    if actor.elevated:
        return True
    return kind in _targets and _targets[kind].may_invite(actor, target_id)
