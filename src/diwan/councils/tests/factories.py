"""Bodies, meetings, resolutions and actions for tests; other rooms' tests use them, too.

`council(unit)` is a body with a secretary, a chair, a member and the other seats; `duty(…)` an open
action with an owner. A made action has its first event, as if the secretary had added it.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from diwan.councils.actions.fields import Proof
from diwan.councils.models import (
    Action,
    ActionEvent,
    AgendaItem,
    Body,
    BodySeatUser,
    DateRequest,
    Meeting,
    Membership,
    Resolution,
    Statement,
    Term,
)
from diwan.councils.models.bodies import Role
from diwan.directory.models import Unit
from diwan.directory.tests.factories import PostFactory, Staff, UnitFactory, staff
from diwan.kernel.calendars import PartialDate
from diwan.kernel.countries import country
from diwan.kernel.policies import Actor
from diwan.kernel.text import search_key

HELD_ON = date(2026, 11, 1)


class BodyFactory(DjangoModelFactory[Body]):
    """A council of a unit, internal, numbered by year."""

    class Meta:
        model = Body

    unit = SubFactory(UnitFactory)
    register = LazyAttribute(lambda body: body.unit.register)
    key = Sequence(lambda n: f"body-{n}")
    kind = "council"
    name = Sequence(lambda n: {"fa": f"شورای {n}", "ar": f"مجلس {n}", "en": f"Council {n}"})
    calendar = LazyAttribute(lambda body: country(body.unit.country).calendar.value)
    code = Sequence(lambda n: f"C{n}")
    search = LazyAttribute(lambda body: search_key(*body.name.values(), body.code))


class TermFactory(DjangoModelFactory[Term]):
    """A term of a body."""

    class Meta:
        model = Term

    body = SubFactory(BodyFactory)
    number = Sequence(lambda n: n + 1)


class MembershipFactory(DjangoModelFactory[Membership]):
    """A post's seat in a body, always; `role` says which."""

    class Meta:
        model = Membership

    body = SubFactory(BodyFactory)
    role = Role.MEMBER
    post = SubFactory(PostFactory, unit=SelfAttribute("..body.unit"))
    position = Sequence(lambda n: n)


class MeetingFactory(DjangoModelFactory[Meeting]):
    """A meeting held on 10 Aban 1405; `date=None` for an undated one."""

    class Meta:
        model = Meeting

    body = SubFactory(BodyFactory)
    register = LazyAttribute(lambda meeting: meeting.body.register)
    key = Sequence(lambda n: f"meeting-{n}")
    date = HELD_ON
    state = Meeting.State.HELD
    confidentiality = LazyAttribute(lambda meeting: meeting.body.confidentiality)


class AgendaItemFactory(DjangoModelFactory[AgendaItem]):
    """An agenda item, as confidential as its meeting."""

    class Meta:
        model = AgendaItem

    meeting = SubFactory(MeetingFactory)
    key = Sequence(lambda n: f"item-{n}")
    position = Sequence(lambda n: n)
    text = Sequence(lambda n: {"fa": f"دستور {n}", "en": f"Item {n}"})
    confidentiality = LazyAttribute(lambda item: item.meeting.confidentiality)


class StatementFactory(DjangoModelFactory[Statement]):
    """What a post of the host unit said."""

    class Meta:
        model = Statement

    meeting = SubFactory(MeetingFactory)
    key = Sequence(lambda n: f"statement-{n}")
    position = Sequence(lambda n: n)
    speaker = SubFactory(PostFactory, unit=SelfAttribute("..meeting.body.unit"))
    text = Sequence(lambda n: {"fa": f"اظهار {n}", "en": f"Statement {n}"})


class ResolutionFactory(DjangoModelFactory[Resolution]):
    """An adopted resolution with a stated number of its own shape; `state="draft"` has none."""

    class Meta:
        model = Resolution

    meeting = SubFactory(MeetingFactory)
    body = LazyAttribute(lambda resolution: resolution.meeting.body)
    key = Sequence(lambda n: f"resolution-{n}")
    position = Sequence(lambda n: n)
    kind = Resolution.Kind.RESOLVED
    state = Resolution.State.ADOPTED
    text = Sequence(lambda n: {"fa": f"مصوبه {n}", "en": f"Resolution {n}"})
    number = LazyAttribute(lambda row: "" if row.state == "draft" else f"old {row.key}")
    number_stated = True
    confidentiality = LazyAttribute(lambda resolution: resolution.meeting.confidentiality)
    search = LazyAttribute(lambda row: search_key(row.number, *row.text.values()))


class ActionFactory(DjangoModelFactory[Action]):
    """An open action that a new post of the host unit owes; `owner=None` for nobody's."""

    class Meta:
        model = Action
        skip_postgeneration_save = True

    resolution = SubFactory(ResolutionFactory)
    register = LazyAttribute(lambda action: action.resolution.meeting.register)
    key = Sequence(lambda n: f"action-{n}")
    position = Sequence(lambda n: n)
    text = Sequence(lambda n: {"fa": f"اقدام {n}", "en": f"Action {n}"})
    owner = SubFactory(PostFactory, unit=SelfAttribute("..resolution.body.unit"))
    state = Action.State.OPEN
    search = LazyAttribute(lambda action: search_key(*action.text.values()))

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Action:
        action: Action = super()._create(model_class, *args, **kwargs)
        ActionEvent.objects.create(
            action=action, verb="add", at=action.arrived_at, after=action.state, progress=0
        )
        return action


class DateRequestFactory(DjangoModelFactory[DateRequest]):
    """A request for a new date that waits for its answer."""

    class Meta:
        model = DateRequest

    action = SubFactory(ActionFactory)
    from_due = SelfAttribute("action.due")
    to_due = date(2027, 1, 20)
    reason = "The data came late."
    asked_at = LazyFunction(timezone.now)


class BodySeatUserFactory(DjangoModelFactory[BodySeatUser]):
    """A user who acts through a named seat: give `lineage` and `user`."""

    class Meta:
        model = BodySeatUser

    since_at = LazyFunction(timezone.now)


def seat(body: Body, who: Staff, role: str) -> Membership:
    """Somebody's post as a member of a body."""
    return MembershipFactory.create(body=body, post=who.post, role=role)


@dataclass(frozen=True)
class Council:
    """A body with somebody in each kind of seat; none of them has a role in the tree."""

    body: Body
    secretary: Staff
    chair: Staff
    member: Staff
    adviser: Staff
    guest: Staff


def council(unit: Unit | None = None, **body: Any) -> Council:
    """A body whose members come from a unit of their own, beside the host unit."""
    host = unit or UnitFactory.create()
    outside = UnitFactory.create(register=host.register)
    made = BodyFactory.create(unit=host, **body)
    roles = ("secretary", "chair", "member", "adviser", "guest")
    people = {role: staff(outside) for role in roles}
    for role, who in people.items():
        seat(made, who, role)
    return Council(made, **people)


def meeting_of(body: Body, **more: Any) -> Meeting:
    """A held meeting of a body."""
    return MeetingFactory.create(body=body, **more)


def resolution_of(body: Body, **more: Any) -> Resolution:
    """An adopted resolution of a new meeting of a body."""
    meeting = more.pop("meeting", None) or meeting_of(body)
    return ResolutionFactory.create(meeting=meeting, **more)


def duty(body: Body, owner: Staff | None, **more: Any) -> Action:
    """An action of a new resolution of a body, owed by somebody's post."""
    resolution = more.pop("resolution", None) or resolution_of(body)
    post = owner.post if owner else None
    return ActionFactory.create(resolution=resolution, owner=post, **more)


def proof(name: str = "report.txt", text: str = "It was done.") -> Proof:
    """A small file of plain text."""
    return Proof(name, io.BytesIO(text.encode()))


def on(day: date | str) -> PartialDate:
    """A whole day."""
    return PartialDate(date.fromisoformat(day) if isinstance(day, str) else day)


def again(who: Staff) -> Actor:
    """The same user at their next request: nothing of the last one is remembered."""
    return who.actor
