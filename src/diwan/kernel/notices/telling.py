"""Telling: one row a recipient in the outbox, within the transaction of what happened."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.translation import get_language

from diwan.kernel import jobs
from diwan.kernel.exchange import Ref
from diwan.kernel.models import Notice

from .kinds import kind_of

DELIVER = "kernel.deliver"


def tell(
    kind: str,
    users: Iterable[UUID],
    ref: Ref,
    data: Mapping[str, Any] | None = None,
    *,
    once: str = "",
) -> None:
    """Tell each of `users` of `ref`; it is rolled back with the caller's transaction.

    `data` is what the writer of the kind needs besides the record. With `once` a user is told only
    if that word was never told them before. Raises LookupError for a kind that nobody declared.
    """
    _known(kind)
    packed = _packed(data)
    rows = [
        Notice(kind=kind, user_id=user, ref_kind=ref.kind, ref_id=ref.id, data=packed, once=once)
        for user in dict.fromkeys(users)
    ]
    if rows:
        Notice.objects.bulk_create(rows, ignore_conflicts=bool(once))
        transaction.on_commit(wake)


def tell_address(
    kind: str, address: str, ref: Ref, data: Mapping[str, Any], *, language: str = ""
) -> Notice:
    """Tell an e-mail address or a mobile number (``+98…``) that is nobody's account yet."""
    _known(kind)
    row = Notice.objects.create(
        kind=kind,
        address=address,
        language=language or (get_language() or "")[:2],
        ref_kind=ref.kind,
        ref_id=ref.id,
        data=_packed(data),
    )
    transaction.on_commit(wake)
    return row


def told_lately(address: str, since: datetime, most: int) -> list[datetime]:
    """When a bare address was told something since then, the latest first, at most so many."""
    rows = Notice.objects.filter(address=address, user_id__isnull=True, told_at__gte=since)
    return list(rows.order_by("-told_at").values_list("told_at", flat=True)[:most])


def wake() -> None:
    """Have the worker look into the outbox soon; the minute tick does it in any case."""
    jobs.enqueue(DELIVER, {}, key=DELIVER)


def _known(kind: str) -> None:
    if kind_of(kind) is None:
        raise LookupError(f"no room declares the notice {kind}")


def _packed(data: Mapping[str, Any] | None) -> Any:
    return json.loads(json.dumps(dict(data or {}), cls=DjangoJSONEncoder))
