"""Audit entries as `kernel.audit.record` would have added them, but many and long ago."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

from diwan.kernel.models import AuditEntry, PersonalValue

from .dice import Dice
from .parts import Hand
from .table import Store


class Trail:
    """Adds entries to the store."""

    def __init__(self, store: Store, stream: Dice) -> None:
        self._store = store
        self._dice = stream
        self._labels: dict[str, str] = {}
        self.count = 0

    def note(  # noqa: PLR0913 # an entry has that many sides; all but three are named
        self,
        hand: Hand,
        verb: str,
        subject: tuple[str, UUID],
        *,
        at: datetime,
        changes: Mapping[str, Any] | None = None,
        personal: Mapping[str, Any] | None = None,
        reason: str = "",
    ) -> None:
        """Add the entry of one write."""
        pk = self._dice.id_at(at)
        hashed = {name: self._keep(pk, name, pair) for name, pair in (personal or {}).items()}
        if hand.label:
            hashed["actor"] = self._keep(pk, "actor", hand.label)
        told = {**(changes or {}), **({"personal": hashed} if hashed else {})}
        self._store.add(
            AuditEntry,
            id=pk,
            at=at,
            actor_kind="user" if hand.person else "system" if hand.label else "anonymous",
            actor_id=hand.user_id,
            post_id=hand.post_id,
            verb=verb,
            subject_kind=subject[0],
            subject_id=subject[1],
            changes=told,
            reason=reason,
        )
        self.count += 1

    def _keep(self, entry: UUID, name: str, value: Any) -> dict[str, str]:
        salt = self._dice.salt()
        if isinstance(value, str):
            text = self._labels.get(value)
            if text is None:
                text = self._labels[value] = json.dumps(value, ensure_ascii=False)
        else:
            text = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)
        self._store.add(
            PersonalValue,
            id=UUID(int=entry.int ^ (hash_of(name) << 8)),
            entry_id=entry,
            field=name,
            salt=salt,
            value=value,
        )
        return {"sha256": hashlib.sha256(f"{salt}:{text}".encode()).hexdigest()}


def hash_of(name: str) -> int:
    """A small number for a field's name, the same on every machine."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4])
