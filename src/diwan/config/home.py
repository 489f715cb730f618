"""Where Diwan keeps its data: one folder, named by DIWAN_HOME. Plain Python, no Django."""

import os
import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
"""The project's folder (the one that holds `run`)."""


class HomeUnusable(Exception):
    """The data folder cannot be made or written; the text says which and why."""


def home() -> Path:
    """The data folder: DIWAN_HOME, else `var` beside `run`. Absolute, not necessarily there yet."""
    named = os.environ.get("DIWAN_HOME", "")
    return (Path(named).expanduser() if named else ROOT / "var").absolute()


def prepared_home() -> Path:
    """The data folder, made if it is missing and writable by us alone.

    Raises HomeUnusable if it cannot be made or written.
    """
    folder = home()
    try:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    except OSError as error:
        raise HomeUnusable(f"Cannot make the data folder {folder}: {error.strerror}.") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise HomeUnusable(f"No permission to write in the data folder {folder}.")
    return folder


def secret_key() -> str:
    """The signing key of this home: DIWAN_SECRET_KEY, else the one kept in the data folder.

    It is made on first use and readable by the owner alone. Two processes that start at once
    agree on one key: the file appears under its name only when it is complete.
    Raises HomeUnusable if it can be neither read nor made.
    """
    given = os.environ.get("DIWAN_SECRET_KEY", "")
    if given:
        return given
    path = home() / "secret-key"
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        pass
    except OSError as error:
        raise HomeUnusable(f"Cannot read {path}: {error.strerror}.") from error
    draft = prepared_home() / f".secret-key-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return path.read_text(encoding="ascii")
    except OSError as error:
        raise HomeUnusable(f"Cannot write {path}: {error.strerror}.") from error
