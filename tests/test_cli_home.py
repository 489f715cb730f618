"""`diwan` on a home: it prepares itself, two at once don't collide, the first administrator."""

import stat
import subprocess
from pathlib import Path

import pytest

from tests.program import DIWAN, diwan, environment, with_tables

# One group: what is prepared once is there for all of them.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("home")]
GOOD = {"DIWAN_ADMIN_PASSWORD": "a lantern over seven hills"}
CREATE = ["admin", "create", "--login", "first@example.org", "--name", "First"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared home, with a space and Persian in its path."""
    folder = tmp_path_factory.mktemp("home") / "خانه ما"
    assert diwan(folder, "tick").returncode == 0
    return folder


def test_an_empty_home_prepares_itself_once(home: Path) -> None:
    again = diwan(home, "tick")
    assert (again.returncode, again.stderr) == (0, "")
    assert (home / "diwan.sqlite3").exists()


def test_the_key_is_for_the_owner_alone(home: Path) -> None:
    assert stat.S_IMODE((home / "secret-key").stat().st_mode) == 0o600


def test_two_at_once_on_an_empty_home(tmp_path: Path) -> None:
    both = [
        subprocess.Popen(
            [str(DIWAN), "tick"], env=environment(tmp_path), stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    told = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert sum("Preparing the database" in text for text in told) == 1


def test_the_doctor_names_what_is_unwell(tmp_path: Path) -> None:
    done = diwan(tmp_path, "doctor")
    assert done.returncode == 1
    assert "FAILING tables" in done.stdout
    assert "ok      database" in done.stdout


def test_the_doctor_sees_the_worker(home: Path) -> None:
    done = diwan(home, "doctor")
    assert "ok      worker" in done.stdout
    assert "ok      tables" in done.stdout


def test_the_first_administrator(tmp_path: Path) -> None:
    assert diwan(with_tables(tmp_path), *CREATE, **GOOD).returncode == 0
    twice = diwan(tmp_path, *CREATE, **GOOD)
    assert (twice.returncode, twice.stdout) == (1, "")
    assert twice.stderr.startswith("Error: ")


def test_a_weak_password_is_refused(home: Path) -> None:
    done = diwan(home, *CREATE, DIWAN_ADMIN_PASSWORD="12345")
    assert done.returncode == 1
    assert "password" in done.stderr


def test_refusals_come_in_the_language_of_the_terminal(home: Path) -> None:
    done = diwan(home, *CREATE, DIWAN_ADMIN_PASSWORD="12345", LANG="fa_IR.UTF-8")
    assert done.returncode == 1
    assert "رمز" in done.stderr or "گذرواژه" in done.stderr
