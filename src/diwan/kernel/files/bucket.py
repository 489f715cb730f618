"""Evidence in object storage that speaks S3. Loaded only where a setting names it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from storages.backends.s3 import S3Storage

CONNECT_SECONDS = 3
READ_SECONDS = 20
ATTEMPTS = 2
IN_MEMORY = 2 * 1024 * 1024


class Away(OSError):
    """The store did not answer, or refused: nothing is known of the content."""


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError, Boto3Error) as error:
        raise Away(str(error)) from error


class EvidenceBucket(S3Storage):  # type: ignore[misc] # the library is untyped
    """A private bucket; its own addresses are given to nobody.

    Whatever goes wrong is an OSError, FileNotFoundError where there is no such content.
    """

    def get_default_settings(self) -> dict[str, Any]:
        """Patience in seconds, and no check-sums that only Amazon understands."""
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        mine = {"client_config": config, "max_memory_size": IN_MEMORY, "use_threads": True}
        return {**super().get_default_settings(), **mine, "file_overwrite": True}

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        with _told():
            file: File[Any] = super()._open(name, mode)
            _whole = file.file  # fetched here, so that a fault is told before the answer begins
            return file

    def _save(self, name: str, content: File[Any]) -> str:
        with _told():
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        """Delete; nothing to do if it isn't there."""
        with _told():
            super().delete(name)

    def size(self, name: str) -> int:
        """Bytes. Raises FileNotFoundError."""
        with _told():
            return int(super().size(name))

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        """Folders and files."""
        with _told():
            folders, files = super().listdir(name)
            return list(folders), list(files)

    def get_modified_time(self, name: str) -> Any:
        """When it was put there."""
        with _told():
            return super().get_modified_time(name)
