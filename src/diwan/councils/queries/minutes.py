"""Versions of minutes: which there are, whose signature they wait for, who may read how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from diwan.councils.constants import MEETING
from diwan.councils.models import (
    Action,
    AgendaItem,
    Meeting,
    MinutesSignature,
    MinutesVersion,
    Resolution,
)
from diwan.councils.policies import ACTIONS, AGENDA, MEETINGS, RESOLUTIONS, SIGNATURES
from diwan.councils.queries.bylaws import bylaws_of
from diwan.councils.rules.minutes import Content, checksum, part_of
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor, ActorKind

SEALED = MinutesVersion.State.SEALED
SIGNED = MinutesVersion.State.SIGNED
SEAL = "seal_minutes"
"""The verb of the entry that keeps a version's checksum under the audit's own seals."""


def versions_of(meeting: Meeting) -> list[MinutesVersion]:
    """All versions of a meeting's minutes with their signatures, the latest first."""
    rows = MinutesVersion.objects.filter(meeting=meeting).prefetch_related("signatures")
    return list(rows.order_by("-number"))


def valid_of(versions: Sequence[MinutesVersion]) -> MinutesVersion | None:
    """The signed version that holds now, None where there is none."""
    return next((row for row in versions if row.state == SIGNED), None)


def waiting_of(versions: Sequence[MinutesVersion]) -> MinutesVersion | None:
    """The version that waits for signatures, None where none does."""
    return next((row for row in versions if row.state == SEALED), None)


def own_signatures(actor: Actor, meeting_id: UUID) -> list[MinutesSignature]:
    """The places where the actor signs versions of a meeting's minutes, signed or not."""
    rows = MinutesSignature.objects.filter(SIGNATURES.own(actor), version__meeting=meeting_id)
    return list(rows)


def version_by_code(code: str) -> MinutesVersion | None:
    """The version that has this code, with all that is told of it to whoever holds the paper."""
    rows = MinutesVersion.objects.filter(code=code)
    return rows.select_related("meeting__body__unit", "meeting__register").first()


def waiting_signatures(actor: Actor) -> QuerySet[MinutesSignature]:
    """Where the actor's signature is waited for."""
    rows = MinutesSignature.objects.filter(signed_at__isnull=True, version__state=SEALED)
    return rows.filter(SIGNATURES.own(actor)).select_related("version__meeting__body")


@dataclass(frozen=True)
class Readable:
    """What of some minutes somebody may read; `whole` is all of it."""

    content: Content
    whole: bool


def readable_to(actor: Actor, meeting: Meeting, content: Content, *, signs: bool) -> Readable:
    """The part of a content that the actor may read, by what stands in the record now.

    Who signs a version reads all of it. Others read the items, resolutions and actions that they
    may see, and the rest where they may read the meeting. Who has not signed in reads names of
    those who were there only where the body's rules make them public.
    """
    if signs or actor.elevated:
        return Readable(content, whole=True)
    full = MEETINGS.may(actor, "read", meeting)
    seen = part_of(
        content,
        items=_ids(AGENDA.which(actor, "see", AgendaItem.objects.filter(meeting=meeting))),
        resolutions=_ids(
            RESOLUTIONS.which(actor, "see", Resolution.objects.filter(meeting=meeting))
        ),
        actions=_ids(
            ACTIONS.which(actor, "see", Action.objects.filter(resolution__meeting=meeting))
        ),
        full=full,
    )
    whole = full and all(
        len(seen[part]) == len(content[part])
        for part in ("items", "resolutions", "actions", "votes", "dissents")
    )
    if actor.kind is not ActorKind.USER and not bylaws_of(meeting.body).members_public:
        return Readable(_nameless(seen), whole=False)
    return Readable(seen, whole=whole)


def _ids(rows: QuerySet[Any]) -> set[str]:
    return {str(pk) for pk in rows.order_by().values_list("pk", flat=True)}


def _nameless(content: Content) -> Content:
    """The same without the names of persons: their posts stand for them."""
    return {**content, "people": {}}


def fits(version: MinutesVersion) -> bool:
    """Whether a version is what was sealed: by its checksum, and by the audit's entry of it.

    The entry lies under seals of its own (`docs/audit.md`), so that who changes content and
    checksum alike in the database is found out all the same.
    """
    if checksum(version.content) != version.sha256:
        return False
    told = AuditEntry.objects.filter(subject_kind=MEETING, subject_id=version.meeting_id, verb=SEAL)
    return [None, version.sha256] in told.values_list("changes__sha256", flat=True)
