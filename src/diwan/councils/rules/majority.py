"""How many votes in favour carry a question.

Whose rule it is: the body's own. *Simple* is Robert's majority (§44): more than half of the votes
cast, abstentions left out, a tie lost. *Absolute* is what the law of Iran's Islamic councils asks
of their decisions: more than half of those present, so that an abstention weighs like a vote
against. *Two thirds* and counting *of all seats* are what bodies write for what weighs more: a
change of their rules, a member's exclusion. Whoever stepped out of the item is among neither the
present nor the seats.
"""

from __future__ import annotations


def threshold(
    majority: str, of: str, *, present: int, seats: int, in_favour: int, against: int
) -> int:
    """The votes in favour that carry it: at least one, so that nothing carries by silence.

    `majority` is simple (of the votes cast; `of` says nothing then), absolute or two_thirds of
    `of`: "present" (those in the room who may vote) or "seats" (all who may). Two thirds round up.
    Raises ValueError for another rule.

    >>> threshold("simple", "present", present=10, seats=17, in_favour=4, against=4)
    5
    >>> threshold("absolute", "present", present=10, seats=17, in_favour=4, against=4)
    6
    >>> threshold("two_thirds", "seats", present=10, seats=17, in_favour=4, against=4)
    12
    """
    if of not in ("present", "seats"):
        raise ValueError(f"nothing to count a majority of: {of}")
    whole = present if of == "present" else seats
    if majority == "simple":
        return (in_favour + against) // 2 + 1
    if majority == "absolute":
        return whole // 2 + 1
    if majority == "two_thirds":
        return max(1, -(-2 * whole // 3))
    raise ValueError(f"no rule of a majority: {majority}")


STRICTNESS = ("simple", "absolute", "two_thirds")
"""From the majority that carries with the fewest votes to that which carries with the most."""


def is_as_strict(rule: tuple[str, str], own: tuple[str, str]) -> bool:
    """Whether a rule (majority, of) never carries what a body's `own` would not.

    Absolute of all seats and two thirds of the present can each be the easier one: neither is as
    strict as the other.

    >>> is_as_strict(("two_thirds", "seats"), ("absolute", "seats"))
    True
    >>> is_as_strict(("two_thirds", "present"), ("absolute", "seats"))
    False
    """
    (majority, of), (own_majority, own_of) = rule, own
    if own_majority == "simple":
        return True
    as_many = STRICTNESS.index(majority) >= STRICTNESS.index(own_majority)
    return as_many and own_of in (of, "present")


def carried(
    majority: str, of: str, *, present: int, seats: int, in_favour: int, against: int
) -> bool:
    """Whether a question is carried by this count.

    >>> carried("simple", "present", present=3, seats=3, in_favour=1, against=1)
    False
    """
    needed = threshold(
        majority, of, present=present, seats=seats, in_favour=in_favour, against=against
    )
    return in_favour >= needed
