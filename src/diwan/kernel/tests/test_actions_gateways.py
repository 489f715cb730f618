"""Gateways against servers of this test: one that answers, is down, or breaks off."""

import asyncio
import email
import email.policy
import errno
import http.server
import json
import os
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.exceptions import ImproperlyConfigured

from diwan.kernel.ids import new_id
from diwan.kernel.notices.gateways import Lost, Message, Rejected, Unavailable
from diwan.kernel.notices.gateways.files import FileGateway
from diwan.kernel.notices.gateways.smtp import SmtpGateway, read_url
from diwan.kernel.notices.gateways.web import WebGateway


class Inbox:
    """An SMTP server's handler: keeps what it got and answers as told."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.answer = "250 kept"
        self.break_off = False

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody@"):
            return "550 no such user"
        if address.startswith("later@"):
            return "451 later"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(  # noqa: N802 - as above
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.got.append(envelope.original_content or b"")
        if self.break_off:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return self.answer


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, SmtpGateway]]:
    handler = Inbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, SmtpGateway(f"smtp://127.0.0.1:{port}", seconds=5)
    controller.stop()


def message(address: str = "sara@example.org", **more: Any) -> Message:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    words = {"subject": "اقدام تازه برای پست شما", "text": ".\nنقطه‌ای در آغاز سطر\n", "html": ""}
    return Message(id=new_id(), channel="email", address=address, at=at, **(words | more))


def test_a_mail_arrives_whole(inbox: tuple[Inbox, SmtpGateway]) -> None:
    handler, gateway = inbox
    sent = message(html="<p>سلام</p>", files=[("a.ics", "text/calendar", b"BEGIN:VCALENDAR")])
    assert gateway.send(sent) == "250 kept"
    mail = email.message_from_bytes(handler.got[0], policy=email.policy.SMTP)
    assert mail["Subject"] == "اقدام تازه برای پست شما"
    assert mail["Message-ID"] == f"<{sent.id}@localhost>"
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == [".", "نقطه‌ای در آغاز سطر"]
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "a.ics"


def test_broken_off_after_the_data_is_in_doubt(inbox: tuple[Inbox, SmtpGateway]) -> None:
    handler, gateway = inbox
    handler.break_off = True
    with pytest.raises(Lost):
        gateway.send(message())
    assert len(handler.got) == 1


def test_what_the_server_refuses(inbox: tuple[Inbox, SmtpGateway]) -> None:
    handler, gateway = inbox
    with pytest.raises(Rejected, match="550"):
        gateway.send(message("nobody@example.org"))
    with pytest.raises(Unavailable, match="451"):
        gateway.send(message("later@example.org"))
    handler.answer = "452 no room"
    with pytest.raises(Unavailable, match="452"):
        gateway.send(message())
    handler.answer = "554 spam"
    with pytest.raises(Rejected, match="554"):
        gateway.send(message())


def test_a_server_that_is_down() -> None:
    with pytest.raises(Unavailable):
        SmtpGateway("smtp://127.0.0.1:1", seconds=1).send(message())
    with pytest.raises(Unavailable):
        WebGateway("http://127.0.0.1:1/", seconds=1).send(message())


def test_addresses_of_servers() -> None:
    server = read_url("smtp+tls://us%40er:p%3Ass@mail.example.org")
    assert (server.port, server.user, server.password) == (587, "us@er", "p:ss")
    for wrong in ("mail.example.org", "smtp://", "smtp://host:port", "http://host"):
        with pytest.raises(ImproperlyConfigured, match="DIWAN_SMTP_URL"):
            read_url(wrong)


class Provider(http.server.BaseHTTPRequestHandler):
    """A provider of text messages: answers as its server was told, or breaks off."""

    def do_POST(self) -> None:
        """Keep the body; status 0 breaks off without an answer."""
        length = int(self.headers["Content-Length"])
        body = json.loads(self.rfile.read(length))
        self.server.got.append((dict(self.headers), body))  # type: ignore[attr-defined]
        status: int = self.server.status  # type: ignore[attr-defined]
        if status == 0:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(status)
        self.end_headers()
        self.wfile.write(b'{"ticket": 7}')

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""


@pytest.fixture
def provider() -> Iterator[Any]:
    server = http.server.HTTPServer(("127.0.0.1", 0), Provider)
    server.got, server.status = [], 200  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_text_message_and_each_answer(provider: Any) -> None:
    url = f"http://127.0.0.1:{provider.server_port}/send"
    gateway = WebGateway(url, token="secret", sender="3000", seconds=5)
    sent = message("+989120000000", text="سلام")
    assert gateway.send(sent) == '200 {"ticket": 7}'
    headers, body = provider.got[0]
    assert body == {"id": str(sent.id), "to": "+989120000000", "from": "3000", "text": "سلام"}
    assert headers["Authorization"] == "Bearer secret"
    assert headers["Idempotency-Key"] == str(sent.id)
    answers = {429: Unavailable, 503: Unavailable, 400: Rejected, 500: Lost, 504: Lost, 0: Lost}
    for status, kind in answers.items():
        provider.status = status
        with pytest.raises(kind):
            gateway.send(sent)


def test_a_disk_that_is_full_keeps_the_message_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    gateway, sent = FileGateway(tmp_path / "outbox"), message("sara@example.org")
    with monkeypatch.context() as now:
        now.setattr(os, "fsync", full)
        with pytest.raises(Unavailable):
            gateway.send(sent)
    assert list(gateway.folder.iterdir()) == []
    assert gateway.send(sent) == f"outbox/{sent.id}.eml"
    assert [file.name for file in gateway.folder.iterdir()] == [f"{sent.id}.eml"]
