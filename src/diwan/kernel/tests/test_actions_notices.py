"""The outbox: planned by each person's choices, sent once, nothing lost while a gateway is down."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from diwan.kernel import jobs, notices
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.exchange import Card, Ref
from diwan.kernel.exchange import subjects as registry
from diwan.kernel.ids import new_id
from diwan.kernel.models import (
    AuditEntry,
    Job,
    Notice,
    NoticeChoice,
    NoticeState,
    NoticeWishes,
)
from diwan.kernel.notices import Contact, Telling, Words, delivery, kinds, people
from diwan.kernel.notices.gateways import Lost, Message, Rejected, Unavailable
from diwan.kernel.policies import Actor

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)  # Sunday, noon in Tehran
LATE_EVENING = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)  # 22:30 in Tehran


@pytest.fixture(autouse=True)
def morning(time_machine: Any) -> None:
    """What is told is told before noon of that day, whichever day it is where the tests run."""
    time_machine.move_to(NOON - timedelta(hours=2))


class Subject:
    """Records of a kind that anybody signed in may see, but for `hidden`."""

    kind = "t.thing"
    name = "thing"
    verbs: dict[str, Any] = {}

    def __init__(self) -> None:
        self.hidden: set[UUID] = set()

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        return {
            pk: Card(Ref(self.kind, pk), {"fa": "کار"}, f"/fa/thing/{pk}/")
            for pk in ids
            if pk not in self.hidden
        }


class FakeGateway:
    """Answers what it was told to, and remembers what it got."""

    def __init__(self) -> None:
        self.got: list[Message] = []
        self.answers: list[Exception | str] = []

    def send(self, message: Message) -> str:
        self.got.append(message)
        answer = self.answers.pop(0) if self.answers else "250 fine"
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture(autouse=True)
def things(monkeypatch: pytest.MonkeyPatch) -> Subject:
    """One kind of thing, one kind of notice about it, and one secret kind."""
    subject = Subject()
    monkeypatch.setitem(registry._subjects, subject.kind, subject)
    monkeypatch.setattr(kinds, "_kinds", {})
    monkeypatch.setattr(kinds, "_groups", {})
    notices.declare_group("duties", "Duties")
    notices.declare_kind("t.new", label="New", group="duties", write=write)
    notices.declare_kind("t.link", label="Link", write=write, secret=True)
    return subject


def write(telling: Telling) -> Words:
    return Words(f"کار {telling.data.get('n', '')}", ["سطر نخست"], url=telling.data.get("url", ""))


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> FakeGateway:
    fake = FakeGateway()
    monkeypatch.setattr(delivery, "gateway_of", lambda channel: fake)
    return fake


@pytest.fixture
def someone(monkeypatch: pytest.MonkeyPatch) -> UUID:
    return contact(monkeypatch, "sara@example.org")


def contact(monkeypatch: pytest.MonkeyPatch, login: str) -> UUID:
    pk = new_id()
    known = Contact(pk, "سارا", login, "fa", None, active=True)
    monkeypatch.setattr(people, "_contacts", [lambda ids: {pk: known}])
    monkeypatch.setattr(people, "_countries", [lambda ids: {pk: "IR"}])
    return pk


def tell(user: UUID, **data: Any) -> Ref:
    ref = Ref("t.thing", new_id())
    notices.tell("t.new", [user], ref, data)
    return ref


def administrator() -> Actor:
    return Actor.user(new_id(), "Administrator", elevation_id=new_id())


def test_told_within_the_transaction_and_once(someone: UUID) -> None:
    with transaction.atomic():
        tell(someone)
        transaction.set_rollback(True)
    assert not Notice.objects.exists()
    ref = Ref("t.thing", new_id())
    for _time in range(2):
        notices.tell("t.new", [someone, someone], ref, once="due:1")
    assert Notice.objects.count() == 1
    with pytest.raises(LookupError):
        notices.tell("t.unheard_of", [someone], ref)


def test_the_worker_is_woken_after_the_commit(
    someone: UUID, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        tell(someone)
        tell(someone)
    assert Job.objects.filter(name="kernel.deliver").count() == 1


def test_a_persian_mail_is_whole(someone: UUID, settings: Any, tmp_path: Path) -> None:
    settings.DIWAN_HOME = tmp_path
    settings.DIWAN_ADDRESS = "https://diwan.example.org"
    ref = tell(someone, n="«نو»")
    assert notices.deliver(NOON) == {NoticeState.SENT: 1}
    row = Notice.objects.get()
    content = (tmp_path / "outbox" / f"{row.pk}.eml").read_bytes()
    content.decode("ascii")
    mail = email.message_from_bytes(content, policy=email.policy.SMTP)
    assert mail["Subject"] == "کار «نو»"
    assert mail["Message-ID"] == f"<{row.pk}@diwan.example.org>"
    assert mail["From"].addresses[0].addr_spec == "diwan@diwan.example.org"
    assert mail["List-Unsubscribe"] == "<https://diwan.example.org/fa/account/notices/choices/>"
    text, html = (part.get_content() for part in mail.iter_parts())
    assert f"https://diwan.example.org/fa/thing/{ref.id}/" in text
    assert 'dir="rtl"' in html
    assert "سطر نخست" in html


def test_what_one_may_not_see_any_more_is_not_told(
    someone: UUID, gateway: FakeGateway, things: Subject
) -> None:
    things.hidden.add(tell(someone).id)
    notices.deliver(NOON)
    assert not gateway.got
    assert Notice.objects.get().state == NoticeState.SKIPPED


def test_a_gateway_that_is_down_loses_nothing(someone: UUID, gateway: FakeGateway) -> None:
    for n in range(3):
        tell(someone, n=n)
    gateway.answers = [Unavailable("421 later")]
    notices.deliver(NOON)
    assert len(gateway.got) == 1  # the others need not try now
    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.QUEUED}
    assert notices.deliver(NOON + timedelta(minutes=1)) == {NoticeState.SENT: 3}
    assert len({message.id for message in gateway.got}) == 3


def test_what_waits_for_its_gateway_is_looked_at_again(
    someone: UUID, gateway: FakeGateway, things: Subject
) -> None:
    ref = tell(someone)
    gateway.answers = [Unavailable("away")]
    notices.deliver(NOON)
    things.hidden.add(ref.id)  # between two tries
    notices.deliver(NOON + timedelta(hours=1))
    assert (Notice.objects.get().state, len(gateway.got)) == (NoticeState.SKIPPED, 1)


def test_a_collection_that_waits_leaves_out_what_was_closed_meanwhile(
    someone: UUID, gateway: FakeGateway, things: Subject
) -> None:
    NoticeChoice.objects.create(user_id=someone, group="duties", channel="email", pace="daily")
    refs = [tell(someone, n=n) for n in range(3)]
    gateway.answers = [Unavailable("away")]
    morning = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # 07:30 in Tehran
    notices.deliver(NOON)
    notices.deliver(morning)
    things.hidden.add(refs[1].id)
    notices.deliver(morning + timedelta(hours=1))
    first, second = gateway.got
    assert first.id == second.id
    assert "کار 1" in first.text
    assert "کار 1" not in second.text
    assert "کار 2" in second.text


def test_an_account_switched_off_between_two_tries_is_told_nothing(
    monkeypatch: pytest.MonkeyPatch, someone: UUID, gateway: FakeGateway
) -> None:
    tell(someone)
    gateway.answers = [Unavailable("away")]
    notices.deliver(NOON)
    off = Contact(someone, "سارا", "sara@example.org", "fa", None, active=False)
    monkeypatch.setattr(people, "_contacts", [lambda ids: {someone: off}])
    notices.deliver(NOON + timedelta(hours=1))
    assert (Notice.objects.get().state, len(gateway.got)) == (NoticeState.SKIPPED, 1)


def test_a_lost_answer_to_a_mail_is_sent_again_as_the_same_message(
    someone: UUID, gateway: FakeGateway
) -> None:
    tell(someone)
    gateway.answers = [Lost("closed")]
    notices.deliver(NOON)
    row = Notice.objects.get()
    assert row.state == NoticeState.IN_DOUBT
    notices.deliver(NOON + timedelta(hours=1))
    row.refresh_from_db()
    assert (row.state, row.attempts) == (NoticeState.SENT, 2)
    first, second = gateway.got
    assert first.as_email().as_bytes() == second.as_email().as_bytes()


def test_a_lost_answer_to_a_text_message_waits_for_a_word(
    monkeypatch: pytest.MonkeyPatch, gateway: FakeGateway
) -> None:
    user = contact(monkeypatch, "+989120000000")
    tell(user)
    gateway.answers = [Lost("timed out")]
    notices.deliver(NOON)
    notices.deliver(NOON + timedelta(days=2))
    row = Notice.objects.get()
    assert (row.state, len(gateway.got)) == (NoticeState.IN_DOUBT, 1)
    with pytest.raises(NotFound):
        notices.send_again(Actor.user(user, "Sara"), row.pk)
    notices.send_again(administrator(), row.pk)
    notices.deliver(NOON + timedelta(days=3))
    row.refresh_from_db()
    assert row.state == NoticeState.SENT
    with pytest.raises(Refused):
        notices.leave(administrator(), row.pk)
    assert AuditEntry.objects.filter(subject_id=row.pk, verb="send_again").exists()


def test_a_worker_killed_on_the_way_leaves_it_in_doubt(
    monkeypatch: pytest.MonkeyPatch, gateway: FakeGateway
) -> None:
    tell(contact(monkeypatch, "+989120000000"))
    Notice.objects.update(
        state=NoticeState.SENDING, channel="sms", address="+989120000000", attempts=1, text="…"
    )
    notices.deliver(NOON + timedelta(days=365))
    assert Notice.objects.get().state == NoticeState.IN_DOUBT
    assert not gateway.got
    Notice.objects.update(state=NoticeState.SENDING, channel="email", due_at=NOON)
    notices.deliver(NOON)
    assert Notice.objects.get().state == NoticeState.SENT


def test_refused_for_good_and_given_up(someone: UUID, gateway: FakeGateway) -> None:
    tell(someone)
    gateway.answers = [Rejected("550 no such user")]
    notices.deliver(NOON)
    row = Notice.objects.get()
    assert (row.state, row.answer) == (NoticeState.FAILED, "550 no such user")
    notices.send_again(administrator(), row.pk)
    Notice.objects.update(attempts=delivery.ATTEMPTS - 1, due_at=NOON)
    gateway.answers = [Unavailable("away")]
    notices.deliver(NOON)
    row.refresh_from_db()
    assert row.state == NoticeState.DEAD


def test_collected_once_a_day_into_one_message(someone: UUID, gateway: FakeGateway) -> None:
    NoticeChoice.objects.create(user_id=someone, group="duties", channel="email", pace="daily")
    for n in range(3):
        tell(someone, n=n)
    notices.deliver(NOON)
    assert not gateway.got
    morning = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # 07:30 in Tehran
    assert set(Notice.objects.values_list("due_at", flat=True)) == {morning}
    notices.deliver(morning)
    (message,) = gateway.got
    assert message.subject == "۳ اعلان"
    assert all(f"کار {n}" in message.text for n in range(3))
    assert Notice.objects.filter(state=NoticeState.CARRIED, carried_by_id=message.id).count() == 3


def test_not_at_all_and_quiet_hours(
    monkeypatch: pytest.MonkeyPatch, someone: UUID, gateway: FakeGateway
) -> None:
    NoticeChoice.objects.create(user_id=someone, group="duties", channel="none")
    tell(someone)
    notices.deliver(NOON)
    assert Notice.objects.get().state == NoticeState.SKIPPED
    Notice.objects.all().delete()
    user = contact(monkeypatch, "+989120000000")
    NoticeWishes.objects.create(pk=user, quiet_until=time(8))
    tell(user)
    notices.deliver(LATE_EVENING)
    assert not gateway.got
    assert Notice.objects.get().due_at == datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
    notices.tell("t.link", [user], Ref("t.thing", new_id()), {"url": "/fa/x/"})
    notices.deliver(LATE_EVENING)  # a link to sign in comes at any hour
    assert [message.text.splitlines()[0] for message in gateway.got] == ["کار "]


def test_a_secret_is_forgotten_once_it_is_over(gateway: FakeGateway) -> None:
    row = notices.tell_address(
        "t.link", "guest@example.org", Ref("t.thing", new_id()), {"url": "/fa/join/abc/"}
    )
    gateway.answers = [Lost("closed")]
    notices.deliver(NOON)
    row.refresh_from_db()
    assert "join/abc" in row.text
    notices.deliver(NOON + timedelta(hours=1))
    row.refresh_from_db()
    assert (row.state, row.text, row.html, row.data) == (NoticeState.SENT, "", "", {})
    assert "join/abc" in gateway.got[1].text


def test_choices_are_kept_with_what_was_before(someone: UUID) -> None:
    actor, ref = Actor.user(someone, "Sara"), Ref("accounts.user", someone)
    wishes = NoticeWishes(pk=someone, email="other@example.org")
    for _time in range(2):
        notices.choose(actor, ref, wishes=wishes, choices={"duties": ("sms", "now")})
    assert notices.choices_of(someone) == {"duties": ("sms", "now")}
    entry = AuditEntry.objects.get()
    assert entry.changes["notices.duties"] == ["", "sms now"]
    assert "other@example.org" not in str(entry.changes)


def test_what_is_over_is_forgotten(someone: UUID, gateway: FakeGateway) -> None:
    NoticeChoice.objects.create(user_id=someone, group="duties", channel="email", pace="daily")
    tell(someone)
    tell(someone)
    notices.deliver(NOON)
    notices.deliver(NOON + timedelta(days=1))
    assert Notice.objects.count() == 3  # two, and the message that carried them
    assert notices.forget(NOON - timedelta(days=400)) == 0
    assert notices.forget(timezone.now() + timedelta(days=1)) > 0
    assert not Notice.objects.exists()
    notices.erase_user(administrator(), Ref("accounts.user", someone))
    assert notices.choices_of(someone) == {}
    jobs.enqueue("kernel.deliver", {})
    jobs.work_off()
    assert jobs.forget(timezone.now() + timedelta(days=1)) == 1
