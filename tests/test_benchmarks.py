"""The harness of the benchmarks runs at a tiny size; what it measures is nobody's test."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.many_cases import COPY_MARK, multiply

from diwan.directory.tests.factories import UnitFactory
from diwan.services.models import Case, CaseStep
from diwan.services.tests.factories import case, service
from tests.program import ROOT, environment


@pytest.mark.django_db
def test_cases_are_multiplied_with_all_that_hangs_on_them() -> None:
    made = service(UnitFactory.create())
    first = case(made)
    about = case(made, about=first)
    multiply(6)
    assert Case.objects.count() == Case.objects.distinct().count() == 6
    copies = Case.objects.filter(code__startswith=COPY_MARK)
    assert {copy.unit_id for copy in copies} == {first.unit_id}
    assert [copy.about_id in {c.pk for c in copies} for copy in copies if copy.about_id] == [
        True
    ] * 2
    assert {step.case_id for step in CaseStep.objects.all()} == {c.pk for c in Case.objects.all()}
    assert Case.objects.get(pk=about.pk).about_id == first.pk
    multiply(6)
    assert Case.objects.count() == 6, "there are so many already"


@pytest.mark.slow
def test_the_harness_measures_few_cases(tmp_path: Path) -> None:
    out = tmp_path / "found.json"
    done = subprocess.run(
        [
            *[sys.executable, "-m", "benchmarks.cases", str(out)],
            *["--cases", "3000", "--times", "1", "--filings", "2"],
        ],
        cwd=ROOT,
        env=environment(tmp_path, PYTHONPATH=f"{ROOT}:{ROOT / 'src'}"),
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found["filing"] == found["filing"] | {"sent": 16, "cases": 8}
    names = {row["name"] for row in found["scenarios"]}
    assert {"work list of a clerk", "a case", "one step done"} <= names, done.stderr


@pytest.mark.slow
def test_the_harness_measures_a_tiny_house(tmp_path: Path) -> None:
    table = tmp_path / "table.md"
    done = subprocess.run(
        [
            *[sys.executable, "-m", "benchmarks", "--size", "tiny", "--times", "1"],
            *["--keep", str(tmp_path / "houses"), "--table", str(table), "--only", "one"],
        ],
        cwd=ROOT,
        env=environment(tmp_path, PYTHONPATH=f"{ROOT}:{ROOT / 'src'}"),
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = table.read_text(encoding="utf-8")
    assert "### tiny" in told
    assert "| scenario | sqlite: p50 ms | p95 | n | MB | × bare | growth | |" in told
    for name in ("bare view", "register: one word", "one action done"):
        assert f"| {name} |" in told, done.stderr
