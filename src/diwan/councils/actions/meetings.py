"""Planning, holding, cancelling and correcting meetings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from diwan.councils.constants import MEETING, MEETING_HELD
from diwan.councils.models import Action, Body, Meeting, Membership, Term
from diwan.councils.policies import BODIES, MEETINGS
from diwan.councils.rules.dates import due_after
from diwan.councils.rules.keys import fresh_key
from diwan.councils.rules.life import UNSETTLED
from diwan.directory.public import Post, state_event
from diwan.kernel import audit
from diwan.kernel.calendars import Calendar, PartialDate, Precision, Span
from diwan.kernel.dated import stated
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import Fact, Ref, publish
from diwan.kernel.ids import new_id
from diwan.kernel.policies import Actor
from diwan.kernel.text import search_key
from diwan.kernel.working import today_in
from diwan.ui.show import show_day

from .fields import MeetingFields
from .levels import draw_in
from .room import require_unsealed
from .writing import (
    checked_confidentiality,
    checked_reason,
    checked_text,
    columns,
    due_columns,
    existing,
    name_posts,
    require_alive,
    require_period,
    supersede,
    today_of,
    write,
)


@transaction.atomic
def plan_meeting(actor: Actor, body: Body, fields: MeetingFields) -> Meeting:
    """Plan a meeting on a day. Raises NotFound, Forbidden, Refused."""
    _require_day(fields.get("date"))
    return _make(actor, body, fields, verb="plan", state=Meeting.State.PLANNED)


@transaction.atomic
def record_meeting(actor: Actor, body: Body, fields: MeetingFields) -> Meeting:
    """Record a meeting that has been held; its date may be a month, a year, or not known."""
    meeting = _make(actor, body, fields, verb="record", state=Meeting.State.HELD)
    _tell_held(actor, meeting)
    return meeting


@transaction.atomic
def change_meeting(actor: Actor, meeting: Meeting, fields: MeetingFields) -> Meeting:
    """Change the plan of a meeting that is still to come. Raises NotFound, Forbidden, Refused."""
    through = MEETINGS.require(actor, "run", meeting)
    meeting = _locked(meeting)
    _require_plan(meeting)
    if "date" in fields:
        _require_day(fields["date"])
    changes = _write(meeting, fields)
    if "date" in changes:
        require_alive(meeting.body, meeting.date)
    if changes:
        ref = Ref(MEETING, meeting.pk)
        audit.record(actor, "change", ref, changes=changes, through=through)
    return meeting


@transaction.atomic
def hold_meeting(
    actor: Actor, meeting: Meeting, *, date: PartialDate, fields: MeetingFields | None = None
) -> Meeting:
    """Say that a planned meeting took place on a day, not later than today."""
    through = MEETINGS.require(actor, "run", meeting)
    meeting = _locked(meeting)
    _require_plan(meeting)
    _require_day(date)
    _require_past(actor, meeting.body, date)
    require_alive(meeting.body, date.first_day)
    changes = _write(meeting, {**(fields or {}), "date": date})
    changes |= write(meeting, {"state": Meeting.State.HELD.value})
    audit.record(actor, "hold", Ref(MEETING, meeting.pk), changes=changes, through=through)
    _tell_held(actor, meeting)
    return meeting


@transaction.atomic
def cancel_meeting(actor: Actor, meeting: Meeting, *, reason: str) -> Meeting:
    """Call a planned meeting off. Raises NotFound, Forbidden, Refused."""
    through = MEETINGS.require(actor, "run", meeting)
    why = checked_reason(reason)
    meeting = _locked(meeting)
    _require_plan(meeting)
    changes = write(meeting, {"state": Meeting.State.CANCELLED.value})
    ref = Ref(MEETING, meeting.pk)
    audit.record(actor, "cancel", ref, changes=changes, reason=why, through=through)
    return meeting


@transaction.atomic
def correct_meeting(
    actor: Actor, meeting: Meeting, fields: MeetingFields, *, reason: str
) -> Meeting:
    """Mend a mistake in a meeting's record, or state the date of an undated one.

    Whatever hung on the meeting's date takes the new one: bodies, terms and memberships that it
    began or ended, due dates counted from it, and what the directory keeps. Numbers stay as they
    were given. A plan is changed, not corrected. Raises NotFound, Forbidden, Refused.
    """
    MEETINGS.require(actor, "run", meeting)
    _require_over(_locked(meeting))
    return restate_meeting(actor, meeting, fields, reason=reason)


@transaction.atomic
def restate_meeting(
    actor: Actor, meeting: Meeting, fields: MeetingFields, *, reason: str
) -> Meeting:
    """The same for a register that is read again: it may restate a plan that it brought."""
    through = MEETINGS.require(actor, "run", meeting)
    why = checked_reason(reason)
    meeting = _locked(meeting)
    require_unsealed(meeting)
    if "date" in fields and meeting.state == Meeting.State.HELD and fields["date"] is not None:
        _require_past(actor, meeting.body, fields["date"])
    before = date_of(meeting)
    changes = _write(meeting, fields)
    when = date_of(meeting)
    if when is not None and when != before:
        _require_day_of_opening(meeting, when)
        if meeting.body.until_event != meeting.pk:  # the one that dissolved it takes the day along
            require_alive(meeting.body, meeting.date)
        follows = _restate(actor, meeting, when, why)
        changes |= {"follows": [0, follows]} if follows else {}
    if changes:
        ref = Ref(MEETING, meeting.pk)
        audit.record(actor, "correct", ref, changes=changes, reason=why, through=through)
    return meeting


def date_of(meeting: Meeting) -> PartialDate | None:
    """The meeting's date as it was stated, None where it is not known."""
    return stated(meeting.date, meeting.date_precision, meeting.date_calendar)


def _make(
    actor: Actor, body: Body, fields: MeetingFields, *, verb: str, state: Meeting.State
) -> Meeting:
    through = BODIES.require(actor, "run", body)
    require_alive(body, today_of(actor, body))
    when = fields.get("date")
    require_alive(body, when.first_day if when else None)
    if state == Meeting.State.HELD and when is not None:
        _require_past(actor, body, when)
    id_ = new_id()
    meeting = Meeting(
        id=id_,
        register_id=body.register_id,
        key=fresh_key("m", id_),
        body=body,
        state=state.value,
        confidentiality=body.confidentiality,
    )
    values = _values(meeting, fields)
    for field, value in values.items():
        setattr(meeting, field, value)
    meeting.search = search_of(meeting)
    meeting.save(force_insert=True)
    _name_posts(meeting, fields)
    changes = {field: [None, _plain(value)] for field, value in values.items() if value}
    ref = Ref(MEETING, meeting.pk)
    audit.record(actor, verb, ref, changes=changes, through=through)
    return meeting


def _write(meeting: Meeting, fields: MeetingFields) -> dict[str, list[Any]]:
    """Write the given fields; returns [before, after] of each that changed."""
    changes = write(meeting, _values(meeting, fields))
    changes |= _name_posts(meeting, fields)
    if changes:
        meeting.search = search_of(meeting)
        meeting.save(update_fields=["search"])
    told = {field: [_plain(old), _plain(new)] for field, (old, new) in changes.items()}
    return told | draw_in(meeting, changes)


def _values(meeting: Meeting, fields: MeetingFields) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in ("number", "starts", "ends"):
        if name in fields:
            values[name] = fields.get(name)
    if "date" in fields:
        values |= columns("date", fields["date"])
    if "place" in fields:
        place = fields["place"]
        filled = place and any(text.strip() for text in place.values())
        values["place"] = checked_text(place, "place") if filled else None
    if "chair_id" in fields:
        values["chair"] = existing(Post, fields["chair_id"], "chair")
    if "confidentiality" in fields:
        values["confidentiality"] = checked_confidentiality(fields["confidentiality"])
    _check_times(meeting, values)
    return values


def _check_times(meeting: Meeting, values: Mapping[str, Any]) -> None:
    starts = values.get("starts", meeting.starts)
    ends = values.get("ends", meeting.ends)
    if starts is not None and ends is not None and ends <= starts:
        raise Refused(_("The meeting ends before it starts. Give a later end."), field="ends")


def _name_posts(meeting: Meeting, fields: MeetingFields) -> dict[str, list[Any]]:
    return name_posts(meeting, fields["named_post_ids"]) if "named_post_ids" in fields else {}


def _plain(value: Any) -> Any:
    """A value for the audit: a post by its identifier."""
    return value.pk if isinstance(value, Post) else value


def search_of(meeting: Meeting) -> str:
    """The search key of a meeting: its number, its place and who met."""
    number = "" if meeting.number is None else str(meeting.number)
    return search_key(number, *(meeting.place or {}).values(), *meeting.body.name.values())


def _locked(meeting: Meeting) -> Meeting:
    rows = Meeting.objects.select_related("body__unit").select_for_update(of=("self",))
    return rows.get(pk=meeting.pk)


def _require_plan(meeting: Meeting) -> None:
    """Raise Refused unless the meeting is still a plan."""
    if meeting.opened_at is not None and meeting.state == Meeting.State.PLANNED:
        raise Refused(_("This meeting is open in the room. Close it there first."))
    if meeting.state != Meeting.State.PLANNED:
        raise Refused(
            _("This meeting is %(state)s. Correct its record if that is a mistake.")
            % {"state": Meeting.State(meeting.state).label}
        )


def _require_over(meeting: Meeting) -> None:
    """Raise Refused where the meeting has no record yet: a plan, or open in the room."""
    if meeting.state != Meeting.State.PLANNED:
        return
    if meeting.opened_at is not None:
        raise Refused(_("This meeting is open in the room. Close it there first."))
    raise Refused(_("This meeting is still a plan. Change the plan instead of its record."))


def _require_day_of_opening(meeting: Meeting, when: PartialDate) -> None:
    """Raise Refused where a meeting that was opened in the room is dated otherwise."""
    if meeting.opened_at is None:
        return
    day = today_in(meeting.body.unit.country, meeting.opened_at)
    if when.precision is not Precision.DAY or when.first_day != day:
        raise Refused(
            _("This meeting was opened in the room on %(day)s, and that is its day.")
            % {"day": show_day(day)},
            field="date",
        )


def _require_day(when: PartialDate | None) -> None:
    if when is None or when.precision is not Precision.DAY:
        raise Refused(_("Give the day of the meeting: day, month and year."), field="date")


def _require_past(actor: Actor, body: Body, when: PartialDate) -> None:
    if when.first_day > today_of(actor, body):
        raise Refused(
            _("This day is still to come. Plan the meeting, or give the day it was held."),
            field="date",
        )


def _tell_held(actor: Actor, meeting: Meeting) -> None:
    publish(Fact(MEETING_HELD, Ref(MEETING, meeting.pk), actor, actor.at))


def _restate(actor: Actor, meeting: Meeting, when: PartialDate, reason: str) -> int:
    """Give everything that hung on the meeting its date; returns how many records that were."""
    count = 0
    for side in ("since", "until"):
        values = columns(side, when)
        hangs = Q(**{f"{side}_event": meeting.pk})
        count += Body.objects.filter(hangs).update(**values)
        for member in Membership.objects.known().filter(hangs):
            supersede(actor, member, values, reason=reason)
            count += 1
        for term in Term.objects.known().filter(hangs):
            supersede(actor, term, values, reason=reason)
            count += 1
    for body in Body.objects.filter(Q(since_event=meeting.pk) | Q(until_event=meeting.pk)):
        require_period(body.since, body.until, "date")
    count += _recount_due(meeting, when)
    return count + state_event(actor, meeting.pk, when)


def _recount_due(meeting: Meeting, when: PartialDate) -> int:
    """Count due dates anew that were stated as a span after the meeting and never re-dated."""
    actions = Action.objects.filter(
        resolution__meeting=meeting, state__in=UNSETTLED, date_requests__isnull=True
    ).exclude(due_after="")
    count = 0
    calendar = Calendar(meeting.body.calendar)
    for span in list(actions.order_by("due_after").values_list("due_after", flat=True).distinct()):
        due = due_columns(due_after(when, Span.parse(span), calendar))
        ids = list(actions.filter(due_after=span).values_list("pk", flat=True))
        count += Action.objects.filter(pk__in=ids).update(**due, revision=F("revision") + 1)
    return count
