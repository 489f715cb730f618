"""What is said of one meeting: where it stands, what was looked at, said and resolved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from diwan.councils.constants import AGENDA_ITEM
from diwan.councils.models import AgendaItem, Meeting, Resolution, Statement
from diwan.councils.queries.agenda import LaidPaper, is_whole, papers_of
from diwan.councils.queries.meetings import Minutes, resolution_counts
from diwan.councils.queries.register import Progress
from diwan.councils.queries.rows import rows_from
from diwan.councils.rules.agenda import beginnings
from diwan.directory.public import PostCard
from diwan.kernel.exchange import Card, Ref, cards
from diwan.kernel.links import Verb, targets_of
from diwan.kernel.policies import Actor, Confidentiality
from diwan.kernel.text import isolate
from diwan.ui.components import Pair, Tag
from diwan.ui.show import show_clock, show_local, show_number, show_partial
from diwan.ui.templatetags.ui import local

from .actions_facts import DutyRow, due_line, duty_rows
from .conduct_facts import ConductRows, VoteRow
from .records import date_of
from .register import row_of
from .shared import holder_words, post_words

ACTIONS_SHOWN = 5

TONES = {
    Meeting.State.PLANNED: "due",
    Meeting.State.HELD: "done",
    Meeting.State.CANCELLED: "quiet",
}


def meeting_tag(meeting: Meeting) -> Tag:
    """Where a meeting stands."""
    state = Meeting.State(meeting.state)
    if state is Meeting.State.PLANNED and meeting.opened_at is not None:
        return Tag(_("under way"), "new")
    return Tag(str(state.label), TONES[state])


def meeting_rows_of(actor: Actor, meetings: Sequence[Meeting]) -> list[dict[str, Any]]:
    """Lines of a list of meetings, with how many resolutions of each the actor may see."""
    return meeting_rows(meetings, resolution_counts(actor, meetings))


def meeting_rows(meetings: Sequence[Meeting], counts: Mapping[UUID, int]) -> list[dict[str, Any]]:
    """The same where the resolutions have been counted; a meeting that is left out has none."""
    return [_meeting_row(meeting, counts.get(meeting.pk, 0)) for meeting in meetings]


def _meeting_row(meeting: Meeting, resolutions: int) -> dict[str, Any]:
    """A line in a list of meetings; its date as exactly as it is known."""
    when = date_of(meeting)
    return {
        "meeting": meeting,
        "resolutions": resolutions,
        "url": reverse("councils:meeting", args=[meeting.pk]),
        "day": show_partial(when) if when else _("date unknown"),
        "tag": meeting_tag(meeting),
    }


def summary_words(found: Minutes, totals: Progress) -> str:
    """What came of a meeting, in one line."""
    parts = []
    adopted = sum(row.state == Resolution.State.ADOPTED for row in found.resolutions)
    drafts = len(found.resolutions) - adopted
    state = Meeting.State(found.meeting.state)
    if state is Meeting.State.CANCELLED:
        return _("It was called off.")
    if state is Meeting.State.PLANNED:
        items = len(found.agenda)
        words = ngettext("%(n)s item on the agenda", "%(n)s items on the agenda", items)
        parts.append(words % {"n": show_number(items)})
    elif adopted or not drafts:
        words = ngettext("%(n)s resolution", "%(n)s resolutions", adopted)
        parts.append(words % {"n": show_number(adopted)})
    if drafts:
        words = ngettext("%(n)s draft", "%(n)s drafts", drafts)
        parts.append(words % {"n": show_number(drafts)})
    counted = [
        (totals.total, ngettext("%(n)s action", "%(n)s actions", totals.total)),
        (totals.settled, _("%(n)s settled")),
        (totals.late, _("%(n)s late")),
        (totals.unconfirmed, _("%(n)s to be confirmed")),
    ]
    parts += [label % {"n": show_number(count)} for count, label in counted if count]
    return " · ".join(parts)


def meeting_facts(found: Minutes, *, sees_body: bool) -> list[Pair]:
    """The facts beside a meeting."""
    meeting = found.meeting
    when = date_of(meeting)
    body_url = reverse("councils:body", args=[meeting.body_id]) if sees_body else ""
    facts = [
        Pair(_("Body"), local(meeting.body.name), body_url),
        Pair(_("Date"), due_line(when) if when else _("date unknown")),
    ]
    if meeting.number is not None:
        facts.append(Pair(_("Number"), show_number(meeting.number)))
    if meeting.starts or meeting.ends:
        facts.append(Pair(_("Time"), _hours(meeting)))
    if meeting.place:
        facts.append(Pair(_("Place"), local(meeting.place)))
    chair = found.speakers.get(meeting.chair_id) if meeting.chair_id else None
    if chair is not None:
        facts.append(Pair(_("Chair"), speaker_words(chair)))
    level = Confidentiality(meeting.confidentiality).label
    return [*facts, Pair(_("Confidentiality"), level)]


def _hours(meeting: Meeting) -> str:
    if meeting.starts and meeting.ends:
        words = {"since": show_clock(meeting.starts), "until": show_clock(meeting.ends)}
        return pgettext("a period", "%(since)s to %(until)s") % words
    if meeting.starts:
        return _("from %(time)s") % {"time": show_clock(meeting.starts)}
    return _("until %(time)s") % {"time": show_clock(meeting.ends)}


def speaker_words(card: PostCard) -> str:
    """A post, and who held it on the meeting's day."""
    if not card.holders:
        return post_words(card)
    return _("%(post)s (%(who)s)") % {"post": post_words(card), "who": holder_words(card)}


@dataclass(frozen=True)
class ItemRow:
    """An agenda item; `level` only where it is another one than the meeting's.

    `about` are the records it asks the meeting to look at, as far as the actor may see them;
    `begins` is told to who sees the whole agenda. `out` stepped out of it, with the reason where it
    may be read.
    """

    item: AgendaItem
    level: str
    about: Sequence[Card] = ()
    begins: time | None = None
    papers: Sequence[LaidPaper] = ()
    out: Sequence[tuple[str, str]] = ()
    votes: Sequence[VoteRow] = ()


def item_rows(items: Sequence[AgendaItem], meeting: Meeting, actor: Actor) -> list[ItemRow]:
    """The agenda in its order; `items` as `queries.agenda` gives them."""
    refs = targets_of(AGENDA_ITEM, [item.pk for item in items], Verb.ABOUT)
    known = cards([ref for each in refs.values() for ref in each], actor)
    starts = meeting.starts if is_whole(items) else None
    begins = beginnings(starts, [item.minutes_planned for item in items])
    return [
        ItemRow(
            item,
            _other_level(item.confidentiality, meeting.confidentiality),
            [known[ref] for ref in refs[item.pk] if ref in known],
            at,
            papers_of(item),
        )
        for item, at in zip(items, begins, strict=True)
    ]


def _other_level(level: str, usual: str) -> str:
    return "" if level == usual else str(Confidentiality(level).label)


def items_with(rows: Sequence[ItemRow], conduct: ConductRows) -> list[ItemRow]:
    """The agenda with who stepped out of its items, and how it was voted on them."""
    return [
        replace(
            row,
            out=conduct.out.get(row.item.pk, ()),
            votes=conduct.by_item.get(row.item.pk, ()),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class StatementRow:
    """A statement: who spoke and held the post then, and what it is about."""

    statement: Statement
    speaker: str
    about: Sequence[Card]


def statement_rows(found: Minutes, actor: Actor) -> list[StatementRow]:
    """The statements in their order."""
    refs: list[Ref] = [ref for each in found.about.values() for ref in each]
    known = cards(refs, actor)
    return [
        StatementRow(
            row,
            _speaker(row, found.speakers),
            [known[ref] for ref in found.about.get(row.pk, ()) if ref in known],
        )
        for row in found.statements
    ]


def _speaker(row: Statement, speakers: Mapping[Any, PostCard]) -> str:
    card = speakers.get(row.speaker_id) if row.speaker_id else None
    if card is not None:
        return speaker_words(card)
    if row.speaker_pattern is None:
        return _("a post")
    name = isolate(show_local(row.speaker_pattern.name).replace("{province}", "…"))
    return _("a post of the kind %(post)s") % {"post": name}


@dataclass(frozen=True)
class ResolutionRow:
    """A resolution of a meeting with its actions; `more` says how many are not listed."""

    row: Mapping[str, Any]
    resolution: Resolution
    kind: str
    draft: bool
    level: str
    duties: Sequence[DutyRow]
    more: int
    votes: Sequence[VoteRow] = ()
    dissents: Sequence[tuple[str, str]] = ()


def resolution_rows(found: Minutes, actor: Actor, *, shown: int) -> list[ResolutionRow]:
    """The resolutions in their order; drafts last, of each at most so many actions."""
    body = found.meeting.body
    for resolution in found.resolutions:
        resolution.body = body
        for action in found.actions.get(resolution.pk, ()):
            action.resolution = resolution
    drafts = Resolution.State.DRAFT
    ordered = sorted(found.resolutions, key=lambda one: one.state == drafts)
    usual = found.meeting.confidentiality
    wholes = {
        pk: [action for action in actions if action.parent_id is None]
        for pk, actions in found.actions.items()
    }
    listed = [action for actions in wholes.values() for action in actions[:shown]]
    duties: dict[UUID, list[DutyRow]] = defaultdict(list)
    for duty in duty_rows(listed, found.owners, actor):
        duties[duty.action.resolution_id].append(duty)
    result = []
    for row in rows_from(actor, ordered, found.actions):
        resolution = row.resolution
        result.append(
            ResolutionRow(
                row=row_of(row),
                resolution=resolution,
                kind=str(Resolution.Kind(resolution.kind).label),
                draft=resolution.state == drafts,
                level=_other_level(resolution.confidentiality, usual),
                duties=duties[resolution.pk],
                more=max(0, len(wholes.get(resolution.pk, ())) - shown),
            )
        )
    return result


def resolutions_with(rows: Sequence[ResolutionRow], conduct: ConductRows) -> list[ResolutionRow]:
    """The resolutions with their votes and notes of dissent."""
    return [
        replace(
            row,
            votes=conduct.by_resolution.get(row.resolution.pk, ()),
            dissents=conduct.dissents.get(row.resolution.pk, ()),
        )
        for row in rows
    ]
