"""The flow of a case: which way leads where, what a flow promises, and flows that never end."""

from __future__ import annotations

from collections.abc import Iterable

from .definition import Deadline, Definition, State, StepAction


class NoSuchWay(ValueError):
    """The state has no way out of that name (somebody else was quicker, or it is ended)."""


def way(definition: Definition, state: str, action: str) -> tuple[StepAction, State]:
    """The action of that key out of a state, and where it leads. Raises NoSuchWay."""
    try:
        found = definition.state(state).action(action)
    except KeyError:
        found = None
    if found is None:
        raise NoSuchWay(action)
    return found, definition.state(found.to)


def reachable(definition: Definition) -> set[str]:
    """Keys of the states that a case can come to."""
    seen: set[str] = set()
    waiting = [definition.start.key]
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting.extend(action.to for action in definition.state(key).actions)
    return seen


def endless(definition: Definition) -> set[str]:
    """Keys of reachable states from which no way leads to an end."""
    ending = {state.key for state in definition.states if state.end}
    while True:
        more = {
            state.key
            for state in definition.states
            if state.key not in ending and any(a.to in ending for a in state.actions)
        }
        if not more:
            return reachable(definition) - ending
        ending |= more


def main_way(definition: Definition) -> list[State]:
    """The states of the plain case: from each the first way onward that the office takes.

    A way that pauses, leads back or ends without success is not taken where there is another.
    """
    found: list[State] = []
    state: State | None = definition.start
    while state is not None and state not in found:
        found.append(state)
        state = _onward(definition, state, {s.key for s in found})
    return found


def promised(definition: Definition) -> list[Deadline]:
    """What the citizen is promised: the service's target, else the deadlines of the main way."""
    if definition.target is not None:
        return [definition.target]
    return [state.deadline for state in main_way(definition) if state.deadline is not None]


def _onward(definition: Definition, state: State, seen: Iterable[str]) -> State | None:
    ways = [
        definition.state(action.to)
        for action in state.actions
        if action.by == "office" and not action.pauses and action.to not in seen
    ]
    good = [to for to in ways if to.end in ("", "done")]
    return next(iter(good or ways), None)
