"""Filing: once however often it is sent, with a promise; nothing is stored of what is not right."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.utils import translation

from diwan.directory.models import Unit
from diwan.directory.tests.factories import RegisterFactory, UnitFactory, staff
from diwan.kernel import exchange
from diwan.kernel.errors import Forbidden, NotFound, Refused
from diwan.kernel.models import AuditEntry, Notice, PersonalValue
from diwan.kernel.policies import Actor, ActorKind
from diwan.services.actions.filing import file_case
from diwan.services.actions.given import ApplicantFields
from diwan.services.constants import FILED
from diwan.services.errors import FormFaults
from diwan.services.models import Applicant, Case, CaseStep, Offer, Service, ServiceVersion
from diwan.services.rules.codes import new_code, read_code, written_code
from diwan.services.rules.formtree import Node

from .factories import FORM, SIMPLE, service, variant, version

ANSWERS = {"name": "سارا بهاری", "trees": "2", "kind": "plane"}
SUNDAY = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)  # half past nine in Tehran


def somebody(at: datetime = SUNDAY) -> Actor:
    """A citizen who has not signed in."""
    return Actor(ActorKind.ANONYMOUS, at)


def filed(of: Service, unit: Unit | None = None, **more: Any) -> Case:
    """A case filed online, unless `more` says otherwise."""
    assert of.current is not None
    given = {"actor": somebody(), "answers": ANSWERS, "channel": "online", **more}
    actor, answers = given.pop("actor"), given.pop("answers")
    return file_case(actor, of.current, unit or of.owner, answers, **given)


@pytest.mark.django_db
def test_a_filing_has_a_code_a_promise_and_its_first_step() -> None:
    told: list[Any] = []
    exchange.listen(FILED, told.append)
    made = service(UnitFactory.create())
    who = ApplicantFields(name="کسی دیگر", phone="۰۹۱۲ ۳۴۵ ۶۷۸۹")
    case = filed(made, applicant=who, language="fa")
    exchange.facts._listeners[FILED].remove(told.append)
    assert read_code(case.code) == case.code
    assert (case.phase, case.state, case.role, case.channel) == ("open", "new", "clerk", "online")
    assert (case.filed_by_id, case.at_unit) == (None, made.owner)
    # Two working days after Sunday: Tuesday's closing; the whole way takes five.
    assert case.due_at == datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
    assert case.promised_at == datetime(2026, 11, 28, 11, 0, tzinfo=UTC)
    step = CaseStep.objects.get(case=case)
    assert (step.number, step.state, step.due_at) == (1, "new", case.due_at)
    asks = Applicant.objects.get(case=case)
    assert (asks.name, asks.phone) == ("سارا بهاری", "09123456789")  # the form's word holds
    assert Notice.objects.get().address == "+989123456789"
    assert [fact.data["service"] for fact in told] == [made.pk]
    assert case.code not in str(told[0].data)


@pytest.mark.django_db
def test_the_applicants_words_stand_apart_from_the_trail() -> None:
    case = filed(service(UnitFactory.create()))
    entry = AuditEntry.objects.get(subject_id=case.pk)
    assert entry.verb == "file"
    assert "بهاری" not in str(entry.changes)
    assert PersonalValue.objects.get(entry=entry, field="name").value == [None, "سارا بهاری"]


@pytest.mark.django_db
def test_a_filing_costs_few_questions(django_assert_max_num_queries: Any) -> None:
    made = service(UnitFactory.create())
    filed(made)
    with django_assert_max_num_queries(15):  # two of them begin and end the transaction
        filed(made, key="k", applicant=ApplicantFields(phone="09123456789"))


@pytest.mark.django_db
def test_the_same_key_again_is_the_same_case() -> None:
    made = service(UnitFactory.create())
    first, again, other = filed(made, key="k"), filed(made, key="k"), filed(made, key="l")
    assert first.pk == again.pk != other.pk
    assert Case.objects.count() == 2
    sent = filed(made, instance_id="uuid:1")
    assert filed(made, instance_id="uuid:1").pk == sent.pk


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["key", "instance_id"])
def test_the_same_name_at_another_service_is_no_second_filing(name: str) -> None:
    unit = UnitFactory.create()
    same: dict[str, Any] = {name: "uuid:1"}
    filed(service(unit), **same)
    other = service(unit, variant("other"))
    with translation.override("en"), pytest.raises(Refused, match="another service") as refused:
        filed(other, **same)
    assert refused.value.field == ("instance_id" if name == "instance_id" else None)
    assert Case.objects.count() == 1


@pytest.mark.django_db
def test_two_codes_that_are_the_same_do_not_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    made = service(UnitFactory.create())
    first = filed(made)
    codes = iter([first.code, first.code, "0000" * 3])
    monkeypatch.setattr("diwan.services.actions.filing.new_code", lambda: next(codes))
    assert filed(made).code == "0" * 12


@pytest.mark.django_db
def test_what_cannot_be_asked_for_so_or_there_is_said() -> None:
    made = service(UnitFactory.create())
    draft = version(made)
    shut = service(UnitFactory.create(), variant("shut"))
    shut.state = Service.State.CLOSED
    shut.save()
    inside = service(UnitFactory.create(), replace(SIMPLE, code="inside", audience="staff"))
    cases: list[tuple[Any, dict[str, Any], type[Exception], str]] = [
        (made, {"channel": "phone"}, Refused, "online, at a counter"),
        (made, {"unit": UnitFactory.create()}, Refused, "not offered at"),
        (made, {"answers": {"trees": "2"}}, FormFaults, "1 answer"),
        (shut, {}, Refused, "closed to new cases"),
        (inside, {}, NotFound, "^$"),
    ]
    with translation.override("en"):
        for of, more, error, said in cases:
            with pytest.raises(error, match=said):
                filed(of, **more)
        with pytest.raises(Refused, match="not published"):
            file_case(somebody(), draft, made.owner, ANSWERS, channel="online")
    assert not Case.objects.exists()


@pytest.mark.django_db
def test_a_form_begun_under_the_version_before_is_taken() -> None:
    made = service(UnitFactory.create())
    before = made.current
    assert before is not None
    before.state = ServiceVersion.State.RETIRED
    before.save()
    case = file_case(somebody(), before, made.owner, ANSWERS, channel="online")
    assert case.version == before


@pytest.mark.django_db
def test_only_who_works_there_files_at_a_counter() -> None:
    unit = UnitFactory.create()
    made = service(unit)
    clerk, stranger = staff(unit, "clerk"), staff(UnitFactory.create(), "clerk")
    case = filed(made, actor=clerk.actor, channel="counter")
    assert case.filed_by == clerk.post
    assert not case.files.exists()
    with pytest.raises(Forbidden):
        filed(made, actor=stranger.actor, channel="counter")
    with pytest.raises(Forbidden):
        filed(made, actor=stranger.actor, filed_by=clerk.post)
    # At home she is a citizen like others.
    assert filed(made, actor=stranger.actor).filed_by is None


@pytest.mark.django_db
def test_a_service_of_a_kind_of_units_is_offered_below() -> None:
    top = UnitFactory.create()
    centre = UnitFactory.create(parent=top, kind="centre")
    made = service(top)
    Offer.objects.filter(service=made).update(unit_kind="centre")
    assert filed(made, centre).unit == centre
    with translation.override("en"), pytest.raises(Refused, match="not offered"):
        filed(made, top)


@pytest.mark.django_db(transaction=True)
def test_the_same_filing_sent_ten_times_at_once_is_one_case() -> None:
    made = service(UnitFactory.create())
    together = Barrier(10)

    def send(_number: int) -> str:
        together.wait()
        try:
            return filed(Service.objects.get(pk=made.pk), key="same").code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        codes = set(pool.map(send, range(10)))
    assert len(codes) == 1
    assert Case.objects.count() == CaseStep.objects.count() == 1


@pytest.mark.django_db
def test_what_offices_ask_for_is_not_there_for_those_of_another_country() -> None:
    made = service(UnitFactory.create(), variant("inside", audience="staff"))
    egypt = UnitFactory.create(register=RegisterFactory.create(key="egypt", country="EG"))
    with pytest.raises(NotFound):
        filed(made, actor=staff(egypt, "clerk").actor_at(SUNDAY))
    assert filed(made, actor=staff(made.owner, "clerk").actor_at(SUNDAY)).service == made


@pytest.mark.django_db
def test_a_complaint_knows_its_case_however_it_comes() -> None:
    form = replace(FORM, nodes=(*FORM.nodes, Node("case_code", "/data/case_code", "question")))
    unit = UnitFactory.create()
    before = filed(service(unit))
    hear = service(unit, variant("hear", kind="complaint", channels=("online", "counter")), form)
    clerk = staff(unit, "clerk").actor_at(SUNDAY)
    typed = {**ANSWERS, "case_code": f" {written_code(before.code).lower()} "}
    assert filed(hear, actor=clerk, channel="counter", answers=typed).about == before
    assert filed(hear, about=before).about == before
    for wrong in ("", "1234", new_code()):
        assert filed(hear, answers={**ANSWERS, "case_code": wrong}).about is None
    assert filed(service(unit, variant("other")), about=before).about is None


@pytest.mark.django_db
def test_a_named_place_is_one_of_the_owners_register() -> None:
    there = replace(SIMPLE.start, where="unit:centre")
    owner, beside = UnitFactory.create(), UnitFactory.create(key="centre")
    made = service(owner, variant("far", states=(there, *SIMPLE.states[1:])))
    elsewhere = UnitFactory.create(register=beside.register)
    Offer.objects.create(service=made, unit=elsewhere)
    assert filed(made, elsewhere).at_unit == beside, "the one unit of that key"
    own = UnitFactory.create(key="centre", register=owner.register)
    assert filed(made, elsewhere).at_unit == own, "the key is the owner's, wherever it is filed"
