"""Pages of a list: by cursor, in the order in which records were made.

Identifiers are UUIDv7 and sort by time, so a page stays what it is while others write. The cursor
is signed and knows the filters it was made with.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from django.core import signing
from django.db.models import Model, QuerySet
from ninja import Field, Schema

from . import problems
from .problems import Fault, Problem

SALT = "diwan.api.cursor"
LARGEST = 200
USUAL = 50

M = TypeVar("M", bound=Model)
S = TypeVar("S", bound=Schema)


class Asked(Schema):
    """What every list takes."""

    limit: int = Field(USUAL, ge=1, le=LARGEST, description="How many records at most.")
    cursor: str = Field("", max_length=400, description="`next` of the page before.")


class Ordered(Asked):
    """What a list takes that can be read from either end."""

    order: Literal["oldest", "newest"] = Field(
        "oldest", description="By when the record was made in the register."
    )


@dataclass(frozen=True)
class Page(Generic[S]):
    """One page and the cursor of the next, None at the end."""

    items: Sequence[S]
    next: str | None


def page_of(
    rows: QuerySet[M], asked: Asked, show: Callable[[list[M]], Iterable[S]], *, by: str = "pk"
) -> Page[S]:
    """The asked page of `rows`, shown all at once. `by` is a column of unique UUIDs.

    Raises Problem for a cursor that is not of this list.
    """
    newest = getattr(asked, "order", "oldest") == "newest"
    after = read_cursor(asked)
    if after:
        rows = rows.filter(**{f"{by}__{'lt' if newest else 'gt'}": UUID(after)})
    found = list(rows.order_by(f"-{by}" if newest else by)[: asked.limit + 1])
    kept = found[: asked.limit]
    more = len(found) > asked.limit
    last = str(_value(kept[-1], by)) if more else ""
    return Page(list(show(kept)), write_cursor(last, asked) if more else None)


def page_of_list(rows: Sequence[M | Any], asked: Asked, show: Callable[[Any], S]) -> Page[S]:
    """The same of a list that is worked out anew each time (a desk): by place, not by identity."""
    after = read_cursor(asked)
    start = int(after) if after else 0
    kept = rows[start : start + asked.limit]
    end = start + len(kept)
    more = end < len(rows)
    return Page([show(row) for row in kept], write_cursor(str(end), asked) if more else None)


def write_cursor(last: str, asked: Asked) -> str:
    """The cursor of what follows `last` under the same filters."""
    return signing.dumps([last, _filters(asked)], salt=SALT, compress=True)


def read_cursor(asked: Asked) -> str:
    """What the cursor stands at, empty at the beginning. Raises Problem for a wrong one."""
    if not asked.cursor:
        return ""
    try:
        last, filters = signing.loads(asked.cursor, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise _bad_cursor() from error
    if filters != _filters(asked):
        raise _bad_cursor()
    return str(last)


def _bad_cursor() -> Problem:
    fault = Fault(problems.BAD_CURSOR.advice, parameter="cursor")
    return Problem(problems.BAD_CURSOR, faults=[fault])


def _filters(asked: Asked) -> str:
    """A short digest of the list and its filters; the size of a page may change on the way."""
    given = asked.model_dump(mode="json", exclude={"cursor", "limit"})
    text = type(asked).__name__ + json.dumps(given, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _value(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name)
    return row
