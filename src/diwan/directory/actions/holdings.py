"""Who holds which post from when to when: appointing, deputising, ending, correcting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from diwan.directory.constants import POST
from diwan.directory.models import Holding, Person, Post
from diwan.directory.policies import holding_policy, person_policy, post_policy
from diwan.directory.queries.names import shown_instant, shown_person, shown_post
from diwan.directory.rules.seats import ALWAYS_SINCE, ALWAYS_UNTIL
from diwan.kernel import audit
from diwan.kernel.countries import country as country_of
from diwan.kernel.errors import Conflict, Refused
from diwan.kernel.policies import Actor
from diwan.kernel.working import today_in

from .base import clean_reason, ref
from .posts import post_not_there_sentence
from .revise import copy_of, revise, supersede
from .seats import check_seats, is_single, locked_post, seat_taken_refused, seat_terms
from .units import UNCHANGED

Kind = Holding.Kind


@dataclass(frozen=True)
class HoldingCorrection:
    """What a holding should have said; `since_at` and `until_at` None: open."""

    person: Person = UNCHANGED
    kind: str = UNCHANGED
    since_at: datetime | None = UNCHANGED
    until_at: datetime | None = UNCHANGED


@transaction.atomic
def appoint(
    actor: Actor,
    person: Person,
    post: Post,
    *,
    since_at: datetime | None,
    until_at: datetime | None = None,
    kind: str = Kind.FULL,
) -> Holding:
    """Put a person into a post, fully or as acting, from an instant (None: before the record).

    Raises Refused where the post does not exist then, all its seats are taken (by name), or the
    person holds it already.
    """
    through = post_policy.require(actor, "appoint", post)
    person_policy.require(actor, "see", person)
    if kind not in (Kind.FULL, Kind.ACTING):
        raise Refused(_("One is appointed fully or as acting; a deputy is named by the holder."))
    holding = put_in(person, locked_post(post.pk), since_at, until_at, kind=kind)
    audit.record(
        actor,
        "appoint",
        ref(POST, post.pk),
        changes=told_holding(holding),
        through=through,
    )
    return holding


def put_in(
    person: Person,
    post: Post,
    since_at: datetime | None,
    until_at: datetime | None,
    *,
    kind: str,
) -> Holding:
    """Store a holding of a locked post, checked; a post with an end of its own ends it, too."""
    if since_at is not None and until_at is not None and since_at >= until_at:
        raise Refused(_("It would end before it begins. Check both instants."), field="until_at")
    if person.register.country != post.unit.country:
        raise Refused(
            _("Somebody of another country's register cannot hold this post."), field="person"
        )
    until_at = _within_post(post, since_at, until_at)
    _refuse_twice(person, post, since_at, until_at)
    calendar = country_of(post.unit.country).calendar.value
    holding = Holding(
        person=person,
        post=post,
        kind=kind,
        since_at=since_at,
        until_at=until_at,
        since_calendar=calendar,
        until_calendar=calendar,
        single=is_single(post, since_at, until_at),
        recorded_at=timezone.now(),
    )
    check_seats(post, adding=holding)
    with seat_taken_refused(post, since_at):
        holding.save(force_insert=True)
    return holding


def _within_post(
    post: Post, since_at: datetime | None, until_at: datetime | None
) -> datetime | None:
    """The end of the holding: its own, or the post's if that comes first. Raises Refused."""
    terms = seat_terms(post)
    since = since_at or min((term.since for term in terms), default=ALWAYS_SINCE)
    end = max((term.until for term in terms), default=ALWAYS_SINCE)
    if not any(term.since <= since < term.until for term in terms):
        day = today_in(post.unit.country, since) if since_at else since.date()
        raise Refused(post_not_there_sentence(post, day), field="since_at")
    if until_at is not None and until_at > end:
        raise Refused(
            _("“%(post)s” ends on %(when)s, before that.")
            % {
                "post": shown_post(post.pk, today_in(post.unit.country, since)),
                "when": shown_instant(end, post.unit.country),
            },
            field="until_at",
        )
    return until_at if until_at is not None or end == ALWAYS_UNTIL else end


def _refuse_twice(
    person: Person,
    post: Post,
    since_at: datetime | None,
    until_at: datetime | None,
    *,
    but: Holding | None = None,
) -> None:
    """Raise Refused where the person holds the post at that time already."""
    rows = overlapping(post, since_at, until_at).filter(person=person)
    row = rows.exclude(pk=but.pk if but else None).first()
    if row is None:
        return
    country = post.unit.country
    since = row.since_at
    raise Refused(
        _("%(person)s holds this post already, since %(when)s. Change or end that holding.")
        % {
            "person": shown_person(person.pk),
            "when": shown_instant(since, country) if since else _("the beginning of the record"),
        },
        field="person",
    )


def overlapping(post: Post, since_at: datetime | None, until_at: datetime | None) -> Any:
    """Believed holdings of the post that share an instant with [since_at, until_at)."""
    rows = Holding.objects.known().filter(post=post)
    if until_at is not None:
        rows = rows.filter(Q(since_at__isnull=True) | Q(since_at__lt=until_at))
    if since_at is not None:
        rows = rows.filter(Q(until_at__isnull=True) | Q(until_at__gt=since_at))
    return rows


def told_holding(holding: Holding) -> dict[str, list[Any]]:
    """A new holding as the audit's changes."""
    return {
        "person": [None, holding.person_id],
        "kind": [None, str(holding.kind)],
        "since": [None, holding.since_at],
        "until": [None, holding.until_at],
    }


@transaction.atomic
def depute(
    actor: Actor,
    holding: Holding,
    person: Person,
    *,
    since_at: datetime,
    until_at: datetime,
    reason: str,
) -> Holding:
    """Let a person stand in for a holder's leave, named by the holder or a head above.

    The holder keeps the post and its rights; both dates and the reason are needed. Raises Refused
    where the leave reaches beyond the holding, and where another deputy stands in at that time.
    """
    through = holding_policy.require(actor, "depute", holding)
    person_policy.require(actor, "see", person)
    post = locked_post(holding.post_id)
    row = current(holding)
    why = clean_reason(reason)
    if row.kind == Kind.DEPUTY:
        raise Refused(_("A deputy names no deputy; the holder or a head above does."))
    if person.pk == row.person_id:
        raise Refused(_("The deputy is somebody else than the holder."), field="person")
    if since_at < (row.since_at or ALWAYS_SINCE) or until_at > (row.until_at or ALWAYS_UNTIL):
        raise Refused(
            _("The leave lies within the holding; this holder's ends or begins between."),
            field="until_at",
        )
    _refuse_overlapping(post, since_at, until_at)
    deputy = put_in(person, post, since_at, until_at, kind=Kind.DEPUTY)
    changes = {**told_holding(deputy), "for": [None, row.person_id]}
    audit.record(actor, "depute", ref(POST, post.pk), changes=changes, reason=why, through=through)
    return deputy


def _refuse_overlapping(post: Post, since_at: datetime, until_at: datetime) -> None:
    """Raise Refused where every holder at that time has a deputy already; the first is named."""
    if since_at >= until_at:
        return  # refused by name where the holding is stored
    rows = overlapping(post, since_at, until_at)
    deputies = list(rows.filter(kind=Kind.DEPUTY).order_by("since_at", "pk"))
    holders = set(rows.exclude(kind=Kind.DEPUTY).values_list("person_id", flat=True))
    if not deputies or len(deputies) < len(holders):
        return
    country = post.unit.country
    raise Refused(
        _(
            "%(person)s stands in from %(since)s until %(until)s already. Choose a leave before or "
            "after that, or end that deputy first."
        )
        % {
            "person": shown_person(deputies[0].person_id),
            "since": shown_instant(deputies[0].since_at or ALWAYS_SINCE, country),
            "until": shown_instant(deputies[0].until_at or ALWAYS_UNTIL, country),
        },
        field="since_at",
    )


def current(holding: Holding) -> Holding:
    """The holding as it is believed now, locked. Raises Conflict if it was changed meanwhile."""
    row = (
        Holding.objects.select_for_update(of=("self",))
        .known()
        .filter(lineage=holding.lineage)
        .select_related("post__unit", "person__register")
        .first()
    )
    if row is None or row.pk != holding.pk:
        raise Conflict(
            _("Somebody changed this holding meanwhile. Look at it again before you go on.")
        )
    return row


@transaction.atomic
def end_holding(actor: Actor, holding: Holding, *, at: datetime) -> None:
    """End a holding at an instant; deputies who stand in for it end with it.

    Raises Refused where it had not begun or had ended by then.
    """
    through = holding_policy.require(actor, "end", holding)
    locked_post(holding.post_id)
    row = current(holding)
    before = row.until_at
    close_holding(row, at)
    audit.record(
        actor,
        "end_holding",
        ref(POST, row.post_id),
        changes={"person": [row.person_id, row.person_id], "until": [before, at]},
        through=through,
    )


def close_holding(row: Holding, at: datetime) -> None:
    """End a believed holding of a locked post, and its deputies' with it."""
    country = row.post.unit.country
    if row.since_at is not None and at <= row.since_at:
        raise Refused(
            _("The holding begins only on %(when)s; it can end after that.")
            % {"when": shown_instant(row.since_at, country)},
            field="at",
        )
    if row.until_at is not None and row.until_at <= at:
        raise Refused(
            _("The holding ends on %(when)s already.")
            % {"when": shown_instant(row.until_at, country)},
            field="at",
        )
    now = timezone.now()
    ends: dict[str, Any] = {
        "until_at": at,
        "until_precision": "day",
        "until_calendar": country_of(country).calendar.value,
        "until_event": None,
    }
    revise(row, now, **ends)
    if row.kind == Kind.DEPUTY:
        return
    others = overlapping(row.post, at, None).exclude(kind=Kind.DEPUTY).exclude(person=row.person)
    if others.filter(Q(since_at__isnull=True) | Q(since_at__lt=at)).exists():
        return  # somebody else holds it, too, whose leave it may be
    for deputy in overlapping(row.post, at, None).filter(kind=Kind.DEPUTY):
        if deputy.since_at >= at:
            supersede(deputy, now, reason=_("The holding for which it stood in ends before."))
        else:
            revise(deputy, now, **ends)


@transaction.atomic
def correct_holding(
    actor: Actor, holding: Holding, correction: HoldingCorrection, *, reason: str
) -> Holding:
    """Put right who held the post, how, or from when to when; what was believed stays readable."""
    through = holding_policy.require(actor, "correct", holding)
    why = clean_reason(reason)
    post = locked_post(holding.post_id)
    row = current(holding)
    values = _corrected(actor, row, correction)
    if not values:
        raise Refused(_("Nothing would change: this is what it says already."))
    since, until = values.get("since_at", row.since_at), values.get("until_at", row.until_at)
    if since is not None and until is not None and since >= until:
        raise Refused(_("It would end before it begins. Check both instants."), field="until_at")
    values["until_at"] = until = _within_post(post, since, until)
    person = correction.person if correction.person is not UNCHANGED else row.person
    _refuse_twice(person, post, since, until, but=row)
    values["single"] = is_single(post, since, until)
    now = timezone.now()
    check_seats(post, adding=copy_of(row, now, **values), instead_of=row)
    with seat_taken_refused(post, since):
        new = revise(row, now, reason=why, **values)
    changes = audit.differences(_plain(row), _plain(new))
    audit.record(
        actor, "correct_holding", ref(POST, post.pk), changes=changes, reason=why, through=through
    )
    return new


def _corrected(actor: Actor, row: Holding, correction: HoldingCorrection) -> dict[str, Any]:
    """The columns that a correction changes."""
    values: dict[str, Any] = {}
    if correction.person is not UNCHANGED and correction.person.pk != row.person_id:
        person_policy.require(actor, "see", correction.person)
        values["person_id"] = correction.person.pk
    if correction.kind is not UNCHANGED and correction.kind != row.kind:
        if correction.kind not in Kind.values:
            raise Refused(_("Choose fully, as acting, or as deputy."), field="kind")
        values["kind"] = correction.kind
    calendar = country_of(row.post.unit.country).calendar.value
    for side in ("since", "until"):
        given = getattr(correction, f"{side}_at")
        if given is not UNCHANGED and given != getattr(row, f"{side}_at"):
            values[f"{side}_at"] = given
            values[f"{side}_precision"] = "day"
            values[f"{side}_calendar"] = calendar
            values[f"{side}_event"] = None
    dates = [values.get(f"{side}_at", getattr(row, f"{side}_at")) for side in ("since", "until")]
    if values.get("kind", row.kind) == Kind.DEPUTY and None in dates:
        raise Refused(_("A leave has a beginning and an end; give both."), field="until_at")
    return values


def _plain(row: Holding) -> dict[str, Any]:
    return {
        "person": row.person_id,
        "kind": str(row.kind),
        "since": row.since_at,
        "until": row.until_at,
    }


@transaction.atomic
def withdraw_holding(actor: Actor, holding: Holding, *, reason: str) -> None:
    """Say that a holding never was (or will not be); it stays readable with the reason."""
    through = holding_policy.require(actor, "correct", holding)
    why = clean_reason(reason)
    locked_post(holding.post_id)
    row = current(holding)
    supersede(row, timezone.now(), reason=why)
    changes = {name: [value, None] for name, value in _plain(row).items()}
    audit.record(
        actor,
        "withdraw_holding",
        ref(POST, row.post_id),
        changes=changes,
        reason=why,
        through=through,
    )
