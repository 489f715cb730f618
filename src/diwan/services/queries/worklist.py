"""The work list: what lies at somebody's posts, their units or below them, by lateness.

It stands being asked over millions of cases: rows are read by keyset along an index, and nothing is
counted farther than `MOST`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import OrderBy

from diwan.directory.public import Role, UnitPath, authority_of
from diwan.kernel.policies import Actor
from diwan.kernel.reader import current
from diwan.kernel.search import few_matching
from diwan.kernel.text import search_tokens, to_ascii_digits
from diwan.services.constants import CASE
from diwan.services.models import Applicant, Case, Inquiry
from diwan.services.models.cases import RUNNING
from diwan.services.policies.cases import (
    CASES,
    COMPLAINT,
    NOBODY,
    WORKING,
    apart_for,
    owed_to,
    with_help,
)
from diwan.services.rules.codes import read_code
from diwan.ui.show import AtLeast

SIZE = 50
MOST = 1_000
"""Cases are counted no farther."""
FEW = 2_000
"""Up to so many matches of a word are gathered first."""
FIGURES = 6
"""So many figures are a number of a telephone or of a person, and no part of a name."""
WEEK = timedelta(days=7)
LATELY = timedelta(days=30)
"""Cases that ended earlier are found by their code, not turned over."""
FEW_UNITS = 30
"""Of more units than these nearly every case is theirs: the list goes along the due instants."""


class Whose(StrEnum):
    """Which cases: those my posts owe, of my units, below the units I head, or all that I see."""

    MINE = "mine"
    UNIT = "unit"
    BELOW = "below"
    SEEN = "seen"


class Group(StrEnum):
    """How urgent: by the step's due instant; then those that wait for applicants, and the ended."""

    LATE = "late"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"
    WAITING = "waiting"
    ENDED = "ended"


OPEN = (Group.LATE, Group.TODAY, Group.WEEK, Group.LATER)


@dataclass(frozen=True)
class WorkFilter:
    """What the list is narrowed to; `group` None: all that lies with the office.

    A text (a code, a number, a name) is looked for in all that the actor may see.
    """

    whose: Whose = Whose.MINE
    group: Group | None = None
    service_id: UUID | None = None
    state: str = ""
    channel: str = ""
    text: str = ""


@dataclass(frozen=True)
class Bounds:
    """Where the groups begin and end, by the reader's day."""

    now: datetime
    tomorrow: datetime
    week: datetime

    @classmethod
    def at(cls, now: datetime) -> Bounds:
        """Those of an instant."""
        zone = current().zone
        day = now.astimezone(zone).date() + timedelta(days=1)
        tomorrow = datetime.combine(day, time.min, zone)
        return cls(now, tomorrow, tomorrow + WEEK)

    def group(self, case: Case) -> Group:
        """The group of a case."""
        if case.phase == Case.Phase.WAITING:
            return Group.WAITING
        if case.phase != Case.Phase.OPEN:
            return Group.ENDED
        for group, end in self._ends():
            if case.due_at is not None and case.due_at < end:
                return group
        return Group.LATER

    def condition(self, group: Group) -> Q:
        """The condition of a group."""
        if group is Group.WAITING:
            return Q(phase=Case.Phase.WAITING)
        if group is Group.ENDED:
            return ~Q(phase__in=RUNNING) & Q(ended_at__gte=self.now - LATELY)
        return Q(phase=Case.Phase.OPEN) & self.within(group)

    def within(self, group: Group) -> Q:
        """When a case of that group is due."""
        if group is Group.LATER:
            return Q(due_at__gte=self.week) | Q(due_at__isnull=True)
        begins = {Group.TODAY: self.now, Group.WEEK: self.tomorrow}
        ends = dict(self._ends())
        before = Q(due_at__lt=ends[group])
        return before & Q(due_at__gte=begins[group]) if group in begins else before

    def _ends(self) -> tuple[tuple[Group, datetime], ...]:
        return (Group.LATE, self.now), (Group.TODAY, self.tomorrow), (Group.WEEK, self.week)


@dataclass(frozen=True)
class Place:
    """Where in a list's order a case stands: its instant there, and which it is."""

    at: datetime | None
    pk: UUID

    def __str__(self) -> str:
        return f"{self.at.isoformat() if self.at else ''}~{self.pk}"

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """Read what `str` wrote; None for anything else."""
        at, tilde, pk = text.partition("~")
        try:
            found = cls(datetime.fromisoformat(at) if at else None, UUID(pk))
        except ValueError:
            return None
        naive = found.at is not None and found.at.tzinfo is None
        return found if tilde and not naive else None


def place_of(case: Case, asked: WorkFilter) -> Place:
    """Where a case stands in the order of a list; where it would stand, if it is not on it."""
    return Place(getattr(case, _order(asked).name), case.pk)


def worklist(actor: Actor, asked: WorkFilter, phase: str = Case.Phase.OPEN.value) -> QuerySet[Case]:
    """The cases that are asked for, in no order; `read` orders them.

    Those of a phase, but where a text is looked for or what ended is asked for.
    """
    if asked.text or asked.whose is Whose.SEEN:
        said = Case.objects.filter(_said(actor, asked.text))
        cases = with_help(actor, CASES.which(actor, "see", said))
    elif asked.group is Group.ENDED:
        cases = Case.objects.filter(_ended_of(actor, asked), _apart(actor))
    else:
        cases = Case.objects.filter(_whose(actor, asked, phase), _apart(actor), phase=phase)
    exact = {"service_id": asked.service_id, "state": asked.state, "channel": asked.channel}
    return cases.filter(**{name: value for name, value in exact.items() if value})


def narrowed(actor: Actor, asked: WorkFilter) -> QuerySet[Case]:
    """The same, of the asked group alone; all groups where a text is looked for."""
    waiting = asked.group is Group.WAITING
    phase = Case.Phase.WAITING if waiting else Case.Phase.OPEN
    cases = worklist(actor, asked, phase.value)
    if asked.group is not None:
        return cases.filter(Bounds.at(actor.at).condition(asked.group))
    return cases if asked.text else cases.filter(phase=Case.Phase.OPEN)


def read(cases: QuerySet[Case], asked: WorkFilter, after: Place | None, size: int) -> list[Case]:
    """At most `size` cases after a place, the most urgent first, the latest ended first.

    Along the index on the instant; what has none comes last.
    """
    rows = cases.select_related("service", "version", "applicant").defer(
        "version__definition", "version__form", "version__xform"
    )
    order = _order(asked)
    ordered = rows.order_by(*order.columns)
    if after is None:
        return list(ordered[:size])
    beyond = "lt" if order.latest else "gt"
    on = Q(**{f"pk__{beyond}": after.pk})
    if after.at is None:
        return list(ordered.filter(on, **{f"{order.name}__isnull": True})[:size])
    passed = Q(**{order.name: after.at}) & ~on
    found = list(ordered.filter(**{f"{order.name}__{beyond}e": after.at}).exclude(passed)[:size])
    if len(found) < size and order.name == "due_at":
        found += ordered.filter(due_at__isnull=True)[: size - len(found)]
    return found


def counts(actor: Actor, asked: WorkFilter) -> Mapping[Group, int]:
    """How many there are in each group, in two questions, none counted farther than `MOST`.

    They are counted in the order of the list: a group that begins only after so many is missing.
    Where a text is looked for nothing is counted.
    """
    if asked.text:
        return {}
    bounds = Bounds.at(actor.at)
    of_any = replace(asked, group=None)
    cases = worklist(actor, of_any).filter(phase=Case.Phase.OPEN)
    urgent = cases.order_by(F("due_at").asc(nulls_last=True))
    columns = {group.value: Count("pk", filter=bounds.within(group)) for group in OPEN}
    some = urgent.values("pk", "due_at")[: MOST + 1].aggregate(**columns)
    waits = worklist(actor, of_any, Case.Phase.WAITING.value).filter(phase=Case.Phase.WAITING)
    waiting = waits.order_by()[: MOST + 1].count()
    found = _bounded({group: some[group.value] for group in OPEN})
    return {**found, Group.WAITING: waiting if waiting <= MOST else AtLeast(MOST)}


def inquiries(actor: Actor, limit: int) -> list[Inquiry]:
    """What other units ask of the actor's, to be answered, the most urgent first."""
    units = authority_of(actor).units(*WORKING)
    if not units:
        return []
    waiting = Inquiry.objects.filter(
        unit__in=units, answered_at__isnull=True, withdrawn_at__isnull=True
    )
    waiting = waiting.select_related("case__service")
    return list(waiting.order_by(F("due_at").asc(nulls_last=True), "pk")[:limit])


def heads(actor: Actor) -> bool:
    """Whether the actor heads a unit, so that there is something below."""
    return bool(authority_of(actor).units(Role.HEAD))


def whole(cases: Iterable[Case]) -> dict[tuple[UUID, str], list[Case]]:
    """Cases by version and state, in which alone an action may be taken on many at once."""
    found: dict[tuple[UUID, str], list[Case]] = {}
    for case in cases:
        found.setdefault((case.version_id, case.state), []).append(case)
    return found


def _bounded(counted: Mapping[Group, int]) -> dict[Group, int]:
    """Counts of groups that follow one another; the one in which counting stopped is `AtLeast`."""
    if sum(counted.values()) <= MOST:
        return dict(counted)
    last = max(number for number, group in enumerate(OPEN) if counted[group])
    found = {group: counted[group] for group in OPEN[: last + 1]}
    found[OPEN[last]] = AtLeast(counted[OPEN[last]] - 1)
    return found


@dataclass(frozen=True)
class _Order:
    """By which instant a list goes, and whether the latest comes first."""

    name: str
    latest: bool = False

    @property
    def columns(self) -> tuple[OrderBy, str]:
        """As the database takes it; what has no instant comes last."""
        if self.latest:
            return F(self.name).desc(nulls_last=True), "-pk"
        return F(self.name).asc(nulls_last=True), "pk"


def _order(asked: WorkFilter) -> _Order:
    if asked.group is Group.ENDED:
        return _Order("ended_at", latest=True)
    if asked.group is Group.WAITING:
        return _Order("state_since_at")
    if asked.text and asked.group is None:
        return _Order("filed_at", latest=True)
    return _Order("due_at")


def _whose(actor: Actor, asked: WorkFilter, phase: str) -> Q:
    """All of these the actor may see, by the very roles that `CasePolicy` asks for.

    What one owes is gathered first, by unit and by post: few, whatever else is open. Asked for in
    the list's order, all that is open would be walked through to find it.
    """
    authority = authority_of(actor)
    if asked.whose is Whose.MINE:
        mine = Case.objects.filter(_each(owed_to(actor), Q(phase=phase)))
        return Q(pk__in=mine.order_by().values("pk"))
    if asked.whose is Whose.UNIT:
        return Q(at_unit__in=authority.units(*WORKING)) if authority.units(*WORKING) else NOBODY
    return below_q(actor, "at_unit") if heads(actor) else NOBODY


def _each(either: Q, both: Q) -> Q:
    """Where one of several holds, with `both` in each of them.

    SQLite takes an index on part of the rows for an alternative only if the alternative says so.
    """
    if either.connector != Q.OR or either.negated:
        return either & both
    found = Q()
    for child in either.children:
        found |= Q(child) & both
    return found


def below_q(actor: Actor, column: str) -> Q:
    """Cases whose unit stands below one that the actor heads: few units by name, many by looking.

    Where nearly every case is theirs, the database had better go along its order and look at the
    unit of each, than gather and sort all of them.
    """
    authority = authority_of(actor)
    few = actor.memo.get("services.few_below")
    if few is None:
        few = [row["descendant_id"] for row in authority.below(Role.HEAD)[: FEW_UNITS + 1]]
        actor.memo["services.few_below"] = few
    if len(few) <= FEW_UNITS:
        return Q(**{f"{column}__in": few})
    units = authority.units(Role.HEAD)
    paths = UnitPath.objects.on(authority.day).filter(descendant=OuterRef(column))
    return Q(Exists(paths.filter(ancestor_id__in=units)))


def _ended_of(actor: Actor, asked: WorkFilter) -> Q:
    """What ended is nobody's any more: it is looked for where it was filed."""
    authority = authority_of(actor)
    if asked.whose is Whose.BELOW and heads(actor):
        below = authority.below(Role.HEAD)
        return Q(unit__in=below) & (~COMPLAINT | Q(at_unit__in=below))
    units = authority.units(*WORKING)
    return Q(unit__in=units) & (~COMPLAINT | Q(at_unit__in=units)) if units else NOBODY


def _apart(actor: Actor) -> Q:
    """No complaints about what the actor's posts did, as `CasePolicy` says."""
    return Q() if actor.elevated else apart_for(actor)


def _said(actor: Actor, text: str) -> Q:
    """A case by its tracking code, its applicant's numbers or words of name and title."""
    code = read_code(text)
    if code is not None:
        return Q(code=code)
    figures = "".join(sign for sign in to_ascii_digits(text) if sign.isdigit())
    if len(figures) >= FIGURES:
        same = Applicant.objects.numbered(figures)
        return Q(pk__in=same.values("case_id"))
    condition = Q()
    for token in search_tokens(text):
        condition &= _word(actor, token)
    return condition


def _word(actor: Actor, token: str) -> Q:
    """What few cases have is looked for in the index.

    Where many have it, or none so, names and titles of what is open near the actor are looked at.
    """
    few = few_matching([CASE], token, FEW)
    if few:
        return Q(pk__in=few[CASE])
    near = Q() if actor.elevated else Q(at_unit__in=authority_of(actor).units(*WORKING))
    if heads(actor) and not actor.elevated:
        near |= Q(at_unit__in=authority_of(actor).below(Role.HEAD))
    lying = Case.objects.filter(near, phase=Case.Phase.OPEN).order_by().values("pk")
    said = Q(applicant__search__contains=token) | Q(title__icontains=token)
    return Q(pk__in=lying) & said
