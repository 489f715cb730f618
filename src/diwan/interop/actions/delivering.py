"""Sending one message: what its user may see now, signed, to a machine of the open Internet.

The name is resolved here and the connection made to the very address that was looked at, so that a
name which changes its mind between the two reaches nothing inside. No redirect is followed, ten
seconds are enough for each step of it and thirty for all, and of an answer no more than 64 kB is
read.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from diwan.interop.constants import ATTEMPTS, DAYS_OF_FAILURE, PING, WEBHOOK
from diwan.interop.models import Delivery, Webhook
from diwan.interop.rules.webhooks import UnfitAddress, checked_address, is_open, signature
from diwan.kernel import audit
from diwan.kernel.exchange import Card, Ref, cards
from diwan.kernel.jobs import TryAgain
from diwan.kernel.policies import Actor

SECONDS = 10.0
SECONDS_IN_ALL = 30.0
MOST_READ = 64 * 1024
LONGEST_FAULT = 300
GONE = 410


class NotTaken(Exception):
    """The other side did not take the message; `status` is its answer, if it gave one."""

    def __init__(self, why: str, status: int | None = None) -> None:
        super().__init__(why)
        self.status = status


def deliver(delivery_id: UUID) -> str:
    """Try one delivery; its state afterwards. Raises TryAgain while it may still succeed."""
    found = Delivery.objects.select_related("webhook__user").filter(pk=delivery_id).first()
    if found is None or found.state != Delivery.State.WAITING:
        return "over"
    hook = found.webhook
    if hook.off_at is not None or not hook.user.is_active:
        return _end(found, Delivery.State.WITHHELD)
    card = _seen(found)
    if card is None and found.kind != PING:
        return _end(found, Delivery.State.WITHHELD)
    found.attempts += 1
    try:
        status = send(hook.address, hook.secret, found, _body(found, card))
    except NotTaken as refusal:
        return _failed(found, refusal)
    Webhook.objects.filter(pk=hook.pk).update(failing_since_at=None)
    return _end(found, Delivery.State.DELIVERED, status=status)


def _seen(delivery: Delivery) -> Card | None:
    """The record's card if the webhook's user may see it at this instant."""
    user = delivery.webhook.user
    ref = Ref(delivery.ref_kind, delivery.ref_id)
    return cards([ref], Actor.user(user.pk, str(user))).get(ref)


def _body(delivery: Delivery, card: Card | None) -> bytes:
    data: dict[str, Any] = {"kind": delivery.ref_kind, "id": str(delivery.ref_id)}
    if card is not None:
        data |= {"title": dict(card.title), "number": card.number, "url": card.url}
    told = {
        "type": delivery.kind,
        "timestamp": delivery.fact_at.isoformat(),
        "data": data | {"more": delivery.data},
    }
    return json.dumps(told, ensure_ascii=False, default=str).encode()


def send(address: str, secret: str, delivery: Delivery, body: bytes) -> int:
    """Post the message; the status of a 2xx answer. Raises NotTaken for everything else."""
    message_id = f"msg_{delivery.pk.hex}"
    now = int(timezone.now().timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Diwan-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(now),
        "webhook-signature": signature(secret, message_id, now, body),
    }
    try:
        checked_address(address, loopback=settings.DIWAN_WEBHOOKS_TO_LOOPBACK)
        url, extensions = _pinned(address)
        headers["Host"] = urlsplit(address).netloc
        with (
            _broken_off_in_time(extensions),
            httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False) as client,
            client.stream(
                "POST", url, content=body, headers=headers, extensions=extensions
            ) as answer,
        ):
            _read(answer)
            status = answer.status_code
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnfitAddress, UnicodeError) as error:
        raise NotTaken(f"{type(error).__name__}: {error}") from error
    if not 200 <= status < 300:
        raise NotTaken(f"HTTP {status}", status)
    return status


@contextmanager
def _broken_off_in_time(extensions: dict[str, Any]) -> Iterator[None]:
    """Break the connection off when its time is over, however slowly the other side drips.

    The client's own timeout begins anew with each byte: an answer of one byte every nine seconds
    would hold a thread of the worker for days.
    """
    found: list[socket.socket] = []

    def trace(event: str, told: Mapping[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            found[:] = [told["return_value"].get_extra_info("socket")]

    def break_off() -> None:
        for connected in found:
            # Not the TLS socket's own, which would first forget its keys under the reader's hands.
            with suppress(OSError):
                socket.socket.shutdown(connected, socket.SHUT_RDWR)

    extensions["trace"] = trace
    timer = threading.Timer(SECONDS_IN_ALL, break_off)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _pinned(address: str) -> tuple[httpx.URL, dict[str, Any]]:
    """The address with its name replaced by a machine's number, the name kept for TLS.

    Raises UnfitAddress where any of the name's machines is not of the open Internet.
    """
    url = httpx.URL(address)
    name = url.raw_host.decode()
    port = url.port or (443 if url.scheme == "https" else 80)
    found = socket.getaddrinfo(name.strip("[]"), port, type=socket.SOCK_STREAM)
    numbers = [str(row[4][0]) for row in found]
    loopback = settings.DIWAN_WEBHOOKS_TO_LOOPBACK
    if not numbers or not all(is_open(number, loopback=loopback) for number in numbers):
        raise UnfitAddress("private")
    return url.copy_with(host=numbers[0]), {"sni_hostname": name}


def _read(answer: httpx.Response) -> None:
    """Read a little of the answer, so that the other side can finish; no more than that.

    Slow drops do not hold the worker: after the time is over the rest is left.
    """
    read, until = 0, timezone.now() + timedelta(seconds=SECONDS)
    for piece in answer.iter_raw():
        read += len(piece)
        if read > MOST_READ or timezone.now() > until:
            return


def _failed(delivery: Delivery, refusal: NotTaken) -> str:
    """Write the failure; off after days of them. Raises TryAgain while there are tries left."""
    hook, now = delivery.webhook, timezone.now()
    fault = str(refusal)[:LONGEST_FAULT]
    over = delivery.attempts >= ATTEMPTS or refusal.status == GONE
    state = Delivery.State.FAILED if over else Delivery.State.WAITING
    with transaction.atomic():
        _end(delivery, state, status=refusal.status, fault=fault)
        row = Webhook.objects.select_for_update(of=("self",)).get(pk=hook.pk)
        row.failing_since_at = row.failing_since_at or now
        long = now - row.failing_since_at >= timedelta(days=DAYS_OF_FAILURE)
        if row.off_at is None and (long or refusal.status == GONE):
            row.off_at, row.off_because = now, Webhook.Off.FAILING.value
            system = Actor.system("webhooks", at=now)
            audit.record(system, "switch_off", Ref(WEBHOOK, row.pk), reason=fault)
        row.save(update_fields=["failing_since_at", "off_at", "off_because"])
    if over or row.off_at is not None:
        return state.value
    raise TryAgain(fault)


def _end(
    delivery: Delivery, state: Delivery.State, *, status: int | None = None, fault: str = ""
) -> str:
    delivery.state, delivery.status, delivery.fault = state.value, status, fault
    delivery.tried_at = timezone.now()
    delivery.save(update_fields=["state", "status", "fault", "tried_at", "attempts"])
    return state.value
