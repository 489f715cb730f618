"""Every write of this room, one verb a function."""

from .elevations import elevate, end_elevation, end_run_out_elevations
from .erasing import erase_user
from .invitations import accept_as_new, accept_as_user, invite, require_may_invite, withdraw
from .passwords import change_password, make_password_link, use_password_link
from .tokens import NewToken, TokenFields, digest_of, make_token, note_use, revoke_token
from .users import (
    change_profile,
    create_administrator,
    deactivate,
    give_elevation,
    make_user,
    note_sign_in,
    reactivate,
    withdraw_elevation,
)

__all__ = [
    "NewToken",
    "TokenFields",
    "accept_as_new",
    "accept_as_user",
    "change_password",
    "change_profile",
    "create_administrator",
    "deactivate",
    "digest_of",
    "elevate",
    "end_elevation",
    "end_run_out_elevations",
    "erase_user",
    "give_elevation",
    "invite",
    "make_password_link",
    "make_token",
    "make_user",
    "note_sign_in",
    "note_use",
    "reactivate",
    "require_may_invite",
    "revoke_token",
    "use_password_link",
    "withdraw",
    "withdraw_elevation",
]
