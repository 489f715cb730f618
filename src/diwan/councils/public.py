"""What higher floors may use of councils."""

from .actions.attending import add_guest, mark, mark_many, take_attendance
from .actions.items import recuse
from .actions.records import CouncilBook, open_councils, put_bodies
from .actions.records_actions import put_actions
from .actions.records_meetings import put_meetings
from .actions.voting import Count, cast, close_vote, open_vote
from .constants import ACTION, BODY, MEETING, MEMBERSHIP, RESOLUTION
from .models import Action, AgendaItem, Attendance, Body, Meeting, Resolution
from .queries.calendar import BY_RULE, CalendarMeeting, calendar_of, stamps_of
from .queries.published import (
    OpenBody,
    OpenSeat,
    OpenTerm,
    open_bodies,
    open_seats,
)
from .queries.published_meetings import (
    OpenItem,
    OpenMeeting,
    OpenPaper,
    OpenResolution,
    OpenVote,
    meeting_ids_shown,
    meetings_with,
)
from .queries.published_touched import bodies_touched, meetings_touched
from .queries.records import (
    ActionRecord,
    BodyRecord,
    CouncilRecords,
    ItemRecord,
    MeetingRecord,
    MemberRecord,
    ProofRecord,
    RedatedRecord,
    ResolutionRecord,
    StatementRecord,
)
from .queries.records_reading import council_records_of, proof_files
from .queries.standing import (
    DutyStanding,
    SeatMeeting,
    duty_standing,
    has_seat,
    month_ends,
    runs_bodies,
    runs_many,
    seat_meeting,
)

__all__ = [
    "ACTION",
    "BODY",
    "BY_RULE",
    "MEETING",
    "MEMBERSHIP",
    "RESOLUTION",
    "Action",
    "ActionRecord",
    "AgendaItem",
    "Attendance",
    "Body",
    "BodyRecord",
    "CalendarMeeting",
    "CouncilBook",
    "CouncilRecords",
    "Count",
    "DutyStanding",
    "ItemRecord",
    "Meeting",
    "MeetingRecord",
    "MemberRecord",
    "OpenBody",
    "OpenItem",
    "OpenMeeting",
    "OpenPaper",
    "OpenResolution",
    "OpenSeat",
    "OpenTerm",
    "OpenVote",
    "ProofRecord",
    "RedatedRecord",
    "Resolution",
    "ResolutionRecord",
    "SeatMeeting",
    "StatementRecord",
    "add_guest",
    "bodies_touched",
    "calendar_of",
    "cast",
    "close_vote",
    "council_records_of",
    "duty_standing",
    "has_seat",
    "mark",
    "mark_many",
    "meeting_ids_shown",
    "meetings_touched",
    "meetings_with",
    "month_ends",
    "open_bodies",
    "open_councils",
    "open_seats",
    "open_vote",
    "proof_files",
    "put_actions",
    "put_bodies",
    "put_meetings",
    "recuse",
    "runs_bodies",
    "runs_many",
    "seat_meeting",
    "stamps_of",
    "take_attendance",
]
