"""The five real registers: what comes in, and that coming in twice changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from diwan.councils.public import Action, Meeting, Resolution
from diwan.directory.public import Holding, Post, Unit, UnitPath, UnitVersion
from diwan.interop.public import import_files
from diwan.kernel.models import AuditEntry, Link

pytestmark = pytest.mark.django_db


@pytest.fixture
def five(shared: Path) -> list[Path]:
    return sorted((shared / "meetings").glob("*.yaml"))


def test_the_five_files_come_in_as_they_stand(five: list[Path]) -> None:
    report = import_files(five)
    assert len(report.registers) == 5
    assert (report.changed, report.left, report.vanished) == (0, 0, [])
    assert Unit.objects.filter(pattern__key="guild-provinces").count() == 31
    assert Unit.objects.filter(pattern__key="governorates").count() == 27
    assert Unit.objects.filter(pattern__key="centres").count() == 27
    assert Post.objects.filter(key__startswith="province-secretary-IR-").count() == 31
    assert Action.objects.filter(group="r2-1").count() == 58
    assert Resolution.objects.count() == 19
    assert Meeting.objects.count() == 5


def test_each_province_owes_its_own_action_and_one_post_owes_all_governorates(
    five: list[Path],
) -> None:
    import_files(five)
    guild = Action.objects.get(key="r2-1-IR-23", register__key="ict-guild")
    assert guild.owner is not None
    assert guild.unit is not None
    assert (guild.owner.key, guild.unit.key) == (
        "province-secretary-IR-23",
        "guild-provinces-IR-23",
    )
    governorates = Action.objects.filter(register__key="egypt-local-development", group="r2-1")
    assert {a.owner.key for a in governorates if a.owner} == {"it-assistant"}
    assert len({a.unit_id for a in governorates}) == 27


def test_names_are_filled_in_each_language(five: list[Path]) -> None:
    import_files(five)
    tehran = UnitVersion.objects.get(unit__key="guild-provinces-IR-23")
    assert tehran.name == {"fa": "نظام صنفی رایانه‌ای استان تهران", "en": "ICT guild of Tehran"}
    centre = UnitVersion.objects.get(unit__key="centres-EG-C")
    assert centre.parent is not None
    assert centre.parent.key == "governorates-EG-C"
    depth = UnitPath.objects.get(descendant=centre.unit, ancestor__key="ministry").depth
    assert depth == 2


def test_what_hangs_on_an_undated_meeting_counts_from_the_day_of_recording(
    five: list[Path],
) -> None:
    import_files(five)
    meeting = Meeting.objects.get(register__key="qom-municipality", key="m1")
    assert meeting.date is None
    version = UnitVersion.objects.get(unit__key="smart-city-hq")
    assert version.since is not None
    assert (version.since.isoformat(), version.since_precision) == ("2026-11-21", "unknown")
    assert version.since_event == meeting.pk
    ended = Holding.objects.get(person__key="p1", post__key="it-centre-head")
    assert ended.until_event == meeting.pk


def test_old_and_undated_meetings_bring_unconfirmed_actions(five: list[Path]) -> None:
    import_files(five)
    assert set(Action.objects.values_list("state", flat=True)) == {"unconfirmed"}
    due = Action.objects.get(register__key="ict-guild", key="r1-1").due
    assert due is not None
    assert due.isoformat() == "2012-05-08"  # 19 Ordibehesht 1391


def test_numbers_are_given_in_the_bodys_own_calendar(five: list[Path]) -> None:
    import_files(five)
    numbers = Resolution.objects.filter(meeting__register__key="ict-guild").order_by("position")
    assert [r.number for r in numbers] == [f"1390/ن/{n}" for n in (1, 2, 3, 4)]


def test_references_become_links(five: list[Path]) -> None:
    import_files(five)
    r6 = Resolution.objects.get(meeting__register__key="egypt-local-development", key="r6")
    verbs = Link.objects.filter(source_id=r6.pk).values_list("verb", "target_kind")
    assert set(verbs) == {("about", "councils.body"), ("with", "directory.unit")}


def test_a_second_import_writes_nothing_at_all(five: list[Path]) -> None:
    first = import_files(five)
    entries = AuditEntry.objects.count()
    with CaptureQueriesContext(connection) as queries:
        second = import_files(five)
    written = [
        query["sql"]
        for query in queries
        if not query["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE", "BEGIN"))
    ]
    assert written == []
    assert (second.added, second.changed, second.left) == (0, 0, first.added)
    assert AuditEntry.objects.count() == entries


def test_every_record_leaves_its_entry(five: list[Path]) -> None:
    report = import_files(five)
    entries = AuditEntry.objects.filter(actor_kind="system").exclude(verb="hold")
    members = entries.filter(subject_kind="councils.membership").count()
    assert entries.count() - members == report.added
