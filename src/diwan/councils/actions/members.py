"""Who has a seat in a body, from when to when; and the users who act through a named seat."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from diwan.councils.constants import MEMBERSHIP
from diwan.councils.models import Body, BodySeatUser, Membership
from diwan.councils.models.bodies import Role
from diwan.councils.policies import BODIES, MEMBERSHIPS
from diwan.directory.public import Partner, Post, PostPattern, Unit
from diwan.kernel import audit
from diwan.kernel.calendars import PartialDate
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor

from .fields import MembershipFields, Somebody
from .writing import (
    checked_choice,
    checked_reason,
    checked_text,
    columns,
    existing,
    require_period,
    supersede,
)


@transaction.atomic
def add_member(
    actor: Actor,
    body: Body,
    who: Somebody,
    role: str,
    *,
    since: PartialDate | None = None,
    until: PartialDate | None = None,
) -> Membership:
    """Give somebody a seat. Raises NotFound, Forbidden, Refused (a second chair, twice one)."""
    through = BODIES.require(actor, "manage", body)
    Body.objects.select_for_update().get(pk=body.pk)
    last = Membership.objects.known().filter(body=body).aggregate(n=Max("position"))["n"]
    row = Membership(
        body=body,
        role=checked_choice(role, Role.values, "role"),
        position=0 if last is None else last + 1,
        **_seat(who),
        **columns("since", since),
        **columns("until", until),
    )
    _require_free(row)
    row.save(force_insert=True)
    changes = {"role": [None, row.role], "body": [None, body.name]}
    audit.record(actor, "add", _ref(row), changes=changes, through=through)
    return row


@transaction.atomic
def end_membership(actor: Actor, membership: Membership, *, on: PartialDate) -> Membership:
    """End a seat on a day. Raises NotFound, Forbidden, Refused."""
    through = MEMBERSHIPS.require(actor, "manage", membership)
    row = _current(membership)
    if row.until is not None and row.until <= on.first_day:
        raise Refused(_("This membership has already ended by then."), field="on")
    require_period(row.since, on.first_day, "on")
    ended = supersede(actor, row, columns("until", on), reason="")
    audit.record(
        actor,
        "end",
        _ref(row),
        changes={"until": [row.until, ended.until]},
        through=through,
    )
    return ended


@transaction.atomic
def correct_membership(
    actor: Actor, membership: Membership, fields: MembershipFields, *, reason: str
) -> Membership:
    """Mend a mistake in the record of a seat; what stood before stays readable with the reason."""
    through = MEMBERSHIPS.require(actor, "manage", membership)
    why = checked_reason(reason)
    row = _current(membership)
    values: dict[str, Any] = {}
    if "who" in fields:
        values |= _seat(fields["who"])
    if "role" in fields:
        values["role"] = checked_choice(fields["role"], Role.values, "role")
    if "since" in fields:
        values |= columns("since", fields["since"]) | {"since_event": None}
    if "until" in fields:
        values |= columns("until", fields["until"]) | {"until_event": None}
    if "position" in fields:
        values["position"] = fields["position"]
    changes = audit.differences(audit.values_of(row, list(values)), values)
    if not changes:
        return row
    mended = supersede(actor, row, values, reason=why)
    _require_free(mended)
    audit.record(actor, "correct", _ref(row), changes=changes, reason=why, through=through)
    return mended


@transaction.atomic
def seat_user(actor: Actor, lineage: UUID, user_id: UUID) -> BodySeatUser:
    """Let a user act through a named seat or a partner's membership.

    Called when an invitation is accepted: the invitation was the right. Raises NotFound, Refused.
    """
    row = Membership.objects.known().filter(lineage=lineage).first()
    if row is None:
        raise NotFound
    if row.seat is None and row.partner_id is None:
        raise Refused(_("Who holds a post acts through it and needs no invitation."))
    joined, made = BodySeatUser.objects.get_or_create(
        lineage=lineage, user_id=user_id, until_at=None, defaults={"since_at": actor.at}
    )
    if made:
        audit.record(actor, "join", _ref(row), changes={"user": [None, user_id]})
    return joined


@transaction.atomic
def unseat_user(actor: Actor, seated: BodySeatUser) -> BodySeatUser:
    """End a user's acting through a seat. Raises NotFound, Forbidden."""
    row = Membership.objects.known().filter(lineage=seated.lineage).first()
    if row is None:
        raise NotFound
    through = MEMBERSHIPS.require(actor, "manage", row)
    if seated.until_at is None:
        seated.until_at = actor.at
        seated.save(update_fields=["until_at"])
        audit.record(
            actor, "leave", _ref(row), changes={"user": [seated.user_id, None]}, through=through
        )
    return seated


def _ref(row: Membership) -> Ref:
    """A seat is known by its lineage, which corrections leave as it is."""
    return Ref(MEMBERSHIP, row.lineage)


def _current(membership: Membership) -> Membership:
    """The row believed now of a seat's lineage, locked. Raises NotFound where it was taken back."""
    rows = Membership.objects.known().select_for_update()
    row = rows.filter(lineage=membership.lineage).first()
    if row is None:
        raise NotFound
    return row


def _seat(who: Somebody) -> dict[str, Any]:
    """The columns of who it is. Raises Refused unless exactly one is named."""
    named = [who.post_id, who.post_pattern_id, who.unit_id, who.partner_id, who.seat or None]
    if sum(value is not None for value in named) != 1:
        raise Refused(
            _("Name one member: a post, a unit whose head it is, a partner, or a seat."),
            field="who",
        )
    return {
        "post": existing(Post, who.post_id, "who"),
        "post_pattern": existing(PostPattern, who.post_pattern_id, "who"),
        "unit": existing(Unit, who.unit_id, "who"),
        "partner": existing(Partner, who.partner_id, "who"),
        "seat": checked_text(who.seat, "who") if who.seat else None,
    }


def _require_free(row: Membership) -> None:
    """Raise Refused where the seat is taken in that time: a second chair, or the same one twice."""
    require_period(row.since, row.until)
    others = [
        other
        for other in Membership.objects.known().filter(body=row.body_id).exclude(pk=row.pk)
        if _overlap(row, other)
    ]
    if row.role == Role.CHAIR and any(other.role == Role.CHAIR for other in others):
        raise Refused(
            _("The body has a chair in that time. End that membership first."), field="role"
        )
    if any(_same(row, other) for other in others):
        raise Refused(
            _("This member has a seat in the body in that time. End or correct that one."),
            field="who",
        )


def _overlap(one: Membership, other: Membership) -> bool:
    starts = one.since is None or other.until is None or one.since < other.until
    ends = other.since is None or one.until is None or other.since < one.until
    return starts and ends


def _same(one: Membership, other: Membership) -> bool:
    names = ("post_id", "post_pattern_id", "unit_id", "partner_id", "seat")
    return all(getattr(one, name) == getattr(other, name) for name in names)
