"""The life of an action as one table (`ACCESS.md`, "The life of an action").

    unconfirmed ─confirm─► open ─start─► doing ─report─► done ─close─► closed
                             │             │               │
                             └─────────────┴──── drop ─────┘     return: done → doing

What a step needs besides the right state (a reason, a proof, children that are settled) stands in
the same table, so that pages can offer exactly the steps that will be taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where an action stands."""

    UNCONFIRMED = "unconfirmed"
    OPEN = "open"
    DOING = "doing"
    DONE = "done"
    CLOSED = "closed"
    DROPPED = "dropped"


class Verb(StrEnum):
    """A step in the life of an action."""

    ADD = "add"
    CONFIRM = "confirm"
    SETTLE = "settle"  # confirmed as already done: closed with a reason
    DISMISS = "dismiss"  # not confirmed: dropped with a reason
    ASSIGN = "assign"
    START = "start"
    PROGRESS = "progress"
    ATTACH = "attach"
    REPORT = "report"
    RETURN = "return"
    CLOSE = "close"
    DROP = "drop"
    REOPEN = "reopen"
    ASK_DATE = "ask_date"
    GRANT_DATE = "grant_date"
    REFUSE_DATE = "refuse_date"
    RE_DATE = "re_date"
    PASS_DOWN = "pass_down"  # noqa: S105 – a step, not a secret
    REASSIGN = "reassign"  # the owner's post ended
    CORRECT = "correct"


class Right(StrEnum):
    """Whose step it is: the policies say who has which right."""

    RUN = "run"  # secretary, chair
    WORK = "work"  # the owner and heads above the owner
    SYSTEM = "system"  # follows from something else


OWED = frozenset({State.OPEN, State.DOING})
"""States in which the owner still owes something; only these can be late."""
SETTLED = frozenset({State.CLOSED, State.DROPPED})
"""States that only reopening leaves."""
UNSETTLED = frozenset(State) - SETTLED
"""States in which an action moves with its owner's post."""


@dataclass(frozen=True)
class Step:
    """One row of the table. `target` None keeps the state."""

    sources: frozenset[State]
    target: State | None
    right: Right
    reason: bool = False
    proof: bool = False
    owner: bool = False
    settles: bool = False  # only when all that was passed down is closed or dropped


def _from(*states: State) -> frozenset[State]:
    return frozenset(states)


STEPS: dict[Verb, Step] = {
    Verb.CONFIRM: Step(_from(State.UNCONFIRMED), State.OPEN, Right.RUN),
    Verb.SETTLE: Step(_from(State.UNCONFIRMED), State.CLOSED, Right.RUN, reason=True),
    Verb.DISMISS: Step(_from(State.UNCONFIRMED), State.DROPPED, Right.RUN, reason=True),
    Verb.ASSIGN: Step(_from(State.UNCONFIRMED, State.OPEN, State.DOING), None, Right.RUN),
    Verb.START: Step(_from(State.OPEN), State.DOING, Right.WORK, owner=True),
    Verb.PROGRESS: Step(_from(State.DOING), None, Right.WORK),
    Verb.ATTACH: Step(_from(State.DOING), None, Right.WORK, proof=True),
    Verb.REPORT: Step(_from(State.DOING), State.DONE, Right.WORK, proof=True, settles=True),
    Verb.RETURN: Step(_from(State.DONE), State.DOING, Right.RUN, reason=True),
    Verb.CLOSE: Step(_from(State.DONE), State.CLOSED, Right.RUN, settles=True),
    Verb.DROP: Step(
        _from(State.OPEN, State.DOING, State.DONE),
        State.DROPPED,
        Right.RUN,
        reason=True,
        settles=True,
    ),
    Verb.REOPEN: Step(SETTLED, State.OPEN, Right.RUN, reason=True),
    Verb.ASK_DATE: Step(OWED, None, Right.WORK, reason=True, owner=True),
    Verb.GRANT_DATE: Step(OWED | {State.DONE}, None, Right.RUN),
    Verb.REFUSE_DATE: Step(OWED | {State.DONE}, None, Right.RUN, reason=True),
    Verb.RE_DATE: Step(OWED, None, Right.RUN, reason=True),
    Verb.PASS_DOWN: Step(OWED, State.DOING, Right.WORK, owner=True),
    Verb.REASSIGN: Step(UNSETTLED, None, Right.SYSTEM),
    Verb.CORRECT: Step(frozenset(State), None, Right.RUN, reason=True),
}


def allowed(state: State, verb: Verb) -> bool:
    """Say whether a step may be taken from a state.

    >>> allowed(State.OPEN, Verb.START), allowed(State.OPEN, Verb.CLOSE)
    (True, False)
    """
    step = STEPS.get(verb)
    return step is not None and state in step.sources


def after(state: State, verb: Verb) -> State:
    """Return the state after a step. Raises `ValueError` where the table has no such step."""
    if not allowed(state, verb):
        raise ValueError(f"{verb} does not follow {state}")
    return STEPS[verb].target or state


def steps_from(state: State, right: Right) -> list[Verb]:
    """Return what somebody with a right may do in a state, in the table's order."""
    return [v for v, step in STEPS.items() if step.right is right and state in step.sources]


def progress_of_children(children: Iterable[tuple[State, int]]) -> int | None:
    """Return the progress (0–100) of an action that was passed down, from its parts.

    Parts reported done or closed count whole, dropped ones not at all; rounded down, so that 100
    means all of it. None where nothing counts.

    >>> progress_of_children([(State.CLOSED, 40), (State.DOING, 51), (State.DROPPED, 0)])
    75
    """
    parts = [
        100 if state in (State.DONE, State.CLOSED) else progress
        for state, progress in children
        if state is not State.DROPPED
    ]
    return sum(parts) // len(parts) if parts else None
