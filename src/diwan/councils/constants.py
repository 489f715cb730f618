"""Words of the room that others use, too: the kinds of its records and facts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

BODY = "councils.body"
MEMBERSHIP = "councils.membership"
MEETING = "councils.meeting"
AGENDA_ITEM = "councils.agenda_item"
PROPOSAL = "councils.proposal"
STATEMENT = "councils.statement"
RESOLUTION = "councils.resolution"
ACTION = "councils.action"
ACTION_EVENT = "councils.action_event"
PROOF = "councils.proof"

ACTION_FACT = "councils.action_"
"""Facts of an action are told as this and the step's verb, such as ``councils.action_close``."""
ACTION_ESCALATED = "councils.action_escalated"
"""The fact and the notice that a late action went up to a head."""
MEETING_HELD = "councils.meeting_held"
INVITED = "councils.invited"
"""The notice that asks people to a meeting."""
MINUTES_SEALED = "councils.minutes_sealed"
"""Minutes wait for signatures (data: version)."""
MINUTES_SIGNED = "councils.minutes_signed"
"""All have signed (data: version)."""
RESOLUTION_ADOPTED = "councils.resolution_adopted"
MAY_OBJECT = "councils.may_object"
"""The notice to those who may object to a resolution."""
OBJECTED = "councils.objected"
"""The fact and the notice that a post objects to a resolution."""
OBJECTION_ANSWERED = "councils.objection_answered"
"""The fact and the notice of what the body answered."""

STEP_DONE = {
    "add": _("added the action"),
    "confirm": _("confirmed it"),
    "settle": _("confirmed it as already done"),
    "dismiss": _("dropped it instead of confirming it"),
    "assign": _("assigned it to a post"),
    "start": _("started the work"),
    "progress": _("reported progress"),
    "attach": _("attached proof"),
    "report": _("reported it done"),
    "return": _("returned it for more work"),
    "close": _("closed it"),
    "drop": _("dropped it"),
    "reopen": _("reopened it"),
    "ask_date": _("asked for a new date"),
    "grant_date": _("granted a new date"),
    "refuse_date": _("refused a new date"),
    "re_date": _("gave it a new date"),
    "pass_down": _("passed it down"),
    "reassign": _("moved it because its post ended"),
    "correct": _("corrected the record"),
}
"""What each step did, as a sentence about somebody says it."""
