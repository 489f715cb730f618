"""Reads of this room; each says who asks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from diwan.accounts.constants import USER_KIND, VISIT_OVER
from diwan.accounts.models import Elevation, Invitation, Token, User, Visit
from diwan.accounts.policies import (
    may_invite,
    posts_for_tokens,
    require_elevation,
    target_of,
    users,
)
from diwan.kernel.api.callers import SCOPES
from diwan.kernel.errors import NotFound, Refused, Sentence
from diwan.kernel.models import Notice, NoticeState
from diwan.kernel.policies import Actor

LISTED_INVITATIONS = 300
LISTED_DAYS = 90


def user_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of users by identifier; unknown ones are left out. Whoever may see the record may."""
    rows = User.objects.filter(pk__in=set(ids)).only("id", "name", "login")
    return {user.pk: str(user) for user in rows}


def users_of(ids: Iterable[UUID]) -> dict[UUID, User]:
    """Users by identifier, for pages that were allowed to show them."""
    return User.objects.in_bulk(set(ids))


def last_visit(user_id: UUID, at: datetime) -> datetime | None:
    """When the user's visit before the present one ended; None if this is the first. For home."""
    visit = Visit.objects.filter(user=user_id).first()
    if visit is None:
        return None
    return visit.last_at if visit.last_at < at - VISIT_OVER else visit.before_at


def one_user(actor: Actor, user_id: UUID) -> User:
    """A user whom the actor may see: themself, or any while elevated. Raises NotFound."""
    user = users.which(actor, "see", User.objects.filter(pk=user_id)).first()
    if user is None:
        raise NotFound
    return user


def listed_users(actor: Actor, tokens: Sequence[str], *, state: str = "") -> QuerySet[User]:
    """Users for the administrators' list, by name. `state` is on, off, administrators or empty.

    Raises NotFound without elevation.
    """
    require_elevation(actor)
    found = User.objects.get_queryset().matching(tokens).order_by("name", "id")
    conditions = {
        "on": Q(is_active=True),
        "off": Q(is_active=False),
        "administrators": Q(may_elevate=True),
    }
    return found.filter(conditions.get(state, Q()))


def user_counts(actor: Actor) -> dict[str, int]:
    """How many users there are in each state of `listed_users`."""
    require_elevation(actor)
    return User.objects.aggregate(
        all=Count("pk"),
        on=Count("pk", filter=Q(is_active=True)),
        off=Count("pk", filter=Q(is_active=False)),
        administrators=Count("pk", filter=Q(may_elevate=True)),
    )


def running_elevation(user_id: UUID, elevation_id: object, at: datetime) -> Elevation | None:
    """The elevation of that identifier, if it is this user's and gives rights at `at`."""
    try:
        known = UUID(str(elevation_id))
    except ValueError:
        return None
    of_user = Elevation.objects.filter(pk=known, user_id=user_id, user__may_elevate=True)
    return of_user.running(at).first()


@dataclass(frozen=True)
class InvitationLine:
    """An invitation as the list shows it."""

    invitation: Invitation
    label: dict[str, str]
    maker: str
    guest: str
    open: bool


def listed_invitations(actor: Actor) -> list[InvitationLine]:
    """Invitations of the last 90 days, and open ones, to whatever the actor may invite to.

    The newest first, 300 at most. Links to choose a password are not among them.
    """
    recent = Q(made_at__gt=actor.at - timedelta(days=LISTED_DAYS)) | Q(expires_at__gt=actor.at)
    rows = (
        Invitation.objects.exclude(target_kind=USER_KIND)
        .filter(recent)
        .order_by("-made_at", "-id")[:LISTED_INVITATIONS]
    )
    allowed: dict[tuple[str, UUID], bool] = {}
    shown = []
    for row in rows:
        target = (row.target_kind, row.target_id)
        if target not in allowed:
            allowed[target] = may_invite(actor, *target)
        if allowed[target]:
            shown.append(row)
    names = user_names(i for row in shown for i in (row.made_by, row.accepted_by_id) if i)
    return [
        InvitationLine(
            invitation=row,
            label=target_label(row.target_kind, row.target_id),
            maker=names.get(row.made_by, "") if row.made_by else "",
            guest=names.get(row.accepted_by_id, "") if row.accepted_by_id else "",
            open=row.is_open(actor.at),
        )
        for row in shown
    ]


def target_label(kind: str, target_id: UUID) -> dict[str, str]:
    """What an invitation is to, in its languages; empty once the record is gone."""
    try:
        return dict(target_of(kind).label(target_id))
    except NotFound:
        return {}


def require_open_invitation(
    token: str, at: datetime, *, password: bool = False, lock: bool = False
) -> Invitation:
    """The invitation of a token that may be accepted at `at`; `password`: to choose a password.

    Whoever has the token may ask. Raises Refused with the sentence that says why it is over.
    """
    rows = Invitation.objects.select_for_update() if lock else Invitation.objects.all()
    digest = hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
    found = rows.filter(token_sha256=digest).first()
    if found is None or (found.target_kind == USER_KIND) != password:
        raise Refused(_("This link is not known. Copy it whole, or ask for a new one."))
    if found.accepted_at is not None:
        raise Refused(_("This link has been used already. Sign in, or ask for a new one."))
    if found.withdrawn_at is not None:
        raise Refused(_("This link was withdrawn. Ask whoever invited you for a new one."))
    if at >= found.expires_at:
        raise Refused(_("This link is too old. Ask whoever invited you for a new one."))
    return found


def notices_to(actor: Actor) -> QuerySet[Notice]:
    """What the signed-in user was told, the newest first; collected ones by what they collect.

    Raises NotFound where nobody is signed in.
    """
    if actor.user_id is None:
        raise NotFound
    rows = Notice.objects.filter(user_id=actor.user_id).exclude(state=NoticeState.SKIPPED)
    return rows.filter(carried_by=None).order_by("-told_at", "-id")


@dataclass(frozen=True)
class TokenLine:
    """A token in its owner's list; `post` is the name of the post it is bound to."""

    token: Token
    state: str
    scopes: Sequence[Sentence]
    post: str = ""


def own_tokens(actor: Actor) -> list[TokenLine]:
    """The actor's tokens, those in force first, the newest before."""
    if actor.user_id is None:
        return []
    posts = dict(posts_for_tokens(actor))
    rows = Token.objects.filter(user_id=actor.user_id).order_by("-made_at", "-id")
    lines = [
        TokenLine(
            token=row,
            state=row.state(actor.at),
            scopes=[SCOPES[scope] for scope in row.scopes if scope in SCOPES],
            post=posts.get(row.post_id, _("a post that you do not hold any more"))
            if row.post_id
            else "",
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: line.state != "in_force")


def own_token(actor: Actor, token_id: UUID) -> Token:
    """A token of the actor's own. Raises NotFound."""
    mine = Q(user_id=actor.user_id) if actor.user_id else Q(pk__in=[])
    found = Token.objects.filter(mine, pk=token_id).first()
    if found is None:
        raise NotFound
    return found
