"""Two people edit one record: the second is told what changed and by whom, and loses nothing."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from diwan.councils.actions.bodies import change_body
from diwan.councils.models import Action, Body
from diwan.directory.actions.units import rename_unit
from diwan.directory.models import Person, Unit, UnitVersion
from diwan.kernel import audit
from diwan.kernel.calendars import PartialDate
from diwan.kernel.exchange import Ref, subject_of
from diwan.kernel.ids import new_id
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor
from diwan.ui.sending import AS_SEEN, Seen

from .house import House, build, called
from .permission_table import Row, rows
from .sheets import Sheet, main_sheet, sheets_of
from .test_permissions import address
from .words import PACKAGE

# Forms in whose address a record stands that they do not write, or of which nothing can be
# overwritten.
EXCUSED = {
    "accounts:invite": "a new invitation",
    "accounts:join": "an invitation is accepted once, and its link is over",
    "accounts:new_password": "as above",
    "directory:found": "a new unit",
    "ui:join": "a new link",
    "ui:drop_job": "no value is written; the action asks whether the job still waits",
    "accounts:revoke_token": "one's own, ended once",
    "interop:remove_webhook": "one's own, ended once",
    "interop:make_body_feed": "one's own, made once",
    "interop:renew_feed": "one's own, nobody else's",
    "interop:remove_feed": "one's own, ended once",
    "directory:create_post": "a new post",
    "directory:add_note": "a new note",
    "directory:add_need": "a new need on the sheet",
    "councils:add_member": "a new seat",
    "councils:plan_meeting": "a new meeting",
    "councils:record_meeting": "a new meeting",
    "councils:agenda": "a new item",
    "councils:propose_item": "a new item",
    "councils:propose": "a new proposal",
    "councils:add_statement": "a new statement",
    "councils:draft_resolution": "a new draft",
    "councils:add_action": "a new action",
    "services:bring": "what is missing is brought once; the action asks whether it still is",
    "services:withdraw": "ended once, by its applicant",
    "services:reopen": "as above",
    "services:rate": "one judgement a case",
}
EXCUSED |= {
    "services:file": "a new form",
    "services:counter_file": "a new form",
    "services:draft": "whoever has the link saves it page by page",
    "services:later": "no value is written, the link is sent",
    "services:try": "one's own trial",
}
OTHER = "همکار دوم"
CSRF = "{% csrf_token %}"
KEYED = re.compile(r"\{% csrf_token %\}\{% carry\b")


def edit_forms() -> list[Row]:
    named = [row for row in rows() if row.how == "form" and row.records]
    return [row for row in named if row.name not in EXCUSED]


def other() -> Actor:
    return Actor.user(new_id(), OTHER)


READERS = ("elevated", "secretary", "officer", "head")


def opened(house: House, clients: dict[str, Client], row: Row) -> tuple[Client, str, Sheet] | None:
    """The form as the first who may read it sees it; nothing where its record is past that."""
    where = address(row, house)
    for who, client in clients.items():
        if row.answers[who] != "200":
            continue
        answer = client.get(where)
        if answer.status_code == 200:
            return client, where, main_sheet(answer.content.decode())
    return None


def test_no_form_is_excused_that_is_not_there() -> None:
    assert set(EXCUSED) <= {row.name for row in rows() if row.how == "form"}


@pytest.mark.django_db
def test_every_form_of_a_record_tells_the_second_editor() -> None:
    house = build()
    clients = {who: house.client(who) for who in READERS}
    forms = [(row, found) for row in edit_forms() if (found := opened(house, clients, row))]
    assert len(forms) > 40
    wrong = []
    for row, (client, where, sheet) in forms:
        seen = [Seen.parse(each) for each in sheet.values.get(AS_SEEN, [])]
        if not seen or None in seen:
            wrong.append(f"{row}: carries no revision")
            continue
        with transaction.atomic():
            for each in filter(None, seen):
                assert subject_of(each.ref.kind) is not None, f"{row}: {each.ref.kind} unknown"
                audit.record(other(), "change", each.ref, changes={"note": ["", "نو"]})
            written = AuditEntry.objects.count()
            answer = client.post(where, sheet.values)
            if answer.status_code != 409 or OTHER not in answer.content.decode():
                wrong.append(f"{row}: answers {answer.status_code}")
            if AuditEntry.objects.count() != written:
                wrong.append(f"{row}: wrote")
            transaction.set_rollback(True)
    assert "; ".join(wrong) == ""


# Beginning and ending a session writes no record.
WITHOUT_KEY = {"sign_in.html", "standing.html"}


def test_every_form_that_writes_carries_a_key() -> None:
    written = [path for path in PACKAGE.rglob("templates/**/*.html") if CSRF in path.read_text()]
    bare = {path.name for path in written if not KEYED.search(path.read_text())}
    assert len(written) > 6
    assert bare == WITHOUT_KEY


def page(name: str, *args: object) -> str:
    with override("fa"):
        return reverse(name, args=args)


@pytest.mark.django_db
def test_what_both_wrote_stands_side_by_side_and_mine_can_be_saved_over_it() -> None:
    house = build()
    client = house.client("elevated")
    person = Person.objects.get(pk=house.ids["stranger"])
    url = page("directory:correct_person", person.pk)
    first, second = (main_sheet(client.get(url).content.decode()) for _editor in range(2))
    assert client.post(url, first.sent(name_fa="نام نخست", reason="شناسنامه")).status_code == 302
    told = client.post(url, second.sent(name_fa="نام دوم", reason="نامه"))
    text = told.content.decode()
    assert told.status_code == 409
    assert "راهبر سامانه" in text  # by whom
    for words in ("نام نخست", "نام دوم", "نامه"):
        assert words in text
    assert "روی آن ثبت شود" in text
    person.refresh_from_db()
    assert person.name["fa"] == "نام نخست"
    again = main_sheet(text)
    assert again.values["name_fa"] == ["نام دوم"]
    assert client.post(url, again.values).status_code == 302
    person.refresh_from_db()
    assert person.name["fa"] == "نام دوم"


@pytest.mark.django_db
def test_what_only_the_other_wrote_is_taken_over() -> None:
    house = build()
    client = house.client("secretary")
    body = Body.objects.get(pk=house.ids["body"])
    url = page("councils:correct_body", body.pk)
    mine = main_sheet(client.get(url).content.decode())
    change_body(house.staff["secretary"].actor, body, {"mandate": {"fa": "هدف تازه"}})
    told = client.post(url, mine.sent(name_fa="شورای برتر", reason="غلط املایی"))
    assert told.status_code == 409
    again = main_sheet(told.content.decode())
    assert again.values["name_fa"] == ["شورای برتر"]
    assert again.values["mandate_fa"] == ["هدف تازه"]
    assert client.post(url, again.values).status_code == 302
    body.refresh_from_db()
    assert (body.name, body.mandate) == (called("شورای برتر", "مجلس النموذج"), {"fa": "هدف تازه"})


@pytest.mark.django_db
def test_a_step_in_two_sendings_is_told_in_between() -> None:
    house = build()
    client = house.client("elevated")
    unit = Unit.objects.get(pk=house.ids["unit"])
    url = page("directory:close_unit", unit.pk)
    sheet = main_sheet(client.get(url).content.decode())
    preview = client.post(url, sheet.sent(on="1405/12/1"))
    assert preview.status_code == 200, preview.content.decode()
    rename_unit(other_elevated(), unit, on=PartialDate.parse_register("2026-11-01"), name=RENAMED)
    told = client.post(url, main_sheet(preview.content.decode()).values)
    assert told.status_code == 409
    assert "نام دیگر" in told.content.decode()
    assert not UnitVersion.objects.filter(unit=unit, until__isnull=False, since=None).exclude(
        until="2026-11-01"
    )


RENAMED = {"fa": "نام دیگر"}


def other_elevated() -> Actor:
    return Actor.system("command line")


@pytest.mark.django_db
def test_a_button_that_was_overtaken_says_so() -> None:
    house = build()
    client = house.client("officer")
    shown = client.get(page("councils:action", house.ids["action"])).content.decode()
    button = next(sheet for sheet in sheets_of(shown) if "start" in sheet.action)
    seen = Seen.parse(button.values[AS_SEEN][0])
    assert seen is not None
    audit.record(other(), "change", seen.ref)
    told = client.post(button.action, button.values)
    assert told.status_code == 409
    assert OTHER in told.content.decode()


@pytest.mark.django_db
def test_a_change_in_another_language_than_the_readers_is_told() -> None:
    house = build()
    client = house.client("elevated")
    person = Person.objects.get(pk=house.ids["stranger"])
    with override("ar"):
        url = reverse("directory:correct_person", args=[person.pk])
        trail = reverse("ui:trail", args=["directory.person", person.pk])
    sheet = main_sheet(client.get(url).content.decode())
    client.post(url, sheet.sent(name_fa="نام نخست", reason="شناسنامه"))
    assert "نام نخست" in client.get(trail).content.decode()


@pytest.mark.django_db
def test_an_official_number_stands_in_the_trail_in_the_readers_digits() -> None:
    house = build()
    resolution = Ref("councils.resolution", house.ids["resolution"])
    audit.record(other(), "adopt", resolution, changes={"number": [None, "1405/ش/12"]})
    with override("fa"):
        trail = reverse("ui:trail", args=[resolution.kind, resolution.id])
    assert "۱۴۰۵/ش/۱۲" in house.client("elevated").get(trail).content.decode()


@pytest.mark.django_db
def test_correcting_the_text_leaves_the_date_as_it_was_stated() -> None:
    house = build()
    action = Action.objects.get(pk=house.ids["action"])
    action.due, action.due_calendar = date(2026, 11, 30), "gregorian"
    action.save()
    client = house.client("secretary")
    url = page("councils:action_step", action.pk, "correct")
    sheet = main_sheet(client.get(url).content.decode())
    assert "۱۴۰۵" in sheet.values["due"][0]  # the reader's calendar
    assert client.post(url, sheet.sent(text_fa="متن دیگر", reason="غلط املایی")).status_code == 302
    action.refresh_from_db()
    assert action.text["fa"] == "متن دیگر"
    assert (action.due, action.due_calendar) == (date(2026, 11, 30), "gregorian")
    entry = AuditEntry.objects.filter(subject_id=action.pk).latest("id")
    assert "due_calendar" not in entry.changes


@pytest.mark.django_db
def test_a_forged_mark_of_another_record_tells_nothing_of_it() -> None:
    """What a form says it has seen is whatever its sender writes there."""
    house = build()
    address = reverse("desk:choose_post", args=[house.staff["foreign"].post.pk])
    seen = f"councils.action:{house.ids['done']}:"
    answer = house.client("foreign").post(address, {"as_seen": seen})
    assert answer.status_code == 409
    name = str(house.people["officer"])
    assert name not in answer.content.decode()
    answer = house.client("head").post(
        reverse("desk:choose_post", args=[house.staff["head"].post.pk]), {"as_seen": seen}
    )
    assert name in answer.content.decode()
