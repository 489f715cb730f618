"""The tables: what the factories make, and what the database itself refuses."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from diwan.directory.tests.factories import UnitFactory
from diwan.services.models import Applicant, Case, CasePause, CaseStep, Service
from diwan.services.rules.definition import Definition
from diwan.services.rules.formtree import Form

from .factories import FORM, SIMPLE, case, service, version

pytestmark = pytest.mark.django_db


def test_a_version_gives_its_definition_and_form_back() -> None:
    made = service(UnitFactory.create())
    assert made.current is not None
    made.current.refresh_from_db()
    assert Definition.from_json(made.current.definition) == SIMPLE
    assert Form.from_json(made.current.form) == FORM


def test_the_database_keeps_what_must_hold() -> None:
    made = service(UnitFactory.create())
    one = case(made, filing_key="k")
    step = one.steps.get()
    now = timezone.now()
    CasePause.objects.create(case=one, step=step, since_at=now)
    version(made)
    for wrong in (
        lambda: version(made, state="published", published_at=now),
        lambda: version(made),
        lambda: case(made, filing_key="k"),
        lambda: case(made, code=one.code),
        lambda: CasePause.objects.create(case=one, step=step, since_at=now),
        lambda: CaseStep.objects.create(
            case=one, number=2, state="x", unit=one.unit, entered_at=now
        ),
        lambda: Case.objects.filter(pk=one.pk).update(phase="done"),
        lambda: Service.objects.filter(pk=made.pk).update(current=None),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


def test_what_is_looked_for_with_each_filing_is_found_by_an_index() -> None:
    case(service(UnitFactory.create()), filing_key="k")
    assert Case.objects.filed_under("k").count() == 1
    asked = (
        Case.objects.filed_under("k"),
        Case.objects.of_submission("uuid:1"),
        Applicant.objects.numbered("09123456789"),
    )
    if connection.vendor == "sqlite":  # PostgreSQL reads few rows whole, whatever index there is
        plans = [rows.order_by().explain() for rows in asked]
        assert not [plan for plan in plans if "SCAN" in plan.replace("SCAN CONSTANT", "")], plans
