"""A photo that is a proof is kept without its place; the register that brought it stays known."""

from __future__ import annotations

import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from diwan.interop.public import export_zip, import_files
from diwan.kernel.models import StoredFile
from diwan.kernel.policies import Actor
from diwan.kernel.tests.pictures import CAMERA, a_picture, photo_exif

from .factories import REGISTER

pytestmark = pytest.mark.django_db


def test_a_photo_with_a_place_comes_in_once_and_goes_out_without_it(
    tmp_path: Path, settings: Any
) -> None:
    settings.DIWAN_HOME = tmp_path / "home"
    photo = a_picture("JPEG", exif=photo_exif())
    proof = f"\n      proof: [{{file: photo.jpg, sha256: '{sha256(photo).hexdigest()}'}}]"
    text = REGISTER.replace("      due_after: 1 month", f"      due_after: 1 month{proof}", 1)
    path = tmp_path / "trial.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("trial.yaml", text)
        archive.writestr("photo.jpg", photo)
    import_files([path])
    stored = StoredFile.objects.get()
    assert (stored.given_sha256, stored.blob_id) == (sha256(photo).hexdigest(), stored.sha256)
    assert stored.sha256 != stored.given_sha256
    again = import_files([path])
    assert (again.added, again.changed) == (0, 0)
    packed = tmp_path / "out.zip"
    packed.write_bytes(export_zip(actor=Actor.system("test")))
    with zipfile.ZipFile(packed) as archive:
        inside = archive.read("proof/photo.jpg")
    assert CAMERA.encode() in photo
    assert CAMERA.encode() not in inside
    assert import_files([packed]).changed == 0
    assert StoredFile.objects.count() == 1
