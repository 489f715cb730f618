"""What higher floors may use of councils."""

from .queries.standing import (
    DutyStanding,
    SeatMeeting,
    duty_standing,
    has_seat,
    month_ends,
    runs_bodies,
    seat_meeting,
)

__all__ = [
    "DutyStanding",
    "SeatMeeting",
    "duty_standing",
    "has_seat",
    "month_ends",
    "runs_bodies",
    "seat_meeting",
]
