"""`diwan import` and `diwan export`: exit codes, one line of mend, the same bytes again."""

from pathlib import Path

import pytest

from tests.program import diwan, with_tables

pytestmark = pytest.mark.slow

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
posts:
- key: mayor
  unit: hall
  name: {fa: شهردار, en: Mayor}
  roles:
  - head
"""


@pytest.fixture
def register(tmp_path: Path) -> Path:
    path = tmp_path / "example.yaml"
    path.write_text(REGISTER, encoding="utf-8")
    return path


def test_import_needs_no_other_step_and_twice_changes_nothing(
    tmp_path: Path, register: Path
) -> None:
    home = tmp_path / "home"
    first = diwan(home, "import", str(register))
    assert (first.returncode, first.stdout) == (0, ""), first.stderr
    # Plain lines in a pipe: no bar, no colours.
    assert "\x1b" not in first.stderr
    assert "\r" not in first.stderr
    before = diwan(home, "export").stdout
    again = diwan(home, "import", str(register))
    assert again.returncode == 0
    assert diwan(home, "export").stdout == before


def test_export_is_stable_and_imports_as_the_same_register(tmp_path: Path, register: Path) -> None:
    one, two = with_tables(tmp_path / "one"), with_tables(tmp_path / "two")
    assert diwan(one, "import", str(register)).returncode == 0
    out = tmp_path / "out.yaml"
    assert diwan(one, "export", str(out)).returncode == 0
    assert out.read_bytes() == diwan(one, "export").stdout.encode()
    done = diwan(two, "import", str(out))
    assert done.returncode == 0, done.stderr
    assert diwan(two, "export").stdout.encode() == out.read_bytes()


def test_a_wrong_file_names_file_line_and_mend_and_changes_nothing(
    tmp_path: Path, register: Path
) -> None:
    home = with_tables(tmp_path / "home")
    register.write_text(REGISTER.replace("  unit: hall", "  unti: hall"), encoding="utf-8")
    done = diwan(home, "import", str(register))
    assert (done.returncode, done.stdout) == (1, "")
    assert "example.yaml" in done.stderr
    assert "13" in done.stderr
    assert "unit" in done.stderr
    assert "Traceback" not in done.stderr
    assert "example" not in diwan(home, "export").stdout


def test_one_wrong_file_stops_the_right_one_beside_it(tmp_path: Path, register: Path) -> None:
    home = with_tables(tmp_path / "home")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_bytes(b"\xff\xfe nonsense")
    assert diwan(home, "import", str(register), str(wrong)).returncode == 1
    assert "hall" not in diwan(home, "export").stdout


def test_export_where_it_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    done = diwan(with_tables(tmp_path), "export", "/proc/nowhere/out.yaml")
    assert done.returncode == 1
    assert "Cannot write /proc/nowhere/out.yaml" in done.stderr


def test_the_five_meetings_come_in_as_they_stand(tmp_path: Path, shared: Path) -> None:
    files = sorted(str(path) for path in (shared / "meetings").glob("*.yaml"))
    assert len(files) == 5
    with_tables(tmp_path)
    done = diwan(tmp_path, "import", *files)
    assert done.returncode == 0, done.stderr
    exported = diwan(tmp_path, "export").stdout
    done = diwan(tmp_path, "import", *files)
    assert done.returncode == 0
    assert diwan(tmp_path, "export").stdout == exported
