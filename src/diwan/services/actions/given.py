"""What the actions on cases are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from uuid import UUID

from diwan.kernel.models import StoredFile
from diwan.kernel.policies import Actor, ActorKind
from diwan.services.rules.definition import Texts


def for_themselves(actor: Actor, *, office: bool) -> Actor:
    """Who acts, as the audit names them: whoever asks for themselves is nobody of the house.

    `office` says that a post acts. A citizen who is signed in stands with the applicant alone, and
    is forgotten with them.
    """
    if office or actor.elevated or actor.kind is not ActorKind.USER:
        return actor
    return Actor(ActorKind.ANONYMOUS, actor.at)


@dataclass(frozen=True)
class ApplicantFields:
    """Who asks, as far as they said. Questions of the form that ask for a fact go before these."""

    name: str = ""
    phone: str = ""
    email: str = ""
    identity: str = ""
    on_behalf: str = ""
    user_id: UUID | None = None
    unit_id: UUID | None = None


@dataclass(frozen=True)
class GivenFile:
    """A file that comes with a case: an upload, or one that a draft stored already.

    `question` is the path of the question that it answers; `output` marks what the applicant gets.
    """

    name: str
    upload: BinaryIO | None = None
    question: str = ""
    stored: StoredFile | None = None
    output: bool = False


@dataclass(frozen=True)
class Asked:
    """One thing that is missing: a paper of the workbook by its key, a question, or in words."""

    paper: str = ""
    text: Texts = field(default_factory=dict)
    question: str = ""

    def to_json(self) -> dict[str, Any]:
        """As a pause keeps it."""
        return {"paper": self.paper, "text": dict(self.text), "question": self.question}


@dataclass(frozen=True)
class StepWords:
    """What is given with a step.

    `note` is the office's own, `said` is for the applicant, `answers` to questions of the office
    (by the form's tree), `asked` everything that is missing where the step asks the applicant.
    """

    note: str = ""
    said: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[GivenFile] = ()
    asked: Sequence[Asked] = ()


NO_WORDS = StepWords()
