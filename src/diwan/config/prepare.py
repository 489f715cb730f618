"""Make a data folder ready: catalogues, tables, static files. Safe to call twice or at once."""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from diwan.config.home import HomeUnusable, prepared_home
from diwan.config.messages import PACKAGE, compile_all
from diwan.config.terminal import say
from diwan.kernel import search


@contextmanager
def locked(name: str, folder: Path | None = None) -> Iterator[None]:
    """Hold the lock `name` of this home; a second process waits, and says so.

    The lock is the operating system's: it goes with the process, however that ends.
    """
    path = (folder or prepared_home()) / f"{name}.lock"
    try:
        file = path.open("w")
    except OSError as error:
        raise HomeUnusable(f"Cannot write {path}: {error.strerror}.") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Another diwan is at it in this data folder; waiting for it to finish.")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def pending_migrations() -> list[str]:
    """The migrations that the database still lacks, as `app.name`."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def prepare() -> None:
    """Compile the catalogues and bring the tables up to date."""
    with locked("prepare"):
        compile_catalogues()
        missing = pending_migrations()
        if missing:
            say(f"Preparing the database: {len(missing)} migrations.")
            call_command("migrate", verbosity=0, interactive=False)
            search.begin()


def compile_catalogues() -> None:
    """Compile what changed. An installation that may not write keeps what was compiled before."""
    try:
        compile_all()
    except PermissionError:
        missing = [po for po in PACKAGE.glob("*/locale/*/*/*.po") if not _compiled(po)]
        if missing:
            say(f"No permission to compile {missing[0]}: that language may stay in English.")


def _compiled(catalogue: Path) -> bool:
    return catalogue.with_suffix(".mo").exists()


def collect_static() -> bool:
    """Gather the static files under their hashed names if one of them changed; True if it did."""
    settings.BUILD.mkdir(exist_ok=True)
    with locked("static", settings.BUILD):
        stamp = settings.BUILD / "static.stamp"
        now = static_fingerprint()
        if stamp.exists() and stamp.read_text() == now:
            return False
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(now)
        return True


def static_fingerprint() -> str:
    """A digest of names, sizes and times of our static files and of the pinned requirements.

    The requirements stand for the files that libraries bring.
    """
    folders = [*sorted(PACKAGE.glob("*/static")), *settings.STATICFILES_DIRS]
    files = [file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()]
    files += sorted((settings.BUILD.parent / "requirements").glob("*.txt"))
    digest = hashlib.sha256()
    for file in files:
        state = file.stat()
        digest.update(f"{file}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()
