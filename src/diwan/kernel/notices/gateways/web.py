"""Text messages by a provider's HTTP address: one POST of JSON, described in docs/notices.md."""

from __future__ import annotations

import httpx

from .base import Lost, Message, Rejected, Unavailable

SECONDS = 20.0
_LATER = {408, 425, 429, 503}
_SHOWN = 300


class WebGateway:
    """Posts ``{"id", "to", "from", "text"}``; 2xx is a receipt."""

    def __init__(
        self, url: str, *, token: str = "", sender: str = "", seconds: float = SECONDS
    ) -> None:
        self.url = url
        self.sender = sender
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.seconds = seconds

    def send(self, message: Message) -> str:
        """Hand the message over; returns the provider's answer."""
        body = {
            "id": str(message.id),
            "to": message.address,
            "from": self.sender,
            "text": message.text,
        }
        headers = self.headers | {"Idempotency-Key": str(message.id)}
        try:
            answer = httpx.post(self.url, json=body, headers=headers, timeout=self.seconds)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Unavailable(str(error)) from error
        except httpx.InvalidURL as error:
            raise Unavailable(str(error)) from error
        except httpx.HTTPError as error:  # it was on its way: nobody knows how far
            raise Lost(f"{type(error).__name__}: {error}") from error
        said = f"{answer.status_code} {answer.text[:_SHOWN]}"
        if answer.is_success:
            return said
        if answer.status_code in _LATER:
            raise Unavailable(said)
        if answer.is_client_error:
            raise Rejected(said)
        raise Lost(said)
