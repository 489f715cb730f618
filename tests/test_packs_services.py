"""The workbooks of `packs/services`: whole, in three languages, and what each is there for."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from diwan.services.rules.checking import Anything
from diwan.services.rules.definition import Definition
from diwan.services.rules.evaluation import Evaluated, evaluate
from diwan.services.rules.expressions import expression_faults
from diwan.services.rules.flow import main_way, reachable
from diwan.services.rules.formtree import Form
from diwan.services.rules.reading import read_workbook
from diwan.services.rules.workbook import check

FOLDER = Path(__file__).resolve().parents[1] / "packs" / "services"
PACKS = sorted(path.stem for path in FOLDER.glob("*.md") if path.stem != "README")
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@cache
def pack(code: str) -> tuple[Definition, Form]:
    name = f"{code}.md"
    checked = check(
        read_workbook((FOLDER / name).read_bytes(), name),
        Anything(),
        name=name,
    )
    assert not checked.faults
    assert not checked.warnings
    assert checked.definition is not None
    assert checked.form is not None
    return checked.definition, checked.form


def worked_out(code: str, **groups: Any) -> Evaluated:
    return evaluate(pack(code)[1], groups, now=NOW)


def faults(code: str, question: str, **groups: Any) -> list[str]:
    found = worked_out(code, **groups).faults
    return [fault.code for fault in found if fault.path.endswith(f"/{question}")]


def test_the_thirteen_are_there_and_told_of() -> None:
    assert len(PACKS) == 13
    told = (FOLDER / "README.md").read_text()
    assert all(f"`{code}.md`" in told for code in PACKS)


@pytest.mark.parametrize("code", PACKS)
def test_each_passes_the_check_and_speaks_three_languages(code: str) -> None:
    definition, form = pack(code)
    assert definition.code == form.id == code
    assert set(definition.name) == {"fa", "ar", "en"}
    assert reachable(definition) == {state.key for state in definition.states}
    assert main_way(definition)[-1].end == "done"
    assert not expression_faults(form)
    for node in form.by_path.values():
        if node.kind != "question" or node.type not in ("calculate", "hidden"):
            assert set(node.label) == {"fa", "ar", "en"}, node.path


def test_complaints_go_up_by_themselves_and_may_be_reopened() -> None:
    definition, _form = pack("complaint")
    ways = {s.key: [a.to for a in s.actions if a.by == "system"] for s in definition.states}
    assert ways["received"] == ["with_head"]
    assert ways["with_head"] == ["above"]
    assert definition.state("above").where == "above"
    assert definition.reopen_days == 30


def test_milk_that_did_not_come_is_to_be_made_up() -> None:
    told = worked_out("school-milk", delivery={"came": "none", "expected": "120", "round": "7"})
    assert told.answers["delivery"]["missing"] == "120"
    short = {"came": "short", "expected": "120", "received": "100", "spoiled": "3"}
    assert worked_out("school-milk", delivery=short).answers["delivery"]["missing"] == "23"
    state = pack("school-milk")[0].state("to_make_up")
    assert state.deadline is not None
    assert [a.to for a in state.actions if a.by == "system"] == ["directorate"]


def office_faults(code: str, question: str, **groups: Any) -> list[str]:
    """What is wrong with what the office answers within a step."""
    found = evaluate(pack(code)[1], groups, now=NOW, office=True).faults
    return [fault.code for fault in found if fault.path.endswith(f"/{question}")]


def required(code: str, state: str, action: str) -> set[str]:
    """What an action requires, without the way to a question."""
    found = next(a for a in pack(code)[0].state(state).actions if a.key == action)
    return {name.rpartition("/")[2] for name in found.requires}


def test_a_round_that_came_short_is_never_complete_and_is_made_up_whole() -> None:
    assert required("school-milk", "recorded", "accept") == {"all_came"}
    round_ = {"round": "7", "delivery_date": "2026-11-10", "expected": "120"}
    full = {**round_, "came": "full", "received": "120", "spoiled": "0"}
    short = {**round_, "came": "short", "received": "100", "spoiled": "3"}
    yes = {"all_came": "OK"}
    assert office_faults("school-milk", "all_came", delivery=full, office=yes) == []
    assert office_faults("school-milk", "all_came", delivery=short, office=yes) == ["constraint"]
    for packs, day, found in (
        ("22", "2026-11-17", {"made_up": ["constraint"]}),
        ("23", "2026-11-09", {"made_up_date": ["constraint"]}),
        ("23", "2026-11-17", {}),
    ):
        told = {"made_up": packs, "made_up_date": day}
        for question in told:
            wrong = office_faults("school-milk", question, delivery=short, office=told)
            assert wrong == found.get(question, []), (packs, day)


@pytest.mark.parametrize(("grade", "found"), [("3", ["constraint"]), ("4", []), ("6", [])])
def test_shahab_is_for_grades_four_to_six(grade: str, found: list[str]) -> None:
    assert faults("shahab", "grade", pupil={"grade": grade}) == found


def test_shahab_is_the_class_teachers_and_guides_on_after_three_years() -> None:
    assert faults("shahab", "class_teacher", pupil={"class_teacher": "no"}) == ["constraint"]
    assert "years_watched" in required("shahab", "area", "guide")
    for years, found in (("2", ["constraint"]), ("3", [])):
        assert office_faults("shahab", "years_watched", office={"years_watched": years}) == found


def test_a_visit_below_the_bar_is_not_closed() -> None:
    assert required("assessment-supervision", "area", "close") == {"passed"}
    form = pack("assessment-supervision")[1]
    items = [path.rpartition("/")[2] for path in form.by_path if "/c_" in path]
    assert len(items) == 9
    for answer, found in (("part", ["constraint"]), ("yes", []), ("na", [])):
        told = {"checklist": dict.fromkeys(items, answer), "office": {"passed": "OK"}}
        assert office_faults("assessment-supervision", "passed", **told) == found, answer


def test_guidance_weighs_counselling_and_marks() -> None:
    """65 % of 80 and 35 % of (10 + 12 + 3 × 18) / 5 of 20: 52 + 35 × 0.76."""
    marks = {"c_maths": "80", "m7_maths": "10", "m8_maths": "12", "m9_maths": "18"}
    told = worked_out("study-guidance", f_maths=marks).answers["f_maths"]
    assert float(told["p_maths"]) == pytest.approx(78.6)
    assert told["priority_maths"] == "A"


def test_dependants_are_insured_only_with_the_member() -> None:
    child = {"dep_name": "x", "relation": "child", "dep_birth": "2015-01-01"}
    family = {"has_dependants": "yes", "dependants": [child]}
    member = {"member_enrols": "no", "member_birth": "1980-01-01"}
    papers = {"agree": "OK"}
    alone = worked_out("supplementary-insurance", member=member, family=family, papers=papers)
    assert "/data/family" not in alone.relevant
    assert "constraint" in {f.code for f in alone.faults if f.path.endswith("/agree")}
    member = {**member, "member_enrols": "yes"}
    both = worked_out("supplementary-insurance", member=member, family=family, papers=papers)
    assert both.answers["papers"]["heads"] == "2"
    assert not [f for f in both.faults if f.path.endswith("/agree")]


def test_drawings_are_asked_for_only_where_they_are_needed() -> None:
    shop = {"family": "trade", "motor": "no", "shop_units": "1", "area": "60"}
    assert faults("shop-licence", "drawings_file", shop=shop) == []
    assert faults("shop-licence", "drawings_file", shop={**shop, "area": "140"}) == ["required"]
    assert faults("shop-licence", "health_file", shop={**shop, "family": "food"}) == ["required"]


def test_a_degree_elsewhere_needs_five_years() -> None:
    job = {"employer": "x", "job_from": "2020-01-01", "job_until": "2023-01-01"}
    education = {"related": "no", "jobs": [job], "enough": "OK"}
    branch = {"branch": "consultants"}
    found = faults("guild-membership", "enough", membership=branch, education=education)
    assert found == ["constraint"]
    longer = {**education, "jobs": [job, {**job, "job_from": "2015-01-01"}]}
    assert faults("guild-membership", "enough", membership=branch, education=longer) == []


def test_reconciliation_has_two_stages() -> None:
    states = [state.key for state in main_way(pack("reconciliation")[0])]
    assert states.index("first_committee") < states.index("second_stage")
    assert states.index("second_stage") < states.index("second_committee")


def test_nothing_of_reconciliation_skips_the_papers_of_the_second_stage() -> None:
    papers = required("reconciliation", "second_stage", "complete")
    assert papers == {"drawings_in", "form10_in", "safety_in"}
    second = pack("reconciliation")[0].state("second_stage")
    assert [a.to for a in second.actions if not a.pauses] == ["technical"]


def test_to_complain_costs_nothing_and_elsewhere_no_price_is_guessed() -> None:
    assert [cost.amount for cost in pack("complaint")[0].costs] == ["0"]
    for code in set(PACKS) - {"complaint"}:
        assert {cost.amount for cost in pack(code)[0].costs} <= {""}, code


@pytest.mark.parametrize("code", PACKS)
def test_what_is_done_with_many_needs_nothing_of_each(code: str) -> None:
    """A session's number is the same for all; a policy's number, a date or a file is not."""
    shared = {"note", "said", "board_session"}
    for state in pack(code)[0].states:
        for action in state.actions:
            if action.batch:
                assert required(code, state.key, action.key) <= shared, (state.key, action.key)


def test_the_first_service_of_the_manual_is_one() -> None:
    told = (FOLDER.parents[1] / "docs" / "first-service.md").read_text()
    workbook = told.partition("```markdown\n")[2].partition("```")[0]
    checked = check(read_workbook(workbook.encode(), "bench.md"), Anything(), name="bench.md")
    assert not [*checked.faults, *checked.warnings]
    assert checked.form is not None
    eleven = evaluate(checked.form, {"place": "park", "benches": "11"}, now=NOW)
    found = {fault.path.rpartition("/")[2]: fault.code for fault in eleven.faults}
    assert found["benches"] == "constraint"
    assert found["park"] == "required"
