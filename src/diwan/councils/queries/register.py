"""The register of resolutions: filtered, searched, and counted by what became of the actions.

Only actions that the actor may see are counted, and of what was passed down only the whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from diwan.councils.constants import ACTION, RESOLUTION
from diwan.councils.models import Action, Body, Meeting, Resolution
from diwan.councils.policies import ACTIONS, RESOLUTIONS, any_of, both, day_of
from diwan.councils.rules.life import OWED, SETTLED, State
from diwan.directory.public import below
from diwan.kernel.policies import Actor
from diwan.kernel.remembering import memory
from diwan.kernel.search import few_matching
from diwan.kernel.text import search_tokens
from diwan.ui.show import AtLeast

from .carrying import carried_out
from .lateness import Clock, clock_of


class Standing(StrEnum):
    """How a resolution stands, derived from its actions and from what carries it out."""

    OPEN = "open"  # something is still owed, reported, unconfirmed, or linked and not done
    LATE = "late"  # something is late
    DONE = "done"  # there was something, and all of it is closed, dropped or done
    UNOWNED = "unowned"  # something has no owner yet
    UNCONFIRMED = "unconfirmed"  # something waits for the secretary's confirmation
    NOTHING = "nothing"  # it asks for nothing, and nothing is linked that could be done


@dataclass(frozen=True)
class RegisterFilter:
    """What the register is narrowed to. Days are the meeting's, inclusive.

    `unit_id` takes in the units below; `owner_id` is a post that owes one of the actions.
    """

    body_id: UUID | None = None
    unit_id: UUID | None = None
    meeting_id: UUID | None = None
    standing: Standing | None = None
    owner_id: UUID | None = None
    kind: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""


def register(actor: Actor, wanted: RegisterFilter | None = None) -> QuerySet[Resolution]:
    """Adopted resolutions that the actor may see, the latest first, undated ones last."""
    asked = wanted or RegisterFilter()
    rows = Resolution.objects.filter(state=Resolution.State.ADOPTED)
    rows = RESOLUTIONS.which(actor, "see", rows)
    exact: dict[str, Any] = {
        "body_id": asked.body_id,
        "meeting_id": asked.meeting_id,
        "kind": asked.kind,
        "meeting__date__gte": asked.since,
        "meeting__date__lte": asked.until,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if asked.unit_id is not None:
        rows = rows.filter(body__unit_id__in=below([asked.unit_id], day_of(actor)))
    if asked.owner_id is not None:
        rows = rows.filter(_having(actor, owner_id=asked.owner_id))
    if asked.standing is not None:
        rows = rows.filter(_stands(actor, asked.standing))
    for token in search_tokens(asked.text):
        rows = rows.filter(_with_word(actor, token))
    return rows.select_related("body__unit", "body__register", "meeting").order_by(
        F("meeting__date").desc(nulls_last=True),
        "body__code",
        F("number_n").desc(nulls_last=True),
        "key",
    )


FEW = 2000
"""Up to so many matches of a word are gathered first; of a common one the latest are soon found."""


def _with_word(actor: Actor, token: str) -> Q:
    """A resolution has a word in its text or number, in its body's name, or in one of its actions.

    What few records have is looked for in the index, where it begins a word. What many have, or
    none so, is looked for in the texts themselves, also in the middle of a word.
    """
    few = few_matching([RESOLUTION, ACTION], token, FEW)
    if not few:
        told = _having(actor, search__contains=token)
        return Q(search__contains=token) | Q(body__search__contains=token) | told
    actions = ACTIONS.which(actor, "see", Action.objects.filter(pk__in=few.get(ACTION, ())))
    through = actions.order_by().values_list("resolution_id", flat=True)
    ids = {*few.get(RESOLUTION, ()), *(through if few.get(ACTION) else ())}
    bodies = Body.objects.filter(search__contains=token).values_list("pk", flat=True)
    return Q(pk__in=ids) | Q(body__in=list(bodies))


def read_latest(rows: QuerySet[Resolution], first: int, last: int) -> list[Resolution]:
    """Rows of the register from `first` to before `last`, looked for in the latest meetings first.

    The order is that of the meetings' days: what was resolved after some day comes before all that
    was resolved on it or earlier. So a page needs no sorting of all resolutions there are.
    """
    for many in NEAR:
        near = _near(rows, many)
        if near is None:
            break
        found = list(near[first:last])
        if len(found) == last - first:
            return found
    return list(rows[first:last])


def _near(rows: QuerySet[Resolution], many: int) -> QuerySet[Resolution] | None:
    """Those of the latest meetings, about so many; None where there are not more of them."""
    known = memory("councils.near")
    known = {} if known is None else known
    if many not in known:
        held = Meeting.objects.filter(state=Meeting.State.HELD, date__isnull=False)
        days = held.order_by("-date").values_list("date", flat=True)
        known[many] = next(iter(days[many : many + 1]), None)
    if known[many] is None:
        return None
    return rows.filter(meeting__date__gt=known[many])


def visible_actions(actor: Actor) -> QuerySet[Action]:
    """Actions that the actor may see."""
    return ACTIONS.which(actor, "see", Action.objects.all())


def _having(actor: Actor, *conditions: Q, **more: Any) -> Q:
    """A resolution has an action of which that holds and which the actor may see.

    Rights on a resolution are asked once for it, not for each of its actions.
    """
    actions = Action.objects.filter(*conditions, **more)
    any_action = Q(Exists(actions.filter(resolution=OuterRef("pk"))))
    if actor.elevated:
        return any_action
    return any_of(both(ACTIONS.whole(actor), any_action), ACTIONS.singly(actor, actions))


UNSETTLED = tuple(state for state in State if state not in SETTLED)


def _stands(actor: Actor, standing: Standing) -> Q:
    if standing is Standing.LATE:
        return _having(actor, clock_of(actor).late())
    if standing in (Standing.NOTHING, Standing.DONE, Standing.OPEN):
        return _stands_with_links(actor, standing)
    conditions: dict[Standing, dict[str, Any]] = {
        Standing.UNOWNED: {"state__in": UNSETTLED, "owner__isnull": True},
        Standing.UNCONFIRMED: {"state": State.UNCONFIRMED},
    }
    return _having(actor, **conditions[standing])


def _stands_with_links(actor: Actor, standing: Standing) -> Q:
    """The same for what also follows from the records that carry resolutions out."""
    carried = carried_out(actor)
    waiting = Q(pk__in=[pk for pk, one in carried.items() if not one.done])
    if standing is Standing.OPEN:
        return _having(actor, state__in=UNSETTLED) | waiting
    asked = _having(actor) | Q(pk__in=list(carried))
    if standing is Standing.NOTHING:
        return ~asked
    return asked & ~_having(actor, state__in=UNSETTLED) & ~waiting


@dataclass(frozen=True)
class Progress:
    """How the actions of one thing stand; `settled` of `total` are closed or dropped."""

    total: int = 0
    closed: int = 0
    dropped: int = 0
    done: int = 0
    owed: int = 0
    late: int = 0
    unconfirmed: int = 0
    unowned: int = 0

    @property
    def settled(self) -> int:
        """Closed or dropped."""
        return self.closed + self.dropped

    @property
    def standing(self) -> Standing:
        """The one word for it."""
        if not self.total:
            return Standing.NOTHING
        if self.settled == self.total:
            return Standing.DONE
        if self.late:
            return Standing.LATE
        return Standing.UNCONFIRMED if self.unconfirmed else Standing.OPEN


def tally(actions: Iterable[Action], clock: Clock) -> Progress:
    """How actions at hand stand; each should know its resolution's body with its unit."""
    found: Counter[str] = Counter()
    for action in actions:
        state = State(action.state)
        told = {
            "total": True,
            "closed": state is State.CLOSED,
            "dropped": state is State.DROPPED,
            "done": state is State.DONE,
            "owed": state in OWED,
            "late": clock.late_days(action) > 0,
            "unconfirmed": state is State.UNCONFIRMED,
            "unowned": state not in SETTLED and action.owner_id is None,
        }
        found.update(name for name, holds in told.items() if holds)
    return Progress(**found)


def counts(actor: Actor) -> dict[str, Count]:
    """The columns of a `Progress` over rows of actions."""
    unsettled = ~Q(state__in=SETTLED)
    return {
        "total": Count("pk"),
        "closed": Count("pk", filter=Q(state=State.CLOSED)),
        "dropped": Count("pk", filter=Q(state=State.DROPPED)),
        "done": Count("pk", filter=Q(state=State.DONE)),
        "owed": Count("pk", filter=Q(state__in=OWED)),
        "late": Count("pk", filter=clock_of(actor).late()),
        "unconfirmed": Count("pk", filter=Q(state=State.UNCONFIRMED)),
        "unowned": Count("pk", filter=unsettled & Q(owner__isnull=True)),
    }


def progress_of(actor: Actor, resolution_ids: Iterable[UUID]) -> dict[UUID, Progress]:
    """How each resolution's actions stand, in one question; each of `resolution_ids` has a row."""
    ids = list(resolution_ids)
    rows = _wholes(actor).filter(resolution_id__in=ids)
    return dict.fromkeys(ids, Progress()) | _by(actor, rows, "resolution_id")


NEAR = (400, 4_000)
"""So many of the latest meetings are looked at for a page before all of them are."""
MOST = 2_000
"""Resolutions are counted no farther."""
TOLD = 1_000
"""Of no more resolutions a heading says how their actions stand: a larger question is too slow."""


@dataclass(frozen=True)
class Totals:
    """What a heading says: so many resolutions of so many bodies, and how their actions stand.

    Of more than `MOST` resolutions the count is `AtLeast` and the bodies are not counted; of more
    than `TOLD` `actions` is None and `by_province` empty: whoever wants to know narrows it down.
    """

    resolutions: int
    bodies: int
    actions: Progress | None
    by_province: Mapping[str, Progress]


def totals(actor: Actor, resolutions: QuerySet[Resolution]) -> Totals:
    """The counts of a (filtered) register in two questions, bounded however large it is."""
    some = resolutions.order_by()[: MOST + 1].values("pk", "body_id")
    counted = some.aggregate(resolutions=Count("pk"), bodies=Count("body_id", distinct=True))
    if counted["resolutions"] > MOST:
        return Totals(AtLeast(MOST), 0, None, {})
    if counted["resolutions"] > TOLD:
        return Totals(**counted, actions=None, by_province={})
    rows = _wholes(actor).filter(resolution__in=resolutions.order_by().values("pk"))
    about = NullIf("unit__province", Value(""))
    owed_in = NullIf("owner__unit__province", Value(""))
    found = _by(actor, rows.annotate(province=Coalesce(about, owed_in)), "province")
    return Totals(
        **counted,
        actions=added(found.values()),
        by_province={code: stand for code, stand in found.items() if code},
    )


def added(progress: Iterable[Progress]) -> Progress:
    """The counts of several things together."""
    total: Counter[str] = Counter()
    for one in progress:
        total.update(asdict(one))
    return Progress(**total)


def progress_by_body(actor: Actor, body_ids: Iterable[UUID]) -> dict[UUID, Progress]:
    """How the actions of each body's resolutions stand, in one question."""
    ids = list(body_ids)
    rows = _wholes(actor).filter(resolution__body_id__in=ids)
    return dict.fromkeys(ids, Progress()) | _by(actor, rows, "resolution__body_id")


def _by(actor: Actor, rows: QuerySet[Action], name: str) -> dict[Any, Progress]:
    """The counts of actions grouped by a column."""
    counted = rows.order_by().values(name).annotate(**counts(actor))
    found: dict[Any, Progress] = {}
    for row in counted:
        told: dict[str, Any] = dict(row)
        group = told.pop(name)
        found[group] = Progress(**told)
    return found


def _wholes(actor: Actor) -> QuerySet[Action]:
    return visible_actions(actor).filter(parent__isnull=True)
