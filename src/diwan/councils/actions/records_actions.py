"""Taking a register in: what is owed, with the life that it has had."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from diwan.councils.constants import ACTION, ACTION_EVENT, ACTION_FACT, PROOF
from diwan.councils.models import Action, ActionEvent, Body, DateRequest, Meeting, Resolution
from diwan.councils.queries.records import ActionRecord, ProofRecord, RedatedRecord
from diwan.councils.rules.dates import due_after, is_old
from diwan.councils.rules.life import State, Verb
from diwan.directory.public import Post, Unit, UnitPattern, require_elevated
from diwan.kernel import files, search
from diwan.kernel.calendars import Calendar, PartialDate, Span
from diwan.kernel.countries import country
from diwan.kernel.dated import stated
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import Fact, Ref, publish
from diwan.kernel.ids import new_id
from diwan.kernel.policies import Actor, Confidentiality
from diwan.kernel.text import search_key

from .records import (
    ADDED,
    AT_ONCE,
    BATCH,
    CHANGED,
    IMPORT,
    LEFT,
    CouncilBook,
    changed,
    entries,
    entry,
    told,
)
from .writing import due_columns

Contents = Mapping[str, bytes]
"""What travelled beside a register, by its SHA-256 (hexadecimal)."""
_FINISHED = (State.DONE, State.CLOSED)


@transaction.atomic
def put_actions(
    actor: Actor, book: CouncilBook, actions: Sequence[ActionRecord], contents: Contents
) -> None:
    """Add and correct actions.

    One of an old or undated meeting comes in unconfirmed, unless the file says its state. A proof
    whose content came along is stored; another is remembered by name and checksum.
    """
    require_elevated(actor)
    fresh = [wanted for wanted in actions if wanted.key not in book.before.actions]
    for wanted in fresh:
        book.ledger.name(Action, wanted.key)
    for start in range(0, len(fresh), AT_ONCE):
        _add(actor, book, fresh[start : start + AT_ONCE], contents)
    for wanted in actions:
        before = book.before.actions.get(wanted.key)
        if before is not None:
            found = _correct(actor, book, before, wanted, contents)
            book.ledger.tally.note("action", CHANGED if found else LEFT)


def _add(
    actor: Actor, book: CouncilBook, wanted: Sequence[ActionRecord], contents: Contents
) -> None:
    resolutions = _resolutions(book, wanted)
    counts = _counts([row.pk for row in resolutions.values()])
    rows = []
    for action in wanted:
        resolution = resolutions[action.meeting, action.resolution]
        rows.append(_row(actor, book, resolution, action, counts[resolution.pk]))
        counts[resolution.pk] += 1
    Action.objects.bulk_create(rows, batch_size=500)
    events = _events(actor, list(zip(rows, wanted, strict=True)))
    ActionEvent.objects.bulk_create(events, batch_size=500)
    DateRequest.objects.bulk_create(
        _request(actor, book, row.pk, change)
        for row, action in zip(rows, wanted, strict=True)
        for change in action.redated
    )
    _tell(actor, book, list(zip(rows, wanted, strict=True)), contents)


def _resolutions(
    book: CouncilBook, wanted: Sequence[ActionRecord]
) -> dict[tuple[str, str], Resolution]:
    keys = book.ledger.keys(Meeting)
    ids = list({keys[action.meeting] for action in wanted})
    found: dict[tuple[str, str], Resolution] = {}
    bodies: dict[UUID, Body] = {}
    for start in range(0, len(ids), BATCH):
        meetings = Meeting.objects.in_bulk(ids[start : start + BATCH])
        unknown = {meeting.body_id for meeting in meetings.values()} - bodies.keys()
        bodies |= Body.objects.in_bulk(unknown)
        for row in Resolution.objects.filter(meeting__in=list(meetings)):
            row.meeting, row.body = meetings[row.meeting_id], bodies[row.body_id]
            found[row.meeting.key, row.key] = row
    return found


def _counts(ids: Sequence[UUID]) -> Counter[UUID]:
    """How many actions each resolution has."""
    found: Counter[UUID] = Counter()
    for start in range(0, len(ids), BATCH):
        some = Action.objects.filter(resolution__in=ids[start : start + BATCH])
        counted = some.values("resolution").annotate(n=Count("pk")).order_by()
        found.update({row["resolution"]: row["n"] for row in counted})
    return found


def _row(
    actor: Actor, book: CouncilBook, resolution: Resolution, wanted: ActionRecord, position: int
) -> Action:
    ledger = book.ledger
    state = State(wanted.state) if wanted.state else _first_state(book, resolution)
    progress = wanted.progress
    return Action(
        pk=ledger.keys(Action)[wanted.key],
        register=ledger.register,
        resolution=resolution,
        key=wanted.key,
        position=position,
        group=wanted.group,
        group_pattern_id=ledger.id_of(UnitPattern, wanted.group_pattern),
        parent_id=ledger.id_of(Action, wanted.parent),
        text=wanted.text,
        owner_id=ledger.id_of(Post, wanted.owner),
        unit_id=ledger.id_of(Unit, wanted.unit),
        due_after=wanted.due_after,
        state=state.value,
        progress=(100 if state in _FINISHED else 0) if progress is None else progress,
        arrived_at=actor.at,
        done_at=_instant(book, wanted.done_on),
        closed_at=_instant(book, wanted.closed_on),
        closed_by_id=ledger.id_of(Post, wanted.closed_by),
        reason=wanted.reason,
        search=search_key(*wanted.text.values()),
        **due_columns(wanted.due or _counted(resolution, wanted.due_after)),
    )


def _first_state(book: CouncilBook, resolution: Resolution) -> State:
    return State.UNCONFIRMED if is_old(_date(resolution), book.today) else State.OPEN


def _date(resolution: Resolution) -> PartialDate | None:
    meeting = resolution.meeting
    return stated(meeting.date, meeting.date_precision, meeting.date_calendar)


def _counted(resolution: Resolution, span: str) -> PartialDate | None:
    if not span:
        return None
    calendar = Calendar(resolution.body.calendar)
    return due_after(_date(resolution), Span.parse(span), calendar)


def _instant(book: CouncilBook, day: PartialDate | None) -> datetime | None:
    if day is None:
        return None
    zone = ZoneInfo(country(book.ledger.country).timezone)
    return datetime.combine(day.first_day, time(), tzinfo=zone)


def _events(actor: Actor, pairs: list[tuple[Action, ActionRecord]]) -> list[ActionEvent]:
    """The steps that the file tells of: that it came in, was reported, closed or dropped."""
    events = []
    for row, wanted in pairs:
        state = State(row.state)
        events.append(_event(row, Verb.ADD, actor.at, after=state))
        if wanted.proof or wanted.done_on:
            done = state in _FINISHED or wanted.done_on is not None
            verb, after = (Verb.REPORT, State.DONE) if done else (Verb.ATTACH, state)
            events.append(_event(row, verb, row.done_at or actor.at, after=after))
        if state is State.CLOSED:
            events.append(_event(row, Verb.CLOSE, row.closed_at or actor.at, after=state))
        if state is State.DROPPED:
            events.append(_event(row, Verb.DROP, row.closed_at or actor.at, after=state))
    return events


def _event(row: Action, verb: Verb, at: datetime, *, after: State) -> ActionEvent:
    closing = verb in (Verb.CLOSE, Verb.DROP)
    return ActionEvent(
        id=new_id(),
        action=row,
        verb=verb.value,
        at=at,
        post_id=row.closed_by_id if closing else None,
        after=after.value,
        # A report that is returned goes back to the progress before it, which nobody told.
        progress=0 if verb is Verb.ADD else row.progress,
        note=row.reason if closing else "",
    )


def _request(actor: Actor, book: CouncilBook, action: UUID, change: RedatedRecord) -> DateRequest:
    at = _instant(book, change.on) or actor.at
    return DateRequest(
        id=new_id(),
        action_id=action,
        from_due=change.was.last_day,
        from_precision=change.was.precision.value,
        from_calendar=change.was.calendar.value,
        to_due=change.to.last_day,
        to_precision=change.to.precision.value,
        to_calendar=change.to.calendar.value,
        reason=change.reason,
        state=DateRequest.State.GRANTED,
        asked_at=at,
        answered_at=at,
    )


def _tell(
    actor: Actor,
    book: CouncilBook,
    pairs: list[tuple[Action, ActionRecord]],
    contents: Contents,
) -> None:
    """Proof files, audit entries and facts of new actions."""
    told_of = []
    for row, wanted in pairs:
        if wanted.proof:
            _keep_proof(actor, row, wanted.proof, contents)
        changes = told(
            {"text": row.text, "owner": row.owner_id, "due": row.due, "state": row.state}
        )
        told_of.append((row.pk, changes))
        book.ledger.tally.note("action", ADDED)
    entries(actor, ACTION, told_of)
    for row, _wanted in pairs:
        data = {"after": row.state}
        publish(Fact(f"{ACTION_FACT}{Verb.ADD}", Ref(ACTION, row.pk), actor, actor.at, data))


def _keep_proof(
    actor: Actor, row: Action, proofs: Sequence[ProofRecord], contents: Contents
) -> None:
    """Files hang on the step that reported or attached them, as confidential as the resolution."""
    steps = row.events.filter(verb__in=(Verb.REPORT, Verb.ATTACH)).order_by("-at", "-id")
    event = steps.first()
    if event is None:
        event = _event(row, Verb.ATTACH, actor.at, after=State(row.state))
        event.save(force_insert=True)
    level = Confidentiality(row.resolution.confidentiality)
    ref = Ref(ACTION_EVENT, event.pk)
    for proof in proofs:
        if proof.sha256 in contents:
            upload = io.BytesIO(contents[proof.sha256])
            stored = files.store(actor, ref, upload, proof.file, confidentiality=level)
            search.stale(PROOF, [stored.pk])
            continue
        stored = files.remember(actor, ref, name=proof.file, sha256=proof.sha256)
        search.stale(PROOF, [stored.pk])
        if stored.confidentiality != level:
            stored.confidentiality = level
            stored.save(update_fields=["confidentiality"])


def _correct(
    actor: Actor,
    book: CouncilBook,
    before: ActionRecord,
    wanted: ActionRecord,
    contents: Contents,
) -> bool:
    if (before.meeting, before.resolution) != (wanted.meeting, wanted.resolution):
        raise Refused(
            _(
                "The action %(key)s belongs to the resolution %(resolution)s here. "
                "Give the new one a key of its own."
            )
            % {"key": wanted.key, "resolution": before.resolution}
        )
    new = changed(before, wanted)
    for name in ("group", "group_pattern", "parent", "unit"):
        new.pop(name, None)
    if not new:
        return False
    redated = [change for change in new.pop("redated", ()) if change not in before.redated]
    proof = [one for one in new.pop("proof", ()) if one.sha256 not in _known(book, wanted)]
    rows = Action.objects.select_related("resolution__meeting", "resolution__body")
    row = rows.get(pk=book.ledger.keys(Action)[wanted.key])
    changes = _rewrite(actor, row, _values(book, row, wanted, new))
    DateRequest.objects.bulk_create(_request(actor, book, row.pk, change) for change in redated)
    if proof:
        _keep_proof(actor, row, proof, contents)
    more = told({"redated": len(redated), "proof": [one.file for one in proof]})
    if changes or more:
        entry(actor, ACTION, row.pk, changes | more)
    return bool(changes or more)


def _known(book: CouncilBook, wanted: ActionRecord) -> set[str]:
    """Checksums of the proofs that are here, also as they were handed in (pictures are cleaned)."""
    events = ActionEvent.objects.filter(action=book.ledger.keys(Action)[wanted.key])
    stored = files.files_of(ACTION_EVENT, events.values_list("pk", flat=True))
    return {digest for file in stored for digest in (file.sha256, file.given_sha256)}


def _values(
    book: CouncilBook, row: Action, wanted: ActionRecord, new: Mapping[str, Any]
) -> dict[str, Any]:
    """Changed values as columns."""
    ledger = book.ledger
    plain = ("text", "due_after", "state", "progress", "reason")
    values: dict[str, Any] = {name: new[name] for name in plain if name in new}
    for name in ("owner", "closed_by"):
        if name in new:
            values[f"{name}_id"] = ledger.id_of(Post, new[name])
    for name in ("done_on", "closed_on"):
        if name in new:
            values[name.replace("_on", "_at")] = _instant(book, new[name])
    if "due" in new or "due_after" in new:
        due = wanted.due or _counted(row.resolution, wanted.due_after)
        values |= due_columns(due)
    if "text" in values:
        values["search"] = search_key(*values["text"].values())
    return values


def _rewrite(actor: Actor, row: Action, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set and save what differs, as a correction in the action's life."""
    changes = {
        name: [getattr(row, name), value]
        for name, value in values.items()
        if getattr(row, name) != value
    }
    if not changes:
        return {}
    state = State(row.state)
    for name, value in values.items():
        setattr(row, name, value)
    if row.state in (State.DOING, State.DONE) and row.owner_id is None:
        raise Refused(
            _("The action %(key)s is in progress but nobody owes it. Name an owner in the file.")
            % {"key": row.key}
        )
    row.revision += 1
    row.save()
    event = _event(row, Verb.CORRECT, actor.at, after=State(row.state))
    event.before, event.note, event.round = state.value, IMPORT, row.round
    event.save(force_insert=True)
    changes.pop("search", None)
    return changes
