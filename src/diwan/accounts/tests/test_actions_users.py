"""Users: who may make, change and switch them off, and what is written about it."""

import pytest
from django.db import IntegrityError, transaction

from diwan.accounts import actions
from diwan.accounts.models import Elevation, User
from diwan.accounts.tests.factories import (
    PASSWORD,
    ElevationFactory,
    UserFactory,
    actor_of,
    elevated_actor,
)
from diwan.kernel.errors import Conflict, Forbidden, NotFound, Refused
from diwan.kernel.exchange import Fact, Ref, listen
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor

pytestmark = pytest.mark.django_db
STRONG = "seven blue doors"


def entries(user: User) -> list[str]:
    rows = AuditEntry.objects.filter(subject_id=user.pk).order_by("at", "id")
    return [row.verb for row in rows]


def test_the_first_administrator_comes_from_the_command_line() -> None:
    user = actions.create_administrator(
        Actor.system("command line"),
        login="۰۹۱۲ ۳۴۵ ۶۷۸۹",
        name="  مدیر   سامانه ",
        password=STRONG,
    )
    assert (user.login, user.name) == ("+989123456789", "مدیر سامانه")
    assert user.may_elevate
    assert user.check_password(STRONG)
    entry = AuditEntry.objects.get(subject_id=user.pk)
    assert (entry.verb, entry.actor_kind) == ("make", "system")
    assert entry.changes["may_elevate"] == [False, True]
    assert "مدیر" not in str(entry.changes)  # a name is kept apart, hashed in the entry


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("short", "too short"),
        ("password123", "guessed first"),
        ("sara@example.org", "too much like"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(password: str, says: str) -> None:
    with pytest.raises(Refused, match=says) as refusal:
        actions.create_administrator(
            Actor.system("t"), login="sara@example.org", name="Sara", password=password
        )
    assert refusal.value.field == "password"
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("login", "name", "field"),
    [("nobody", "Sara", "login"), ("sara@example.org", " \u202e ", "name")],
)
def test_a_bad_name_is_refused_at_its_field(login: str, name: str, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        actions.make_user(Actor.system("t"), login=login, name=name)
    assert refusal.value.field == field


def test_one_sign_in_name_belongs_to_one_user() -> None:
    actions.make_user(Actor.system("t"), login="Sara@example.org", name="Sara")
    with pytest.raises(Refused, match="already") as refusal:
        actions.make_user(Actor.system("t"), login="sara@EXAMPLE.org", name="Other")
    assert refusal.value.field == "login"
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(login="sara@example.org", name="Third")


def test_users_are_made_by_elevated_administrators_alone() -> None:
    with pytest.raises(NotFound):
        actions.make_user(actor_of(UserFactory.create()), login="a@example.org", name="A")
    administrator = UserFactory.create(may_elevate=True)
    with pytest.raises(NotFound):
        actions.make_user(actor_of(administrator), login="a@example.org", name="A")
    made = actions.make_user(elevated_actor(administrator), login="a@example.org", name="A")
    assert not made.has_usable_password()
    assert AuditEntry.objects.get(subject_id=made.pk).elevation_id is not None


def test_everybody_changes_their_own_profile_and_nobody_elses() -> None:
    user, other = UserFactory.create(name="Sara"), UserFactory.create()
    changed = actions.change_profile(
        actor_of(user), user.pk, name="Sara R.", language="ar", calendar="hijri"
    )
    assert (changed.name, changed.language, changed.calendar) == ("Sara R.", "ar", "hijri")
    entry = AuditEntry.objects.get(subject_id=user.pk)
    assert entry.changes["language"] == ["", "ar"]
    assert {row.field: row.value for row in entry.personal.all()}["name"] == ["Sara", "Sara R."]
    with pytest.raises(NotFound):
        actions.change_profile(actor_of(other), user.pk, name="X", language="", calendar="")
    with pytest.raises(NotFound):
        actions.change_profile(Actor.anonymous(), user.pk, name="X", language="", calendar="")


def test_a_profile_saved_unchanged_writes_nothing() -> None:
    user = UserFactory.create(name="Sara")
    actions.change_profile(actor_of(user), user.pk, name="Sara", language="", calendar="")
    assert entries(user) == []


@pytest.mark.parametrize(("language", "calendar"), [("de", ""), ("", "maya")])
def test_a_profile_takes_known_languages_and_calendars(language: str, calendar: str) -> None:
    user = UserFactory.create()
    with pytest.raises(Refused):
        actions.change_profile(
            actor_of(user), user.pk, name="S", language=language, calendar=calendar
        )


def test_switching_off_ends_elevations_and_is_told() -> None:
    told: list[Fact] = []
    listen("accounts.user_deactivated", told.append)
    user = UserFactory.create(may_elevate=True)
    running = ElevationFactory.create(user=user)
    off = actions.deactivate(elevated_actor(), user.pk, reason="left the office")
    assert not off.is_active
    assert off.session_round == 1
    assert Elevation.objects.get(pk=running.pk).ended_at is not None
    assert [fact.ref for fact in told] == [Ref("accounts.user", user.pk)]
    assert AuditEntry.objects.get(subject_id=user.pk, verb="deactivate").reason == "left the office"
    on = actions.reactivate(elevated_actor(), user.pk, reason="came back")
    assert on.is_active
    with pytest.raises(Conflict):
        actions.reactivate(elevated_actor(), user.pk, reason="again")


def test_nobody_switches_off_themself_or_the_last_administrator() -> None:
    alone = UserFactory.create(may_elevate=True)
    actor = elevated_actor(alone)
    with pytest.raises(Refused, match="their own"):
        actions.deactivate(actor, alone.pk, reason="tired")
    with pytest.raises(Refused, match="last administrator"):
        actions.withdraw_elevation(actor, alone.pk, reason="tired")
    with pytest.raises(Refused, match="last administrator"):
        actions.deactivate(Actor.system("t"), alone.pk, reason="tired")
    assert entries(alone) == []


def test_a_reason_is_asked_for() -> None:
    user = UserFactory.create()
    with pytest.raises(Refused) as refusal:
        actions.deactivate(elevated_actor(), user.pk, reason=" \u200f ")
    assert refusal.value.field == "reason"


def test_the_right_to_elevate_is_given_and_taken_with_a_reason() -> None:
    user = UserFactory.create()
    actor = elevated_actor()
    assert actions.give_elevation(actor, user.pk, reason="new administrator").may_elevate
    running = ElevationFactory.create(user=user)
    assert not actions.withdraw_elevation(actor, user.pk, reason="other duty").may_elevate
    running.refresh_from_db()
    assert running.ended_at is not None
    assert entries(user) == ["give_elevation", "withdraw_elevation"]
    with pytest.raises(NotFound):
        actions.give_elevation(actor_of(user), user.pk, reason="me too")


def test_changing_a_password_asks_for_the_old_one() -> None:
    user = UserFactory.create()
    with pytest.raises(Refused) as refusal:
        actions.change_password(actor_of(user), old="wrong", new=STRONG)
    assert refusal.value.field == "old"
    actions.change_password(actor_of(user), old=PASSWORD, new=STRONG)
    user.refresh_from_db()
    assert user.check_password(STRONG)
    assert entries(user) == ["change_password"]


def test_a_password_link_works_once() -> None:
    user = UserFactory.create()
    first = actions.make_password_link(elevated_actor(), user.pk, reason="forgot it")
    link = actions.make_password_link(elevated_actor(), user.pk, reason="lost the link")
    with pytest.raises(Refused, match="withdrawn"):
        actions.use_password_link(Actor.anonymous(), first.token, new=STRONG)
    changed = actions.use_password_link(Actor.anonymous(), link.token, new=STRONG)
    assert changed.check_password(STRONG)
    assert changed.session_round == 1
    with pytest.raises(Refused, match="used already"):
        actions.use_password_link(Actor.anonymous(), link.token, new=STRONG)
    with pytest.raises(NotFound):
        actions.make_password_link(actor_of(user), user.pk, reason="myself")


def test_a_weak_password_leaves_the_link_open() -> None:
    user = UserFactory.create()
    link = actions.make_password_link(elevated_actor(), user.pk, reason="forgot it")
    with pytest.raises(Refused):
        actions.use_password_link(Actor.anonymous(), link.token, new="short")
    assert actions.use_password_link(Actor.anonymous(), link.token, new=STRONG).pk == user.pk


def test_policy_errors_are_not_found_and_never_forbidden_for_strangers() -> None:
    one, other = UserFactory.create(), UserFactory.create()
    with pytest.raises(NotFound):
        actions.note_sign_in(actor_of(one), other.pk)
    assert not issubclass(NotFound, Forbidden)
