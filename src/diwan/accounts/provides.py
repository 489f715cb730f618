"""What accounts gives to the exchange."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from diwan.accounts.actions import end_run_out_elevations
from diwan.accounts.actions.keeping import forget_invitations, forget_sessions
from diwan.accounts.actions.notices import declare_kinds
from diwan.accounts.constants import USER_KIND
from diwan.accounts.models import User
from diwan.accounts.policies import users
from diwan.kernel import exchange, jobs, notices, search
from diwan.kernel.api.callers import SCOPES
from diwan.kernel.calendars import Calendar
from diwan.kernel.erasing import declare_erasure
from diwan.kernel.errors import Sentence
from diwan.kernel.exchange import Card, Ref
from diwan.kernel.notices import Contact
from diwan.kernel.policies import Actor
from diwan.kernel.retention import declare_retention
from diwan.kernel.search import CLOSED, Texts


class UserSubject:
    """Users as strangers show them."""

    kind = USER_KIND
    name: Sentence = _("user")
    verbs: Mapping[str, Sentence] = {
        "make": _("made the account"),
        "change_profile": _("changed the account"),
        "choose_notices": _("chose how to be told"),
        "change_password": _("changed the password"),
        "make_password_link": _("made a link for a new password"),
        "use_password_link": _("chose a new password by a link"),
        "sign_in": _("signed in"),
        "deactivate": _("switched the account off"),
        "erase": _("erased the personal data"),
        "reactivate": _("switched the account on again"),
        "give_elevation": _("gave the right to act with all rights"),
        "withdraw_elevation": _("took back the right to act with all rights"),
        "elevate": _("began to act with all rights"),
        "end_elevation": _("ended acting with all rights"),
        "make_token": _("made a token for programs"),
        "revoke_token": _("revoked a token for programs"),
    }
    fields: Mapping[str, Sentence] = {
        "name": _("Name"),
        "login": _("E-mail or mobile number"),
        "language": _("Language"),
        "calendar": _("Calendar"),
        "is_active": _("In use"),
        "may_elevate": _("Administrator"),
        "until_at": _("Until"),
        "ended_at": _("Ended"),
        "token": _("Token"),
        "scopes": _("May be used to"),
    }
    choices: Mapping[str, Mapping[str, Sentence]] = {
        "language": {"fa": "فارسی", "ar": "العربية", "en": "English"},
        "calendar": {"jalali": _("Jalali"), "hijri": _("Hijri"), "gregorian": _("Gregorian")},
        "scopes": SCOPES,
    }

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of users whom the actor may see."""
        rows = users.which(actor, "see", User.objects.filter(pk__in=ids))
        return {user.pk: _card(user) for user in rows}


def _card(user: User) -> Card:
    return Card(
        ref=Ref(USER_KIND, user.pk),
        title={user.language or "fa": str(user)},
        url=reverse("accounts:user", args=[user.pk]),
        state="" if user.is_active else _("switched off"),
    )


def contacts(ids: Iterable[UUID]) -> dict[UUID, Contact]:
    """Users as notices reach them."""
    return {
        user.pk: Contact(
            user_id=user.pk,
            name=str(user),
            login=user.login,
            language=user.language,
            calendar=Calendar(user.calendar) if user.calendar else None,
            active=user.is_active,
        )
        for user in User.objects.filter(pk__in=set(ids))
    }


def user_texts(ids: Sequence[UUID]) -> Iterator[Texts]:
    """Users by name and sign-in name; administrators find them."""
    for user in User.objects.filter(pk__in=ids):
        names = [user.name] if user.name else []
        yield Texts(user.pk, user.made_at.date(), CLOSED, names, [user.login])


def declare() -> None:
    """Declare everything; called once when Django starts."""
    exchange.declare_subject(UserSubject())
    search.declare_source(
        search.Source(
            USER_KIND,
            _("Users"),
            user_texts,
            User.objects.get_queryset,
            search.seen_by(users),
            list_url="accounts:users",
            elevated=True,
        )
    )
    notices.declare_contacts(contacts)
    declare_kinds()
    declare_erasure(USER_KIND, notices.erase_user)
    jobs.every_minute("accounts.elevations", end_run_out_elevations)
    declare_retention("accounts.sessions", _("ended sessions"), 1, forget_sessions)
    declare_retention(
        "accounts.invitations",
        _("invitations that were withdrawn or ran out"),
        365,
        forget_invitations,
    )
