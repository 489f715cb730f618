"""Entries to be sealed."""

from __future__ import annotations

from django.db import transaction

from diwan.kernel import audit
from diwan.kernel.models import AuditEntry
from diwan.kernel.tests.factories import a_ref, a_user


def write(count: int) -> list[AuditEntry]:
    """Entries as actions write them."""
    with transaction.atomic():
        return [
            audit.record(
                a_user(),
                "rename",
                a_ref(),
                changes={"number": [n, n + 1], "share": [0.5, 1.0]},
                personal={"name": [None, f"Sara {n}"]},
                reason="نام تازه",
            )
            for n in range(count)
        ]
