"""A request repeated (a double click, an impatient reload, a retry of a client) acts once.

Whoever sends a request gives it a key of its own. The first carries it out and keeps its answer in
the same transaction; those that come later under the same key get that answer. Two at the same
moment wait for each other at the row of the key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .errors import Conflict
from .models import Claim
from .policies import Actor

KEPT = timedelta(hours=24)
LONGEST_KEY = 200
BATCH = 1000


class AnotherRequest(Conflict):
    """The key was used before for a request that asked something else; `answer` is what it got."""

    def __init__(self, answer: Any = None) -> None:
        super().__init__(
            _("This was already sent with other content. Send it again if you want both.")
        )
        self.answer = answer


@dataclass
class Claimed:
    """What `claim` gives: the answer of the first time, or the place to keep it."""

    repeated: bool
    answer: Any = None
    kept: bool = False

    def keep(self, answer: Any) -> None:
        """Remember what was answered (anything that JSON can carry); without it nothing is."""
        self.answer, self.kept = answer, True


@contextmanager
def claim(actor: Actor, key: str, fingerprint: str) -> Iterator[Claimed]:
    """A transaction for the request of `actor` under `key`.

    With `repeated` the answer is that of the first time and nothing is to be done. Else carry the
    request out and `keep` its answer; without that, or with an error, the key is free again.
    `fingerprint` is what the request asks (`fingerprint_of`). Raises AnotherRequest, a Conflict,
    where the key stands for something else. A key is kept for 24 hours.
    """
    with transaction.atomic():
        row, fresh = _row(_identity(actor, key), fingerprint)
        if not fresh:
            if row.fingerprint != fingerprint:
                raise AnotherRequest(row.answer)
            yield Claimed(repeated=True, answer=row.answer)
            return
        claimed = Claimed(repeated=False)
        yield claimed
        if claimed.kept:
            row.answer = json.loads(json.dumps(claimed.answer, cls=DjangoJSONEncoder))
            row.save(update_fields=["answer"])
        else:
            row.delete()


def fingerprint_of(*parts: str | bytes) -> str:
    """A digest of what a request asks; its parts cannot run into each other."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8, "big"))
        digest.update(content)
    return digest.hexdigest()


def forget(before: datetime) -> int:
    """Delete a batch of claims made before that instant; how many they were."""
    old = Claim.objects.filter(claimed_at__lt=before).values_list("pk", flat=True)[:BATCH]
    return Claim.objects.filter(pk__in=list(old)).delete()[0]


def _identity(actor: Actor, key: str) -> str:
    return fingerprint_of(actor.kind.value, str(actor.user_id or ""), key[:LONGEST_KEY])


def _row(identity: str, fingerprint: str) -> tuple[Claim, bool]:
    """The row of the key and whether it is ours; waits for whoever is writing it."""
    now = timezone.now()
    Claim.objects.filter(pk=identity, claimed_at__lt=now - KEPT).delete()
    try:
        with transaction.atomic():
            row = Claim(id=identity, fingerprint=fingerprint, claimed_at=now)
            row.save(force_insert=True)
    except IntegrityError:
        return Claim.objects.get(pk=identity), False
    return row, True
