"""The handover: one holding ends and another begins at an instant, and a sheet remains.

Duties belong to the post, so nothing is moved: at the instant they are the successor's, because
the post is. The sheet keeps what was open then, as it was shown, in the three languages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from diwan.directory.constants import HANDOVER
from diwan.directory.models import Handover, Holding, Need, Person, Post
from diwan.directory.policies import handover_policy, person_policy, post_policy
from diwan.directory.queries.names import TextMap, shown_instant, shown_person, shown_post
from diwan.directory.queries.signing import standing_of
from diwan.kernel import audit, jobs
from diwan.kernel.countries import country as country_of
from diwan.kernel.errors import Conflict, Refused
from diwan.kernel.policies import Actor
from diwan.kernel.working import today_in

from .base import clean_text_map, made_key, ref
from .holdings import Kind, close_holding, put_in
from .seats import locked_post
from .sheets import sheet_at
from .signing import ask_to_sign


@dataclass(frozen=True)
class HandoverPlan:
    """Who hands which post over to whom, when.

    `from_person` None: the post was vacant; `to_person` None: it stays vacant. `to_post` None: the
    same post; another one where the successor takes the duties into a post of their own. `kind` is
    how the successor holds it, full or acting. `needs` are what the outgoing holder says is still
    needed.
    """

    from_post: Post
    at: datetime
    from_person: Person | None = None
    to_person: Person | None = None
    to_post: Post | None = None
    kind: str = Kind.FULL
    needs: Sequence[TextMap] = ()


@transaction.atomic
def hand_over(actor: Actor, plan: HandoverPlan) -> Handover:
    """End one holding and begin another at the instant, and write the sheet.

    An instant to come is allowed: rights pass when it has come, and the sheet is written anew then.
    Raises Refused where the one does not hold the post then, or the other may not take it.
    """
    to_post = plan.to_post or plan.from_post
    through = post_policy.require(actor, "hand_over", plan.from_post)
    if to_post.pk != plan.from_post.pk:
        post_policy.require(actor, "appoint", to_post)
    for person in (plan.from_person, plan.to_person):
        if person is not None:
            person_policy.require(actor, "see", person)
    _check_plan(plan)
    needs = [clean_text_map(text, field="needs") for text in plan.needs]
    _pass(plan, to_post)
    # Asked after the holdings have passed, as at an instant to come: who stands below is theirs.
    sheet = sheet_at(plan.from_post.pk, plan.at, made_at=actor.at)
    handover = _stored(actor, plan, to_post, sheet)
    _add_needs(handover, needs)
    audit.record(
        actor,
        "hand_over",
        ref(HANDOVER, handover.pk),
        changes={
            "from_post": [None, plan.from_post.pk],
            "from_person": [None, handover.from_person_id],
            "to_post": [None, to_post.pk],
            "to_person": [None, handover.to_person_id],
            "at": [None, plan.at],
            "kind": [None, str(plan.kind)],
            "needs": [None, needs],
        },
        through=through,
    )
    jobs.enqueue(
        "directory.tell_handover", {"handover": handover.pk, "by": actor.user_id}, actor=actor
    )
    return handover


def _check_plan(plan: HandoverPlan) -> None:
    if plan.from_person is None and plan.to_person is None:
        raise Refused(_("Name who hands over, who takes over, or both."), field="to_person")
    same_post = plan.to_post is None or plan.to_post.pk == plan.from_post.pk
    if same_post and plan.from_person and plan.from_person == plan.to_person:
        raise Refused(_("The post passes to somebody else."), field="to_person")
    if plan.kind not in (Kind.FULL, Kind.ACTING):
        raise Refused(_("The successor holds the post fully or as acting."), field="kind")


def _pass(plan: HandoverPlan, to_post: Post) -> None:
    """End the one holding, begin the other; posts are locked in a fixed order."""
    locked = {pk: locked_post(pk) for pk in sorted({plan.from_post.pk, to_post.pk})}
    if plan.from_person is not None:
        close_holding(_held_by(plan.from_person, locked[plan.from_post.pk], plan.at), plan.at)
    if plan.to_person is not None:
        _end_acting(plan.to_person, locked[to_post.pk], plan.at)
        put_in(plan.to_person, locked[to_post.pk], plan.at, None, kind=plan.kind)


def _held_by(person: Person, post: Post, at: datetime) -> Holding:
    """The person's holding of the post at that instant, full before acting. Raises Refused."""
    rows = [
        row
        for row in Holding.objects.at(at)
        .filter(post=post, person=person)
        .exclude(kind=Kind.DEPUTY)
        .select_related("post__unit")
        if row.since_at is None or row.since_at < at
    ]
    rows.sort(key=lambda row: row.kind != Kind.FULL)
    if not rows:
        country = post.unit.country
        raise Refused(
            _("%(person)s does not hold “%(post)s” on %(when)s. Choose who does, or another time.")
            % {
                "person": shown_person(person.pk),
                "post": shown_post(post.pk, today_in(country, at)),
                "when": shown_instant(at, country),
            },
            field="from_person",
        )
    return rows[0]


def _end_acting(person: Person, post: Post, at: datetime) -> None:
    """Who was acting or deputising in the post goes on as its holder from then on."""
    rows = Holding.objects.at(at).filter(post=post, person=person).exclude(kind=Kind.FULL)
    for row in rows.select_related("post__unit"):
        if row.since_at is None or row.since_at < at:
            close_holding(row, at)


def _stored(actor: Actor, plan: HandoverPlan, to_post: Post, sheet: dict[str, Any]) -> Handover:
    handover = Handover(
        register=plan.from_post.register,
        from_post=plan.from_post,
        from_person=plan.from_person,
        to_post=to_post,
        to_person=plan.to_person,
        at=plan.at,
        at_calendar=country_of(plan.from_post.unit.country).calendar.value,
        sheet=sheet,
        settled_at=actor.at if plan.at <= actor.at else None,
        made_at=actor.at,
    )
    handover.key = made_key("handover", handover.pk)
    handover.save(force_insert=True)
    return handover


def _add_needs(handover: Handover, texts: Sequence[TextMap]) -> list[Need]:
    place = handover.needs.count()
    needs = []
    for position, text in enumerate(texts, start=place):
        need = Need(register=handover.register, handover=handover, text=text, position=position)
        need.key = made_key("need", need.pk)
        need.save(force_insert=True)
        needs.append(need)
    return needs


@transaction.atomic
def add_need(actor: Actor, handover: Handover, text: TextMap) -> Need:
    """Add what is still needed to a handover's sheet; for those who hand over and take over.

    Raises Conflict once both sides have signed it.
    """
    through = handover_policy.require(actor, "add_need", handover)
    clean = clean_text_map(text, field="text")
    row = Handover.objects.select_for_update(of=("self",)).get(pk=handover.pk)
    if standing_of(row).closed:
        raise Conflict(_("Both sides have signed this sheet; nothing is added to it any more."))
    (need,) = _add_needs(row, [clean])
    changes = {"needs": [None, [clean]]}
    audit.record(actor, "add_need", ref(HANDOVER, handover.pk), changes=changes, through=through)
    return need


def settle_handovers(at: datetime) -> None:
    """Write the sheets of handovers whose instant has come. Runs every minute."""
    due = Handover.objects.filter(settled_at__isnull=True, at__lte=at)
    for pk in due.order_by("at", "id").values_list("pk", flat=True):
        _settle(pk, at)


@transaction.atomic
def _settle(handover_id: UUID, at: datetime) -> None:
    row = Handover.objects.select_for_update(of=("self",)).get(pk=handover_id)
    if row.settled_at is not None or row.at is None:
        return
    row.sheet = sheet_at(row.from_post_id, row.at, made_at=at)
    row.settled_at = at
    row.save(update_fields=["sheet", "settled_at"])
    actor = Actor.system("handover sheets", at=at)
    changes = {"items": [None, len(row.sheet["items"])]}
    audit.record(actor, "settle", ref(HANDOVER, row.pk), changes=changes)
    ask_to_sign(row)
