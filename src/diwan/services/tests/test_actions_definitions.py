"""Workbooks become services: uploading, publishing, and what never changes any more."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils.translation import override

from diwan.directory.models import Unit
from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.kernel.errors import Conflict, Forbidden, NotFound, Refused
from diwan.kernel.exchange import Fact, Ref, listen
from diwan.kernel.models import AuditEntry, StoredFile
from diwan.kernel.policies import Actor
from diwan.services.actions.definitions import (
    close_service,
    discard,
    open_service,
    publish,
    upload,
)
from diwan.services.constants import PUBLISHED, SERVICE
from diwan.services.errors import WorkbookFaults
from diwan.services.models import Offer, Service, ServiceVersion
from diwan.services.queries.definitions import definition_of, form_of, offering_units
from diwan.services.rules.spreadsheet import to_xlsx

from . import factories
from .workbooks import SURVEY, WHOLE, sheets, with_code

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)


@pytest.fixture
def town() -> Unit:
    return UnitFactory.create(kind="municipality", key="town")


@pytest.fixture
def head(town: Unit) -> Staff:
    return staff(town, "head")


def put(head: Staff, town: Unit, text: str = WHOLE, name: str = "kiosk.md") -> ServiceVersion:
    return upload(head.actor, text.encode(), name, owner=town)


def faults(error: pytest.ExceptionInfo[WorkbookFaults]) -> list[str]:
    return [fault.code for fault in error.value.faults]


def test_a_workbook_is_a_draft_and_published_what_citizens_ask_for(head: Staff, town: Unit) -> None:
    told: list[Fact] = []
    listen(PUBLISHED, told.append)
    draft = put(head, town)
    service = draft.service
    assert (draft.number, draft.state, service.state) == (1, "draft", "draft")
    assert draft.file is not None
    assert draft.file.name == draft.file_name == "kiosk.md"
    published = publish(head.actor, draft, note=" نخستین نسخه ")
    assert (published.state, published.current_id) == ("open", draft.pk)
    assert published.name["fa"] == "مجوز دکه"
    assert published.events == ["business"]
    assert "دکه" in published.search
    assert offering_units(published, DAY) == {town.pk}
    assert [fact.data["version"] for fact in told] == [draft.pk]
    verbs = AuditEntry.objects.filter(subject_kind=SERVICE, subject_id=service.pk)
    assert list(verbs.order_by("id").values_list("verb", flat=True)) == ["prepare", "publish"]
    assert set(verbs.values_list("post_id", flat=True)) == {head.post.pk}


def test_a_new_version_retires_the_old_one_and_a_new_draft_the_draft(
    head: Staff, town: Unit
) -> None:
    first = put(head, town)
    publish(head.actor, first)
    second = put(head, town, WHOLE.replace("Flowers", "Plants"))
    third = put(head, town, WHOLE.replace("Flowers", "Trees"))
    second.refresh_from_db()
    assert (second.state, third.state, third.number) == ("discarded", "draft", 3)
    publish(head.actor, third)
    first.refresh_from_db()
    assert first.state == "retired"
    assert form_of(first).lists["kinds"][1].label["en"] == "Flowers"
    assert Service.objects.get().current == third


def test_the_same_content_again_is_the_same_version(head: Staff, town: Unit) -> None:
    draft = put(head, town)
    book = upload(head.actor, to_xlsx(sheets()), "kiosk.xlsx", owner=town)
    assert book == draft
    publish(head.actor, draft)
    assert put(head, town) == draft
    assert ServiceVersion.objects.count() == 1


def test_with_faults_nothing_is_stored(head: Staff, town: Unit) -> None:
    with pytest.raises(WorkbookFaults) as error:
        put(head, town, WHOLE.replace("clerk", "clark").replace("yesno", "smile"))
    assert faults(error) == ["unknown_word", "unknown_word"]
    with pytest.raises(WorkbookFaults) as error:
        upload(head.actor, b"MZ\x90\xff", "kiosk.xlsx", owner=town)
    assert faults(error) == ["not_its_type"]
    assert not Service.objects.exists()
    assert not StoredFile.objects.exists()


def test_what_was_published_stays_of_its_kind(head: Staff, town: Unit) -> None:
    made = publish(head.actor, put(head, town))
    factories.case(made, town)
    assert made.kind == Service.Kind.SERVICE
    with pytest.raises(WorkbookFaults) as error:
        put(head, town, WHOLE.replace("| name |", "| kind | complaint | | |\n| name |", 1))
    assert faults(error) == ["kind_of_before"]
    made.refresh_from_db()
    assert (made.kind, made.versions.count()) == (Service.Kind.SERVICE, 1)


def test_a_code_belongs_to_its_owner(head: Staff, town: Unit) -> None:
    publish(head.actor, put(head, town))
    other = UnitFactory.create(parent=None, register=town.register)
    with pytest.raises(WorkbookFaults) as error:
        put(staff(other, "head"), other)
    assert faults(error) == ["code_of_another"]
    mine = factories.service(town)
    with pytest.raises(WorkbookFaults) as error:
        upload(head.actor, WHOLE.encode(), "kiosk.md", owner=town, service=mine)
    assert faults(error) == ["code_of_this"]


def test_only_heads_and_administrators_of_the_owner_or_above(head: Staff, town: Unit) -> None:
    draft = put(head, town)
    clerk = staff(town, "clerk").actor
    with pytest.raises(Forbidden):
        upload(clerk, with_code("another"), "kiosk.md", owner=town)
    with pytest.raises(NotFound):
        publish(clerk, draft)
    publish(head.actor, draft)
    service = Service.objects.get()
    for refused in (
        lambda: discard(clerk, draft),
        lambda: close_service(clerk, service, reason="x"),
        lambda: open_service(clerk, service),
    ):
        with pytest.raises(Forbidden):
            refused()


def test_a_published_version_never_changes(head: Staff, town: Unit) -> None:
    first = put(head, town)
    publish(head.actor, first)
    first.refresh_from_db()
    before = [first.definition, first.form, first.xform, first.checksum, first.number]
    for refused in (lambda: publish(head.actor, first), lambda: discard(head.actor, first)):
        with pytest.raises(Conflict):
            refused()
    second = put(head, town, WHOLE.replace("Flowers", "Trees"))
    publish(head.actor, second)
    with pytest.raises(Conflict):
        publish(head.actor, first)
    first.refresh_from_db()
    assert before == [first.definition, first.form, first.xform, first.checksum, first.number]


def test_two_who_publish_at_once_the_second_is_told(head: Staff, town: Unit) -> None:
    draft = put(head, town)
    seen_by_the_other = ServiceVersion.objects.get(pk=draft.pk)
    publish(head.actor, draft)
    with pytest.raises(Conflict):
        publish(head.actor, seen_by_the_other)
    assert AuditEntry.objects.filter(verb="publish").count() == 1


def test_an_owner_and_places_named_in_the_workbook(head: Staff, town: Unit) -> None:
    district = UnitFactory.create(kind="district", key="d1", parent=town)
    text = WHOLE.replace(
        "| title | who |",
        "| owner | d1 | | | |\n| offered_by | kind:district | | | |\n"
        "| offered_by | town kind:municipality | | | |\n| title | who |",
    )
    service = publish(head.actor, put(head, town, text))
    assert service.owner == district
    offers = set(Offer.objects.values_list("unit_id", "unit_kind"))
    assert offers == {(district.pk, "district"), (town.pk, "municipality")}


def test_no_work_is_given_to_units_of_others(head: Staff, town: Unit) -> None:
    root = UnitFactory.create(kind="ministry", key="root", register=town.register)
    UnitFactory.create(parent=root, kind="municipality", key="else")
    row = "| offered_by | root kind:municipality | | | |\n"
    text = WHOLE.replace("| title |", f"{row}| title |").replace("| above |", "| unit:else |")
    with pytest.raises(WorkbookFaults) as error:
        put(head, town, text)
    assert [(fault.sheet, fault.code) for fault in error.value.faults] == [
        ("service", "not_yours"),
        ("steps", "not_yours"),
    ]
    assert all(fault.row and fault.column for fault in error.value.faults)
    assert not Service.objects.exists()
    # Who runs all of them may prepare it; it is published by such a one, too.
    system = Actor.system("test")
    for book, key in ((text, "root"), (text.replace(row, ""), "else")):
        draft = upload(system, book.encode(), "kiosk.md", owner=town)
        with override("fa"), pytest.raises(Refused, match=f"«{key}»"):
            publish(head.actor, draft)
    assert not Offer.objects.exists()
    assert publish(system, draft).state == "open"
    assert offering_units(draft.service, DAY) == {town.pk}


def test_keys_are_those_of_the_owners_register(head: Staff, town: Unit) -> None:
    UnitFactory.create(key="centre")
    mine = UnitFactory.create(key="centre", parent=town, register=town.register)
    text = WHOLE.replace("| title | who |", "| offered_by | centre | | | |\n| title | who |")
    service = publish(head.actor, put(head, town, text))
    assert offering_units(service, DAY) == {mine.pk}


def test_formulas_that_fail_are_not_published(head: Staff, town: Unit) -> None:
    plain = SURVEY.replace("office", "").replace(". > 0", "frob(.) > 0")
    draft = put(head, town, plain)
    assert draft.plain
    with pytest.raises(Refused) as error:
        publish(head.actor, draft)
    assert "width" in str(error.value)
    assert definition_of(draft).code == "kiosk"


def test_closing_needs_a_reason_and_opening_none(head: Staff, town: Unit) -> None:
    service = publish(head.actor, put(head, town))
    with pytest.raises(Refused):
        close_service(head.actor, service, reason=" ")
    assert close_service(head.actor, service, reason="بازنگری").state == "closed"
    with pytest.raises(Conflict):
        close_service(head.actor, service, reason="بازنگری")
    draft = put(head, town, WHOLE.replace("Flowers", "Trees"))
    assert publish(head.actor, draft).state == "closed"
    assert open_service(head.actor, service).state == "open"
    entry = AuditEntry.objects.filter(verb="close").get()
    assert (Ref(entry.subject_kind, entry.subject_id), entry.reason) == (
        Ref(SERVICE, service.pk),
        "بازنگری",
    )
