"""Shapes that every room's operations share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Annotated, Any, Literal, Protocol
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Field, Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from diwan.kernel.calendars import ImpossibleDate, PartialDate
from diwan.kernel.dated import stated
from diwan.kernel.text import isolate

LONGEST = 20_000


class Sent(Schema):
    """What a client sends: an unknown key is a mistake, not something to pass over."""

    model_config = ConfigDict(extra="forbid")


def _no_nul(text: str) -> str:
    """Refuse what no text holds: NUL breaks databases, half a surrogate pair every encoder."""
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise PydanticCustomError("nul", "NUL")
    return text


Line = Annotated[str, StringConstraints(max_length=500), AfterValidator(_no_nul)]
Prose = Annotated[str, StringConstraints(max_length=LONGEST), AfterValidator(_no_nul)]
Reason = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST), AfterValidator(_no_nul)
]


def _only_text(value: Any) -> Any:
    """Identifiers and dates are sent as text: a number is no date and no identifier."""
    if not isinstance(value, str | UUID | date):
        raise PydanticCustomError("string_type", "text")
    return value


Id = Annotated[UUID, BeforeValidator(_only_text)]


def _day(value: Any) -> Any:
    """An ISO day, exactly; pydantic alone would take a timestamp as well."""
    if isinstance(value, str):
        try:
            return PartialDate.parse_register(value).first_day if len(value) == 10 else _wrong()
        except (ImpossibleDate, ValueError):
            _wrong()
    return _only_text(value)


def _wrong() -> None:
    raise PydanticCustomError("day", "day")


Day = Annotated[date, BeforeValidator(_day)]
"""A Gregorian day as ISO 8601, such as 2026-03-21."""


def _instant(value: Any) -> Any:
    """An ISO instant with its offset; a bare number is none."""
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            _wrong_instant()
        else:
            return found if "T" in value and found.tzinfo else _wrong_instant()
    return value if isinstance(value, datetime) else _wrong_instant()


def _wrong_instant() -> None:
    raise PydanticCustomError("instant", "instant")


Instant = Annotated[datetime, BeforeValidator(_instant)]
"""An instant as ISO 8601 with its offset, such as 2026-03-21T08:00:00Z."""

Whole = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]


class Texts(Sent):
    """A text in its languages, one at least."""

    fa: Prose | None = None
    ar: Prose | None = None
    en: Prose | None = None

    def texts(self) -> dict[str, str]:
        """The languages that are there."""
        return {name: text for name, text in self.model_dump().items() if text}


class When(Schema):
    """A date as far as it is known, in the calendar in which it was stated."""

    first_day: date = Field(description="The first day that it may mean, Gregorian.")
    last_day: date = Field(description="The last day that it may mean, Gregorian.")
    precision: Literal["day", "month", "year", "fiscal", "unknown"]
    calendar: Literal["jalali", "hijri", "gregorian"]

    @classmethod
    def of(cls, when: PartialDate | None) -> When | None:
        """The shape of a date."""
        if when is None:
            return None
        return cls.model_validate(
            {
                "first_day": when.first_day,
                "last_day": when.last_day,
                "precision": when.precision.value,
                "calendar": when.calendar.value,
            }
        )

    @classmethod
    def stated(cls, day: date | None, precision: str, calendar: str) -> When | None:
        """The shape of three columns."""
        return cls.of(stated(day, precision, calendar))


class SentDate(Sent):
    """A date: a day, a month (1405-07) or a year, in the calendar in which it is stated."""

    date: Annotated[
        str,
        StringConstraints(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$", max_length=10),
        Field(description="2026-03-21, 2026-03 or 2026, as the calendar counts."),
    ]
    calendar: Literal["jalali", "hijri", "gregorian"] = "gregorian"

    def stated(self) -> PartialDate:
        """The date. Raises ImpossibleDate, which the API tells in a sentence."""
        if self.calendar == "gregorian":
            return PartialDate.parse_register(self.date)
        return PartialDate.parse_register({self.calendar: self.date})


class Holder(Protocol):
    """A card of somebody who holds a post."""

    @property
    def person_id(self) -> UUID:
        """Who."""
        ...

    @property
    def name(self) -> Mapping[str, str]:
        """What it is called."""
        ...

    @property
    def kind(self) -> str:
        """Full, acting or deputy."""
        ...


class Post(Protocol):
    """A card of a post, as the room that keeps posts makes it."""

    @property
    def post_id(self) -> UUID:
        """Which post."""
        ...

    @property
    def name(self) -> Mapping[str, str]:
        """What it is called."""
        ...

    @property
    def unit_id(self) -> UUID:
        """Its unit."""
        ...

    @property
    def unit_name(self) -> Mapping[str, str]:
        """What the unit is called."""
        ...

    @property
    def holders(self) -> Sequence[Holder]:
        """Who holds it."""
        ...

    @property
    def ended(self) -> bool:
        """True if it is no more."""
        ...


class HolderShape(Schema):
    """Somebody who holds a post."""

    person_id: UUID
    name: dict[str, str]
    kind: Literal["full", "acting", "deputy"]

    @classmethod
    def of(cls, card: Holder) -> HolderShape:
        """The shape of a card."""
        return cls.model_validate(
            {"person_id": card.person_id, "name": dict(card.name), "kind": card.kind}
        )


class PostShape(Schema):
    """A post by name, and who holds it now."""

    id: UUID
    name: dict[str, str]
    unit_id: UUID
    unit_name: dict[str, str]
    holders: list[HolderShape]
    ended: bool

    @classmethod
    def of(cls, card: Post) -> PostShape:
        """The shape of a card."""
        return cls(
            id=card.post_id,
            name=dict(card.name),
            unit_id=card.unit_id,
            unit_name=dict(card.unit_name),
            holders=[HolderShape.of(holder) for holder in card.holders],
            ended=card.ended,
        )


class Fault(Schema):
    """One thing that is wrong."""

    detail: str
    pointer: str = ""
    parameter: str = ""
    header: str = ""
    code: str = ""


class Change(Schema):
    """What somebody did meanwhile, as a sentence."""

    at: str
    sentence: str


class ProblemShape(Schema):
    """`application/problem+json` (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] | None = None
    scope: str | None = Field(None, description="The scope that the token lacks (403).")
    changes: list[Change] | None = Field(None, description="What was done meanwhile (412).")


def date_sentence(error: ImpossibleDate) -> str:
    """What is wrong with a date, for the reader."""
    typed = {"date": isolate(error.text[:40]), "example": isolate("2026-03-21")}
    if error.why == "month":
        return _("“%(date)s” names a month that its calendar does not have.") % typed
    if error.why == "day":
        return _("“%(date)s” names a day that its month does not have.") % typed
    if error.why == "range":
        return _("“%(date)s” lies outside the years that its calendar's tables know.") % typed
    return _("“%(date)s” is no date; write it like %(example)s.") % typed


def clock_time(text: str | None) -> time | None:
    """The time of day of `HH:MM`, None for none."""
    return time.fromisoformat(text) if text else None
