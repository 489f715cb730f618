"""What a file is, by its content; the name may only agree."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import puremagic
from django.utils.translation import gettext as _

from diwan.kernel.errors import Refused

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
    "text/plain": frozenset({"txt", "csv", "md"}),
}
# An office file is a ZIP; the part that makes it a text or a sheet.
OFFICE_PARTS = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


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
