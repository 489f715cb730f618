"""How the trail tells what was done in a meeting's room, and what became of a body's rules."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from diwan.councils.models import Attendance, Ballot, Vote
from diwan.councils.models.bylaws import Majority, MajorityOf, Quorum, Signers
from diwan.directory.public import POST
from diwan.kernel.errors import Sentence

CAST = {f"voted_{choice}": label for choice, label in Ballot.Choice.choices}
MARKED = {f"marked_{status}": label for status, label in Attendance.Status.choices}

CONDUCT_VERBS: Mapping[str, Sentence] = {
    "open": _("opened the meeting"),
    "close": _("closed the meeting"),
    "take_attendance": _("wrote down who was expected"),
    "mark": _("marked how a seat was filled"),
    "mark_many": _("marked how seats were filled"),
    "add_guest": _("wrote down a guest"),
    "remove_guest": _("took out a guest"),
    "leave": _("wrote down that somebody left the room"),
    "come_back": _("wrote down that somebody came in"),
    "open_item": _("began with an agenda item"),
    "close_item": _("ended an agenda item"),
    "recuse": _("wrote down that somebody stepped out of an item"),
    "take_back_recusal": _("took back that somebody stepped out of an item"),
    "open_vote": _("put a question to the vote"),
    "cast": _("wrote down votes"),
    "close_vote": _("counted a vote"),
    "cancel_vote": _("broke a vote off"),
    "note_dissent": _("wrote down a dissent"),
}
CONDUCT_FIELDS: Mapping[str, Sentence] = {
    **CAST,
    **MARKED,
    "called": _("Seats that were called"),
    "voted_back": _("Votes taken back"),
    "opened_at": _("Opened"),
    "closed_at": _("Closed"),
    "seat": _("Seat"),
    "seats": pgettext_lazy("meeting", "Seats"),
    "status": _("Attendance"),
    "deputy_post": _("Deputy"),
    "deputy_name": _("Deputy"),
    "note": _("Note"),
    "recusal": _("Reason for stepping out"),
    "dissent": _("Dissent"),
    "question": _("Question"),
    "method": _("How it is voted"),
    "in_favour": pgettext_lazy("votes", "For"),
    "against": pgettext_lazy("votes", "Against"),
    "abstained": pgettext_lazy("votes", "Abstained"),
    "threshold": _("Votes that carry"),
    "present": pgettext_lazy("votes", "In the room"),
    "carried": _("Carried"),
}
CONDUCT_CHOICES: Mapping[str, Mapping[str, Sentence]] = {
    "status": {status.value: status.label for status in Attendance.Status},
    "method": {method.value: method.label for method in Vote.Method},
}
CONDUCT_KINDS: Mapping[str, str] = dict.fromkeys(
    ["seat", "deputy_post", "called", "voted_back", *CAST, *MARKED], POST
)

BYLAWS_FIELDS: Mapping[str, Sentence] = {
    "written": _("Rules of its own"),
    "quorum": _("Who must be in the room"),
    "quorum_number": _("How many seats"),
    "majority": _("How many votes carry"),
    "majority_of": _("Counted of"),
    "vote_needed": _("Nothing is adopted without a vote"),
    "deputies_vote": _("A deputy who comes for a seat counts and votes"),
    "signers": _("Who signs the minutes"),
    "signatures": _("Signatures under a proposal"),
    "objection_days": _("Days in which somebody may object"),
    "objectors": _("Posts that may object"),
    "escalate_after": _("Working days of lateness until an action goes up"),
    "escalate_levels": _("At most so many levels up"),
    "members_public": _("The names of the members are open data"),
}
BYLAWS_CHOICES: Mapping[str, Mapping[str, Sentence]] = {
    "quorum": dict(Quorum.choices),
    "majority": dict(Majority.choices),
    "majority_of": dict(MajorityOf.choices),
    "signers": dict(Signers.choices),
}
BYLAWS_KINDS: Mapping[str, str] = {"objectors": POST}
