"""Meetings as somebody may see them: lists, and the minutes of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from diwan.councils.constants import AGENDA_ITEM, MEETING, STATEMENT
from diwan.councils.models import Action, AgendaItem, Meeting, Resolution, Statement
from diwan.councils.policies import ACTIONS, MEETINGS, RESOLUTIONS, day_of
from diwan.directory.public import PostCard, below, post_cards, remember_holders
from diwan.kernel.countries import country
from diwan.kernel.exchange import Ref
from diwan.kernel.links import Verb, targets_of, targets_of_all
from diwan.kernel.policies import Actor
from diwan.kernel.text import search_tokens

from .agenda import agenda_of, is_whole
from .conduct import Conduct, conduct_of


@dataclass(frozen=True)
class MeetingFilter:
    """What a list of meetings is narrowed to; days are inclusive, units with those below."""

    body_id: UUID | None = None
    unit_id: UUID | None = None
    state: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""


def meetings_for(actor: Actor, wanted: MeetingFilter | None = None) -> QuerySet[Meeting]:
    """Meetings that the actor may see, the latest first, those without a date last."""
    asked = wanted or MeetingFilter()
    rows = MEETINGS.which(actor, "see", Meeting.objects.all())
    exact: dict[str, object] = {"body_id": asked.body_id, "state": asked.state}
    exact |= {"date__gte": asked.since, "date__lte": asked.until}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if asked.unit_id is not None:
        rows = rows.filter(body__unit_id__in=below([asked.unit_id], day_of(actor)))
    for token in search_tokens(asked.text):
        rows = rows.filter(search__contains=token)
    rows = rows.select_related("body__unit", "register")
    return rows.order_by(F("date").desc(nulls_last=True), F("number").desc(nulls_last=True), "key")


NEAR = (300, 4_000)
"""So many of the latest meetings are looked at for a page before all of them are."""
MOST = 2_000
"""Meetings are counted no farther."""


def read_latest(rows: QuerySet[Meeting], first: int, last: int) -> list[Meeting]:
    """Meetings in their order from `first` to before `last`, looked for among the latest first.

    Those of later days come before all others: no page needs all meetings sorted.
    """
    for many in NEAR:
        days = Meeting.objects.filter(date__isnull=False).order_by("-date")
        day = next(iter(days.values_list("date", flat=True)[many : many + 1]), None)
        if day is None:
            break
        found = list(rows.filter(date__gt=day)[first:last])
        if len(found) == last - first:
            return found
    return list(rows[first:last])


def resolution_counts(actor: Actor, meetings: Iterable[Meeting]) -> dict[UUID, int]:
    """How many adopted resolutions of each of these meetings the actor may see; none left out."""
    ids = [meeting.pk for meeting in meetings]
    adopted = Resolution.objects.filter(meeting__in=ids, state=Resolution.State.ADOPTED)
    seen = RESOLUTIONS.which(actor, "see", adopted).order_by().values_list("meeting_id")
    return dict.fromkeys(ids, 0) | dict(seen.annotate(n=Count("pk")))


def some_meetings(
    actor: Actor, body_id: UUID, *, latest: int, others: Iterable[UUID]
) -> dict[UUID, Meeting]:
    """The latest meetings of a body that the actor may see, and others named, the latest first."""
    rows = meetings_for(actor, MeetingFilter(body_id=body_id))
    wanted = Q(pk__in=rows.values("pk")[:latest]) | Q(pk__in=list(others))
    return {row.pk: row for row in rows.filter(wanted)}


def adopted_by_meeting(actor: Actor, body_id: UUID) -> dict[UUID, int]:
    """How many adopted resolutions of each meeting of a body the actor may see; none: left out."""
    adopted = Resolution.objects.filter(body_id=body_id, state=Resolution.State.ADOPTED)
    seen = RESOLUTIONS.which(actor, "see", adopted).order_by().values_list("meeting_id")
    return dict(seen.annotate(n=Count("pk")))


NOTHING = Conduct()


@dataclass(frozen=True)
class Minutes:
    """One meeting as the actor may read it.

    `full` says whether the minutes may be read; otherwise statements are missing and agenda and
    resolutions are those that the actor has a right of their own to. `cards` are the posts named,
    with who held them on the meeting's day (or now, where it has none). `conduct` is empty where
    nobody took attendance.
    """

    meeting: Meeting
    full: bool
    agenda: Sequence[AgendaItem]
    statements: Sequence[Statement]
    about: Mapping[UUID, Sequence[Ref]]
    resolutions: Sequence[Resolution]
    actions: Mapping[UUID, Sequence[Action]]
    unconfirmed: int
    may_run: bool
    may_propose: bool
    speakers: Mapping[UUID, PostCard]
    owners: Mapping[UUID, PostCard]
    conduct: Conduct = NOTHING


def minutes(actor: Actor, meeting: Meeting) -> Minutes:
    """The minutes of a meeting. Raises NotFound where the actor may not even see its title."""
    MEETINGS.demand(actor, "see", meeting)
    full = MEETINGS.may(actor, "read", meeting)
    agenda = agenda_of(actor, meeting)
    spoken = Statement.objects.filter(meeting=meeting).select_related("speaker_pattern")
    statements = list(spoken) if full else []
    resolutions = _resolutions(actor, meeting)
    actions = _actions(actor, resolutions)
    every = [action for rows in actions.values() for action in rows]
    conduct = _conduct(meeting, agenda, resolutions) if full else NOTHING
    speakers = {s.speaker_id for s in statements if s.speaker_id} | {meeting.chair_id} - {None}
    speakers |= conduct.post_ids
    owners = {action.owner_id for action in every if action.owner_id}
    at = _instant_of(actor, meeting)
    all_ = {pk for pk in (*speakers, *owners) if pk}
    remember_holders({at: [pk for pk in speakers if pk], actor.at: all_})
    post_cards(all_, actor.at)  # all of them at once
    about = [Ref(STATEMENT, row.pk) for row in statements]
    about += [Ref(AGENDA_ITEM, row.pk) for row in agenda]
    targets_of_all(about, Verb.ABOUT, also=Ref(MEETING, meeting.pk))
    return Minutes(
        meeting=meeting,
        full=full,
        agenda=agenda,
        statements=statements,
        about=targets_of(STATEMENT, [s.pk for s in statements], Verb.ABOUT),
        resolutions=resolutions,
        actions=actions,
        unconfirmed=sum(action.state == Action.State.UNCONFIRMED for action in every),
        may_run=MEETINGS.may(actor, "run", meeting),
        may_propose=MEETINGS.may(actor, "propose", meeting),
        speakers=post_cards([pk for pk in speakers if pk], at),
        owners=post_cards(owners, actor.at),
        conduct=conduct,
    )


def _resolutions(actor: Actor, meeting: Meeting) -> list[Resolution]:
    """The resolutions of a meeting that the actor may see; `among` says how many there are."""
    every_one = Resolution.objects.filter(meeting=OuterRef("meeting")).order_by().values("meeting")
    return list(
        RESOLUTIONS.which(actor, "see", Resolution.objects.filter(meeting=meeting))
        .annotate(among=Subquery(every_one.annotate(n=Count("pk")).values("n")))
        .select_related("body", "number_term")
        .order_by("position", "key")
    )


def _conduct(
    meeting: Meeting, agenda: Sequence[AgendaItem], resolutions: Sequence[Resolution]
) -> Conduct:
    """How it went, as far as its items and resolutions may be seen; `attended` spares asking."""
    if not getattr(meeting, "attended", True):
        return NOTHING
    every = conduct_of(meeting)
    items, resolved = {row.pk for row in agenda}, {row.pk for row in resolutions}
    return every.only(
        items, resolved, whole=every.at_large and _is_all(agenda, resolutions, meeting)
    )


def _is_all(
    agenda: Sequence[AgendaItem], resolutions: Sequence[Resolution], meeting: Meeting
) -> bool:
    """Whether these are all of the meeting: each says how many there are; of none it is asked."""
    if not agenda and AgendaItem.objects.filter(meeting=meeting).exists():
        return False
    if not resolutions:
        return is_whole(agenda) and not Resolution.objects.filter(meeting=meeting).exists()
    among: int = vars(resolutions[0])["among"]
    return is_whole(agenda) and among == len(resolutions)


def _instant_of(actor: Actor, meeting: Meeting) -> datetime:
    """Noon of the meeting's day where the body sits; the actor's instant where it has no date."""
    if meeting.date is None:
        return actor.at
    zone = ZoneInfo(country(meeting.body.unit.country).timezone)
    return datetime.combine(meeting.date, time(12), zone)


def _actions(actor: Actor, resolutions: Sequence[Resolution]) -> dict[UUID, list[Action]]:
    """The actions of each resolution that the actor may see; parts follow their whole."""
    rows = Action.objects.filter(resolution__in=[r.pk for r in resolutions])
    rows = ACTIONS.which(actor, "see", rows).select_related("unit", "owner__pattern")
    found: dict[UUID, list[Action]] = defaultdict(list)
    for action in rows.order_by("position", "key"):
        found[action.resolution_id].append(action)
    return found
