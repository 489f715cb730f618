"""What nobody uses goes; what is used stays, whoever is at it at the same moment."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone, translation

from diwan.kernel import files
from diwan.kernel.errors import Refused
from diwan.kernel.files import cleaning, content
from diwan.kernel.models import Blob, StoredFile
from diwan.kernel.tests.factories import a_ref, a_user
from diwan.kernel.tests.pictures import a_picture, photo_exif

LATER = timedelta(days=2)
ROUNDS = 25
PATIENCE = 2_000  # rounds after which a cleaner that never found its moment is a fault


@pytest.fixture(autouse=True)
def home(settings: object, tmp_path: Path) -> Iterator[Path]:
    settings.DIWAN_HOME = tmp_path  # type: ignore[attr-defined]  # pytest-django's settings
    with translation.override("en"):
        yield tmp_path


def put(text: str, name: str = "a.txt") -> StoredFile:
    return files.store(a_user(), a_ref(), io.BytesIO(text.encode()), name)


def given_up(text: str) -> str:
    """Stored by an action that fails afterwards; the checksum."""
    with transaction.atomic():
        sha256 = put(text).sha256
        transaction.set_rollback(True)
    return sha256


def lying() -> set[str]:
    return {sha256 for folder in content.folders() for sha256 in content.lying(folder)}


def at_once(*jobs: Callable[[], None]) -> None:
    """Run each in a thread with a connection of its own; the first fault is raised."""
    faults: list[BaseException] = []

    def run(job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as error:  # noqa: BLE001 - told below
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for fault in faults:
        raise fault


# --- what goes ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_content_without_a_use_goes_after_its_day(home: Path) -> None:
    used, unused = put("used"), put("unused")
    unused.delete()
    assert files.clean(timezone.now() - timedelta(days=1)) == 0
    assert files.clean(timezone.now() + LATER) == 1
    assert lying() == {used.sha256} == set(Blob.objects.values_list("pk", flat=True))
    assert files.clean(timezone.now() + LATER) == 0


@pytest.mark.django_db
def test_content_that_never_got_a_row_goes(home: Path) -> None:
    lost = given_up("its transaction fails")
    assert lying() == {lost}
    assert not Blob.objects.exists()
    assert files.clean(timezone.now() - timedelta(days=1)) == 0
    assert files.clean(timezone.now() + LATER) == 1
    assert lying() == set()
    assert not Blob.objects.exists()


@pytest.mark.django_db
def test_uploads_that_stopped_half_way_go(home: Path) -> None:
    half = home / "files" / "incoming" / "half"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"ha")
    old = (timezone.now() - LATER).timestamp()
    os.utime(half, (old, old))
    fresh = half.with_name("fresh")
    fresh.write_bytes(b"just now")
    assert files.clean(timezone.now() - timedelta(days=1)) == 1
    assert list(half.parent.iterdir()) == [fresh]


@pytest.mark.django_db
def test_a_batch_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "BATCH", 2)
    for text in ("one", "two", "three"):
        put(text).delete()
    assert [files.clean(timezone.now() + LATER) for _time in range(3)] == [2, 1, 0]


# --- what is found ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_missing_and_damaged_content_is_found_and_mended_by_the_same_file(home: Path) -> None:
    texts = ("well", "missing", "damaged")
    well, missing, damaged = (put(text) for text in texts)
    folder = home / "files"
    (folder / files.content_name(missing.sha256)).unlink()
    (folder / files.content_name(damaged.sha256)).write_bytes(b"DAMAGED")
    found = [one for one in files.examine() if one]
    assert {(one.sha256, one.kept) for one in found} == {
        (missing.sha256, files.Kept.MISSING),
        (damaged.sha256, files.Kept.DAMAGED),
    }
    assert sum(one is not None for one in files.examine(sample=50)) == 2
    assert len(list(files.examine(sample=2))) == 2
    assert (files.read(well.sha256), files.read(missing.sha256)) == (b"well", None)
    for stored in (missing, damaged):
        with pytest.raises(Refused, match=r"missing|damaged"):
            files.opened(stored.sha256)
    for text in texts:
        put(text)
    assert not any(files.examine())


# --- pictures -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_photo_is_kept_without_its_place_and_known_as_it_was_given() -> None:
    photo = a_picture("JPEG", exif=photo_exif(orientation=6))
    kept = files.store(a_user(), a_ref(), io.BytesIO(photo), "a.jpg")
    again = files.store(a_user(), a_ref(), io.BytesIO(photo), "b.jpg")
    assert kept.sha256 == again.sha256 != kept.given_sha256
    assert Blob.objects.count() == 1
    with files.opened(kept.sha256) as file:
        inside = file.read()
    assert (b"Exif" in inside, b"Secret" in inside) == (True, False)
    known = files.remember(a_user(), a_ref(), name="c.jpg", sha256=kept.given_sha256)
    assert (known.blob_id, known.sha256) == (kept.sha256, kept.sha256)


# --- at the same moment -------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_ten_uploads_of_one_file_at_once_are_stored_once(home: Path) -> None:
    def upload() -> None:
        put("the same")

    at_once(*[upload] * 10)
    assert StoredFile.objects.count() == 10
    assert [blob.pk for blob in Blob.objects.all()] == list(lying())
    assert list((home / "files" / "incoming").iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_the_cleaner_never_takes_what_is_just_being_stored() -> None:
    """Uploads of the same content, kept or given up again, against a cleaner without patience.

    They let the cleaner by now and then, and go on until it has taken something: which of the
    threads gets the database when is the machine's affair.
    """
    done, passed = threading.Event(), threading.Event()
    taken, before = [0], timezone.now() + LATER

    def uploads() -> None:
        for number in range(PATIENCE):
            if number >= ROUNDS and any(taken):
                break
            if number % 3 == 2:  # content without a row, such as a failed action leaves
                given_up("the same")
                passed.clear()
                passed.wait(0.1)
                continue
            stored = put("the same")
            assert content.look(stored.sha256) is content.Kept.WELL
            stored.delete()

    def two_uploaders() -> None:
        try:
            at_once(uploads, uploads)
        finally:
            done.set()

    def cleans() -> None:
        while not done.is_set():
            taken.append(cleaning._without_use(before, 10) + cleaning._without_row(before, 10))
            passed.set()

    at_once(two_uploaders, cleans)
    assert sum(taken) > 0
    kept = put("the same")
    cleaning._without_use(before, 10)
    cleaning._without_row(before, 10)
    assert content.look(kept.sha256) is content.Kept.WELL
