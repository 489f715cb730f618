"""Registers as files: the same text for the same register, and an archive with its proofs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from django.utils.translation import gettext as _

from diwan.councils.public import council_records_of, proof_files
from diwan.directory.public import Register, records_of, register_record, require_elevated
from diwan.interop.rules.format import FORMAT
from diwan.interop.rules.writing import written
from diwan.kernel import files
from diwan.kernel.errors import Refused
from diwan.kernel.policies import Actor
from diwan.library.public import document_records_of

from .export_councils import council_items
from .export_directory import directory_items
from .wording import Item, Wording, item

LISTS = (
    "units",
    "partners",
    "posts",
    "people",
    "documents",
    "bodies",
    "meetings",
    "handovers",
    "notes",
)
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a ZIP can say: the same archive for the same data


def export_registers(*, actor: Actor, register: str | None = None) -> bytes:
    """One register, or all of them as a stream of YAML documents in order of their keys.

    For the system and elevations alone: it holds what is confidential, too. Raises Forbidden, and
    Refused where there is no such register.
    """
    require_elevated(actor)
    rows = chosen(register)
    return "---\n".join(written(register_item(row)) for row in rows).encode()


def export_zip(*, actor: Actor, register: str | None = None) -> bytes:
    """The same with the proof files beside it, each once."""
    data = io.BytesIO()
    content = export_registers(actor=actor, register=register)
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, "register.yaml", content)
        for name, sha256 in _proofs(register):
            proof = files.read(sha256)
            if proof is not None:
                _put(archive, name, proof)
    return data.getvalue()


def chosen(register: str | None) -> list[Register]:
    """The register of a key, or all. Raises Refused where there is none."""
    if register is None:
        return list(Register.objects.order_by("key"))
    row = Register.objects.filter(key=register).first()
    if row is None:
        raise Refused(
            _("There is no register “%(key)s” here. Look at the list of registers.")
            % {"key": register},
            field="register",
        )
    return [row]


def register_item(register: Register) -> Item:
    """A register in the words of the format."""
    directory, councils = records_of(register), council_records_of(register)
    meetings = {m.id: m.key for m in councils.meetings.values() if m.id is not None}
    say = Wording(register, meetings)
    lists = directory_items(directory, document_records_of(register), say)
    lists |= council_items(councils, directory, say)
    record = register_record(register)
    return item(
        format=FORMAT,
        register=record.key,
        language=record.language,
        country=record.country,
        source=record.source,
        recorded=say.date(record.recorded),
        **{name: lists[name] for name in LISTS},
    )


def _proofs(register: str | None) -> Iterator[tuple[str, str]]:
    """Names in the archive and checksums of the proofs that are stored here."""
    told: set[str] = set()
    names: set[str] = set()
    for row in chosen(register):
        for _action, stored in proof_files(row):
            if stored.blob is None or stored.sha256 in told:
                continue
            told.add(stored.sha256)
            name = stored.name if stored.name not in names else f"{stored.sha256[:8]}-{stored.name}"
            names.add(name)
            yield f"proof/{name}", stored.sha256


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    member = zipfile.ZipInfo(name, _EPOCH)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o640 << 16
    archive.writestr(member, content)
