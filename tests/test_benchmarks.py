"""The harness of the benchmarks runs at a tiny size; what it measures is nobody's test."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.program import ROOT, environment

pytestmark = pytest.mark.slow


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
