"""What is handed to a gateway, and how it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Protocol
from uuid import UUID

from diwan.kernel.errors import DiwanError

CALENDAR = "text/calendar; method="
"""What the media type of an invitation begins with (RFC 6047)."""


class Unavailable(DiwanError):
    """Surely not sent: the gateway is away or says *later*."""


class Lost(DiwanError):
    """The gateway's answer was lost: it may have been sent."""


class Rejected(DiwanError):
    """The gateway will never take this message."""


@dataclass(frozen=True)
class Message:
    """One message, the same bytes each time it is tried. `html` and `files` are of e-mail alone."""

    id: UUID
    channel: str
    address: str
    subject: str
    text: str
    at: datetime
    html: str = ""
    language: str = ""
    sender: str = ""
    choices_url: str = ""
    files: Sequence[tuple[str, str, bytes]] = ()

    def as_email(self) -> EmailMessage:
        """The message as RFC 5322 wants it; words in any script, lines in ASCII.

        Message-ID and Date come from the notice, so that a second try is the same message.
        """
        mail = EmailMessage(policy=SMTP)
        address = Address(addr_spec=self.sender or "diwan@localhost")
        mail["Message-ID"] = f"<{self.id}@{address.domain}>"
        mail["Date"] = format_datetime(self.at)
        mail["From"] = Address("Diwan", addr_spec=address.addr_spec)
        mail["To"] = self.address
        mail["Subject"] = " ".join(self.subject.split())
        mail["Auto-Submitted"] = "auto-generated"
        if self.language:
            mail["Content-Language"] = self.language
        if self.choices_url:
            mail["List-Unsubscribe"] = f"<{self.choices_url}>"
        mail.set_content(self.text, cte="base64")
        if self.html:
            mail.add_alternative(self.html, subtype="html", cte="base64")
        self._attach(mail)
        # Boundaries are made from the notice too, not from chance.
        for number, part in enumerate(mail.walk()):
            if part.is_multipart():
                part.set_boundary(f"diwan-{self.id.hex}-{number}")
        return mail

    def _attach(self, mail: EmailMessage) -> None:
        """Put the files in; a calendar stands beside the text, and as a file for other programs."""
        calendars = [file for file in self.files if file[1].startswith(CALENDAR)]
        for _name, media_type, content in calendars:
            params = {"method": media_type.removeprefix(CALENDAR)}
            mail.add_alternative(content.decode(), subtype="calendar", cte="base64", params=params)
        for name, media_type, content in self.files:
            known = "application/ics" if media_type.startswith(CALENDAR) else media_type
            main, sub = known.split("/", 1)
            mail.add_attachment(content, maintype=main, subtype=sub, filename=name)


class Gateway(Protocol):
    """A way out for one channel."""

    def send(self, message: Message) -> str:
        """Hand the message over; returns the provider's answer.

        Raises Unavailable, Lost or Rejected.
        """
        ...
