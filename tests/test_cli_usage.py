"""`diwan`: help, exit codes, one clear sentence where nothing can be done."""

from pathlib import Path

import pytest

from tests.program import diwan

pytestmark = pytest.mark.slow
NOWHERE = Path("/proc/nowhere")
COMMANDS = ["run", "import", "export", "doctor", "tick", "worker", "admin", "admin create"]
COMMANDS += ["files check", "service check", "service publish", "service export"]
COMMANDS += ["service recount"]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_needs_no_home(command: str) -> None:
    done = diwan(NOWHERE, *command.split(), "--help")
    assert done.returncode == 0, done.stderr
    assert "Usage: diwan" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["import"],
        ["import", "not-there.yaml"],
        ["import", "/"],
        ["export", "--bogus"],
        ["bogus"],
        ["doctor", "extra"],
    ],
)
def test_wrong_usage_is_two(tmp_path: Path, arguments: list[str]) -> None:
    done = diwan(tmp_path, *arguments)
    assert done.returncode == 2
    assert "Error: " in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"DIWAN_DATABASE_URL": "postgres://a:b@127.0.0.1:1/x"}, "The database cannot be used"),
        ({"DIWAN_DATABASE_URL": "mysql://a:b@host/x"}, "DIWAN_DATABASE_URL is not understood"),
        ({"DIWAN_DATABASE_URL": "nonsense"}, "DIWAN_DATABASE_URL is not understood"),
    ],
)
def test_an_unusable_database_is_one_sentence(
    tmp_path: Path, more: dict[str, str], sentence: str
) -> None:
    done = diwan(tmp_path, "tick", **more)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_unusable_home_is_one_sentence() -> None:
    done = diwan(NOWHERE, "tick")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip() == (
        "Error: Cannot make the data folder /proc/nowhere: No such file or directory."
    )


def test_a_spoilt_database_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "diwan.sqlite3").write_bytes(b"not a database at all, but long enough" * 100)
    done = diwan(tmp_path, "tick")
    assert done.returncode == 1
    assert "The database cannot be used: file is not a database" in done.stderr


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1", "۸۰۰۰"])
def test_a_port_that_is_none(tmp_path: Path, port: str) -> None:
    done = diwan(tmp_path, "run", PORT=port)
    assert done.returncode == 1
    assert f"PORT={port} is no port number" in done.stderr
