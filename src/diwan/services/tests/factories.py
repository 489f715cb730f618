"""Services and cases for tests; other rooms' tests use them, too.

`service(unit)` is a published service that the unit owns and offers: `SIMPLE` steps, the small
`FORM`. `case(service)` is a case in its first step as if it had been filed at a counter.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from diwan.directory.models import Unit
from diwan.kernel.text import search_key
from diwan.services.actions.endings import end_round
from diwan.services.models import (
    Applicant,
    Case,
    CaseAnswers,
    CaseStep,
    Offer,
    Rating,
    RatingLink,
    Service,
    ServiceVersion,
)
from diwan.services.rules.codes import new_code
from diwan.services.rules.definition import Deadline, Definition, Paper, State, StepAction
from diwan.services.rules.formtree import Choice, Form, Node


def _named(fa: str, ar: str, en: str) -> dict[str, str]:
    return {"fa": fa, "ar": ar, "en": en}


SIMPLE = Definition(
    code="tree-permit",
    name=_named("مجوز هرس درخت", "تصريح تقليم شجرة", "Permit to prune a tree"),
    summary=_named("برای هرس درخت در ملک", "لتقليم شجرة داخل عقار", "For a tree on a property"),
    papers=(Paper("deed", _named("سند ملک", "عقد الملكية", "Title deed")),),
    states=(
        State(
            "new",
            _named("بررسی مدارک", "فحص المستندات", "Look at the papers"),
            role="clerk",
            deadline=Deadline(2, "working_days"),
            actions=(
                StepAction(
                    "forward", _named("ارسال به کارشناس", "إحالة إلى المختص", "Pass on"), "review"
                ),
                StepAction(
                    "return",
                    _named("درخواست مدارک", "طلب مستندات", "Ask for papers"),
                    "new",
                    pauses=True,
                ),
            ),
        ),
        State(
            "review",
            _named("بررسی کارشناس", "فحص المختص", "Expert review"),
            role="officer",
            deadline=Deadline(3, "working_days"),
            actions=(
                StepAction(
                    "grant", _named("صدور مجوز", "إصدار التصريح", "Grant"), "done", batch=True
                ),
                StepAction(
                    "refuse", _named("مخالفت", "رفض", "Refuse"), "refused", requires=("said",)
                ),
            ),
        ),
        State("done", _named("مجوز صادر شد", "صدر التصريح", "Granted"), end="done"),
        State("refused", _named("موافقت نشد", "لم يوافق عليه", "Not granted"), end="refused"),
    ),
)

FORM = Form(
    id="tree-permit",
    version="1",
    root="data",
    title=SIMPLE.name,
    languages=("fa", "ar", "en"),
    nodes=(
        Node(
            "name",
            "/data/name",
            "question",
            "text",
            _named("نام و نام خانوادگی", "الاسم بالكامل", "Full name"),
            required="true()",
            applicant="name",
        ),
        Node(
            "trees",
            "/data/trees",
            "question",
            "integer",
            _named("شمار درختان", "عدد الأشجار", "How many trees"),
            constraint=". > 0",
            constraint_message=_named("دست‌کم یکی", "واحدة على الأقل", "At least one"),
        ),
        Node(
            "kind",
            "/data/kind",
            "question",
            "select_one",
            _named("نوع درخت", "نوع الشجرة", "Kind of tree"),
            list="kinds",
        ),
    ),
    lists={
        "kinds": (
            Choice("plane", _named("چنار", "دلب", "Plane")),
            Choice("palm", _named("نخل", "نخيل", "Palm")),
        )
    },
)
XFORM = "<h:html xmlns:h='http://www.w3.org/1999/xhtml'/>"


def version(
    of: Service, definition: Definition = SIMPLE, form: Form = FORM, **more: Any
) -> ServiceVersion:
    """A draft version of a service; `state` and whatever else may be given."""
    content = json.dumps([definition.to_json(), form.to_json(), XFORM], sort_keys=True)
    fields = {
        "number": of.versions.count() + 1,
        "definition": definition.to_json(),
        "form": form.to_json(),
        "xform": XFORM,
        "checksum": hashlib.sha256(content.encode()).hexdigest(),
        "made_at": timezone.now(),
    }
    return ServiceVersion.objects.create(service=of, **{**fields, **more})


def service(
    owner: Unit, definition: Definition = SIMPLE, form: Form = FORM, **more: Any
) -> Service:
    """A service that is open: its version published, offered at its owner."""
    now = timezone.now()
    words = [*definition.name.values(), *definition.summary.values()]
    fields = {
        "country": owner.country,
        "code": definition.code,
        "owner": owner,
        "kind": definition.kind,
        "audience": definition.audience,
        "name": dict(definition.name),
        "summary": dict(definition.summary),
        "search": search_key(*words),
        "made_at": now,
    }
    made = Service.objects.create(**{**fields, **more})
    made.current = version(made, definition, form, state="published", published_at=now)
    made.state = Service.State.OPEN
    made.save()
    Offer.objects.create(service=made, unit=owner)
    return made


def variant(code: str, **changes: Any) -> Definition:
    """`SIMPLE` under another code, with some of it changed."""
    return replace(SIMPLE, code=code, **changes)


def judge(one: Case, stars: int | None = None, *, kept: bool | None = None) -> None:
    """Somebody was asked to judge a case that ended, and did so if they gave stars."""
    now = timezone.now()
    RatingLink.objects.create(case=one, key=str(one.pk), way="page", made_at=now, expires_at=now)
    last = one.endings.filter(number=one.reopened + 1).exclude(outcome="moved")
    last.update(asked=True, stars=stars, promise_kept=kept if stars else None)
    if stars is not None:
        Rating.objects.create(
            case=one, unit=one.unit, service=one.service, stars=stars, promise_kept=kept, at=now
        )


def case(of: Service, unit: Unit | None = None, **more: Any) -> Case:
    """A case in its first step, with its applicant and answers."""
    assert of.current is not None
    now = more.pop("filed_at", timezone.now())
    name = more.pop("name", "سارا بهاری")
    start = Definition.from_json(of.current.definition).start
    at = unit or of.owner
    fields = {
        "code": new_code(),
        "version": of.current,
        **dict.fromkeys(("unit", "filed_unit", "at_unit"), at),
        "unit_since_at": now,
        "round_at": now,
        "channel": Case.Channel.COUNTER,
        "language": "fa",
        "state": start.key,
        "role": start.role,
        "filed_at": now,
        "state_since_at": now,
        "due_at": now + timedelta(days=2),
        "promised_at": now + timedelta(days=7),
    }
    made = Case.objects.create(service=of, **{**fields, **more})
    if made.ended_at is not None:
        end_round(made, made.ended_at)
    Applicant.objects.create(case=made, name=name, phone="09120000000", search=search_key(name))
    answers = {"name": name, "trees": "2", "kind": "plane"}
    CaseAnswers.objects.create(case=made, answers=answers, changed_at=now)
    CaseStep.objects.create(
        case=made,
        number=1,
        state=made.state,
        role=made.role,
        unit=made.at_unit,
        post=made.post,
        entered_at=now,
        due_at=made.due_at,
    )
    return made
