"""Content under its SHA-256, wherever ``STORAGES["evidence"]`` keeps it.

Faults of the store become sentences: `NoRoom` where it is full, `Unavailable` where it does not
answer. What it gives is compared with the checksum before anybody gets it.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.core.files import File
from django.core.files.storage import Storage, storages
from django.utils.translation import gettext as _

from diwan.kernel.errors import NoRoom, Unavailable

from .disk import EvidenceDisk

logger = logging.getLogger(__name__)
ALIAS = "evidence"
ROOT = "blobs"
PIECE = 1024 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Kept(StrEnum):
    """How content lies in the store."""

    WELL = "well"
    MISSING = "missing"
    DAMAGED = "damaged"


def content_name(sha256: str) -> str:
    """The name in the store; made from the checksum alone. Raises ValueError for anything else."""
    if not _DIGEST.fullmatch(sha256):
        raise ValueError(sha256)
    return f"{ROOT}/{sha256[:2]}/{sha256}"


def put(sha256: str, size: int, draft: Path) -> None:
    """Make sure that the content lies there. Raises NoRoom, Unavailable."""
    name, store = content_name(sha256), _store()
    with faults_told():
        # On the disk it is written always, which mends what a bad sector broke.
        if isinstance(store, EvidenceDisk) or _size(store, name) != size:
            with draft.open("rb") as file:
                store.save(name, File(file))


def take_out(sha256: str) -> None:
    """Delete the content, if it is there."""
    with faults_told():
        _store().delete(content_name(sha256))


def opened(sha256: str) -> BinaryIO:
    """The content, from its beginning, after its checksum was found right.

    Raises Unavailable where it is missing, damaged, or the store does not answer.
    """
    with faults_told():
        file = _found(sha256)
        if file is None:
            logger.error("the content %s is missing", sha256)
            raise Unavailable(
                _("The content of this file is missing. Tell whoever runs Diwan here.")
            )
        if _digest(file) != sha256:
            file.close()
            logger.error("the content %s is damaged", sha256)
            raise Unavailable(
                _("The content of this file is damaged. Tell whoever runs Diwan here.")
            )
        file.seek(0)
    return cast("BinaryIO", file)


def read(sha256: str) -> bytes | None:
    """All of the content, None where it is missing or damaged. Raises Unavailable."""
    if look(sha256) is not Kept.WELL:
        return None
    with opened(sha256) as file:
        return file.read()


def look(sha256: str) -> Kept:
    """How the content lies there. Raises Unavailable where the store does not answer."""
    with faults_told():
        file = _found(sha256)
        if file is None:
            return Kept.MISSING
        with file:
            return Kept.WELL if _digest(file) == sha256 else Kept.DAMAGED


def folders() -> Iterator[str]:
    """The first two digits of what lies there."""
    with faults_told():
        try:
            found, _files = _store().listdir(ROOT)
        except FileNotFoundError:
            found = []
    yield from sorted(found)


def lying(folder: str) -> list[str]:
    """The checksums under two digits that lie there."""
    with faults_told():
        try:
            _folders, names = _store().listdir(f"{ROOT}/{folder}")
        except FileNotFoundError:
            names = []
    return sorted(name for name in names if _DIGEST.fullmatch(name))


def put_at(sha256: str) -> datetime | None:
    """When it was put there; None if it isn't."""
    with faults_told():
        try:
            return _store().get_modified_time(content_name(sha256)).astimezone(UTC)
        except FileNotFoundError:
            return None


@contextmanager
def faults_told() -> Iterator[None]:
    """Turn a fault of disk or store within the block into a sentence."""
    try:
        yield
    except OSError as error:
        logger.exception("the store of files failed")
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoRoom from error
        raise Unavailable(
            _("The store of files does not answer just now. Nothing was saved; try again later.")
        ) from error


def _store() -> Storage:
    return storages[ALIAS]


def _size(store: Storage, name: str) -> int | None:
    try:
        return store.size(name)
    except FileNotFoundError:
        return None


def _found(sha256: str) -> File[Any] | None:
    try:
        return _store().open(content_name(sha256))
    except FileNotFoundError:
        return None


def _digest(file: File[Any]) -> str:
    digest = hashlib.sha256()
    while piece := file.read(PIECE):
        digest.update(piece)
    return digest.hexdigest()
