"""What all tests share: the database by environment, Chromium, a clean cache, the shared files."""

import ctypes
import ctypes.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker
from tests import tables

# Playwright keeps an event loop in the test's thread; Django would refuse the database there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

ROOT = Path(__file__).resolve().parent
# The first has no windows: it shows the same pages for a third of the work.
CHROMIUM = (
    "/usr/bin/chromium-headless-shell",
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
)


# How long an example takes is the machine's affair: a busy one fails no property.
settings.register_profile("diwan", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("diwan")


def on_postgres() -> bool:
    """Whether the environment names a PostgreSQL server; else it is SQLite."""
    return os.environ.get("DIWAN_DATABASE_URL", "").startswith("postgres")


NEEDS_DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what depends on the database: the rest ran on SQLite, the same way.

    Nothing can reach it unnoticed: pytest-django forbids it to tests that don't say so.
    """
    if not on_postgres():
        return
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        reaches = item.get_closest_marker("django_db") or names & NEEDS_DATABASE
        depends = reaches and not item.get_closest_marker("any_database")
        (kept if depends else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """SQLite's file is a copy that was laid there for us: Django shall not make another."""
    return not on_postgres()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker
) -> None:
    """The tables come from where the migrations were run once."""
    request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")
    with django_db_blocker.unblock():
        tables.lay()


@pytest.fixture(autouse=True)
def clean_cache() -> Iterator[None]:
    """Allauth counts sign-ins in the cache: one test must not lock out the next."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared files: DIWAN_SHARED, else ../shared. Skips, saying so, if absent."""
    named = os.environ.get("DIWAN_SHARED", "")
    folder = Path(named) if named else ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"left out: the shared files are not there ({folder}; DIWAN_SHARED names them)")
    return folder


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Chromium of the system, quiet: no sandbox as root, no calls home."""
    arguments = [
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--disable-dev-shm-usage",
    ]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    named = os.environ.get("DIWAN_CHROMIUM", "")
    found = named or next((path for path in CHROMIUM if Path(path).exists()), None)
    more = {"executable_path": found} if found else {}
    return {**browser_type_launch_args, "args": arguments, **more}


@pytest.fixture(scope="session")
def libical() -> ctypes.CDLL:
    """Debian's libical, which counts Persian rules right; `./test` installs it."""
    name = ctypes.util.find_library("ical")
    if name is None:
        pytest.skip("left out: libical is not there (apt install libical3)")
    return ctypes.CDLL(name)


@pytest.fixture(scope="session")
def node() -> str:
    """Node, which builds the front-end assets and runs the readers of `tests/readers`."""
    found = shutil.which("node") or shutil.which(ROOT / ".venv/bin/node")
    assert found, "Node is missing: ./run and ./test bring it."
    return found
