"""How a user wants to be told, and what this room tells by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from diwan.accounts.policies import users
from diwan.accounts.rules import is_mobile
from diwan.kernel import notices
from diwan.kernel.errors import Refused
from diwan.kernel.models import Channel, NoticeWishes
from diwan.kernel.policies import Actor

from .checks import read_login, user_ref
from .users import locked


@dataclass(frozen=True)
class Wishes:
    """What somebody chose: addresses as typed, quiet hours, and channel and pace of each group."""

    email: str
    mobile: str
    quiet_since: time
    quiet_until: time
    quiet_email: bool
    working_days: bool
    choices: Mapping[str, tuple[str, str]]


@transaction.atomic
def choose_notices(actor: Actor, user_id: UUID, wishes: Wishes) -> None:
    """Keep how the user wants to be told. Raises NotFound for another's account.

    Raises Refused for an address that is none, or for a channel without an address.
    """
    user = locked(user_id)
    through = users.require(actor, "change", user)
    email, mobile = _email(wishes.email), _mobile(wishes.mobile)
    reachable = {
        Channel.EMAIL.value: email or not is_mobile(user.login),
        Channel.SMS.value: mobile or is_mobile(user.login),
        Channel.NONE.value: True,
    }
    for channel, _pace in wishes.choices.values():
        if not reachable.get(channel):
            field = "mobile" if channel == Channel.SMS else "email"
            raise Refused(_("Write the address to which this should go."), field=field)
    row = NoticeWishes(
        pk=user.pk,
        email=email,
        mobile=mobile,
        quiet_since=wishes.quiet_since,
        quiet_until=wishes.quiet_until,
        quiet_email=wishes.quiet_email,
        working_days=wishes.working_days,
    )
    notices.choose(actor, user_ref(user), wishes=row, choices=wishes.choices, through=through)


def _email(typed: str) -> str:
    found = _read(typed, "email")
    if is_mobile(found):
        raise Refused(
            _("This is a mobile number; here an e-mail address is wanted."), field="email"
        )
    return found


def _mobile(typed: str) -> str:
    found = _read(typed, "mobile")
    if found and not is_mobile(found):
        raise Refused(
            _("This is an e-mail address; here a mobile number is wanted."), field="mobile"
        )
    return found


def _read(typed: str, field: str) -> str:
    if not typed.strip():
        return ""
    try:
        return read_login(typed)
    except Refused as refusal:
        raise Refused(refusal.sentence, field=field) from refusal
