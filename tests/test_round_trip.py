"""What was taken in, worked on and written out comes in elsewhere as the same register."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from diwan.councils.actions import closing, confirming, dates, passing, work
from diwan.councils.actions.fields import Answer, Choice, Part, Proof
from diwan.councils.models import Action, Meeting
from diwan.councils.public import council_records_of
from diwan.directory.actions import handovers, units
from diwan.directory.models import Person, Post, Register, Unit
from diwan.directory.public import records_of
from diwan.interop.public import export_registers, export_zip, import_files
from diwan.kernel.calendars import PartialDate
from diwan.kernel.models import AuditEntry, StoredFile
from diwan.kernel.policies import Actor
from diwan.library.public import document_records_of

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def five(shared: Path) -> list[Path]:
    return sorted((shared / "meetings").glob("*.yaml"))


def system() -> Actor:
    return Actor.system("test")


def _action(register: str, key: str) -> Action:
    return Action.objects.get(register__key=register, key=key)


def _confirm_all(register: str, due: date) -> None:
    meeting = Meeting.objects.get(register__key=register)
    waiting = Action.objects.filter(resolution__meeting=meeting, state="unconfirmed")
    answer = Answer(Choice.OPEN, due=PartialDate(due))
    confirming.confirm_many(
        system(), meeting, dict.fromkeys(waiting.values_list("pk", flat=True), answer)
    )


def _live() -> None:
    """A few months of work: confirmed, started, re-dated, proved, closed, dropped, passed down."""
    today = timezone.now().date()
    _confirm_all("ict-guild", today + timedelta(days=30))
    _confirm_all("egypt-local-development", today + timedelta(days=60))
    first = _action("ict-guild", "r2-1-IR-23")
    work.start(system(), first)
    proof = Proof("گزارش.pdf", io.BytesIO(PDF))
    work.report_done(system(), first, proofs=[proof])
    closing.close(system(), first)
    second = _action("ict-guild", "r2-1-IR-10")
    work.start(system(), second)
    work.set_progress(system(), second, 40)
    later = PartialDate(today + timedelta(days=90))
    dates.re_date(system(), second, later, reason="انتخابات هیأت‌مدیره: «۱»، 'یک'")
    closing.drop(system(), _action("ict-guild", "r2-1-IR-00"), reason="Merged: with another")
    whole = _action("ict-guild", "r1-1")
    part = Post.objects.get(key="province-secretary-IR-07")
    other = Post.objects.get(key="province-secretary-IR-09")
    passing.pass_down(system(), whole, [Part(part.pk), Part(other.pk)])
    _hand_over()
    unit = Unit.objects.get(key="guild-provinces-IR-23")
    units.rename_unit(system(), unit, on=today, name={"fa": "نظام صنفی رایانه‌ای تهران بزرگ"})


def _hand_over() -> None:
    register = Register.objects.get(key="ict-guild")
    successor = Person.objects.create(register=register, key="p9", name={"fa": "جانشین"})
    plan = handovers.HandoverPlan(
        from_post=Post.objects.get(key="secretary-general"),
        from_person=Person.objects.get(register=register, key="p2"),
        to_person=successor,
        at=timezone.now(),
        needs=[{"fa": "یک کارشناس"}],
    )
    handovers.hand_over(system(), plan)


def _everything() -> dict[str, object]:
    return {
        r.key: (records_of(r), council_records_of(r), document_records_of(r))
        for r in Register.objects.order_by("key")
    }


@pytest.mark.django_db(transaction=True)
def test_a_lived_register_comes_in_elsewhere_as_the_same(five: list[Path], tmp_path: Path) -> None:
    import_files(five)
    _live()
    packed = tmp_path / "register.zip"
    packed.write_bytes(export_zip(actor=system()))
    told, before = export_registers(actor=system()), _everything()
    call_command("flush", interactive=False, verbosity=0)

    report = import_files([packed])
    assert report.changed == 0
    assert export_registers(actor=system()) == told
    after = _everything()
    for key, records in before.items():
        assert _plain(after[key]) == _plain(records)
    assert export_zip(actor=system()) == packed.read_bytes()
    assert StoredFile.objects.get(name="گزارش.pdf").blob is not None


def _plain(records: object) -> str:
    """The records in order of their keys; identifiers are others in another house."""
    return re.sub(r"UUID\('[^']*'\)", "-", repr(records))


def test_an_export_changes_nothing_where_it_comes_from(five: list[Path], tmp_path: Path) -> None:
    import_files(five)
    _live()
    file = tmp_path / "register.yaml"
    file.write_bytes(export_registers(actor=system()))
    entries = AuditEntry.objects.count()
    report = import_files([file])
    assert (report.added, report.changed) == (0, 0)
    assert AuditEntry.objects.count() == entries


def test_the_old_files_undo_nothing_of_what_happened_since(five: list[Path]) -> None:
    import_files(five)
    _live()
    told = export_registers(actor=system())
    report = import_files(five)
    assert (report.added, report.changed) == (0, 0)
    assert export_registers(actor=system()) == told


def test_changed_instances_are_written_beside_their_pattern(five: list[Path]) -> None:
    import_files(five)
    _live()
    told = export_registers(actor=system(), register="ict-guild").decode()
    assert told.count("key: r2-1") == 4  # the pattern, and the three that differ from it
    assert "except:\n    IR-23:\n      name: {fa: نظام صنفی رایانه‌ای تهران بزرگ" in told
    assert "- key: r1-1--1\n" in told
    assert "holds:\n  - {post: secretary-general}\n" not in told


def test_one_register_alone(five: list[Path]) -> None:
    import_files(five)
    told = export_registers(actor=system(), register="karaj-council").decode()
    assert told.startswith("format: diwan-register/1\nregister: karaj-council\n")
    assert "---" not in told


def test_the_archive_holds_each_proof_once(five: list[Path]) -> None:
    import_files(five)
    _live()
    with zipfile.ZipFile(io.BytesIO(export_zip(actor=system()))) as archive:
        assert archive.namelist() == ["register.yaml", "proof/گزارش.pdf"]
        assert archive.read("proof/گزارش.pdf") == PDF
