"""`./run` from a fresh clone: it sets up, answers, lets somebody sign in, and goes without a trace.

The clone is what git would hand out, uncommitted work included, in a folder with a space in its
name; what it downloads comes from the installers' caches where they have it.
"""

import http.cookiejar
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.program import ROOT, environment

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("run")]
PASSWORD = "a lantern over seven hills"
FIRST_START = 420.0
"""Seconds: a slow network and two busy cores are allowed for."""
SECOND_START = 30.0
"""Seconds; on an idle machine it takes two or three."""


@dataclass
class Running:
    """A `./run` that serves."""

    process: subprocess.Popen[str]
    port: int
    told: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fresh") / "a clone"
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        # What is deleted but not yet committed is still listed.
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


@contextmanager
def run(clone: Path, home: Path, *arguments: str, patience: float) -> Iterator[Running]:
    """`./run` until it prints its address; killed with its whole group at the end."""
    port = free_port()
    process = subprocess.Popen(
        [str(clone / "run"), *arguments],
        # The same Python that runs the tests, whatever else the machine has.
        env=environment(
            home,
            PORT=str(port),
            PYTHON=os.path.realpath("/proc/self/exe"),
            DIWAN_SAMPLE="small",
        ),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        start_new_session=True,
    )
    assert process.stdout
    deadline = time.monotonic() + patience
    told = ""
    try:
        for line in process.stdout:
            told += line
            assert time.monotonic() < deadline, told
            if "Ctrl-C stops it" in line:
                break
        assert process.poll() is None, told
        yield Running(process, port, told)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def stop(running: Running, number: signal.Signals) -> None:
    """Send the signal to `./run` alone; it must end well, with its children, and free the port."""
    running.process.send_signal(number)
    assert running.process.wait(timeout=60) == 0
    assert is_free(running.port)
    # Python's own helper of child processes ends when its pipe closes, a moment after its parent.
    deadline = time.monotonic() + 30
    while living_members(running.process.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not living_members(running.process.pid)


def living_members(group: int) -> list[str]:
    """The processes of a group but for those that are dead and wait to be reaped."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, its_group = stat.read_text().rpartition(")")[2].split()[:3]
        except (OSError, ValueError):
            continue
        if int(its_group) == group and state != "Z":
            found.append(stat.parent.name)
    return found


def sign_in(running: Running, login: str, password: str) -> tuple[str, str]:
    """Sign in as a browser does; the address and the page that follow."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = f"{running.address}/en/account/sign-in/"
    text = browser.open(page, timeout=30).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
    assert token
    fields = {"login": login, "password": password, "csrfmiddlewaretoken": token[1]}
    sent = urllib.parse.urlencode(fields).encode()
    answer = browser.open(urllib.request.Request(page, sent, {"Referer": page}), timeout=30)
    assert "diwan_session" in {cookie.name for cookie in jar}
    return answer.url, answer.read().decode()


def test_a_fresh_clone_starts_serves_and_goes(clone: Path, tmp_path: Path) -> None:
    home = tmp_path / "خانه داده‌ها"
    with run(clone, home, patience=FIRST_START) as running:
        assert f"http://127.0.0.1:{running.port}/" in running.told
        assert "Installing" in running.told
        account = re.search(r"^\s*(\S+@\S+)\s+(\S+)", running.told, re.MULTILINE)
        assert account, running.told
        url, page = sign_in(running, account[1], account[2])
        assert "/sign-in/" not in url
        assert "sign-out" in page
        with urllib.request.urlopen(f"{running.address}/healthz", timeout=30) as answer:
            assert answer.status == 200
        stop(running, signal.SIGTERM)

    started = time.monotonic()
    with run(clone, home, patience=SECOND_START) as again:
        assert time.monotonic() - started < SECOND_START
        assert "Installing" not in again.told
        assert "Loading the sample" not in again.told
        assert account[1] in again.told
        taken = subprocess.run(
            [str(clone / "run")],
            env=environment(home, PORT=str(again.port)),
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        assert (taken.returncode, taken.stdout) == (1, "")
        assert f"Port {again.port} is taken by another program" in taken.stderr
        stop(again, signal.SIGINT)


def test_an_empty_start_says_how_to_make_the_first_administrator(
    clone: Path, tmp_path: Path
) -> None:
    with run(clone, tmp_path, "--empty", patience=FIRST_START) as running:
        assert "diwan admin create" in running.told
        assert "Sample accounts" not in running.told
        made = subprocess.run(
            [
                str(clone / ".venv/bin/diwan"),
                *["admin", "create", "--login", "a@example.org", "--name", "A"],
            ],
            env=environment(tmp_path, DIWAN_ADMIN_PASSWORD=PASSWORD),
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        assert made.returncode == 0, made.stderr
        url, _ = sign_in(running, "a@example.org", PASSWORD)
        assert "/sign-in/" not in url
        stop(running, signal.SIGHUP)


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [(["--help"], 0, "Usage: ./run"), (["--bogus"], 2, "Usage: ./run")],
)
def test_usage(arguments: list[str], code: int, sentence: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [str(ROOT / "run"), *arguments],
        env=environment(tmp_path / "home"),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == code
    assert sentence in done.stdout + done.stderr
    assert not (tmp_path / "home").exists()


def fake_python(folder: Path, version: str) -> str:
    """A PATH on which every Python is of `version`, with the few tools ./run needs before it."""
    for name in ("bash", "env", "dirname", "mkdir", "cat"):
        (folder / name).symlink_to(shutil.which(name) or name)
    old = folder / "python3"
    old.write_text(
        f'#!/bin/bash\n[ "$1" = --version ] && echo "Python {version}" && exit\nexit 1\n'
    )
    old.chmod(0o755)
    return str(folder)


def test_a_python_too_old_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    path = fake_python(tmp_path / "bin", "3.9.2")
    done = subprocess.run(
        [str(ROOT / "run")],
        env={"PATH": path, "DIWAN_HOME": str(tmp_path / "home"), "PORT": str(free_port())},
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Diwan needs Python 3.11 or newer;")
    assert "Python 3.9.2" in done.stderr


def test_a_home_that_cannot_be_is_one_sentence() -> None:
    done = subprocess.run(
        [str(ROOT / "run")],
        env=environment(Path("/proc/nowhere"), PORT=str(free_port())),
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("No permission to write in the data folder /proc/nowhere;")
