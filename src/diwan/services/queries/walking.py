"""Walking through a service's steps without a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from diwan.services.rules.definition import Definition, State, StepAction
from diwan.services.rules.flow import NoSuchWay, way


@dataclass(frozen=True)
class Walk:
    """The states passed so far, each with the action that led out of it; the last is where one is.

    `taken` are the keys of the actions.
    """

    passed: tuple[tuple[State, StepAction], ...]
    state: State
    taken: tuple[str, ...]


def walk(definition: Definition, keys: Sequence[str]) -> Walk:
    """Take the actions of those keys one after another, as far as there is such a way."""
    state = definition.start
    passed: list[tuple[State, StepAction]] = []
    for key in keys:
        try:
            action, onward = way(definition, state.key, key)
        except NoSuchWay:
            break
        passed.append((state, action))
        state = onward
    return Walk(tuple(passed), state, tuple(action.key for _state, action in passed))
