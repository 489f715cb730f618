"""Sealing, signing, withdrawing and correcting the minutes of a meeting.

    record ─seal─► sealed ─the last signature─► signed ─begin a correction─► record ─seal─► …
                     └──────── withdraw (reason) ──► record

While a version is sealed or signed the meeting's record stays as it is (`room.require_unsealed`).
In a correction the signed version holds until the next one is signed, which then replaces it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diwan.councils.constants import MEETING, MINUTES_SEALED, MINUTES_SIGNED
from diwan.councils.models import (
    Attendance,
    Meeting,
    MinutesSignature,
    MinutesVersion,
    Resolution,
    Vote,
)
from diwan.councils.policies import MEETINGS, SIGNATURES
from diwan.councils.queries.minutes import SEAL, fits
from diwan.councils.queries.minutes_content import content_of, corrected_version
from diwan.councils.queries.minutes_signers import lacks_chair
from diwan.councils.rules.minutes import (
    Change,
    Content,
    checksum,
    differences,
    draw_code,
    without_name,
)
from diwan.directory.public import authority_of, person_names
from diwan.kernel import audit
from diwan.kernel.calendars import Precision
from diwan.kernel.erasing import ERASED_PERSON
from diwan.kernel.errors import Conflict, Forbidden, NotFound, Refused
from diwan.kernel.exchange import Fact, Ref, publish
from diwan.kernel.policies import Actor, Through
from diwan.ui.show import show_number

from .room import require_no_open_vote, require_unsealed, take_meeting
from .seating import require_as_counted
from .writing import checked_reason

State = MinutesVersion.State


@transaction.atomic
def seal_minutes(actor: Actor, meeting: Meeting) -> MinutesVersion:
    """Seal the record as the next version, and ask for the signatures that the rules demand.

    Raises NotFound, Forbidden, Refused: with what is missing, one thing at a time.
    """
    meeting, through = take_meeting(actor, meeting.pk)
    require_unsealed(meeting)
    require_ripe(meeting)
    require_as_counted(meeting)
    corrects = corrected_version(meeting)
    content = content_of(meeting)
    changes = differences(corrects.content, content) if corrects else []
    _require_worth(content, corrects, changes)
    version = MinutesVersion.objects.create(
        meeting=meeting,
        number=_next_number(meeting),
        language=content["language"],
        content=content,
        sha256=checksum(content),
        code=_fresh_code(),
        corrects=corrects,
        reason=corrects.reopened_reason if corrects else "",
        changes=changes,
        sealed_at=actor.at,
    )
    _ask_for_signatures(version)
    told: dict[str, list[Any]] = {
        "version": [None, version.number],
        "sha256": [None, version.sha256],
    }
    ref = Ref(MEETING, meeting.pk)
    audit.record(actor, SEAL, ref, changes=told, reason=version.reason, through=through)
    publish(Fact(MINUTES_SEALED, ref, actor, actor.at, {"version": str(version.pk)}))
    return version


def _require_worth(
    content: Content, corrects: MinutesVersion | None, changes: Sequence[Change]
) -> None:
    """Raise Refused where a correction corrects nothing, or nobody could sign."""
    if corrects is not None and not changes:
        raise Refused(
            _(
                "Nothing differs from the version that was signed. Correct the record first, or "
                "end the correction."
            )
        )
    if not any(row["electronic"] for row in content["signers"]):
        raise Refused(
            _(
                "There is nobody who could sign these minutes. Name the post that chaired the "
                "meeting, or say who was there."
            )
        )


def _next_number(meeting: Meeting) -> int:
    highest = MinutesVersion.objects.filter(meeting=meeting).aggregate(n=Max("number"))["n"]
    return (highest or 0) + 1


def _ask_for_signatures(version: MinutesVersion) -> None:
    """A place for each who signs here; who can only sign on paper has a box there alone."""
    MinutesSignature.objects.bulk_create(
        MinutesSignature(
            version=version,
            seat=row["id"],
            attendance_id=row["attendance"],
            post_id=row["post"],
            role=row["role"],
            position=position,
        )
        for position, row in enumerate(version.content["signers"])
        if row["electronic"]
    )


@transaction.atomic
def sign_minutes(actor: Actor, version: MinutesVersion) -> MinutesSignature:
    """Sign a sealed version for one's seat; with the last signature the minutes are signed.

    The page asks for the password right before it. Raises NotFound, Forbidden, and Refused: for a
    second signature of one post, for what waits for none, for what is not what was sealed.
    """
    meeting, version = _locked(version.pk)
    place = require_to_sign(actor, version)
    if not fits(version):
        raise Refused(
            _(
                "What is stored is not what was sealed: the checksum does not fit. Sign nothing, "
                "and tell the administrator."
            )
        )
    person = authority_of(actor).person_id
    place.person_id = person
    place.name = (
        person_names([person]).get(person, {}) if person else {version.language: actor.label}
    )
    place.user = actor.user_id
    place.signed_at = actor.at
    place.save(update_fields=["person", "name", "user", "signed_at"])
    told: dict[str, list[Any]] = {"version": [None, version.number]}
    if not version.signatures.filter(signed_at__isnull=True).exists():
        _finish(meeting, version, actor)
    ref = Ref(MEETING, meeting.pk)
    through = Through(post_id=place.post_id)
    audit.record(actor, "sign_minutes", ref, changes=told, through=through)
    if version.state == State.SIGNED:
        publish(Fact(MINUTES_SIGNED, ref, actor, actor.at, {"version": str(version.pk)}))
    return place


def require_to_sign(actor: Actor, version: MinutesVersion) -> MinutesSignature:
    """The place where the actor signs next. Raises NotFound, Forbidden, Refused for none.

    A page asks this before it asks for the password.
    """
    place = _place_of(actor, version)
    _require_waiting(version)
    if place.signed_at is not None:
        raise Refused(_("Your post has signed these minutes already. A post signs once."))
    return place


@transaction.atomic
def withdraw_minutes(actor: Actor, version: MinutesVersion, *, reason: str) -> MinutesVersion:
    """Take a version back before all have signed it; the record can be changed again."""
    meeting, through = take_meeting(actor, version.meeting_id)
    why = checked_reason(reason)
    version = MinutesVersion.objects.select_for_update().get(pk=version.pk)
    _require_waiting(version)
    version.state = State.WITHDRAWN
    version.withdrawn_reason = why
    version.save(update_fields=["state", "withdrawn_reason"])
    told = {"version": [version.number, None]}
    ref = Ref(MEETING, meeting.pk)
    audit.record(actor, "withdraw_minutes", ref, changes=told, reason=why, through=through)
    return version


@transaction.atomic
def begin_correction(actor: Actor, meeting: Meeting, *, reason: str) -> MinutesVersion:
    """Open a signed record again; the signed version holds until the next one is signed."""
    meeting, through = take_meeting(actor, meeting.pk)
    why = checked_reason(reason)
    signed = MinutesVersion.objects.select_for_update().filter(meeting=meeting, state=State.SIGNED)
    version = signed.first()
    if meeting.signed_at is None or version is None:
        raise Refused(_("These minutes are not signed. Their record can be changed as it is."))
    version.reopened_at, version.reopened_reason = actor.at, why
    version.save(update_fields=["reopened_at", "reopened_reason"])
    meeting.signed_at = None
    meeting.save(update_fields=["signed_at"])
    told = {"version": [version.number, None]}
    ref = Ref(MEETING, meeting.pk)
    audit.record(actor, "begin_correction", ref, changes=told, reason=why, through=through)
    return version


@transaction.atomic
def end_correction(actor: Actor, meeting: Meeting) -> MinutesVersion:
    """End a correction in which nothing was changed: the signed version goes on to hold."""
    meeting, through = take_meeting(actor, meeting.pk)
    require_unsealed(meeting)
    version = corrected_version(meeting)
    if version is None:
        raise Refused(_("No correction of these minutes has been begun."))
    if differences(version.content, content_of(meeting)):
        raise Refused(
            _("The record differs from the version that was signed. Seal it as the next version.")
        )
    meeting.signed_at = version.signed_at
    meeting.save(update_fields=["signed_at"])
    version.reopened_at, version.reopened_reason = None, ""
    version.save(update_fields=["reopened_at", "reopened_reason"])
    ref = Ref(MEETING, meeting.pk)
    told = {"version": [None, version.number]}
    audit.record(actor, "end_correction", ref, changes=told, through=through)
    return version


def erase_names(_actor: Actor, subject: Ref) -> None:
    """Take the name of a person whose data are erased out of all minutes, under their checksums."""
    token = str(subject.id)
    for version in MinutesVersion.objects.filter(content__people__has_key=token):
        version.content = without_name(version.content, token)
        version.changes = [_unnamed(change, token) for change in version.changes]
        version.save(update_fields=["content", "changes"])
    signed = MinutesSignature.objects.filter(person=subject.id)
    signed.update(name=dict(ERASED_PERSON), user=None)
    Attendance.objects.filter(person=subject.id).update(name=dict(ERASED_PERSON), note="")


def erase_signer(_actor: Actor, subject: Ref) -> None:
    """Take out the name of a user whose data are erased, where they signed for a named seat."""
    signed = MinutesSignature.objects.filter(user=subject.id)
    signed.update(name=dict(ERASED_PERSON), user=None)


def _unnamed(change: dict[str, Any], token: str) -> dict[str, Any]:
    """A difference without the name of one person."""
    if change["part"] != "people" or change["of"]["person"] != token:
        return change
    return {**change, "before": dict(ERASED_PERSON), "after": dict(ERASED_PERSON)}


def require_ripe(meeting: Meeting) -> None:
    """Raise Refused where the record cannot be sealed yet, with the one thing to be done first."""
    if meeting.state != Meeting.State.HELD:
        raise Refused(_("Only a meeting that was held has minutes. Close it first."))
    if meeting.date is None or meeting.date_precision != Precision.DAY:
        raise Refused(_("Minutes need the day of the meeting. State its date first."))
    require_no_open_vote(meeting)
    attended = list(Attendance.objects.filter(meeting=meeting))
    if not meeting.imported and not attended:
        raise Refused(_("Minutes say who was there. Take the attendance of this meeting first."))
    unsaid = sum(row.status == Attendance.Status.EXPECTED for row in attended)
    if unsaid:
        raise Refused(
            ngettext(
                "Of %(n)s seat nothing was said yet. Say whether somebody came, and seal then.",
                "Of %(n)s seats nothing was said yet. Say whether somebody came, and seal then.",
                unsaid,
            )
            % {"n": show_number(unsaid)}
        )
    if lacks_chair(meeting, attended):
        raise Refused(
            _(
                "Who chaired signs these minutes, and nobody who came is known to have chaired. "
                "Correct the meeting: name a post that was there as its chair."
            )
        )
    drafts = Resolution.objects.filter(meeting=meeting, state=Resolution.State.DRAFT)
    failed = Vote.objects.filter(meeting=meeting, carried=False, resolution__isnull=False)
    undecided = drafts.exclude(pk__in=failed.values("resolution")).count()
    if undecided:
        raise Refused(
            ngettext(
                "%(n)s draft is neither adopted nor voted down. Adopt it, or remove it.",
                "%(n)s drafts are neither adopted nor voted down. Adopt them, or remove them.",
                undecided,
            )
            % {"n": show_number(undecided)}
        )


def _fresh_code() -> str:
    while True:
        code = draw_code()
        if not MinutesVersion.objects.filter(code=code).exists():
            return code


def _locked(version_id: UUID) -> tuple[Meeting, MinutesVersion]:
    """The meeting and the version, both locked, in the order in which everybody locks them."""
    version = MinutesVersion.objects.get(pk=version_id)
    meeting = Meeting.objects.select_for_update().get(pk=version.meeting_id)
    return meeting, MinutesVersion.objects.select_for_update().get(pk=version_id)


def _place_of(actor: Actor, version: MinutesVersion) -> MinutesSignature:
    """The actor's first place without a signature, else one that has it."""
    rows = list(MinutesSignature.objects.filter(SIGNATURES.own(actor), version=version))
    if not rows:
        if not MEETINGS.may(actor, "see", version.meeting):
            raise NotFound
        raise Forbidden(_("These minutes do not wait for a signature of your post."))
    return next((row for row in rows if row.signed_at is None), rows[0])


def _require_waiting(version: MinutesVersion) -> None:
    if version.state == State.SIGNED:
        raise Conflict(_("All have signed this version. It cannot be changed any more."))
    if version.state != State.SEALED:
        raise Conflict(_("This version was withdrawn or replaced. It waits for no signature."))


def _finish(meeting: Meeting, version: MinutesVersion, actor: Actor) -> None:
    """The last signature: the version holds, and the one that it corrects is replaced."""
    version.state, version.signed_at = State.SIGNED, actor.at
    if version.corrects_id is not None:
        MinutesVersion.objects.filter(pk=version.corrects_id).update(state=State.SUPERSEDED)
    version.save(update_fields=["state", "signed_at"])
    meeting.signed_at = actor.at
    meeting.save(update_fields=["signed_at"])
