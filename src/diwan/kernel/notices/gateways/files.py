"""The default: each message is a file in the data folder, for a small office or a first look."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from diwan.kernel.models import Channel

from .base import Message, Unavailable


class FileGateway:
    """Writes `.eml` and `.txt` files, one a notice, complete or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: Message) -> str:
        """Write the file; the same notice again writes the same file. Raises Unavailable."""
        if message.channel == Channel.EMAIL:
            name, content = f"{message.id}.eml", message.as_email().as_bytes()
        else:
            name, content = f"{message.id}.txt", f"{message.address}\n{message.text}\n".encode()
        fresh = self.folder / f".{name}"
        try:
            self.folder.mkdir(mode=0o750, exist_ok=True)
            with fresh.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.folder / name)
        except OSError as error:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
            raise Unavailable(f"{self.folder}: {error.strerror}") from error
        return f"outbox/{name}"
