"""The ways out: what a gateway is, and which one the settings name.

A gateway hands over one message and says how it went in one of four ways: it returns a receipt; it
raises `Unavailable` (surely not sent: try again), `Lost` (it may have been sent: in doubt) or
`Rejected` (this message will never go).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from diwan.kernel.models import Channel

from .base import Gateway, Lost, Message, Rejected, Unavailable
from .files import FileGateway
from .smtp import SmtpGateway
from .web import WebGateway

__all__ = ["Gateway", "Lost", "Message", "Rejected", "Unavailable", "gateway_of"]


def gateway_of(channel: str) -> Gateway:
    """The gateway that the settings name for a channel; files in the outbox folder by default."""
    smtp, sms = settings.DIWAN_SMTP_URL, settings.DIWAN_SMS_URL
    if channel == Channel.EMAIL and smtp:
        return _smtp(smtp)
    if channel == Channel.SMS and sms:
        return _web(sms, settings.DIWAN_SMS_TOKEN, settings.DIWAN_SMS_FROM)
    return FileGateway(Path(settings.DIWAN_HOME) / "outbox")


@lru_cache(maxsize=4)
def _smtp(url: str) -> Gateway:
    return SmtpGateway(url)


@lru_cache(maxsize=4)
def _web(url: str, token: str, sender: str) -> Gateway:
    return WebGateway(url, token=token, sender=sender)
