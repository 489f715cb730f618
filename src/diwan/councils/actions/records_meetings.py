"""Taking a register in: meetings, their agenda, statements and resolutions with their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from diwan.councils.constants import (
    MEETING,
    MEETING_HELD,
    RESOLUTION,
    RESOLUTION_ADOPTED,
    STATEMENT,
)
from diwan.councils.models import AgendaItem, Body, Meeting, Resolution, Statement
from diwan.councils.queries.records import (
    ItemRecord,
    MeetingRecord,
    ResolutionRecord,
    StatementRecord,
)
from diwan.directory.public import Post, PostPattern, require_elevated
from diwan.kernel import links
from diwan.kernel.countries import country
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import Fact, Ref, publish
from diwan.kernel.policies import Actor

from .fields import MeetingFields, ResolutionFields
from .meetings import restate_meeting, search_of
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
from .resolutions import Counter, correct_resolution
from .resolutions import search_of as resolution_search
from .series import Series
from .writing import columns, write


@transaction.atomic
def put_meetings(actor: Actor, book: CouncilBook, meetings: Sequence[MeetingRecord]) -> None:
    """Add and correct meetings with their agenda and statements, then their resolutions.

    A date that is stated for a meeting that had none is taken by all that hung on it. New
    resolutions without a stated number get the body's next, in order of date. Raises Refused.
    """
    require_elevated(actor)
    fresh = []
    for wanted in meetings:
        if wanted.id is not None:
            book.ledger.keys(Meeting).setdefault(wanted.key, wanted.id)
        book.ledger.name(Meeting, wanted.key)
        before = book.before.meetings.get(wanted.key)
        if before is None:
            fresh.append(wanted)
            book.ledger.tally.note("meeting", ADDED)
            continue
        found = _correct(actor, book, before, wanted)
        book.ledger.tally.note("meeting", CHANGED if found else LEFT)
    for start in range(0, len(fresh), AT_ONCE):
        _add(actor, book, fresh[start : start + AT_ONCE])
    _put_resolutions(actor, book, meetings)


def _add(actor: Actor, book: CouncilBook, fresh: Sequence[MeetingRecord]) -> None:
    """Add new meetings, with their agenda and statements, many in a statement."""
    keys = book.ledger.keys(Body)
    bodies = Body.objects.in_bulk(list({keys[wanted.body] for wanted in fresh}))
    rows = [_row(book, wanted, bodies[keys[wanted.body]]) for wanted in fresh]
    Meeting.objects.bulk_create(rows, batch_size=BATCH)
    pairs = list(zip(rows, fresh, strict=True))
    AgendaItem.objects.bulk_create(
        (
            _item(row, item, position)
            for row, wanted in pairs
            for position, item in enumerate(wanted.agenda)
        ),
        batch_size=BATCH,
    )
    _add_statements(book, fresh)
    told_of = [
        (row.pk, told({"number": row.number, "date": row.date, "state": row.state})) for row in rows
    ]
    entries(actor, MEETING, told_of)
    for row in rows:
        if row.state == Meeting.State.HELD:
            publish(Fact(MEETING_HELD, Ref(MEETING, row.pk), actor, actor.at))


def _row(book: CouncilBook, wanted: MeetingRecord, body: Body) -> Meeting:
    ledger = book.ledger
    ahead = wanted.date is not None and wanted.date.first_day > book.today
    planned = ahead and not (wanted.resolutions or wanted.statements)
    meeting = Meeting(
        pk=ledger.keys(Meeting)[wanted.key],
        register=ledger.register,
        key=wanted.key,
        body=body,
        number=wanted.number,
        place=wanted.place,
        chair_id=ledger.id_of(Post, wanted.chair),
        state=Meeting.State.PLANNED if planned else Meeting.State.HELD,
        confidentiality=body.confidentiality,
        imported=True,
        **columns("date", wanted.date),
    )
    meeting.search = search_of(meeting)
    return meeting


def _item(meeting: Meeting, item: ItemRecord, position: int) -> AgendaItem:
    return AgendaItem(
        meeting=meeting,
        key=item.key,
        position=position,
        text=item.text,
        confidentiality=meeting.confidentiality,
    )


def _add_statements(book: CouncilBook, fresh: Sequence[MeetingRecord]) -> None:
    """Add the statements of new meetings, and what they are about."""
    keys = book.ledger.keys(Meeting)
    told_of = [
        (_statement(book, keys[wanted.key], said, position), said)
        for wanted in fresh
        for position, said in enumerate(wanted.statements)
    ]
    Statement.objects.bulk_create((row for row, _said in told_of), batch_size=BATCH)
    about = [(Ref(STATEMENT, row.pk), said.about) for row, said in told_of if said.about]
    links.add_links(links.Verb.ABOUT, about)


def _statement(book: CouncilBook, meeting: UUID, said: StatementRecord, position: int) -> Statement:
    speaker = _speaker(book, said.speaker)
    return Statement(meeting_id=meeting, key=said.key, position=position, text=said.text, **speaker)


def _correct(actor: Actor, book: CouncilBook, before: MeetingRecord, wanted: MeetingRecord) -> bool:
    new = changed(before, wanted)
    if "body" in new:
        raise Refused(
            _("The meeting %(key)s belongs to another body here. Give the new one another key.")
            % {"key": wanted.key}
        )
    fields: dict[str, Any] = {k: new[k] for k in ("number", "date", "place") if k in new}
    if "chair" in new:
        fields["chair_id"] = book.ledger.id_of(Post, new["chair"])
    if fields:
        row = Meeting.objects.get(pk=book.ledger.keys(Meeting)[wanted.key])
        restate_meeting(actor, row, MeetingFields(**fields), reason=IMPORT)  # type: ignore[typeddict-item] # by name
    items = _put_agenda(book, wanted) if "agenda" in new else []
    said = _put_statements(book, wanted) if "statements" in new else []
    if items or said:
        changes = told({"agenda": items, "statements": said})
        entry(actor, MEETING, book.ledger.keys(Meeting)[wanted.key], changes)
    return bool(fields or items or said)


def _put_agenda(book: CouncilBook, wanted: MeetingRecord) -> list[str]:
    """Returns the keys that were written. Part of the meeting's entry."""
    meeting = Meeting.objects.get(pk=book.ledger.keys(Meeting)[wanted.key])
    known = {item.key: item for item in AgendaItem.objects.filter(meeting=meeting)}
    written = []
    for position, item in enumerate(wanted.agenda):
        row = known.get(item.key)
        if row is None:
            _item(meeting, item, position).save(force_insert=True)
            written.append(item.key)
        elif _retold(row, item):
            written.append(item.key)
    return written


def _retold(row: AgendaItem | Statement, wanted: ItemRecord | StatementRecord) -> bool:
    """Write the text if it says something else; what it says in other languages stays."""
    return bool(write(row, {"text": row.text | wanted.text}))


def _put_statements(book: CouncilBook, wanted: MeetingRecord) -> list[str]:
    meeting = book.ledger.keys(Meeting)[wanted.key]
    known = {row.key: row for row in Statement.objects.filter(meeting=meeting)}
    written = []
    for position, said in enumerate(wanted.statements):
        row = known.get(said.key)
        if row is None:
            row = _statement(book, meeting, said, position)
            row.save(force_insert=True)
            fresh = True
        else:
            fresh = _retold(row, said) | bool(write(row, _speaker(book, said.speaker)))
        about = [said.about] if said.about else None
        linked = about is not None and links.set_links(
            Ref(STATEMENT, row.pk), links.Verb.ABOUT, about
        )
        if fresh or linked:
            written.append(said.key)
    return written


def _speaker(book: CouncilBook, key: str) -> dict[str, UUID | None]:
    patterns = book.ledger.keys(PostPattern)
    if key in patterns:
        return {"speaker_id": None, "speaker_pattern_id": patterns[key]}
    return {"speaker_id": book.ledger.keys(Post)[key], "speaker_pattern_id": None}


def _put_resolutions(actor: Actor, book: CouncilBook, meetings: Sequence[MeetingRecord]) -> None:
    fresh: list[tuple[MeetingRecord, int, ResolutionRecord]] = []
    for meeting in meetings:
        before = book.before.meetings.get(meeting.key)
        known = {r.key: r for r in before.resolutions} if before else {}
        for position, wanted in enumerate(meeting.resolutions):
            if wanted.key in known:
                found = _correct_resolution(actor, book, meeting, known[wanted.key], wanted)
                book.ledger.tally.note("resolution", CHANGED if found else LEFT)
            else:
                fresh.append((meeting, position, wanted))
                book.ledger.tally.note("resolution", ADDED)
    # Stated numbers first, so that the given ones go on after them; then in order of date.
    fresh.sort(key=_order)
    _add_resolutions(actor, book, fresh)


def _order(new: tuple[MeetingRecord, int, ResolutionRecord]) -> tuple[bool, date, int, int]:
    meeting, position, wanted = new
    day = meeting.date.first_day if meeting.date else date.max
    return (not wanted.number, day, meeting.number or 0, position)


def _add_resolutions(
    actor: Actor, book: CouncilBook, fresh: Sequence[tuple[MeetingRecord, int, ResolutionRecord]]
) -> None:
    """Number and add new resolutions, in the order in which they come."""
    counters = _Counters()
    for start in range(0, len(fresh), AT_ONCE):
        _add_some(actor, book, fresh[start : start + AT_ONCE], counters)


def _add_some(
    actor: Actor,
    book: CouncilBook,
    fresh: Sequence[tuple[MeetingRecord, int, ResolutionRecord]],
    counters: _Counters,
) -> None:
    meetings = _meetings(book, fresh)
    rows = []
    for record, position, wanted in fresh:
        meeting = meetings[record.key]
        row = Resolution(
            meeting=meeting,
            body_id=meeting.body_id,
            key=wanted.key,
            position=position,
            kind=wanted.kind,
            state=Resolution.State.ADOPTED,
            text=wanted.text,
            every=wanted.every,
            adopted_at=_day_start(book, meeting.date),
            confidentiality=meeting.confidentiality,
        )
        _number(book, counters.of(meeting.body_id), row, wanted.number)
        row.search = resolution_search(row)
        rows.append(row)
    Resolution.objects.bulk_create(rows, batch_size=BATCH)
    told_of, about, together = [], [], []
    for row, (_record, _position, wanted) in zip(rows, fresh, strict=True):
        ref = Ref(RESOLUTION, row.pk)
        if wanted.about is not None:
            about.append((ref, wanted.about))
        together += [(ref, other) for other in wanted.together_with]
        changes = told({"number": row.number, "kind": wanted.kind, "text": wanted.text})
        told_of.append((row.pk, changes))
    links.add_links(links.Verb.ABOUT, about)
    links.add_links(links.Verb.WITH, together)
    entries(actor, RESOLUTION, told_of)
    for row in rows:
        data = {"number": row.number}
        publish(Fact(RESOLUTION_ADOPTED, Ref(RESOLUTION, row.pk), actor, actor.at, data))


def _meetings(
    book: CouncilBook, fresh: Sequence[tuple[MeetingRecord, int, ResolutionRecord]]
) -> dict[str, Meeting]:
    """The stored meetings of the new resolutions, by key."""
    keys = book.ledger.keys(Meeting)
    ids = list({keys[record.key] for record, _position, _wanted in fresh})
    found: dict[str, Meeting] = {}
    for start in range(0, len(ids), BATCH):
        some = Meeting.objects.filter(pk__in=ids[start : start + BATCH])
        found |= {row.key: row for row in some}
    return found


class _Counters:
    """The counters of the bodies that get resolutions, each locked when it is first asked for."""

    def __init__(self) -> None:
        self._found: dict[UUID, Counter] = {}

    def of(self, body_id: UUID) -> Counter:
        """The counter of a body."""
        if body_id not in self._found:
            locked = Body.objects.select_for_update(of=("self",)).select_related("register")
            self._found[body_id] = Series.of(locked.get(pk=body_id))
        return self._found[body_id]


def _day_start(book: CouncilBook, day: date | None) -> datetime | None:
    if day is None:
        return None
    zone = ZoneInfo(country(book.ledger.country).timezone)
    return datetime.combine(day, time(), tzinfo=zone)


def _number(book: CouncilBook, counter: Counter, row: Resolution, number: str) -> None:
    """The stated number, or the body's next. Raises Refused where the number is another's."""
    if not number:
        counter.give(row, on=book.today)
        return
    if number != row.number and counter.is_taken(number):
        raise Refused(
            _(
                "The number %(number)s, stated for the resolution %(key)s, belongs to another "
                "resolution of this body. Correct one of them."
            )
            % {"number": number, "key": row.key}
        )
    counter.state(row, number, on=book.today)


def _correct_resolution(
    actor: Actor,
    book: CouncilBook,
    meeting: MeetingRecord,
    before: ResolutionRecord,
    wanted: ResolutionRecord,
) -> bool:
    new = changed(before, wanted)
    if not new:
        return False
    rows = Resolution.objects.select_related("meeting", "body__register")
    row = rows.get(meeting=book.ledger.keys(Meeting)[meeting.key], key=wanted.key)
    fields: dict[str, Any] = {k: new[k] for k in ("kind", "text", "every") if k in new}
    if "about" in new:
        fields["about"] = [new["about"]]
    if "together_with" in new:
        fields["together_with"] = list(new["together_with"])
    if fields:
        row = correct_resolution(actor, row, ResolutionFields(**fields), reason=IMPORT)  # type: ignore[typeddict-item] # by name
    if "number" in new:
        row = rows.get(pk=row.pk)
        _number(book, Counter.of(row.body), row, new["number"])
        row.search = resolution_search(row)
        row.save()
        entry(actor, RESOLUTION, row.pk, {"number": [before.number, row.number]})
    return True
