"""Evidence files: what is taken, under which name, and where it lies."""

import io
import re
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from django.utils import translation

from diwan.kernel import files
from diwan.kernel.errors import Refused
from diwan.kernel.files import receiving
from diwan.kernel.models import Blob, StoredFile
from diwan.kernel.policies import Confidentiality
from diwan.kernel.tests.factories import a_ref, a_user
from diwan.kernel.tests.pictures import a_picture

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
PNG = a_picture("PNG")


@pytest.fixture(autouse=True)
def home(settings: object, tmp_path: Path) -> Iterator[Path]:
    settings.DIWAN_HOME = tmp_path  # type: ignore[attr-defined]  # pytest-django's settings
    with translation.override("en"):
        yield tmp_path


def put(content: bytes, name: str) -> StoredFile:
    return files.store(a_user(), a_ref(), io.BytesIO(content), name)


def lies(home: Path, sha256: str) -> Path:
    return home / "files" / files.content_name(sha256)


def lying(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file()]


def office(parts: dict[str, str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in ({"[Content_Types].xml": "<Types/>"} | parts).items():
            archive.writestr(name, content)
    return target.getvalue()


def test_a_file_is_stored_under_its_checksum(home: Path) -> None:
    stored = put(PDF, "گزارش.pdf")
    assert stored.sha256 == sha256(PDF).hexdigest()
    assert (stored.name, stored.confidentiality) == ("گزارش.pdf", Confidentiality.BODY)
    assert stored.blob is not None
    assert (stored.blob.size, stored.blob.media_type) == (len(PDF), "application/pdf")
    path = lies(home, stored.sha256)
    assert path.read_bytes() == PDF
    assert lying(home) == [path]


def test_the_same_content_lies_there_once(home: Path) -> None:
    first, second = put(PDF, "a.pdf"), put(PDF, "b.pdf")
    assert first.pk != second.pk
    assert Blob.objects.count() == 1
    assert len(lying(home)) == 1


@pytest.mark.parametrize(
    ("content", "name"),
    [(PNG, "a.png"), ("سطر نخست\n".encode(), "a.txt"), (b"a,b\n1,2\n", "a.csv"), (PDF, "A.PDF")],
)
def test_what_offices_exchange_is_taken(content: bytes, name: str) -> None:
    assert put(content, name).blob is not None


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (PNG, "a.pdf", "not what its name says"),
        (PDF, "a.png", "not what its name says"),
        (PDF, "a.txt", "not what its name says"),
        (b"<html><script>alert(1)</script></html>", "a.pdf", "name says|not taken"),
        (b"MZ\x90\x00" + bytes(200), "a.pdf", "name says|not taken"),
        (b"MZ\x90\x00" + bytes(200), "a.exe", "not taken"),
        (b"#!/bin/sh\n", "a.sh", "name says|not taken"),
        (b"plain\x00text", "a.txt", "not taken"),
        (b"\xff\xfe\xfa", "a.txt", "not taken"),
        (PDF, "noending", "not what its name says"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "a.pdf", "name says"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "a.png", "name says"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "a.svg", "name says"),
        (b"GIF89a" + bytes(20) + b"PK\x03\x04", "a.jpg", "not taken"),
        (b"\xca\xfe\xba\xbe" + bytes(60), "a.jpg", "not taken"),
        (b"\x7fELF" + bytes(60), "a.pdf", "not taken"),
        (b"RIFF\x10\0\0\0AVI LIST" + bytes(20), "a.webp", "not taken|is damaged"),
        (PNG[:-20], "a.png", "is damaged"),
        (b"\xff\xd8\xff\xe0" + bytes(60), "a.jpg", "is damaged"),
        (b"", "a.pdf", "is empty"),
    ],
)
def test_what_lies_or_is_strange_is_refused_whole(
    home: Path, content: bytes, name: str, says: str
) -> None:
    with pytest.raises(Refused, match=says) as refusal:
        put(content, name)
    assert refusal.value.field == "file"
    assert name in str(refusal.value)
    assert lying(home) == []
    assert not StoredFile.objects.exists()
    assert not Blob.objects.exists()


def test_a_file_that_is_too_large_is_refused_while_it_is_read(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "MAX_BYTES", 1000)
    monkeypatch.setattr(receiving, "CHUNK", 100)
    upload = io.BytesIO(PDF + b" " * 5000)
    with pytest.raises(Refused, match="larger"):
        files.store(a_user(), a_ref(), upload, "a.pdf")
    assert upload.tell() <= 1200
    assert lying(home) == []


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\x\\گزارش.pdf", "گزارش.pdf"),
        ("/abs/olute.pdf", "olute.pdf"),
        ("a\u202efdp.exe\x00.pdf", "afdp.exe.pdf"),
        ("  spaced.pdf ", "spaced.pdf"),
        ("کتاب\u200cها.pdf", "کتاب\u200cها.pdf"),
        ("a\u2066\u202e\u200fgpj.pdf\u2069", "agpj.pdf"),
        ("a\u2028b\u2029\r\nc.pdf", "abc.pdf"),
        ("\x00" * 50 + ".pdf", ".pdf"),
        ("..", ".."),
        ("", "file"),
    ],
)
def test_a_name_is_for_reading_and_never_a_path(given: str, shown: str) -> None:
    assert files.clean_name(given) == shown


def test_a_long_name_keeps_its_ending(home: Path) -> None:
    name = files.clean_name("ن" * 300 + ".pdf")
    assert len(name) == 200
    assert name.endswith(".pdf")
    assert put(PDF, "../" * 50 + "ن" * 300 + ".pdf").name == name
    assert all(home in path.parents for path in lying(home))


@pytest.mark.parametrize(
    "digest", ["../../etc/passwd", "", "g" * 64, "A" * 64, "0" * 63, "0/" * 32]
)
def test_a_path_is_made_from_a_checksum_alone(digest: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(digest)}$"):
        files.content_name(digest)


def test_a_file_known_by_its_checksum_finds_its_content_if_it_is_there() -> None:
    record, digest = a_ref(), sha256(PDF).hexdigest()
    unknown = files.remember(a_user(), record, name="dir/a.pdf", sha256=digest)
    assert (unknown.blob, unknown.name) == (None, "a.pdf")
    put(PDF, "b.pdf")
    assert files.remember(a_user(), record, name="a.pdf", sha256=digest).blob is not None
    assert [row.name for row in files.files_of(record.kind, [record.id])] == ["a.pdf", "a.pdf"]


ODT = "application/vnd.oasis.opendocument.text"


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        ({"word/document.xml": "<w/>"}, "a.docx"),
        ({"xl/workbook.xml": "<w/>"}, "a.xlsx"),
        ({"mimetype": ODT}, "a.odt"),
    ],
)
def test_office_files_are_known_by_their_inside(parts: dict[str, str], name: str) -> None:
    assert put(office(parts), name).blob is not None


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        ({"word/document.xml": "<w/>"}, "a.xlsx"),
        ({"word/document.xml": "<w/>", "word/vbaProject.bin": "x"}, "a.docx"),
        ({"evil/thing.bin": "x"}, "a.docx"),
        ({"mimetype": ODT}, "a.ods"),
        ({"mimetype": "application/java-archive"}, "a.odt"),
        ({"word/document.xml": "<w/>"}, "a.zip"),
    ],
)
def test_archives_that_only_look_like_office_files_are_refused(
    parts: dict[str, str], name: str
) -> None:
    with pytest.raises(Refused):
        put(office(parts), name)


def test_a_broken_archive_is_refused() -> None:
    with pytest.raises(Refused):
        put(office({"word/document.xml": "<w/>"})[:40], "a.docx")
