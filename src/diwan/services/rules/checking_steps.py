"""The sheet `steps`: states, who acts in them by when, and the ways out; flows that never end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .checking import Table, suggested
from .definition import Definition, State, StepAction
from .flow import endless, reachable
from .sheets import Row

STATE_COLUMNS = ("label", "public", "role", "where", "deadline", "end")
ACTION_COLUMNS = ("action", "action_label", "to", "requires", "pauses", "batch", "by")
COLUMNS = ("state", *STATE_COLUMNS, *ACTION_COLUMNS)
ROLES = ("clerk", "officer", "reviewer", "secretary", "head", "treasurer")
ENDS = ("done", "refused", "withdrawn")
BY = ("office", "applicant", "system")
GIVEN = ("note", "said", "file", "output")
KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}")
MOST_STATES = 100


@dataclass
class _Draft:
    """A state as it is being read: its first row and the rows of its actions."""

    key: str
    row: Row
    rows: list[Row] = field(default_factory=list)


@dataclass
class Steps:
    """The states, where each begins in the sheet, and cells that name questions."""

    states: tuple[State, ...] = ()
    rows: dict[str, Row] = field(default_factory=dict)
    questions: list[tuple[Row, str, str, str]] = field(default_factory=list)


def read_steps(table: Table) -> Steps:
    """The states of the sheet; what is wrong with them and with their ways is noted."""
    drafts = _drafts(table)
    steps = Steps(rows={draft.key: draft.row for draft in drafts})
    if not drafts:
        table.fault(0, "state", "no_steps")
    if len(drafts) > MOST_STATES:
        table.fault(0, "state", "too_many_states", most=str(MOST_STATES))
        return steps
    keys = list(steps.rows)
    steps.states = tuple(_state(table, draft, keys, steps) for draft in drafts)
    _look_at_ways(table, steps)
    return steps


def _drafts(table: Table) -> list[_Draft]:
    drafts: list[_Draft] = []
    for row in table.sheet.rows:
        key = table.value(row, "state").lower()
        last = drafts[-1] if drafts else None
        if key and (last is None or key != last.key):
            if not KEY.fullmatch(key):
                table.fault(row, table.at("state"), "key_shape", given=key)
            if key in {draft.key for draft in drafts}:
                table.fault(row, table.at("state"), "state_twice", given=key)
            last = _Draft(key, row)
            drafts.append(last)
        elif last is None:
            table.fault(row, table.at("state"), "state_needed")
            continue
        elif table.has(row, STATE_COLUMNS):
            column = table.at(table.has(row, STATE_COLUMNS))
            table.fault(row, column, "belongs_to_state", given=last.key)
        if table.has(row, ACTION_COLUMNS):
            last.rows.append(row)
    return drafts


def _state(table: Table, draft: _Draft, keys: Sequence[str], steps: Steps) -> State:
    row = draft.row
    end = table.word(row, "end", ENDS)
    name = table.texts(row, "label")
    if not name:
        table.fault(row, table.at("label"), "text_needed")
    if end and draft.rows:
        table.fault(draft.rows[0], table.at("action"), "end_acts", given=draft.key)
    return State(
        key=draft.key,
        name=name,
        public=table.texts(row, "public"),
        role=table.word(row, "role", ROLES, "clerk"),
        where=_where(table, row),
        deadline=table.deadline(row, "deadline"),
        actions=tuple(_actions(table, draft, keys, steps)) if not end else (),
        end=end,  # type: ignore[arg-type]  # one of ENDS
    )


def _where(table: Table, row: Row) -> str:
    given = table.value(row, "where")
    word, colon, rest = given.partition(":")
    if colon and word.lower() == "kind" and rest.strip():
        return f"kind:{table.kind(row, 'where', rest.strip())}"
    if colon and word.lower() == "unit" and rest.strip():
        return f"unit:{table.unit_of_ours(row, 'where', rest.strip())}"
    if given.lower() in ("", "here", "above"):
        return given.lower() or "here"
    table.fault(row, table.at("where"), "where_shape", given=given)
    return "here"


def _actions(
    table: Table, draft: _Draft, keys: Sequence[str], steps: Steps
) -> Iterable[StepAction]:
    seen: set[str] = set()
    for row in draft.rows:
        action = _action(table, row, draft, keys)
        if action.key in seen:
            table.fault(row, table.at("action"), "action_twice", given=action.key)
            continue
        seen.add(action.key)
        for name in action.requires:
            if name not in GIVEN:
                steps.questions.append((row, table.at("requires"), name, "requires"))
        yield action


def _action(table: Table, row: Row, draft: _Draft, keys: Sequence[str]) -> StepAction:
    key = table.value(row, "action").lower()
    if not KEY.fullmatch(key):
        table.fault(row, table.at("action"), "key_shape" if key else "action_needed", given=key)
    name = table.texts(row, "action_label")
    if not name:
        table.fault(row, table.at("action_label"), "text_needed")
    pauses = table.yes(row, "pauses")
    by = table.word(row, "by", BY, "office")
    requires = tuple(re.split(r"[\s,،;]+", table.value(row, "requires")))
    requires = tuple(name for name in requires if name)
    if by == "system" and requires:
        table.fault(row, table.at("requires"), "system_requires")
    if pauses and by != "office":
        table.fault(row, table.at("pauses"), "pause_by_office")
    return StepAction(
        key=key,
        name=name,
        to=_to(table, row, draft, keys, pauses=pauses),
        requires=requires,
        pauses=pauses,
        batch=table.yes(row, "batch"),
        by=by,  # type: ignore[arg-type]  # one of BY
    )


def _to(table: Table, row: Row, draft: _Draft, keys: Sequence[str], *, pauses: bool) -> str:
    given = table.value(row, "to").lower()
    if not given and pauses:
        return draft.key
    if not given:
        table.fault(row, table.at("to"), "to_needed")
    elif given not in keys:
        table.fault(row, table.at("to"), "unknown_state", **suggested(given, keys))
    return given


def _look_at_ways(table: Table, steps: Steps) -> None:
    """Ways that lead nowhere, round in circles, or round by themselves."""
    keys = {state.key for state in steps.states}
    if len(keys) < len(steps.states):
        return
    for state in steps.states:
        _look_at_state(table, state, steps.rows[state.key])
    if not steps.states or any(a.to not in keys for s in steps.states for a in s.actions):
        return  # said already, and what follows cannot be told
    whole = Definition("flow", {}, steps.states)
    if whole.start.end:
        table.fault(steps.rows[whole.start.key], table.at("end"), "start_is_end")
    dead = {state.key for state in steps.states if not state.end and not state.actions}
    if not any(state.end for state in steps.states):
        table.fault(0, table.at("end"), "no_end")
    else:
        for key in sorted(endless(whole) - dead, key=list(steps.rows).index):
            table.fault(steps.rows[key], table.at("to"), "endless", given=key)
    for key in steps.rows.keys() - reachable(whole):
        table.warn(steps.rows[key], table.at("state"), "unreachable", given=key)
    _look_at_pauses(table, steps)
    loop = _by_itself(steps.states)
    if loop:
        table.fault(steps.rows[loop[0]], table.at("by"), "system_loop", given=" → ".join(loop))


def _look_at_pauses(table: Table, steps: Steps) -> None:
    """A way that stops the clock leads to a state where it can go on."""
    ends = {state.key for state in steps.states if state.end}
    for state in steps.states:
        for action in state.actions:
            if action.pauses and action.to in ends:
                table.fault(steps.rows[state.key], table.at("to"), "pause_to_end", given=action.key)


def _look_at_state(table: Table, state: State, row: Row) -> None:
    if not state.end and not state.actions:
        table.fault(row, table.at("action"), "no_way_out", given=state.key)
    by_system = [action for action in state.actions if action.by == "system"]
    if by_system and state.deadline is None:
        table.fault(row, table.at("deadline"), "system_without_deadline", given=state.key)
    if len(by_system) > 1:
        table.fault(row, table.at("by"), "system_twice", given=state.key)
    if state.actions and all(action.by == "applicant" for action in state.actions):
        table.warn(row, table.at("by"), "office_idle", given=state.key)


def _by_itself(states: Sequence[State]) -> list[str]:
    """A circle of ways that the system goes by itself, [] if there is none."""
    onward = {s.key: next((a.to for a in s.actions if a.by == "system"), "") for s in states}
    for start in onward:
        way = [start]
        while onward.get(way[-1]) and onward[way[-1]] not in way:
            way.append(onward[way[-1]])
        if onward.get(way[-1]) == start:
            return [*way, start]
    return []
