"""How many must be in the room before a body may decide.

Who decides this is the body itself, by its own rules or by the law that founds it; nothing here
holds for all. Robert's Rules of Order (§40) take more than half of the members where a society
says nothing, and that is the default; the law of Iran's Islamic councils makes a session official
with two thirds of all members; working groups often write a plain number into their rules.

Counted are the seats that vote. Whoever steps out of an item because of an interest of their own
is counted on neither side there: a quorum is one of those who may decide the item.
"""

from __future__ import annotations

from dataclasses import dataclass


def needed(seats: int, rule: str, number: int | None) -> int:
    """How many of `seats` (those that may decide) must be in the room; 0 where none is demanded.

    `rule` is majority (more than half), two_thirds (rounded up), number (`number` of them, at most
    all) or none. Where a quorum is demanded it is at least one, so that a body without a seat that
    votes, or an item from which all stepped out, never has it. Raises ValueError for another rule.

    >>> needed(17, "majority", None), needed(16, "majority", None), needed(17, "two_thirds", None)
    (9, 9, 12)
    >>> needed(5, "number", 7), needed(5, "none", None)
    (5, 0)
    """
    if rule == "none":
        return 0
    if rule == "majority":
        return seats // 2 + 1
    if rule == "two_thirds":
        return max(1, -(-2 * seats // 3))
    if rule == "number" and number is not None:
        return max(1, min(number, seats))
    raise ValueError(f"no rule of a quorum: {rule} {number}")


@dataclass(frozen=True)
class Standing:
    """How the room stands at an instant, for the whole meeting or for one item.

    `seats` are those that vote at all, `recused` those of them that stepped out of the item,
    `present` those in the room without the recused, `needed` the quorum of those who may decide.
    """

    seats: int
    present: int
    recused: int
    needed: int

    @property
    def deciding(self) -> int:
        """The seats that may decide: all that vote but the recused."""
        return self.seats - self.recused

    @property
    def met(self) -> bool:
        """Whether enough are in the room."""
        return self.present >= self.needed

    @property
    def missing(self) -> int:
        """How many are wanting to the quorum."""
        return max(0, self.needed - self.present)
