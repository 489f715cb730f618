"""A register that comes again: what changed in the file is taken in, and nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from diwan.councils.public import Action, Meeting, Resolution
from diwan.directory.models import Holding, Person, Post, PostVersion, Unit, UnitVersion
from diwan.interop.public import ImportRefused, ImportReport, export_registers, import_files
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor

from .factories import HEAD, REGISTER, file_of

pytestmark = pytest.mark.django_db


def take_in(folder: Path, text: str) -> ImportReport:
    return import_files([file_of(folder, text)])


def known(unit: str) -> UnitVersion:
    return UnitVersion.objects.known().get(unit__key=unit)


def test_a_changed_name_is_a_correction_that_keeps_what_stood(tmp_path: Path) -> None:
    take_in(tmp_path, REGISTER)
    report = take_in(tmp_path, REGISTER.replace("{en: Office}", "{en: Main office, fa: دفتر}"))
    assert (report.added, report.changed) == (0, 1)
    assert known("office").name == {"en": "Main office", "fa": "دفتر"}
    old = UnitVersion.objects.get(unit__key="office", superseded_at__isnull=False)
    assert (old.name, old.superseded_reason) == ({"en": "Office"}, "import")
    entry = AuditEntry.objects.filter(subject_id=known("office").unit_id).latest("id")
    assert entry.changes["name"] == [{"en": "Office"}, {"en": "Main office", "fa": "دفتر"}]
    assert entry.reason == "import"


def test_a_pattern_changed_in_one_province(tmp_path: Path) -> None:
    take_in(tmp_path, REGISTER)
    text = REGISTER.replace(
        "  one_per: province",
        "  one_per: province\n  except: {IR-23: {kind: headquarters, until: '2026-10-01'}}",
    )
    report = take_in(tmp_path, text)
    assert report.changed == 1
    assert (known("branches-IR-23").kind, known("branches-IR-25").kind) == (
        "headquarters",
        "branch",
    )
    assert known("branches-IR-23").until == date(2026, 10, 1)
    told = export_registers(actor=Actor.system("test")).decode()
    assert "    IR-23: {kind: headquarters, until: '2026-10-01'}\n" in told
    assert take_in(tmp_path, told).changed == 0


def test_a_pattern_renamed_renames_its_instances(tmp_path: Path) -> None:
    take_in(tmp_path, REGISTER)
    report = take_in(tmp_path, REGISTER.replace("Branch of", "Bureau of"))
    assert report.changed == 32
    assert known("branches-IR-23").name == {"en": "Bureau of Tehran"}


def test_a_post_of_one_province_that_differs(tmp_path: Path) -> None:
    alone = (
        "- key: branch-head-IR-23\n  unit: branches-IR-23\n  name: {en: Head of Tehran}\n"
        "  roles: [head, secretary]\n  seats: 2\npeople:\n"
    )
    take_in(tmp_path, REGISTER.replace("people:\n", alone))
    version = PostVersion.objects.known().get(post__key="branch-head-IR-23")
    assert (version.seats, version.roles) == (2, " head secretary ")
    assert version.post.pattern is not None
    told = export_registers(actor=Actor.system("test")).decode()
    assert "- key: branch-head-IR-23\n  unit: branches-IR-23\n" in told
    assert told.count("- key: branch-head") == 2


def test_what_a_file_leaves_out_stays(tmp_path: Path) -> None:
    full = REGISTER.replace("{post: chief}", "{post: chief, since: '2026-01-01'}")
    take_in(tmp_path, full)
    report = take_in(tmp_path, HEAD)
    assert (report.added, report.changed) == (0, 0)
    assert "trial/unit:office" in report.vanished
    assert Unit.objects.filter(key="office").exists()
    again = take_in(tmp_path, REGISTER)
    assert (again.added, again.changed) == (0, 0)
    holding = Holding.objects.known().get()
    assert holding.since_at is not None


def test_one_new_meeting_alone(tmp_path: Path) -> None:
    take_in(tmp_path, REGISTER)
    text = HEAD + (
        "meetings:\n- key: m2\n  body: board\n  date: '2026-11-10'\n  resolutions:\n"
        "  - key: r1\n    kind: tasked\n    text: {en: More.}\n    about: unit:branches-IR-23\n"
        "    actions: [{key: a9, text: {en: More}, owner: branch-head-IR-23}]\n"
    )
    report = take_in(tmp_path, text)
    assert (report.added, report.changed) == (3, 0)
    numbers = Resolution.objects.order_by("number_n").values_list("number", flat=True)
    assert list(numbers) == ["1405/B/1", "1405/B/2"]


def test_a_later_file_states_the_date_of_a_meeting(tmp_path: Path) -> None:
    undated = (
        REGISTER.replace("  date: '2026-10-20'\n", "")
        .replace("  kind: office\n", "  kind: office\n  since: {event: m1}\n")
        .replace("{post: chief}", "{post: chief, since: {event: m1}}")
    )
    take_in(tmp_path, undated)
    assert known("office").since_precision == "unknown"
    assert Action.objects.get(key="a1").due is None
    report = take_in(
        tmp_path, undated.replace("  body: board\n", "  body: board\n  date: '2026-10-20'\n")
    )
    assert report.changed == 1
    assert known("office").since == date(2026, 10, 20)
    assert known("office").since_precision == "day"
    holding = Holding.objects.known().get()
    assert holding.since_at is not None
    assert holding.since_at.isoformat() == "2026-10-19T20:30:00+00:00"
    due = Action.objects.get(key="a1").due
    assert due == date(2026, 11, 19)  # 28 Mehr 1405 and a month is 28 Aban
    assert take_in(tmp_path, undated).changed == 0


def test_a_stated_number_is_kept_and_counting_goes_on_after_it(tmp_path: Path) -> None:
    text = REGISTER.replace("    kind: resolved", "    number: '1405/B/12'\n    kind: resolved")
    text += "  - {key: r2, kind: announced, text: {en: Again.}}\n"
    take_in(tmp_path, text)
    numbers = dict(Resolution.objects.values_list("key", "number"))
    assert numbers == {"r1": "1405/B/12", "r2": "1405/B/13"}


def test_new_numbers_follow_the_dates_of_the_meetings(tmp_path: Path) -> None:
    text = REGISTER + (
        "- key: m0\n  body: board\n  date: '2026-10-01'\n"
        "  resolutions: [{key: r1, kind: announced, text: {en: Earlier.}}]\n"
    )
    take_in(tmp_path, text)
    first = Resolution.objects.get(meeting__key="m0")
    assert first.number == "1405/B/1"


def test_a_successor_in_a_later_file(tmp_path: Path) -> None:
    take_in(tmp_path, REGISTER)
    text = REGISTER.replace("{post: chief}", "{post: chief, until: '2026-10-01'}").replace(
        "bodies:\n",
        "- key: next\n  name: {en: Next}\n  holds: [{post: chief, since: '2026-10-01'}]\nbodies:\n",
    )
    report = take_in(tmp_path, text)
    assert (report.added, report.changed) == (1, 1)
    assert Holding.objects.known().count() == 2
    assert Holding.objects.get(superseded_at__isnull=False).superseded_reason == "import"


def test_a_meeting_to_come_is_planned(tmp_path: Path) -> None:
    take_in(tmp_path, REGISTER + "- {key: m9, body: board, date: '2099-01-01'}\n")
    assert Meeting.objects.get(key="m9").state == "planned"
    assert Meeting.objects.get(key="m1").state == "held"


def test_two_registers_refer_to_each_other(tmp_path: Path) -> None:
    one = REGISTER.replace(
        "    text: {en: Do it.}", "    text: {en: Do it.}\n    about: two/unit:there"
    )
    two = (
        "format: diwan-register/1\nregister: two\nlanguage: ar\ncountry: EG\n"
        "units: [{key: there, name: {ar: هناك}, kind: office}]\n"
    )
    take_in(tmp_path, f"{one}---\n{two}")
    told = export_registers(actor=Actor.system("test"), register="trial").decode()
    assert "about: 'two/unit:there'" in told


def test_parts_of_what_was_passed_down(tmp_path: Path) -> None:
    part = "    - {key: a1--1, text: {en: A part}, owner: branch-head-IR-23}\n    - key: a2\n"
    take_in(tmp_path, REGISTER.replace("    - key: a2\n", part))
    action = Action.objects.get(key="a1--1")
    assert action.parent is not None
    assert action.unit is not None
    assert (action.parent.key, action.unit.key) == ("a1", "branches-IR-23")


def test_names_of_people_stand_apart_in_the_audit(tmp_path: Path) -> None:
    take_in(tmp_path, REGISTER)
    take_in(tmp_path, REGISTER.replace("{en: Somebody}", "{en: Somebody Else}"))
    entries = AuditEntry.objects.filter(subject_id=Person.objects.get().pk)
    assert all("Somebody" not in str(entry.changes) for entry in entries)


def test_seats_of_a_post_that_are_taken_away_while_held(tmp_path: Path) -> None:
    two = REGISTER.replace("  roles: [head]\n- key: branch-head", "  seats: 2\n- key: branch-head")
    two = two.replace(
        "bodies:\n", "- key: other\n  name: {en: Other}\n  holds: [{post: chief}]\nbodies:\n"
    )
    take_in(tmp_path, two)
    assert Holding.objects.known().filter(single=True).count() == 0
    fewer = HEAD + "posts: [{key: chief, unit: office, name: {en: Chief}, seats: 1}]\n"
    with pytest.raises(ImportRefused, match="Chief"):
        take_in(tmp_path, fewer)
    assert Post.objects.get(key="chief").versions.known().get().seats == 2
