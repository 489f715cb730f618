"""Who may what with bodies, meetings, resolutions and actions."""

from .minutes import SIGNATURES
from .objections import OBJECTIONS
from .proposals import PROPOSALS
from .reach import (
    Seats,
    any_of,
    both,
    concerning_actions,
    countries_of,
    day_of,
    own_actions,
    runs,
    seats_of,
    served_ids,
)
from .records import (
    ACTIONS,
    AGENDA,
    BODIES,
    MEETINGS,
    MEMBERSHIPS,
    RESOLUTIONS,
    require_host,
)

__all__ = [
    "ACTIONS",
    "AGENDA",
    "BODIES",
    "MEETINGS",
    "MEMBERSHIPS",
    "OBJECTIONS",
    "PROPOSALS",
    "RESOLUTIONS",
    "SIGNATURES",
    "Seats",
    "any_of",
    "both",
    "concerning_actions",
    "countries_of",
    "day_of",
    "own_actions",
    "require_host",
    "runs",
    "seats_of",
    "served_ids",
]
