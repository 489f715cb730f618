"""A person's word on a notice: send it again, or leave it as it is."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from diwan.kernel import audit
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.models import Notice, NoticeState
from diwan.kernel.policies import Actor, Through

from .kinds import kind_of
from .sending import wipe
from .telling import wake

NOTICE = "kernel.notice"
STUCK = (NoticeState.IN_DOUBT, NoticeState.FAILED, NoticeState.DEAD)


def send_again(actor: Actor, notice_id: UUID) -> Notice:
    """Have it sent once more, as it was written, with the same Message-ID.

    Raises NotFound without elevation, Refused where it is not stuck or its words are gone.
    """
    with transaction.atomic():
        row = _stuck(actor, notice_id)
        kind = kind_of(row.kind)
        if kind is not None and kind.secret and not row.data:
            raise Refused(
                _("What this notice said is not kept. Make a new link, and it is sent anew.")
            )
        _settle(actor, row, NoticeState.QUEUED, "send_again")
        transaction.on_commit(wake)
    return row


def leave(actor: Actor, notice_id: UUID) -> Notice:
    """Settle it without sending: it arrived, or need not arrive any more."""
    with transaction.atomic():
        row = _stuck(actor, notice_id)
        _settle(actor, row, NoticeState.LEFT, "leave")
        wipe(row)
    return row


def _stuck(actor: Actor, notice_id: UUID) -> Notice:
    if not actor.elevated:
        raise NotFound
    row = Notice.objects.select_for_update(of=("self",)).filter(pk=notice_id).first()
    if row is None:
        raise NotFound
    if row.state not in STUCK:
        raise Refused(_("This notice is settled already; there is nothing to decide."))
    return row


def _settle(actor: Actor, row: Notice, state: NoticeState, verb: str) -> None:
    before = row.state
    row.state, row.attempts, row.due_at = state.value, 0, actor.at
    row.save(update_fields=["state", "attempts", "due_at"])
    audit.record(
        actor,
        verb,
        Ref(NOTICE, row.pk),
        changes={"state": [before, row.state]},
        through=Through(elevation_id=actor.elevation_id),
    )
