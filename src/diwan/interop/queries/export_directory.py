"""The directory and the library of a register in the words of the format.

A pattern is written as a pattern; of its instances only what differs is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from diwan.directory.public import (
    DirectoryRecords,
    HandoverRecord,
    PersonRecord,
    PostPatternRecord,
    PostRecord,
    UnitPatternRecord,
    UnitRecord,
    provinces,
)
from diwan.interop.rules.book import instance_key
from diwan.interop.rules.format import ROLES
from diwan.interop.rules.naming import name_in
from diwan.library.public import DocumentRecord

from .wording import Item, Wording, item

T = TypeVar("T")


def directory_items(
    records: DirectoryRecords, documents: Mapping[str, DocumentRecord], say: Wording
) -> dict[str, list[Item]]:
    """The lists of the format but for bodies and meetings, by their names."""
    return {
        "units": _units(records, say),
        "partners": [item(key=p.key, name=say.text(p.name)) for p in records.partners.values()],
        "posts": _posts(records, say),
        "people": [_person(person, say) for person in records.people.values()],
        "documents": [_document(document, say) for document in documents.values()],
        "handovers": [_handover(handover, say) for handover in records.handovers.values()],
        "notes": [
            item(key=n.key, kind=n.kind, unit=n.unit, text=say.text(n.text))
            for n in records.notes.values()
        ],
    }


def _units(records: DirectoryRecords, say: Wording) -> list[Item]:
    plain = [_unit(unit, say) for unit in records.units.values() if not unit.pattern]
    return plain + [_pattern(p, records, say) for p in records.unit_patterns.values()]


def _unit(unit: UnitRecord, say: Wording) -> Item:
    return item(
        key=unit.key,
        name=say.text(unit.name),
        kind=unit.kind,
        parent=unit.parent,
        province=unit.province,
        since=say.when(unit.since),
        until=say.when(unit.until),
        becomes=unit.becomes,
    )


def _pattern(pattern: UnitPatternRecord, records: DirectoryRecords, say: Wording) -> Item:
    instances = [unit for unit in records.units.values() if unit.pattern == pattern.key]
    told = {unit.key: _told(unit, records, say) for unit in instances}
    common: Item = {
        name: _common(fields.get(name) for fields in told.values())
        for name in ("since", "until", "becomes")
    }
    names = {province.code: province.names for province in provinces(say.register.country)}
    exceptions = {}
    for unit in instances:
        expected = {
            **common,
            "name": say.text(name_in(pattern.name, names.get(unit.province, {"en": ""}))),
            "kind": pattern.kind,
            "parent": pattern.parent,
        }
        fields = told[unit.key]
        differs = {name: fields[name] for name in fields if fields[name] != expected.get(name)}
        if differs:
            exceptions[unit.province] = differs
    return item(
        key=pattern.key,
        name=say.text(pattern.name),
        kind=pattern.kind,
        parent=pattern.parent,
        one_per=pattern.per,
        **common,
        except_=dict(sorted(exceptions.items())),
    )


def _told(unit: UnitRecord, records: DirectoryRecords, say: Wording) -> Item:
    """What an exception may say; a neighbour of the same province by its pattern's key."""
    return item(
        name=say.text(unit.name),
        kind=unit.kind,
        parent=_relative(unit.parent, unit.province, records),
        since=say.when(unit.since),
        until=say.when(unit.until),
        becomes=_relative(unit.becomes, unit.province, records),
    )


def _relative(key: str, code: str, records: DirectoryRecords) -> str:
    other = records.units.get(key)
    same = other is not None and other.pattern and key == instance_key(other.pattern, code)
    return other.pattern if other is not None and same else key


def _common(values: Iterable[T | None]) -> T | None:
    """What most say; nothing where one says nothing, since an exception cannot take it back."""
    found = list(values)
    if not found or any(value is None for value in found):
        return None
    words = Counter(repr(value) for value in found)
    most = max(words.values())
    return next(value for value in found if words[repr(value)] == most)


def _posts(records: DirectoryRecords, say: Wording) -> list[Item]:
    plain = [_post(post, say) for post in records.posts.values() if not post.pattern]
    patterned = []
    for pattern in records.post_patterns.values():
        instances = [post for post in records.posts.values() if post.pattern == pattern.key]
        common = _post_pattern(pattern, instances, records, say)
        patterned.append(common)
        patterned += [
            _post(post, say) for post in instances if not _as_expected(post, common, records, say)
        ]
    return plain + patterned


def _post(post: PostRecord, say: Wording) -> Item:
    return item(
        key=post.key,
        unit=post.unit,
        name=say.text(post.name),
        roles=_roles(post.roles),
        seats=_seats(post.seats),
        since=say.when(post.since),
        until=say.when(post.until),
        becomes=post.becomes,
    )


def _roles(roles: Iterable[str]) -> list[str]:
    return sorted(roles, key=ROLES.index)


def _seats(seats: int | None) -> int | str | None:
    if seats is None:
        return "many"
    return None if seats == 1 else seats


def _post_pattern(
    pattern: PostPatternRecord,
    instances: list[PostRecord],
    records: DirectoryRecords,
    say: Wording,
) -> Item:
    told = [_instance(post, records, say) for post in instances]
    return item(
        key=pattern.key,
        unit=pattern.unit,
        name=say.text(pattern.name),
        roles=_roles(pattern.roles),
        seats=_seats(pattern.seats),
        **{
            name: _common(fields.get(name) for fields in told)
            for name in ("since", "until", "becomes")
        },
    )


def _instance(post: PostRecord, records: DirectoryRecords, say: Wording) -> Item:
    """A post with its neighbours named by their patterns, to be compared with its own."""
    fields = _post(post, say)
    code = post.key.removeprefix(f"{post.pattern}-")
    fields["key"] = post.pattern
    fields["unit"] = _relative(post.unit, code, records)
    other = records.posts.get(post.becomes)
    if other is not None and other.pattern and post.becomes == instance_key(other.pattern, code):
        fields["becomes"] = other.pattern
    return fields


def _as_expected(
    post: PostRecord, pattern: Mapping[str, Any], records: DirectoryRecords, say: Wording
) -> bool:
    return _instance(post, records, say) == pattern


def _person(person: PersonRecord, say: Wording) -> Item:
    return item(
        key=person.key,
        name=say.text(person.name),
        honorific=person.honorific,
        holds=[
            item(
                post=holding.post,
                since=say.when(holding.since),
                until=say.when(holding.until),
                acting=holding.acting or None,
            )
            for holding in person.holds
        ],
    )


def _document(document: DocumentRecord, say: Wording) -> Item:
    return item(
        key=document.key,
        kind=document.kind,
        unit=document.unit,
        name=say.text(document.name),
        text=say.text(document.text),
        horizon=say.date(document.horizon),
    )


def _handover(handover: HandoverRecord, say: Wording) -> Item:
    when = say.when(handover.at)
    event = when["event"] if isinstance(when, dict) and "event" in when else None
    return item(
        key=handover.key,
        event=event,
        date=None if event else when,
        from_={"person": handover.from_person, "post": handover.from_post},
        to={"person": handover.to_person, "post": handover.to_post},
        open_needs=[item(key=need.key, text=say.text(need.text)) for need in handover.needs],
    )
