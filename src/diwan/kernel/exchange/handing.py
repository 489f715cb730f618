"""HandoverSection: what a room lays on the sheet when a post passes on, beside what is on the desk.

Open duties and what waits for a word come from the desk (`exchange.desk`). A room declares here
what else goes with a post: seats in bodies, papers, people below, later assets. A section without
lines does not stand on the sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from diwan.kernel.errors import Sentence
from diwan.kernel.policies import Actor

from .subjects import Ref


@dataclass(frozen=True)
class HandoverQuestion:
    """What a sheet asks of each room: what goes with this post at this instant.

    `actor` asks as if the post alone were held, and sees whatever the post is responsible for.
    """

    actor: Actor
    post_id: UUID
    unit_id: UUID
    at: datetime


@dataclass(frozen=True)
class HandoverLine:
    """One thing that goes with a post; `ref` stands once in a section.

    `people` are persons of the directory, each with what is said of them ("deputy until …"): the
    sheet keeps who they are, never their names, so that an erased person is nameless on it, too.
    """

    ref: Ref
    title: Mapping[str, str]
    url: str
    source: Sentence = ""
    state: Sentence = ""
    due: date | None = None
    people: Mapping[UUID, Sentence] = field(default_factory=dict)


@dataclass(frozen=True)
class HandoverSection:
    """A heading of the sheet and where its lines come from; sections stand by `place`, then key.

    `lines` is asked once in each language, in the reader of that language.
    """

    key: str
    name: Sentence
    place: int
    lines: Callable[[HandoverQuestion], Iterable[HandoverLine]]


_sections: dict[str, HandoverSection] = {}


def declare_handover(section: HandoverSection) -> None:
    """Declare a section; the last declaration of a key holds."""
    _sections[section.key] = section


def handover_sections() -> Sequence[HandoverSection]:
    """What the rooms declared, in the order of the sheet."""
    return sorted(_sections.values(), key=lambda section: (section.place, section.key))
