"""What a meeting was offered and its secretary leaves aside, with the reason."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from diwan.councils.constants import MEETING
from diwan.councils.models import AgendaDrop, Meeting
from diwan.councils.policies import MEETINGS
from diwan.kernel import audit
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import AgendaPoint, Ref
from diwan.kernel.policies import Actor
from diwan.ui.show import show_number

from .writing import checked_reason

LONGEST = 500


@transaction.atomic
def drop_point(actor: Actor, meeting: Meeting, point: AgendaPoint, *, reason: str) -> AgendaDrop:
    """Leave aside what was offered to a meeting to come; the next one is offered it again.

    Raises NotFound, Forbidden, and Refused without a reason or where it was left aside already.
    """
    through = MEETINGS.require(actor, "run", meeting)
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if meeting.state != Meeting.State.PLANNED:
        raise Refused(_("Only a meeting that is still to come is offered something."))
    reason = checked_reason(reason)
    if len(reason) > LONGEST:
        raise Refused(
            _("The reason is longer than %(most)s letters. Say it shorter.")
            % {"most": show_number(LONGEST)},
            field="reason",
        )
    drop, made = AgendaDrop.objects.get_or_create(
        meeting=meeting,
        kind=point.ref.kind,
        record=point.ref.id,
        defaults={"text": dict(point.text), "reason": reason, "at": actor.at},
    )
    if not made:
        raise Refused(_("It was left aside already. Take that back to offer it again."))
    changes = {"text": [None, drop.text], "reason": [None, reason]}
    ref = Ref(MEETING, meeting.pk)
    audit.record(actor, "drop_point", ref, changes=changes, through=through)
    return drop


@transaction.atomic
def take_back_drop(actor: Actor, drop: AgendaDrop) -> None:
    """Offer again what was left aside."""
    through = MEETINGS.require(actor, "run", drop.meeting)
    changes = {"text": [drop.text, None], "reason": [drop.reason, None]}
    ref = Ref(MEETING, drop.meeting_id)
    drop.delete()
    audit.record(actor, "take_back_drop", ref, changes=changes, through=through)
