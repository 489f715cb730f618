"""Users: made, changed by themselves, switched off and on, made administrators."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from diwan.accounts.models import Elevation, Token, User
from diwan.accounts.policies import require_elevation, users
from diwan.kernel import audit
from diwan.kernel.dated import CALENDARS
from diwan.kernel.errors import Conflict, NotFound, Refused
from diwan.kernel.exchange import Fact, publish
from diwan.kernel.policies import Actor, Through

from .checks import (
    NewUser,
    check_password,
    read_language,
    read_login,
    read_name,
    read_reason,
    search_of,
    user_ref,
)
from .notices import tell_sign_in


@transaction.atomic
def make_user(
    actor: Actor, *, login: str, name: str, password: str | None = None, language: str = ""
) -> User:
    """Make a user; without a password they need a link to choose one.

    For administrators and the system; guests get theirs by an invitation. Raises Refused for a
    sign-in name that is taken or none, an empty name, a weak password.
    """
    through = require_elevation(actor)
    user = _new_user(login, name, language)
    _set_first_password(user, password)
    _insert(user)
    _record_making(actor, user, through=through)
    return user


@transaction.atomic
def create_administrator(actor: Actor, *, login: str, name: str, password: str) -> User:
    """Make a user who may take an elevation: the first administrator, by the command line.

    Raises Refused as `make_user` does.
    """
    through = require_elevation(actor)
    user = _new_user(login, name, "")
    user.may_elevate = True
    _set_first_password(user, password)
    _insert(user)
    _record_making(actor, user, through=through)
    return user


def make_guest(actor: Actor, new: NewUser, *, language: str) -> tuple[User, Actor]:
    """Make the user of somebody who accepts an invitation; gives them as an actor, too.

    Part of the acceptance, which checked the invitation and holds the transaction.
    """
    user = _new_user(new.login, new.name, language)
    _set_first_password(user, new.password)
    _insert(user)
    guest = Actor.user(user.pk, user.name, at=actor.at)
    _record_making(guest, user)
    return user, guest


@transaction.atomic
def change_profile(actor: Actor, user_id: UUID, *, name: str, language: str, calendar: str) -> User:
    """Change a name, and the language and calendar one reads in (empty: by the page's language)."""
    user = locked(user_id)
    through = users.require(actor, "change", user)
    before = audit.values_of(user, ["name", "language", "calendar"])
    user.language = read_language(language)
    user.name = read_name(name, user.language)
    if calendar and calendar not in {value for value, _label in CALENDARS}:
        raise Refused(_("Choose one of the calendars of the list."), field="calendar")
    user.calendar = calendar
    user.search = search_of(user.name, user.login)
    changes = audit.differences(before, audit.values_of(user, ["name", "language", "calendar"]))
    if not changes:
        return user
    user.save(update_fields=["name", "language", "calendar", "search"])
    personal = {"name": changes.pop("name")} if "name" in changes else {}
    audit.record(
        actor, "change_profile", user_ref(user), changes=changes, personal=personal, through=through
    )
    return user


@transaction.atomic
def deactivate(actor: Actor, user_id: UUID, *, reason: str) -> User:
    """Switch a user off: no sign-in, every session, elevation and token ends at once.

    What they hold in the directory stays; it is ended there. Raises Refused for oneself and for
    the last administrator.
    """
    through = require_elevation(actor)
    user = locked(user_id)
    why = read_reason(reason)
    if not user.is_active:
        raise Conflict(_("This account is switched off already."))
    if user.pk == actor.user_id:
        raise Refused(_("Nobody switches off their own account; ask another administrator."))
    spare_the_last_administrator(user)
    user.is_active = False
    user.session_round = F("session_round") + 1
    user.save(update_fields=["is_active", "session_round"])
    _end_elevations(actor, user)
    Token.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=actor.at)
    audit.record(
        actor,
        "deactivate",
        user_ref(user),
        changes={"is_active": [True, False]},
        reason=why,
        through=through,
    )
    publish(Fact("accounts.user_deactivated", user_ref(user), actor, actor.at))
    return locked(user_id)


@transaction.atomic
def reactivate(actor: Actor, user_id: UUID, *, reason: str) -> User:
    """Switch a user on again; they sign in anew."""
    through = require_elevation(actor)
    user = locked(user_id)
    why = read_reason(reason)
    if user.is_active:
        raise Conflict(_("This account is in use already."))
    if user.erased_at is not None:
        raise Refused(_("The personal data of this user were erased; the account stays closed."))
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit.record(
        actor,
        "reactivate",
        user_ref(user),
        changes={"is_active": [False, True]},
        reason=why,
        through=through,
    )
    return user


def give_elevation(actor: Actor, user_id: UUID, *, reason: str) -> User:
    """Let a user take elevations: they become an administrator."""
    return _set_may_elevate(actor, user_id, "give_elevation", reason, may=True)


def withdraw_elevation(actor: Actor, user_id: UUID, *, reason: str) -> User:
    """Take the right to elevate back; an elevation that runs ends. Raises Refused for the last."""
    return _set_may_elevate(actor, user_id, "withdraw_elevation", reason, may=False)


@transaction.atomic
def note_sign_in(actor: Actor, user_id: UUID) -> None:
    """Write that a user signed in, so that they and administrators can see when."""
    user = locked(user_id)
    through = users.require(actor, "change", user)
    audit.record(actor, "sign_in", user_ref(user), through=through)
    tell_sign_in(user)


def locked(user_id: UUID) -> User:
    """The user's row, locked until the transaction ends. Raises NotFound."""
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return user


@transaction.atomic
def _set_may_elevate(actor: Actor, user_id: UUID, verb: str, reason: str, *, may: bool) -> User:
    through = require_elevation(actor)
    user = locked(user_id)
    why = read_reason(reason)
    if user.may_elevate == may:
        raise Conflict(
            _("This user may elevate already.") if may else _("This user may not elevate anyway.")
        )
    if not may:
        spare_the_last_administrator(user)
    user.may_elevate = may
    user.save(update_fields=["may_elevate"])
    if not may:
        _end_elevations(actor, user)
    audit.record(
        actor,
        verb,
        user_ref(user),
        changes={"may_elevate": [not may, may]},
        reason=why,
        through=through,
    )
    return user


def _new_user(login: str, name: str, language: str) -> User:
    """A user not yet stored, with everything but the password."""
    chosen = read_language(language)
    user = User(login=read_login(login), name=read_name(name, chosen), language=chosen)
    user.search = search_of(user.name, user.login)
    return user


def _set_first_password(user: User, password: str | None) -> None:
    if password is None:
        user.set_unusable_password()
        return
    check_password(password, user)
    user.set_password(password)


def _insert(user: User) -> None:
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(
            _("There is an account with this e-mail address or mobile number already."),
            field="login",
        ) from error


def _record_making(actor: Actor, user: User, *, through: Through | None = None) -> None:
    changes = {"may_elevate": [False, True]} if user.may_elevate else {}
    audit.record(
        actor,
        "make",
        user_ref(user),
        changes=changes,
        personal={"name": [None, user.name], "login": [None, user.login]},
        through=through,
    )


def spare_the_last_administrator(user: User) -> None:
    """Raise Refused if nobody could administer after `user`."""
    if not user.may_elevate or not user.is_active:
        return
    others = User.objects.get_queryset().active().filter(may_elevate=True).select_for_update()
    if not others.exclude(pk=user.pk).exists():
        raise Refused(_("This is the last administrator; make another one first."))


def _end_elevations(actor: Actor, user: User) -> None:
    """End the elevations that are not over; the calling action's entry tells why."""
    left = Elevation.objects.filter(user=user, ended_at__isnull=True, until_at__gt=actor.at)
    left.update(ended_at=actor.at)
