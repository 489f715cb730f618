"""Evidence files: type by content, bounded size, checksum, the same content stored once.

A client's file name is kept for people to read and never used as a path.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import puremagic
from django.conf import settings
from django.utils.translation import gettext as _

from .errors import Refused
from .exchange import Ref
from .models import Blob, StoredFile
from .policies import Actor, Confidentiality

MAX_BYTES = 25 * 1024 * 1024
CHUNK = 1024 * 1024
# What offices exchange. The type is read from the content; a name that promises another is refused.
TYPES: dict[str, frozenset[str]] = {
    "application/pdf": frozenset({"pdf"}),
    "image/png": frozenset({"png"}),
    "image/jpeg": frozenset({"jpg", "jpeg"}),
    "image/webp": frozenset({"webp"}),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": frozenset({"docx"}),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": frozenset({"xlsx"}),
    "application/vnd.oasis.opendocument.text": frozenset({"odt"}),
    "application/vnd.oasis.opendocument.spreadsheet": frozenset({"ods"}),
    "text/plain": frozenset({"txt", "csv"}),
}
# An office file is a ZIP; the part that makes it a text or a sheet.
OFFICE_PARTS = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def store(
    actor: Actor,
    subject: Ref,
    upload: BinaryIO,
    name: str,
    *,
    confidentiality: Confidentiality = Confidentiality.BODY,
) -> StoredFile:
    """Store an upload as a file of `subject`. Part of an action, which holds the transaction.

    Raises Refused where the file is empty, larger than 25 MB, or of a type that is not taken.
    """
    shown = clean_name(name)
    handle, temporary = tempfile.mkstemp(dir=_folder("incoming"))
    path = Path(temporary)
    try:
        digest, size = _copy(upload, handle, shown)
        media_type = media_type_of(path, shown)
        target = blob_path(digest)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
    finally:
        path.unlink(missing_ok=True)
    blob, _made = Blob.objects.get_or_create(
        sha256=digest, defaults={"size": size, "media_type": media_type}
    )
    return StoredFile.objects.create(
        blob=blob,
        sha256=digest,
        name=shown,
        subject_kind=subject.kind,
        subject_id=subject.id,
        confidentiality=confidentiality,
        added_at=actor.at,
        added_by=actor.user_id,
    )


def remember(actor: Actor, subject: Ref, *, name: str, sha256: str) -> StoredFile:
    """A file that is known by name and checksum; its content is joined if it is stored already."""
    return StoredFile.objects.create(
        blob=Blob.objects.filter(sha256=sha256).first(),
        sha256=sha256,
        name=clean_name(name),
        subject_kind=subject.kind,
        subject_id=subject.id,
        added_at=actor.at,
        added_by=actor.user_id,
    )


def files_of(kind: str, ids: Iterable[UUID]) -> list[StoredFile]:
    """Files of the given records, oldest first. Whether they may be read is the caller's policy."""
    rows = StoredFile.objects.filter(subject_kind=kind, subject_id__in=list(ids))
    return list(rows.select_related("blob").order_by("added_at", "id"))


def blob_path(sha256: str) -> Path:
    """Where content with this checksum lies; made from the checksum alone."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError(sha256)
    return _folder("blobs") / sha256[:2] / sha256


def clean_name(name: str) -> str:
    """The client's name as people may read it: no folders, no control characters, 200 at most."""
    base = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(c for c in base if unicodedata.category(c)[0] != "C" or c == "\u200c").strip()
    stem, dot, ending = kept.rpartition(".")
    if len(kept) > 200 and dot:
        return stem[: 199 - len(ending)] + dot + ending
    return kept[:200] or "file"


def media_type_of(path: Path, name: str) -> str:
    """The media type by content. Raises Refused where it is not taken or the name lies about it."""
    ending = name.rpartition(".")[2].lower()
    found = _sniff(path)
    for media_type in found:
        if ending in TYPES.get(media_type, ()):
            return media_type
    if any(media_type in TYPES for media_type in found):
        raise Refused(
            _(
                "“%(name)s” is not what its name says: its content is of another type. "
                "Save it again in its own type, or give it the right ending."
            )
            % {"name": name},
            field="file",
        )
    raise Refused(
        _(
            "“%(name)s” is of a type that is not taken. Attach a PDF, a picture (PNG, JPEG), "
            "a Word, Excel or OpenDocument file, or plain text."
        )
        % {"name": name},
        field="file",
    )


def _sniff(path: Path) -> list[str]:
    """Media types that the content fits, likeliest first."""
    with path.open("rb") as file:
        if file.read(4) == b"PK\x03\x04":
            return _office_types(path)
    try:
        found = [match.mime_type for match in puremagic.magic_file(path) if match.mime_type]
    except (puremagic.PureError, ValueError):
        found = []
    # What text is we judge ourselves: a byte-order mark or an HTML tag makes none.
    found = [media_type for media_type in found if media_type != "text/plain"]
    if any(media_type in TYPES for media_type in found):
        return found
    return [*found, "text/plain"] if _is_text(path) else found


def _office_types(path: Path) -> list[str]:
    """The office type of a ZIP by what lies in it; none for other archives and for macros."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if any(name.endswith("vbaProject.bin") for name in names):
                return []
            if "mimetype" in names:
                with archive.open("mimetype") as stated:
                    return [stated.read(200).decode("ascii", "replace").strip()]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, zlib.error):
        return []
    if "[Content_Types].xml" not in names:
        return []
    return [media_type for main, media_type in OFFICE_PARTS.items() if main in names]


def _is_text(path: Path) -> bool:
    """True for UTF-8 without NUL."""
    try:
        with path.open(encoding="utf-8") as text:
            while piece := text.read(CHUNK):
                if "\x00" in piece:
                    return False
    except UnicodeDecodeError:
        return False
    return True


def _copy(upload: BinaryIO, handle: int, name: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with os.fdopen(handle, "wb") as out:
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
        out.flush()
        os.fsync(out.fileno())
    if size == 0:
        raise Refused(
            _("“%(name)s” is empty. Choose the file again.") % {"name": name}, field="file"
        )
    return digest.hexdigest(), size


def _folder(name: str) -> Path:
    folder = Path(settings.DIWAN_HOME) / "files" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
