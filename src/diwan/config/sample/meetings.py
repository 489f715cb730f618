"""The meetings of a body over the two years, what they resolve, and what is owed for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from diwan.councils.constants import MEETING, RESOLUTION
from diwan.councils.models import AgendaItem, Meeting, Resolution, Statement
from diwan.councils.rules.numbers import NumberRule
from diwan.kernel.calendars import month_name, to_calendar
from diwan.kernel.models import Link
from diwan.kernel.numbering import Reset
from diwan.kernel.text import search_key, to_digits

from .bodies import BodyPlan
from .dice import dice
from .parts import Hand, PostPlan, UnitPlan, hand_of
from .story import Era
from .table import Store
from .trail import Trail
from .wording import Matter, Texts, filled


@dataclass
class Decision:
    """An adopted resolution and what has to be done for it."""

    id: UUID
    body: BodyPlan
    meeting_id: UUID
    day: date
    at: datetime
    number: str
    matter: Matter
    confidentiality: str
    values: dict[str, str]
    hand: Hand
    imported: bool = False
    duties: list[tuple[str, PostPlan | None, UnitPlan | None]] = field(default_factory=list)


@dataclass(frozen=True)
class Session:
    """One meeting as its row tells it."""

    day: date
    number: int
    state: str = "held"
    starts: time | None = None
    ends_at: datetime | None = None
    imported: bool = False


class MeetingTeller:
    """Writes the meetings of one body; yields the resolutions that somebody has to act on."""

    def __init__(self, body: BodyPlan, era: Era, store: Store, *, seed: int) -> None:
        self.body = body
        self.era = era
        self.store = store
        self.office = body.register.office
        self._dice = dice(seed, "meetings", body.register.key, body.key)
        self.trail = Trail(store, self._dice)
        self._language = body.register.language
        self._numbers: Counter[int] = Counter()
        self._places = self._all_places(body.unit)
        self._rule = NumberRule(
            pattern="{year}/{code}/{n}",
            reset=Reset.YEAR,
            code=body.code,
            calendar=self.office.calendar,
            language=self._language,
        )

    def _all_places(self, unit: UnitPlan) -> list[str]:
        found = [unit.place]
        for one in unit.children[:12]:
            found += [one.place, *(two.place for two in one.children[:3])]
        return found

    def tell(self, *, density: float) -> Iterator[Decision]:
        """Meeting after meeting; `density` is how many actions a meeting leads to."""
        number = self._dice.between(1, 60)
        if self._dice.chance(0.1):
            yield from self._old(number)
        day = self.era.first + timedelta(days=self._dice.between(0, self.body.days))
        while day < self.era.last:
            held = self.office.on_or_after(day)
            number += 1
            if held > self.era.last:
                break
            yield from self._meet(held, number, density)
            day += timedelta(days=self.body.days)
        if self._dice.chance(0.7):
            self._plan(self.office.on_or_after(max(day, self.era.last + timedelta(2))), number + 1)

    def _hand(self, at: datetime) -> Hand:
        return hand_of(self.body.runner, at) or Hand("administration")

    def _meet(self, day: date, number: int, density: float) -> Iterator[Decision]:
        planned_at = self.office.at(self.office.later(day, -7), self._dice.between(10, 330))
        starts = time(9 + self._dice.between(0, 3), self._dice.one((0, 0, 30)))
        opens = self.office.midnight(day) + timedelta(hours=starts.hour, minutes=starts.minute)
        ends_at = opens + timedelta(minutes=self._dice.between(60, 150))
        held_at = ends_at + timedelta(minutes=5)
        if held_at + timedelta(hours=3) > self.era.now:
            self._plan(day, number)
            return
        cancelled = self._dice.chance(0.03)
        state = "cancelled" if cancelled else "held"
        meeting = self._meeting(planned_at, Session(day, number, state, starts, ends_at))
        hand = self._hand(held_at)
        if cancelled:
            reason = self._dice.one(self.body.register.wording.said["cancels"])
            called_off = {"state": ["planned", "cancelled"]}
            at = planned_at + timedelta(days=1, hours=1)
            self.trail.note(
                hand, "cancel", (MEETING, meeting), at=at, changes=called_off, reason=reason
            )
            return
        changes: dict[str, Any] = {
            "state": ["planned", "held"],
            "ends": [None, self._local(ends_at)],
        }
        self.trail.note(hand, "hold", (MEETING, meeting), at=held_at, changes=changes)
        self._statements(meeting, held_at)
        yield from self._resolve(meeting, day, held_at + timedelta(minutes=20), density)

    def _local(self, at: datetime) -> time:
        return at.astimezone(self.office._zone).time()  # noqa: SLF001 # the office's own clock

    def _plan(self, day: date, number: int) -> None:
        at = self.office.at(self.office.later(self.era.last, -2), self._dice.between(10, 300))
        self._meeting(at, Session(day, number, "planned", time(10)))

    def _meeting(self, at: datetime, told: Session) -> UUID:
        body, pk = self.body, self._dice.id_at(at)
        place: Texts | None = {self._language: self._dice.one(body.register.wording.said["rooms"])}
        self.store.add(
            Meeting,
            id=pk,
            register_id=body.register.id,
            key=f"m-{pk.hex[-12:]}",
            body_id=body.id,
            number=told.number,
            date=told.day,
            date_calendar=self.office.calendar.value,
            starts=told.starts,
            ends=self._local(told.ends_at) if told.ends_at and told.state == "held" else None,
            place=place,
            chair_id=body.chair.id if body.chair else None,
            state=told.state,
            confidentiality=body.told["confidentiality"],
            imported=told.imported,
            search=search_key(str(told.number), *(place or {}).values(), *body.name.values()),
        )
        changes = {"number": [None, told.number], "date": [None, told.day], "place": [None, place]}
        hand = Hand(f"import {body.register.key}.yaml") if told.imported else self._hand(at)
        verb = "import" if told.imported else "plan"
        self.trail.note(hand, verb, (MEETING, pk), at=at, changes=changes)
        self._agenda(pk, at + timedelta(minutes=4), imported=told.imported)
        return pk

    def _agenda(self, meeting: UUID, at: datetime, *, imported: bool) -> None:
        topics = self._dice.some(self.body.fields, 3)
        for position, topic in enumerate(topics):
            when = at + timedelta(minutes=position)
            pk = self._dice.id_at(when)
            text = {self._language: self._dice.one(topic.agenda)}
            self.store.add(
                AgendaItem,
                id=pk,
                meeting_id=meeting,
                key=f"a-{pk.hex[-12:]}",
                position=position,
                text=text,
                confidentiality=self.body.told["confidentiality"],
            )
            if not imported:
                changes = {"text": [None, text]}
                hand = self._hand(when)
                self.trail.note(hand, "add_item", (MEETING, meeting), at=when, changes=changes)

    def _statements(self, meeting: UUID, at: datetime) -> None:
        said = self.body.register.wording.said["statements"]
        if not self._dice.chance(0.3):
            return
        for position, sentence in enumerate(self._dice.some(said, 2)):
            when = at + timedelta(minutes=3 + position)
            pk = self._dice.id_at(when)
            text = {self._language: filled(sentence, place=self._dice.one(self._places))}
            speaker = self._dice.one(self.body.owners)
            self.store.add(
                Statement,
                id=pk,
                meeting_id=meeting,
                key=f"s-{pk.hex[-12:]}",
                position=position,
                speaker_id=speaker.id,
                text=text,
            )
            changes = {"statement": [None, text]}
            hand = self._hand(when)
            self.trail.note(hand, "add_statement", (MEETING, meeting), at=when, changes=changes)

    def _resolve(
        self, meeting: UUID, day: date, at: datetime, density: float
    ) -> Iterator[Decision]:
        owed, position = 0.0, 0
        wanted = density * (0.6 + 0.8 * self._dice.random())
        while owed < wanted and position < 40:
            decision = self._decision(meeting, day, at + timedelta(minutes=2 * position), position)
            position += 1
            owed += max(0.5, len(decision.duties))
            yield decision

    def _decision(
        self, meeting: UUID, day: date, at: datetime, position: int, *, imported: bool = False
    ) -> Decision:
        body, stream = self.body, self._dice
        matter = stream.one(stream.one(body.fields).matters)
        year = self._rule.year_of(day)
        self._numbers[year or 0] += 1
        n = self._numbers[year or 0]
        hand = Hand(f"import {body.register.key}.yaml") if imported else self._hand(at)
        adopted_at = at if imported else at + timedelta(minutes=1)
        decision = Decision(
            id=stream.id_at(at),
            body=body,
            meeting_id=meeting,
            day=day,
            at=adopted_at,
            number=self._rule.written(n, year=year, term=None),
            matter=matter,
            confidentiality=matter.confidentiality or body.told["confidentiality"],
            values=self._values(day),
            hand=hand,
            imported=imported,
        )
        self._owed(decision)
        self._write(decision, year, n, position, at)
        return decision

    def _values(self, day: date) -> dict[str, str]:
        later = to_calendar(day + timedelta(days=self._dice.between(30, 120)), self.office.calendar)
        month = month_name(self.office.calendar, later.month, self._language)
        number = self._dice.one((2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 24, 30, 40))
        return {
            "place": self._dice.one(self._places),
            "month": month,
            "n": to_digits(number, self._language),
        }

    def _owed(self, decision: Decision) -> None:
        """Who owes what: each unit below, or a post for each of the matter's actions."""
        matter, body, stream = decision.matter, self.body, self._dice
        kind = matter.kind
        if matter.each and body.groups:
            _spec, units = stream.one(body.groups)
            decision.duties = [
                (filled(matter.each, **{**decision.values, "place": u.place}), u.head, u)
                for u in units[:40]
            ]
            return
        texts = matter.actions or ((matter.each,) if matter.each else ())
        if kind == "announced":
            return
        for text in texts[: stream.between(1, 3)]:
            owner = None if stream.chance(0.03) else stream.one(body.owners)
            place = owner.unit.place if owner and "<place>" in text else decision.values["place"]
            values = {**decision.values, "place": place}
            decision.duties.append((filled(text, **values), owner, None))

    def _write(
        self, decision: Decision, year: int | None, n: int, position: int, at: datetime
    ) -> None:
        body, matter = self.body, decision.matter
        text = {self._language: filled(matter.text, **decision.values)}
        kinds = ("resolved", "tasked", "recommended")
        kind = matter.kind or ("tasked" if matter.each else self._dice.one(kinds))
        self.store.add(
            Resolution,
            id=decision.id,
            meeting_id=decision.meeting_id,
            body_id=body.id,
            key=f"r-{decision.id.hex[-12:]}",
            position=position,
            kind=kind,
            text=text,
            every=matter.every,
            number=decision.number,
            number_year=year,
            number_n=n,
            adopted_at=decision.at,
            confidentiality=decision.confidentiality,
            search=search_key(decision.number, *text.values()),
        )
        if decision.confidentiality == "named":
            self._name(decision)
        ref = (RESOLUTION, decision.id)
        changes: dict[str, Any] = {"kind": [None, kind], "text": [None, text]}
        if decision.imported:
            self.trail.note(decision.hand, "import", ref, at=at, changes=changes)
            return
        self.trail.note(decision.hand, "draft", ref, at=at, changes=changes)
        changes = {"state": ["draft", "adopted"], "number": [None, decision.number]}
        self.trail.note(decision.hand, "adopt", ref, at=decision.at, changes=changes)
        if body.register.documents and self._dice.chance(0.08):
            self._link(decision)

    def _name(self, decision: Decision) -> None:
        """A resolution for named posts: those that run the body and those that owe something."""
        posts = [self.body.chair, self.body.secretary, *(d[1] for d in decision.duties)]
        through = Resolution.named_posts.through
        for pk in dict.fromkeys(post.id for post in posts if post):
            self.store.add(through, resolution_id=decision.id, post_id=pk)

    def _link(self, decision: Decision) -> None:
        self.store.add(
            Link,
            id=self._dice.id_at(decision.at),
            verb="about",
            source_kind=RESOLUTION,
            source_id=decision.id,
            target_kind="library.document",
            target_id=self._dice.one(self.body.register.documents),
            made_at=decision.at,
        )

    def _old(self, number: int) -> Iterator[Decision]:
        """A meeting of long ago that came in as a record: its actions wait to be confirmed."""
        day = self.office.on_or_after(self.era.first)
        day = day - timedelta(days=self._dice.between(200, 900))
        at = self.era.opens_at + timedelta(minutes=20)
        meeting = self._meeting(at, Session(day, number, imported=True))
        for position in range(self._dice.between(1, 3)):
            yield self._decision(
                meeting, day, at + timedelta(seconds=position), position, imported=True
            )
