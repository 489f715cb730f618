"""What a workbook says of a service besides its form: who offers it, its steps, words and rating.

Plain, frozen data that goes to JSON and back unchanged. It is made by `rules.workbook` from the
sheets `service`, `steps`, `notices` and `rating`, and never edited.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from types import UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

Texts = Mapping[str, str]
"""A text by language: ``{"fa": …, "ar": …, "en": …}``."""
TimeUnit = Literal["working_hours", "working_days", "calendar_days"]
End = Literal["", "done", "refused", "withdrawn"]
By = Literal["office", "applicant", "system"]
T = TypeVar("T")


@dataclass(frozen=True)
class Deadline:
    """A length of time, in working time of the unit or in days of the calendar."""

    amount: float
    unit: TimeUnit


@dataclass(frozen=True)
class Paper:
    """Something the citizen brings. `question` is the question of the form that takes it."""

    key: str
    name: Texts
    note: Texts = field(default_factory=dict)
    required: bool = True
    question: str = ""


@dataclass(frozen=True)
class Law:
    """The legal basis: its name, and where it can be read."""

    name: Texts
    url: str = ""


@dataclass(frozen=True)
class Cost:
    """What it costs, told and not collected. `amount` is a decimal number, empty if it varies."""

    name: Texts
    amount: str = ""
    currency: str = ""


@dataclass(frozen=True)
class Offering:
    """Where it is offered: a unit by its key, or every unit of a kind at or below it.

    An empty `unit` is the unit that owns the service.
    """

    unit: str = ""
    kind: str = ""


@dataclass(frozen=True)
class StepAction:
    """A way out of a state. `to` is the state it leads to; the same state, if it only pauses.

    `requires` names what must be given: ``note``, ``said``, ``file``, ``output`` or paths of the
    form's questions that the office fills in. `pauses` stops the clock while the citizen brings
    what is missing. `batch` says that the law allows it for many cases at once. `by` says whose
    step it is; ``system`` is done when the state is late.
    """

    key: str
    name: Texts
    to: str
    requires: tuple[str, ...] = ()
    pauses: bool = False
    batch: bool = False
    by: By = "office"


@dataclass(frozen=True)
class State:
    """A state of the flow: who acts, by when, and the ways out of it.

    `public` is what the citizen reads of it. `role` is a role of a post (`directory`), `where` says
    in which unit: ``here`` (where the case was filed), ``above`` (the unit over it), ``kind:NAME``
    (the nearest of that kind at or above it), ``unit:KEY``. A state with an `end` has no way out.
    """

    key: str
    name: Texts
    public: Texts = field(default_factory=dict)
    role: str = "clerk"
    where: str = "here"
    deadline: Deadline | None = None
    actions: tuple[StepAction, ...] = ()
    end: End = ""

    def action(self, key: str) -> StepAction | None:
        """The way out of that key."""
        return next((action for action in self.actions if action.key == key), None)


@dataclass(frozen=True)
class Notice:
    """What is told when something happens.

    `when`: ``filed``, ``returned``, ``resumed``, ``ended``, ``reopened``, ``reminded`` (of what is
    waited for), ``late`` or ``entered:STATE``. `to`: ``applicant``, ``owner`` (who owes the step)
    or ``head``. Texts may hold ``{code}``, ``{service}``, ``{unit}``, ``{state}``, ``{date}``,
    ``{missing}``, ``{until}``, ``{link}``.
    """

    when: str
    to: str
    text: Texts


@dataclass(frozen=True)
class RatingQuestion:
    """A question that the workbook adds to the rating; `kind` is ``stars``, ``yesno``, ``text``."""

    key: str
    name: Texts
    kind: Literal["stars", "yesno", "text"] = "stars"


@dataclass(frozen=True)
class RatingRule:
    """How the citizen judges: for so many days after the end; which questions are asked."""

    open: bool = True
    days: int = 30
    promise: bool = True
    visits: bool = True
    papers: bool = True
    words: bool = True
    questions: tuple[RatingQuestion, ...] = ()


@dataclass(frozen=True)
class Definition:
    """Everything of a service but its form. The first of `states` is where a case begins.

    `events` are keys of life events (`rules.events`), `synonyms` everyday words to be found by.
    `target` is the promise to the citizen, from filing to the end. `reopen_days` is how long after
    the end the applicant may reopen (0: never), `waiting_days` how long a case waits for what the
    applicant was asked for before it counts as withdrawn. `complaints` is the code of the service
    that takes complaints about this one. `cased` says what may stand in a case's title: a
    question's path.
    """

    code: str
    name: Texts
    states: tuple[State, ...]
    description: Texts = field(default_factory=dict)
    summary: Texts = field(default_factory=dict)
    kind: Literal["service", "complaint", "duty"] = "service"
    audience: Literal["public", "staff"] = "public"
    audience_text: Texts = field(default_factory=dict)
    owner: str = ""
    offered: tuple[Offering, ...] = ()
    laws: tuple[Law, ...] = ()
    channels: tuple[str, ...] = ("online", "counter")
    events: tuple[str, ...] = ()
    synonyms: Texts = field(default_factory=dict)
    papers: tuple[Paper, ...] = ()
    output: Texts = field(default_factory=dict)
    costs: tuple[Cost, ...] = ()
    target: Deadline | None = None
    reopen_days: int = 30
    waiting_days: int = 180
    complaints: str = ""
    cased: str = ""
    notices: tuple[Notice, ...] = ()
    rating: RatingRule = field(default_factory=RatingRule)

    @cached_property
    def _by_key(self) -> dict[str, State]:
        return {state.key: state for state in self.states}

    @property
    def start(self) -> State:
        """Where a case begins."""
        return self.states[0]

    def state(self, key: str) -> State:
        """The state of that key. Raises KeyError."""
        return self._by_key[key]

    def to_json(self) -> dict[str, Any]:
        """As plain dicts and lists; `from_json` reads it back."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Definition:
        """What `to_json` wrote; unknown keys are left aside. Raises KeyError, TypeError."""
        return _read(cls, data)


def _read(cls: type[T], data: Mapping[str, Any]) -> T:
    hints = get_type_hints(cls)
    return cls(**{name: _value(hints[name], data[name]) for name in hints if name in data})


def _value(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    origin, args = get_origin(hint), get_args(hint)
    if origin is UnionType:
        return _value(next(arg for arg in args if arg is not type(None)), value)
    if origin is tuple:
        return tuple(_value(args[0], one) for one in value)
    if isinstance(hint, type) and hasattr(hint, "__dataclass_fields__"):
        return _read(hint, value)
    return dict(value) if isinstance(value, Mapping) else value
