"""Evidence on the local disk, in the data folder: whole or not there."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage

INCOMING = "incoming"


def evidence_folder() -> Path:
    """Where evidence lies in the data folder."""
    return Path(settings.DIWAN_HOME) / "files"


def incoming_folder() -> Path:
    """Where uploads wait until they are looked at, on the same disk as the evidence."""
    folder = evidence_folder() / INCOMING
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class EvidenceDisk(FileSystemStorage):
    """Files under ``DIWAN_HOME/files``.

    Django's own storage writes under the final name, so that a power cut would leave half a file
    there. This one writes beside it, syncs, and renames.
    """

    @property
    def base_location(self) -> str:
        """The folder of evidence."""
        return str(evidence_folder())

    @property
    def location(self) -> str:
        """The same, absolute."""
        return os.path.abspath(self.base_location)  # noqa: PTH100 - without following links

    def get_available_name(self, name: str, max_length: int | None = None) -> str:  # noqa: ARG002 - Django's signature
        """The name itself: what has the same name has the same content."""
        return name

    def _save(self, name: str, content: File[Any]) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=incoming_folder())
        try:
            with os.fdopen(handle, "wb") as out:
                shutil.copyfileobj(content, out)
                out.flush()
                os.fsync(out.fileno())
            Path(draft).chmod(0o640)
            Path(draft).replace(target)
        finally:
            Path(draft).unlink(missing_ok=True)
        _sync_folder(target.parent)
        return name


def _sync_folder(folder: Path) -> None:
    """The name, too, survives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
