"""Opening what was given: registers in YAML, or in a ZIP with their proofs beside them."""

from __future__ import annotations

import hashlib
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from diwan.interop.rules.faults import Faults, Place, gettext_noop
from diwan.interop.rules.format import read
from diwan.interop.rules.shapes import Map
from diwan.interop.rules.source import MAX_BYTES, too_large
from diwan.kernel import files

MAX_MEMBERS = 10_000
MAX_UNPACKED = 2_000_000_000
CHUNK = 1024 * 1024
_REGISTERS = (".yaml", ".yml")


class Contents(Mapping[str, bytes]):
    """Proofs by SHA-256, read from their archive when they are asked for."""

    def __init__(self) -> None:
        self._places: dict[str, tuple[Path, str]] = {}
        self.names: dict[str, str] = {}

    def add(self, digest: str, archive: Path, member: str) -> None:
        """Remember where the content with a digest lies."""
        self._places[digest] = (archive, member)
        self.names[PurePosixPath(member).name] = digest

    def __getitem__(self, digest: str) -> bytes:
        archive, member = self._places[digest]
        with zipfile.ZipFile(archive) as opened, opened.open(member) as file:
            return file.read(files.MAX_BYTES + 1)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


@dataclass
class Source:
    """One file that was given: its registers, and the proofs that came with them.

    Each register comes with the name of the file in which it stands (in an archive, its member).
    """

    name: str
    documents: list[tuple[str, Map]]
    contents: Contents = field(default_factory=Contents)


def open_sources(
    paths: Sequence[Path], faults: Faults, names: Mapping[Path, str] | None = None
) -> Iterator[Source]:
    """Read each file; faults are noted. `names` are what people call the files."""
    for path in paths:
        name = (names or {}).get(path, path.name)
        try:
            packed = zipfile.is_zipfile(path)
            source = _unpack(path, name, faults) if packed else _plain(path, name, faults)
        except OSError as error:
            faults.add(
                Place(name),
                gettext_noop(
                    "the file cannot be read (%(why)s). Look at its name and permissions."
                ),
                why=error.strerror or "",
            )
            continue
        yield source


def _plain(path: Path, name: str, faults: Faults) -> Source:
    if path.stat().st_size > MAX_BYTES:
        too_large(name, faults)
        return Source(name, [])
    return Source(name, [(name, found) for found in read(path.read_bytes(), name, faults)])


def _unpack(path: Path, name: str, faults: Faults) -> Source:
    source = Source(name, [])
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
            if not _bounded(members, name, faults):
                return source
            for member in members:
                _take(path, archive, member, source, faults)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
        faults.add(
            Place(name),
            gettext_noop(
                "the archive is damaged or locked with a password. Pack it again without one."
            ),
        )
        return source
    if not source.documents and not faults:
        faults.add(Place(name), gettext_noop("the archive holds no register (.yaml). Put it in."))
    return source


def _bounded(members: Sequence[zipfile.ZipInfo], name: str, faults: Faults) -> bool:
    """What the archive promises is believed only as an upper bound; reading is bounded, too."""
    before = len(faults.found)
    if len(members) > MAX_MEMBERS or sum(m.file_size for m in members) > MAX_UNPACKED:
        faults.add(Place(name), gettext_noop("the archive is too large. Divide it into several."))
        return False
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
            faults.add(
                Place(name),
                gettext_noop(
                    "%(member)s leads out of the archive. Pack the files with plain names."
                ),
                member=member.filename[:100],
            )
        if stat.S_ISLNK(member.external_attr >> 16):
            faults.add(
                Place(name),
                gettext_noop("%(member)s is a link, not a file. Pack the file itself."),
                member=member.filename[:100],
            )
    return len(faults.found) == before


def _take(
    path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, source: Source, faults: Faults
) -> None:
    inner = f"{source.name}/{member.filename}"
    if member.filename.lower().endswith(_REGISTERS):
        with archive.open(member) as file:
            data = file.read(MAX_BYTES + 1)
        source.documents += [(inner, found) for found in read(data, inner, faults)]
        return
    digest, size = hashlib.sha256(), 0
    with archive.open(member) as file:
        while piece := file.read(CHUNK):
            size += len(piece)
            if size > files.MAX_BYTES:
                faults.add(
                    Place(inner),
                    gettext_noop(
                        "the proof is larger than 25 MB. Attach a smaller file or split it."
                    ),
                )
                return
            digest.update(piece)
    source.contents.add(digest.hexdigest(), path, member.filename)
