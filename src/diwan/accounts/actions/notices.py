"""What this room tells by notice: links that sign somebody in, and news of the password."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diwan.accounts.constants import USER_KIND
from diwan.accounts.models import User
from diwan.kernel import notices
from diwan.kernel.exchange import Ref
from diwan.kernel.notices import Telling, Words
from diwan.ui.show import show_local, show_moment

from .checks import user_ref
from .links import NewLink

INVITATION = "accounts.invitation"
PASSWORD_LINK = "accounts.password_link"  # noqa: S105 - the name of a notice
PASSWORD_CHANGED = "accounts.password_changed"  # noqa: S105 - the name of a notice
SIGNED_IN = "accounts.signed_in"
SIGN_INS = "accounts.sign_ins"


def declare_kinds() -> None:
    """Declare what this room tells; called once when Django starts."""
    declare = notices.declare_kind
    notices.declare_group(SIGN_INS, gettext_lazy("Each time you sign in"), wanted=False)
    declare(INVITATION, label=gettext_lazy("an invitation"), write=_invitation, secret=True)
    declare(
        PASSWORD_LINK,
        label=gettext_lazy("a link for a new password"),
        write=_password_link,
        secret=True,
    )
    declare(PASSWORD_CHANGED, label=gettext_lazy("a changed password"), write=_password_changed)
    declare(SIGNED_IN, label=gettext_lazy("a sign-in"), write=_signed_in, group=SIGN_INS)


def tell_invitation(address: str, link: NewLink, label: Mapping[str, str]) -> None:
    """Send the link to the address it was made for; part of the action that made it."""
    data = {"token": link.token, "label": dict(label), "expires": link.invitation.expires_at}
    target = Ref(link.invitation.target_kind, link.invitation.target_id)
    notices.tell_address(INVITATION, address, target, data)


def tell_password_link(user: User, link: NewLink) -> None:
    """Send the link to whom it lets choose a new password."""
    data = {"token": link.token, "expires": link.invitation.expires_at}
    notices.tell(PASSWORD_LINK, [user.pk], user_ref(user), data)


def tell_password_changed(user: User) -> None:
    """Tell the owner of an account that its password is another one now."""
    notices.tell(PASSWORD_CHANGED, [user.pk], user_ref(user), {"at": timezone.now()})


def tell_sign_in(user: User) -> None:
    """Tell who wants to hear of it that somebody signed in as them."""
    if SIGN_INS not in notices.choices_of(user.pk):
        return
    notices.tell(SIGNED_IN, [user.pk], user_ref(user), {"at": timezone.now()})


def _invitation(telling: Telling) -> Words:
    name = show_local(telling.data["label"])
    return Words(
        _("You are invited to act as %(name)s") % {"name": name},
        [_("The link works once, until %(at)s.") % {"at": _moment(telling, "expires")}],
        step=_("Accept the invitation"),
        url=reverse("accounts:join", args=[telling.data["token"]]),
    )


def _password_link(telling: Telling) -> Words:
    return Words(
        _("Choose a new password"),
        [_("The link works once, until %(at)s.") % {"at": _moment(telling, "expires")}],
        step=_("Choose it"),
        url=reverse("accounts:new_password", args=[telling.data["token"]]),
    )


def _password_changed(telling: Telling) -> Words:
    return Words(
        _("The password of your account was changed"),
        [
            _("This happened on %(at)s.") % {"at": _moment(telling, "at")},
            _("If that was not you, tell your administrator at once."),
        ],
        step=_("See what was done with your account"),
        url=reverse("ui:trail", args=[USER_KIND, telling.ref.id]),
    )


def _signed_in(telling: Telling) -> Words:
    return Words(
        _("Somebody signed in as you"),
        [
            _("This happened on %(at)s.") % {"at": _moment(telling, "at")},
            _("If that was not you, change your password at once."),
        ],
        step=_("Change the password"),
        url=reverse("accounts:password"),
    )


def _moment(telling: Telling, name: str) -> str:
    return show_moment(datetime.fromisoformat(telling.data[name]))
