"""What sealed minutes are made of: their checksum, their code, and what differs between two.

The content of minutes is plain JSON. Names of persons stand apart in it (`people`), each with a
salt: the checksum covers a salted hash of each name, so that a name that must be erased one day
can go and the checksum still fits, while a name that was exchanged breaks it.

A code has eleven signs and a twelfth that follows from them: a slip of the pen is told from a code
that was never given. Its 31 signs leave out what is mistaken for another (0 O, 1 I L).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from diwan.kernel.seals import canonical_json
from diwan.kernel.text import to_ascii_digits

FORMAT = "diwan-minutes/1"
SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
DRAWN = 11
LISTS = (
    "attendance",
    "items",
    "statements",
    "resolutions",
    "votes",
    "dissents",
    "actions",
    "signers",
)
"""The parts of a content that are lists of records, each with an `id`."""

Content = Mapping[str, Any]
Change = dict[str, Any]


def hashed_name(name: Mapping[str, str], salt: str) -> str:
    """The salted hash that stands for a name in the checksum."""
    return hashlib.sha256(f"{salt}\n{canonical_json(dict(name))}".encode()).hexdigest()


def person_of(name: Mapping[str, str]) -> dict[str, Any]:
    """An entry of `people`: the name, and what stays when it is erased."""
    salt = secrets.token_hex(16)
    return {"name": dict(name), "salt": salt, "hash": hashed_name(name, salt)}


def without_name(content: Content, token: str) -> dict[str, Any]:
    """The same content without one name; its checksum is the same."""
    people = dict(content["people"])
    if token in people:
        people[token] = {"hash": people[token]["hash"]}
    return {**content, "people": people}


def checksum(content: Content) -> str:
    """SHA-256 of the canonical JSON, each name by its salted hash, in hexadecimal figures."""
    people = {
        token: hashed_name(one["name"], one["salt"]) if "name" in one else one["hash"]
        for token, one in content["people"].items()
    }
    return hashlib.sha256(canonical_json({**content, "people": people}).encode()).hexdigest()


def draw_code() -> str:
    """A new code: 2⁵⁴ of them, so that nobody finds one by trying."""
    drawn = "".join(secrets.choice(SIGNS) for _ in range(DRAWN))
    return drawn + _last_sign(drawn)


def _last_sign(drawn: str) -> str:
    """The sign that follows: 31 is prime, so one wrong sign, or two exchanged, are noticed."""
    return SIGNS[sum(place * SIGNS.index(sign) for place, sign in enumerate(drawn, 1)) % 31]


def read_code(typed: str) -> str | None:
    """The code as it is kept, however it was typed; None where it cannot be one.

    >>> read_code("2222 2222 2222"), read_code("2222-2222-2223")
    ('222222222222', None)
    """
    kept = "".join(sign for sign in to_ascii_digits(typed).upper() if sign.isalnum())
    if len(kept) != DRAWN + 1 or not set(kept) <= set(SIGNS):
        return None
    return kept if _last_sign(kept[:DRAWN]) == kept[DRAWN] else None


def written_code(code: str) -> str:
    """A code as it stands on paper.

    >>> written_code("ABCDEFGHJKMN")
    'ABCD-EFGH-JKMN'
    """
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def differences(before: Content, after: Content) -> list[Change]:
    """What differs between two contents, in the order of the minutes.

    Each says `part` (meeting, people, or one of `LISTS`), `how` (changed, added, removed, moved),
    what it is about (`of`: the record as it is, or was), and of a change `field`, `before`,
    `after`.
    """
    found = list(_fields("meeting", before["meeting"], after["meeting"], of={}))
    found += _fields("meeting", before["body"], after["body"], of={})
    found += _names(before["people"], after["people"])
    for part in LISTS:
        found += _records(part, before[part], after[part])
    return found


def _fields(
    part: str, before: Mapping[str, Any], after: Mapping[str, Any], *, of: Mapping[str, Any]
) -> Iterator[Change]:
    for field in sorted({*before, *after} - {"id"}):
        old, new = before.get(field), after.get(field)
        if old != new:
            yield {
                "part": part,
                "how": "changed",
                "of": dict(of),
                "field": field,
                "before": old,
                "after": new,
            }


def _names(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """Names that were written otherwise; an erased one differs from nothing."""
    for token in sorted({*before} & {*after}):
        old, new = before[token].get("name"), after[token].get("name")
        if old and new and old != new:
            yield {
                "part": "people",
                "how": "changed",
                "of": {"person": token},
                "field": "name",
                "before": old,
                "after": new,
            }


def _records(
    part: str, before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]
) -> Iterator[Change]:
    old = {row["id"]: row for row in before}
    new = {row["id"]: row for row in after}
    for id_, row in new.items():
        if id_ in old:
            yield from _fields(part, old[id_], row, of=row)
        else:
            yield {"part": part, "how": "added", "of": dict(row)}
    for id_, row in old.items():
        if id_ not in new:
            yield {"part": part, "how": "removed", "of": dict(row)}
    kept = [id_ for id_ in old if id_ in new]
    if kept != [id_ for id_ in new if id_ in old]:
        yield {"part": part, "how": "moved", "of": {}}


def part_of(
    content: Content, *, items: set[str], resolutions: set[str], actions: set[str], full: bool
) -> dict[str, Any]:
    """What of a content may be read: these items, resolutions and actions; `full` the rest, too.

    Without `full` nothing stays of who was there, what was said and who signs. A vote that names
    neither an item nor a resolution stays where all of these do: what it was about cannot be told
    from what is left out.
    """
    kept = {**content}
    kept["items"] = [row for row in content["items"] if row["id"] in items]
    kept["resolutions"] = [row for row in content["resolutions"] if row["id"] in resolutions]
    whole = all(len(kept[part]) == len(content[part]) for part in ("items", "resolutions"))
    kept["actions"] = [
        row
        for row in content["actions"]
        if row["id"] in actions and row["resolution"] in resolutions
    ]
    kept["dissents"] = [
        row for row in content["dissents"] if full and row["resolution"] in resolutions
    ]
    kept["votes"] = [
        row
        for row in content["votes"]
        if full
        and (row["item"] is None or row["item"] in items)
        and (row["resolution"] is None or row["resolution"] in resolutions)
        and (whole or row["item"] is not None or row["resolution"] is not None)
    ]
    if not full:
        kept |= {"attendance": [], "statements": [], "signers": []}
        kept["items"] = [{**row, "quorum": None, "recused": []} for row in kept["items"]]
        kept["meeting"] = {**content["meeting"], "chair": None}
    return kept
