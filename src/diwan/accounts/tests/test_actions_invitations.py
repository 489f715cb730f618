"""The life of an invitation: made, shown once, accepted once, withdrawn, too old."""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

import pytest
from django.utils import timezone

from diwan.accounts import actions
from diwan.accounts.actions.checks import NewUser
from diwan.accounts.models import Invitation, User
from diwan.accounts.queries import listed_invitations
from diwan.accounts.tests.factories import UserFactory, actor_of, elevated_actor
from diwan.accounts.tests.targets import KIND, Seats, declared
from diwan.kernel.errors import Conflict, NotFound, Refused
from diwan.kernel.ids import new_id
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor

pytestmark = pytest.mark.django_db
SEAT = new_id()
GUEST = NewUser("guest@example.org", "مهمان", "seven blue doors")


@pytest.fixture
def host() -> User:
    return UserFactory.create()


@pytest.fixture
def seats(host: User) -> Iterator[Seats]:
    with declared(Seats({SEAT: {"en": "the seat", "fa": "کرسی"}}, {host.pk})) as made:
        yield made


def test_the_token_is_kept_nowhere(host: User, seats: Seats) -> None:
    link = actions.invite(actor_of(host), KIND, SEAT, sent_to="۰۹۱۲۳۴۵۶۷۸۹", days=7)
    invitation = Invitation.objects.get()
    assert invitation.token_sha256 == sha256(link.token.encode()).hexdigest()
    assert link.token not in str(Invitation.objects.values())
    assert invitation.sent_to == "+989123456789"
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.subject_kind, entry.subject_id) == ("invite", KIND, SEAT)
    assert "9123456789" not in str(entry.changes)


def test_a_new_user_joins_once(host: User, seats: Seats) -> None:
    link = actions.invite(actor_of(host), KIND, SEAT)
    user = actions.accept_as_new(Actor.anonymous(), link.token, GUEST)
    assert seats.taken == {SEAT: user.pk}
    assert user.check_password(GUEST.password)
    verbs = AuditEntry.objects.order_by("at", "id").values_list("verb", "actor_id")
    assert list(verbs) == [
        ("invite", host.pk),
        ("make", user.pk),
        ("accept_invitation", user.pk),
    ]
    with pytest.raises(Refused, match="used already"):
        actions.accept_as_user(actor_of(UserFactory.create()), link.token)


def test_an_existing_user_joins_without_a_new_account(host: User, seats: Seats) -> None:
    guest = UserFactory.create()
    link = actions.invite(actor_of(host), KIND, SEAT)
    actions.accept_as_user(actor_of(guest), link.token)
    assert seats.taken == {SEAT: guest.pk}
    assert User.objects.count() == 2
    with pytest.raises(NotFound):
        actions.accept_as_user(Actor.anonymous(), link.token)


def test_what_the_room_refuses_leaves_everything_as_it_was(host: User, seats: Seats) -> None:
    link = actions.invite(actor_of(host), KIND, SEAT)
    seats.taken[SEAT] = new_id()
    with pytest.raises(Refused, match="taken"):
        actions.accept_as_new(Actor.anonymous(), link.token, GUEST)
    assert not User.objects.filter(login=GUEST.login).exists()
    assert Invitation.objects.get().is_open(timezone.now())


def test_a_taken_sign_in_name_is_refused(host: User, seats: Seats) -> None:
    UserFactory.create(login=GUEST.login)
    link = actions.invite(actor_of(host), KIND, SEAT)
    with pytest.raises(Refused, match="already") as refusal:
        actions.accept_as_new(Actor.anonymous(), link.token, GUEST)
    assert refusal.value.field == "login"
    assert seats.taken == {}


def test_a_link_becomes_too_old(host: User, seats: Seats) -> None:
    link = actions.invite(actor_of(host), KIND, SEAT, days=1)
    guest = UserFactory.create()
    late = actor_of(guest, at=link.invitation.expires_at)
    with pytest.raises(Refused, match="too old"):
        actions.accept_as_user(late, link.token)
    just = actor_of(guest, at=late.at - timedelta(seconds=1))
    actions.accept_as_user(just, link.token)


def test_a_withdrawn_link_works_no_more(host: User, seats: Seats) -> None:
    link = actions.invite(actor_of(host), KIND, SEAT)
    with pytest.raises(NotFound):
        actions.withdraw(actor_of(UserFactory.create()), link.invitation.pk)
    actions.withdraw(actor_of(host), link.invitation.pk)
    with pytest.raises(Refused, match="withdrawn"):
        actions.accept_as_user(actor_of(UserFactory.create()), link.token)
    with pytest.raises(Conflict):
        actions.withdraw(actor_of(host), link.invitation.pk)
    with pytest.raises(NotFound):
        actions.withdraw(actor_of(host), new_id())


def test_a_new_link_withdraws_the_one_before(host: User, seats: Seats) -> None:
    first = actions.invite(actor_of(host), KIND, SEAT)
    second = actions.invite(actor_of(host), KIND, SEAT)
    guest = UserFactory.create()
    with pytest.raises(Refused, match="withdrawn"):
        actions.accept_as_user(actor_of(guest), first.token)
    actions.accept_as_user(actor_of(guest), second.token)


@pytest.mark.parametrize("token", ["", "nonsense", "x" * 500, "\udcff", "٠"])
def test_a_foreign_token_is_not_known(token: str, host: User, seats: Seats) -> None:
    actions.invite(actor_of(host), KIND, SEAT)
    with pytest.raises(Refused, match="not known"):
        actions.accept_as_new(Actor.anonymous(), token, GUEST)


def test_a_password_link_is_no_invitation_and_the_other_way_round(host: User, seats: Seats) -> None:
    password = actions.make_password_link(elevated_actor(), host.pk, reason="forgot")
    with pytest.raises(Refused, match="not known"):
        actions.accept_as_new(Actor.anonymous(), password.token, GUEST)
    seat = actions.invite(actor_of(host), KIND, SEAT)
    with pytest.raises(Refused, match="not known"):
        actions.use_password_link(Actor.anonymous(), seat.token, new=GUEST.password)


@pytest.mark.parametrize("days", [0, 91, -3])
def test_a_link_lasts_a_sensible_time(days: int, host: User, seats: Seats) -> None:
    with pytest.raises(Refused) as refusal:
        actions.invite(actor_of(host), KIND, SEAT, days=days)
    assert refusal.value.field == "days"


def test_who_may_not_invite_does_not_learn_of_the_record(host: User, seats: Seats) -> None:
    stranger = actor_of(UserFactory.create())
    for kind, target in [(KIND, SEAT), (KIND, new_id()), ("no.kind", SEAT)]:
        with pytest.raises(NotFound):
            actions.invite(stranger, kind, target)
    with pytest.raises(NotFound):
        actions.invite(actor_of(host), "accounts.user", host.pk)
    with pytest.raises(NotFound):
        actions.invite(elevated_actor(), "accounts.user", host.pk)
    assert actions.invite(elevated_actor(), KIND, SEAT)


def test_a_wrong_address_is_refused_at_its_field(host: User, seats: Seats) -> None:
    with pytest.raises(Refused) as refusal:
        actions.invite(actor_of(host), KIND, SEAT, sent_to="nobody")
    assert refusal.value.field == "sent_to"


def test_the_list_shows_what_one_may_invite_to(host: User, seats: Seats) -> None:
    link = actions.invite(actor_of(host), KIND, SEAT)
    guest = actions.accept_as_new(Actor.anonymous(), link.token, GUEST)
    (line,) = listed_invitations(actor_of(host))
    assert (line.label["en"], line.guest, line.open) == ("the seat", guest.name, False)
    assert line.maker == host.name
    assert listed_invitations(actor_of(guest)) == []
    assert len(listed_invitations(elevated_actor())) == 1
    assert listed_invitations(Actor.anonymous()) == []
