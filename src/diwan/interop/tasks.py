"""Jobs of the room."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from diwan.interop.actions import publishing
from diwan.interop.actions.delivering import deliver
from diwan.interop.actions.webhooks import JOB
from diwan.interop.constants import ATTEMPTS, FIRST_WAIT
from diwan.kernel import jobs


@jobs.job(JOB, label=_("Deliver to a webhook"), attempts=ATTEMPTS + 1, first_wait=FIRST_WAIT)
def deliver_one(delivery_id: str) -> str:
    """Try one delivery; the queue tries again for about a day."""
    return deliver(UUID(delivery_id))


@jobs.job(publishing.JOB, label=_("Look through what the open standards publish"))
def publish() -> int:
    """Look at everything that is open to all; how many objects changed."""
    return publishing.look_at_what_is_due(jobs.report)


jobs.every_minute(publishing.JOB, publishing.tick)
