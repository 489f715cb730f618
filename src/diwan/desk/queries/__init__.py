"""What stands on a desk: one's own, a unit's, and what waits for a secretary's word."""

from .desks import Desk, own_and_word_desk, own_desk, word_desk
from .lateness import UnitLateness, late_below
from .since import Changes, changes_since
from .standing import HeldPost, held_posts
from .units import UnitDesk, unit_desk

__all__ = [
    "Changes",
    "Desk",
    "HeldPost",
    "UnitDesk",
    "UnitLateness",
    "changes_since",
    "held_posts",
    "late_below",
    "own_and_word_desk",
    "own_desk",
    "unit_desk",
    "word_desk",
]
