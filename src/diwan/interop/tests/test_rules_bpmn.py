"""Steps as BPMN: a linter finds nothing, and another engine goes the ways that the flow goes."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from diwan.interop.rules.bpmn import Stay, Way, Words, bpmn_of

ROOT = Path(__file__).resolve().parents[4]
PERMIT = (
    Stay(
        "new",
        "بررسی مدارک",
        "clerk",
        (2, "working_days"),
        (Way("forward", "ارسال به کارشناس", "review"), Way("return", "درخواست مدارک", "new")),
    ),
    Stay(
        "review",
        "بررسی کارشناس",
        "officer",
        (4, "working_hours"),
        (Way("grant", "صدور", "done"), Way("refuse", "مخالفت", "refused")),
    ),
    Stay("done", "صادر شد", ends=True),
    Stay("refused", "موافقت نشد", ends=True),
)


def engine_of(stays: tuple[Stay, ...]) -> BpmnWorkflow:
    """The process in an engine that reads times as expressions of its own language."""
    text = bpmn_of("permit", "مجوز", stays).decode()
    text = re.sub(r">(PT?\d\w*)<", r">'\1'<", text)
    parser = BpmnParser()
    parser.add_bpmn_str(text.encode())
    workflow = BpmnWorkflow(parser.get_spec(parser.get_process_ids()[0]))
    workflow.do_engine_steps()
    return workflow


def where(workflow: BpmnWorkflow) -> str:
    """The name of the task that is open, or of the end that was reached."""
    ready = [task for task in workflow.get_tasks(state=TaskState.READY) if task.task_spec.manual]
    if ready:
        assert len(ready) == 1
        return str(ready[0].task_spec.bpmn_name)
    ends = [t for t in workflow.get_tasks(state=TaskState.COMPLETED) if t.task_spec.bpmn_name]
    return str(ends[-1].task_spec.bpmn_name)


def take(workflow: BpmnWorkflow, action: str) -> None:
    ready = [task for task in workflow.get_tasks(state=TaskState.READY) if task.task_spec.manual]
    ready[0].data["action"] = action
    ready[0].run()
    workflow.do_engine_steps()


def test_another_engine_goes_the_same_way() -> None:
    workflow = engine_of(PERMIT)
    seen = [where(workflow)]
    for action in ("return", "return", "forward", "grant"):
        take(workflow, action)
        seen.append(where(workflow))
    assert seen == ["بررسی مدارک", "بررسی مدارک", "بررسی مدارک", "بررسی کارشناس", "صادر شد"]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=3), min_size=4, max_size=4),
    st.lists(st.integers(0, 2), max_size=6),
)
def test_any_flow_is_gone_alike(ways: list[list[int]], choices: list[int]) -> None:
    stays = tuple(
        Stay(
            f"s{n}",
            f"state {n}",
            "clerk",
            None,
            tuple(Way(f"w{m}", f"way {m}", f"s{to}") for m, to in enumerate(tos)),
        )
        for n, tos in enumerate(ways)
    )
    stays = (*stays, Stay("s4", "state 4", ends=True))
    by_key = {stay.key: stay for stay in stays}
    workflow, at = engine_of(stays), stays[0]
    for choice in choices:
        if at.ends:
            break
        way = at.ways[choice % len(at.ways)]
        take(workflow, way.key)
        at = by_key[way.to]
        assert where(workflow) == at.name


def test_a_linter_finds_nothing_to_mend(tmp_path: Path, node: str) -> None:
    linter = ROOT / "node_modules/bpmnlint/bin/bpmnlint.js"
    rules = tmp_path / ".bpmnlintrc"
    rules.write_text(json.dumps({"extends": "bpmnlint:recommended"}))
    words = Words("ثبت درخواست", "پایان مهلت", "آگاهی رئیس", "کدام راه؟")
    drawn = tmp_path / "permit.bpmn"
    drawn.write_bytes(bpmn_of("permit", "مجوز", PERMIT, words))
    one = Stay("only", "یک گام", "clerk", (3, "working_days"), (Way("end", "پایان", "done"),))
    least = tmp_path / "least.bpmn"
    least.write_bytes(bpmn_of("x", "X", (one, Stay("done", "انجام شد", ends=True))))
    told = subprocess.run(
        [node, str(linter), "--config", str(rules), str(drawn), str(least)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (told.returncode, told.stdout.strip()) == (0, ""), told.stdout + told.stderr


def test_a_process_without_a_state_is_refused() -> None:
    with pytest.raises(ValueError, match="a process needs a state"):
        bpmn_of("x", "X", ())
