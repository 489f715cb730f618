"""A full disk, a full database, and a process that is killed while it stores evidence."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone, translation

from diwan.accounts.tests.factories import sign_in
from diwan.config.doctor import evidence
from diwan.config.evidence_check import check_all
from diwan.councils.actions.work import start
from diwan.councils.models import Action, ActionEvent
from diwan.councils.tests.factories import council, duty
from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.kernel import files
from diwan.kernel.errors import NoRoom, no_room
from diwan.kernel.models import AuditEntry, Blob, Seal, StoredFile
from diwan.kernel.sealing import seal_waiting
from diwan.kernel.tests.factories import a_ref, a_user
from diwan.kernel.tests.sealed import write
from diwan.kernel.verifying import verify

TEXT = "مدرک انجام کار " * 40_000


@pytest.fixture
def small(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A data folder on a disk of half a megabyte; where we may not mount one, on /dev/full."""
    disk = tmp_path / "disk"
    disk.mkdir()
    settings.DIWAN_HOME = disk
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(disk)]
    mounted = os.geteuid() == 0 and subprocess.run(mount, check=False).returncode == 0
    if not mounted:

        def on_full(dir: Path) -> tuple[int, str]:  # noqa: A002 - tempfile's word
            (dir / "draft").touch()
            return os.open("/dev/full", os.O_WRONLY), str(dir / "draft")

        monkeypatch.setattr("diwan.kernel.files.receiving.tempfile.mkstemp", on_full)
    yield
    if mounted:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.fixture
def owner() -> Staff:
    return staff(UnitFactory.create())


@pytest.fixture
def action(owner: Staff) -> Action:
    return duty(council().body, owner, text={"en": "Plant trees"}, due=date(2027, 1, 20))


def state(action: Action) -> tuple[object, ...]:
    """Everything that a report would have changed."""
    action.refresh_from_db()
    tables = (ActionEvent, AuditEntry, StoredFile, Blob)
    return (action.state, action.progress, action.revision, *(t.objects.count() for t in tables))


def report(client: Client, action: Action, data: dict[str, Any]) -> tuple[int, str]:
    client.raise_request_exception = False
    answer = client.post(f"/en/councils/actions/{action.pk}/report/", data)
    return answer.status_code, answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_is_told_and_nothing_is_half_stored(
    small: None, client: Client, owner: Staff, action: Action, settings: Any
) -> None:
    start(owner.actor, action)
    sign_in(client, owner.user)
    before = state(action)
    upload = SimpleUploadedFile("a.txt", TEXT.encode())
    status, page = report(client, action, {"revision": action.revision, "proofs": [upload]})
    assert status == 507
    assert "no room left" in page
    assert "Nothing was saved" in page
    assert state(action) == before
    incoming = settings.DIWAN_HOME / "files" / "incoming"
    assert list(incoming.iterdir()) == []


@pytest.fixture
def full_database() -> Callable[[], AbstractContextManager[None]]:
    """No page may be added within the block: SQLite's own bound; PostgreSQL says its own word."""

    @contextmanager
    def full() -> Iterator[None]:
        begin, end = FULL[connection.vendor]
        run(begin)
        try:
            yield
        finally:
            run(end)

    def run(statements: tuple[str, ...]) -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                pages = (
                    cursor.execute("PRAGMA page_count").fetchone()[0] if "%d" in statement else 0
                )
                cursor.execute(statement % pages if pages else statement)

    return full


FULL = {
    "sqlite": (("VACUUM", "PRAGMA max_page_count = %d"), ("PRAGMA max_page_count = 1073741823",)),
    "postgresql": (
        (
            """CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = 'disk_full'; END $$""",
            "CREATE TRIGGER no_room BEFORE INSERT ON kernel_storedfile EXECUTE FUNCTION no_room()",
            "CREATE TRIGGER no_room BEFORE INSERT ON kernel_seal EXECUTE FUNCTION no_room()",
        ),
        ("DROP FUNCTION no_room() CASCADE",),
    ),
}


@pytest.mark.django_db(transaction=True)
def test_a_full_database_is_told_and_nothing_is_half_stored(
    client: Client,
    owner: Staff,
    action: Action,
    settings: Any,
    tmp_path: Path,
    full_database: Callable[[], AbstractContextManager[None]],
) -> None:
    settings.DIWAN_HOME = tmp_path
    start(owner.actor, action)
    sign_in(client, owner.user)
    before = state(action)
    data = {"revision": action.revision, "note": "ی" * 2000}
    with full_database():
        upload = SimpleUploadedFile("a.txt", b"done")
        status, page = report(client, action, {**data, "proofs": [upload]})
    assert status == 507
    assert "room" in page
    assert state(action) == before


@pytest.mark.django_db(transaction=True)
def test_a_seal_for_which_there_is_no_room_is_made_later(
    full_database: Callable[[], AbstractContextManager[None]],
) -> None:
    write(400)
    with full_database(), pytest.raises(DatabaseError) as full:
        seal_waiting(timezone.now())
    assert no_room(full.value)
    assert not Seal.objects.exists()
    assert not AuditEntry.objects.exclude(seal=None).exists()
    seal_waiting(timezone.now())
    assert not AuditEntry.objects.filter(seal=None).exists()
    assert verify(timezone.now()).whole


def test_every_word_for_a_full_disk_is_known() -> None:
    class DiskFull(Exception):
        sqlstate = "53100"

    def behind(error: Exception) -> Exception:
        outer = RuntimeError()
        outer.__cause__ = error
        return outer

    assert all(no_room(behind(error)) for error in (DiskFull(), OSError(28, "full"), NoRoom()))
    assert not any(no_room(error) for error in (behind(OSError(13, "no")), None, ValueError()))


KILLED = """
import os, signal, sys
import django
django.setup()
from diwan.kernel import files
from diwan.kernel.files import content
from diwan.kernel.tests.factories import a_ref, a_user

class Upload:
    def read(self, size):
        if sys.argv[1] == "while it comes in" and self.pieces == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        self.pieces += 1
        return b"evidence" * 1000 if self.pieces < 3 else b""
    pieces = 0

put = content.put
def then_die(*given):
    put(*given)
    os.kill(os.getpid(), signal.SIGKILL)
content.put = then_die
files.store(a_user(), a_ref(), Upload(), "a.txt")
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("when", ["while it comes in", "before it is committed"])
def test_an_upload_that_is_killed_leaves_nothing_that_anybody_sees(
    when: str, tmp_path: Path, settings: Any
) -> None:
    settings.DIWAN_HOME = tmp_path
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DIWAN_")}
    environment |= {
        "DIWAN_HOME": str(tmp_path),
        "DIWAN_DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
        "DIWAN_SECRET_KEY": "of no use",
        "DJANGO_SETTINGS_MODULE": "diwan.config.settings",
    }
    done = subprocess.run([sys.executable, "-c", KILLED, when], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    assert not StoredFile.objects.exists()
    assert not Blob.objects.exists()
    left = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert left
    assert files.clean(timezone.now() + timedelta(days=2)) == len(left)
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
    with translation.override("en"):
        stored = files.store(a_user(), a_ref(), io.BytesIO(b"evidence" * 2000), "a.txt")
    assert files.read(stored.sha256) == b"evidence" * 2000


@pytest.mark.django_db
def test_what_is_not_well_is_named_on_the_command_line(
    tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.DIWAN_HOME = tmp_path
    stored = files.store(a_user(), a_ref(), io.BytesIO(b"evidence"), "گزارش.txt")
    assert check_all()
    assert evidence().ok
    (files.evidence_folder() / files.content_name(stored.sha256)).unlink()
    assert not check_all()
    assert f"missing\t{stored.sha256}\tگزارش.txt" in capsys.readouterr().out
    told = evidence()
    assert (told.ok, "the content of 1 files is missing" in told.note) == (False, True)
