"""The message of a written notice, and what is left of a secret one once it is over."""

from __future__ import annotations

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
        sender=settings.DIWAN_MAIL_FROM or f"diwan@{_host()}",
        choices_url=choices,
    )


def _host() -> str:
    return urlsplit(settings.DIWAN_ADDRESS).hostname or "localhost"


def wipe(row: Notice) -> None:
    """Forget the words of a secret notice: its link is nobody else's."""
    kind = kind_of(row.kind)
    if kind is not None and kind.secret and (row.text or row.data):
        row.text, row.html, row.data = "", "", {}
        row.save(update_fields=["text", "html", "data"])
