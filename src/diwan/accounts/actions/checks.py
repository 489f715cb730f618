"""What several actions ask of their input; each refusal is one sentence at its field."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diwan.accounts.constants import LANGUAGES, USER_KIND
from diwan.accounts.models import User
from diwan.accounts.rules import UnclearLogin, normal_login
from diwan.kernel.calendars import to_digits
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.reader import current
from diwan.kernel.text import clean, isolate, search_key

LONGEST_NAME = 200


class NewUser(NamedTuple):
    """What somebody types who gets an account."""

    login: str
    name: str
    password: str


def user_ref(user: User) -> Ref:
    """The audit's subject for a user."""
    return Ref(USER_KIND, user.pk)


def read_login(typed: str) -> str:
    """The normalised sign-in name. Raises Refused where it is neither address nor number."""
    try:
        return normal_login(typed)
    except UnclearLogin as error:
        raise Refused(
            _("Write an e-mail address such as %(address)s, or a mobile number such as %(number)s.")
            % {
                "address": isolate("name@example.org"),
                "number": to_digits("09123456789", current().language),
            },
            field="login",
        ) from error


def read_name(typed: str, language: str = "") -> str:
    """The name as it is stored. Raises Refused where it is empty or too long."""
    name = " ".join(clean(typed, language).split())
    if not name:
        raise Refused(_("Write the name as others should read it."), field="name")
    if len(name) > LONGEST_NAME:
        raise Refused(_("This name is too long; shorten it."), field="name")
    return name


def read_language(typed: str) -> str:
    """The language of the interface, empty for none chosen. Raises Refused for another."""
    if typed and typed not in LANGUAGES:
        raise Refused(_("Choose Persian, Arabic or English."), field="language")
    return typed


def read_reason(typed: str) -> str:
    """The reason as it is stored. Raises Refused where none was given."""
    reason = clean(typed)
    if not reason:
        raise Refused(_("Write the reason; it stays in the record."), field="reason")
    return reason


def check_password(password: str, user: User) -> None:
    """Raise Refused, naming every weakness, where `password` is too easy to guess for `user`."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        sentence = " ".join(_weakness(each) for each in error.error_list)
        raise Refused(sentence, field="password") from error


def _weakness(error: ValidationError) -> str:
    if error.code == "password_too_short":
        least = int((error.params or {}).get("min_length", 10))
        return ngettext(
            "The password is too short: at least %(n)s character.",
            "The password is too short: at least %(n)s characters.",
            least,
        ) % {"n": to_digits(least, current().language)}
    if error.code == "password_too_similar":
        return _("The password is too much like the name or the sign-in name.")
    if error.code == "password_too_common":
        return _("This password is among those that are guessed first; choose another.")
    return " ".join(error.messages)


def search_of(name: str, login: str) -> str:
    """The search key of a user."""
    return search_key(name, login, login.replace("@", " "))
