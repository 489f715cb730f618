"""Cases of the sample country: sound, of all kinds, and due when the room itself would say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from diwan.config.sample import Size, load_country
from diwan.config.sample.dice import dice
from diwan.config.sample.services import PACKS, told_anew
from diwan.config.sample.services_answers import MEDIA
from diwan.config.sample.services_small import add_services
from diwan.directory.public import calendar_of
from diwan.interop.public import load_sample
from diwan.kernel.models import AuditEntry
from diwan.services.constants import CASE
from diwan.services.models import (
    Case,
    CasePause,
    CaseStep,
    Inquiry,
    Rating,
    RatingLink,
    Service,
    ServiceVersion,
)
from diwan.services.queries.definitions import definition_of, form_of, offered_at
from diwan.services.queries.places import place_of
from diwan.services.queries.working import (
    owed_by,
    promised_by,
    round_begun,
    spans,
    step_due,
)
from diwan.services.rules.answers import at_path
from diwan.services.rules.codes import read_code
from diwan.services.rules.evaluation import evaluate

pytestmark = pytest.mark.django_db
UNTIL = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)


def make(cases: int) -> None:
    load_country(
        size=Size(units=130, actions=60, cases=cases),
        seed=7,
        until=UNTIL,
        progress=lambda _done, _all, _label: None,
    )


def some(many: int) -> Iterator[Case]:
    """So many cases of all kinds, the running ones first."""
    rows = Case.objects.select_related("service", "version", "unit", "at_unit", "answers")
    running = list(rows.running().order_by("id")[: many // 2])
    yield from running
    yield from dice(1, "some").some(list(rows.exclude(phase__in=("open", "waiting"))), many // 2)


def test_cases_are_due_when_the_room_says() -> None:
    make(700)
    each_register_publishes_its_services()
    for case in some(120):
        definition, steps = definition_of(case.version), list(case.steps.order_by("number"))
        pauses = list(case.pauses.order_by("since_at"))
        for step in steps:
            calendar = calendar_of(step.unit_id, at=step.entered_at)
            held = spans(pauses, step=step.pk)
            due_at = step_due(definition, step.state, step.entered_at, calendar, held)
            assert step.due_at == due_at
            where = definition.state(step.state).where
            assert step.unit_id == place_of(where, case.unit, step.entered_at)
            assert step.role == definition.state(step.state).role
        begun = round_begun(steps, definition)
        there = calendar_of(case.unit_id, at=begun)
        assert case.promised_at == promised_by(definition, begun, there, spans(pauses))
        if case.ended_at is None:
            assert (steps[-1].state, steps[-1].left_at) == (case.state, None)
            assert case.due_at == owed_by(steps[-1].due_at, case.promised_at)
        else:
            assert case.promised_at is not None
            assert case.on_time is (case.ended_at <= case.promised_at)
        assert read_code(case.code) == case.code
    the_trail_tells_each_step()
    the_answers_are_what_the_forms_take()
    every_kind_of_fate_occurs()


def the_trail_tells_each_step() -> None:
    entries = AuditEntry.objects.filter(subject_kind=CASE)
    told = Counter(entries.values_list("verb", flat=True))
    assert told["file"] == Case.objects.count()
    withdrawn = Case.objects.filter(phase="withdrawn").count()
    assert told["step"] == CaseStep.objects.filter(left_at__isnull=False).count() - withdrawn
    assert told["return"] == CasePause.objects.count()
    assert told["resume"] == CasePause.objects.filter(until_at__isnull=False).count()
    assert told["ask"] == Inquiry.objects.count()
    assert told["rate"] == Rating.objects.count()
    times = entries.order_by("subject_id", "id").values_list("subject_id", "at")
    last: dict[object, datetime] = {}
    for subject, at in times:
        assert last.get(subject, at) <= at < NOW
        last[subject] = at


def the_answers_are_what_the_forms_take() -> None:
    """As they were on the day of the filing; what the office answered came later."""
    for case in some(60):
        form = form_of(case.version)
        told = evaluate(form, case.answers.answers, now=case.filed_at, office=True)
        wrong = {fault.path for fault in told.faults if form.by_path[fault.path].by != "office"}
        assert not wrong, case
        if case.ended_at is None:
            files = dict(case.files.values_list("question", "file__blob__size"))
            named = [n.path for n in form.by_path.values() if n.type in MEDIA]
            assert set(files) == {path for path in named if at_path(case.answers.answers, path)}
            assert all(files.values())


def every_kind_of_fate_occurs() -> None:
    phases = Counter(Case.objects.values_list("phase", flat=True))
    assert {"open", "waiting", "done", "refused", "withdrawn"} <= set(phases)
    assert Case.objects.filter(on_time=False).exists()
    assert Case.objects.filter(reopened=1).exists()
    assert Case.objects.filter(about__isnull=False).exists()
    assert Case.objects.filter(told_late=True).exists()
    assert set(Case.objects.values_list("channel", flat=True)) >= {"online", "counter"}
    judged = Rating.objects.count() / RatingLink.objects.count()
    assert 0.15 < judged < 0.4
    assert set(Rating.objects.values_list("stars", flat=True)) >= {2, 3, 4, 5}
    by_itself = CaseStep.objects.filter(by_post__isnull=True, left_at__isnull=False)
    assert by_itself.filter(action="escalate").exists()


def each_register_publishes_its_services() -> None:
    codes = Counter(Service.objects.values_list("owner__register__key", flat=True))
    assert codes == {"local-services": 5, "digital-guild": 4, "arghavan": 3, "arghavan-schools": 4}
    for service in Service.objects.select_related("owner", "current"):
        assert service.current is not None
        assert offered_at(service, [o.unit_id for o in service.offers.all()], UNTIL) or (
            service.offers.filter(unit_kind__gt="").exists()
        )
        assert service.current.file is not None
    assert ServiceVersion.objects.filter(state="published").count() == 16


def test_the_small_registers_have_work_on_the_printed_desks() -> None:
    load_sample()
    made = add_services(until=UNTIL, seed=1)
    assert made == Case.objects.count() > 60
    for key, roles in (
        ("mehregan", {"officer", "secretary"}),
        ("nakheel", {"officer"}),
    ):
        open_ = Case.objects.filter(phase="open", at_unit__register__key=key)
        assert roles <= set(open_.values_list("role", flat=True))
        assert open_.filter(state_since_at__gt=NOW - timedelta(days=9)).exists()


def test_a_workbook_is_told_anew_for_its_register() -> None:
    text = (PACKS / "complaint.md").read_text()
    told = told_anew(text, (("owner", "here"), ("offered_by", "a kind:b"), ("code", "mine")))
    assert "| owner | here |" in told
    assert told.count("offered_by") == 1
    assert "| code | mine |" in told
    assert told.partition("## steps")[2] == text.partition("## steps")[2]
