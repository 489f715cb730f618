"""The handovers of the two years, each with the sheet of what was open at its instant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from diwan.councils.constants import ACTION
from diwan.councils.models import Action, Body
from diwan.councils.queries.titles import source_line
from diwan.councils.rules.late import late_days
from diwan.councils.rules.life import State
from diwan.directory.constants import LANGUAGES
from diwan.directory.public import HANDOVER, POST, Handover, Need
from diwan.kernel.exchange import Waiting

from .bodies import BodyPlan
from .dice import dice
from .parts import Hand, PostPlan, RegisterPlan, Tenure, hand_of
from .table import Store
from .trail import Trail
from .wording import Texts

_ANY = UUID(int=0)


def heir_of(post: PostPlan) -> PostPlan | None:
    """The post that takes over the duties of one whose unit was merged: of the same role there."""
    heir = post.unit.merged[1] if post.unit.merged else None
    if heir is None:
        return None
    return next((one for one in heir.posts if set(one.roles) & set(post.roles)), heir.head)


@dataclass(frozen=True)
class OpenDuty:
    """A duty as a handover found it."""

    id: UUID
    body: BodyPlan
    number: str
    text: Texts
    at: datetime
    state: State
    progress: int
    granted: int
    due: date | None
    asked: bool
    has_parts: bool


@cache
def _words(language: str) -> Mapping[str, str]:
    """The words that a sheet uses, and an address in which the identifier is missing."""
    with translation.override(language):
        return {
            "asked": str(_("new date asked for")),
            "parts": str(_("See how the parts stand")),
            "open": str(_("Start")),
            "doing": str(_("Attach proof and report done")),
            "url": reverse("councils:action", args=[_ANY]),
            **{f"state {state}": str(label) for state, label in Action.State.choices},
        }


class HandoverWriter:
    """Writes the handovers of one register."""

    def __init__(self, register: RegisterPlan, store: Store, *, seed: int) -> None:
        self.register = register
        self.store = store
        self._dice = dice(seed, "handovers", register.key)
        self.trail = Trail(store, self._dice)
        self._sources: dict[tuple[UUID, str, str], str] = {}

    def write(self, found: Mapping[UUID, Sequence[OpenDuty]]) -> None:
        """Write every handover; `found` has the open duties by the post that owed them."""
        for unit in self.register.units:
            for post in unit.posts:
                for at in post.handed_at:
                    told = [duty for duty in found.get(post.id, ()) if duty.at == at]
                    self._handover(post, at, told)

    def pass_on(self, moved: Mapping[UUID, int], now: datetime) -> None:
        """The house notes the end of each post of a merged unit, and how many duties moved."""
        for unit in self.register.units:
            if unit.merged is None:
                continue
            at = self.register.office.midnight(unit.merged[0]) + timedelta(minutes=1)
            for post in unit.posts if at <= now else ():
                heir = heir_of(post)
                changes: dict[str, Any] = {"becomes": [None, heir.id if heir else None]}
                self.trail.note(
                    Hand("ended posts"), "pass_on", (POST, post.id), at=at, changes=changes
                )
                if moved.get(post.id):
                    changes = {**changes, "duties": [0, moved[post.id]]}
                    self.trail.note(
                        Hand("ended posts"), "pass_on", (POST, post.id), at=at, changes=changes
                    )

    def _handover(self, post: PostPlan, at: datetime, told: Sequence[OpenDuty]) -> None:
        written_at = at + timedelta(minutes=6)
        pk = self._dice.id_at(written_at)
        before = next(t for t in post.tenures if t.until_at == at)
        after: Tenure | None = next((t for t in post.tenures if t.since_at == at), None)
        successor = after.person.id if after else None
        self.store.add(
            Handover,
            id=pk,
            register_id=self.register.id,
            key=f"handover-{pk.hex[-16:]}",
            from_person_id=before.person.id,
            from_post_id=post.id,
            to_person_id=successor,
            to_post_id=post.id,
            at=at,
            at_calendar=self.register.office.calendar.value,
            sheet={"made_at": written_at.isoformat(), "items": self._items(told)},
            settled_at=written_at,
            made_at=written_at,
        )
        needs = self._needs(pk, written_at)
        above = post.unit.above_at(at)
        hand = hand_of(above.head, at) if above else None
        changes = {
            "from_post": [None, post.id],
            "from_person": [None, before.person.id],
            "to_post": [None, post.id],
            "to_person": [None, successor],
            "at": [None, at],
            "kind": [None, after.kind if after else "full"],
            "needs": [None, needs],
        }
        self.trail.note(
            hand or Hand("administration"),
            "hand_over",
            (HANDOVER, pk),
            at=written_at,
            changes=changes,
        )

    def _items(self, told: Sequence[OpenDuty]) -> list[dict[str, Any]]:
        """What the sheet lists: the latest first, what has no date last."""
        items = [self._item(duty) for duty in told]
        return sorted(items, key=lambda one: (-one["late_days"], one["due"] or "9999"))

    def _needs(self, handover: UUID, at: datetime) -> list[Texts]:
        """What the outgoing holder says is still needed; mostly nothing."""
        count = self._dice.one((0, 0, 1, 1, 2))
        needs = []
        for position, text in enumerate(
            self._dice.some(self.register.wording.said["needs"], count)
        ):
            pk = self._dice.id_at(at + timedelta(milliseconds=position))
            needs.append({self.register.language: text})
            self.store.add(
                Need,
                id=pk,
                register_id=self.register.id,
                handover_id=handover,
                key=f"need-{pk.hex[-16:]}",
                text=needs[-1],
                position=position,
            )
        return needs

    def _item(self, duty: OpenDuty) -> dict[str, Any]:
        office = self.register.office
        today = office.day_of(duty.at)
        step = "parts" if duty.has_parts else duty.state.value
        state = "asked" if duty.asked else f"state {duty.state.value}"
        words = {language: _words(language) for language in LANGUAGES}
        return {
            "kind": ACTION,
            "id": str(duty.id),
            "waiting": Waiting.DO.value,
            "title": duty.text,
            "due": duty.due.isoformat() if duty.due else None,
            "late_days": late_days(duty.state, duty.due, today=today, work=office.work),
            "redated": duty.granted,
            "progress": duty.progress,
            "count": 1,
            "source": {which: self._source(duty, which) for which in LANGUAGES},
            "state": {which: words[which][state] for which in LANGUAGES},
            "step": {which: words[which][step] for which in LANGUAGES},
            "url": {
                which: words[which]["url"].replace(str(_ANY), str(duty.id)) for which in LANGUAGES
            },
        }

    def _source(self, duty: OpenDuty, language: str) -> str:
        key = (duty.body.id, duty.number, language)
        if key not in self._sources:
            self._sources[key] = source_line(duty.number, Body(name=duty.body.name), language)
        return self._sources[key]
