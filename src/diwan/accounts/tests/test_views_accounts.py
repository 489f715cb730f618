"""One's own pages, invitations, elevation and the administrators' pages."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from diwan.accounts import actions
from diwan.accounts.models import Elevation, Invitation, User
from diwan.accounts.tests.factories import (
    PASSWORD,
    ElevationFactory,
    UserFactory,
    actor_of,
    elevated_actor,
    sign_in,
)
from diwan.accounts.tests.targets import KIND, Seats, declared
from diwan.kernel import audit
from diwan.kernel.exchange import Ref
from diwan.kernel.ids import new_id
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor

pytestmark = pytest.mark.django_db
SEAT = new_id()
STRONG = "seven blue doors"
BASE = "/en/account"


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def user() -> User:
    return UserFactory.create(name="Sara")


@pytest.fixture
def seats(user: User) -> Iterator[Seats]:
    with declared(Seats({SEAT: {"en": "the seat"}}, {user.pk})) as made:
        yield made


# --- oneself ---------------------------------------------------------------------------------


def test_the_profile_is_saved_and_shown_in_the_chosen_language(client: Client, user: User) -> None:
    sign_in(client, user)
    data = {"name": "Sara R.", "language": "fa", "calendar": "hijri"}
    answer = client.post(f"{BASE}/profile/", data)
    assert answer["Location"] == "/fa/account/profile/"
    user.refresh_from_db()
    assert (user.name, user.language, user.calendar) == ("Sara R.", "fa", "hijri")
    assert client.post(f"{BASE}/profile/", {"name": ""}).status_code == 422


def test_a_changed_password_keeps_this_session_and_ends_the_others(
    client: Client, user: User
) -> None:
    elsewhere = Client()
    sign_in(client, user)
    sign_in(elsewhere, user)
    page = f"{BASE}/password/"
    wrong = {"old": "wrong", "password": STRONG, "again": STRONG}
    assert client.post(page, wrong).status_code == 422
    assert client.post(page, wrong | {"old": PASSWORD, "again": "x"}).status_code == 422
    assert client.post(page, wrong | {"old": PASSWORD}).status_code == 302
    assert client.get(f"{BASE}/profile/").status_code == 200
    assert elsewhere.get(f"{BASE}/profile/").status_code == 302


# --- invitations -----------------------------------------------------------------------------


def test_an_invitation_from_the_page_to_the_account(
    client: Client, user: User, seats: Seats
) -> None:
    sign_in(client, user)
    made = client.post(
        f"{BASE}/invitations/new/{KIND}/{SEAT}/", {"sent_to": "g@example.org", "days": "7"}
    )
    assert made.status_code == 201
    assert "no-store" in made["Cache-Control"]
    address = text(made).split(">http://testserver")[1].split("<")[0]
    guest = Client()
    page = text(guest.get(address))
    assert "the seat" in page
    assert 'value="g@example.org"' in page
    data = {"name": "Guest", "login": "g@example.org", "password": STRONG, "again": STRONG}
    assert guest.post(address, data | {"password": "x", "again": "x"}).status_code == 422
    assert guest.post(address, data)["Location"] == "/en/"
    assert seats.taken[SEAT] == User.objects.get(login="g@example.org").pk
    assert guest.get(f"{BASE}/profile/").status_code == 200
    gone = Client().get(address)
    assert gone.status_code == 410
    assert "used already" in text(gone)
    assert "Guest" in text(client.get(f"{BASE}/invitations/"))


def test_a_signed_in_guest_confirms(client: Client, user: User, seats: Seats) -> None:
    link = actions.invite(actor_of(user), KIND, SEAT)
    guest = UserFactory.create(name="Omid")
    address = f"{BASE}/join/{link.token}/"
    sign_in(client, guest)
    assert "signed in as Omid" in text(client.get(address))
    assert seats.taken == {}  # opening the page accepts nothing
    assert client.post(address).status_code == 302
    assert seats.taken == {SEAT: guest.pk}


def test_what_the_room_refuses_is_shown(client: Client, user: User, seats: Seats) -> None:
    link = actions.invite(actor_of(user), KIND, SEAT)
    seats.taken[SEAT] = new_id()
    sign_in(client, UserFactory.create())
    answer = client.post(f"{BASE}/join/{link.token}/")
    assert answer.status_code == 422
    assert "The seat is taken." in text(answer)


@pytest.mark.parametrize("page", ["join", "new-password"])
def test_a_foreign_token_gets_one_sentence(client: Client, page: str) -> None:
    answer = client.get(f"{BASE}/{page}/nonsense/")
    assert answer.status_code == 410
    assert "not known" in text(answer)


def test_who_may_not_invite_gets_a_404(client: Client, user: User, seats: Seats) -> None:
    sign_in(client, UserFactory.create())
    for kind, target in [(KIND, SEAT), ("accounts.user", user.pk), ("x", SEAT)]:
        assert client.get(f"{BASE}/invitations/new/{kind}/{target}/").status_code == 404
    link = actions.invite(actor_of(user), KIND, SEAT)
    answer = client.post(f"{BASE}/invitations/{link.invitation.pk}/withdraw/")
    assert answer.status_code == 404
    assert Invitation.objects.get().withdrawn_at is None


def test_the_host_withdraws(client: Client, user: User, seats: Seats) -> None:
    link = actions.invite(actor_of(user), KIND, SEAT)
    sign_in(client, user)
    page = f"{BASE}/invitations/{link.invitation.pk}/withdraw/"
    assert client.post(page).status_code == 302
    answer = client.post(page)
    assert answer.status_code == 409
    assert "over already" in text(answer)


# --- elevation -------------------------------------------------------------------------------


def elevate(client: Client, **more: str) -> Any:
    data = {"reason": "to look after the users", "minutes": "15", "password": PASSWORD, **more}
    return client.post(f"{BASE}/elevate/?next={BASE}/users/", data)


def test_an_administrator_without_elevation_is_sent_to_elevate(client: Client, user: User) -> None:
    User.objects.update(may_elevate=True)
    sign_in(client, user)
    sent = client.get(f"{BASE}/users/")["Location"]
    assert unquote(sent) == f"{BASE}/elevate/?next={BASE}/users/"
    assert elevate(client, password="wrong").status_code == 422
    assert elevate(client)["Location"] == f"{BASE}/users/"
    page = text(client.get(f"{BASE}/users/"))
    assert "You act with all rights until" in page


def test_an_elevation_runs_in_one_session_and_runs_out(client: Client, user: User) -> None:
    User.objects.update(may_elevate=True)
    elsewhere = Client()
    sign_in(client, user)
    sign_in(elsewhere, user)
    elevate(client)
    assert client.get(f"{BASE}/users/").status_code == 200
    assert elsewhere.get(f"{BASE}/users/").status_code == 302
    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=1), tick=False):
        assert client.get(f"{BASE}/users/").status_code == 302
    client.post(f"{BASE}/elevate/end/")
    assert client.get(f"{BASE}/users/").status_code == 302
    assert Elevation.objects.get().ended_at is not None


def test_another_users_elevation_in_the_session_gives_nothing(client: Client, user: User) -> None:
    User.objects.update(may_elevate=True)
    sign_in(client, user)
    session = client.session
    session["elevation"] = str(ElevationFactory.create().pk)
    session.save()
    assert client.get(f"{BASE}/users/").status_code == 302


def test_everybody_else_does_not_learn_of_it(client: Client, user: User) -> None:
    sign_in(client, user)
    other = UserFactory.create()
    for path in (
        "elevate/",
        "users/",
        "users/new/",
        f"users/{other.pk}/",
        f"users/{other.pk}/deactivate/",
        f"users/{other.pk}/reactivate/",
        f"users/{other.pk}/give-elevation/",
        f"users/{other.pk}/withdraw-elevation/",
        f"users/{other.pk}/password-link/",
        f"users/{user.pk}/deactivate/",
    ):
        assert client.get(f"{BASE}/{path}").status_code == 404, path
        assert client.post(f"{BASE}/{path}", {"reason": "x"}).status_code in {404, 405}, path
    assert client.get(f"{BASE}/users/{user.pk}/").status_code == 200
    assert client.post(f"{BASE}/elevate/end/").status_code == 409


# --- administrators --------------------------------------------------------------------------


def test_users_are_listed_and_found(client: Client, user: User) -> None:
    administrator = UserFactory.create(name="Admin")
    UserFactory.create(name="كتايون", login="+989120001122")
    UserFactory.create(name="Off", is_active=False)
    sign_in(client, administrator, elevated=True)
    everybody = text(client.get(f"{BASE}/users/"))
    assert "Sara" in everybody
    assert "3 people can sign in" in everybody
    found = text(client.get(f"{BASE}/users/", {"q": "کتایون"}))
    assert "كتايون" in found
    assert "Sara" not in found
    assert "كتايون" in text(client.get(f"{BASE}/users/", {"q": "۹۱۲۰۰۰"}))
    assert "Sara" not in text(client.get(f"{BASE}/users/", {"state": "off"}))
    assert "Nobody is called that" in text(client.get(f"{BASE}/users/", {"q": "zzz"}))


@pytest.mark.parametrize(
    ("step", "field", "before", "after"),
    [
        ("deactivate", "is_active", True, False),
        ("reactivate", "is_active", False, True),
        ("give-elevation", "may_elevate", False, True),
        ("withdraw-elevation", "may_elevate", True, False),
    ],
)
def test_each_step_asks_for_its_reason(
    client: Client, user: User, step: str, field: str, *, before: bool, after: bool
) -> None:
    User.objects.filter(pk=user.pk).update(**{field: before})
    sign_in(client, UserFactory.create(), elevated=True)
    page = f"{BASE}/users/{user.pk}/{step}/"
    assert client.get(page).status_code == 200
    assert client.post(page, {"reason": ""}).status_code == 422
    assert client.post(page, {"reason": "because"})["Location"] == f"{BASE}/users/{user.pk}/"
    user.refresh_from_db()
    assert getattr(user, field) is after
    assert AuditEntry.objects.get(subject_id=user.pk).reason == "because"


def test_a_refusal_stands_at_the_form(client: Client) -> None:
    administrator = UserFactory.create()
    sign_in(client, administrator, elevated=True)
    page = f"{BASE}/users/{administrator.pk}/deactivate/"
    answer = client.post(page, {"reason": "tired"})
    assert answer.status_code == 422
    assert "ask another administrator" in text(answer)


def test_a_new_user_gets_a_link_for_a_password(client: Client) -> None:
    sign_in(client, UserFactory.create(), elevated=True)
    made = client.post(f"{BASE}/users/new/", {"name": "New", "login": "new@example.org"})
    assert made.status_code == 201
    address = text(made).split(">http://testserver")[1].split("<")[0]
    fresh = Client()
    assert "Choose a new password" in text(fresh.get(address))
    assert fresh.post(address, {"password": STRONG, "again": STRONG}).status_code == 302
    assert fresh.get(address).status_code == 410
    data = {"login": "new@example.org", "password": STRONG}
    assert fresh.post(f"{BASE}/sign-in/", data).status_code == 302


def test_a_password_link_for_somebody_who_forgot(client: Client, user: User) -> None:
    sign_in(client, UserFactory.create(), elevated=True)
    made = client.post(f"{BASE}/users/{user.pk}/password-link/", {"reason": "forgot it"})
    assert made.status_code == 201
    assert UUID(str(Invitation.objects.get().target_id)) == user.pk


# --- the trail -------------------------------------------------------------------------------


def test_the_trail_tells_who_did_what_and_why(client: Client, user: User) -> None:
    actor = elevated_actor(UserFactory.create(name="Administrator One"))
    actions.deactivate(actor, user.pk, reason="left the office")
    actions.reactivate(actor, user.pk, reason="came back")
    actions.change_profile(
        actor_of(user), user.pk, name="Sara R.", language="fa", calendar="jalali"
    )
    user.refresh_from_db()
    sign_in(client, user)
    page = text(client.get(f"/en/trail/accounts.user/{user.pk}/"))
    assert "Administrator One\u2069 switched the account off" in page
    assert "left the office" in page
    assert "Sara\u2069</del>" in page
    assert "Jalali" in page
    assert page.index("changed the account") < page.index("switched the account on again")
    persian = text(client.get(f"/fa/trail/accounts.user/{user.pk}/"))
    assert "switched" not in persian


def test_what_the_house_does_by_itself_is_told_in_the_readers_words(
    client: Client, user: User
) -> None:
    audit.record(Actor.system("sample"), "make", Ref("accounts.user", user.pk), reason="import")
    sign_in(client, user)
    told = text(client.get(f"/fa/trail/accounts.user/{user.pk}/"))
    assert "سامانه (\u2068نمونه\u2069)" in told
    assert "در فایل چنین آمده است" in told
    assert "import" not in told


def test_the_trail_of_what_one_may_not_see_is_a_404(client: Client, user: User) -> None:
    assert client.get(f"/en/trail/accounts.user/{user.pk}/").status_code == 302
    sign_in(client, UserFactory.create())
    assert client.get(f"/en/trail/accounts.user/{user.pk}/").status_code == 404
    assert client.get(f"/en/trail/no.kind/{user.pk}/").status_code == 404
    sign_in(client, UserFactory.create(), elevated=True)
    assert client.get(f"/en/trail/accounts.user/{user.pk}/").status_code == 200
