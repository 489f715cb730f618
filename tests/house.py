"""A small house with somebody in every kind of position, and one record of every kind.

`build()` makes it; `House.people` are the columns of the permission table, `House.ids` the records
that its addresses name. All names are Persian and Arabic, so that a Latin word on a page is ours.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any
from uuid import UUID

from django.test import Client
from django.utils import timezone

from diwan.accounts.actions import TokenFields, make_token
from diwan.accounts.actions.links import issue
from diwan.accounts.constants import USER_KIND
from diwan.accounts.models import User
from diwan.accounts.tests.factories import UserFactory, sign_in
from diwan.councils.actions.dates import ask_date
from diwan.councils.actions.fields import Proof
from diwan.councils.actions.work import report_done, start
from diwan.councils.models import Action, Attendance, Body, Meeting, Resolution
from diwan.councils.tests.factories import (
    ActionFactory,
    AgendaItemFactory,
    BodyFactory,
    BodySeatUserFactory,
    MeetingFactory,
    MembershipFactory,
    ResolutionFactory,
    StatementFactory,
    TermFactory,
    seat,
)
from diwan.directory.models import Post, Register, Unit
from diwan.directory.tests.factories import (
    HandoverFactory,
    HoldingFactory,
    NoteFactory,
    PartnerFactory,
    PersonFactory,
    PostFactory,
    RegisterFactory,
    Staff,
    UnitFactory,
    system,
)
from diwan.interop.actions import publishing
from diwan.interop.actions.feeds import make_feed
from diwan.interop.actions.webhooks import make_webhook, ping
from diwan.interop.models import Delivery
from diwan.kernel import links
from diwan.kernel.calendars import PartialDate
from diwan.kernel.exchange import Ref
from diwan.kernel.models import (
    DeclaredHoliday,
    Job,
    JobState,
    Notice,
    NoticeState,
    OfficeHoursRow,
    StoredFile,
)
from diwan.kernel.policies import Actor
from diwan.library.models import Document

from .house_agenda import before_a_meeting
from .house_minutes import minuted
from .house_objections import objections
from .house_services import services

PEOPLE = (
    "anonymous",  # hasn't signed in
    "nobody",  # has signed in, holds nothing
    "foreign",  # heads a unit of another country
    "colleague",  # an officer of another unit of the same country
    "officer",  # owes the actions
    "member",  # sits in the body
    "secretary",  # runs the body
    "head",  # heads the top unit
    "administrator",  # holds the post with the role administrator in the top unit
    "elevated",  # an administrator during an elevation
)


@dataclass
class House:
    """Who is there (`anonymous` has no user), and what."""

    people: dict[str, User | None] = field(default_factory=dict)
    staff: dict[str, Staff] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)

    def client(self, who: str, *, csrf: bool = False) -> Client:
        """A browser in which `who` has signed in; `elevated` with an elevation running."""
        client = Client(enforce_csrf_checks=csrf)
        user = self.people[who]
        if user is not None:
            sign_in(client, user, elevated=who == "elevated")
        return client


def called(text_fa: str, text_ar: str) -> dict[str, str]:
    """A name in both languages."""
    return {"fa": text_fa, "ar": text_ar}


def build() -> House:
    """Make the house."""
    house = House()
    register = RegisterFactory.create(key="iran")
    top = UnitFactory.create(register=register, name=called("سازمان نمونه", "هيئة النموذج"))
    below = UnitFactory.create(parent=top, name=called("اداره زیرین", "الإدارة الأدنى"))
    beside = UnitFactory.create(parent=top, name=called("اداره کناری", "الإدارة المجاورة"))
    _people(house, top, below, beside)
    _directory(house, register, top, below, beside)
    _documents(house, register, top)
    body = _body(house, top)
    _meetings(house, body)
    house.ids |= before_a_meeting(body, house.ids["planned"], **house.staff)
    _by_confidentiality(house, body)
    _actions(house, body)
    colleague, meeting = house.staff["colleague"].post, house.ids["meeting"]
    house.ids |= objections(body, meeting, colleague)
    house.ids |= minuted(body, house.staff["secretary"])
    house.ids |= services(unit=below, beside=beside, staff=house.staff)
    _links(house)
    _worker(house)
    publishing.look_at_everything()
    return house


def _people(house: House, top: Unit, below: Unit, beside: Unit) -> None:
    egypt = UnitFactory.create(
        register=RegisterFactory.create(key="egypt", country="EG", language="ar"),
        name=called("اداره مصری", "إدارة مصرية"),
    )
    hired: dict[str, tuple[Unit, tuple[str, ...]]] = {
        "foreign": (egypt, ("head", "secretary", "administrator")),
        "colleague": (beside, ("officer",)),
        "officer": (below, ("officer",)),
        "member": (beside, ("officer",)),
        "secretary": (beside, ("officer",)),
        "head": (top, ("head",)),
        "administrator": (top, ("administrator",)),
    }
    for number, (who, (unit, roles)) in enumerate(hired.items()):
        house.staff[who] = _hire(unit, number, *roles)
    users: dict[str, User | None] = {who: one.user for who, one in house.staff.items()}
    extra = {
        "anonymous": None,
        "nobody": UserFactory.create(name="کاربر بی‌پست"),
        "elevated": UserFactory.create(name="راهبر سامانه", may_elevate=True),
    }
    users |= extra
    house.people = {who: users[who] for who in PEOPLE}


def _hire(unit: Unit, number: int, *roles: str) -> Staff:
    """A user in a post, both named in letters alone."""
    user = UserFactory.create(name=f"کارمند {LETTERS[number]}")
    post = PostFactory.create(unit=unit, roles=roles, name=_named("پست", "وظيفة", number))
    person = PersonFactory.create(
        register=unit.register, user=user, name=_named("شخص", "شخص", number)
    )
    return Staff(user, person, post, HoldingFactory.create(post=post, person=person))


LETTERS = ("الف", "ب", "ج", "د", "ه", "و", "ز", "ح", "ط")


def _named(fa: str, ar: str, number: int) -> dict[str, str]:
    return called(f"{fa} {LETTERS[number]}", f"{ar} {LETTERS[number]}")


def _directory(house: House, register: Register, top: Unit, below: Unit, beside: Unit) -> None:
    officer = house.staff["officer"]
    vacant = PostFactory.create(unit=below, name=called("پست خالی", "وظيفة شاغرة"))
    stranger = PersonFactory.create(register=register, name=called("شخص تازه", "شخص جديد"))
    handover = HandoverFactory.create(
        from_post=officer.post, from_person=officer.person, to_person=stranger
    )
    note = NoteFactory.create(unit=below, text=called("یافته", "ملاحظة"))
    partner = PartnerFactory.create(register=register, name=called("بانک نمونه", "بنك النموذج"))
    day = timezone.now().date() + timedelta(days=40)
    holiday = DeclaredHoliday.objects.create(
        country="IR", day=day, name=called("عید", "عيد"), status="estimated"
    )
    hours = OfficeHoursRow.objects.create(country="IR", opens=time(8), closes=time(14))
    house.ids |= {
        "holiday": holiday.pk,
        "hours": hours.pk,
        "unit_version": below.versions.get().pk,
        "post_version": officer.post.versions.get().pk,
        "register": register.pk,
        "top": top.pk,
        "unit": below.pk,
        "beside": beside.pk,
        "post": officer.post.pk,
        "vacant": vacant.pk,
        "person": officer.person.pk,
        "stranger": stranger.pk,
        "holding": officer.holding.pk,
        "handover": handover.pk,
        "note": note.pk,
        "partner": partner.pk,
    }


def _documents(house: House, register: Register, top: Unit) -> None:
    def made(key: str, **more: Any) -> Document:
        name = called("برنامه", "برنامج")
        return Document.objects.create(
            register=register, key=key, unit=top, kind="programme", name=name, **more
        )

    house.ids |= {
        "document": made("plan").pk,
        "public_document": made("public-plan", confidentiality="public").pk,
        "body_document": made("body-plan", confidentiality="body").pk,
    }


def _body(house: House, top: Unit) -> Body:
    body = BodyFactory.create(unit=top, name=called("شورای نمونه", "مجلس النموذج"), code="ش")
    TermFactory.create(body=body)
    seat(body, house.staff["secretary"], "secretary")
    membership = seat(body, house.staff["member"], "member")
    named = MembershipFactory.create(
        body=body, post=None, seat=called("نماینده مردم", "ممثل الأهالي"), role="member"
    )
    guest = UserFactory.create(name="نماینده دعوت‌شده")
    seated = BodySeatUserFactory.create(lineage=named.lineage, user=guest)
    house.ids |= {
        "body": body.pk,
        "membership": membership.lineage,  # known by its lineage, corrections aside
        "seated": seated.pk,
        "seat": named.lineage,
        "term": body.terms.get().pk,
    }
    return body


def _meetings(house: House, body: Body) -> None:
    meeting = MeetingFactory.create(body=body, number=1)
    planned = MeetingFactory.create(
        body=body,
        number=2,
        state=Meeting.State.PLANNED,
        date=timezone.now().date() + timedelta(days=9),
    )
    undated = MeetingFactory.create(body=body, number=3, date=None, imported=True)
    speaker = house.staff["member"].post
    item = AgendaItemFactory.create(meeting=planned, text=called("دستور", "بند"))
    statement = StatementFactory.create(
        meeting=meeting, speaker=speaker, text=called("سخن", "كلمة")
    )
    draft = ResolutionFactory.create(
        meeting=planned, state=Resolution.State.DRAFT, text=called("پیش‌نویس", "مشروع قرار")
    )
    resolution = ResolutionFactory.create(
        meeting=meeting, number="۱۴۰۵/ش/۱", text=called("مصوبه", "قرار")
    )
    house.ids |= {
        "meeting": meeting.pk,
        "planned": planned.pk,
        "undated": undated.pk,
        "item": item.pk,
        "attendance": _attendance(meeting, house.staff["member"].post).pk,
        "statement": statement.pk,
        "draft": draft.pk,
        "resolution": resolution.pk,
    }


def _attendance(meeting: Meeting, post: Post) -> Attendance:
    """The member's seat at a meeting."""
    return Attendance.objects.create(
        meeting=meeting, seat=post.pk, post=post, role="member", votes=True, status="present"
    )


def _by_confidentiality(house: House, body: Body) -> None:
    """A meeting, a resolution and an action of the officer's for each degree but internal."""
    for number, degree in enumerate(("public", "body", "named"), 5):
        meeting = MeetingFactory.create(body=body, number=number, confidentiality=degree)
        resolution = ResolutionFactory.create(
            meeting=meeting, number=f"۱۴۰۵/ش/{LETTERS[number]}", text=called("مصوبه", "قرار")
        )
        action = ActionFactory.create(
            resolution=resolution, owner=house.staff["officer"].post, text=called("کار", "عمل")
        )
        if degree == "named":
            for record in (meeting, resolution):
                record.named_posts.add(house.staff["colleague"].post)
        house.ids |= {
            f"{degree}_meeting": meeting.pk,
            f"{degree}_resolution": resolution.pk,
            f"{degree}_action": action.pk,
        }


def _actions(house: House, body: Body) -> None:
    resolution = Resolution.objects.get(pk=house.ids["resolution"])
    officer = house.staff["officer"]
    due = timezone.now().date() - timedelta(days=20)

    def made(state: str, *, owner: bool = True, of: Resolution = resolution) -> Action:
        return ActionFactory.create(
            resolution=of,
            owner=officer.post if owner else None,
            state=state,
            due=due,
            text=called("کار", "عمل"),
        )

    opened, doing, done, asked = (made("open") for _ in range(4))
    for action in (doing, done):
        start(officer.actor, action)
    proof = Proof("سند.txt", io.BytesIO("انجام".encode()))
    report_done(officer.actor, done, note="", proofs=[proof])
    request = ask_date(
        officer.actor, asked, PartialDate(timezone.now().date() + timedelta(30)), reason="داده"
    )
    old = ResolutionFactory.create(
        meeting=Meeting.objects.get(pk=house.ids["undated"]),
        number="۱",
        text=called("کهنه", "قديم"),
    )
    closed = made("closed")
    Action.objects.filter(pk=closed.pk).update(closed_at=timezone.now())
    house.ids |= {
        "action": opened.pk,
        "doing": doing.pk,
        "done": done.pk,
        "asked": asked.pk,
        "request": request.pk,
        "closed": closed.pk,
        "unowned": made("open", owner=False).pk,
        "unconfirmed": made("unconfirmed", of=old).pk,
        "proof": StoredFile.objects.get(subject_kind="councils.action_event").pk,
    }


def _webhook(house: House) -> dict[str, Any]:
    """A webhook of the officer's with a message that arrived, and a token of theirs."""
    officer = house.staff["officer"].actor
    hook = make_webhook(officer, "https://example.org/hook", ["councils.action_close"])
    message = ping(officer, hook.pk)
    Delivery.objects.filter(pk=message.pk).update(state=Delivery.State.DELIVERED)
    token = make_token(officer, TokenFields(name="برنامه", scopes=["desk:read"], days=30)).token
    feed = make_feed(officer)
    return {
        "webhook": hook.pk,
        "delivery": message.pk,
        "program": token.pk,
        "feed": feed.pk,
        "feed_secret": feed.token,
    }


def _links(house: House) -> None:
    actor = system()
    day = timedelta(days=1)
    person: UUID = house.ids["stranger"]
    invitation = issue(actor, "directory.person", person, life=day)
    user = house.staff["colleague"].user
    document = Ref("library.document", house.ids["document"])
    resolution = Ref("councils.resolution", house.ids["resolution"])
    nobody = Actor.system("آزمون")  # its label stands in the trail
    house.ids["link"] = links.join(nobody, document, links.Verb.EVIDENCES, resolution).pk
    password = issue(actor, USER_KIND, user.pk, life=day)
    house.ids |= {
        "invitation": invitation.invitation.pk,
        **_webhook(house),
        "join_token": invitation.token,
        "password_token": password.token,
        "user": user.pk,
    }


def _worker(house: House) -> None:
    """A job that gave up, and a notice that waits for somebody's word."""
    job = Job.objects.create(name="kernel.deliver", state=JobState.DEAD)
    notice = Notice.objects.create(
        kind="accounts.password_changed",
        address="somebody@example.org",
        channel="email",
        ref_kind="accounts.user",
        ref_id=job.pk,
        state=NoticeState.IN_DOUBT,
        text="…",
    )
    house.ids |= {"job": job.pk, "notice": notice.pk}
