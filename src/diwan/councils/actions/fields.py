"""What the actions are given: only the keys that are there are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import BinaryIO, TypedDict
from uuid import UUID

from diwan.kernel.calendars import PartialDate
from diwan.kernel.exchange import Ref

Text = dict[str, str]
"""A text in its languages: ``{"fa": …, "ar": …, "en": …}``, at least one of them."""


class BodyFields(TypedDict, total=False):
    """What a body is.

    `every` is a span ("2 months") or empty, `every_on` the day on which ("19", "first monday",
    "monday" for weeks) or empty; `reset` year, never or term.
    """

    name: Text
    kind: str
    mandate: Text | None
    parent_id: UUID | None
    term_years: int | None
    every: str
    every_on: str
    notice_hours: int
    calendar: str
    code: str
    pattern: str
    reset: str
    confidentiality: str
    since: PartialDate | None


@dataclass(frozen=True)
class Somebody:
    """Who has a seat: exactly one of them. `unit_id` means whoever heads it."""

    post_id: UUID | None = None
    post_pattern_id: UUID | None = None
    unit_id: UUID | None = None
    partner_id: UUID | None = None
    seat: Text | None = None


class MembershipFields(TypedDict, total=False):
    """What can be wrong in a record of a membership."""

    who: Somebody
    role: str
    since: PartialDate | None
    until: PartialDate | None
    position: int


class MeetingFields(TypedDict, total=False):
    """A meeting. A planned one needs a `date` of a whole day."""

    date: PartialDate | None
    number: int | None
    starts: time | None
    ends: time | None
    place: Text | None
    chair_id: UUID | None
    confidentiality: str
    named_post_ids: Sequence[UUID]


class ItemFields(TypedDict, total=False):
    """An agenda item; `guest_ids` are memberships with the role guest."""

    text: Text
    minutes_planned: int | None
    confidentiality: str
    named_post_ids: Sequence[UUID]
    guest_ids: Sequence[UUID]


class ProposalFields(TypedDict, total=False):
    """What a member wants raised, and why; `seat` only where somebody has several."""

    text: Text
    grounds: str
    seat: UUID | None


class StatementFields(TypedDict, total=False):
    """What somebody said: a post, or whoever of a patterned post."""

    text: Text
    speaker_id: UUID | None
    speaker_pattern_id: UUID | None
    about: Sequence[Ref]


class ResolutionFields(TypedDict, total=False):
    """A resolution; `every` is a recurrence, `together_with` the register's `with`.

    `item_id` is the agenda item under which it is taken.
    """

    kind: str
    item_id: UUID | None
    text: Text
    every: str
    confidentiality: str
    named_post_ids: Sequence[UUID]
    about: Sequence[Ref]
    together_with: Sequence[Ref]


class ActionFields(TypedDict, total=False):
    """What a post owes.

    The owner is a post, or each unit's instance of `owner_pattern_id`, or (`owner_heads`) each
    unit's head, or nobody yet. `each_pattern_id` makes one action for each instance of a unit
    pattern, `each_unit_ids` one for each of these units. `due` is a date, `due_after` a span after
    the meeting.
    """

    text: Text
    owner_id: UUID | None
    owner_pattern_id: UUID | None
    owner_heads: bool
    each_pattern_id: UUID | None
    each_unit_ids: Sequence[UUID]
    unit_id: UUID | None
    due: PartialDate | None
    due_after: str


class Choice(StrEnum):
    """What the secretary says of an imported action."""

    OPEN = "open"
    DONE = "done"
    DROP = "drop"


@dataclass(frozen=True)
class Answer:
    """Open (with a new date and owner, if given), already done or dropped (with a reason)."""

    choice: Choice
    due: PartialDate | None = None
    owner_id: UUID | None = None
    reason: str = ""


@dataclass(frozen=True)
class Proof:
    """A file that proves that something was done."""

    name: str
    upload: BinaryIO


@dataclass(frozen=True)
class Part:
    """What is passed down to one post; text and date are the whole's where none are given."""

    post_id: UUID
    text: Text | None = None
    due: PartialDate | None = None
