"""Who asks: real holders of posts of the house that is measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from diwan.accounts.public import User
from diwan.councils.models import Action, Body, Meeting, Membership, Resolution
from diwan.directory.models import Handover
from diwan.directory.public import Holding, Person, Post, Unit, UnitPath


@dataclass(frozen=True)
class Somebody:
    """A user and the post through which they are somebody here."""

    user: User
    post: Post


@dataclass(frozen=True)
class Cast:
    """Those who ask, and what they look at."""

    officer: Somebody
    secretary: Somebody
    head: Somebody
    top_head: Somebody
    successor: Somebody
    handover_ids: list[UUID]
    unit_ids: list[UUID]
    big_unit: UUID
    body_ids: list[UUID]
    meeting_ids: list[UUID]
    resolution_ids: list[UUID]
    action_ids: list[UUID]
    numbers: list[str]
    busiest_body: UUID


def cast() -> Cast:
    """The officer who owes most, the secretary who runs most, a head in the middle, one on top."""
    now = timezone.now()
    owing = Action.objects.filter(
        state__in=("open", "doing"), owner__versions__roles__contains=" officer "
    )
    officers = owing.values("owner").annotate(n=Count("id")).order_by("-n", "owner")
    wide = UnitPath.objects.on(now.date()).values("ancestor").annotate(n=Count("id")).order_by("-n")
    tops = [row["ancestor"] for row in wide[:40]]
    middle = [row["ancestor"] for row in wide.filter(depth__gte=1, n__gte=8)[40:80]] or tops
    head, top = _first(_heads(middle), now), _first(_heads(tops), now)
    officer = _first([row["owner"] for row in officers[:60]], now)
    secretary = _first(_secretaries(), now)
    units = Unit.objects.existing(now.date()).filter(country=head.post.unit.country)
    bodies = Body.objects.filter(unit__country=secretary.post.unit.country)
    open_ones = bodies.exclude(confidentiality="body").order_by("key")
    body_ids = list(open_ones.values_list("pk", flat=True)[:200])
    mine = owing.filter(owner=officer.post)
    successor, handover_ids = _successor(now)
    return Cast(
        officer=officer,
        secretary=secretary,
        head=head,
        top_head=top,
        successor=successor,
        handover_ids=handover_ids,
        unit_ids=list(units.order_by("key").values_list("pk", flat=True)[:400]),
        big_unit=top.post.unit_id,
        body_ids=body_ids,
        meeting_ids=_open_ids(Meeting, body_ids),
        resolution_ids=_open_ids(Resolution, body_ids),
        action_ids=list(mine.order_by("-key").values_list("pk", flat=True)[:400]),
        numbers=list(Resolution.objects.order_by("-id").values_list("number", flat=True)[:50]),
        busiest_body=_busiest_body(officer.post.unit.country),
    )


def _secretaries() -> list[UUID]:
    """The posts that are secretary of most bodies."""
    seats = Membership.objects.known().filter(role="secretary", post__isnull=False)
    rows = seats.values("post").annotate(n=Count("id")).order_by("-n", "post")
    return [row["post"] for row in rows[:40]]


def _open_ids(model: type[Meeting | Resolution], body_ids: list[UUID]) -> list[UUID]:
    """Records of these bodies that everybody in the country may see, the newest first."""
    rows = model._default_manager.filter(body__in=body_ids[:20], confidentiality="internal")  # noqa: SLF001 # Django's documented name
    return list(rows.order_by("-pk").values_list("pk", flat=True)[:200])


def _successor(at: datetime) -> tuple[Somebody, list[UUID]]:
    """Somebody who took a post over and holds it still, and the sheets of it."""
    taken = Handover.objects.filter(to_person__user__isnull=False, settled_at__isnull=False)
    for handover in taken.select_related("to_person__user", "to_post__unit").order_by("-at"):
        holds = Holding.objects.at(at).filter(
            post_id=handover.to_post_id, person_id=handover.to_person_id
        )
        person = handover.to_person
        if person is not None and person.user is not None and holds.exists():
            return Somebody(person.user, handover.to_post), [handover.pk]
    raise LookupError("nobody who took a post over is a user")


def _busiest_body(country: str) -> UUID:
    """The body of the country that met most often."""
    met = Meeting.objects.filter(body__unit__country=country).values("body")
    found: UUID = met.annotate(n=Count("id")).order_by("-n", "body")[0]["body"]
    return found


def _heads(unit_ids: list[UUID]) -> list[UUID]:
    """The posts with the role head of these units, in the units' order."""
    rows = Post.objects.filter(unit_id__in=unit_ids, versions__roles__contains=" head ")
    posts = dict(rows.values_list("unit_id", "pk"))
    return [posts[pk] for pk in unit_ids if pk in posts]


def _first(post_ids: list[UUID], at: datetime) -> Somebody:
    """The first of the posts that somebody with a user holds. Raises LookupError."""
    for pk in post_ids:
        holding = Holding.objects.at(at).filter(post_id=pk, person__user__isnull=False).first()
        if holding is not None:
            person = Person.objects.select_related("user").get(pk=holding.person_id)
            if person.user is not None:
                return Somebody(person.user, Post.objects.select_related("unit").get(pk=pk))
    raise LookupError("nobody holds any of these posts")
