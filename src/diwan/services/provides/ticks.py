"""What happens by itself: steps grow late, units and posts end, applicants are forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy

from diwan.accounts.public import USER_KIND
from diwan.directory.public import POST_ENDED
from diwan.kernel import exchange, jobs
from diwan.kernel.erasing import declare_erasure
from diwan.kernel.exchange import Ref
from diwan.kernel.models import Heartbeat
from diwan.kernel.policies import Actor
from diwan.kernel.retention import declare_retention
from diwan.services.actions.erasing import erase_before
from diwan.services.actions.expiring import look_at_waiting
from diwan.services.actions.keeping import keep_months
from diwan.services.actions.moving import look_for_late, move_from_closed, on_post_ended
from diwan.services.models import Applicant

KEPT_DAYS = 1825
"""Five years after its end nobody needs to know any more who asked; an office may choose others."""
APART = timedelta(minutes=20)
CLOSED_UNITS = "services.closed_units"
KEPT_MONTHS = "services.kept_months"
COUNTED_APART = timedelta(hours=6)
MONTHS_AT_ONCE = 6


def declare_ticks() -> None:
    """Declare what the minute tick looks at, and what is not kept for ever."""
    jobs.every_minute("services.late", late_cases)
    jobs.every_minute(CLOSED_UNITS, closed_units)
    jobs.every_minute(KEPT_MONTHS, kept_months)
    jobs.every_minute("services.waiting", waiting_cases)
    exchange.listen(POST_ENDED, on_post_ended)
    declare_retention(
        "services.applicants",
        gettext_lazy("who asked, and what they wrote and brought, after the end of a case"),
        KEPT_DAYS,
        erase_before,
    )
    declare_erasure(USER_KIND, forget_user)


def late_cases(at: datetime) -> None:
    """Tell of steps that grew late, and do what a workbook has done by itself then."""
    look_for_late(at)


def waiting_cases(at: datetime) -> None:
    """Remind applicants of whom nothing is heard, and close what nobody answers."""
    look_at_waiting(at)


def closed_units(at: datetime) -> None:
    """Move cases from units that are no more.

    Looked for a few times an hour; where there were any, each minute until none is left.
    """
    if Heartbeat.objects.filter(name=CLOSED_UNITS, at__gt=at - APART).exists():
        return
    if not move_from_closed(at):
        Heartbeat.objects.update_or_create(name=CLOSED_UNITS, defaults={"at": at})


def kept_months(at: datetime) -> None:
    """Count the months that are over, a few in a minute; then nothing until the next day."""
    if Heartbeat.objects.filter(name=KEPT_MONTHS, at__gt=at - COUNTED_APART).exists():
        return
    if not keep_months(at, most=MONTHS_AT_ONCE):
        Heartbeat.objects.update_or_create(name=KEPT_MONTHS, defaults={"at": at})


def forget_user(actor: Actor, ref: Ref) -> None:  # noqa: ARG001 - as every eraser
    """A case is not its applicant's user's any more once that user is erased."""
    Applicant.objects.filter(user_id=ref.id).update(user=None)
