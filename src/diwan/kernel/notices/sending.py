"""The message of a written notice, and what is left of a secret one once it is over."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from diwan.kernel.models import Notice

from .gateways import Message
from .kinds import kind_of
from .writing import CHOICES, absolute


def message_of(row: Notice) -> Message:
    """The message as each try sends it."""
    choices = ""
    if row.user_id is not None:
        with translation.override(row.language or None):
            choices = absolute(reverse(CHOICES))
    return Message(
        id=row.pk,
        channel=row.channel,
        address=row.address,
        subject=row.subject,
        text=row.text,
        at=row.told_at,
        html=row.html,
        language=row.language,
        sender=sender(),
        choices_url=choices,
        files=[(name, kind, b64decode(content)) for name, kind, content in row.files],
    )


def packed_files(files: Sequence[tuple[str, str, bytes]]) -> list[list[str]]:
    """Attachments as they are kept with the notice."""
    return [[name, kind, b64encode(content).decode()] for name, kind, content in files]


def sender() -> str:
    """The address from which e-mail comes."""
    return settings.DIWAN_MAIL_FROM or f"diwan@{_host()}"


def _host() -> str:
    return urlsplit(settings.DIWAN_ADDRESS).hostname or "localhost"


def wipe(row: Notice) -> None:
    """Forget the words of a secret notice: its link is nobody else's."""
    kind = kind_of(row.kind)
    if kind is not None and kind.secret and (row.text or row.data):
        row.text, row.html, row.data, row.files = "", "", {}, []
        row.save(update_fields=["text", "html", "data", "files"])
