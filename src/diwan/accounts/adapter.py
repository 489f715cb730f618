"""What allauth asks of us: no open sign-up, our own sentences, the sign-in in the audit."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from diwan.accounts.actions import note_sign_in
from diwan.accounts.models import User
from diwan.kernel.policies import Actor


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Sign-in by one name and a password; users come by invitation alone."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _(
            "Name and password don't fit together, or there is no such account. "
            "Look at the keyboard's language and try again."
        ),
        "too_many_login_attempts": _(
            "Too many attempts. Wait five minutes, or ask your administrator for a link to choose "
            "a new password."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        """Nobody makes their own account."""
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        """Begin the session and write it down."""
        super().login(request, user)
        note_sign_in(Actor.user(user.pk, str(user)), user.pk)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The first page in the user's language."""
        language = getattr(request.user, "language", "") or get_language()
        return f"/{language}/"

    def respond_user_inactive(
        self,
        request: HttpRequest,  # noqa: ARG002 - allauth's signature
        user: User,  # noqa: ARG002 - as above
    ) -> HttpResponse:
        """Say that the account is switched off."""
        return HttpResponseRedirect(reverse("accounts:switched_off"))

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: the page that follows shows who is signed in."""
