"""The table of an action's life, against a plain telling of ACCESS.md."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diwan.councils.models import Action
from diwan.councils.rules import life
from diwan.councils.rules.life import Right, State, Verb

# "The life of an action", arrow by arrow.
DRAWN = {
    (State.UNCONFIRMED, Verb.CONFIRM): State.OPEN,
    (State.UNCONFIRMED, Verb.SETTLE): State.CLOSED,
    (State.UNCONFIRMED, Verb.DISMISS): State.DROPPED,
    (State.OPEN, Verb.START): State.DOING,
    (State.DOING, Verb.REPORT): State.DONE,
    (State.DONE, Verb.RETURN): State.DOING,
    (State.DONE, Verb.CLOSE): State.CLOSED,
    (State.OPEN, Verb.DROP): State.DROPPED,
    (State.DOING, Verb.DROP): State.DROPPED,
    (State.DONE, Verb.DROP): State.DROPPED,
    (State.CLOSED, Verb.REOPEN): State.OPEN,
    (State.DROPPED, Verb.REOPEN): State.OPEN,
    (State.OPEN, Verb.PASS_DOWN): State.DOING,
}
states = st.sampled_from(State)
verbs = st.sampled_from(Verb)


@given(states, verbs)
def test_states_change_along_the_drawn_arrows_alone(state: State, verb: Verb) -> None:
    if not life.allowed(state, verb):
        assert (state, verb) not in DRAWN
        with pytest.raises(ValueError, match="does not follow"):
            life.after(state, verb)
    elif life.after(state, verb) is not state:
        assert DRAWN[state, verb] is life.after(state, verb)


@given(st.lists(verbs, max_size=40))
def test_only_reopening_leaves_a_settled_state(steps: list[Verb]) -> None:
    state = State.UNCONFIRMED
    for verb in steps:
        if not life.allowed(state, verb):
            continue
        following = life.after(state, verb)
        if state in life.SETTLED and following is not state:
            assert verb is Verb.REOPEN
        if following is State.CLOSED and state is not State.CLOSED:
            assert verb in (Verb.CLOSE, Verb.SETTLE)
        state = following


def test_every_drawn_arrow_stands_in_the_table() -> None:
    assert all(life.after(state, verb) is target for (state, verb), target in DRAWN.items())


def test_who_may_what_is_told_as_in_the_table_of_rights() -> None:
    work = {verb for verb, step in life.STEPS.items() if step.right is Right.WORK}
    assert work == {
        Verb.START,
        Verb.PROGRESS,
        Verb.ATTACH,
        Verb.REPORT,
        Verb.ASK_DATE,
        Verb.PASS_DOWN,
    }
    assert life.STEPS[Verb.REPORT].proof
    for verb in (Verb.DROP, Verb.RETURN, Verb.REOPEN, Verb.RE_DATE, Verb.ASK_DATE, Verb.CORRECT):
        assert life.STEPS[verb].reason


def test_the_table_knows_the_states_of_the_database() -> None:
    assert [state.value for state in State] == Action.State.values


@given(st.lists(st.tuples(states, st.integers(0, 100)), max_size=8))
def test_a_whole_is_finished_exactly_when_its_parts_are(parts: list[tuple[State, int]]) -> None:
    progress = life.progress_of_children(parts)
    counting = [(state, p) for state, p in parts if state is not State.DROPPED]
    if not counting:
        assert progress is None
        return
    assert progress is not None
    assert 0 <= progress <= 100
    finished = all(s in (State.DONE, State.CLOSED) or p == 100 for s, p in counting)
    assert (progress == 100) is finished
