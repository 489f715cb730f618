"""A step of a flow in memory: ours, and the same process in SpiffWorkflow, saved at each step.

What is measured is the engine alone: the way out of a state and the next deadline in working time,
with the state written and read as an office that stops and starts would have to.
"""

from __future__ import annotations

import json
import random
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import businesstimedelta
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from diwan.interop.rules.bpmn import Stay, Way, bpmn_of
from diwan.kernel.worktime import DEFAULTS, Holiday, WorkCalendar
from diwan.services.rules.deadlines import due
from diwan.services.rules.definition import Deadline, Definition
from diwan.services.rules.flow import way
from diwan.services.tests.factories import SIMPLE

ACTIONS = ("return", "forward", "grant")
START = datetime(2026, 3, 1, 8, tzinfo=UTC)


def our_step(times: int = 2000) -> float:
    """Microseconds for one step: read the state, go the way, work out what is due, write it."""
    calendar = _calendar()
    definition = Definition.from_json(json.loads(json.dumps(SIMPLE.to_json())))
    started = time.perf_counter()
    for _n in range(times):
        stored = json.dumps({"state": definition.start.key, "log": []})
        for action in ACTIONS:
            held = json.loads(stored)
            _action, to = way(definition, held["state"], action)
            at = due(START, to.deadline, calendar) if to.deadline else None
            held["log"].append([action, at.isoformat() if at else ""])
            stored = json.dumps(held | {"state": to.key})
    return 1e6 * (time.perf_counter() - started) / (times * len(ACTIONS))


def spiff_step(times: int = 60) -> float:
    """Microseconds for the same step in SpiffWorkflow, its state as JSON between the steps."""
    parser = BpmnParser()
    parser.add_bpmn_str(_process())
    spec = parser.get_spec(parser.get_process_ids()[0])
    serializer = BpmnWorkflowSerializer()
    spent = 0.0
    for _n in range(times):
        workflow = BpmnWorkflow(spec)
        workflow.do_engine_steps()
        stored = serializer.serialize_json(workflow)
        started = time.perf_counter()
        for action in ACTIONS:
            workflow = serializer.deserialize_json(stored)
            ready = workflow.get_tasks(state=TaskState.READY)
            task = next(one for one in ready if one.task_spec.manual)
            task.data["action"] = action
            task.run()
            workflow.do_engine_steps()
            stored = serializer.serialize_json(workflow)
        spent += time.perf_counter() - started
    return 1e6 * spent / (times * len(ACTIONS))


def our_deadline(times: int = 20_000) -> float:
    """Microseconds for a deadline of up to a month, in a calendar of three years of holidays."""
    calendar, asked = _calendar(), _asked(times)
    due(START, asked[0][1], calendar)
    started = time.perf_counter()
    for at, deadline in asked:
        due(at, deadline, calendar)
    return 1e6 * (time.perf_counter() - started) / times


def their_deadline(times: int = 500) -> float:
    """Microseconds for the same hours in `businesstimedelta`, weekends alone taken off."""
    calendar = _calendar()
    opens, closes = calendar.hours[0].opens, calendar.hours[0].closes
    days = [day for day in range(7) if day not in calendar.weekends[0].days]
    rule = businesstimedelta.WorkDayRule(start_time=opens, end_time=closes, working_days=days)
    started = time.perf_counter()
    for at, deadline in _asked(times):
        at + businesstimedelta.BusinessTimeDelta(rule, hours=deadline.amount)
    return 1e6 * (time.perf_counter() - started) / times


def table() -> list[dict[str, Any]]:
    """What was measured, as rows of the report: ours, theirs, how often ours goes into theirs."""
    pairs = (
        ("a step of the flow", our_step(), "SpiffWorkflow", spiff_step()),
        ("a deadline in working time", our_deadline(), "businesstimedelta", their_deadline()),
    )
    return [
        {"what": what, "ours": ours, "peer": peer, "theirs": theirs, "ratio": theirs / ours}
        for what, ours, peer, theirs in pairs
    ]


def _asked(times: int) -> list[tuple[datetime, Deadline]]:
    dice = random.Random(5)  # noqa: S311 # no secret
    return [
        (
            START + timedelta(minutes=dice.randrange(500_000)),
            Deadline(dice.randrange(1, 160), "working_hours"),
        )
        for _n in range(times)
    ]


def _calendar() -> WorkCalendar:
    base = DEFAULTS["IR"]
    off = (START.date() + timedelta(days=11 * n) for n in range(100))
    return WorkCalendar(
        base.country,
        base.timezone,
        base.weekends,
        base.hours,
        tuple(Holiday(day, {}) for day in off),
    )


def _process() -> bytes:
    stays = tuple(
        Stay(
            state.key,
            state.key,
            state.role,
            (state.deadline.amount, state.deadline.unit) if state.deadline else None,
            tuple(Way(action.key, action.key, action.to) for action in state.actions),
            bool(state.end),
        )
        for state in SIMPLE.states
    )
    text = bpmn_of("permit", "permit", stays).decode()
    return re.sub(r">(PT?\d\w*)<", r">'\1'<", text).encode()
