"""What the directory gives to the exchange: its records, its desk items, its search, its ticks."""

from __future__ import annotations

from diwan.accounts.public import (
    USER_KIND,
    declare_invitation_target,
    declare_posts_for_tokens,
)
from diwan.directory.actions.erasing import keep_user_of_person
from diwan.directory.actions.handovers import settle_handovers
from diwan.directory.actions.passing import pass_ended_posts
from diwan.directory.constants import PERSON, POST
from diwan.kernel import exchange, jobs
from diwan.kernel.erasing import declare_erasure

from .agenda import unled_units
from .concerns import declare_concerns
from .desk import handovers_at_hand, vacant_posts_below
from .handing import declare_sections
from .inviting import PersonTarget, posts_for_tokens
from .notices import declare_notices
from .open import declare_open
from .search import declare_searches
from .subjects import SUBJECTS


def declare() -> None:
    """Declare everything; called once when Django starts."""
    for subject in SUBJECTS:
        exchange.declare_subject(subject)
    exchange.declare_agenda(unled_units, POST)
    exchange.declare_desk(vacant_posts_below)
    exchange.declare_desk(handovers_at_hand)
    declare_sections()
    declare_concerns()
    declare_open()
    declare_searches()
    declare_invitation_target(PERSON, PersonTarget())
    declare_notices()
    declare_erasure(USER_KIND, keep_user_of_person)
    declare_posts_for_tokens(posts_for_tokens)
    jobs.every_minute("directory.ended_posts", pass_ended_posts)
    jobs.every_minute("directory.handover_sheets", settle_handovers)
