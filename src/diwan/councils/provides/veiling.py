"""Which entries of a trail say more than their reader may know.

Whoever sees a record may know that it was changed, by whom and when. What an entry *says* can be
less open than the record is now: agenda items for named posts and statements stand in their
meeting's trail, drafts in their resolution's, and what was opened to more people was once for few.
Whoever runs the body reads everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from diwan.councils.constants import BODY, MEETING, RESOLUTION
from diwan.councils.models import AgendaItem, Body, Meeting, Resolution
from diwan.councils.policies import AGENDA, BODIES, MEETINGS, RESOLUTIONS, seats_of
from diwan.kernel.audit import before_opening
from diwan.kernel.exchange import Ref
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor, Confidentiality

from .conduct import CONDUCT_VERBS

ITEM_VERBS = frozenset(
    {"add_item", "propose_item", "change_item", "remove_item", "add_paper", "remove_paper"}
)
ASIDE = frozenset({"drop_point", "take_back_drop"})
"""What stood on no agenda: whoever runs the body was offered it, and nobody else."""
CONDUCT = frozenset(CONDUCT_VERBS) - {"open", "close"}
"""Who came, stepped out and voted how: for the body's members, as its minutes are."""
DRAFTING = frozenset({"draft", "change"})
LEVELS = Confidentiality.values


def of_body(entries: Sequence[AuditEntry], actor: Actor) -> set[UUID]:
    """Everything for who may see the name alone; else what stood before the body was opened."""
    body = Body.objects.filter(pk=entries[0].subject_id).first()
    if body is None or not BODIES.may(actor, "read", body):
        return {entry.pk for entry in entries}
    if BODIES.may(actor, "run", body):
        return set()
    return before_opening(entries, Ref(BODY, body.pk))


def of_meeting(entries: Sequence[AuditEntry], actor: Actor) -> set[UUID]:
    """Everything for who may not read the minutes; else what was said of items set apart."""
    meeting = Meeting.objects.filter(pk=entries[0].subject_id).first()
    if meeting is None or not MEETINGS.may(actor, "read", meeting):
        return {entry.pk for entry in entries}
    if MEETINGS.may(actor, "run", meeting):
        return set()
    veiled = before_opening(entries, Ref(MEETING, meeting.pk), but=ITEM_VERBS)
    conduct = {entry.pk for entry in entries if entry.verb in CONDUCT}
    if conduct and not _knows_conduct(meeting, actor):
        veiled |= conduct
    veiled |= {entry.pk for entry in entries if entry.verb in ASIDE}
    items = {entry.pk for entry in entries if entry.verb in ITEM_VERBS}
    return veiled | items if items and _sets_apart(meeting, actor) else veiled


def of_resolution(entries: Sequence[AuditEntry], actor: Actor) -> set[UUID]:
    """How it was drafted, for who has no seat in the body, and what stood before its opening."""
    resolution = Resolution.objects.filter(pk=entries[0].subject_id).select_related("body").first()
    if resolution is None:
        return {entry.pk for entry in entries}
    if BODIES.may(actor, "run", resolution.body):
        return set()
    veiled = before_opening(entries, Ref(RESOLUTION, resolution.pk))
    if resolution.body_id in seats_of(actor).member:
        return veiled
    return veiled | {entry.pk for entry in entries if entry.verb in DRAFTING}


def _knows_conduct(meeting: Meeting, actor: Actor) -> bool:
    """A member who may read every item and every resolution of the meeting."""
    if meeting.body_id not in seats_of(actor).member:
        return False
    resolutions = Resolution.objects.filter(meeting=meeting)
    seen = RESOLUTIONS.which(actor, "see", resolutions).count()
    return resolutions.count() == seen and not _sets_apart(meeting, actor)


def _sets_apart(meeting: Meeting, actor: Actor) -> bool:
    """The meeting has, or had, an agenda item that the actor may not read.

    An entry does not tell which item it is of, so one that is set apart hides what is said of all.
    """
    items = AgendaItem.objects.filter(meeting=meeting)
    if items.count() != AGENDA.which(actor, "see", items).count():
        return True
    told = AuditEntry.objects.filter(subject_kind=MEETING, subject_id=meeting.pk)
    told = told.filter(verb__in=ITEM_VERBS, changes__has_key="confidentiality")
    usual = LEVELS.index(meeting.confidentiality)
    return any(
        level in LEVELS and LEVELS.index(level) > usual
        for pair in told.values_list("changes__confidentiality", flat=True)
        for level in pair
    )
