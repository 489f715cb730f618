"""What services lays on a handover sheet: cases and complaints that the post took, and inquiries.

What nobody took lies with the unit and stands among what is on the desk. A sheet is kept for ever,
so it names a case by its service and the first signs of its code: no word of the applicant's.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diwan.directory.public import authority_of, unit_names
from diwan.kernel.exchange import (
    HandoverLine,
    HandoverQuestion,
    HandoverSection,
    Ref,
    declare_handover,
)
from diwan.kernel.text import isolate
from diwan.kernel.working import today_in
from diwan.services.constants import CASE
from diwan.services.models import Case, Inquiry, Service
from diwan.services.policies import CASES, WORKING, apart_from
from diwan.services.queries.definitions import definition_of
from diwan.services.rules.codes import first_signs
from diwan.ui.show import show_local

MOST = 1_000
"""A sheet lists fewer lines and says how many there are besides; it counts no farther."""


def declare_sections() -> None:
    """Declare what services lays on a sheet."""
    told = (
        ("cases", gettext_lazy("Cases that the post took"), 40, cases),
        ("complaints", gettext_lazy("Complaints that the post took"), 41, complaints),
        ("inquiries", gettext_lazy("Inquiries that have no answer yet"), 42, inquiries),
    )
    for key, name, place, lines in told:
        declare_handover(HandoverSection(f"{CASE}.{key}", name, place, lines))


def cases(question: HandoverQuestion) -> Iterator[HandoverLine]:
    """Running cases that the post took, those that wait for their applicants, too."""
    rows = _taken(question).exclude(service__kind=Service.Kind.COMPLAINT)
    yield from (_line(case) for case in rows[:MOST])


def complaints(question: HandoverQuestion) -> Iterator[HandoverLine]:
    """Running complaints that the post took; none about a case of its own."""
    rows = _taken(question).filter(service__kind=Service.Kind.COMPLAINT)
    yield from (_line(case) for case in rows.filter(apart_from([question.post_id]))[:MOST])


def _taken(question: HandoverQuestion) -> QuerySet[Case]:
    rows = Case.objects.running().filter(post=question.post_id).select_related("service", "version")
    light = rows.defer("version__definition", "version__form", "version__xform", "service__search")
    return light.order_by(F("due_at").asc(nulls_last=True), "pk")


def _line(case: Case) -> HandoverLine:
    state = show_local(definition_of(case.version).state(case.state).name)
    waits = case.phase == Case.Phase.WAITING
    return HandoverLine(
        ref=Ref(CASE, case.pk),
        title=case.service.name,
        url=reverse("services:case", args=[case.pk]),
        source=isolate(first_signs(case.code)),
        state=f"{state} · {Case.Phase.WAITING.label}" if waits else state,
        due=today_in(case.service.country, case.due_at) if case.due_at else None,
    )


def inquiries(question: HandoverQuestion) -> Iterator[HandoverLine]:
    """What the post asked other units, and what its own is asked; a line for each case it sees."""
    own = question.unit_id in authority_of(question.actor).units(*WORKING)
    whose = Q(asked_by=question.post_id) | (Q(unit=question.unit_id) if own else Q(pk__in=[]))
    seen = Case.objects.filter(CASES.scope(question.actor, "see")).order_by()
    rows = Inquiry.objects.filter(whose, answered_at=None, withdrawn_at=None, case__in=seen)
    rows = rows.select_related("case__service").defer("case__service__search")
    asked: dict[UUID, list[Inquiry]] = {}
    for one in rows.order_by(F("due_at").asc(nulls_last=True), "pk")[:MOST]:
        asked.setdefault(one.case_id, []).append(one)
    units = {one.unit_id for each in asked.values() for one in each}
    names = unit_names(units, authority_of(question.actor).day) if units else {}
    for each in asked.values():
        others = [one.unit_id for one in each if one.unit_id != question.unit_id]
        named = _(", ").join(show_local(names.get(unit, {})) for unit in others)
        state = _("waits for the answer of %(units)s") % {"units": named}
        yield _asked(each[0], state if others else _("waits for this unit's answer"))


def _asked(first: Inquiry, state: str) -> HandoverLine:
    case = first.case
    return HandoverLine(
        ref=Ref(CASE, case.pk),
        title=case.service.name,
        url=reverse("services:case", args=[case.pk]),
        source=isolate(first_signs(case.code)),
        state=state,
        due=today_in(case.service.country, first.due_at) if first.due_at else None,
    )
