"""An upload on its way in: copied beside the evidence, looked at, and cleaned."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from diwan.kernel.errors import Refused

from .content import faults_told
from .disk import incoming_folder
from .images import FORMATS, BadImage, cleaned
from .types import CHUNK, media_type_of

MAX_BYTES = 25 * 1024 * 1024


@dataclass(frozen=True)
class Draft:
    """What came in, ready to be kept. `given_sha256` is the checksum of what was handed in."""

    path: Path
    sha256: str
    given_sha256: str
    size: int
    media_type: str


@contextmanager
def received(upload: BinaryIO, name: str) -> Iterator[Draft]:
    """The upload as a draft, which is gone at the end of the block.

    Raises Refused where it is empty, larger than 25 MB, of a type that is not taken or a broken
    picture; NoRoom where the disk is full.
    """
    with faults_told():
        handle, temporary = tempfile.mkstemp(dir=incoming_folder())
    path = Path(temporary)
    try:
        given, size = _copy(upload, handle, name)
        media_type = media_type_of(path, name)
        sha256 = given
        if media_type in FORMATS:
            sha256, size = _clean(path, media_type, name)
        yield Draft(path, sha256, given, size, media_type)
    finally:
        path.unlink(missing_ok=True)


def _copy(upload: BinaryIO, handle: int, name: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with faults_told(), os.fdopen(handle, "wb") as out:
        while piece := upload.read(CHUNK):
            size += len(piece)
            if size > MAX_BYTES:
                raise Refused(
                    _("“%(name)s” is larger than 25 MB. Attach a smaller file or split it.")
                    % {"name": name},
                    field="file",
                )
            digest.update(piece)
            out.write(piece)
    if size == 0:
        raise Refused(
            _("“%(name)s” is empty. Choose the file again.") % {"name": name}, field="file"
        )
    return digest.hexdigest(), size


def _clean(path: Path, media_type: str, name: str) -> tuple[str, int]:
    """Take out of a picture what it tells in secret; checksum and size of what is left."""
    try:
        content = cleaned(path.read_bytes(), media_type)
    except BadImage as bad:
        raise _refusal(bad, name) from bad
    with faults_told():
        path.write_bytes(content)
    return hashlib.sha256(content).hexdigest(), len(content)


def _refusal(bad: BadImage, name: str) -> Refused:
    if bad.why == "large":
        sentence = _(
            "“%(name)s” has more than 80 million pixels. Save the picture smaller and attach it "
            "again."
        )
        return Refused(sentence % {"name": name}, field="file")
    sentence = _(
        "“%(name)s” is damaged: the picture breaks off or cannot be read. Save or take it again."
    )
    return Refused(sentence % {"name": name}, field="file")
