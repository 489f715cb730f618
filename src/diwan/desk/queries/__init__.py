"""What stands on a desk: one's own, a unit's, and what waits for a secretary's word."""

from .desks import Desk, own_and_word_desk, own_desk, unit_desk, word_desk
from .since import Changes, changes_since
from .standing import HeldPost, held_posts

__all__ = [
    "Changes",
    "Desk",
    "HeldPost",
    "changes_since",
    "held_posts",
    "own_and_word_desk",
    "own_desk",
    "unit_desk",
    "word_desk",
]
