"""Elevation: an administrator's timed, explained and logged use of all rights."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from diwan.accounts.constants import ELEVATION_MINUTES
from diwan.accounts.models import Elevation
from diwan.kernel import audit
from diwan.kernel.errors import Conflict, NotFound, Refused
from diwan.kernel.policies import Actor, Through

from .checks import read_reason, user_ref
from .users import locked


@transaction.atomic
def elevate(actor: Actor, *, password: str, reason: str, minutes: int) -> Elevation:
    """Begin an elevation of the actor themself, for 15, 30 or 60 minutes.

    Raises NotFound for who may not elevate, Refused for a wrong password, a missing reason, another
    length, and while one runs already.
    """
    if actor.user_id is None:
        raise NotFound
    user = locked(actor.user_id)
    if not (user.may_elevate and user.is_active):
        raise NotFound
    why = read_reason(reason)
    if minutes not in ELEVATION_MINUTES:
        raise Refused(_("Choose one of the lengths of the list."), field="minutes")
    if not user.check_password(password):
        raise Refused(_("This is not your password."), field="password")
    Elevation.objects.filter(user=user).running(actor.at).update(ended_at=actor.at)
    elevation = Elevation.objects.create(
        user=user, reason=why, since_at=actor.at, until_at=actor.at + timedelta(minutes=minutes)
    )
    audit.record(
        actor,
        "elevate",
        user_ref(user),
        changes={"until_at": [None, elevation.until_at]},
        reason=why,
        through=Through(elevation_id=elevation.pk),
    )
    return elevation


@transaction.atomic
def end_elevation(actor: Actor) -> Elevation:
    """End the actor's running elevation before its time. Raises Conflict where none runs."""
    if actor.elevation_id is None or actor.user_id is None:
        raise Conflict(_("No elevation of yours runs any more."))
    running = (
        Elevation.objects.select_for_update()
        .filter(pk=actor.elevation_id, user_id=actor.user_id)
        .running(actor.at)
        .first()
    )
    if running is None:
        raise Conflict(_("No elevation of yours runs any more."))
    _end(running, actor, ended_at=actor.at)
    return running


def end_run_out_elevations(at: datetime) -> None:
    """Write off elevations whose time is over; the minute tick calls it."""
    for pk in list(Elevation.objects.run_out(at).values_list("pk", flat=True)):
        with transaction.atomic():
            over = Elevation.objects.select_for_update().run_out(at).filter(pk=pk).first()
            if over is not None:
                _end(over, Actor.system("elevation", at=at), ended_at=over.until_at)


def _end(elevation: Elevation, actor: Actor, *, ended_at: datetime) -> None:
    elevation.ended_at = ended_at
    elevation.save(update_fields=["ended_at"])
    audit.record(
        actor,
        "end_elevation",
        user_ref(elevation.user),
        changes={"ended_at": [None, ended_at]},
        through=Through(elevation_id=elevation.pk),
    )
