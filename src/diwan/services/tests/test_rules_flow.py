"""The flow of a definition: ways, ends, loops, the promise; and definitions as JSON."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diwan.services.rules.definition import Deadline, Definition, State, StepAction
from diwan.services.rules.flow import NoSuchWay, endless, main_way, promised, reachable, way


def state(key: str, *to: str, days: float = 0, end: str = "", **more: str) -> State:
    ways = tuple(StepAction(f"to-{one}", {"en": one}, one) for one in to)
    due = Deadline(days, "working_days") if days else None
    return State(key, {"en": key}, actions=ways, deadline=due, end=end, **more)  # type: ignore[arg-type] # ends by name


def flow(*states: State, target: Deadline | None = None) -> Definition:
    return Definition("x", {"en": "X"}, states, target=target)


def test_a_way_leads_on_and_a_missing_one_says_so() -> None:
    made = flow(state("new", "done"), state("done", end="done"))
    action, to = way(made, "new", "to-done")
    assert (action.key, to.key) == ("to-done", "done")
    for wrong in (("new", "to-new"), ("done", "to-done"), ("nowhere", "to-done")):
        with pytest.raises(NoSuchWay):
            way(made, *wrong)


def test_a_flow_that_never_ends_is_found_where_it_does_not() -> None:
    made = flow(
        state("new", "a", "done"),
        state("a", "b"),
        state("b", "a"),
        state("far", "far"),
        state("done", end="done"),
    )
    assert reachable(made) == {"new", "a", "b", "done"}
    assert endless(made) == {"a", "b"}


def test_the_promise_is_the_target_or_what_the_main_way_takes() -> None:
    states = (
        state("new", "refused", "look", days=1),
        state("look", "new", "sign", days=3),
        state("sign", "done", days=2),
        state("done", end="done"),
        state("refused", end="refused"),
    )
    made = flow(*states)
    assert [one.key for one in main_way(made)] == ["new", "look", "sign", "done"]
    assert [one.amount for one in promised(made)] == [1, 3, 2]
    target = Deadline(20, "calendar_days")
    assert promised(flow(*states, target=target)) == [target]


@given(st.lists(st.lists(st.integers(0, 7), max_size=3), min_size=8, max_size=8))
def test_main_way_ends_and_endless_states_reach_no_end(ways: list[list[int]]) -> None:
    """Whatever the graph: the walk stops, and what is called endless cannot come to an end."""
    states = [state(str(n), *{str(to) for to in tos}) for n, tos in enumerate(ways[:7])]
    made = flow(*states, state("7", end="done"))
    assert len(main_way(made)) <= len(made.states)
    for key in endless(made):
        again = flow(made.state(key), *(s for s in made.states if s.key != key))
        assert "7" not in reachable(again)


def test_a_definition_goes_to_json_and_back() -> None:
    made = flow(state("new", "done", days=2), state("done", end="done"))
    assert Definition.from_json(json.loads(json.dumps(made.to_json()))) == made
