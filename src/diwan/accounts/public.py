"""What higher floors may use of accounts."""

from diwan.accounts.constants import USER_KIND
from diwan.accounts.models import User
from diwan.accounts.policies import (
    InvitationTarget,
    declare_invitation_target,
    declare_posts_for_tokens,
    may_invite,
)
from diwan.accounts.queries import last_visit, user_names, users_of
from diwan.accounts.rules import UnclearLogin, normal_login

from .actions import create_administrator, invite, make_user, withdraw
from .actions.again import recently_signed_in, signed_in_again, typed_before
from .actions.callers import TokenCaller, caller_by_secret
from .actions.checks import NewUser
from .actions.erasing import erase_invitations_to, erase_user
from .actions.links import NewLink
from .actions.visits import note_visit

__all__ = [
    "USER_KIND",
    "InvitationTarget",
    "NewLink",
    "NewUser",
    "TokenCaller",
    "UnclearLogin",
    "User",
    "caller_by_secret",
    "create_administrator",
    "declare_invitation_target",
    "declare_posts_for_tokens",
    "erase_invitations_to",
    "erase_user",
    "invite",
    "last_visit",
    "make_user",
    "may_invite",
    "normal_login",
    "note_visit",
    "recently_signed_in",
    "signed_in_again",
    "typed_before",
    "user_names",
    "users_of",
    "withdraw",
]
