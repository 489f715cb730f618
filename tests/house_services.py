"""A service of the small house, open, and a case of it in each phase.

The service belongs to the officer's unit; its second step is the officer's.
"""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

from django.utils import timezone

from diwan.directory.models import Unit, UnitDay, UnitHours, UnitWeekend
from diwan.directory.tests.factories import Staff, system
from diwan.kernel import files
from diwan.kernel.exchange import Ref
from diwan.services.actions.ratings import open_rating, rating_secret
from diwan.services.constants import CASE, VERSION
from diwan.services.models import Case, CaseFile, CasePause, Inquiry, Service, ServiceVersion
from diwan.services.rules.definition import Deadline
from diwan.services.tests.factories import SIMPLE, case, service, version
from diwan.services.tests.workbooks import KIOSK

from .house_forms import forms

LICENCE = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def services(*, unit: Unit, beside: Unit, staff: dict[str, Staff]) -> dict[str, Any]:
    """The records that addresses of the services name."""
    ways = ("online", "counter", "phone", "api")
    made = service(unit, replace(SIMPLE, channels=ways))
    assert made.current is not None
    found = _cases(unit, made)
    asked = Inquiry.objects.create(
        case=found["case"],
        step=found["case"].steps.get(),
        unit=beside,
        question="نظر شما چیست؟",
        asked_at=timezone.now(),
        asked_by=staff["officer"].post,
    )
    return {
        "service": made.pk,
        "service_code": made.code,
        "service_version": made.current.pk,
        "service_draft": _draft(made).pk,
        "inquiry": asked.pk,
        "case_code": found["case"].code,
        "case_file": _file(found["case"]).pk,
        **{name: one.pk for name, one in found.items()},
        **_followed(found),
        **_times(unit),
        **forms(service=made, unit=unit, staff=staff),
    }


def _times(unit: Unit) -> dict[str, Any]:
    """Hours, a weekend and a day off of the unit's own."""
    day = timezone.now().date() + timedelta(days=40)
    own = {"day": day, "name": {"fa": "آلودگی هوا", "ar": "تلوث الهواء"}}
    return {
        "unit_day": UnitDay.objects.create(unit=unit, **own).pk,
        "unit_hours": UnitHours.objects.create(unit=unit, opens=time(8), closes=time(15)).pk,
        "unit_weekend": UnitWeekend.objects.create(unit=unit, since=day, days="4").pk,
    }


def _draft(of: Service) -> ServiceVersion:
    """The next version of the service, which waits to be published; it has its workbook."""
    quicker = replace(SIMPLE.start, deadline=Deadline(1, "working_days"))
    book = io.BytesIO(KIOSK.read_bytes())
    file = files.store(system(), Ref(VERSION, of.pk), book, KIOSK.name)
    definition = replace(SIMPLE, states=(quicker, *SIMPLE.states[1:]))
    return version(of, definition, file=file, file_name=KIOSK.name)


def _followed(found: dict[str, Case]) -> dict[str, Any]:
    """What the applicants of the cases hold: codes, the link for judging, the licence itself."""
    done = found["case_done"]
    done.refresh_from_db()
    open_rating(done, timezone.now())
    licence = files.store(system(), Ref(CASE, done.pk), io.BytesIO(LICENCE), "licence.pdf")
    given = done.files.create(
        name="مجوز", file=licence, by_applicant=False, output=True, at=timezone.now()
    )
    return {
        "waiting_code": found["case_waiting"].code,
        "done_code": done.code,
        "rate_secret": rating_secret(done),
        "output": given.pk,
    }


def _file(of: Case) -> CaseFile:
    """A paper of the applicant's."""
    stored = files.store(system(), Ref(CASE, of.pk), io.BytesIO("سند".encode()), "سند.txt")
    return CaseFile.objects.create(case=of, name="سند.txt", file=stored, at=timezone.now())


def _cases(unit: Unit, of: Any) -> dict[str, Case]:
    """One that the officer works on, one that waits for the applicant, one that is finished."""
    now = timezone.now()
    running = case(of, unit, state="review", role="officer")
    waiting = case(of, unit, phase=Case.Phase.WAITING, returned=1)
    CasePause.objects.create(
        case=waiting,
        step=waiting.steps.get(),
        asked=[{"paper": "deed", "text": {}, "question": ""}],
        since_at=now,
    )
    done = case(of, unit, state="review", role="officer", filed_at=now - timedelta(days=3))
    done.steps.update(state="review", role="officer", left_at=now, action="grant")
    Case.objects.filter(pk=done.pk).update(
        phase=Case.Phase.DONE, state="done", role="", ended_at=now, on_time=True, due_at=None
    )
    return {"case": running, "case_waiting": waiting, "case_done": done}
