"""What the room gives to the exchange, one module a subject; each has a `declare`."""

from __future__ import annotations

from .agenda import declare_agendas
from .cases import declare_cases
from .concerns import declare_concerns
from .desk import declare_desks
from .drafts import declare as declare_drafts
from .handing import declare_sections
from .inquiries import declare_inquiries
from .measures import declare_measures
from .notices import declare_notices
from .ratings import declare as declare_ratings
from .related import declare_related
from .search import declare_searches
from .services import declare_services
from .tables import declare_tables
from .ticks import declare_ticks
from .working import declare_working


def declare() -> None:
    """Declare everything once, when Django starts."""
    declare_cases()
    declare_desks()
    declare_ticks()
    declare_concerns()
    declare_searches()
    declare_related()
    declare_notices()
    declare_inquiries()
    declare_services()
    declare_ratings()
    declare_working()
    declare_measures()
    declare_tables()
    declare_drafts()
    declare_agendas()
    declare_sections()
