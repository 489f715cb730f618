"""Who may what with bodies, meetings, resolutions and actions."""

from .reach import (
    Seats,
    countries_of,
    day_of,
    headed,
    own_actions,
    run_bodies,
    seats_of,
    served_bodies,
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
    "RESOLUTIONS",
    "Seats",
    "countries_of",
    "day_of",
    "headed",
    "own_actions",
    "require_host",
    "run_bodies",
    "seats_of",
    "served_bodies",
]
