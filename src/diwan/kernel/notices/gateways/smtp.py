"""E-mail by SMTP, one conversation a message, watching how far it got.

Until the server has the last line, nothing was sent; between the last line and its answer the
message is in doubt.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from .base import Lost, Message, Rejected, Unavailable

SECONDS = 20.0
_FIRST_DOT = re.compile(rb"^\.", re.MULTILINE)
_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


@dataclass(frozen=True)
class Server:
    """Where and how: `scheme` is smtp (plain), smtp+tls (STARTTLS) or smtps (TLS at once)."""

    scheme: str
    host: str
    port: int
    user: str
    password: str


def read_url(url: str) -> Server:
    """The server of ``smtp+tls://user:password@host:587``. Raises ImproperlyConfigured."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in _PORTS or not parts.hostname or port == -1:
        raise ImproperlyConfigured(
            "DIWAN_SMTP_URL is not understood; it should look like "
            "smtp+tls://user:password@mail.example.org:587."
        )
    return Server(
        parts.scheme,
        parts.hostname,
        port or _PORTS[parts.scheme],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )


class SmtpGateway:
    """Sends e-mail by the server of DIWAN_SMTP_URL."""

    def __init__(self, url: str, *, seconds: float = SECONDS) -> None:
        self.server = read_url(url)
        self.seconds = seconds

    def send(self, message: Message) -> str:
        """Hand the message over; returns the server's last line."""
        content = message.as_email().as_bytes()
        smtp = self._open()
        try:
            self._envelope(smtp, message)
            return self._content(smtp, content)
        finally:
            with suppress(OSError):  # the answer is in; how the line is closed changes nothing
                smtp.close()

    def _open(self) -> smtplib.SMTP:
        server = self.server
        try:
            smtp: smtplib.SMTP
            if server.scheme == "smtps":
                context = ssl.create_default_context()
                smtp = smtplib.SMTP_SSL(
                    server.host, server.port, timeout=self.seconds, context=context
                )
            else:
                smtp = smtplib.SMTP(server.host, server.port, timeout=self.seconds)
            if server.scheme == "smtp+tls":
                smtp.starttls(context=ssl.create_default_context())
            if server.user:
                smtp.login(server.user, server.password)
            else:
                smtp.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(str(error)) from error
        return smtp

    def _envelope(self, smtp: smtplib.SMTP, message: Message) -> None:
        sender = message.sender or "diwan@localhost"
        try:
            for code, line in (
                smtp.mail(sender),
                smtp.rcpt(message.address),
                smtp.docmd("DATA"),
            ):
                if code >= 400:
                    _refuse(code, line)
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(str(error)) from error

    def _content(self, smtp: smtplib.SMTP, content: bytes) -> str:
        lines = _FIRST_DOT.sub(b"..", content)  # RFC 5321, 4.5.2: a lone dot would end it
        try:
            smtp.send(lines + b".\r\n")
            code, line = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise Lost(str(error)) from error
        if code >= 400:
            _refuse(code, line)
        return f"{code} {line.decode('utf-8', 'replace')}"


def _refuse(code: int, line: bytes) -> NoReturn:
    said = f"{code} {line.decode('utf-8', 'replace')}"
    if code < 500:
        raise Unavailable(said)
    raise Rejected(said)
