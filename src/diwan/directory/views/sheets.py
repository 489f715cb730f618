"""The sheet of a handover as it is shown: duties in their groups, sections, signatures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from diwan.directory.models import Handover
from diwan.directory.policies import handover_policy
from diwan.directory.queries.names import TextMap, person_names
from diwan.directory.queries.signing import Side, Standing, holds
from diwan.kernel.exchange import Ref, Waiting, cards, subject_of
from diwan.kernel.policies import Actor
from diwan.ui.components import Link
from diwan.ui.show import show_local, show_number

WORD = {Waiting.DECIDE, Waiting.CLOSE, Waiting.CONFIRM, Waiting.ASSIGN}


@dataclass(frozen=True)
class SheetItem:
    """One thing as the sheet keeps it, in the reader's language; `people` with what is said."""

    title: Mapping[str, str]
    source: str
    state: str
    due: date | None
    url: str
    late_days: int = 0
    redated: int = 0
    count: int = 1
    waiting: str = Waiting.DO
    people: Sequence[tuple[Link, str]] = ()

    @property
    def late_words(self) -> str:
        """How late it was, in working days; nothing in time."""
        words = ngettext("%(n)s working day late", "%(n)s working days late", self.late_days)
        return words % {"n": show_number(self.late_days)} if self.late_days else ""

    @property
    def redated_words(self) -> str:
        """How often its date was moved; nothing if never."""
        words = ngettext("re-dated once", "re-dated %(n)s times", self.redated)
        return words % {"n": show_number(self.redated)} if self.redated else ""


@dataclass(frozen=True)
class SheetGroup:
    """A heading of the sheet with what stands under it; `more` are left out of the list."""

    title: str
    items: Sequence[SheetItem]
    more: int = 0

    @property
    def total(self) -> int:
        """How many things there are, listed or not; a line may stand for several."""
        return sum(item.count for item in self.items) + self.more

    @property
    def dated(self) -> bool:
        """True where any of them has a date."""
        return any(item.due or item.redated for item in self.items)


@dataclass(frozen=True)
class Sheet:
    """What goes with the post: duties, what waits for its word, and what rooms laid beside.

    `words` is how many things wait for the word of the post.
    """

    duties: Sequence[SheetItem]
    groups: Sequence[SheetGroup]
    words: int = 0

    @property
    def late(self) -> int:
        """How many duties are late."""
        return sum(item.late_days > 0 for item in self.duties)

    @property
    def redated(self) -> int:
        """How many duties were given another date."""
        return sum(item.redated > 0 for item in self.duties)


def sheet_of(handover: Handover, actor: Actor) -> Sheet:
    """The sheet as the actor reads it, in their language; names of people are asked for now.

    The two sides read all of it. Who stands above them reads the duties, and of the rest what they
    may see elsewhere: a draft that a body keeps to itself stays with its secretary's post.
    """
    raw = handover.sheet
    if not handover_policy.is_side(actor, handover):
        raw = _seen(raw, actor)
    lines = [line for section in raw.get("sections", ()) for line in section["lines"]]
    ids = {UUID(person["id"]) for line in lines for person in line["people"]}
    names = person_names(ids) if ids else {}
    items = [_item(one) for one in raw.get("items", ())]
    sections = [
        SheetGroup(
            show_local(section["name"]),
            [_line(line, names) for line in section["lines"]],
            int(section.get("more") or 0),
        )
        for section in raw.get("sections", ())
    ]
    duties = [item for item in items if item.waiting == Waiting.DO]
    words = sum(item.count for item in items if item.waiting in WORD)
    return Sheet(duties, [*_waiting(items), *sections], words)


Raw = Mapping[str, Any]


def _seen(raw: Raw, actor: Actor) -> Raw:
    """A sheet without what the actor may not see of any record; nothing says that it is missing.

    The sheet's own lines, of no kind that could be opened, stay; and so does what stands for many.
    """
    asked = {ref for ref in map(_ref, _records(raw)) if subject_of(ref.kind) is not None}
    hidden = asked - cards(asked, actor).keys()

    def kept(found: Sequence[Raw]) -> list[Raw]:
        return [
            one
            for one in found
            if one.get("waiting") == Waiting.DO
            or one.get("count", 1) > 1
            or _ref(one) not in hidden
        ]

    sections = []
    for section in raw.get("sections", ()):
        left = kept(section["lines"])
        whole = len(left) == len(section["lines"])
        if left:
            sections.append({**section, "lines": left, "more": section.get("more") if whole else 0})
    return {**raw, "items": kept(raw.get("items", ())), "sections": sections}


def _records(raw: Raw) -> list[Raw]:
    sections = raw.get("sections", ())
    return [*raw.get("items", ()), *(line for one in sections for line in one["lines"])]


def _ref(raw: Raw) -> Ref:
    return Ref(raw["kind"], UUID(raw["id"]))


def _waiting(items: Iterable[SheetItem]) -> list[SheetGroup]:
    """What is no duty of the post but waits for its holder, by the reason; empty ones left out."""
    found = list(items)
    others = set(Waiting) - WORD - {Waiting.DO, Waiting.SIGN, Waiting.LOOK}
    told = (
        (pgettext("handover sheet", "Waits for a signature"), {Waiting.SIGN}),
        (pgettext("handover sheet", "Waits for the word of the post"), WORD),
        (pgettext("handover sheet", "Late below the post"), {Waiting.LOOK}),
        (pgettext("handover sheet", "To prepare"), others),
    )
    groups = [(title, [item for item in found if item.waiting in kinds]) for title, kinds in told]
    return [SheetGroup(title, mine) for title, mine in groups if mine]


def _common(raw: Mapping[str, Any]) -> dict[str, Any]:
    due = raw.get("due")
    return {
        "title": raw.get("title") or {},
        "source": show_local(raw.get("source")),
        "state": show_local(raw.get("state")),
        "due": date.fromisoformat(due) if due else None,
        "url": show_local(raw.get("url")),
    }


def _item(raw: Mapping[str, Any]) -> SheetItem:
    return SheetItem(
        **_common(raw),
        late_days=int(raw.get("late_days") or 0),
        redated=int(raw.get("redated") or 0),
        count=int(raw.get("count") or 1),
        waiting=raw.get("waiting") or Waiting.DO,
    )


def _line(raw: Mapping[str, Any], names: Mapping[UUID, TextMap]) -> SheetItem:
    people = [
        (
            Link(
                show_local(names.get(UUID(person["id"]), {})),
                reverse("directory:person", args=[person["id"]]),
            ),
            show_local(person.get("how")),
        )
        for person in raw["people"]
    ]
    return SheetItem(**_common(raw), people=people)


@dataclass(frozen=True)
class Signed:
    """One side's place on the sheet: signed or still empty.

    `whole` is False where the sheet says something else by now than what was signed; `added` is
    what was named as needed since.
    """

    label: str
    name: str
    at: datetime | None = None
    note: str = ""
    sha256: str = ""
    whole: bool = True
    added: int = 0

    @property
    def sum_words(self) -> str:
        """The checksum in four parts, to be compared by eye and broken over lines."""
        return " ".join(self.sha256[at : at + 16] for at in range(0, len(self.sha256), 16))


def places_of(handover: Handover, standing: Standing, names: Mapping[str, str]) -> list[Signed]:
    """Where each side signs or has signed, the outgoing one first; `names` by side."""
    labels = {Side.OUTGOING: _("Hands over"), Side.INCOMING: _("Takes over")}
    places = []
    for side, label in labels.items():
        if side.value not in standing.sides:
            continue
        found = standing.of(side)
        if found is None:
            places.append(Signed(label, names[side.value]))
            continue
        places.append(
            Signed(
                label,
                names[side.value],
                at=found.at,
                note=found.note,
                sha256=found.sha256,
                whole=holds(handover, standing, found),
                added=len(standing.added_after(found)),
            )
        )
    return places
