"""Emptying the outbox: each notice planned, written in its reader's words, and handed over.

A notice is taken by one conditional update, so that two workers never send it both. What was
written is kept with it: a second try is the same message with the same Message-ID. A gateway that
is away keeps everything waiting, and nothing is lost.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diwan.kernel import jobs
from diwan.kernel.ids import new_id
from diwan.kernel.models import Channel, Notice, NoticeChoice, NoticeState, NoticeWishes, Pace
from diwan.kernel.working import work_calendars

from .choosing import Person, Plan, plan_for
from .gateways import Lost, Rejected, Unavailable, gateway_of
from .kinds import kind_of
from .people import contacts_of, countries_of
from .sending import message_of, packed_files, wipe
from .telling import DELIVER, wake
from .writing import DIGEST, as_read_by, words_of, write

logger = logging.getLogger(__name__)

BATCH = 100
LEASE = timedelta(minutes=3)
ATTEMPTS = 40
"""With waits that double up to six hours: more than a week."""
FIRST_WAIT = 30.0
NO_COUNTRY = "IR"


@jobs.job(DELIVER, label=_("Sending notices"), attempts=100, first_wait=10)
def deliver(at: datetime | None = None) -> dict[str, int]:
    """Send everything that is due; returns how many notices ended in which state."""
    counts: dict[str, int] = defaultdict(int)
    away: set[str] = set()
    while True:
        now = at or timezone.now()
        rows = list(
            Notice.objects.due(now).exclude(channel__in=away).order_by("due_at", "id")[:BATCH]
        )
        if not rows:
            return dict(counts)
        fresh = [row for row in rows if not row.channel and row.kind != DIGEST]
        people = _people({row.user_id for row in rows if row.user_id})
        planned = {row.pk: _plan(row, people, now) for row in fresh}
        _collect(now)
        for row in rows:
            if not planned.get(row.pk, True) or row.channel in away:
                continue
            if not _claim(row, now):
                continue
            state = _send(row, people, now)
            counts[state] += 1
            if state == NoticeState.QUEUED:  # its gateway is away: the others need not try now
                away.add(row.channel)


def look(at: datetime) -> None:
    """The minute tick: wake the worker where something waits for its hour."""
    if Notice.objects.due(at).exists():
        wake()


def _people(ids: Iterable[UUID]) -> dict[UUID, Person]:
    wanted = list(ids)
    contacts, countries = contacts_of(wanted), countries_of(wanted)
    wishes = NoticeWishes.objects.in_bulk(wanted)
    choices: dict[UUID, dict[str, tuple[str, str]]] = defaultdict(dict)
    for row in NoticeChoice.objects.filter(user_id__in=wanted):
        choices[row.user_id][row.group] = (row.channel, row.pace)
    calendars = work_calendars({*countries.values(), NO_COUNTRY})
    return {
        pk: Person(
            contact,
            wishes.get(pk) or NoticeWishes(pk=pk),
            choices[pk],
            calendars[countries.get(pk, NO_COUNTRY)],
        )
        for pk, contact in contacts.items()
    }


def _plan(row: Notice, people: dict[UUID, Person], now: datetime) -> bool:
    """Decide where and when a fresh notice goes; True if that is now and by itself."""
    kind = kind_of(row.kind)
    person = people.get(row.user_id) if row.user_id else None
    if kind is None:
        return _skip(row, "no room declares this kind any more")
    if row.user_id is None:
        channel = Channel.SMS if row.address.startswith("+") else Channel.EMAIL
        plan = Plan(channel.value, row.address, now, Pace.NOW.value)
    elif person is None or not person.contact.active:
        return _skip(row, "the account is switched off")
    else:
        plan = plan_for(kind, person, now)
    if not plan.channel:
        return _skip(row, "not wanted, or no address to send it to")
    row.channel, row.address, row.due_at = plan.channel, plan.address, plan.due_at
    row.pace = plan.pace
    row.save(update_fields=["channel", "address", "due_at", "pace"])
    return row.due_at <= now and row.pace == Pace.NOW


def _skip(row: Notice, why: str) -> bool:
    _end(row, NoticeState.SKIPPED, answer=why)
    return False


def _collect(now: datetime) -> None:
    """Put what is due of one person's collected notices into one message."""
    waiting: dict[tuple[UUID | None, str, str], list[UUID]] = defaultdict(list)
    rows = Notice.objects.due(now).filter(state=NoticeState.QUEUED, carried_by=None)
    for row in rows.exclude(pace__in=["", Pace.NOW]).exclude(kind=DIGEST).order_by("told_at"):
        waiting[row.user_id, row.channel, row.address].append(row.pk)
    for (user_id, channel, address), ids in waiting.items():
        with transaction.atomic():
            carrier = Notice.objects.create(
                kind=DIGEST,
                user_id=user_id,
                channel=channel,
                address=address,
                pace=Pace.NOW,
                ref_kind=DIGEST,
                ref_id=user_id or new_id(),
                due_at=now,
            )
            mine = Notice.objects.filter(pk__in=ids, state=NoticeState.QUEUED)
            if not mine.update(state=NoticeState.CARRIED, carried_by=carrier):
                transaction.set_rollback(True)


def _send(row: Notice, people: dict[UUID, Person], now: datetime) -> str:
    """Write a notice that was taken, if it is not written yet, and hand it over; its state."""
    if row.state == NoticeState.IN_DOUBT and row.channel == Channel.SMS:
        return row.state
    if (not row.text or _stale(row, people)) and not _write(row, people):
        _skip(row, "the recipient may not see the record any more")
        return NoticeState.SKIPPED
    try:
        answer = gateway_of(row.channel).send(message_of(row))
    except Unavailable as away:
        over = row.attempts >= ATTEMPTS
        state = NoticeState.DEAD if over else NoticeState.QUEUED
        _end(row, state, again=None if over else now, answer=str(away))
    except Lost as lost:
        logger.warning("the answer to notice %s was lost: %s", row.pk, lost)
        _end(row, NoticeState.IN_DOUBT, again=now, answer=str(lost))
    except Rejected as refused:
        _end(row, NoticeState.FAILED, answer=str(refused))
    else:
        _end(row, NoticeState.SENT, answer=answer, sent_at=now)
    return row.state


def _stale(row: Notice, people: dict[UUID, Person]) -> bool:
    """It was written for an earlier try, and tells what its reader may not see any more.

    Such a one is written anew, or not sent: that comes before sending the same bytes again.
    """
    if row.user_id is None:
        return False
    person = people.get(row.user_id)
    if person is None or not person.contact.active:
        return True
    seen = [words_of(each, person.contact) for each in _told_by(row)]
    return None in seen


def _told_by(row: Notice) -> Sequence[Notice]:
    """The notice, or those that it collects."""
    if row.kind != DIGEST:
        return [row]
    return list(Notice.objects.filter(carried_by=row).order_by("told_at", "id"))


def _claim(row: Notice, now: datetime) -> bool:
    """Take it for this worker; one left behind *on its way* is in doubt from now on."""
    left_behind = row.state == NoticeState.SENDING
    stays = left_behind and row.channel == Channel.SMS
    state = NoticeState.IN_DOUBT if stays else NoticeState.SENDING
    known = Notice.objects.due(now).filter(pk=row.pk, state=row.state, attempts=row.attempts)
    due_at = now + LEASE
    if not known.update(state=state, attempts=row.attempts + 1, due_at=due_at):
        return False
    row.state, row.attempts, row.due_at = state.value, row.attempts + 1, due_at
    return True


def _write(row: Notice, people: dict[UUID, Person]) -> bool:
    person = people.get(row.user_id) if row.user_id else None
    contact = person.contact if person else None
    if row.user_id and not (contact and contact.active):
        return False
    told = _told_by(row)
    code = person.calendar.country if person else ""
    with as_read_by(contact, row.language, code) as reader:
        found = [words for each in told if (words := words_of(each, contact)) is not None]
        if not found:
            return False
        written = write(row.channel, found, user=contact is not None)
    row.language, row.subject = reader.language, written.subject
    row.text, row.html = written.text, written.html
    row.files = packed_files(written.files)
    row.save(update_fields=["language", "subject", "text", "html", "files"])
    return True


def _end(row: Notice, state: NoticeState, *, again: datetime | None = None, **fields: Any) -> None:
    """Write how it went; counted from `again` it is tried once more after a while."""
    if again is not None:
        wait = jobs.wait_before(row.attempts, FIRST_WAIT)
        fields["due_at"] = again + timedelta(seconds=wait)
    for name, value in fields.items():
        setattr(row, name, value)
    row.state = state.value
    row.save(update_fields=["state", *fields])
    if again is None:
        wipe(row)
