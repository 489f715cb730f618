"""What a file says otherwise than the last time it was taken in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from diwan.directory.public import Register
from diwan.interop.models import TakenIn
from diwan.kernel.policies import Actor

Digests = dict[str, str]


class Memory:
    """The digests of one register's records, before this import and after it."""

    def __init__(self, register: str) -> None:
        rows = TakenIn.objects.filter(register__key=register)
        self._before = {(row.kind, row.key): row for row in rows}
        self._now: dict[tuple[str, str], Digests] = {}

    def said(self, kind: str, key: str, item: Mapping[str, Any]) -> frozenset[str]:
        """The fields of an item that are told otherwise than the last time, or for the first."""
        now = {name: _digest(value) for name, value in item.items()}
        self._now[kind, key] = now
        row = self._before.get((kind, key))
        before: Digests = row.said if row is not None else {}
        return frozenset(name for name, digest in now.items() if before.get(name) != digest)

    def vanished(self) -> list[tuple[str, str]]:
        """Kind and key of what an earlier file told and this one does not."""
        return [pair for pair in self._before if pair not in self._now]

    def keep(self, actor: Actor, register: Register) -> None:
        """Remember what was told now; nothing is written where it is as before."""
        fresh = []
        for (kind, key), said in self._now.items():
            row = self._before.get((kind, key))
            if row is None:
                fresh.append(TakenIn(register=register, kind=kind, key=key, said=said, at=actor.at))
            elif not said.items() <= row.said.items():
                row.said, row.at = row.said | said, actor.at
                row.save(update_fields=["said", "at"])
        TakenIn.objects.bulk_create(fresh, batch_size=500)


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:24]
