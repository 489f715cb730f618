"""The plain things of the sample's cases before they are rows: a request, a case as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from diwan.services.rules.definition import Definition, State

from .parts import Hand, PostPlan, UnitPlan

CITIZEN = Hand("")
HOUSE = Hand("late cases")
Pause = tuple[UUID, datetime, datetime]
Missing = tuple[list[dict[str, Any]], str]
"""Everything that is missing, as a pause keeps it, and the words that go with it."""


@dataclass(frozen=True)
class Said:
    """What is given with a step."""

    note: str = ""
    said: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)


NOTHING = Said()


@dataclass(frozen=True)
class Question:
    """An inquiry that waits for its answer."""

    unit: UnitPlan
    step: UUID | None
    at: datetime
    by: UUID | None
    due_at: datetime
    text: str


@dataclass(frozen=True)
class Request:
    """How a case comes: where, when, by whom, with which answers."""

    service: UUID
    version: UUID
    definition: Definition
    unit: UnitPlan
    at: datetime
    channel: str
    language: str
    applicant: Mapping[str, str]
    answers: dict[str, Any]
    title: str = ""
    filed_by: Hand | None = None
    about: UUID | None = None


@dataclass(eq=False)
class Running:
    """A case as it stands; its open step is the last of its way."""

    id: UUID
    asked: Request
    state: State
    at_unit: UnitPlan
    phase: str = "open"
    post: PostPlan | None = None
    number: int = 0
    step: UUID | None = None
    entered_at: datetime | None = None
    step_due_at: datetime | None = None
    due_at: datetime | None = None
    promised_at: datetime | None = None
    round_at: datetime | None = None
    since_at: datetime | None = None
    ended_at: datetime | None = None
    on_time: bool | None = None
    asked_at: datetime | None = None
    asked_by: UUID | None = None
    missing: Missing = ([], "")
    pauses: list[Pause] = field(default_factory=list)
    endings: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    returned: int = 0
    reopened: int = 0
    visits: int = 0

    @property
    def definition(self) -> Definition:
        """What its service says."""
        return self.asked.definition
