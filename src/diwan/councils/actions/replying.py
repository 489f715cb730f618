"""Saying beforehand whether one comes to a meeting, so that its secretary knows before the day."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from diwan.councils.constants import MEETING
from diwan.councils.models import Meeting, Reply
from diwan.councils.policies import MEETINGS
from diwan.councils.queries.attendance import seats_for
from diwan.councils.queries.own_seats import own_seats
from diwan.kernel import audit
from diwan.kernel.errors import Forbidden, Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor, Through

from .writing import today_of

BATCH = 500
KEPT_DAYS = 365
"""An answer may excuse somebody for an illness: it is not kept longer than it is of use."""


@transaction.atomic
def reply(
    actor: Actor, meeting: Meeting, seat: UUID, answer: str, *, deputy: str = "", note: str = ""
) -> Reply:
    """Answer for a seat of a meeting to come; a later answer takes the place of an earlier one.

    Everybody answers for their own seats; who runs the meeting for all of them (somebody has
    telephoned). `meeting` with its body and unit. Raises NotFound, Forbidden, Refused.
    """
    MEETINGS.demand(actor, "see", meeting)
    through = _through(actor, meeting, seat)
    meeting = (
        Meeting.objects.select_related("body__unit")
        .select_for_update(of=("self",))
        .get(pk=meeting.pk)
    )
    _require_to_come(actor, meeting)
    if answer not in Reply.Answer.values:
        raise Refused(_("Choose one of the answers."), field="answer")
    deputy = deputy.strip() if answer == Reply.Answer.DEPUTY else ""
    if answer == Reply.Answer.DEPUTY and not deputy:
        raise Refused(_("Say who comes for you: name and post."), field="deputy")
    before = Reply.objects.filter(meeting=meeting, seat=seat).first()
    said = {"answer": answer, "deputy": deputy, "note": note.strip()}
    after, _made = Reply.objects.update_or_create(
        meeting=meeting, seat=seat, defaults={**said, "at": actor.at}
    )
    words = {name: [getattr(before, name, None), said[name]] for name in ("deputy", "note")}
    audit.record(
        actor,
        "reply",
        Ref(MEETING, meeting.pk),
        changes={"answer": [before.answer if before else None, answer]},
        personal={name: pair for name, pair in words.items() if any(pair)},
        through=through,
    )
    return after


@transaction.atomic
def forget_replies(before: datetime) -> int:
    """Forget a batch of answers given before an instant: what counts is who was there."""
    ids = Reply.objects.filter(at__lt=before).values_list("pk", flat=True)[:BATCH]
    deleted, _by_kind = Reply.objects.filter(pk__in=list(ids)).delete()
    return deleted


def _through(actor: Actor, meeting: Meeting, seat: UUID) -> Through:
    """What gives the right: the own seat, or running the meeting."""
    for own in own_seats(actor, meeting.body, meeting.date or today_of(actor, meeting.body)):
        if own.seat == seat:
            return Through(post_id=own.post_id)
    through = MEETINGS.require(actor, "run", meeting)
    if seat not in {draft.seat for draft in seats_for(meeting)}:
        raise Forbidden
    return through


def _require_to_come(actor: Actor, meeting: Meeting) -> None:
    if meeting.state != Meeting.State.PLANNED or meeting.opened_at is not None:
        raise Refused(_("This meeting has begun, is over or was called off; answers come before."))
    if meeting.date is not None and meeting.date < today_of(actor, meeting.body):
        raise Refused(
            _("The meeting's day has passed. Who was there is written in its attendance.")
        )
