"""Adding and correcting documents, and who may."""

from __future__ import annotations

import pytest

from diwan.directory.tests.factories import RegisterFactory, Staff, UnitFactory, staff, system
from diwan.kernel.calendars import PartialDate
from diwan.kernel.errors import Forbidden, NotFound, Refused
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor, Confidentiality
from diwan.library.actions import DocumentFields, add_document, correct_document
from diwan.library.models import Document
from diwan.library.policies import documents
from diwan.library.queries import DocumentFilter, documents_for, horizon_of

from .factories import DocumentFactory

pytestmark = pytest.mark.django_db
FIELDS = DocumentFields(kind="statute", name={"fa": " اساسنامه ", "en": ""})


@pytest.fixture
def head() -> Staff:
    return staff(UnitFactory.create(), "head")


def test_a_head_adds_a_document_of_the_unit_and_of_those_below(head: Staff) -> None:
    below = UnitFactory.create(register=head.post.unit.register, parent=head.post.unit)
    row = add_document(head.actor, below, FIELDS)
    assert row.name == {"fa": "اساسنامه"}
    assert row.register_id == below.register_id
    entry = AuditEntry.objects.get(subject_id=row.pk)
    assert (entry.verb, entry.post_id) == ("add", head.post.pk)


def test_an_officer_may_read_and_not_write(head: Staff) -> None:
    officer = staff(head.post.unit, "officer")
    row = DocumentFactory.create(unit=head.post.unit)
    assert documents.may(officer.actor, "see", row)
    with pytest.raises(Forbidden):
        correct_document(officer.actor, row, FIELDS, reason="why")
    with pytest.raises(Forbidden):
        add_document(officer.actor, head.post.unit, FIELDS)


def test_another_country_sees_nothing_but_what_is_public(head: Staff) -> None:
    abroad = staff(
        UnitFactory.create(register=RegisterFactory.create(country="EG", language="ar")), "head"
    )
    inner = DocumentFactory.create(unit=head.post.unit)
    public = DocumentFactory.create(unit=head.post.unit, confidentiality=Confidentiality.PUBLIC)
    for actor in (abroad.actor, Actor.anonymous()):
        assert list(documents_for(actor)) == [public]
    with pytest.raises(NotFound):
        correct_document(abroad.actor, inner, FIELDS, reason="why")
    with pytest.raises(NotFound):
        add_document(abroad.actor, head.post.unit, FIELDS)


@pytest.mark.parametrize("level", [Confidentiality.BODY, Confidentiality.NAMED])
def test_what_is_confidential_is_for_those_who_may_write_it(
    head: Staff, level: Confidentiality
) -> None:
    row = DocumentFactory.create(unit=head.post.unit, confidentiality=level)
    assert documents.may(head.actor, "see", row)
    assert not documents.may(staff(head.post.unit, "officer").actor, "see", row)
    assert documents.may(system(), "see", row)


def test_a_correction_keeps_what_stood_with_its_reason(head: Staff) -> None:
    row = DocumentFactory.create(unit=head.post.unit, name={"en": "Statut"})
    fields = DocumentFields(
        kind="statute",
        name={"en": "Statute"},
        horizon=PartialDate.parse_register({"jalali": "1400"}),
    )
    correct_document(head.actor, row, fields, reason="a letter was missing")
    row.refresh_from_db()
    assert row.name == {"en": "Statute"}
    horizon = horizon_of(row)
    assert horizon is not None
    assert horizon.to_register() == {"jalali": "1400"}
    entry = AuditEntry.objects.get(subject_id=row.pk)
    assert entry.changes["name"] == [{"en": "Statut"}, {"en": "Statute"}]
    assert entry.reason == "a letter was missing"


def test_a_correction_that_changes_nothing_leaves_no_entry(head: Staff) -> None:
    row = add_document(head.actor, head.post.unit, FIELDS)
    correct_document(head.actor, row, FIELDS, reason="nothing")
    assert AuditEntry.objects.filter(subject_id=row.pk).count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        (DocumentFields(kind="statute", name={"fa": "  "}), "name"),
        (DocumentFields(kind=" ", name={"fa": "الف"}), "kind"),
        (DocumentFields(kind="x" * 61, name={"fa": "الف"}), "kind"),
        (DocumentFields(kind="x", name={"fa": "الف"}, confidentiality="all"), "confidentiality"),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    head: Staff, fields: DocumentFields, field: str
) -> None:
    with pytest.raises(Refused) as caught:
        add_document(head.actor, head.post.unit, fields)
    assert caught.value.field == field
    assert not Document.objects.exists()


def test_a_correction_needs_its_reason(head: Staff) -> None:
    row = DocumentFactory.create(unit=head.post.unit)
    with pytest.raises(Refused) as caught:
        correct_document(head.actor, row, FIELDS, reason=" ")
    assert caught.value.field == "reason"


def test_the_list_is_narrowed_by_words_kind_and_unit(head: Staff) -> None:
    below = UnitFactory.create(register=head.post.unit.register, parent=head.post.unit)
    roadmap = DocumentFactory.create(unit=below)
    statute = DocumentFactory.create(unit=UnitFactory.create(), kind="statute")
    actor = head.actor
    assert list(documents_for(actor, DocumentFilter(kind="statute"))) == [statute]
    assert list(documents_for(actor, DocumentFilter(unit_id=head.post.unit.pk))) == [roadmap]
    assert set(documents_for(actor, DocumentFilter(text="نقشه"))) == {roadmap, statute}
    assert not documents_for(actor, DocumentFilter(text="بودجه")).exists()
