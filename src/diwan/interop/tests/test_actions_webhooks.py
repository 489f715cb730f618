"""Webhooks: what is told, to whom, signed, again and again, and never to machines inside."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from diwan.accounts.tests.factories import UserFactory, actor_of, sign_in
from diwan.councils.tests.factories import BodyFactory, duty, resolution_of
from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.interop.actions import delivering, webhooks
from diwan.interop.actions.delivering import NotTaken, send
from diwan.interop.constants import ATTEMPTS, WEBHOOK
from diwan.interop.models import Delivery, Webhook
from diwan.interop.provides import forget_deliveries
from diwan.interop.rules.webhooks import signature
from diwan.kernel import exchange, jobs
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import Fact, Ref
from diwan.kernel.models import Job

pytestmark = pytest.mark.django_db


class Receiver(BaseHTTPRequestHandler):
    """Another system: keeps what it was sent and answers as it is told."""

    got: ClassVar[list[tuple[dict[str, str], bytes]]] = []
    status: ClassVar[int] = 200
    headers_sent: ClassVar[dict[str, str]] = {}
    body: ClassVar[bytes] = b"ok"

    def do_POST(self) -> None:
        """Take a message."""
        length = int(self.headers["Content-Length"])
        Receiver.got.append((dict(self.headers.items()), self.rfile.read(length)))
        self.send_response(Receiver.status)
        for name, value in Receiver.headers_sent.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(Receiver.body)
        except OSError:  # the sender has read enough
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@pytest.fixture
def address(settings: Any) -> Iterator[str]:
    settings.DIWAN_WEBHOOKS_TO_LOOPBACK = True
    Receiver.got, Receiver.status = [], 200
    Receiver.headers_sent, Receiver.body = {}, b"ok"
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    thread.join()
    server.server_close()


def made(address: str, *kinds: str, who: Staff | None = None) -> tuple[Staff, Webhook]:
    """A webhook of somebody who works in a country."""
    owner = who or staff(UnitFactory.create())
    return owner, webhooks.make_webhook(owner.actor, address, kinds or ("councils.action_*",))


def tell(kind: str, ref: Ref, who: Staff, **data: Any) -> None:
    with transaction.atomic():
        exchange.publish(Fact(kind, ref, who.actor, timezone.now(), data))


def work_off(hours: float = 0) -> None:
    """Do the jobs that are due by then."""
    with time_machine.travel(timezone.now() + timedelta(hours=hours), tick=True):
        jobs.work_off()


def test_a_fact_arrives_signed_and_whole(address: str) -> None:
    owner, hook = made(address, "councils.resolution_adopted")
    row = resolution_of(BodyFactory.create(unit=owner.post.unit))
    tell("councils.resolution_adopted", Ref("councils.resolution", row.pk), owner, number="1")
    tell("councils.meeting_held", Ref("councils.meeting", row.meeting_id), owner)
    work_off()
    ((headers, body),) = Receiver.got
    told = json.loads(body)
    assert told["type"] == "councils.resolution_adopted"
    assert told["data"]["id"] == str(row.pk)
    assert told["data"]["number"] == row.number
    assert told["data"]["more"] == {"number": "1"}
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.status, delivery.attempts) == ("delivered", 200, 1)
    assert headers["webhook-id"] == f"msg_{delivery.pk.hex}"
    stamp = int(headers["webhook-timestamp"])
    expected = signature(hook.secret, headers["webhook-id"], stamp, body)
    assert headers["webhook-signature"] == expected
    assert headers["Host"] == address.split("/")[2]


def test_what_its_user_may_not_see_when_it_is_delivered_is_not_sent(address: str) -> None:
    owner, _hook = made(address)
    other = staff(UnitFactory.create())
    action = duty(BodyFactory.create(confidentiality="body"), other)
    tell("councils.action_start", Ref("councils.action", action.pk), other)
    mine = duty(BodyFactory.create(), owner)
    tell("councils.action_start", Ref("councils.action", mine.pk), owner)
    owner.holding.until_at = timezone.now()
    owner.holding.save()
    work_off()
    assert Receiver.got == []
    assert set(Delivery.objects.values_list("state", flat=True)) == {"withheld"}


def test_nothing_is_told_of_what_was_rolled_back(address: str) -> None:
    owner, _hook = made(address)
    action = duty(BodyFactory.create(), owner)
    with transaction.atomic():
        tell("councils.action_start", Ref("councils.action", action.pk), owner)
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()
    assert not Job.objects.filter(name=webhooks.JOB).exists()


def test_a_message_is_tried_again_until_it_arrives_under_the_same_name(address: str) -> None:
    owner, hook = made(address)
    webhooks.ping(owner.actor, hook.pk)
    Receiver.status = 503
    work_off()
    work_off()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.fault) == ("waiting", 1, "HTTP 503")
    hook.refresh_from_db()
    assert hook.failing_since_at is not None
    Receiver.status = 200
    work_off(hours=1)
    delivery.refresh_from_db()
    hook.refresh_from_db()
    assert delivery.state == "delivered"
    assert Webhook.objects.get().failing_since_at is None
    assert len({headers["webhook-id"] for headers, _body in Receiver.got}) == 1


def test_after_a_day_a_message_fails_and_after_days_the_webhook_is_off(address: str) -> None:
    owner, hook = made(address)
    webhooks.ping(owner.actor, hook.pk)
    Receiver.status = 500
    for turn in range(ATTEMPTS):
        work_off(hours=turn * 6.01)  # no wait is longer
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("failed", ATTEMPTS)
    assert len(Receiver.got) == ATTEMPTS
    webhooks.redeliver(owner.actor, hook.pk, delivery.pk)
    work_off(hours=81)
    hook.refresh_from_db()
    assert hook.off_because == "failing"
    with pytest.raises(Refused):
        webhooks.ping(owner.actor, hook.pk)
    Receiver.status = 200
    webhooks.switch_webhook(owner.actor, hook.pk, on=True)
    webhooks.ping(owner.actor, hook.pk)
    work_off(hours=82)
    assert Delivery.objects.filter(state="delivered").exists()
    assert forget_deliveries(timezone.now() + timedelta(days=1)) == 2 - Delivery.objects.count()


def test_an_answer_is_neither_followed_nor_read_to_its_end(address: str) -> None:
    owner, hook = made(address)
    webhooks.ping(owner.actor, hook.pk)
    delivery = Delivery.objects.get()
    Receiver.body = b"x" * 5_000_000
    assert send(address, hook.secret, delivery, b"{}") == 200
    Receiver.status, Receiver.headers_sent = 302, {"Location": address}
    with pytest.raises(NotTaken, match="302"):
        send(address, hook.secret, delivery, b"{}")
    assert len(Receiver.got) == 2


def test_an_answer_that_drips_does_not_hold_the_worker(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DIWAN_WEBHOOKS_TO_LOOPBACK = True
    monkeypatch.setattr(delivering, "SECONDS_IN_ALL", 0.3)
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/hook"

        def drip() -> None:
            connected, _from = server.accept()
            with connected, suppress(OSError):
                connected.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while not over.wait(0.02):
                    connected.sendall(b"x")

        thread = threading.Thread(target=drip)
        thread.start()
        owner, hook = made(address)
        webhooks.ping(owner.actor, hook.pk)
        # Were it not broken off, the other side would end after a minute.
        alarm = threading.Timer(60, over.set)
        alarm.start()
        with pytest.raises(NotTaken):
            send(address, hook.secret, Delivery.objects.get(), b"{}")
        assert not over.is_set()
        alarm.cancel()
        over.set()
        thread.join()


@pytest.mark.parametrize(
    "name", ["127.0.0.1", "10.1.2.3", "[::1]", "169.254.169.254", "inside.test"]
)
def test_no_machine_inside_is_reached(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(host: str, port: int, **_more: Any) -> list[Any]:
        number = "192.168.1.1" if host == "inside.test" else host
        return [(0, 0, 0, "", ("93.184.216.34", port)), (0, 0, 0, "", (number, port))]

    monkeypatch.setattr("socket.getaddrinfo", resolve)
    owner, hook = made(f"https://{name}/hook")
    webhooks.ping(owner.actor, hook.pk)
    with pytest.raises(NotTaken, match="private"):
        send(hook.address, hook.secret, Delivery.objects.get(), b"{}")


@pytest.mark.parametrize(
    "wrong",
    [
        "http://example.org",
        "ftp://x",
        "https://",
        "https://a:b@c",
        "https://x:99999",
        "x",
        "https://x y",
    ],
)
def test_an_unfit_address_is_refused(wrong: str) -> None:
    with pytest.raises(Refused):
        made(wrong)
    with pytest.raises(Refused):
        made("https://example.org", "nonsense")


def test_pages_of_ones_own_webhooks_alone(client: Any, address: str) -> None:
    owner, hook = made(address)
    other = UserFactory.create()
    sign_in(client, owner.user)
    base = f"/en/exchange/webhooks/{hook.pk}/"
    assert "No message yet" in client.get(base).content.decode()
    client.post(f"{base}step/ping/")
    work_off()
    page = client.get(base).content.decode()
    assert "delivered" in page
    assert hook.secret in page
    delivery = Delivery.objects.get()
    assert client.post(f"{base}{delivery.pk}/again/").status_code == 302
    assert client.post(f"{base}step/nonsense/").status_code == 404
    posted = {"address": "http://example.net", "kinds": ["councils.action_*"]}
    assert client.post("/en/exchange/webhooks/new/", posted).status_code == 302
    assert client.post("/en/exchange/webhooks/new/", {"address": "x"}).status_code == 422
    assert client.post(f"{base}remove/").status_code == 302
    assert not Delivery.objects.exists()
    sign_in(client, other)
    foreign = Webhook.objects.get()
    assert client.get(f"/en/exchange/webhooks/{foreign.pk}/").status_code == 404
    assert exchange.cards([Ref(WEBHOOK, foreign.pk)], actor_of(other)) == {}
