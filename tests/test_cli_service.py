"""`diwan service`: a workbook checked, published and exported."""

from pathlib import Path

import pytest

from diwan.services.rules.reading import read_workbook
from tests.program import ROOT, diwan, with_tables

pytestmark = pytest.mark.slow
KIOSK = ROOT / "src" / "diwan" / "services" / "tests" / "kiosk.md"
REGISTER = """\
format: diwan-register/1
register: example
language: fa
country: IR
recorded: '2026-11-21'
units:
- key: hall
  name: {fa: شهرداری نمونه, en: Example municipality}
  kind: municipality
  province: IR-30
"""


def test_a_check_needs_no_register_and_says_every_fault(tmp_path: Path) -> None:
    bad = tmp_path / "bad.md"
    bad.write_text(KIOSK.read_text().replace("clerk", "clark").replace("yesno", "smile"))
    done = diwan(tmp_path / "home", "service", "check", str(bad), "--language", "fa")
    assert (done.returncode, done.stdout) == (1, "")
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 2
    assert all(line.startswith("برگه") for line in lines)


def test_published_once_and_exported_as_it_was(tmp_path: Path) -> None:
    home, register = with_tables(tmp_path / "home"), tmp_path / "example.yaml"
    register.write_text(REGISTER, encoding="utf-8")
    assert diwan(home, "import", str(register)).returncode == 0
    well = diwan(home, "service", "check", str(KIOSK))
    assert (well.returncode, well.stdout) == (0, "kiosk-permit: 4 questions, 3 states\n"), well
    told = [
        diwan(home, "service", "publish", str(KIOSK), "--owner", "hall").stderr.splitlines()[-1]
        for _twice in range(2)
    ]
    assert told == [
        "kiosk-permit is published: version 1.",
        "kiosk-permit stands so already: version 1.",
    ]
    twin = diwan(home, "service", "export", "kiosk-permit").stdout
    sheets = read_workbook(KIOSK.read_bytes(), KIOSK.name)
    assert read_workbook(twin.encode(), "twin.md") == sheets
    summed = diwan(home, "service", "recount")
    assert summed.stderr.splitlines()[-1] == "All months are summed up."
